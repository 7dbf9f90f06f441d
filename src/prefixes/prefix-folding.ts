/** When rows are too many the lightest leaves are folded into their parents: totals stay exact, and so does every row left. */
import { compareKeys, type Prefix } from '../kernel/s3.js';
import { addFolded } from './folded-prefixes.js';
import type { Newcomer } from './newcomers.js';
import { allNodes, type PrefixNode, removeChild, tallyFor } from './prefix-node.js';
import { forgetFolder, type PrefixTree } from './prefix-tree.js';
import { dropTally, foldTally, type RunningTally, weightOf } from './running-tally.js';

/** A leaf of the tree, or one that has no row there yet. */
interface Leaf {
  readonly prefix: Prefix;
  readonly depth: number;
  readonly parent: PrefixNode | undefined;
  readonly tallies: readonly RunningTally[];
}

/**
 * Folds the lighter half of the leaves into their parents; the row that came last has hardly begun, and stays while there
 * are others. Of the newcomers the answer are those that stay.
 */
export function foldLightest(tree: PrefixTree, newcomers: readonly Newcomer[] = []): readonly Newcomer[] {
  const above = new Set(newcomers.map(({ parent }) => parent));
  const nodes = allNodes(tree.root).filter(
    (node) => node.parent && node.children.size === 0 && !above.has(node),
  );
  const leaves: readonly Leaf[] = newcomers.length === 0 ? nodes : [...nodes, ...newcomers];
  const newest: Leaf = newcomers.at(-1) ?? tree.newest;
  const others = leaves.filter((leaf) => leaf !== newest);
  const lighter = new Set(lighterHalf(others.length > 0 ? others : leaves));
  for (const node of nodes) if (lighter.has(node)) foldLeaf(tree, node, node.parent!);
  for (const newcomer of newcomers) if (lighter.has(newcomer)) foldInto(tree, newcomer, newcomer.parent);
  forgetFolder(tree);
  return newcomers.filter((newcomer) => !lighter.has(newcomer));
}

/** Folds a row and all below it into its parent. */
export function foldBranch(tree: PrefixTree, branch: PrefixNode): void {
  for (const node of allNodes(branch).reverse()) foldLeaf(tree, node, node.parent!);
  forgetFolder(tree);
}

function foldLeaf(tree: PrefixTree, node: PrefixNode, parent: PrefixNode): void {
  foldInto(tree, node, parent);
  for (const tally of node.tallies) dropTally(tally);
  removeChild(parent, node);
  tree.nodes -= 1;
}

function foldInto(tree: PrefixTree, { prefix, tallies }: Leaf, parent: PrefixNode): void {
  for (const tally of tallies) foldTally(tallyFor(parent, tally, tally.smallBelowBytes), tally);
  parent.closed = true;
  addFolded(tree.folded, prefix);
}

/** No order of coming shows: of those that weigh the same the deeper and later ones are taken. */
function lighterHalf(leaves: readonly Leaf[]): readonly Leaf[] {
  const weights = weightsOf(leaves);
  const count = Math.ceil(leaves.length / 2);
  const edge = weights.toSorted()[count - 1]!;
  const lighter = leaves.filter((_, i) => weights[i]! < edge);
  const even = leaves
    .filter((_, i) => weights[i] === edge)
    .sort((a, b) => b.depth - a.depth || compareKeys(b.prefix, a.prefix));
  return [...lighter, ...even.slice(0, count - lighter.length)];
}

/** A row weighs its share of the objects and its share of the bytes. */
function weightsOf(leaves: readonly Leaf[]): Float64Array {
  const own = leaves.map(({ tallies }) => weightOf(tallies));
  const objects = own.reduce((sum, weight) => sum + weight.objects, 1);
  const bytes = own.reduce((sum, weight) => sum + weight.bytes, 1);
  return Float64Array.from(own, (weight) => weight.objects / objects + weight.bytes / bytes);
}
