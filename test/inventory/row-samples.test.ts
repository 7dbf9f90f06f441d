/** What a row's files are named like is read in the kernel as file-names.ts reads it, wherever the key stands. */
import t from 'tap';
import { openTally, type TallyOptions } from '../../src/inventory/inventory-tally.js';
import { type KernelLimits, kernelLimits } from '../../src/inventory/kernel-memory.js';
import { openTallyKernel, type TallyKernel } from '../../src/inventory/tally-kernel.js';
import { writerOf } from '../../src/prefixes/file-names.js';
import { signOf } from '../../src/prefixes/folded-prefixes.js';
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

/** Its first folder tells the row above the others; nothing is asked of anybody. */
function kernelWith(limits: KernelLimits, flush: () => void) {
  const kernel: TallyKernel = openTallyKernel({ smallBelowBytes: 1, currentOnly: false }, limits, {
    enter(at, length) {
      const row = kernel.addRow();
      if (kernel.bytes.toString('utf8', at, at + length) === 'u/0/') kernel.offerParent(2, 7);
      return 2 * row;
    },
    ...{ says: () => 1, sample: () => 0, hold: () => 0, name: () => 0, spill: () => undefined, flush },
  });
  const read = (...keys: readonly string[]): boolean => {
    const text = Buffer.from(keys.map((key) => `${key},100\n`).join(''));
    kernel.reserve(text.length);
    kernel.bytes.set(text, kernel.inputAt);
    return kernel.run(kernel.inputAt, kernel.inputAt + text.length) === kernel.inputAt + text.length;
  };
  kernel.beginCsv([0, 1]);
  return { kernel, read };
}

t.test(
  'rows that stay when the tables are emptied have their numbers, texts and sums, and room for others',
  async (t) => {
    let emptied = 0;
    const { kernel, read } = kernelWith(kernelLimits, () => {
      emptied += 1;
      const odd = kernel.newRows().filter((row) => row % 2 === 1);
      t.equal(kernel.keep(odd), true);
      odd.forEach((_, row) => {
        kernel.setParent(row, 9);
      });
    });
    t.ok(read('u/0/z', 'u/1/b.csv', 'u/2/z', 'u/3/c.csv', 'u/3/b.csv', 'u/4/z', 'u/5/z.csv'));
    kernel.flushSoon();
    // Emptied once, before the first of them. All three are found again.
    t.ok(read('u/5/a.csv', 'u/1/c.csv', 'u/3/d.csv', 'u/0/z', 'u/6/z', 'u/3/a.csv'));
    t.equal(emptied, 1);
    const told = kernel.newRows().map((row) => {
      const { at, length, sampleAt, sampleLength } = kernel.newRow(row)!;
      const [parent] = kernel.parentsOf([row]);
      const text = (from: number, bytes: number): string => kernel.bytes.toString('utf8', from, from + bytes);
      return [text(at, length), parent, text(sampleAt, sampleLength), ...kernel.weigh([row])];
    });
    t.same(told, [
      ['u/1/', 9, 'u/1/b.csv', 2, 200],
      ['u/3/', 9, 'u/3/a.csv', 4, 400],
      ['u/5/', 9, 'u/5/a.csv', 2, 200],
      ['u/6/', 7, '', 1, 100],
    ]);
    t.equal(kernel.gather(kernel.newRows()[3]!, 1), true);
    t.same([...kernel.weigh([1])], [5, 500]);
  },
);

t.test('rows that would take more than half of a table do not stay, and nothing is forgotten', async (t) => {
  for (const [limits, most] of [
    [{ rows: 8 }, 4],
    [{ slots: 8 }, 4],
    [{ folders: 8 }, 4],
    [{ folderTextBytes: 30 }, 3],
    [{ sampleTextBytes: 50 }, 2],
  ] as const) {
    const { kernel, read } = kernelWith({ ...kernelLimits, ...limits }, () => t.fail('it has room'));
    t.ok(read('u/0/z', ...[1, 2, 3, 4, 5].map((i) => `u/${i}/x.csv`)));
    const all = kernel.newRows();
    t.equal(all.length, 5);
    t.equal(kernel.keep(all.slice(0, most + 1)), false, JSON.stringify(limits));
    t.same([...kernel.weigh(all)], [1, 100, 1, 100, 1, 100, 1, 100, 1, 100]);
    t.equal(kernel.keep(all.slice(0, most)), true);
    t.equal(kernel.newRows().length, most);
  }
});

t.test('thousands of rows are weighed and signed each as it is', async (t) => {
  const { kernel, read } = kernelWith(kernelLimits, () => t.fail('it has room'));
  const names = Array.from({ length: 9000 }, (_, i) => `u/${i % 4500 === 4499 ? 'ä' : 'n'}${i}/`);
  t.ok(read('u/0/z', ...names.flatMap((name, i) => Array<string>(1 + (i % 7)).fill(`${name}x`))));
  const rows = kernel.newRows();
  t.equal(rows.length, names.length);
  t.same(
    [...kernel.weigh(rows)],
    names.flatMap((_, i) => [1 + (i % 7), 100 * (1 + (i % 7))]),
  );
  t.same(
    [...kernel.signsOf(rows)],
    names.map((name) => (name.includes('ä') ? -1 : signOf(name))),
  );
});
