/** Hours of tables that the kernel knows by itself are those that plain reading finds. */
import fc from 'fast-check';
import t from 'tap';
import { openTally, type TallyOptions } from '../../src/inventory/inventory-tally.js';
import { type KernelLimits, kernelLimits } from '../../src/inventory/kernel-memory.js';
import { openTallyKernel, type TallyKernel } from '../../src/inventory/tally-kernel.js';
import { parseLayout, partitionOf } from '../../src/prefixes/partition-keys.js';
import { summarise } from '../../src/prefixes/prefix-rows.js';
import { mergeParts } from '../../src/prefixes/tree-merge.js';
import { openPlainTally, type PlainTally } from './plain-tally.js';

const options: TallyOptions = {
  ...{ prefix: '', depth: 3, maxPrefixes: 1000, smallBelowBytes: 100, versions: 'all' },
};
/** Emptied again and again, some of them in the midst of a table. */
const small: KernelLimits = {
  ...{ slots: 9, rows: 7, folders: 16, folderTextBytes: 900, sampleTextBytes: 900 },
};

const nothing = (): void => undefined;

/** Its kernel, and the folders that it asked for. */
function kernelOf(layout: string, table: string): { kernel: TallyKernel; asked: string[] } {
  const asked: string[] = [];
  const there = new RegExp(parseLayout(layout).pattern.source, 'd');
  const more = Buffer.byteLength(table);
  const spansIn = (folder: string): number[] =>
    there
      .exec(folder.slice(table.length))!
      .indices!.slice(2)
      .flatMap((span) => span!.map((at) => more + at));
  const kernel: TallyKernel = openTallyKernel({ smallBelowBytes: 1, currentOnly: false }, kernelLimits, {
    enter(at, length) {
      const folder = kernel.bytes.toString('utf8', at, at + length);
      if (asked.push(folder) === 1) kernel.offerTable(kernel.addRow(), more, spansIn(folder));
      return 0;
    },
    ...{ says: () => 0, sample: () => 0, hold: () => 0, name: () => 0, spill: nothing, flush: nothing },
  });
  kernel.beginCsv([0]);
  return { kernel, asked };
}

function read(kernel: TallyKernel, keys: readonly string[]): number[] {
  const text = Buffer.from(keys.map((key) => `${encodeURIComponent(key).replaceAll('%2F', '/')}\n`).join(''));
  kernel.reserve(text.length);
  kernel.bytes.set(text, kernel.inputAt);
  kernel.run(kernel.inputAt, kernel.inputAt + text.length);
  return [...kernel.takeHours()];
}

const two = (value: number): string => String(value).padStart(2, '0');

t.test('hours that there are are noted, others are asked for', async (t) => {
  for (const [layout, name] of [
    ['dt=YYYY-MM-DD-HH', (date: readonly string[]) => `dt=${date.join('-')}`],
    ['year=YYYY/month=MM/day=DD/hour=HH', ([y, m, d, h]) => `year=${y}/month=${m}/day=${d}/hour=${h}`],
  ] satisfies [string, (date: readonly string[]) => string][]) {
    const { kernel, asked } = kernelOf(layout, 'ä/t/');
    const dates = [
      '0999',
      '1969',
      '1970',
      '1999',
      '2000',
      '2023',
      '2024',
      '2100',
      '2199',
      '2200',
      '9999',
    ].flatMap((year) =>
      Array.from({ length: 14 }, (_, month) =>
        Array.from({ length: 33 }, (_, day) =>
          [0, 23, 24].map((hour) => [year, two(month), two(day), two(hour)]),
        ),
      ).flat(2),
    );
    const folders = dates.map((date) => `ä/t/${name(date)}/`);
    const starts = folders.map((folder) => partitionOf(folder, 'ä/t/', parseLayout(layout))?.hourStart ?? -1);
    const isHour = (i: number): boolean => starts[i]! >= 0 && starts[i]! < Date.UTC(2200, 0);
    const first = `ä/t/${name(['2026', '11', '22', '05'])}/`;
    const noted = read(
      kernel,
      [first, ...folders].map((folder) => `${folder}x`),
    );
    t.same(
      noted,
      starts.filter((_, i) => isHour(i)).map((start) => start / 3_600_000),
      layout,
    );
    t.same(asked, [first, ...folders.filter((_, i) => !isHour(i))]);
  }
});

t.test('of a table of days, and of numbers without a leading zero', async (t) => {
  const { kernel, asked } = kernelOf('dt=YYYY-MM-DD', 't/');
  const keys = ['t/dt=2026-11-22/x', 't/dt=2026-11-23/x', 't/dt=2026-11-2x/x', 't/dt=2026-11-24/a/x'];
  t.same(read(kernel, keys), [Date.UTC(2026, 10, 23) / 3_600_000]);
  t.same(asked, ['t/dt=2026-11-22/', 't/dt=2026-11-2x/', 't/dt=2026-11-24/a/']);
  const bare = kernelOf('dt=YYYY-MM-DD/hour=HH', 't/');
  const hours = [5, 6, 10, 7].map((hour) => `t/dt=2026-11-22/hour=${hour}/x`);
  t.same(
    read(bare.kernel, [...hours, 'u/dt=2026-11-22/hour=5/x']),
    [6, 7].map((hour) => Date.UTC(2026, 10, 22, hour) / 3_600_000),
  );
  t.same(bare.asked, ['t/dt=2026-11-22/hour=5/', 't/dt=2026-11-22/hour=10/', 'u/dt=2026-11-22/hour=5/']);
});

