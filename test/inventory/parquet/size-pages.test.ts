/** Sizes in pages of any size, read as their page is decompressed, with nulls among them or not. */
import t from 'tap';
import { readRows } from '../columnar/rows.js';
import { hybridPacked, plainLongs, plainTexts, writeParquet } from './write-parquet.js';

const keysOf = (count: number) => ({
  ...{ name: 'key', type: 6 },
  pages: [{ values: count, body: plainTexts(Array.from({ length: count }, (_, i) => `k/${i}`)) }],
});

t.test(
  'sizes of pages larger than a batch and smaller, with nulls or without, are those that were written',
  async (t) => {
    const sizeOf = (i: number, everyNull: number): number | null =>
      everyNull > 0 && i % everyNull === 0 ? null : i % 5 === 0 ? 2 ** 53 - 1 - i : (i * 7919) % 1_000_000;
    for (const codec of [0, 1] as const)
      for (const everyNull of [0, 7]) {
        let count = 0;
        const pages = [9000, 8192, 3, 0, 8200].map((rows) => {
          const all = Array.from({ length: rows }, (_, i) => sizeOf(count + i, everyNull));
          count += rows;
          const levels = hybridPacked(
            all.map((size) => (size === null ? 0 : 1)),
            1,
          );
          return { values: rows, levels, body: plainLongs(all.filter((size) => size !== null)) };
        });
        const column = { name: 'size', type: 2, isOptional: true, codec, pages };
        const rows = await readRows(writeParquet(count, [keysOf(count), column]), 'Parquet');
        t.equal(rows.length, count);
        const wrong = rows.findIndex(({ size }, i) => size !== sizeOf(i, everyNull));
        t.equal(wrong, -1, `codec ${codec}, null every ${everyNull}`);
      }
  },
);

t.test('a size that is none is refused in whichever batch it is', async (t) => {
  for (const [size, why] of [
    [-1n, /a size is negative: -1/],
    [-(2n ** 63n), /a size is negative: -9223372036854776000/],
    [2n ** 53n, /a size is beyond 2\^53: 9007199254740992/],
    [2n ** 63n - 1n, /a size is beyond 2\^53/],
  ] as const)
    for (const codec of [0, 1] as const)
      for (const at of [0, 8192]) {
        const body = plainLongs(Array.from({ length: 10_000 }, (_, i) => (i === at ? size : i)));
        const column = { name: 'size', type: 2, codec, pages: [{ values: 10_000, body }] };
        await t.rejects(readRows(writeParquet(10_000, [keysOf(10_000), column]), 'Parquet'), why);
      }
});

t.test('a page of Snappy that is damaged behind its last size is refused', async (t) => {
  const more = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * i * 31 + (i >> 3)) & 255));
  const body = Buffer.concat([plainLongs([1, 2, 3]), more]);
  const column = { name: 'size', type: 2, codec: 1, pages: [{ values: 3, body }] } as const;
  const file = writeParquet(3, [keysOf(3), column]);
  t.same(
    (await readRows(file, 'Parquet')).map(({ size }) => size),
    [1, 2, 3],
  );
  const end = file.length - 8 - file.readUInt32LE(file.length - 8);
  file.fill(0xff, end - 300, end);
  await t.rejects(readRows(file, 'Parquet'), /cannot be decompressed as SNAPPY/);
});
