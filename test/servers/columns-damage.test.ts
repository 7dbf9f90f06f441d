/** Inventories of S3 with every third byte changed, those of other writers with every fiftieth (BUCKETWISE_LONG=yes: three times as many). Needs no server, but time. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { changed, type Outcome, outcomeOf } from '../inventory/columnar/damage.js';
import { readRows } from '../inventory/columnar/rows.js';

const fixtures = join(import.meta.dirname, '..', 'fixtures', 'inventory');
const samples = join(process.env.BUCKETWISE_SAMPLES ?? '', 's3-inventory');
const folders = [fixtures, ...(process.env.BUCKETWISE_SAMPLES && existsSync(samples) ? [samples] : [])];
const files = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => /\.(?:orc|parquet)$/.test(name))
    // Those without compression are long and have no form of their own.
    .filter((name) => !/none|uncompressed/.test(name))
    .map((name) => join(folder, name)),
);

for (const path of files)
  t.test(`${path.split('/').at(-1)}, damaged anywhere, is refused or read to rows that can be`, async (t) => {
    const bytes = readFileSync(path);
    const format = path.endsWith('.orc') ? 'ORC' : 'Parquet';
    const rows = JSON.stringify(await readRows(bytes, format));
    const outcomes: Record<Outcome, number> = { refused: 0, same: 0, 'other rows': 0 };
    // Files that differ little are not changed at the same places.
    const step = (path.startsWith(fixtures) ? 17 : 1) * (process.env.BUCKETWISE_LONG === 'yes' ? 1 : 3);
    let tried = 0;
    for (let at = bytes.length % step; at < bytes.length; at += step) {
      outcomes[await outcomeOf(changed(bytes, at, 0xff), format, rows)] += 1;
      tried += 1;
    }
    t.ok(outcomes.refused > tried / 8, JSON.stringify(outcomes));
    for (let length = 0; length < bytes.length; length += step) {
      const outcome = await outcomeOf(bytes.subarray(0, length), format, rows);
      if (outcome !== 'refused') t.fail(`${length} of ${bytes.length} bytes: ${outcome}`);
    }
    t.comment(JSON.stringify(outcomes));
  });
