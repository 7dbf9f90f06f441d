/** How a table is written in bucketwise.yaml: every field with its type, default and limits. */
import { columnTypes } from '../compaction/schema.js';

export const identifier = '^[a-z_][a-z0-9_]{0,127}$';
export const closed = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});

const column = closed(
  {
    name: { type: 'string', pattern: identifier },
    type: {
      type: 'string',
      pattern: `^(?:${columnTypes.join('|')}|decimal\\(\\d{1,2},\\d{1,2}\\))$`,
      mustBe: `one of ${columnTypes.join(', ')} or, with digits, decimal(10,2)`,
    },
  },
  ['name', 'type'],
);

export const tableSchema = closed(
  {
    name: { type: 'string', pattern: identifier },
    source: closed(
      {
        uri: { type: 'string' },
        format: { enum: ['csv', 'jsonl', 'parquet'], default: 'csv' },
        header: { type: 'boolean', default: true },
        delimiter: {
          type: 'string',
          pattern: '^[\\t !#-~]$',
          mustBe: 'one ASCII character, neither a quote nor a line end',
          default: ',',
        },
        compression: { enum: ['auto', 'gzip', 'none'], default: 'auto' },
        columnChanges: { enum: ['refuse', 'add-null', 'widen'], default: 'refuse' },
        formerly: { type: 'array', items: { type: 'string' }, default: [] },
        sameBytes: { enum: ['hold', 'add'], default: 'hold' },
        partition: { type: 'string', default: 'year=YYYY/month=MM/day=DD/hour=HH' },
        grain: { type: 'string' },
        database: { type: 'string', pattern: identifier },
        table: { type: 'string', pattern: identifier },
        columns: {
          if: { type: 'array' },
          // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
          then: { minItems: 1, items: column },
          else: {
            type: 'string',
            pattern: '^(?:infer|glue|target)$',
            mustBe: 'infer, glue, target, or a list of { name, type }',
          },
          default: 'infer',
        },
      },
      ['uri'],
    ),
    target: closed(
      {
        uri: { type: 'string' },
        compression: { enum: ['snappy', 'zstd'], default: 'snappy' },
        publish: { enum: ['files', 'symlink'], default: 'files' },
        partition: { type: 'string' },
        fileSize: { type: 'string' },
        database: { type: 'string', pattern: identifier },
        table: { type: 'string', pattern: identifier },
      },
      ['uri'],
    ),
    engine: { enum: ['duckdb', 'trino', 'athena'], default: 'duckdb' },
    verify: { enum: ['counts', 'values'], default: 'values' },
    settle: { type: 'string', default: '10m' },
    lookback: { type: 'string', default: '7d' },
    // Athena and Hive write at most a hundred partitions in one statement.
    backfillHours: { type: 'integer', minimum: 1, maximum: 100, default: 24 },
    onBadRow: { enum: ['refuse', 'quarantine'], default: 'refuse' },
    sources: {
      ...closed({
        after: { enum: ['keep', 'tag', 'delete'], default: 'keep' },
        graceDays: { type: 'integer', minimum: 1, maximum: 3650, default: 14 },
      }),
      default: {},
    },
    schedule: { type: 'string', default: '5 * * * *' },
  },
  ['name', 'source', 'target'],
);

/** What the schema lets through. */
export interface RawTable {
  name: string;
  source: {
    uri: string;
    database?: string;
    table?: string;
    format: 'csv' | 'jsonl' | 'parquet';
    header: boolean;
    delimiter: string;
    compression: 'auto' | 'gzip' | 'none';
    partition: string;
    grain?: string;
    columns: 'infer' | 'glue' | 'target' | { name: string; type: string }[];
    columnChanges: 'refuse' | 'add-null' | 'widen';
    formerly: string[];
    sameBytes: 'hold' | 'add';
  };
  target: {
    uri: string;
    database?: string;
    table?: string;
    compression: 'snappy' | 'zstd';
    partition?: string;
    publish: 'files' | 'symlink';
    fileSize?: string;
  };
  engine: 'duckdb' | 'trino' | 'athena';
  verify: 'counts' | 'values';
  settle: string;
  lookback: string;
  backfillHours: number;
  onBadRow: 'refuse' | 'quarantine';
  sources: { after: 'keep' | 'tag' | 'delete'; graceDays: number };
  schedule: string;
}
