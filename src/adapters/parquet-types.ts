/** The exact type of a column of a Parquet file, in the words of a config where a column of ours may have it. */
import type { SchemaElement } from 'hyparquet';

/** What the file keeps and how it is annotated; logical types go before converted ones. */
const words: Readonly<Record<string, string>> = {
  BOOLEAN: 'boolean',
  INT32: 'integer',
  'INT32 INT_8': 'tinyint',
  'INT32 INT_16': 'smallint',
  'INT32 INT_32': 'integer',
  'INT32 UINT_8': 'utinyint',
  'INT32 UINT_16': 'usmallint',
  'INT32 UINT_32': 'uinteger',
  INT64: 'bigint',
  'INT64 INT_64': 'bigint',
  'INT64 UINT_64': 'ubigint',
  FLOAT: 'float',
  DOUBLE: 'double',
  'INT32 DATE': 'date',
  'INT64 TIME_MICROS': 'time',
  'INT64 TIMESTAMP_MILLIS': 'timestamp_ms',
  'INT64 TIMESTAMP_MICROS': 'timestamp',
  'INT64 TIMESTAMP_NANOS': 'timestamp_ns',
  'INT64 TIMESTAMP_MILLIS UTC': 'timestamptz',
  'INT64 TIMESTAMP_MICROS UTC': 'timestamptz',
  // How Hive's writers, and so Trino and Athena, keep a timestamp.
  INT96: 'timestamp',
  BYTE_ARRAY: 'binary',
  'BYTE_ARRAY UTF8': 'string',
  'FIXED_LEN_BYTE_ARRAY UUID': 'uuid',
};

export function exactType(element: SchemaElement): string {
  const { type, num_children: children, repetition_type: repetition } = element;
  const annotated = annotation(element);
  if (type === undefined || (children ?? 0) > 0 || repetition === 'REPEATED')
    return `nested ${annotated ?? (repetition === 'REPEATED' ? 'LIST' : 'STRUCT')}`;
  if (annotated === 'DECIMAL') return `decimal(${element.precision ?? 0},${element.scale ?? 0})`;
  const kept = annotated === undefined ? type : `${type} ${annotated}`;
  return words[kept] ?? kept;
}

function annotation({ logical_type: logical, converted_type: converted }: SchemaElement): string | undefined {
  if (!logical) return converted;
  switch (logical.type) {
    case 'STRING':
      return 'UTF8';
    case 'INTEGER':
      return `${logical.isSigned ? 'INT' : 'UINT'}_${logical.bitWidth}`;
    case 'TIME':
    case 'TIMESTAMP':
      return `${logical.type}_${logical.unit}${logical.isAdjustedToUTC ? ' UTC' : ''}`;
    default:
      return logical.type;
  }
}
