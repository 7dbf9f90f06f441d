/** Reads Parquet files back to the canonical text of their rows and sums it up, as the reading of the sources did. */
import type { Column } from '../schema.js';
import { literal, quoted } from './quoting.js';

/** One row: rows, low, high, and for the nth column n<at> values and b<at> bytes. */
export function readbackStatement(files: readonly string[], columns: readonly Column[]): string {
  const values = columns.map((column, at) => `${canonical(column)} AS t${at}`);
  const fields = columns.flatMap((_, at) => [`t${at}`, "','"]);
  const lengths = columns.flatMap(({ type }, at) => (type === 'string' ? [`strlen(t${at})`, "','"] : []));
  const counts = columns.map(
    (_, at) => `count(t${at}) AS n${at}, coalesce(sum(strlen(t${at})), 0) AS b${at}`,
  );
  return `SELECT count(*) AS rows, ${half('low', 'n & 18446744073709551615')}, ${half('high', 'n >> 64')}, ${counts.join(', ')} FROM (SELECT *, md5_number(concat(${[...fields, ...lengths].join(', ')})) AS n FROM (SELECT ${values.join(', ')} FROM read_parquet([${files.map(literal).join(', ')}], hive_partitioning = false)))`;
}

/** md5_number reads the 16 bytes with the first one lowest. */
const half = (name: string, of: string): string =>
  `CAST(coalesce(sum(CAST(${of} AS UBIGINT)), 0) AS VARCHAR) AS ${name}`;

/** concat() takes NULL for nothing, as the canonical row does. */
function canonical(column: Column): string {
  const name = quoted(column.name);
  switch (column.type) {
    case 'string':
      return name;
    case 'double':
      return `hex(CAST(CAST(${name} AS BIT) AS BLOB))`;
    case 'decimal':
      // Without a digit before the point DuckDB writes ".05".
      return column.precision === column.scale
        ? `replace(CAST(${name} AS VARCHAR), '.', '0.')`
        : `CAST(${name} AS VARCHAR)`;
    default:
      return `CAST(${name} AS VARCHAR)`;
  }
}
