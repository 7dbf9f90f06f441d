/**
 * A record becomes its canonical row: each field in the one spelling its type has, a comma after each, then the byte lengths
 * of the text fields, a comma after each. No value and no boundary between values can change without changing it.
 */
import { type Column, type ColumnType, columnText, type TextRule } from '../schema.js';
import { date, timestamp, truth } from './calendar-text.js';
import { double } from './double-text.js';
import { type ColumnTotal, type DigestSum, rowDigest } from './row-digest.js';
import { decimal, refused, wholeNumber } from './whole-number.js';

export interface RowOptions {
  readonly columns: readonly Column[];
  readonly textRule: TextRule;
  /** How finely an instant is kept: 6, or 3 where the engine keeps milliseconds. */
  readonly fractionDigits: number;
  /** Without, values are checked and counted only. */
  readonly digests: boolean;
}

export interface RowWriter {
  /** The next field is written here, from `at` on, as it stands in the file without its quotes. */
  text: Uint8Array;
  at: number;
  /** By column, for who writes rows without `field`. */
  readonly lengths: Int32Array;
  readonly checks: readonly (Check | undefined)[];
  /** How a column's values nearly always stand. */
  readonly plain: readonly ('text' | 'whole' | 'double' | 'instant' | 'other')[];
  /** No whole number of so many digits leaves the column's range. */
  readonly mostDigits: readonly number[];
  readonly fractionDigits: number;
  readonly isExact: boolean;
  /** Records are as long as this from now on; `text` is another array then. */
  reserve(longest: number): void;
  begin(): void;
  /** Makes what stands from `start` on the value of a column; false when its type does not hold it. */
  field(column: number, start: number, isQuoted: boolean): boolean;
  /** The row counts. */
  keep(): void;
  totals(): { readonly rows: number; readonly digest: DigestSum; readonly columns: readonly ColumnTotal[] };
}

const comma = 0x2c;
const zero = 0x30;
/** No canonical text of a number, a day or an instant is longer. */
const widest = 64;
const noValue = -1;

type Check = (text: Uint8Array, from: number, to: number) => number;

function checkOf(column: Column, isExact: boolean, fractionDigits: number): Check | undefined {
  const { precision = 18, scale = 0 } = column;
  const { type } = column;
  switch (type) {
    case 'integer':
    case 'bigint':
      return (text, from, to) => wholeNumber(text, from, to, type, isExact);
    case 'decimal':
      return (text, from, to) => decimal(text, from, to, precision, scale, isExact);
    case 'double':
      return (text, from, to) => double(text, from, to, isExact);
    case 'boolean':
      return (text, from, to) => truth(text, from, to, isExact);
    case 'date':
      return date;
    case 'timestamp':
      return (text, from, to) => timestamp(text, from, to, fractionDigits, isExact);
    default:
      return undefined;
  }
}

const plainForms: Partial<Record<ColumnType, RowWriter['plain'][number]>> = {
  string: 'text',
  integer: 'whole',
  bigint: 'whole',
  double: 'double',
  timestamp: 'instant',
};

export function rowWriter(options: RowOptions): RowWriter {
  const { columns } = options;
  const digest = rowDigest();
  const isExact = options.textRule === 'exact';
  const checks = columns.map((column) => checkOf(column, isExact, options.fractionDigits));
  const lengths = new Int32Array(columns.length);
  const nulls = new Float64Array(columns.length);
  const bytes = new Float64Array(columns.length);
  const strings = columns.flatMap((column, at) => (column.type === 'string' ? [at] : []));
  let rows = 0;
  const writer: RowWriter = {
    text: digest.bytes,
    at: 0,
    lengths,
    checks,
    plain: columns.map(({ type }) => plainForms[type] ?? 'other'),
    mostDigits: columns.map(({ type }) => (type === 'integer' ? 9 : 18)),
    fractionDigits: options.fractionDigits,
    isExact,
    reserve: (longest) => {
      digest.reserve(longest + columns.length * widest);
      writer.text = digest.bytes;
    },
    begin: () => {
      writer.at = 0;
    },
    field: (column, start, isQuoted) => {
      const check = checks[column];
      let end = writer.at;
      if (end === start && !isQuoted) lengths[column] = noValue;
      else {
        if (check) end = check(writer.text, start, end);
        if (end === refused) return false;
        lengths[column] = end - start;
      }
      writer.text[end] = comma;
      writer.at = end + 1;
      return true;
    },
    keep: () => {
      rows += 1;
      for (let at = 0; at < lengths.length; at += 1) {
        const length = lengths[at]!;
        if (length === noValue) nulls[at] = nulls[at]! + 1;
        else bytes[at] = bytes[at]! + length;
      }
      if (!options.digests) return;
      let end = writer.at;
      for (const at of strings) end = withLength(writer.text, end, lengths[at]!);
      digest.add(end);
    },
    totals: () => ({
      rows,
      digest: digest.sum(),
      columns: columns.map((_, at) => ({ nulls: nulls[at]!, bytes: bytes[at]! })),
    }),
  };
  return writer;
}

/** No length for no value, so that it differs from the empty text. */
function withLength(text: Uint8Array, at: number, length: number): number {
  let end = at;
  if (length >= 0) {
    let digits = 1;
    for (let rest = length; rest >= 10; rest = Math.floor(rest / 10)) digits += 1;
    end += digits;
    for (let rest = length, place = end - 1; place >= at; place -= 1) {
      text[place] = zero + (rest % 10);
      rest = Math.floor(rest / 10);
    }
  }
  text[end] = comma;
  return end + 1;
}

/** In a refusal and in quarantine. */
export const notKept = (column: Column, value: string): string =>
  `column "${column.name}": "${value}" would not be kept as ${column.type === 'decimal' ? columnText(column) : column.type}`;
