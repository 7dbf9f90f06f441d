import t from 'tap';
import { foldLightest } from '../../src/prefixes/prefix-folding.js';
import { allNodes } from '../../src/prefixes/prefix-node.js';
import { addObjects, createPrefixTree, isFull } from '../../src/prefixes/prefix-tree.js';
import { objectNamed } from '../inventory/memory-lister.js';
import { summaryOf } from './summary.js';

const options = { prefix: '', depth: 4, maxPrefixes: 50, smallBelowBytes: 100 };
const wide = Array.from({ length: 5000 }, (_, i) => objectNamed(`users/${i * 7919}/avatar/face.png`, 10));
const heavy = Array.from({ length: 200 }, (_, i) => objectNamed(`alog/table/${i}.csv`, 1000));

t.test('rows held while scanning are bounded, however many folders there are', async (t) => {
  const tree = createPrefixTree(options);
  let most = 0;
  for (const object of [...heavy, ...wide]) {
    addObjects(tree, [object]);
    most = Math.max(most, tree.nodes);
  }
  t.ok(most <= 4 * options.maxPrefixes + options.depth, `${most} rows`);
  t.ok(summaryOf(tree).prefixes.length <= options.maxPrefixes);
});

t.test('folding keeps totals exact, and every row that is left', async (t) => {
  const all = [...heavy, ...wide, ...heavy.map(({ key, ...rest }) => ({ ...rest, key: `${key}.again` }))];
  const tree = createPrefixTree(options);
  for (let i = 0; i < all.length; i += 100) addObjects(tree, all.slice(i, i + 100));
  const { totals, prefixes, folded } = summaryOf(tree);
  t.equal(totals[0]!.objects, BigInt(all.length));
  for (const row of prefixes)
    t.equal(
      row.tallies[0]!.objects,
      BigInt(all.filter(({ key }) => key.startsWith(row.prefix)).length),
      row.prefix,
    );
  t.ok(prefixes.some((row) => row.prefix === 'alog/table/'));
  const rows = 1 + 2 + 1 + 2 * wide.length;
  t.ok(Math.abs(folded.prefixes - (rows - prefixes.length)) < rows * 0.01, `${folded.prefixes} folded`);
  t.ok(folded.into >= 1);
});

t.test(
  'a folder that returns after its row was folded gets no row, for it would be incomplete',
  async (t) => {
    const tree = createPrefixTree(options);
    addObjects(tree, wide);
    const held = allNodes(tree.root)
      .map((node) => node.prefix)
      .filter((prefix) => prefix.length > 6);
    const lost = wide.find(({ key }) => !held.some((prefix) => key.startsWith(prefix)))!;
    addObjects(
      tree,
      Array.from({ length: 1000 }, (_, i) => objectNamed(`${lost.key}${i}`, 10)),
    );
    const after = summaryOf(tree);
    t.equal(after.totals[0]!.objects, 6000n);
    t.notOk(after.prefixes.some((row) => row.depth === 2 && lost.key.startsWith(row.prefix)));
  },
);

t.test('a heavy folder that comes after its neighbours were folded has its row, complete', async (t) => {
  const late = Array.from({ length: 300 }, (_, i) => objectNamed(`users/zz/late/${i}.csv`, 1000));
  const last = Array.from({ length: 300 }, (_, i) => objectNamed(`zone/${i}.csv`, 1000));
  for (const all of [
    [...wide, ...late, ...last],
    [...wide.slice(0, 4000), ...late, ...wide.slice(4000), ...last],
  ]) {
    const tree = createPrefixTree(options);
    for (const object of all) addObjects(tree, [object]);
    const rows = new Map(summaryOf(tree).prefixes.map((row) => [row.prefix, row.tallies[0]!.objects]));
    t.equal(rows.get('users/'), 5300n);
    t.equal(rows.get('users/zz/late/'), 300n);
    t.equal(rows.get('zone/'), 300n);
  }
});

t.test('a single chain of folders that is longer than the rows there may be is folded as well', async (t) => {
  const tree = createPrefixTree({ ...options, depth: 9, maxPrefixes: 1 });
  addObjects(tree, [objectNamed('a/b/c/d/e/f/g/1.csv', 10)]);
  for (let rows = tree.nodes; isFull(tree); rows = tree.nodes) {
    foldLightest(tree);
    if (tree.nodes === rows) throw new Error(`${rows} rows, for ever`);
  }
  t.match(summaryOf(tree).prefixes, [{ prefix: '', tallies: [{ objects: 1n, bytes: 10n }] }]);
});
