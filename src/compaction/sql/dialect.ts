/** The words Trino and Athena share; each of the two says only where it differs. */

import { checkedName, literal, quoted, type TableName } from '../../kernel/sql-text.js';
import { checkedValue, keeps } from './checked-value.js';
import type { Buckets, PartitionValue, Rendered, Rows, Statement } from './statement.js';

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

/** One function a statement. */
export type Dialect = { readonly [K in Statement['kind']]: (statement: Of<K>) => string } & {
  /** How a table is named in a query. */
  readonly table: (table: TableName) => string;
  readonly session: (statement: Statement) => Readonly<Record<string, string>>;
};

export function rendered(dialect: Dialect, statement: Statement): Rendered {
  const render = dialect[statement.kind] as (of: Statement) => string;
  return { sql: render(statement), session: dialect.session(statement) };
}

export const bytesOf = (dialect: Dialect, statement: Statement): number =>
  new TextEncoder().encode(rendered(dialect, statement).sql).length;

/** The part of a query that reads; `more` are rows of other objects, below the first. */
export const select = (read: Pick<Dialect, 'table'>, rows: Rows, more: readonly Rows[] = []): string =>
  [rows, ...more].map((one) => selectOne(read, one)).join(' UNION ALL ');

/** Texts of exactly these objects inside, values outside. */
function selectOne({ table }: Pick<Dialect, 'table'>, rows: Rows): string {
  const selected = rows.columns.map(
    (column) => `${checkedValue(column, rows.textRule)} AS ${quoted(checkedName(column.name))}`,
  );
  const keys = (rows.keys ?? []).map(
    ({ name, value }) => `CAST(${literal(value)} AS varchar) AS ${quoted(checkedName(name))}`,
  );
  return `SELECT ${[...selected, ...keys].join(', ')} FROM ${texts(table, rows)}`;
}

export function countMisfits({ table }: Pick<Dialect, 'table'>, rows: Rows): string {
  const typed = rows.columns.filter(({ type }) => type !== 'string');
  const counts = typed.flatMap((column) => {
    const isMisfit = `${quoted(checkedName(column.name))} IS NOT NULL AND NOT ${keeps(column, rows.textRule)}`;
    return [`count_if(${isMisfit})`, `min(CASE WHEN ${isMisfit} THEN ${quoted(column.name)} END)`];
  });
  return `SELECT ${counts.join(', ')} FROM ${texts(table, rows)}`;
}

function texts(table: Dialect['table'], rows: Rows): string {
  const fields = rows.columns.map(({ name }) => {
    const field = quoted(checkedName(name));
    return rows.emptyIs === 'null' ? `nullif(${field}, '') AS ${field}` : field;
  });
  const where = [
    ...rows.partition.map(({ name, value }) => `${quoted(checkedName(name))} = ${literal(value)}`),
    `"$path" IN (${rows.paths.map(literal).join(', ')})`,
    ...kept(rows),
  ];
  return `(SELECT ${fields.join(', ')} FROM ${table(rows.table)} WHERE ${where.join(' AND ')}) AS texts`;
}

/**
 * Of the fields as they were read: the reader gives NULL for a field that is not there and for no other, and drops what
 * goes beyond the columns of its table.
 */
function kept({ columns, leftOut, beyond }: Rows): string[] {
  if (!leftOut) return [];
  const fits = leftOut.values.map(
    ({ column, texts: of }) =>
      `coalesce(${quoted(checkedName(column))} NOT IN (${of.map(literal).join(', ')}), true)`,
  );
  const last = columns.at(-1);
  // A row of one column is never short: a blank line is its empty field.
  const isWhole =
    leftOut.otherWidths && last && columns.length > 1 ? [`${quoted(last.name)} IS NOT NULL`] : [];
  return [...fits, ...isWhole, ...(beyond === undefined ? [] : [`${quoted(checkedName(beyond))} IS NULL`])];
}

/** The properties of a CTAS that both have. */
export function outputProperties(
  location: string,
  buckets: Buckets | undefined,
  { keys }: Pick<Rows, 'keys'>,
): string[] {
  return [
    `external_location = ${literal(location)}`,
    "format = 'PARQUET'",
    ...partitionedBy(keys),
    ...(buckets
      ? [`bucketed_by = ARRAY[${literal(checkedName(buckets.column))}]`, `bucket_count = ${buckets.count}`]
      : []),
  ];
}

export const partitionedBy = (keys: Rows['keys'] = []): string[] =>
  keys.length === 0
    ? []
    : [`partitioned_by = ARRAY[${keys.map(({ name }) => literal(checkedName(name))).join(', ')}]`];

/** "year = '2026', month = '11'", in the quoting of the dialect's DDL. */
export const assignments = (
  partition: readonly PartitionValue[],
  name: (of: string) => string,
  text: (of: string) => string,
): string => partition.map((one) => `${name(checkedName(one.name))} = ${text(one.value)}`).join(', ');
