/** Rows that were counted apart from the tree: what is too light to stay is folded without ever having been one of its rows. */
import type { Prefix } from '../kernel/s3.js';
import { addFolded, mayBeFolded } from './folded-prefixes.js';
import { foldLightest } from './prefix-folding.js';
import { type PrefixNode, tallyFor } from './prefix-node.js';
import { addRow, mostNodes, type PrefixTree } from './prefix-tree.js';
import { type Sample, smallerSample } from './row-sample.js';
import { foldTally, type RunningTally } from './running-tally.js';

/** Nothing lies below it. Its tallies belong to whoever counted them. */
export interface Newcomer {
  readonly prefix: Prefix;
  readonly depth: number;
  /** A row of the tree, which may have rows below it. */
  readonly parent: PrefixNode;
  readonly tallies: readonly RunningTally[];
  readonly sample: Sample | undefined;
}

/** The row that a newcomer has in the tree already, if it has. */
export const rowOfNewcomer = ({ parent, prefix }: Newcomer): PrefixNode | undefined =>
  parent.children.get(prefix.slice(parent.prefix.length, -1));

/** Each becomes a row, is added to the one it has, or is folded: all but the lighter half where there is no room for all. */
export function settle(tree: PrefixTree, newcomers: readonly Newcomer[]): void {
  const others = newcomers.filter((newcomer) => !joined(tree, newcomer));
  const isTooMany = tree.nodes + others.length > mostNodes(tree);
  for (const newcomer of isTooMany ? foldLightest(tree, others) : others)
    addTo(addRow(tree, newcomer.parent, newcomer.prefix), newcomer);
}

/** A row that may have been folded would lack what it had then. */
function joined(tree: PrefixTree, newcomer: Newcomer): boolean {
  const { parent, prefix } = newcomer;
  const row = rowOfNewcomer(newcomer);
  if (row) addTo(row, newcomer);
  else if (!parent.closed || !mayBeFolded(tree.folded, prefix)) return false;
  else {
    addTallies(parent, newcomer);
    addFolded(tree.folded, prefix);
  }
  return true;
}

function addTo(row: PrefixNode, newcomer: Newcomer): void {
  addTallies(row, newcomer);
  row.sample = smallerSample(row.sample, newcomer.sample);
}

function addTallies(row: PrefixNode, { tallies }: Newcomer): void {
  for (const tally of tallies) foldTally(tallyFor(row, tally, tally.smallBelowBytes), tally);
}
