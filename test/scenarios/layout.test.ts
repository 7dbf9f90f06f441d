import t from 'tap';
import { addObjects, createPrefixTree, prefixTreeDefaults } from '../../src/prefixes/prefix-tree.js';
import { type Scan, scanOf } from '../../src/prefixes/scan.js';
import { monthlyBill } from '../../src/pricing/monthly-bill.js';
import { describe } from '../../src/scenarios/layout.js';
import { objectNamed } from '../inventory/memory-lister.js';
import { summaryOf } from '../prefixes/summary.js';
import { cardOf } from '../pricing/card.js';
import { options, viewOf } from '../report/view.js';

const hour = (table: string, n: number): string =>
  `${table}/year=2026/month=11/day=01/hour=${String(n).padStart(2, '0')}/x.csv`;
const tables = ['a', 'a!', 'a/b', 'b', '😀', '\uff5e'];
const { scan } = viewOf(tables.flatMap((table) => [0, 1, 2].map((n) => hour(table, n))));
const below = (of: Scan, prefix: string): string[] => {
  const row = of.prefixes.find((one) => one.prefix === prefix)!;
  return describe(of, row, options).tables.map((table) => table.prefix);
};

t.test('the tables of a prefix are those whose keys begin with it', async (t) => {
  const expected = (prefix: string): string[] =>
    scan.prefixes
      .filter((row) => row.partitions !== undefined && row.prefix.startsWith(prefix))
      .map((row) => row.prefix);
  t.ok(expected('').length >= 5);
  for (const { prefix } of scan.prefixes) {
    t.same(below(scan, prefix), expected(prefix), prefix);
  }
});

t.test('describing every row does not read every row each time', async (t) => {
  let reads = 0;
  const rows = Array.from({ length: 3000 }, (_, n) => ({
    ...scan.prefixes[0]!,
    depth: n === 0 ? 0 : 1,
    get prefix() {
      reads += 1;
      return n === 0 ? '' : `p${n}/`;
    },
  }));
  const wide = { ...scan, prefixes: rows };
  for (const row of rows.slice(1)) describe(wide, row, options);
  t.ok(reads < 200 * rows.length, `${reads} reads of ${rows.length} rows`);
});

t.test('delete markers and classes without a price are said, and none of nothing', async (t) => {
  const [tally] = scan.prefixes[0]!.tallies;
  const odd = (of: object) => ({ ...tally!, class: 'FSX_OPENZFS', ...of });
  const row = (tallies: readonly object[]) => ({ ...scan.prefixes[0]!, tallies }) as Scan['prefixes'][number];
  const said = (tallies: readonly object[]) => describe(scan, row(tallies), options).notCounted;
  t.same(said([tally!]), []);
  t.same(said([odd({ objects: 1200n, deleteMarkers: 0n })]), [
    'objects of class FSX_OPENZFS, which has no known price: 1,200',
  ]);
  t.same(said([odd({ class: '', objects: 0n, bytes: 0n, deleteMarkers: 2n })]), [
    'the storage of delete markers (2), which is that of their names',
  ]);
});

t.test(
  'each access tier of INTELLIGENT_TIERING has its own price, and archived tiers are not read',
  async (t) => {
    const tree = createPrefixTree({ ...prefixTreeDefaults, prefix: '' });
    const tiers = [undefined, 'FREQUENT', 'ARCHIVE_INSTANT', 'DEEP_ARCHIVE_ACCESS', 'BEYOND'];
    addObjects(
      tree,
      tiers.flatMap((accessTier, n) =>
        Array.from({ length: 1000 }, (_, i) => ({
          ...objectNamed(`${n}/${i}`, 2 ** 20, 'INTELLIGENT_TIERING'),
          ...(accessTier !== undefined && { accessTier }),
        })),
      ),
    );
    const head = {
      source: 's3://b/',
      takenAt: '2026-11-24T00:00:00Z',
      region: 'us-east-1',
      requests: { put: 0, get: 0, list: 0 },
    };
    const tiered = scanOf(head, summaryOf(tree));
    const { usage, notCounted } = describe(tiered, tiered.prefixes[0]!, { ...options, queriesPerMonth: 1n });
    t.same(
      usage.storage.map(({ accessTier, objects }) => [accessTier, objects]),
      [
        [undefined, 1000n],
        ['ARCHIVE_INSTANT', 1000n],
        ['DEEP_ARCHIVE_ACCESS', 1000n],
        ['FREQUENT', 1000n],
      ],
    );
    t.same(
      usage.requests.map(({ get }) => get),
      [3000n],
    );
    t.match(notCounted, ['objects of class INTELLIGENT_TIERING BEYOND, which has no known price: 1,000']);
    const priced = monthlyBill(usage, cardOf('us-east-1')).lines;
    const amountOf = (tier: string) =>
      priced
        .filter((line) => line.name.includes(tier) && line.section === 'storage')
        .reduce((sum, line) => sum + Number(line.amount.toString()), 0);
    t.ok(amountOf('ARCHIVE_INSTANT') > 0 && amountOf('ARCHIVE_INSTANT') < amountOf('FREQUENT') / 4);
    t.ok(priced.some((line) => /Archive index, INTELLIGENT_TIERING DEEP_ARCHIVE_ACCESS/.test(line.name)));
  },
);

t.test('objects of unknown size are said not to be counted', async (t) => {
  const tree = createPrefixTree({ ...prefixTreeDefaults, prefix: '' });
  addObjects(tree, [objectNamed('a', Number.NaN), objectNamed('b', 5)]);
  const { prefixes } = summaryOf(tree);
  t.match(describe({ ...scan, prefixes }, prefixes[0]!, options).notCounted, [/size is not known: 1$/]);
});

t.test('tables too deep for a row are said not to be counted by partition', async (t) => {
  const keys = ['a/b/c/dt=2026-11-22/x.csv', 'a/d/c/e/dt=2026-11-22/x.csv', 'f/g/dt=2026-11-22/x.csv'];
  const notCounted = (depth: number, at: number) => {
    const tree = createPrefixTree({ ...prefixTreeDefaults, prefix: '', depth });
    addObjects(
      tree,
      keys.map((key) => objectNamed(key, 5)),
    );
    const { prefixes } = summaryOf(tree);
    return describe({ ...scan, prefixes }, prefixes[at]!, options).notCounted;
  };
  t.same(notCounted(2, 0), [
    'the writes and the LISTs by partition of tables too deep for a row, below "a/b/" and 1 other (scan with --depth 4)',
  ]);
  t.same(notCounted(2, 4), []);
  t.same(notCounted(4, 0), []);
});

t.test('versions and sizes that change what a month costs are said', async (t) => {
  const [tally] = scan.prefixes[0]!.tallies;
  const row = (of: object) => ({ ...scan.prefixes[0]!, tallies: [{ ...tally!, ...of }] });
  const { assumptions } = describe(scan, row({ noncurrentObjects: 4n }), options);
  t.match(assumptions.join(), /Noncurrent versions \(4\) are taken to be read, listed and written/);
  t.notMatch(describe(scan, row({}), options).assumptions.join(), /Noncurrent/);
  const { notCounted } = describe(scan, row({ unsizedObjects: 3n }), options);
  t.match(notCounted.join(), /monitoring and requests of objects whose size is not known: 3/);
});
