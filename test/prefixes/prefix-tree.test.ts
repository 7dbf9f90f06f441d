import fc from 'fast-check';
import t from 'tap';
import type { ObjectRecord } from '../../src/kernel/s3.js';
import { mergeHistograms } from '../../src/prefixes/histogram.js';
import { findPartition } from '../../src/prefixes/partition-keys.js';
import { addObjects, createPrefixTree, type PrefixTreeOptions } from '../../src/prefixes/prefix-tree.js';
import { addObject, createTally, histogramOf, tallyOf } from '../../src/prefixes/running-tally.js';
import { mergeTallies } from '../../src/prefixes/tally.js';
import { objectNamed } from '../inventory/memory-lister.js';
import { summaryOf as summaryOfTree } from './summary.js';

const options: PrefixTreeOptions = { prefix: '', depth: 3, maxPrefixes: 1000, smallBelowBytes: 100 };

const summaryOf = (objects: readonly ObjectRecord[], given: Partial<PrefixTreeOptions> = {}) => {
  const tree = createPrefixTree({ ...options, ...given });
  addObjects(tree, objects);
  return summaryOfTree(tree);
};
const named = (...keys: readonly string[]) => keys.map((key) => objectNamed(key, 10));
const counts = (objects: readonly ObjectRecord[], given: Partial<PrefixTreeOptions> = {}) =>
  summaryOf(objects, given).prefixes.map((row) => [
    row.prefix,
    row.depth,
    Number(row.tallies[0]?.objects ?? 0n),
  ]);

t.test('a row counts everything below it, and rows come in byte order', async (t) => {
  t.same(counts(named('b/x', 'a/b/1', 'a/b/2', 'a/3', '4')), [
    ['', 0, 5],
    ['a/', 1, 3],
    ['a/b/', 2, 2],
    ['b/', 1, 1],
  ]);
});

t.test('rows go no deeper than asked', async (t) => {
  t.same(counts(named('a/b/c/d/e'), { depth: 2 }), [
    ['', 0, 1],
    ['a/', 1, 1],
    ['a/b/', 2, 1],
  ]);
  t.same(counts(named('a/b/c'), { depth: 0 }), [['', 0, 1]]);
});

t.test('depth is counted from the scanned prefix', async (t) => {
  t.same(counts(named('lake/csv/a/1', 'lake/csv/b/2'), { prefix: 'lake/csv/' }), [
    ['lake/csv/', 0, 2],
    ['lake/csv/a/', 1, 1],
    ['lake/csv/b/', 1, 1],
  ]);
});

t.test('empty names between slashes are folders like others', async (t) => {
  t.same(counts(named('/a', '//b', 'a//c', 'a/')), [
    ['', 0, 4],
    ['/', 1, 2],
    ['//', 2, 1],
    ['a/', 1, 2],
    ['a//', 2, 1],
  ]);
});

t.test('a table has one row, whatever its hours, and the row knows how many there are', async (t) => {
  const hours = ['hour=05/a', 'hour=05/b', 'hour=5/c', 'hour=06/d'].map(
    (end) => `csv/clicks/year=2026/month=11/day=22/${end}`,
  );
  const rows = summaryOf(named(...hours, 'csv/clicks/_SUCCESS', 'csv/plain/year=2026/x')).prefixes;
  t.same(
    rows.map((row) => [row.prefix, row.partitioning, row.partitions]),
    [
      ['', undefined, undefined],
      ['csv/', undefined, undefined],
      ['csv/clicks/', 'year=YYYY/month=MM/day=DD/hour=HH', 2],
      ['csv/plain/', undefined, undefined],
      ['csv/plain/year=2026/', undefined, undefined],
    ],
  );
});

t.test('a scan that begins inside a table or at it still counts its hours', async (t) => {
  const keys = named('t/dt=2026-11-22/hour=05/a', 't/dt=2026-11-22/hour=06/a');
  for (const prefix of ['t/', 't/dt=2026-11-22/', 't/dt=2026-11-22/hour=05/'])
    t.match(summaryOf(keys, { prefix }).prefixes, [
      { prefix, partitioning: 'dt=YYYY-MM-DD/hour=HH', partitions: 2 },
    ]);
});

