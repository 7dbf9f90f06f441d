/** Parquet files as the rows of a table: columns by name, one that no file has is NULL, each as the type it had. */

import { literal, quoted } from '../../kernel/sql-text.js';
import type { Column } from '../schema.js';
import { sqlType } from './duckdb.js';

/** `file`: under this name the path of each row's file stands beside its columns. */
export function parquetRows(paths: readonly string[], columns: readonly Column[], file?: string): string {
  const named = file === undefined ? '' : `, filename = ${literal(file)}`;
  const none = columns.map((column) => `CAST(NULL AS ${readAs(column)}) AS ${quoted(column.name)}`);
  return `SELECT * FROM read_parquet([${paths.map(literal).join(', ')}], union_by_name = true, hive_partitioning = false${named}) UNION ALL BY NAME SELECT ${none.join(', ')} WHERE false`;
}

/** The rows of all files, in their order, into one file or a folder of files. */
export function parquetCopyStatement(job: {
  /** Paths of our own making, never keys. */
  readonly files: readonly string[];
  readonly columns: readonly Column[];
  readonly options: string;
  readonly out: string;
}): string {
  const selected = job.columns.map((column) =>
    column.type === 'timestamp_ms'
      ? `CAST(${quoted(column.name)} AS ${sqlType(column)}) AS ${quoted(column.name)}`
      : quoted(column.name),
  );
  return `COPY (SELECT ${selected.join(', ')} FROM (${parquetRows(job.files, job.columns)})) TO ${literal(job.out)} (${job.options})`;
}

/** DuckDB reads milliseconds as microseconds. */
const readAs = (column: Column): string => (column.type === 'timestamp_ms' ? 'TIMESTAMP' : sqlType(column));

/** A name that no column has, in whatever case. */
export function freeName(columns: readonly Column[]): string {
  const names = new Set(columns.map(({ name }) => name.toLowerCase()));
  let free = 'bucketwise_file';
  while (names.has(free)) free += '_';
  return free;
}
