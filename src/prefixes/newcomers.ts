/** Rows that were counted apart from the tree: what is too light to stay is folded without ever having been one of its rows. */
import type { Prefix } from '../kernel/s3.js';
import { addSign, maySignBeFolded, signOf } from './folded-prefixes.js';
import { foldLightest } from './prefix-folding.js';
import type { PrefixNode } from './prefix-node.js';
import { addRow, mostNodes, type PrefixTree } from './prefix-tree.js';
import { type Sample, smallerSample } from './row-sample.js';
import type { Weight } from './running-tally.js';

/** By number, from 0 on; nothing lies below any of them. An object for each would live as long as all of them. */
export interface Newcomers {
  readonly count: number;
  prefix(number: number): Prefix;
  /** Of its prefix, as `signOf`, where it is known without making a text of it. */
  sign(number: number): number | undefined;
  /** A row of the tree, which may have rows below it. */
  parent(number: number): PrefixNode;
  sample(number: number): Sample | undefined;
  weight(number: number): Weight;
  /** Adds what was counted to a row: its own, or the one it is folded into. */
  addTo(number: number, row: PrefixNode): void;
  /** Adds what was counted to that of another newcomer, and leaves nothing; false, and nothing is done, where it cannot. */
  gather(number: number, into: number): boolean;
}

/** The row that a newcomer has in the tree already, if it has. */
function rowOfNewcomer(newcomers: Newcomers, number: number): PrefixNode | undefined {
  const parent = newcomers.parent(number);
  // Without a text for each where there is nothing to be found.
  if (parent.children.size === 0) return undefined;
  return parent.children.get(newcomers.prefix(number).slice(parent.prefix.length, -1));
}

/** By row, the newcomer to which the others that are folded into the row are added: most sums of each are 0. */
type Gathered = Map<PrefixNode, number>;

/** Those that `sift` left become rows of the tree. */
export function settle(tree: PrefixTree, newcomers: Newcomers, left: readonly number[]): void {
  for (const number of left)
    put(newcomers, number, addRow(tree, newcomers.parent(number), newcomers.prefix(number)));
}

/** Others were folded that it cannot be told from: what comes below it would be taken for one of them. */
export const isLikeFolded = (tree: PrefixTree, newcomers: Newcomers, number: number): boolean =>
  newcomers.parent(number).closed && maySignBeFolded(tree.folded, signed(newcomers, number));

/** Adds those that have a row to it, and folds what is too light; the answer: those that are left, and shall have a row. */
export function sift(tree: PrefixTree, newcomers: Newcomers): readonly number[] {
  const gathered: Gathered = new Map();
  const waiting: number[] = [];
  for (let i = 0; i < newcomers.count; i++) if (!joined(tree, newcomers, i, gathered)) waiting.push(i);
  const isTooMany = tree.nodes + waiting.length > mostNodes(tree);
  const isLight = isTooMany ? foldLightest(tree, newcomers, waiting) : undefined;
  const left: number[] = [];
  for (let i = 0; i < waiting.length; i++)
    if (isLight?.[i] === 1) fold(tree, newcomers, waiting[i]!, gathered);
    else left.push(waiting[i]!);
  for (const [parent, number] of gathered) newcomers.addTo(number, parent);
  return left;
}

/** A row that may have been folded would lack what it had then. */
function joined(tree: PrefixTree, newcomers: Newcomers, number: number, gathered: Gathered): boolean {
  const row = rowOfNewcomer(newcomers, number);
  if (row) put(newcomers, number, row);
  else if (!isLikeFolded(tree, newcomers, number)) return false;
  else fold(tree, newcomers, number, gathered);
  return true;
}

function put(newcomers: Newcomers, number: number, row: PrefixNode): void {
  newcomers.addTo(number, row);
  row.sample = smallerSample(row.sample, newcomers.sample(number));
}

function fold(tree: PrefixTree, newcomers: Newcomers, number: number, gathered: Gathered): void {
  const parent = newcomers.parent(number);
  const into = gathered.get(parent);
  if (into === undefined) gathered.set(parent, number);
  else if (!newcomers.gather(number, into)) newcomers.addTo(number, parent);
  parent.closed = true;
  addSign(tree.folded, signed(newcomers, number));
}

const signed = (newcomers: Newcomers, number: number): number =>
  newcomers.sign(number) ?? signOf(newcomers.prefix(number));