t.test('two tables under a row too deep to part them are not counted as one', async (t) => {
  const keys = named('a/t1/dt=2026-11-22/x', 'a/t2/dt=2026-11-22/x');
  t.equal(summaryOf(keys, { depth: 1 }).prefixes[1]?.partitioning, undefined);
});

t.test('a table too deep for a row is told by the depth that it has', async (t) => {
  const keys = named('a/b/t1/dt=2026-11-22/x.csv', 'a/c/dt=2026-11-22/x.csv', 'a/d/e/f/x.csv', 'e/x.csv');
  const told = (depth: number) =>
    summaryOf(keys, { depth }).prefixes.flatMap(({ prefix, tableDepth }) =>
      tableDepth === undefined ? [] : [[prefix, tableDepth]],
    );
  t.same(told(1), [['a/', 3]]);
  t.same(told(2), [['a/b/', 3]]);
  t.same(told(3), []);
  t.same(summaryOf(keys, { depth: 1, prefix: 'a/' }).prefixes[1]?.tableDepth, 2);
});

t.test('a table of mixed layouts is described by the one with most partitions', async (t) => {
  const keys = named('t/dt=2026-11-22/a', 't/dt=2026-11-23/a', 't/2026/11/24/a');
  t.match(summaryOf(keys).prefixes[1], { partitioning: 'dt=YYYY-MM-DD', partitions: 2 });
});

t.test('names tell the format and the writer of a row', async (t) => {
  const firehose = 'clicks-1-2026-11-22-05-01-09-1f0c2a3b-4d5e-6f70-8192-a3b4c5d6e7f8.gz';
  const rows = summaryOf(
    named(
      `t/dt=2026-11-22/${firehose}`,
      't/dt=2026-11-22/_SUCCESS',
      'u/cat.jpg',
      'v/_SUCCESS',
      'v/part-00001-4f0c1d7e.snappy.parquet',
      'v/x.csv',
    ),
  ).prefixes;
  t.match(rows[1], { prefix: 't/', writer: 'Amazon Data Firehose' });
  t.notOk(rows[2]?.format ?? rows[2]?.writer);
  t.match(rows[3], { prefix: 'v/', format: 'parquet', writer: 'Spark' });
});

t.test(
  'a key below says nothing of the row above, and a row is known by its smallest key that says something',
  async (t) => {
    const [root, a, b] = summaryOf(named('a/b/1.csv', 'a/2.json', 'a/1', 'a/3.orc')).prefixes;
    t.same([root?.format, a?.format, b?.format], [undefined, 'json', 'csv']);
  },
);

t.test(
  'tiers of INTELLIGENT_TIERING, versions, delete markers and unknown sizes are counted apart',
  async (t) => {
    const tiered = (key: string, accessTier?: string) => ({
      ...objectNamed(key, 10, 'INTELLIGENT_TIERING'),
      ...(accessTier !== undefined && { accessTier }),
    });
    const { totals, prefixes, unknownClasses } = summaryOf([
      tiered('a', 'FREQUENT'),
      tiered('b', 'ARCHIVE_ACCESS'),
      tiered('c', 'BEYOND'),
      tiered('d'),
      { ...objectNamed('e', 7), isLatest: false },
      { ...objectNamed('f', Number.NaN), isLatest: true },
      { ...objectNamed('f', Number.NaN, ''), isLatest: false, isDeleteMarker: true },
    ]);
    t.match(totals, [
      { class: '', objects: 0n, deleteMarkers: 1n, noncurrentObjects: 0n },
      { class: 'INTELLIGENT_TIERING', objects: 1n },
      {
        class: 'INTELLIGENT_TIERING',
        accessTier: 'ARCHIVE_ACCESS',
        objects: 1n,
        archiveOverheadBytes: 40960n,
      },
      { class: 'INTELLIGENT_TIERING', accessTier: 'BEYOND', objects: 1n },
      { class: 'INTELLIGENT_TIERING', accessTier: 'FREQUENT', objects: 1n, archiveOverheadBytes: 0n },
      {
        class: 'STANDARD',
        objects: 2n,
        bytes: 7n,
        noncurrentObjects: 1n,
        noncurrentBytes: 7n,
        unsizedObjects: 1n,
      },
    ]);
    t.same(unknownClasses, ['INTELLIGENT_TIERING BEYOND']);
    t.equal(prefixes[0]!.histogram.length, 5, 'an object of unknown size is in no bar');
  },
);

