/** A few of all damages; test/servers/columns-damage.test.ts goes through every byte. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { changed, outcomeOf } from './damage.js';
import { readRows } from './rows.js';

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'inventory');

t.test('any byte that is changed gives a refusal or rows that can be, and never another error', async (t) => {
  const names = readdirSync(folder).filter((name) => /(?:snappy|zstd|gzip)\.(?:orc|parquet)$/.test(name));
  t.ok(names.length >= 8);
  for (const name of names) {
    const bytes = readFileSync(join(folder, name));
    const format = name.endsWith('.orc') ? 'ORC' : 'Parquet';
    const rows = JSON.stringify(await readRows(bytes, format));
    const outcomes = new Set<string>();
    const place = fc.nat(bytes.length - 1);
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (at, by) => {
        outcomes.add(await outcomeOf(changed(bytes, at, by), format, rows));
      }),
      { numRuns: 15 },
    );
    t.ok(outcomes.has('refused'), name);
    t.equal(
      await outcomeOf(bytes.subarray(0, bytes.length >> 1), format, rows),
      'refused',
      `half of ${name}`,
    );
    t.equal(await outcomeOf(bytes, format, rows), 'same', `all of ${name}`);
  }
});
