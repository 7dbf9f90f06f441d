/** When rows are too many the lightest leaves are folded into their parents: totals stay exact, and so does every row left. */
import { compareKeys, type Prefix } from '../kernel/s3.js';
import { addFolded } from './folded-prefixes.js';
import type { Newcomers } from './newcomers.js';
import { allNodes, type PrefixNode, removeChild, tallyFor } from './prefix-node.js';
import { forgetFolder, mostNodes, type PrefixTree } from './prefix-tree.js';
import { dropTally, foldTally, weightOf } from './running-tally.js';
import type { Weights } from './tally-table.js';

/** Folds the lighter half of the leaves into their parents. The answer: 1 for each newcomer that waits and is to be folded. */
export function foldLightest(
  tree: PrefixTree,
  newcomers?: Newcomers,
  waiting: readonly number[] = [],
): Uint8Array {
  const leaves = leavesOf(tree, newcomers, waiting);
  const tooMany = waiting.length === 0 ? 0 : leaves.count + leaves.begun - Math.ceil(mostNodes(tree) / 2);
  const light = lightest(leaves, tooMany);
  const { nodes } = leaves;
  for (let i = 0; i < nodes.length; i++) if (light[i] === 1) foldLeaf(tree, nodes[i]!, nodes[i]!.parent!);
  forgetFolder(tree);
  const isLight = new Uint8Array(waiting.length);
  isLight.set(light.subarray(nodes.length));
  return isLight;
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

/** Rows with none below them. */
export interface Leaves {
  readonly count: number;
  weights(): Weights;
  prefix(number: number): Prefix;
  depth(number: number): number;
}

/** Rows of the tree, then newcomers. */
interface TreeLeaves extends Leaves {
  readonly nodes: readonly PrefixNode[];
  /** Rows of the tree with none below them that have hardly begun. */
  readonly begun: number;
}

/** The row and the newcomer that came last have hardly begun, and are none of them while there are others. */
function leavesOf(
  tree: PrefixTree,
  newcomers: Newcomers | undefined,
  waiting: readonly number[],
): TreeLeaves {
  const above = new Set<PrefixNode>();
  // Those that do not wait are folded into theirs, which must be there.
  for (let i = 0; newcomers && i < newcomers.count; i++) above.add(newcomers.parent(i));
  const all = allNodes(tree.root).filter(
    (node) => node.parent && node.children.size === 0 && !above.has(node),
  );
  const isAlone = all.length + waiting.length === 1;
  const nodes = isAlone ? all : all.filter((node) => node !== tree.newest);
  const count = nodes.length + waiting.length - (waiting.length > 0 && !isAlone ? 1 : 0);
  const numberOf = (leaf: number): number => waiting[leaf - nodes.length]!;
  return {
    nodes,
    begun: all.length - nodes.length,
    count,
    weights() {
      const objects = new Float64Array(count);
      const bytes = new Float64Array(count);
      for (let i = 0; i < nodes.length; i++)
        ({ objects: objects[i], bytes: bytes[i] } = weightOf(nodes[i]!.tallies));
      const others = waiting.length > 0 ? newcomers!.weights() : undefined;
      for (let i = nodes.length; i < count; i++) {
        objects[i] = others!.objects[numberOf(i)]!;
        bytes[i] = others!.bytes[numberOf(i)]!;
      }
      return { objects, bytes };
    },
    prefix: (i) => (i < nodes.length ? nodes[i]!.prefix : newcomers!.prefix(numberOf(i))),
    depth: (i) => (i < nodes.length ? nodes[i]!.depth : newcomers!.parent(numberOf(i)).depth + 1),
  };
}

/** 1: of the lighter half, or of the `atLeast` lightest. No order of coming shows: of those that weigh the same the deeper and later ones are taken. */
export function lightest(leaves: Leaves, atLeast: number): Uint8Array {
  const weights = sharesOf(leaves.weights());
  const count = Math.max(Math.ceil(leaves.count / 2), atLeast);
  const light = new Uint8Array(leaves.count);
  if (count === 0) return light;
  const edge = weights.toSorted()[count - 1]!;
  const even: number[] = [];
  let taken = 0;
  for (let i = 0; i < leaves.count; i++)
    if (weights[i]! < edge) {
      light[i] = 1;
      taken += 1;
    } else if (weights[i] === edge) even.push(i);
  for (const i of lastOf(leaves, even, count - taken)) light[i] = 1;
  return light;
}

/** The deepest and latest of them, whose prefixes are asked for once: that of a newcomer is made anew each time. */
function lastOf(leaves: Leaves, even: readonly number[], count: number): readonly number[] {
  if (even.length === count) return even;
  const named = even.map((leaf) => ({ leaf, depth: leaves.depth(leaf), prefix: leaves.prefix(leaf) }));
  named.sort((a, b) => b.depth - a.depth || compareKeys(b.prefix, a.prefix));
  return named.slice(0, count).map(({ leaf }) => leaf);
}

/** A row weighs its share of the objects and its share of the bytes. */
function sharesOf({ objects, bytes }: Weights): Float64Array {
  let allObjects = 1;
  let allBytes = 1;
  for (let i = 0; i < objects.length; i++) {
    allObjects += objects[i]!;
    allBytes += bytes[i]!;
  }
  return objects.map((own, i) => own / allObjects + bytes[i]! / allBytes);
}
