/** The one statement of the DuckDB engine: fields are read as text and a value that would change stops it, unless all were checked before. */

import { literal, quoted } from '../../kernel/sql-text.js';
import { type Column, columnText, type TextRule } from '../schema.js';

/** An engine's error that begins with this names a value that does not survive its type. */
export const refusalMark = 'VALUE-DOES-NOT-FIT:';

export interface CopyStatement {
  /** Paths of our own making, never keys. */
  readonly files: readonly string[];
  readonly columns: readonly Column[];
  readonly textRule: TextRule;
  /** Every value was found to fit: the columns are read as what they are. */
  readonly isChecked?: boolean;
  readonly csv: { readonly header: boolean; readonly delimiter: string };
  readonly compression: 'snappy' | 'zstd';
  readonly targetFileBytes: number;
  /** One file keeps the order of the rows; for several, its folder, which must not exist yet. */
  readonly out: string;
  readonly isSingle: boolean;
  /** A file ends with a row group: small groups let it end near the target. */
  readonly rowGroupRows: number;
}

/** The folder of a file says nothing: without hive_partitioning = false, "id=7/a.csv" would fill a column "id" with 7. */
export function copyStatement(job: CopyStatement): string {
  const { isChecked = false } = job;
  const columns = job.columns
    .map((column) => `${literal(column.name)}: '${isChecked ? sqlType(column) : 'VARCHAR'}'`)
    .join(', ');
  const selected = job.columns.map((column) =>
    isChecked ? quoted(column.name) : `${checkedValue(column, job.textRule)} AS ${quoted(column.name)}`,
  );
  return `COPY (SELECT ${selected.join(', ')} FROM read_csv([${job.files.map(literal).join(', ')}], columns = {${columns}}, auto_detect = false, header = ${job.csv.header}, delim = ${literal(job.csv.delimiter)}, quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, null_padding = false, strict_mode = true, hive_partitioning = false)) TO ${literal(job.out)} (${outputOptions(job)})`;
}

export const outputOptions = (
  job: Pick<CopyStatement, 'compression' | 'isSingle' | 'targetFileBytes' | 'rowGroupRows'>,
): string =>
  `FORMAT PARQUET, COMPRESSION ${job.compression}, ${job.isSingle ? '' : `FILE_SIZE_BYTES ${job.targetFileBytes}, `}ROW_GROUP_SIZE ${job.rowGroupRows}, RETURN_STATS`;

/** DuckDB's own group, or so many rows that four groups of CSV make a file, in the vectors of 2,048 it works with. */
export function rowGroupRows(
  targetFileBytes: number,
  expected: { readonly rows: number; readonly bytes: number },
): number {
  const rowBytes = expected.bytes / Math.max(1, expected.rows);
  const wanted = Math.floor(targetFileBytes / 4 / Math.max(1, rowBytes) / 2048) * 2048;
  return Math.min(122_880, Math.max(2048, wanted));
}

const sqlTypes = {
  boolean: 'BOOLEAN',
  integer: 'INTEGER',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  string: 'VARCHAR',
  tinyint: 'TINYINT',
  smallint: 'SMALLINT',
  utinyint: 'UTINYINT',
  usmallint: 'USMALLINT',
  uinteger: 'UINTEGER',
  ubigint: 'UBIGINT',
  float: 'FLOAT',
  time: 'TIME',
  timestamp_ms: 'TIMESTAMP_MS',
  timestamp_ns: 'TIMESTAMP_NS',
  timestamptz: 'TIMESTAMPTZ',
  uuid: 'UUID',
  binary: 'BLOB',
} as const;

export const sqlType = (column: Column): string =>
  column.type === 'decimal' ? columnText(column).toUpperCase() : sqlTypes[column.type];

function checkedValue(column: Column, rule: TextRule): string {
  const text = quoted(column.name);
  if (column.type === 'string') return text;
  const type = sqlType(column);
  const value = `TRY_CAST(${text} AS ${type})`;
  const keeps =
    rule === 'exact'
      ? rendersBack(column, text, value)
      : `regexp_full_match(${text}, ${literal(formOf(column))}) AND ${isKept(column, text, value)}`;
  const refusal = `error(${literal(`${refusalMark}${column.name}:`)} || ${text})`;
  return `CASE WHEN ${text} IS NULL THEN NULL WHEN ${keeps} THEN ${value} ELSE CAST(${refusal} AS ${type}) END`;
}

/** DuckDB writes 0.00005 as 5e-05: a plain text without idle zeros is the same number when its digits are the same. */
function rendersBack(column: Column, text: string, value: string): string {
  const same = `CAST(${value} AS VARCHAR) = ${text}`;
  if (column.type !== 'double') return same;
  const plain = `regexp_full_match(${text}, '-?(0|[1-9][0-9]*)\\.[0-9]*[1-9]')`;
  return `CASE WHEN ${same} THEN true WHEN ${plain} THEN ${digits(`CAST(${value} AS VARCHAR)`)} = ${digits(text)} ELSE false END`;
}

/** The significant digits of a number's text. */
const digits = (of: string): string => `ltrim(regexp_replace(${of}, '[eE].*|[^0-9]', '', 'g'), '0')`;

const isKept = (column: Column, text: string, value: string): string =>
  column.type === 'double' ? doubleKept(text, value) : `${value} IS NOT NULL`;

/**
 * Written with as many digits as the text has, the double must give the same digits: 9007199254740993 becomes …992,
 * 1e400 infinite and 1e-400 zero. Up to 15 digits any double within its normal range does; the cheap answers come first.
 */
function doubleKept(text: string, value: string): string {
  const same = `${digits(`format('{:.{}e}', ${value}, greatest(length(${digits(text)}) - 1, 0))`)} = ${digits(text)}`;
  return `CASE WHEN length(${text}) <= 15 AND abs(${value}) BETWEEN 1e-300 AND 1e300 THEN true WHEN CAST(${value} AS VARCHAR) = ${text} THEN true WHEN ${digits(text)} = '' THEN true WHEN isfinite(${value}) AND length(${digits(text)}) <= 800 THEN ${same} ELSE false END`;
}

/** Texts whose value a column of this type holds without loss, though it may be written another way. */
function formOf(column: Column): string {
  switch (column.type) {
    case 'integer':
    case 'bigint':
      return '[+-]?[0-9]+';
    case 'decimal':
      return `[+-]?[0-9]+(\\.[0-9]{0,${column.scale ?? 0}}0*)?`;
    case 'boolean':
      return '(?i)true|false';
    case 'date':
      return '[0-9]{4}-[0-9]{2}-[0-9]{2}';
    case 'timestamp':
      return '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,6}0*)?Z?';
    default:
      return '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?';
  }
}
