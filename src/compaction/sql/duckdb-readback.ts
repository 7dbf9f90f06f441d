/** Reads Parquet files back to the canonical text of their rows and sums it up, as the reading of the sources did. */
import type { Column } from '../schema.js';
import { freeName, parquetRows } from './duckdb-parquet.js';
import { literal, quoted } from './quoting.js';

/** One row: rows, low, high, and for the nth column n<at> values and b<at> bytes. */
export const readbackStatement = (files: readonly string[], columns: readonly Column[]): string =>
  totalsOf(columns, `read_parquet([${files.map(literal).join(', ')}], hive_partitioning = false)`);

/** The same for each file by itself, its path as `file`; a file without rows is not among them. */
export function eachReadbackStatement(files: readonly string[], columns: readonly Column[]): string {
  const file = freeName(columns);
  return totalsOf(columns, `(${parquetRows(files, columns, file)})`, file);
}

function totalsOf(columns: readonly Column[], from: string, file?: string): string {
  const values = columns.map((column, at) => `${canonical(column)} AS t${at}`);
  const fields = columns.flatMap((_, at) => [`t${at}`, "','"]);
  const lengths = columns.flatMap(({ type }, at) => (hasLength(type) ? [`strlen(t${at})`, "','"] : []));
  const counts = columns.map(
    (_, at) => `count(t${at}) AS n${at}, coalesce(sum(strlen(t${at})), 0) AS b${at}`,
  );
  const [of, by] = file === undefined ? ['', ''] : [`${quoted(file)} AS file, `, ' GROUP BY file'];
  const digested = `SELECT *, md5_number(concat(${[...fields, ...lengths].join(', ')})) AS n FROM (SELECT ${of}${values.join(', ')} FROM ${from})`;
  return `SELECT ${file === undefined ? '' : 'file, '}count(*) AS rows, ${half('low', 'n & 18446744073709551615')}, ${half('high', 'n >> 64')}, ${counts.join(', ')} FROM (${digested})${by}`;
}

/** md5_number reads the 16 bytes with the first one lowest. */
const half = (name: string, of: string): string =>
  `CAST(coalesce(sum(CAST(${of} AS UBIGINT)), 0) AS VARCHAR) AS ${name}`;

/** Without it nothing could not be told from the empty text. */
const hasLength = (type: Column['type']): boolean => type === 'string' || type === 'binary';

/** concat() takes NULL for nothing, as the canonical row does. */
function canonical(column: Column): string {
  const name = quoted(column.name);
  switch (column.type) {
    case 'string':
      return name;
    case 'double':
    case 'float':
      return `hex(CAST(CAST(${name} AS BIT) AS BLOB))`;
    case 'binary':
      return `hex(${name})`;
    case 'timestamptz':
      // Its text would be in the zone of the machine.
      return `CASE WHEN isfinite(${name}) THEN CAST(epoch_us(${name}) AS VARCHAR) ELSE CAST(${name} AS VARCHAR) END`;
    case 'decimal':
      // Without a digit before the point DuckDB writes ".05".
      return column.precision === column.scale
        ? `replace(CAST(${name} AS VARCHAR), '.', '0.')`
        : `CAST(${name} AS VARCHAR)`;
    default:
      return `CAST(${name} AS VARCHAR)`;
  }
}
