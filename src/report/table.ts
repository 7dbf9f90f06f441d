/** A table is a header and rows of text; it is laid out for a terminal, for Markdown or for CSV. */
import { printable } from '../kernel/s3.js';

export interface Column {
  readonly name: string;
  readonly align: 'left' | 'right';
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

export const left = (name: string): Column => ({ name, align: 'left' });
export const right = (name: string): Column => ({ name, align: 'right' });

/** Plain text in `width` columns: the widest left column gives way first, shortened in its middle. */
export function textTable(table: Table, width: number): string {
  const cells = [table.columns.map(({ name }) => name), ...table.rows].map((row) => row.map(printable));
  const widths = table.columns.map((_, at) => Math.max(...cells.map((row) => displayWidth(row[at] ?? ''))));
  const excess = widths.reduce((sum, one) => sum + one + 2, -2) - width;
  const widest = widths.indexOf(Math.max(...widths.filter((_, at) => table.columns[at]?.align === 'left')));
  if (excess > 0 && widest >= 0) widths[widest] = Math.max(12, widths[widest]! - excess);
  const lines = cells.map((row) =>
    row
      .map((cell, at) => padded(shortened(cell, widths[at]!), widths[at]!, table.columns[at]!.align))
      .join('  ')
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((one) => '─'.repeat(one)).join('  '));
  return lines.join('\n');
}

/** Columns of a terminal: wide characters (CJK, emoji) take two, marks that stand on another letter none. */
export const displayWidth = (text: string): number =>
  [...text].reduce((sum, char) => sum + columnsOf(char), 0);

const wide =
  /\p{Extended_Pictographic}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{20000}-\u{3fffd}]/u;

const columnsOf = (char: string): number =>
  /[\p{Mn}\p{Me}\p{Cf}]/u.test(char) ? 0 : wide.test(char) ? 2 : 1;

function padded(text: string, width: number, align: 'left' | 'right'): string {
  const blanks = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'right' ? blanks + text : text + blanks;
}

/** The middle gives way to "…": the begin and the end of a key tell most. */
export function shortened(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const chars = [...text];
  const room = Math.max(2, width - 1);
  const tail = fitting(chars.toReversed(), Math.ceil(room / 2));
  const head = fitting(chars, room - displayWidth(tail.join('')));
  return `${head.join('')}…${tail.toReversed().join('')}`;
}

/** As many of the first characters as take no more than `width` columns. */
function fitting(chars: readonly string[], width: number): string[] {
  let taken = 0;
  const end = chars.findIndex((char) => {
    taken += columnsOf(char);
    return taken > width;
  });
  return chars.slice(0, end < 0 ? chars.length : end);
}

/** Text that is text in Markdown too. */
export const markdownText = (text: string): string =>
  printable(text).replace(/[\\|`*_<>[\]]/g, (char) => (char === '<' ? '&lt;' : `\\${char}`));

export function markdownTable(table: Table): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    row(table.columns.map(({ name }) => markdownText(name))),
    row(table.columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...table.rows.map((cells) => row(cells.map(markdownText))),
  ].join('\n');
}

/** RFC 4180; a text a spreadsheet would run as a formula gets a quote before it, numbers are left alone. */
export function csvTable(table: Table): string {
  const cell = (text: string): string => {
    const safe = /^[=+\-@\t\r＝＋－＠]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) || safe !== text ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const rows = [table.columns.map(({ name }) => name), ...table.rows];
  return `${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}