t.test('classes unknown to the program are counted under their own name and reported', async (t) => {
  const summary = summaryOf([
    objectNamed('a', 1, 'BEYOND'),
    objectNamed('b', 1),
    objectNamed('c', 1, '__proto__'),
  ]);
  t.same(summary.unknownClasses, ['BEYOND', '__proto__']);
  t.same(
    summary.totals.map((tally) => [tally.class, tally.objects]),
    [
      ['BEYOND', 1n],
      ['STANDARD', 1n],
      ['__proto__', 1n],
    ],
  );
});

t.test('a tree of nothing has one row with no tallies', async (t) => {
  const summary = summaryOf([]);
  t.match(summary, { totals: [], folded: { prefixes: 0, into: 0 }, unknownClasses: [] });
  t.match(summary.prefixes, [{ prefix: '', depth: 0, tallies: [], histogram: [], medianObjectBytes: 0 }]);
});

const segment = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    '',
    '..',
    '*',
    "'",
    '\u{1f600}',
    'dt=2026-11-22',
    'hour=05',
    '2026',
    '11',
    'constructor',
  ),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
const key = fc.array(segment, { minLength: 1, maxLength: 6 }).map((segments) => segments.join('/'));
const object = fc
  .tuple(key, fc.nat({ max: 300_000 }), fc.constantFrom('STANDARD', 'GLACIER', 'STANDARD_IA'))
  .map(([name, size, storageClass]) => objectNamed(name, size, storageClass));
const objects = fc.array(object, { maxLength: 60 });

/** The same rows, found by looking at every object for every prefix. */
function naiveRows(all: readonly ObjectRecord[], depth: number) {
  const prefixes = new Set<string>(['']);
  const partitions: { readonly table: string; readonly folder: string }[] = [];
  for (const { key } of all) {
    const folder = key.slice(0, key.lastIndexOf('/') + 1);
    const found = findPartition(folder);
    const end = found?.tablePrefix ?? folder;
    const folders = end.split('/').slice(0, -1);
    for (let i = 1; i <= Math.min(folders.length, depth); i++)
      prefixes.add(`${folders.slice(0, i).join('/')}/`);
    // A table that is too deep for a row knows no hours, and no row is deeper.
    if (found && folders.length <= depth)
      partitions.push({ table: end, folder: `${end}${found.partition}/` });
  }
  for (const { table, folder } of partitions)
    for (const prefix of prefixes)
      if (prefix.length > table.length && (folder.startsWith(prefix) || prefix.startsWith(folder)))
        prefixes.delete(prefix);
  return new Map([...prefixes].map((prefix) => [prefix, all.filter(({ key }) => key.startsWith(prefix))]));
}

/** Of little else than folders with dates, so that most keys share some. */
const dated = fc
  .array(fc.constantFrom('2026', '11', 'dt=2026-11-22', 'hour=05'), { maxLength: 5 })
  .map((segments) => objectNamed([...segments, 'x'].join('/'), 10));

for (const [what, drawn] of [
  ['any', objects],
  ['those of tables', fc.array(dated, { maxLength: 12 })],
] as const)
  t.test(
    `rows equal what counting every object for every prefix gives, whatever the order (${what})`,
    async (t) => {
      fc.assert(
        fc.property(drawn, fc.integer({ min: 0, max: 5 }), (all, depth) => {
          const { prefixes } = summaryOf(all, { depth });
          const expected = naiveRows(all, depth);
          t.same(new Set(prefixes.map((row) => row.prefix)), new Set(expected.keys()));
          for (const row of prefixes) {
            const tallies = expected.get(row.prefix)!.map(({ storageClass, size }) => {
              const tally = createTally(storageClass, 100);
              addObject(tally, size);
              return tally;
            });
            t.same(row.tallies, mergeTallies(...tallies.map((tally) => [tallyOf(tally)])));
            t.same(row.histogram, mergeHistograms(...tallies.map(histogramOf)));
          }
          t.same(summaryOf(all.toReversed(), { depth }).prefixes, prefixes);
        }),
        { numRuns: 30 },
      );
    },
  );

