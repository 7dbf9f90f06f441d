/** What is added up while a bill streams by: rows and exact sums, never the rows themselves. */
import { addSum, addTo, createSum, type ExactSum } from '../kernel/exact-sum.js';
import type { BillLine } from './bill-line.js';

export interface Tally {
  rows: number;
  /** What was charged. */
  readonly billed: ExactSum;
  /** The same at public prices; what was charged where the bill does not say. */
  readonly listed: ExactSum;
  readonly quantity: ExactSum;
  /** Rows without a cost at public prices. */
  unlisted: number;
}

export const createTally = (): Tally => ({
  rows: 0,
  billed: createSum(),
  listed: createSum(),
  quantity: createSum(),
  unlisted: 0,
});

export function tallyLine(tally: Tally, line: BillLine): void {
  tally.rows += 1;
  if (line.listCost === undefined) tally.unlisted += 1;
  addTo(tally.billed, line.billedCost);
  addTo(tally.listed, line.listCost ?? line.billedCost);
  addTo(tally.quantity, line.quantity);
}

/** The same whatever the order of the tallies. */
export function mergedTally(tallies: Iterable<Tally>): Tally {
  const all = createTally();
  for (const tally of tallies) {
    all.rows += tally.rows;
    all.unlisted += tally.unlisted;
    addSum(all.billed, tally.billed);
    addSum(all.listed, tally.listed);
    addSum(all.quantity, tally.quantity);
  }
  return all;
}
