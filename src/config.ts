/** One schema, one frozen Config: where the tables lie, how they are compacted, and when. */
import { type Column, columnTypes } from './compaction/schema.js';
import { columnsOf } from './config-columns.js';
import { refuseCrossing } from './config-places.js';
import { checked, parseText } from './documents.js';
import { parseBytes } from './kernel/bytes.js';
import { parseDuration } from './kernel/clock.js';
import { BucketwiseError, nearest, raise } from './kernel/errors.js';
import { type Location, overlap, parseLocation } from './kernel/s3.js';
import { type Layout, parseLayout } from './prefixes/partition-keys.js';

export interface TableConfig {
  readonly name: string;
  readonly source: {
    readonly location: Location;
    readonly layout: Layout;
    readonly header: boolean;
    readonly delimiter: string;
    readonly gzip: 'auto' | 'gzip' | 'none';
    readonly columns: readonly Column[] | 'infer';
    readonly columnChanges: 'refuse' | 'add-null' | 'widen';
  };
  readonly target: {
    readonly location: Location;
    readonly compression: 'snappy' | 'zstd';
    readonly fileBytes: number;
  };
  readonly engine: 'duckdb' | 'trino' | 'athena';
  readonly verify: 'counts' | 'values';
  readonly settleMs: number;
  readonly lookbackMs: number;
  readonly onBadRow: 'refuse' | 'quarantine';
  /** Cron, UTC. */
  readonly schedule: string;
}

export interface Config {
  readonly source: string;
  readonly region?: string;
  readonly tables: readonly TableConfig[];
}

