/** Rows that were counted apart from the tree: what is too light to stay is folded without ever having been one of its rows. */
import type { Prefix } from '../kernel/s3.js';
import { addFolded, mayBeFolded } from './folded-prefixes.js';
import { foldLightest } from './prefix-folding.js';
import type { PrefixNode } from './prefix-node.js';
import { addRow, mostNodes, type PrefixTree } from './prefix-tree.js';
import { type Sample, smallerSample } from './row-sample.js';
import type { Weight } from './running-tally.js';

/** By number, from 0 on; nothing lies below any of them. An object for each would live as long as all of them. */
export interface Newcomers {
  readonly count: number;
  prefix(number: number): Prefix;
  /** A row of the tree, which may have rows below it. */
  parent(number: number): PrefixNode;
  sample(number: number): Sample | undefined;
  weight(number: number): Weight;
  /** Adds what was counted to a row: its own, or the one it is folded into. */
  addTo(number: number, row: PrefixNode): void;
}

/** The row that a newcomer has in the tree already, if it has. */
export function rowOfNewcomer(newcomers: Newcomers, number: number): PrefixNode | undefined {
  const parent = newcomers.parent(number);
  return parent.children.get(newcomers.prefix(number).slice(parent.prefix.length, -1));
}

/** Each becomes a row, is added to the one it has, or is folded: only the heaviest stay where there is no room for all. */
export function settle(tree: PrefixTree, newcomers: Newcomers): void {
  const waiting: number[] = [];
  for (let i = 0; i < newcomers.count; i++) if (!joined(tree, newcomers, i)) waiting.push(i);
  const isTooMany = tree.nodes + waiting.length > mostNodes(tree);
  for (const i of isTooMany ? foldLightest(tree, newcomers, waiting) : waiting)
    put(newcomers, i, addRow(tree, newcomers.parent(i), newcomers.prefix(i)));
}

/** A row that may have been folded would lack what it had then. */
function joined(tree: PrefixTree, newcomers: Newcomers, number: number): boolean {
  const row = rowOfNewcomer(newcomers, number);
  const parent = newcomers.parent(number);
  if (row) put(newcomers, number, row);
  else if (!parent.closed || !mayBeFolded(tree.folded, newcomers.prefix(number))) return false;
  else foldNewcomer(tree, newcomers, number);
  return true;
}

function put(newcomers: Newcomers, number: number, row: PrefixNode): void {
  newcomers.addTo(number, row);
  row.sample = smallerSample(row.sample, newcomers.sample(number));
}

export function foldNewcomer(tree: PrefixTree, newcomers: Newcomers, number: number): void {
  const parent = newcomers.parent(number);
  newcomers.addTo(number, parent);
  parent.closed = true;
  addFolded(tree.folded, newcomers.prefix(number));
}
