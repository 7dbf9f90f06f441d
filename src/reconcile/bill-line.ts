/** One row of a bill, whatever the form it came in; a row that cannot be read is refused by file, line and column. */
import type { Month } from '../kernel/day.js';
import { raise } from '../kernel/errors.js';
import type { PlainDecimal } from '../kernel/exact-sum.js';

/** Why a row is on the bill. Only usage can be compared with a price. */
export const lineKinds = [
  'usage',
  'discount',
  'credit',
  'refund',
  'correction',
  'tax',
  'fee',
  'savings plan',
  'reservation',
  'unknown',
] as const;
export type LineKind = (typeof lineKinds)[number];

export interface BillLine {
  /** The line of a CSV file or the row of a Parquet file, from 1. */
  readonly at: number;
  /** As "AmazonS3"; what the bill says where it is none we know. */
  readonly service: string;
  /** "" where the bill has none. */
  readonly usageType: string;
  readonly operation: string;
  readonly skuId: string;
  /** As the bill says, "" where it does not. */
  readonly region: string;
  readonly month: Month;
  readonly kind: LineKind;
  /** As the bill names it: "EdpDiscount". */
  readonly lineType: string;
  readonly quantity: PlainDecimal;
  /** At public prices; undefined where the bill does not say. */
  readonly listCost: PlainDecimal | undefined;
  readonly billedCost: PlainDecimal;
  readonly unit: string;
  readonly description: string;
}

/** What a form makes of its columns. */
export interface FormLines {
  readonly lineOf: (cells: readonly string[], at: number) => BillLine;
  readonly quantityColumn: string;
}

export interface Place {
  readonly file: string;
  readonly word: 'line' | 'row';
  /** Once the form is known: the name of the column that holds the quantity. */
  readonly quantityColumn?: string;
}

export const placeText = ({ file, word }: Place, at: number, column?: string): string =>
  `${file}, ${word} ${at}${column === undefined ? '' : `, column ${column}`}`;

const shownCharacters = 60;

/** What a cell holds, short enough for a message. */
export const shown = (value: string): string =>
  value.length <= shownCharacters ? `"${value}"` : `"${value.slice(0, shownCharacters)}…"`;

export const refuseCell = (place: Place, at: number, column: string, why: string): never =>
  raise('BILL_INVALID', { place: placeText(place, at, column), why });
