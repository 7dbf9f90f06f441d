/** Reads Parquet files back and sums up what their rows hold, as the reading of the sources did (values/row-digest.ts). */
import type { Column } from '../schema.js';
import { sqlType } from './duckdb.js';
import { literal, quoted } from './quoting.js';

/**
 * One row: rows, digest, and for the nth column n<at> values and d<at>, the sum of their hashes. hash() takes a value as its
 * type stores it; of NULL it makes a number too.
 */
export function readbackStatement(files: readonly string[], columns: readonly Column[]): string {
  const values = columns.map((column, at) => `CAST(${quoted(column.name)} AS ${sqlType(column)}) AS t${at}`);
  const all = columns.map((_, at) => `t${at}`).join(', ');
  const totals = columns.map(
    (column, at) => `count(t${at}) AS n${at}, ${sum(`hash(t${at})`, negativeZeros(column, at))} AS d${at}`,
  );
  return `SELECT count(*) AS rows, ${sum(`hash(hash(${all}))`, '')} AS digest, ${totals.join(', ')} FROM (SELECT ${values.join(', ')} FROM read_parquet([${files.map(literal).join(', ')}], hive_partitioning = false))`;
}

/** Beyond 2^64 too. */
const sum = (of: string, more: string): string => `CAST(coalesce(sum(${of}), 0)${more} AS VARCHAR)`;

/** hash() takes -0 for 0. */
const negativeZeros = ({ type }: Column, at: number): string =>
  type === 'double' ? ` + count(*) FILTER (t${at} = 0 AND signbit(t${at}))` : '';
