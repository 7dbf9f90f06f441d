/** Files are read several at a time in one process: a batch of one is not touched by reading another. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { open, type Row, readRows, rowsOfBatch } from './rows.js';

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'inventory');
const file = (name: string): Uint8Array => readFileSync(join(folder, name));
const formatOf = (name: string) => (name.endsWith('.orc') ? 'ORC' : 'Parquet');

t.test(
  'batches of eight files, asked for in turn and looked at afterwards, have the rows of each',
  async (t) => {
    const names = ['v1-snappy', 'v2-snappy', 'v1-gzip', 'v2-zstd', 'v1-uncompressed']
      .map((form) => `duckdb-${form}.parquet`)
      .concat(['trino-snappy.orc', 'trino-gzip.orc', 'trino-lz4.orc']);
    const files = await Promise.all(names.map((name) => open(file(name), formatOf(name))));
    const readers = files.map((one) => one.batches(0)[Symbol.asyncIterator]());
    const batches = await Promise.all(readers.map((reader) => reader.next()));
    const rows = batches.map(({ value }): Row[] => rowsOfBatch(value));
    for (const [i, name] of names.entries()) {
      const alone = await readRows(file(name), formatOf(name));
      t.equal(JSON.stringify(rows[i]), JSON.stringify(alone), name);
    }
    for (const reader of readers) t.equal((await reader.next()).done, true);
  },
);