type DateParts = readonly [number, number, number, number];
const layouts: readonly ((parts: DateParts) => string)[] = [
  ([y, m, d, h]) => `year=${y}/month=${two(m)}/day=${two(d)}/hour=${two(h)}/`,
  ([y, m, d, h]) => `year=${y}/month=${m}/day=${d}/hr=${h}/`,
  ([y, m, d, h]) => `dt=${y}-${two(m)}-${two(d)}/hour=${h}/`,
  ([y, m, d, h]) => `dt=${y}${two(m)}${two(d)}/hr=${two(h)}/`,
  ([y, m, d, h]) => `dt=${y}-${two(m)}-${two(d)}-${two(h)}/`,
  ([y, m, d]) => `date=${y}-${two(m)}-${two(d)}/`,
  ([y, m, d, h]) => `${y}/${two(m)}/${two(d)}/${two(h)}/`,
];
const date: fc.Arbitrary<DateParts> = fc.tuple(
  fc.constantFrom(2024, 2026, 2026, 9999),
  fc.integer({ min: 8, max: 13 }),
  fc.integer({ min: 23, max: 31 }),
  fc.integer({ min: 0, max: 25 }),
);
const stretch = fc
  .tuple(
    fc.constantFrom(
      '',
      't/',
      'ü 1/',
      'ü 2/',
      't/a/b/c/',
      't/2026/11/22/',
      'dt=2026-11-22/',
      'dt=2026-13-22/',
    ),
    fc.constantFrom(...layouts),
    fc.constantFrom('', '', '', 'a/', '07/', '08/', 'year=2026/month=13/day=22/hour=05/'),
    fc.array(fc.tuple(date, fc.constantFrom('x', 'b.csv', 'a.csv', 'part-00001-a.orc')), {
      minLength: 2,
      maxLength: 9,
    }),
  )
  .map(([place, layout, rest, files]) =>
    files.map(([parts, name]) => `${place}${layout(parts)}${rest}${name}`),
  );
const stretches = fc
  .array(stretch, { minLength: 1, maxLength: 8 })
  // Some of them once more, in between others.
  .map((all) => [...all.flat(), ...all.flat().filter((_, i) => i % 3 === 0)]);

type Take = (tally: PlainTally, keys: readonly string[]) => void;

const asCsv: Take = (tally, keys) => {
  const scan = tally.addCsv({ file: '1.csv.gz', columns: ['Key', 'Size'] });
  scan.take(Buffer.from(keys.map((key, i) => `${encodeURIComponent(key)},${i}\n`).join('')));
  scan.end();
};
const asBatch: Take = (tally, keys) => {
  const bytes = keys.map((key) => Buffer.from(key));
  let end = 0;
  const offsets = Int32Array.from([0, ...bytes.map(({ length }) => (end += length))]);
  tally.addBatch(
    {
      rows: keys.length,
      key: { bytes: Buffer.concat(bytes), offsets },
      size: Float64Array.from(keys.keys()),
    },
    '1.orc',
  );
};

/** In two parts, the first of two files. */
function summaryOf(tally: PlainTally, keys: readonly string[], take: Take) {
  const third = Math.ceil(keys.length / 3);
  take(tally, keys.slice(0, third));
  take(tally, keys.slice(third, 2 * third));
  const first = tally.part();
  take(tally, keys.slice(2 * third));
  const second = tally.part();
  return {
    rows: [first.rows, second.rows],
    leftOut: first.leftOut,
    ...summarise(mergeParts([first, second])),
  };
}

t.test('any tables are counted as plain reading counts them', async (t) => {
  let hours = 0;
  fc.assert(
    fc.property(
      stretches,
      fc.constantFrom('', '', '', 't/', 'dt=2026-11-22/', 'year=2026/'),
      fc.constantFrom(small, kernelLimits),
      (keys, prefix, limits) => {
        const given = { ...options, prefix };
        for (const take of [asCsv, asBatch]) {
          const plain = summaryOf(openPlainTally(given), keys, take);
          hours += plain.prefixes.reduce((sum, row) => sum + (row.partitions ?? 0), 0);
          t.same(summaryOf(openTally(given, limits), keys, take), plain);
        }
      },
    ),
    { numRuns: 25 },
  );
  t.ok(hours > 100, `${hours} hours`);
});

t.test('of more tables than rows each that stays has its hours, format and writer', async (t) => {
  let staying = 0;
  fc.assert(
    fc.property(stretches, fc.constantFrom(small, kernelLimits), (keys, limits) => {
      const few = { ...options, maxPrefixes: 3 };
      for (const take of [asCsv, asBatch]) {
        const plain = summaryOf(openPlainTally(options), keys, take);
        const { totals, prefixes } = summaryOf(openTally(few, limits), keys, take);
        t.same(totals, plain.totals);
        for (const { prefix, partitions, partitioning, format, writer } of prefixes) {
          const like = plain.prefixes.find((row) => row.prefix === prefix);
          const expected = [like?.partitions, like?.partitioning, like?.format, like?.writer];
          t.same([partitions, partitioning, format, writer], expected, prefix);
          staying += Number(partitions !== undefined);
        }
      }
    }),
    { numRuns: 12 },
  );
  t.ok(staying > 10, `${staying} tables stayed`);
});

t.test('of a scan that begins within a table the hours outside are left out', async (t) => {
  const given = { ...options, prefix: 't/year=2026/' };
  const keys = [2026, 2026, 2025, 2024, 2026].map(
    (year, i) => `t/year=${year}/month=11/day=22/hour=0${i % 4}/x`,
  );
  for (const take of [asCsv, asBatch]) {
    const tally = openTally(given);
    take(tally, keys);
    const { rows, leftOut } = tally.part();
    t.same([rows, leftOut], [5, 2]);
  }
});
