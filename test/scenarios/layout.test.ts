import t from 'tap';
import type { Scan } from '../../src/prefixes/scan.js';
import { describe } from '../../src/scenarios/layout.js';
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
