/** When rows are too many the lightest leaves are folded into their parents: totals stay exact, and so does every row left. */
import { compareKeys } from '../kernel/s3.js';
import { addFolded } from './folded-prefixes.js';
import { allNodes, type PrefixNode, removeChild, tallyFor } from './prefix-node.js';
import { forgetFolder, type PrefixTree } from './prefix-tree.js';
import { dropTally, foldTally, weightOf } from './running-tally.js';

/** Folds the lighter half of the leaves into their parents; the row that came last has hardly begun, and stays while there are others. */
export function foldLightest(tree: PrefixTree): void {
  const leaves = allNodes(tree.root).filter((node) => node.parent && node.children.size === 0);
  const others = leaves.filter((node) => node !== tree.newest);
  for (const node of lighterHalf(others.length > 0 ? others : leaves)) foldLeaf(tree, node, node.parent!);
  forgetFolder(tree);
}

/** Folds a row and all below it into its parent. */
export function foldBranch(tree: PrefixTree, branch: PrefixNode): void {
  for (const node of allNodes(branch).reverse()) foldLeaf(tree, node, node.parent!);
  forgetFolder(tree);
}

function foldLeaf(tree: PrefixTree, node: PrefixNode, parent: PrefixNode): void {
  for (const tally of node.tallies) {
    foldTally(tallyFor(parent, tally, tally.smallBelowBytes), tally);
    dropTally(tally);
  }
  removeChild(parent, node);
  parent.closed = true;
  tree.nodes -= 1;
  addFolded(tree.folded, node.prefix);
}

/** No order of coming shows: of those that weigh the same the deeper and later ones are taken. */
function lighterHalf(nodes: readonly PrefixNode[]): readonly PrefixNode[] {
  const weights = weightsOf(nodes);
  const count = Math.ceil(nodes.length / 2);
  const edge = weights.toSorted()[count - 1]!;
  const lighter = nodes.filter((_, i) => weights[i]! < edge);
  const even = nodes
    .filter((_, i) => weights[i] === edge)
    .sort((a, b) => b.depth - a.depth || compareKeys(b.prefix, a.prefix));
  return [...lighter, ...even.slice(0, count - lighter.length)];
}

/** A row weighs its share of the objects and its share of the bytes. */
function weightsOf(nodes: readonly PrefixNode[]): Float64Array {
  const own = nodes.map((node) => weightOf(node.tallies));
  const objects = own.reduce((sum, weight) => sum + weight.objects, 1);
  const bytes = own.reduce((sum, weight) => sum + weight.bytes, 1);
  return Float64Array.from(own, (weight) => weight.objects / objects + weight.bytes / bytes);
}
