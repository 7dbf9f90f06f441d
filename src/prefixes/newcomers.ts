/** Rows that were counted apart from the tree: what is too light to stay is folded without ever having been one of its rows. */
import type { Prefix } from '../kernel/s3.js';
import { addSign, maySignBeFolded, signOf } from './folded-prefixes.js';
import { foldLightest } from './prefix-folding.js';
import type { PrefixNode } from './prefix-node.js';
import { addRow, mostNodes, type PrefixTree } from './prefix-tree.js';
import { type Sample, smallerSample } from './row-sample.js';
import type { Weights } from './tally-table.js';

/** By number, from 0 on; nothing lies below any of them. An object for each would live as long as all of them. */
export interface Newcomers {
  readonly count: number;
  prefix(number: number): Prefix;
  /** Of their prefixes, as `signOf`. */
  signs(): ArrayLike<number>;
  /** A row of the tree, which may have rows below it. */
  parent(number: number): PrefixNode;
  sample(number: number): Sample | undefined;
  weights(): Weights;
  /** Adds what was counted to a row: its own, or the one it is folded into. */
  addTo(number: number, row: PrefixNode): void;
  /** Adds what was counted to that of another newcomer, and leaves nothing; false, and nothing is done, where it cannot. */
  gather(number: number, into: number): boolean;
}

/** Those that `sift` left become rows of the tree. */
export function settle(tree: PrefixTree, newcomers: Newcomers, left: readonly number[]): void {
  for (const number of left)
    put(newcomers, number, addRow(tree, newcomers.parent(number), newcomers.prefix(number)));
}

/** Adds those that have a row to it, and folds what is too light; the answer: those that are left, and shall have a row. */
export function sift(tree: PrefixTree, newcomers: Newcomers): readonly number[] {
  const sifting = { tree, newcomers, signs: newcomers.signs(), siblings: new Map(), gathered: new Map() };
  const waiting: number[] = [];
  for (let i = 0; i < newcomers.count; i++) if (!joined(sifting, i)) waiting.push(i);
  const isTooMany = tree.nodes + waiting.length > mostNodes(tree);
  const isLight = isTooMany ? foldLightest(tree, newcomers, waiting) : undefined;
  const left: number[] = [];
  for (let i = 0; i < waiting.length; i++)
    if (isLight?.[i] === 1) fold(sifting, waiting[i]!);
    else left.push(waiting[i]!);
  for (const [parent, number] of sifting.gathered) newcomers.addTo(number, parent);
  return left;
}

/** Those of them that folded ones may be taken for: the next `sift` would fold them, and what comes below them meanwhile is counted in their parents, unless they are rows of the tree. */
export function likeFolded(tree: PrefixTree, newcomers: Newcomers, numbers: readonly number[]): Set<number> {
  const signs = newcomers.signs();
  return new Set(numbers.filter((number) => mayBeOneOf(tree, newcomers.parent(number), signs[number]!)));
}

const mayBeOneOf = ({ folded }: PrefixTree, parent: PrefixNode, sign: number): boolean =>
  parent.closed && maySignBeFolded(folded, sign);

interface Sifting {
  readonly tree: PrefixTree;
  readonly newcomers: Newcomers;
  readonly signs: ArrayLike<number>;
  /** The signs of the rows that a parent has in the tree. */
  readonly siblings: Map<PrefixNode, ReadonlySet<number>>;
  /** By row, the newcomer to which the others that are folded into the row are added: most sums of each are 0. */
  readonly gathered: Map<PrefixNode, number>;
}

/** A row that may have been folded would lack what it had then. */
function joined(sifting: Sifting, number: number): boolean {
  const { tree, newcomers, signs } = sifting;
  const parent = newcomers.parent(number);
  // Without a text for each where there is nothing to be found.
  const row = parent.children.size === 0 ? undefined : rowOfNewcomer(sifting, number, parent);
  if (row) put(newcomers, number, row);
  else if (mayBeOneOf(tree, parent, signs[number]!)) fold(sifting, number);
  else return false;
  return true;
}

/** The row that a newcomer has in the tree already, if it has. */
function rowOfNewcomer(
  { newcomers, signs, siblings }: Sifting,
  number: number,
  parent: PrefixNode,
): PrefixNode | undefined {
  let known = siblings.get(parent);
  if (!known) {
    known = new Set(Array.from(parent.children.values(), ({ prefix }) => signOf(prefix)));
    siblings.set(parent, known);
  }
  if (!known.has(signs[number]!)) return undefined;
  return parent.children.get(newcomers.prefix(number).slice(parent.prefix.length, -1));
}

function put(newcomers: Newcomers, number: number, row: PrefixNode): void {
  newcomers.addTo(number, row);
  row.sample = smallerSample(row.sample, newcomers.sample(number));
}

function fold({ tree, newcomers, signs, gathered }: Sifting, number: number): void {
  const parent = newcomers.parent(number);
  const into = gathered.get(parent);
  if (into === undefined) gathered.set(parent, number);
  else if (!newcomers.gather(number, into)) newcomers.addTo(number, parent);
  parent.closed = true;
  addSign(tree.folded, signs[number]!);
}
