/**
 * In the SQL of Trino and Athena: a field's text becomes its value only where the value says what the text said; any
 * other text stops the statement and is named in its error. What is kept is what the embedded engine keeps, but for
 * timestamps finer than a millisecond and doubles written with more digits than they need, which are refused here.
 */

import { literal, quoted } from '../../kernel/sql-text.js';
import { type Column, columnText, type TextRule } from '../schema.js';
import { misfitMarks } from './statement.js';

const sqlTypes = {
  boolean: 'boolean',
  integer: 'integer',
  bigint: 'bigint',
  double: 'double',
  date: 'date',
  // Athena's tables hold no finer ones, nor do Trino's unless it is told to.
  timestamp: 'timestamp(3)',
} as const;

const typeOf = (column: Column): string =>
  column.type === 'string'
    ? 'varchar'
    : column.type === 'decimal'
      ? columnText(column)
      : sqlTypes[column.type as keyof typeof sqlTypes];

/** The text must not be cut from the error, whatever the engine says around it. */
const shownBytes = 100;

export function checkedValue(column: Column, rule: TextRule): string {
  const text = quoted(column.name);
  if (column.type === 'string') return text;
  const mark = `${literal(`${misfitMarks.start}${column.name}:`)} || substr(${text}, 1, ${shownBytes}) || ${literal(misfitMarks.end)}`;
  return `CASE WHEN ${text} IS NULL THEN NULL WHEN ${keeps(column, rule)} THEN ${castOf(column, rule)} ELSE CAST(${mark} AS ${typeOf(column)}) END`;
}

/** True or false for every text, never NULL. */
export function keeps(column: Column, rule: TextRule): string {
  const text = quoted(column.name);
  const value = castOf(column, rule);
  if (column.type === 'double')
    return `coalesce(${like(text, rule === 'exact' ? exactDouble : equivalentDouble)} AND (${isShort(text)} OR ${digits(`CAST(${value} AS varchar)`)} = ${digits(text)}), false)`;
  if (rule === 'equivalent') return `coalesce(${like(text, formOf(column))} AND ${value} IS NOT NULL, false)`;
  if (column.type === 'timestamp')
    return `coalesce(${like(text, exactTimestamp)} AND ${value} IS NOT NULL, false)`;
  return `coalesce(CAST(${value} AS varchar) = ${text}, false)`;
}

function castOf(column: Column, rule: TextRule): string {
  const text = quoted(column.name);
  const plain =
    column.type === 'timestamp' && rule === 'equivalent'
      ? `replace(replace(${text}, 'T', ' '), 'Z', '')`
      : text;
  return `TRY_CAST(${plain} AS ${typeOf(column)})`;
}

const like = (text: string, form: string): string => `regexp_like(${text}, ${literal(`^(?:${form})$`)})`;

/** A double keeps every number of 15 digits (IEEE 754); the digits of longer ones are compared, which costs much more. */
const isShort = (text: string): string => `(length(${text}) <= 15 AND strpos(lower(${text}), 'e') = 0)`;

/** Engines write a double each in its own way: what they agree on are its digits, without idle zeros. */
const digits = (of: string): string =>
  `regexp_replace(regexp_replace(regexp_replace(${of}, '[eE].*', ''), '[^0-9]', ''), '^0+|0+$', '')`;

const exactDouble =
  '-?(0|[1-9][0-9]*)\\.[0-9]*[1-9]|-?(0|[1-9][0-9]{0,15})\\.0|-?[1-9](\\.[0-9]*[1-9])?e[+-][0-9]{2,3}';
const equivalentDouble = '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?';
const exactTimestamp = '[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{0,2}[1-9])?';

/** Texts whose value a column of this type holds without loss, though it may be written another way. */
function formOf(column: Column): string {
  switch (column.type) {
    case 'decimal':
      return `[+-]?[0-9]+(\\.[0-9]{0,${column.scale ?? 0}}0*)?`;
    case 'boolean':
      return '(?i)true|false';
    case 'date':
      return '[0-9]{4}-[0-9]{2}-[0-9]{2}';
    case 'timestamp':
      return '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,3}0*)?Z?';
    default:
      return '[+-]?[0-9]+';
  }
}
