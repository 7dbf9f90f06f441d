/** What the kernel counts by number: it goes to the tree when the tables are full, stays there, or goes into a part. */
import { areFew } from '../prefixes/folded-prefixes.js';
import { likeFolded, settle, sift } from '../prefixes/newcomers.js';
import { foldLightest } from '../prefixes/prefix-folding.js';
import { type PrefixNode, tallyFor } from '../prefixes/prefix-node.js';
import {
  enterFolder,
  isFull,
  mostNodes,
  type PrefixTree,
  type PrefixTreeOptions,
} from '../prefixes/prefix-tree.js';
import { smallerSample } from '../prefixes/row-sample.js';
import { addSums } from '../prefixes/running-tally.js';
import type { Held } from '../prefixes/tally.js';
import { partOf, type TreePart } from '../prefixes/tree-part.js';
import { keptRows } from './kept-rows.js';
import {
  type CountedRows,
  countedRows,
  noParents,
  numberOfParent,
  type OfferedParents,
  textAt,
} from './new-rows.js';
import { type NotedHours, takeHours } from './noted-hours.js';
import type { TallyKernel } from './tally-kernel.js';

/** Since the last flush but for `tree` and `held`. */
export interface Counting extends NotedHours {
  readonly options: PrefixTreeOptions;
  tree: PrefixTree;
  /** By number; none where only the kernel knows the row. */
  readonly rows: Map<number, PrefixNode>;
  parents: OfferedParents;
  readonly numbers: Map<PrefixNode, number>;
  readonly held: Held[];
  kernel: TallyKernel;
}

/**
 * The kernel's sums go to the rows of the tree, which is made smaller where it is too large. Rows that only the kernel knows
 * stay there while there is room, and while so few were folded that they will hardly be taken for one of those.
 */
export function flush(counting: Counting, isAll = false): void {
  const { tree } = counting;
  const newcomers = counted(counting);
  const left = sift(tree, newcomers);
  const mayStay = !isAll && areFew(tree.folded) && tree.nodes + left.length <= mostNodes(tree);
  const told = mayStay ? likeFolded(tree, newcomers, left) : new Set(left);
  settle(tree, newcomers, [...told]);
  const kept = left.filter((number) => !told.has(number));
  if (kept.length > 0 && keep(counting, newcomers, kept)) return;
  settle(tree, newcomers, kept);
  forget(counting);
  while (isFull(tree)) foldLightest(tree);
}

/** All but these is forgotten; false, and nothing is done, where they leave too little room for others. */
function keep(counting: Counting, newcomers: CountedRows, numbers: readonly number[]): boolean {
  const { kernel } = counting;
  const parents = numbers.map((number) => newcomers.parent(number));
  if (!kernel.keep(numbers.map((number) => newcomers.rows[number]!))) return false;
  forgetNames(counting);
  parents.forEach((parent, row) => {
    kernel.setParent(row, numberOfParent(counting.parents, parent)!);
  });
  return true;
}

/** What is counted at rows of the tree is added to them; what the kernel alone has a row for is left there. */
function counted(counting: Counting): CountedRows {
  const { kernel, rows, parents, held, options } = counting;
  takeHours(counting);
  for (const [number, node] of rows)
    for (const slot of kernel.slotsOf(number)) {
      const tally = tallyFor(node, held[kernel.slot(slot).held]!, options.smallBelowBytes);
      addSums(tally, kernel.numbers, kernel.sumsAt(slot));
    }
  return countedRows(kernel, parents, held, options.smallBelowBytes);
}

/** A row of which only the kernel knew becomes one of the tree. */
export function adopt(counting: Counting, number: number): PrefixNode {
  const { kernel, tree, rows } = counting;
  const { at, length, sampleAt, sampleLength } = kernel.newRow(number)!;
  const { node, isOwn } = enterFolder(tree, textAt(kernel, at, length));
  if (isOwn && sampleLength > 0)
    node.sample = smallerSample(node.sample, textAt(kernel, sampleAt, sampleLength));
  kernel.adopt(number, isOwn);
  rows.set(number, node);
  return node;
}

function forget(counting: Counting): void {
  forgetNames(counting);
  counting.kernel.forget();
}

/** What the kernel has numbers for has others from now on. */
function forgetNames(counting: Counting): void {
  counting.rows.clear();
  counting.parents = noParents();
  counting.table = undefined;
  counting.numbers.clear();
}

/** Rows that only the kernel knows go straight into the part: they need no row in a tree that is dropped. */
export function takePart(counting: Counting): TreePart {
  const { kernel, tree, held } = counting;
  const newcomers = counted(counting);
  const numbers = sift(tree, newcomers);
  const part = partOf(tree, keptRows(kernel, newcomers, numbers, held));
  forget(counting);
  return part;
}
