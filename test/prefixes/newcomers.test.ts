import t from 'tap';
import { type Newcomers, settle, sift } from '../../src/prefixes/newcomers.js';
import { type PrefixNode, tallyFor } from '../../src/prefixes/prefix-node.js';
import { addObjects, createPrefixTree, type PrefixTree } from '../../src/prefixes/prefix-tree.js';
import { addObject } from '../../src/prefixes/running-tally.js';
import { objectNamed } from '../inventory/memory-lister.js';
import { summaryOf } from './summary.js';

const options = { prefix: '', depth: 4, maxPrefixes: 5, smallBelowBytes: 100 };

/** Folders below "u/", each with one object of so many bytes. */
function folders(tree: PrefixTree, sizes: ReadonlyMap<string, number>): Newcomers {
  const names = [...sizes.keys()];
  const sizeOf = (number: number): number => sizes.get(names[number]!)!;
  return {
    count: names.length,
    prefix: (number) => `u/${names[number]}/`,
    parent: () => tree.root.children.get('u')!,
    sign: () => undefined,
    gather: () => false,
    sample: (number) => `u/${names[number]}/x.csv`,
    weight: (number) => ({ objects: 1, bytes: sizeOf(number) }),
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
