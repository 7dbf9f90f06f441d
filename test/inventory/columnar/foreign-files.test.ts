/** Small files of foreign writers, in every codec they have (scripts/make-inventory-fixtures.ts): all have the same rows. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { wrongRows } from './known-rows.js';
import { open, rowsOf } from './rows.js';

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'inventory');
const names = readdirSync(folder).filter((name) => /\.(?:orc|parquet)$/.test(name));

t.test(
  'there are files of both formats and of both writers, in every codec, and with nested columns beside',
  async (t) => {
    t.equal(names.filter((name) => name.startsWith('duckdb-')).length, 13);
    t.equal(names.filter((name) => name.startsWith('trino-') && name.endsWith('.orc')).length, 6);
    t.equal(names.filter((name) => name.startsWith('trino-') && name.endsWith('.parquet')).length, 5);
  },
);

for (const name of names)
  t.test(`${name} has the rows that were written, in their order`, async (t) => {
    const file = await open(readFileSync(join(folder, name)), name.endsWith('.orc') ? 'ORC' : 'Parquet');
    const rows = await rowsOf(file);
    t.equal(file.rows, 300);
    t.same(wrongRows(rows, 300), []);
    const keys = rows.map(({ key }) => key);
    t.equal(keys.join(), keys.toSorted().join());
  });
