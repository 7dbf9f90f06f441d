/** The columns of a table: names an engine can take without quoting, types with one meaning in every dialect. */
import { printable } from '../kernel/s3.js';

export const columnTypes = [
  'boolean',
  'integer',
  'bigint',
  'double',
  'decimal',
  'date',
  'timestamp',
  'string',
] as const;
/** What columns of Parquet files may be besides: no text is read as one of these. */
export const parquetTypes = [
  'tinyint',
  'smallint',
  'utinyint',
  'usmallint',
  'uinteger',
  'ubigint',
  'float',
  'time',
  'timestamp_ms',
  'timestamp_ns',
  'timestamptz',
  'uuid',
  'binary',
] as const;
export type ColumnType = (typeof columnTypes)[number] | (typeof parquetTypes)[number];

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Only for decimal. */
  readonly precision?: number;
  readonly scale?: number;
}

/**
 * When a typed value is taken as kept. `equivalent` (declared columns): the number, day or instant is the same
 * (1.5 = 1.50, T = space, Z = UTC, TRUE = true). `exact` (inferred columns): it renders back to its very text.
 */
export type TextRule = 'exact' | 'equivalent';

export interface TableSchema {
  readonly columns: readonly Column[];
  /** The texts of the header; "names" when they follow from the column names; "none" when files have no header. */
  readonly header: readonly string[] | 'names' | 'none';
  readonly textRule: TextRule;
  /** Who says so: "config", "sources" where they were inferred, or the table of a catalog. */
  readonly from: string;
}

/** A table of Glue, or of the metastore that Trino asks: names and types in the catalog's own words, without its keys. */
export interface DescribedTable {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** "decimal(10,2)", "bigint": as the config writes it. */
export const columnText = (column: Column): string =>
  column.type === 'decimal' ? `decimal(${column.precision ?? 18},${column.scale ?? 0})` : column.type;

/** "Order ID" → "order_id"; undefined when nothing of it can be written in a-z, 0-9 and "_". */
export function columnName(text: string): string | undefined {
  const name = text
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .slice(0, 127);
  if (!/[a-z0-9]/.test(name)) return undefined;
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

export const declaredSchema = (
  columns: readonly Column[],
  header: boolean,
  from = 'config',
): TableSchema => ({
  columns,
  header: header ? 'names' : 'none',
  textRule: 'equivalent',
  from,
});

/** Why a file's header is not the schema's, or undefined when it is. Order counts: engines read by position. */
export function headerFault(schema: TableSchema, header: readonly string[]): string | undefined {
  const { columns } = schema;
  if (header.length !== columns.length)
    return `its header has ${header.length} columns, the table has ${columns.length}`;
  const at = header.findIndex((text, i) =>
    typeof schema.header === 'string' ? columnName(text) !== columns[i]?.name : text !== schema.header[i],
  );
  if (at < 0) return undefined;
  const expected = typeof schema.header === 'string' ? columns[at]?.name : schema.header[at];
  return `its column ${at + 1} is "${printable(header[at] ?? '')}" where the table has "${printable(expected ?? '')}"`;
}
