/** Reads Parquet files back and sums up what their rows hold, as the reading of the sources did (values/row-digest.ts). */

import { literal, quoted } from '../../kernel/sql-text.js';
import { type Column, columnTypes } from '../schema.js';
import { isHashedAsText, negativeZero } from '../values/row-digest.js';
import { sqlType } from './duckdb.js';
import { freeName, parquetRows } from './duckdb-parquet.js';

/** One row: rows, digest, and for the nth column n<at> values and d<at>, the sum of their hashes. */
export const readbackStatement = (files: readonly string[], columns: readonly Column[]): string =>
  totalsOf(columns, `read_parquet([${files.map(literal).join(', ')}], hive_partitioning = false)`);

/** The same for each file by itself, its path as `file`; a file without rows is not among them. */
export function eachReadbackStatement(files: readonly string[], columns: readonly Column[]): string {
  const file = freeName(columns);
  return totalsOf(columns, `(${parquetRows(files, columns, file)})`, file);
}

/** hash() takes a value as its type stores it; of NULL it makes a number too. */
function totalsOf(columns: readonly Column[], from: string, file?: string): string {
  const values = columns.map((column, at) => `${hashed(column)} AS t${at}`);
  const totals = columns.map((_, at) => `count(t${at}) AS n${at}, ${sum(`hash(t${at})`)} AS d${at}`);
  const all = columns.map((_, at) => `t${at}`).join(', ');
  const [of, by] = file === undefined ? ['', ''] : [`${quoted(file)} AS file, `, ' GROUP BY file'];
  return `SELECT ${file === undefined ? '' : 'file, '}count(*) AS rows, ${sum(`hash(hash(${all}))`)} AS digest, ${totals.join(', ')} FROM (SELECT ${of}${values.join(', ')} FROM ${from})${by}`;
}

/** Texts became one of these types; what only Parquet has is taken as it comes. */
const stored = (column: Column): string =>
  (columnTypes as readonly string[]).includes(column.type)
    ? `CAST(${quoted(column.name)} AS ${sqlType(column)})`
    : quoted(column.name);

/** What hash() tells from every other value. A decimal that is a fraction throughout is written without the zero before its point. */
function hashed(column: Column): string {
  const value = stored(column);
  if (column.type === 'double' || column.type === 'float')
    return `CASE WHEN ${value} = 0 AND signbit(${value}) THEN CAST(${negativeZero} AS DOUBLE) ELSE CAST(${value} AS DOUBLE) END`;
  if (!isHashedAsText(column)) return value;
  const text = `CAST(${value} AS VARCHAR)`;
  return column.precision !== undefined && column.precision === column.scale
    ? `replace(${text}, '.', '0.')`
    : text;
}

/** Beyond 2^64 too. */
const sum = (of: string): string => `CAST(coalesce(sum(${of}), 0) AS VARCHAR)`;
