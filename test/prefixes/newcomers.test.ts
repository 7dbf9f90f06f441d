import t from 'tap';
import { addFolded, signOf } from '../../src/prefixes/folded-prefixes.js';
import { likeFolded, type Newcomers, settle, sift } from '../../src/prefixes/newcomers.js';
import { type PrefixNode, removeChild, tallyFor } from '../../src/prefixes/prefix-node.js';
import { addObjects, createPrefixTree, type PrefixTree } from '../../src/prefixes/prefix-tree.js';
import { addObject } from '../../src/prefixes/running-tally.js';
import { objectNamed } from '../inventory/memory-lister.js';
import { summaryOf } from './summary.js';

const options = { prefix: '', depth: 4, maxPrefixes: 5, smallBelowBytes: 100 };

/** Folders below "u/", each with one object of so many bytes. */
function folders(tree: PrefixTree, sizes: ReadonlyMap<string, number>, rowName = 'u'): Newcomers {
  const names = [...sizes.keys()];
  const sizeOf = (number: number): number => sizes.get(names[number]!)!;
  return {
    count: names.length,
    prefix: (number) => `${rowName}/${names[number]}/`,
    parent: () => tree.root.children.get(rowName)!,
    signs: () => names.map((name) => signOf(`${rowName}/${name}/`)),
    gather: () => false,
    sample: (number) => `${rowName}/${names[number]}/x.csv`,
    weights: () => ({
      objects: new Float64Array(names.length).fill(1),
      bytes: Float64Array.from(names, (_, number) => sizeOf(number)),
    }),
    addTo: (number, row: PrefixNode) =>
      addObject(tallyFor(row, { class: 'STANDARD' }, options.smallBelowBytes), sizeOf(number)),
  };
}

function treeWith(...keys: readonly string[]): PrefixTree {
  const tree = createPrefixTree(options);
  addObjects(
    tree,
    keys.map((key) => objectNamed(key, 1000)),
  );
  return tree;
}

function joinedNewcomers(first: Newcomers, second: Newcomers): Newcomers {
  const of = <T>(number: number, take: (which: Newcomers, its: number) => T): T =>
    number < first.count ? take(first, number) : take(second, number - first.count);
  const both = (a: Float64Array, b: Float64Array) => Float64Array.from([...a, ...b]);
  return {
    count: first.count + second.count,
    prefix: (number) => of(number, (which, its) => which.prefix(its)),
    parent: (number) => of(number, (which, its) => which.parent(its)),
    sample: (number) => of(number, (which, its) => which.sample(its)),
    signs: () => [...Array.from(first.signs()), ...Array.from(second.signs())],
    weights: () => ({
      objects: both(first.weights().objects, second.weights().objects),
      bytes: both(first.weights().bytes, second.weights().bytes),
    }),
    gather: () => false,
    addTo: (number, row) => of(number, (which, its) => which.addTo(its, row)),
  };
}

const settleAll = (tree: PrefixTree, newcomers: Newcomers): void =>
  settle(tree, newcomers, sift(tree, newcomers));

const rowsOf = (tree: PrefixTree) =>
  summaryOf(tree).prefixes.map(({ prefix, tallies, format }) => [prefix, Number(tallies[0]!.bytes), format]);

t.test('a newcomer becomes a row, or is added to the one it has', async (t) => {
  const tree = treeWith('u/a/y.orc');
  settleAll(
    tree,
    folders(
      tree,
      new Map([
        ['a', 5],
        ['b', 7],
      ]),
    ),
  );
  t.same(rowsOf(tree), [
    ['', 1012, undefined],
    ['u/', 1012, undefined],
    ['u/a/', 1005, 'csv'],
    ['u/b/', 7, 'csv'],
  ]);
});

t.test(
  'where there is no room for all the heaviest stay, and each that is folded is in its parent',
  async (t) => {
    const tree = treeWith('u/a/y.orc');
    const sizes = new Map(Array.from({ length: 1000 }, (_, i) => [`n${i}`, i % 500 === 3 ? 9000 + i : 1]));
    settleAll(tree, folders(tree, sizes));
    t.ok(tree.nodes <= 13, `${tree.nodes} rows`);
    const total = 1000 + [...sizes.values()].reduce((sum, size) => sum + size, 0);
    t.same(rowsOf(tree), [
      ['', total, undefined],
      ['u/', total, undefined],
      ['u/a/', 1000, 'orc'],
      ['u/n3/', 9003, 'csv'],
      ['u/n503/', 9503, 'csv'],
    ]);
  },
);

t.test('one that may have been folded before gets no row: it would lack what it had then', async (t) => {
  const tree = treeWith('u/a/y.orc');
  settleAll(tree, folders(tree, new Map(Array.from({ length: 1000 }, (_, i) => [`n${i}`, 1]))));
  settleAll(tree, folders(tree, new Map([['n998', 1_000_000]])));
  t.same(
    rowsOf(tree).filter(([prefix]) => prefix === 'u/n998/'),
    [],
  );
  t.same(rowsOf(tree)[1], ['u/', 1_002_000, undefined]);
});

t.test('only below a row that has folded ones can one be taken for one of them', async (t) => {
  const tree = treeWith('u/a/y.orc');
  const newcomers = folders(tree, new Map(['m', 'n', 'o'].map((name) => [name, 1])));
  addFolded(tree.folded, 'u/n/');
  t.same([...likeFolded(tree, newcomers, [0, 1, 2])], []);
  tree.root.children.get('u')!.closed = true;
  t.same([...likeFolded(tree, newcomers, [0, 1, 2])], [1]);
  t.same([...likeFolded(tree, newcomers, [0, 2])], []);
});

t.test('a row into which newcomers are folded is not folded itself meanwhile: nothing is lost', async (t) => {
  const tree = treeWith('u/a/y.orc', 'v/y.orc');
  settleAll(tree, folders(tree, new Map(Array.from({ length: 1000 }, (_, i) => [`n${i}`, 1]))));
  // It has no row below it any longer, and is the lightest of all.
  const u = tree.root.children.get('u')!;
  t.equal(u.closed, true);
  for (const child of [...u.children.values()]) removeChild(u, child);
  const before = summaryOf(tree).totals[0]!.bytes;
  const light = folders(tree, new Map([['n998', 7]]));
  const heavy = folders(tree, new Map(Array.from({ length: 50 }, (_, i) => [`m${i}`, 1_000_000])), 'v');
  const weigh = () => ({ ...heavy.weights(), objects: new Float64Array(heavy.count).fill(1e6) });
  settleAll(tree, joinedNewcomers(light, { ...heavy, weights: weigh }));
  t.equal(summaryOf(tree).totals[0]!.bytes - before, 50_000_007n);
});

t.test(
  'of those that weigh the same the last ones are folded, and each name is asked for a few times at most',
  async (t) => {
    const tree = treeWith('u/a/y.orc');
    const sizes = new Map(Array.from({ length: 1000 }, (_, i) => [`n${1000 + ((i * 7) % 1000)}`, 1]));
    const newcomers = folders(tree, sizes);
    let asked = 0;
    const counting = {
      ...newcomers,
      prefix(number: number) {
        asked += 1;
        return newcomers.prefix(number);
      },
    };
    settleAll(tree, counting);
    t.ok(asked < 8 * sizes.size, `${asked} times`);
    t.same(
      rowsOf(tree).map(([prefix]) => prefix),
      ['', 'u/', 'u/a/', 'u/n1000/', 'u/n1001/'],
    );
  },
);
