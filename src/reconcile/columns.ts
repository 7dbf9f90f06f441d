/** Columns are found by name, in any order; each is read by its slot among those that were chosen. */
import { raise } from '../kernel/errors.js';
import { type PlainDecimal, readDecimal, zeroDecimal } from '../kernel/exact-sum.js';
import { type Place, placeText, refuseCell, shown } from './bill-line.js';

export interface Column {
  readonly name: string;
  /** Among the cells that are handed over. */
  readonly slot: number;
}

export interface Columns {
  readonly place: Place;
  /** The first of these names that is there. */
  optional(...names: readonly string[]): Column | undefined;
  /** Errors: BILL_INVALID naming the column that is missing. */
  required(what: string, ...names: readonly string[]): Column;
  /** The columns asked for, as places in the header. */
  chosen(): readonly number[];
}

export function columnsOf(header: readonly string[], place: Place): Columns {
  const positions = new Map<string, number>();
  header.forEach((name, at) => {
    const key = name.trim().toLowerCase();
    if (!positions.has(key)) positions.set(key, at);
  });
  const chosen: number[] = [];
  const optional = (...names: readonly string[]): Column | undefined => {
    const name = names.find((one) => positions.has(one.toLowerCase()));
    if (name === undefined) return undefined;
    const position = positions.get(name.toLowerCase())!;
    const known = chosen.indexOf(position);
    if (known >= 0) return { name, slot: known };
    return { name, slot: chosen.push(position) - 1 };
  };
  return {
    place,
    optional,
    required: (what, ...names) =>
      optional(...names) ??
      raise('BILL_INVALID', {
        place: placeText(place, 1),
        why: `there is no column ${names.join(' or ')}, which holds ${what}; add it to the export`,
      }),
    chosen: () => chosen,
  };
}

export const textAt = (cells: readonly string[], column: Column | undefined): string =>
  column === undefined ? '' : (cells[column.slot] ?? '');

/** Empty is zero where the row may have none. Errors: BILL_INVALID. */
export function decimalAt(
  place: Place,
  cells: readonly string[],
  at: number,
  column: Column,
  mayBeEmpty: boolean,
): PlainDecimal {
  const text = cells[column.slot] ?? '';
  if (text === '' && mayBeEmpty) return zeroDecimal;
  return (
    readDecimal(text) ??
    refuseCell(place, at, column.name, text === '' ? 'it is empty' : `${shown(text)} is not a number`)
  );
}
