/** Every encoding of Parquet that is read, page by page; files of foreign writers are in foreign-files.test.ts. */
import fc from 'fast-check';
import t from 'tap';
import { readRows } from '../columnar/rows.js';
import {
  type ColumnSpec,
  deltas,
  hybridPacked,
  hybridRun,
  plainLongs,
  plainTexts,
  uint32,
  writeParquet,
} from './write-parquet.js';

const texts = ['a/1', 'a/2', 'b/é', 'b/é/10', ''];
const byteArray = 6;
const keyColumn = (pages: ColumnSpec['pages'], more: Partial<ColumnSpec> = {}): ColumnSpec => ({
  ...{ name: 'key', type: byteArray, pages },
  ...more,
});
const keysOf = async (bytes: Uint8Array): Promise<string[]> =>
  (await readRows(bytes, 'Parquet')).map(({ key }) => key);

const joined = Buffer.from(texts.join(''));
const lengths = texts.map((text) => Buffer.byteLength(text));
/** What each has in common with the one before, and what not. */
const shared = [0, 2, 0, 4, 0];
const suffixes = ['a/1', '2', 'b/é', '/10', ''];

t.test('keys in every encoding of texts, in pages of both versions, compressed or not', async (t) => {
  const encodings: readonly [string, number, Uint8Array][] = [
    ['plain', 0, plainTexts(texts)],
    ['delta lengths', 6, Buffer.concat([deltas(lengths), joined])],
    [
      'delta bytes',
      7,
      Buffer.concat([
        deltas(shared),
        deltas(suffixes.map((suffix) => Buffer.byteLength(suffix))),
        Buffer.from(suffixes.join('')),
      ]),
    ],
  ];
  for (const [name, encoding, body] of encodings)
    for (const kind of ['data', 'data2'] as const)
      for (const codec of [0, 1, 2] as const) {
        const column = keyColumn([{ kind, encoding, values: 5, body }], { codec });
        t.same(await keysOf(writeParquet(5, [column])), texts, `${name}, ${kind}, codec ${codec}`);
      }
});

t.test('keys from a dictionary, and after it plain, as writers do when it grows too large', async (t) => {
  const dictionary = { kind: 'dictionary', values: 3, body: plainTexts(['x', 'yy', 'z']) } as const;
  for (const [of, encoding] of [
    ['RLE_DICTIONARY', 8],
    ['PLAIN_DICTIONARY', 2],
  ] as const) {
    const pages: ColumnSpec['pages'] = [
      dictionary,
      { encoding, values: 4, body: Buffer.concat([Buffer.of(2), hybridPacked([2, 0, 1, 1], 2)]) },
      { encoding, values: 20, body: Buffer.concat([Buffer.of(2), hybridRun(20, 1, 2)]) },
      { encoding: 0, values: 2, body: plainTexts(['p', 'q']) },
    ];
    t.same(
      await keysOf(writeParquet(26, [keyColumn(pages)])),
      ['z', 'x', 'yy', 'yy', ...new Array<string>(20).fill('yy'), 'p', 'q'],
      of,
    );
  }
});

t.test('a dictionary of one value has indexes of no bits', async (t) => {
  const pages: ColumnSpec['pages'] = [
    { kind: 'dictionary', values: 1, body: plainTexts(['only']) },
    { encoding: 8, values: 9, body: Buffer.concat([Buffer.of(0), hybridRun(9, 0, 0)]) },
  ];
  t.same(await keysOf(writeParquet(9, [keyColumn(pages)])), new Array<string>(9).fill('only'));
});

const size = (values: readonly (number | null)[], encoding: 'plain' | 'delta' | 'dictionary'): ColumnSpec => {
  const there = values.filter((value) => value !== null);
  const levels = hybridPacked(
    values.map((value) => (value === null ? 0 : 1)),
    1,
  );
  const nulls = values.length - there.length;
  const different = [...new Set(there)];
  const page = { values: values.length, levels, nulls };
  const column = { name: 'Size', type: 2, isOptional: true };
  if (encoding === 'plain')
    return { ...column, pages: [{ ...page, kind: 'data2', encoding: 0, body: plainLongs(there) }] };
  if (encoding === 'delta') return { ...column, pages: [{ ...page, encoding: 5, body: deltas(there) }] };
  const indexes = there.map((value) => different.indexOf(value));
  return {
    ...column,
    pages: [
      { kind: 'dictionary', values: different.length, body: plainLongs(different) },
      { ...page, encoding: 8, body: Buffer.concat([Buffer.of(10), hybridPacked(indexes, 10)]) },
    ],
  };
};

t.test('sizes with nulls anywhere, exact in every encoding', async (t) => {
  const value = fc.oneof(fc.nat(300_000), fc.maxSafeNat(), fc.constantFrom(0, 5 * 2 ** 40));
  const values = fc.array(fc.option(value, { freq: 5 }), { minLength: 1, maxLength: 300 });
  await fc.assert(
    fc.asyncProperty(
      values,
      fc.constantFrom('plain' as const, 'delta' as const, 'dictionary' as const),
      async (drawn, encoding) => {
        // Differences are read up to 2^52.
        const sizes = encoding === 'delta' ? drawn.map((one) => one && one % 2 ** 51) : drawn;
        const keys = keyColumn([{ values: sizes.length, body: plainTexts(sizes.map((_, i) => `k${i}`)) }]);
        const rows = await readRows(writeParquet(sizes.length, [keys, size(sizes, encoding)]), 'Parquet');
        t.same(
          rows.map((row) => row.size),
          sizes,
          encoding,
        );
      },
    ),
    { numRuns: 40 },
  );
});

