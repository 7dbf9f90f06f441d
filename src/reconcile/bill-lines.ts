/** The header says which form a bill has; from then on every row of every form is the same kind of line. */
import { raise } from '../kernel/errors.js';
import type { BillLine, Place } from './bill-line.js';
import { type Columns, columnsOf } from './columns.js';
import { curLines } from './cur.js';
import { focusLines } from './focus.js';

export const billForms = ['CUR 2.0', 'legacy CUR', 'FOCUS'] as const;
export type BillForm = (typeof billForms)[number];

export interface BillReader {
  readonly form: BillForm;
  /** Places in the header of the columns that are read. */
  readonly columns: readonly number[];
  /** The column of the quantity, to name it by. */
  readonly quantityColumn: string;
  /** `cells` are those of `columns`, in their order. Errors: BILL_INVALID naming file, line and column. */
  readonly lineOf: (cells: readonly string[], at: number) => BillLine;
}

/** Errors: BILL_UNREADABLE when it is no bill, BILL_INVALID when a column is missing. */
export function billReader(header: readonly string[], place: Place): BillReader {
  const form = formOf(header) ?? raise('BILL_UNREADABLE', { file: place.file, why: noForm(header) });
  const columns: Columns = columnsOf(header, place);
  const lines = form === 'FOCUS' ? focusLines(columns) : curLines(columns);
  return { form, columns: columns.chosen(), ...lines };
}

/** Legacy CUR in Athena has the names of CUR 2.0; only CUR 2.0 keeps the product's details in one column. */
export function formOf(header: readonly string[]): BillForm | undefined {
  const names = new Set(header.map((name) => name.trim().toLowerCase()));
  const beginsWith = (prefix: string): boolean => [...names].some((name) => name.startsWith(prefix));
  if (beginsWith('lineitem/')) return 'legacy CUR';
  if (beginsWith('line_item_'))
    return names.has('product') || names.has('bill_payer_account_name') ? 'CUR 2.0' : 'legacy CUR';
  return names.has('billedcost') || names.has('chargecategory') ? 'FOCUS' : undefined;
}

function noForm(header: readonly string[]): string {
  const first = header.slice(0, 3).map((name) => name.slice(0, 30));
  return `its columns (${first.join(', ')}${header.length > 3 ? ', …' : ''}) are neither those of a Cost and Usage Report nor of FOCUS`;
}