const longestMs = 36_525 * 86_400_000;
const smallestFile = 64 * 1024;
const identifier = '^[a-z_][a-z0-9_]{0,127}$';
const closed = (properties: object, required: readonly string[] = []) => ({
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

const table = closed(
  {
    name: { type: 'string', pattern: identifier },
    source: closed(
      {
        uri: { type: 'string' },
        format: { enum: ['csv'], default: 'csv' },
        header: { type: 'boolean', default: true },
        delimiter: {
          type: 'string',
          pattern: '^[\\t !#-~]$',
          mustBe: 'one ASCII character, neither a quote nor a line end',
          default: ',',
        },
        compression: { enum: ['auto', 'gzip', 'none'], default: 'auto' },
        columnChanges: { enum: ['refuse', 'add-null', 'widen'], default: 'refuse' },
        partition: { type: 'string', default: 'year=YYYY/month=MM/day=DD/hour=HH' },
        database: { type: 'string', pattern: identifier },
        table: { type: 'string', pattern: identifier },
        columns: {
          if: { type: 'array' },
          // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
          then: { minItems: 1, items: column },
          else: { type: 'string', pattern: '^infer$', mustBe: 'infer, or a list of { name, type }' },
          default: 'infer',
        },
      },
      ['uri'],
    ),
    target: closed(
      {
        uri: { type: 'string' },
        compression: { enum: ['snappy', 'zstd'], default: 'snappy' },
        fileSize: { type: 'string', default: '128MiB' },
        database: { type: 'string', pattern: identifier },
        table: { type: 'string', pattern: identifier },
      },
      ['uri'],
    ),
    engine: { enum: ['duckdb', 'trino', 'athena'], default: 'duckdb' },
    verify: { enum: ['counts', 'values'], default: 'values' },
    settle: { type: 'string', default: '10m' },
    lookback: { type: 'string', default: '7d' },
    onBadRow: { enum: ['refuse', 'quarantine'], default: 'refuse' },
    sources: {
      ...closed({
        after: { enum: ['keep', 'tag', 'delete'], default: 'keep' },
        graceDays: { type: 'integer', minimum: 1 },
      }),
      default: {},
    },
    schedule: { type: 'string', default: '5 * * * *' },
  },
  ['name', 'source', 'target'],
);

export const configSchema = closed(
  {
    region: { type: 'string' },
    tables: { type: 'array', minItems: 1, items: table },
    state: { type: 'string' },
    engines: { type: 'object' },
    notify: { type: 'object' },
  },
  ['tables'],
);

interface RawTable {
  name: string;
  source: {
    uri: string;
    header: boolean;
    delimiter: string;
    compression: 'auto' | 'gzip' | 'none';
    partition: string;
    columns: 'infer' | { name: string; type: string }[];
    columnChanges: TableConfig['source']['columnChanges'];
  };
  target: { uri: string; compression: 'snappy' | 'zstd'; fileSize: string };
  engine: TableConfig['engine'];
  verify: TableConfig['verify'];
  settle: string;
  lookback: string;
  onBadRow: TableConfig['onBadRow'];
  sources: { after: string };
  schedule: string;
}

/** The text of bucketwise.yaml → Config. Errors: DOCUMENT_UNREADABLE, CONFIG_INVALID with file and field. */
export function readConfig(text: string, source: string): Config {
  const raw = checked<{ region?: string; tables: RawTable[]; state?: string; notify?: object }>(
    configSchema,
    parseText(text, source) ?? {},
    source,
    'CONFIG_INVALID',
  );
  for (const key of ['state', 'notify'] as const)
    if (raw[key] !== undefined)
      raise('CONFIG_INVALID', { source, field: key, why: 'is not built in yet; leave it out' });
  const names = raw.tables.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    raise('CONFIG_INVALID', { source, field: 'tables', why: `"${twice}" is there twice` });
  const tables = raw.tables.map((one, at) => tableOf(one, source, `tables.${at}`));
  refuseCrossing(tables, source);
  return deepFrozen({ source, tables, ...(raw.region === undefined ? {} : { region: raw.region }) });
}

function tableOf(raw: RawTable, source: string, field: string): TableConfig {
  const wrong = (name: string, why: string): never =>
    raise('CONFIG_INVALID', { source, field: `${field}.${name}`, why });
  const duration = (name: 'settle' | 'lookback'): number => {
    const time = parseDuration(raw[name]);
    if (time === undefined) return wrong(name, `"${raw[name]}" is not a duration such as 10m, 2h or 7d`);
    return time <= longestMs ? time : wrong(name, `"${raw[name]}" is longer than 100 years`);
  };
  const read = <T>(name: string, parse: (text: string) => T, text: string): T => {
    try {
      return parse(text);
    } catch (error) {
      if (error instanceof BucketwiseError) wrong(name, `${error.message} ${error.hint}`.replace(/\.$/, ''));
      throw error;
    }
  };
  if (raw.engine !== 'duckdb') wrong('engine', `"${raw.engine}" is not built in yet; use duckdb`);
  if (raw.sources.after !== 'keep')
    wrong('sources.after', 'only keep is built in yet: sources are never touched');
  const from = read('source.uri', parseLocation, raw.source.uri);
  const to = read('target.uri', parseLocation, raw.target.uri);
  const layout = read('source.partition', parseLayout, raw.source.partition);
  const fileBytes = read('target.fileSize', parseBytes, raw.target.fileSize);
  if (fileBytes < smallestFile) wrong('target.fileSize', `"${raw.target.fileSize}" is not at least 64 KiB`);
  if (overlap(from, to))
    wrong('target.uri', 'the target may not lie under the source, nor the source under the target');
  return {
    name: raw.name,
    source: {
      location: from,
      layout,
      header: raw.source.header,
      delimiter: raw.source.delimiter,
      gzip: raw.source.compression,
      columns: raw.source.columns === 'infer' ? 'infer' : columnsOf(raw.source.columns, layout, wrong),
      columnChanges: raw.source.columnChanges,
    },
    target: { location: to, compression: raw.target.compression, fileBytes },
    engine: raw.engine,
    verify: raw.verify,
    settleMs: duration('settle'),
    lookbackMs: duration('lookback'),
    onBadRow: raw.onBadRow,
    schedule: raw.schedule,
  };
}

/** Errors: TABLE_UNKNOWN with the nearest name. */
export function tableNamed(config: Config, name: string): TableConfig {
  const known = config.tables.map((table) => table.name);
  const near = nearest(name, known);
  return (
    config.tables.find((table) => table.name === name) ??
    raise('TABLE_UNKNOWN', {
      table: name,
      near: near ? ` Did you mean "${near}"?` : '',
      known: known.join(', '),
    })
  );
}

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null)
    for (const inner of Object.values(value)) deepFrozen(inner);
  return Object.freeze(value);
}
