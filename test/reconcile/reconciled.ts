/** Rows reconciled without files: read as cells, matched, explained. */
import type { Place } from '../../src/reconcile/bill-line.js';
import { billReader } from '../../src/reconcile/bill-lines.js';
import { explain, type TierOffsets } from '../../src/reconcile/explain.js';
import { type MatchOptions, openMatcher } from '../../src/reconcile/match.js';
import type { Reconciliation } from '../../src/reconcile/reconciliation.js';
import { book } from './price-book.js';
import { type BillRow, cellsOf, headerOf } from './synthetic-bill.js';

const place: Place = { file: 'bill.csv', word: 'line' };

export function reconciled(
  rows: readonly BillRow[],
  given: MatchOptions & { readonly form?: string; readonly offsets?: TierOffsets } = {},
): Reconciliation {
  const { form = 'CUR 2.0', offsets, ...options } = given;
  const reader = billReader(headerOf(form), place);
  const matcher = openMatcher(book, options);
  const at = { ...place, quantityColumn: reader.quantityColumn };
  rows.forEach((given, row) => {
    const cells = cellsOf(form, given);
    const chosen = reader.columns.map((column) => cells[column]!);
    matcher.take(reader.lineOf(chosen, row + 2), at);
  });
  return explain([{ file: 'bill.csv', form: reader.form, rows: rows.length }], matcher.matched, offsets);
}

/** What must always hold: no dollar and no row is lost or counted twice. */
export const parts = ({ matched, setApart, notUnderstood, leftOut }: Reconciliation) => [
  matched,
  setApart,
  notUnderstood,
  leftOut,
];
