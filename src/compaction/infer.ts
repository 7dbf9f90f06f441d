/** A column gets a narrower type only when every value seen renders back to its very text; in doubt it stays text. */
import { printable } from '../kernel/s3.js';
import type { Field } from './csv-fields.js';
import { type Column, type ColumnType, columnName } from './schema.js';

export type Inferred =
  | { readonly ok: true; readonly columns: readonly Column[] }
  | { readonly ok: false; readonly why: string };

interface Form {
  readonly type: ColumnType;
  fits(text: string): boolean;
}

/** No leading zeros, no plus, no exponent: what a column of numbers writes, and a column of codes does not. */
const forms: readonly Form[] = [
  { type: 'bigint', fits: (text) => /^(0|-?[1-9]\d{0,17})$/.test(text) },
  { type: 'double', fits: (text) => /^-?(0|[1-9]\d*)\.\d+$/.test(text) && String(Number(text)) === text },
  { type: 'boolean', fits: (text) => text === 'true' || text === 'false' },
  { type: 'date', fits: (text) => /^[12]\d{3}-\d\d-\d\d$/.test(text) && isDay(text) },
  {
    type: 'timestamp',
    fits: (text) =>
      /^[12]\d{3}-\d\d-\d\d ([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(text) && isDay(text.slice(0, 10)),
  },
];

function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** What a person or program calls a column; a page of HTML or a row of data is no list of names. */
const looksLikeName = /^[\p{L}\p{N}_][\p{L}\p{N}\p{M} _.\-/()%#$&:+?*]{0,126}$/u;

/**
 * `header` null: the files have none and columns are named column_1, column_2, … `rows` is a sample; `keys` are names
 * that the path of a partition gives.
 */
export function inferColumns(
  header: readonly string[] | null,
  rows: readonly (readonly Field[])[],
  keys: readonly string[] = [],
): Inferred {
  const value = header?.find((text) => forms.some((form) => form.fits(text)));
  // Taken for a header, the first row of files that have none would be lost without a word.
  if (value !== undefined)
    return {
      ok: false,
      why: `the header holds "${printable(value)}", which looks like a value: set header: false when the files have none, or name the columns in the config`,
    };
  const names = header ?? (rows[0] ?? []).map((_, at) => `column ${at + 1}`);
  const columns: Column[] = [];
  for (const [at, text] of names.entries()) {
    const name = columnName(text);
    if (name === undefined)
      return { ok: false, why: `the header names no column ${at + 1} that can be written in letters` };
    if (header && !looksLikeName.test(text.trim()))
      return {
        ok: false,
        why: `"${printable(text)}" in the header is no name of a column; name the columns in the config when it is`,
      };
    if (columns.some((column) => column.name === name))
      return { ok: false, why: `two columns are named "${name}"` };
    if (keys.includes(name))
      return {
        ok: false,
        why: `the column "${name}" has the name of a partition key, which readers take from the path; rename it in the files, or the key in the config`,
      };
    columns.push({ name, type: typeOf(rows.flatMap((row) => row[at] ?? [])) });
  }
  return columns.length === 0
    ? { ok: false, why: 'there is no header and no row to infer columns from' }
    : { ok: true, columns };
}

function typeOf(fields: readonly Field[]): ColumnType {
  const values = fields.filter((field) => field.quoted || field.text !== '');
  if (values.length === 0 || values.some((field) => field.quoted)) return 'string';
  return forms.find((form) => values.every(({ text }) => form.fits(text)))?.type ?? 'string';
}
