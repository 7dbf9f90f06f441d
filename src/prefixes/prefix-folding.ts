/** When rows are too many the lightest leaves are folded into their parents: totals stay exact, and so does every row left. */
import { compareKeys } from '../kernel/s3.js';
import { addFolded } from './folded-prefixes.js';
import { allNodes, type PrefixNode, removeChild, tallyFor } from './prefix-node.js';
import { forgetFolder, type PrefixTree } from './prefix-tree.js';
import { foldTally, weightOf } from './running-tally.js';

/** Folds the lighter half of the leaves into their parents; the row that came last has hardly begun, and stays while there are others. */
export function foldLightest(tree: PrefixTree): void {
  const leaves = [...allNodes(tree.root)].filter((node) => node.parent && node.children.size === 0);
  const others = leaves.filter((node) => node !== tree.newest);
  const weights = ranked(others.length > 0 ? others : leaves);
  for (const { node } of weights.slice(0, Math.ceil(weights.length / 2))) foldLeaf(tree, node, node.parent!);
  forgetFolder(tree);
}

/** Folds a row and all below it into its parent. */
export function foldBranch(tree: PrefixTree, branch: PrefixNode): void {
  for (const node of [...allNodes(branch)].reverse()) foldLeaf(tree, node, node.parent!);
  forgetFolder(tree);
}

function foldLeaf(tree: PrefixTree, node: PrefixNode, parent: PrefixNode): void {
  for (const tally of node.tallies) foldTally(tallyFor(parent, tally, tally.smallBelowBytes), tally);
  removeChild(parent, node);
  parent.closed = true;
  tree.nodes -= 1;
  addFolded(tree.folded, node.prefix);
}

/** Lightest first; a row weighs its share of the objects and its share of the bytes. No order of coming shows. */
function ranked(nodes: readonly PrefixNode[]): readonly { node: PrefixNode; weight: number }[] {
  const own = nodes.map((node) => weightOf(node.tallies));
  const objects = own.reduce((sum, weight) => sum + weight.objects, 1);
  const bytes = own.reduce((sum, weight) => sum + weight.bytes, 1);
  return nodes
    .map((node, i) => ({ node, weight: own[i]!.objects / objects + own[i]!.bytes / bytes }))
    .sort(
      (a, b) =>
        a.weight - b.weight || b.node.depth - a.node.depth || compareKeys(b.node.prefix, a.node.prefix),
    );
}
