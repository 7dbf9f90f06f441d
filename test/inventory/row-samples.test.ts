/** What a row's files are named like is read in the kernel as file-names.ts reads it, wherever the key stands. */
import t from 'tap';
import { openTally, type TallyOptions } from '../../src/inventory/inventory-tally.js';
import { kernelLimits } from '../../src/inventory/kernel-memory.js';
import { writerOf } from '../../src/prefixes/file-names.js';
import { summarise } from '../../src/prefixes/prefix-rows.js';
import { mergeParts } from '../../src/prefixes/tree-merge.js';

const options: TallyOptions = {
  ...{ prefix: '', depth: 2, maxPrefixes: 1000, smallBelowBytes: 100, versions: 'all' },
};
const names = [
  'clicks-1-2026-11-22-05-01-09-1f0c2a3b-4d5e-6f70-8192-a3b4c5d6e7f8',
  'part-r-00000',
  '20261122_050109_00012_abc1d_1f0c2a3b-4d5e',
  '123456789012_CloudTrail_us-east-1_x',
  '123456789012_Config_us-east-1_x',
  '2026-11-22-05-01-09-0123456789ABCDEF',
  'lake2026-11-22-05-01-09-0123456789ABCDEF',
  'E2EXAMPLE1234.2026-11-22-05.1f0c2a3b.gz',
  'E2EXAMPLE12345.2026-11-22-05.1f0c2a3b',
  'clicks+3+0000012345.gz',
  'part-1f0c2a3b-4d5e-6f70-8192-a3b4c5d6e7f8-0',
  'ls.s3.1f0c2a3b-4d5e-6f70-8192-a3b4c5d6e7f8.2026-11-22T05.00.part0',
  '000000_0',
  '000012_0_copy_3.gz',
  '1000000_0',
  'a+b',
];

interface Object {
  readonly key: string;
  readonly size?: number;
}

function summaryInCsv(objects: readonly Object[], given = options, limits = kernelLimits) {
  const tally = openTally(given, limits);
  const scan = tally.addCsv({ file: '1.csv.gz', columns: ['Key', 'Size'] });
  for (const { key, size = 1 } of objects)
    scan.take(Buffer.from(`${encodeURIComponent(key).replaceAll('%2F', '/')},${size}\n`));
  scan.end();
  return summarise(mergeParts([tally.part()]));
}

function summaryOfBatch(objects: readonly Object[], given = options, limits = kernelLimits) {
  const tally = openTally(given, limits);
  const keys = objects.map(({ key }) => Buffer.from(key));
  let end = 0;
  const offsets = Int32Array.from([0, ...keys.map(({ length }) => (end += length))]);
  const size = Float64Array.from(objects, (object) => object.size ?? 1);
  tally.addBatch({ rows: keys.length, key: { bytes: Buffer.concat(keys), offsets }, size }, '1.orc');
  return summarise(mergeParts([tally.part()]));
}

t.test('every writer is known by the names of its objects', async (t) => {
  const objects = names.map((name, i) => ({ key: `a/${i}/${name}` }));
  const expected = names.map((name, i) => [`a/${i}/`, writerOf(name)]).sort();
  t.equal(expected.filter(([, writer]) => writer).length, names.length - 2);
  for (const summary of [summaryInCsv(objects), summaryOfBatch(objects)])
    t.same(
      summary.prefixes.slice(2).map(({ prefix, writer }) => [prefix, writer]),
      expected,
    );
});

t.test(
  'a key that says nothing, of a row that has a sample as long as it, hides no key of its folder',
  async (t) => {
    const objects = ['t/b/c/aaaaaa.csv', 't/b/a/part-of-it', 't/b/a/z.orc'].map((key) => ({ key }));
    for (const summary of [summaryInCsv(objects), summaryOfBatch(objects)])
      t.equal(summary.prefixes.at(-1)!.format, 'orc');
  },
);

t.test(
  'a key of a folded row is never the sample of the row above, also where its sums are huge',
  async (t) => {
    const many = Array.from({ length: 40 }, (_, i) => ({ key: `u/${i}/x`, size: i }));
    const huge = ['u/new/x', 'u/0/x.csv', 'u/0/x.csv', 'u/0/x.csv', 'u/0/a.csv'].map((key) => ({
      ...{ key, size: 2 ** 53 - 1 },
    }));
    const few = { ...options, maxPrefixes: 2 };
    const limits = { ...kernelLimits, rows: 12 };
    for (const summary of [summaryInCsv, summaryOfBatch]) {
      const { prefixes, totals } = summary([...many, ...huge], few, limits);
      t.same(
        prefixes.map(({ prefix, format }) => [prefix, format]),
        [
          ['', undefined],
          ['u/', undefined],
        ],
      );
      t.equal(totals[0]!.bytes, 780n + 5n * BigInt(2 ** 53 - 1));
    }
  },
);
