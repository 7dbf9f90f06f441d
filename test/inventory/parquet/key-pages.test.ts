/** Keys in pages of any size, read where they lie in their page or put together. */
import t from 'tap';
import { readRows } from '../columnar/rows.js';
import { type ColumnSpec, plainTexts, writeParquet } from './write-parquet.js';

const keyColumn = (pages: ColumnSpec['pages'], more: Partial<ColumnSpec> = {}): ColumnSpec => ({
  ...{ name: 'key', type: 6, pages },
  ...more,
});

t.test(
  'keys of pages larger than a batch and smaller, compressed or not, are those that were written',
  async (t) => {
    const key = (i: number): string => `a/folder/${i >> 5}/part-${(i * 7919) % 65_536}.parquet`;
    for (const codec of [0, 1] as const)
      for (const kind of ['data', 'data2'] as const) {
        let count = 0;
        const pages = [9000, 8192, 3, 0, 8200, 16_384].map((values) => {
          const own = Array.from({ length: values }, (_, i) => key(count + i));
          count += values;
          return { kind, values, body: plainTexts(own) };
        });
        const rows = await readRows(
          writeParquet(count, [keyColumn(pages, { codec, isOptional: true })]),
          'Parquet',
        );
        t.equal(rows.length, count);
        const wrong = rows.findIndex((row, i) => row.key !== key(i));
        t.equal(wrong, -1, `codec ${codec}, ${kind}`);
      }
  },
);

t.test('a page of Snappy that is damaged behind its last key is refused', async (t) => {
  const keys = Array.from({ length: 100 }, (_, i) => `k/${i}`);
  // Further behind it than is decompressed with it.
  const more = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * i * 31 + (i >> 3)) & 255));
  const body = Buffer.concat([plainTexts(keys), more]);
  const file = writeParquet(keys.length, [keyColumn([{ values: keys.length, body }], { codec: 1 })]);
  t.same(
    (await readRows(file, 'Parquet')).map(({ key }) => key),
    keys,
  );
  const end = file.length - 8 - file.readUInt32LE(file.length - 8);
  file.fill(0xff, end - 300, end);
  await t.rejects(readRows(file, 'Parquet'), /cannot be decompressed as SNAPPY/);
});

t.test(
  'a page without rows behind the last key is read before the keys are, and spoils none of them',
  async (t) => {
    const keys = Array.from({ length: 8192 }, (_, i) => `k/${i}`);
    const pages = [
      { values: keys.length, body: plainTexts(keys) },
      { values: 0, body: Buffer.alloc(200_000, 'x') },
    ];
    const rows = await readRows(writeParquet(keys.length, [keyColumn(pages)]), 'Parquet');
    t.same(
      rows.map(({ key }) => key),
      keys,
    );
  },
);
