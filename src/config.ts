/** One schema, one frozen Config: where the tables lie, how they are compacted, and when. */
import type { Column } from './compaction/schema.js';
import { type CatalogTable, columnsOf, columnsPlace } from './config/columns.js';
import { type EngineSettings, enginesOf, enginesSchema, type RawEngines } from './config/engines.js';
import { refuseFormat } from './config/format.js';
import { layoutsOf } from './config/layouts.js';
import { type NotifyConfig, notifyOf, notifySchema } from './config/notify.js';
import { refuseCrossing, statePrefixes } from './config/places.js';
import { closed, type RawTable, tableSchema } from './config/table-schema.js';
import { withUpstreams } from './config/upstream.js';
import { checked, parseText } from './documents.js';
import { parseBytes } from './kernel/bytes.js';
import { parseDuration } from './kernel/clock.js';
import { BucketwiseError, nearest, raise } from './kernel/errors.js';
import { type Location, overlap, parseLocation, printable } from './kernel/s3.js';
import type { Layout } from './prefixes/partition-keys.js';

export interface TableConfig {
  readonly name: string;
  readonly source: {
    readonly location: Location;
    readonly layout: Layout;
    readonly format: 'csv' | 'jsonl' | 'parquet';
    readonly header: boolean;
    readonly delimiter: string;
    readonly gzip: 'auto' | 'gzip' | 'none';
    /** A table of a catalog is asked once for each command. */
    readonly columns: readonly Column[] | 'infer' | CatalogTable;
    readonly columnChanges: 'refuse' | 'add-null' | 'widen';
    /** Where the same data lay before, under the same names. */
    readonly formerly: readonly Location[];
    readonly sameBytes: 'hold' | 'add';
  };
  /** The table whose target the sources are. */
  readonly upstream?: TableConfig;
  readonly target: {
    readonly location: Location;
    /** As coarse as the source's, or coarser. */
    readonly layout: Layout;
    readonly compression: 'snappy' | 'zstd';
    /** symlink: one list of its files for each hour. */
    readonly publish: 'files' | 'symlink';
    readonly fileBytes: number;
  };
  /** Of its journal, where that does not lie under the target. */
  readonly statePrefix?: string;
  readonly engine: EngineSettings;
  readonly verify: 'counts' | 'values';
  readonly settleMs: number;
  readonly lookbackMs: number;
  /** Due hours that Athena or Trino writes in one statement; 1: each by itself. */
  readonly backfillHours: number;
  readonly onBadRow: 'refuse' | 'quarantine';
  readonly sources: { readonly after: 'keep' | 'tag' | 'delete'; readonly graceMs: number };
  /** Cron, UTC. */
  readonly schedule: string;
}

/** A table whose columns are known, or will be once its data was seen. */
export type KnownTable = TableConfig & {
  readonly source: { readonly columns: readonly Column[] | 'infer' };
};

export interface Config {
  readonly source: string;
  readonly region?: string;
  readonly tables: readonly TableConfig[];
  readonly notify?: NotifyConfig;
}

const longestMs = 36_525 * 86_400_000;
const smallestFile = 64 * 1024;
export const configSchema = closed(
  {
    region: { type: 'string' },
    tables: { type: 'array', minItems: 1, items: tableSchema },
    state: { type: 'string' },
    engines: enginesSchema,
    notify: notifySchema,
  },
  ['tables'],
);

/** The text of bucketwise.yaml → Config. Errors: DOCUMENT_UNREADABLE, CONFIG_INVALID with file and field. */
export function readConfig(text: string, source: string): Config {
  const raw = checked<{
    region?: string;
    tables: RawTable[];
    state?: string;
    engines: RawEngines;
    notify?: NotifyConfig;
  }>(configSchema, parseText(text, source) ?? {}, source, 'CONFIG_INVALID');
  const notify = notifyOf(raw.notify, source);
  const names = raw.tables.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    raise('CONFIG_INVALID', { source, field: 'tables', why: `"${twice}" is there twice` });
  const all = raw.tables.map((one, at) => tableOf(one, raw.engines, source, `tables.${at}`));
  // A table that is made of another's commits must know where that one's journal lies.
  const tables = withUpstreams(withStates(all, raw.state, source), source);
  refuseCrossing(tables, source);
  return deepFrozen({
    source,
    tables,
    ...(raw.region === undefined ? {} : { region: raw.region }),
    ...(notify === undefined ? {} : { notify }),
  });
}