t.test(
  'a row holds all that begins with its prefix, wherever the scan begins and however few there are',
  async (t) => {
    const places = fc.constantFrom('', '2026/', '2026/11/', 'dt=2026-11-22/', 'a/');
    const limits = fc.constantFrom(1, 3, 1000);
    fc.assert(
      fc.property(fc.array(dated, { maxLength: 10 }), places, limits, (below, prefix, maxPrefixes) => {
        const all = below.map(({ key }) => objectNamed(`${prefix}${key}`, 10));
        const { prefixes } = summaryOf(all, { prefix, maxPrefixes, depth: 6 });
        t.ok(prefixes.length <= maxPrefixes);
        for (const row of prefixes) {
          const held = all.filter(({ key }) => key.startsWith(row.prefix)).length;
          t.equal(Number(row.tallies[0]?.objects ?? 0n), held, row.prefix);
        }
      }),
      { numRuns: 60 },
    );
  },
);

t.test('a folder on the way to the hours of a table, or in one of them, has no row', async (t) => {
  const hours = ['a/2026/11/22/05/x', 'a/2026/11/22/06/x'];
  const rows = (keys: readonly string[], given: Partial<PrefixTreeOptions> = {}) =>
    counts(named(...keys), given).map(([prefix, , objects]) => [prefix, objects]);
  t.same(rows([...hours, 'a/2026/note', 'a/2026/11/note']), [
    ['', 4],
    ['a/', 4],
  ]);
  t.same(
    rows([...hours, 'a/2026/reports/1', 'a/2026/reports/2']),
    [
      ['', 4],
      ['a/', 4],
      ['a/2026/reports/', 2],
    ],
    'what lies beside the hours has one, for nothing of it is counted at the table',
  );
  t.same(
    rows([...hours, 'a/2025/note']),
    [
      ['', 3],
      ['a/', 3],
      ['a/2025/', 1],
    ],
    'there are no hours of that year',
  );
  t.same(
    rows(['dt=2026-03-01/x', 'dt=2026-12-01/x', 'dt=2026-02-29/note', 'dt=2026-11-31/note']),
    [
      ['', 4],
      ['dt=2026-02-29/', 1],
      ['dt=2026-11-31/', 1],
    ],
    'dates that do not exist are no others',
  );
  t.same(rows(['dt=2026-11-22/x', 'dt=2026-11-22/dt=2026-11-22/hour=05/x']), [['', 2]]);
  t.same(
    rows(['a/2026/11/22/x', 'a/2026/11/x'], { prefix: 'a/2026/' }),
    [['a/2026/', 2]],
    'nor where the scanned prefix is on the way itself',
  );
  const { folded } = summaryOf(named(...hours, 'a/2026/note'));
  t.same(folded, { prefixes: 0, into: 0 }, 'it was not left out for want of room');
});

t.test('where there are too many rows those within partitions take the place of none', async (t) => {
  const keys = ['a/2026/11/22/05/x', 'a/2026/note', 'b/x', 'a/2026/c/x', 'a/2026/c/y'];
  const { prefixes, folded } = summaryOf(named(...keys), { maxPrefixes: 3 });
  t.same(
    prefixes.map(({ prefix, tallies }) => [prefix, Number(tallies[0]!.objects)]),
    [
      ['', 5],
      ['a/', 4],
      ['a/2026/c/', 2],
    ],
  );
  t.same(folded, { prefixes: 1, into: 1 });
});

t.test('of two layouts with as many partitions the same one is named, whichever comes first', async (t) => {
  const keys = ['a/dt=2026-11-01/x', 'a/dt=2026-11-02/hour=05/x'];
  const named = (order: readonly string[]) =>
    summaryOf(
      order.map((key) => objectNamed(key)),
      { depth: 2 },
    ).prefixes.map((row) => row.partitioning);
  t.same(named(keys), named(keys.toReversed()));
});
