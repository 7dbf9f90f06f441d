/** Fields as they come in become the values of a row, or are refused: what is unusual in spelling, one at a time. */
import { type Column, columnText, type TextRule } from '../schema.js';
import { date, timestamp, truth } from './calendar-text.js';
import { double } from './double-text.js';
import { isHashedAsText } from './row-digest.js';
import type { KeptValue, ScanKernel } from './scan-kernel.js';
import { valueBits } from './value-bits.js';
import { decimal, refused, wholeNumber } from './whole-number.js';

export interface RowOptions {
  readonly columns: readonly Column[];
  readonly textRule: TextRule;
  /** How finely an instant is kept: 6, or 3 where the engine keeps milliseconds. */
  readonly fractionDigits: number;
}

export interface RowWriter {
  /** The value's canonical text, or undefined when its column does not hold it. */
  canonical(column: number, spelt: Uint8Array): string | undefined;
  /** The same as its column keeps it. */
  value(column: number, spelt: Uint8Array): KeptValue | undefined;
  /** Makes the first `length` bytes of the kernel's text the value of a column; false when its type does not hold it. */
  field(column: number, length: number, isQuoted: boolean): boolean;
}

/** A check gives the new end of the text it rewrites in place, or `refused`. */
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

const latin1 = new TextDecoder('latin1');
/** Room for what a check adds: no canonical text of a number, a day or an instant is longer. */
const widest = 64;

export function rowWriter({ columns, textRule, fractionDigits }: RowOptions, kernel: ScanKernel): RowWriter {
  const isExact = textRule === 'exact';
  const checks = columns.map((column) => checkOf(column, isExact, fractionDigits));
  const canonical = (column: number, spelt: Uint8Array): string | undefined => {
    const text = new Uint8Array(spelt.length + widest);
    text.set(spelt);
    const end = checks[column]!(text, 0, spelt.length);
    return end === refused ? undefined : latin1.decode(text.subarray(0, end));
  };
  const asText = columns.map(isHashedAsText);
  const kept = (column: number, spelt: Uint8Array): KeptValue | undefined => {
    const text = canonical(column, spelt);
    return text === undefined || asText[column] ? text : valueBits(columns[column]!.type, text);
  };
  return {
    canonical,
    value: kept,
    field: (column, length, isQuoted) => {
      if (length === 0 && !isQuoted) return true;
      if (!checks[column]) {
        kernel.putText(column, length);
        return true;
      }
      const value = kept(column, kernel.text.subarray(0, length));
      if (value !== undefined) kernel.putValue(column, value);
      return value !== undefined;
    },
  };
}

/** In a refusal and in quarantine. */
export const notKept = (column: Column, value: string): string =>
  `column "${column.name}": "${value}" would not be kept as ${column.type === 'decimal' ? columnText(column) : column.type}`;
