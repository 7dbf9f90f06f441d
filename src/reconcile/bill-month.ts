/** The month of a row is the billing period it stands in, because tiers are counted by billing period. */
import { type Month, parseMonth } from '../kernel/day.js';
import { type Place, refuseCell, shown } from './bill-line.js';
import type { Column } from './columns.js';

const startOfDate = /^\d{4}-(?:0[1-9]|1[0-2])-\d{2}(?:[T ]|$)/;

/** Reads the first of the columns that is filled; a bill has few months, so each text is looked at once. */
export function monthReader(
  place: Place,
  columns: readonly Column[],
): (cells: readonly string[], at: number) => Month {
  const seen = new Map<string, Month>();
  return (cells, at) => {
    const column = columns.find(({ slot }) => (cells[slot] ?? '') !== '') ?? columns[0]!;
    const text = cells[column.slot] ?? '';
    const known = seen.get(text);
    if (known !== undefined) return known;
    if (!startOfDate.test(text))
      refuseCell(
        place,
        at,
        column.name,
        text === '' ? 'the month is missing' : `${shown(text)} is not a date like 2026-11-01T00:00:00Z`,
      );
    const month = parseMonth(text.slice(0, 7));
    // A hostile file may have a date of its own in every row.
    if (seen.size < 10_000) seen.set(text, month);
    return month;
  };
}