t.test('truth values as bits and as runs', async (t) => {
  const truths = [true, false, false, true, true, false, true, false, true, true];
  const bits = Buffer.of(0b01011001, 0b11);
  const runs = hybridPacked(truths.map(Number), 1);
  for (const [encoding, body] of [
    [0, bits],
    [3, Buffer.concat([uint32(runs.length), runs])],
  ] as const) {
    const keys = keyColumn([{ values: 10, body: plainTexts(truths.map((_, i) => `${i}`)) }]);
    const latest: ColumnSpec = { name: 'is_latest', type: 0, pages: [{ encoding, values: 10, body }] };
    const rows = await readRows(writeParquet(10, [keys, latest]), 'Parquet');
    t.same(
      rows.map((row) => row.isLatest),
      truths,
    );
  }
});

t.test('classes that are not in a dictionary, and a size of 32 bits', async (t) => {
  const classes = ['STANDARD', 'GLACIER', 'STANDARD'];
  const column = { name: 'StorageClass', type: byteArray };
  const sizes = Buffer.concat([uint32(7), uint32(0), uint32(2 ** 31 - 1)]);
  for (const [encoding, body] of [
    [0, plainTexts(classes)],
    [6, Buffer.concat([deltas(classes.map((one) => one.length)), Buffer.from(classes.join(''))])],
  ] as const) {
    const rows = await readRows(
      writeParquet(3, [
        keyColumn([{ values: 3, body: plainTexts(['a', 'b', 'c']) }]),
        { ...column, pages: [{ encoding, values: 3, body }] },
        { name: 'size', type: 1, pages: [{ values: 3, body: sizes }] },
      ]),
      'Parquet',
    );
    t.same(
      rows.map((row) => row.storageClass),
      classes,
    );
    t.same(
      rows.map((row) => row.size),
      [7, 0, 2 ** 31 - 1],
    );
  }
});

t.test('rows keep together over batches and pages, wherever the pages of each column end', async (t) => {
  const count = 20_000;
  const key = (i: number): string => `k/${i}${'-'.repeat(i % 40)}`;
  const sizeOf = (i: number): number | null => (i % 13 === 0 ? null : i * 1000);
  const cuts = (step: number): number[][] =>
    Array.from({ length: Math.ceil(count / step) }, (_, page) =>
      Array.from({ length: Math.min(step, count - page * step) }, (_, i) => page * step + i),
    );
  const keyPages = cuts(777).map((rows, page) =>
    page % 2 === 0
      ? { values: rows.length, body: plainTexts(rows.map(key)) }
      : {
          ...{ encoding: 6, values: rows.length },
          body: Buffer.concat([deltas(rows.map((i) => key(i).length)), Buffer.from(rows.map(key).join(''))]),
        },
  );
  const sizePages = cuts(3001).map((rows) => size(rows.map(sizeOf), 'plain').pages[0]!);
  const truthPages = cuts(1001).map((rows) => ({
    ...{ encoding: 3, values: rows.length },
    body: ((runs) => Buffer.concat([uint32(runs.length), runs]))(
      hybridPacked(
        rows.map((i) => i % 2),
        1,
      ),
    ),
  }));
  const file = writeParquet(count, [
    keyColumn(keyPages),
    { name: 'size', type: 2, isOptional: true, pages: sizePages },
    { name: 'is_latest', type: 0, pages: truthPages },
  ]);
  const rows = await readRows(file, 'Parquet');
  t.equal(rows.length, count);
  const wrong = rows.findIndex(
    (row, i) => row.key !== key(i) || row.size !== sizeOf(i) || row.isLatest !== (i % 2 === 1),
  );
  t.equal(wrong, -1);
});

t.test('a column of classes with thousands of different values is something else', async (t) => {
  const count = 4097;
  const classes = { name: 'storage_class', type: byteArray };
  const texts = Array.from({ length: count }, (_, i) => `class ${i}`);
  const keys = keyColumn([{ values: count, body: plainTexts(texts) }]);
  const file = writeParquet(count, [
    keys,
    { ...classes, pages: [{ values: count, body: plainTexts(texts) }] },
  ]);
  await t.rejects(readRows(file, 'Parquet'), {
    message: /"storage_class" has more than 4096 different values/,
  });
  const odd = { ...classes, pages: [{ values: 1, body: Buffer.from([2, 0, 0, 0, 0xff, 0xfe]) }] };
  const one = keyColumn([{ values: 1, body: plainTexts(['k']) }]);
  await t.rejects(readRows(writeParquet(1, [one, odd]), 'Parquet'), { message: /is not UTF-8/ });
});