function withStates(
  tables: readonly TableConfig[],
  state: string | undefined,
  source: string,
): readonly TableConfig[] {
  if (state === undefined) return tables;
  const location = parsed({ source, field: 'state' }, parseLocation, state);
  const prefixes = statePrefixes(location, tables, source);
  return tables.map((table, at) => ({ ...table, statePrefix: prefixes[at]! }));
}

/** Errors: CONFIG_INVALID with the field, in the words of the parser. */
function parsed<T>(
  at: { readonly source: string; readonly field: string },
  parse: (text: string) => T,
  text: string,
): T {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof BucketwiseError)) throw error;
    return raise('CONFIG_INVALID', { ...at, why: `${error.message} ${error.hint}`.replace(/\.$/, '') });
  }
}

function tableOf(raw: RawTable, engines: RawEngines, source: string, field: string): TableConfig {
  const wrong = (name: string, why: string): never =>
    raise('CONFIG_INVALID', { source, field: `${field}.${name}`, why });
  const duration = (name: 'settle' | 'lookback'): number => {
    const time = parseDuration(raw[name]);
    if (time === undefined) return wrong(name, `"${raw[name]}" is not a duration such as 10m, 2h or 7d`);
    return time <= longestMs ? time : wrong(name, `"${raw[name]}" is longer than 100 years`);
  };
  const read = <T>(name: string, parse: (text: string) => T, text: string): T =>
    parsed({ source, field: `${field}.${name}` }, parse, text);
  const from = read('source.uri', parseLocation, raw.source.uri);
  const to = read('target.uri', parseLocation, raw.target.uri);
  const layouts = layoutsOf(raw, read, wrong);
  // A day that is one file can be made anew.
  const fileSize = raw.target.fileSize ?? (layouts.target === layouts.source ? '128MiB' : '4GiB');
  const fileBytes = read('target.fileSize', parseBytes, fileSize);
  if (fileBytes < smallestFile) wrong('target.fileSize', `"${fileSize}" is not at least 64 KiB`);
  if (raw.sources.after === 'tag' && from.scheme !== 's3')
    wrong('sources.after', 'a folder has no tags; use keep or delete');
  if (raw.target.publish === 'symlink' && (to.scheme !== 's3' || printable(to.prefix) !== to.prefix))
    wrong('target.publish', 'symlink lists hold s3:// addresses, a line each; use files for this target');
  refuseFormat(raw, wrong);
  if (overlap(from, to))
    wrong('target.uri', 'the target may not lie under the source, nor the source under the target');
  return {
    name: raw.name,
    source: {
      location: from,
      layout: layouts.source,
      format: raw.source.format,
      // JSON lines are read as CSV of the columns, without a header.
      header: raw.source.format === 'csv' && raw.source.header,
      delimiter: raw.source.format === 'csv' ? raw.source.delimiter : ',',
      gzip: raw.source.compression,
      columns: columnsIn(raw, layouts.target, wrong),
      columnChanges: raw.source.columnChanges,
      formerly: raw.source.formerly.map((uri, at) => read(`source.formerly.${at}`, parseLocation, uri)),
      sameBytes: raw.source.sameBytes,
    },
    target: {
      location: to,
      layout: layouts.target,
      compression: raw.target.compression,
      publish: raw.target.publish,
      fileBytes,
    },
    engine: enginesOf(raw, engines, [from, to], wrong),
    verify: raw.verify,
    settleMs: duration('settle'),
    lookbackMs: duration('lookback'),
    backfillHours: raw.backfillHours,
    onBadRow: raw.onBadRow,
    // A query that began before a commit still reads what the commit replaced; Athena's longest is four hours.
    sources: { after: raw.sources.after, graceMs: raw.sources.graceDays * 86_400_000 },
    schedule: raw.schedule,
  };
}

function columnsIn(
  raw: RawTable,
  layout: Layout,
  wrong: (name: string, why: string) => never,
): TableConfig['source']['columns'] {
  const { columns } = raw.source;
  if (columns === 'infer') return columns;
  return typeof columns === 'string' ? columnsPlace(raw, columns, wrong) : columnsOf(columns, layout, wrong);
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
