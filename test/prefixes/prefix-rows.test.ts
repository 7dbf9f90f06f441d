import t from 'tap';
import type { ObjectRecord } from '../../src/kernel/s3.js';
import { addObjects, createPrefixTree } from '../../src/prefixes/prefix-tree.js';
import { objectNamed } from '../inventory/memory-lister.js';
import { summaryOf } from './summary.js';

const options = { prefix: '', depth: 3, maxPrefixes: 4, smallBelowBytes: 100 };
const treeOf = (objects: readonly ObjectRecord[], maxPrefixes = 4) => {
  const tree = createPrefixTree({ ...options, maxPrefixes });
  addObjects(tree, objects);
  return tree;
};

const lake = [
  ...Array.from({ length: 50 }, (_, i) => objectNamed(`many/x/${i}`, 1)),
  objectNamed('big/a', 10_000),
  objectNamed('c/1', 1),
  objectNamed('d/e/1', 1),
];

t.test(
  'beyond the limit the rows with most objects and bytes stay, and the rest is counted as folded',
  async (t) => {
    const { prefixes, folded, totals } = summaryOf(treeOf(lake));
    t.same(
      prefixes.map((row) => [row.prefix, Number(row.tallies[0]!.objects)]),
      [
        ['', 53],
        ['big/', 1],
        ['many/', 50],
        ['many/x/', 50],
      ],
    );
    t.same(folded, { prefixes: 3, into: 1 });
    t.equal(totals[0]!.objects, 53n);
  },
);

t.test('a limit of one leaves the scanned prefix', async (t) => {
  const { prefixes, folded } = summaryOf(treeOf(lake, 1));
  t.same(
    prefixes.map((row) => row.prefix),
    [''],
  );
  t.same(folded, { prefixes: 6, into: 1 });
});

t.test('empty objects alone can be ranked too', async (t) => {
  const empty = Array.from({ length: 9 }, (_, i) => objectNamed(`${i}/x`, 0));
  t.equal(summaryOf(treeOf(empty)).prefixes.length, 4);
});

t.test('reading a tree changes nothing: objects may follow', async (t) => {
  const tree = treeOf(lake.slice(0, 20), 100);
  const first = summaryOf(tree);
  t.same(summaryOf(tree), first);
  addObjects(tree, lake.slice(20));
  t.same(summaryOf(tree), summaryOf(treeOf(lake, 100)));
});
