/** A table of the config, opened: its stores, its engine and its prices, for as long as one use case needs them. */
import { catalogColumns } from '../compaction/catalog-columns.js';
import type { Engine, WriteJob } from '../compaction/ports.js';
import type { CompactionPorts, CompactionRequest, run } from '../compaction/run.js';
import { type Config, type KnownTable, readConfig, type TableConfig, tableNamed } from '../config.js';
import { raise } from '../kernel/errors.js';
import { type Location, placeText } from '../kernel/s3.js';
import { addUsd, sumUsd, type Usd } from '../kernel/usd.js';
import type { RequestCounts } from '../prefixes/scan.js';
import type { RateCard } from '../pricing/rate-card.js';
import type { Telling } from './notices.js';
import { monthFor, rateCard, requestsUsd, scanUsd } from './prices.js';
import type { OpenCompaction, Surroundings, Watch } from './surroundings.js';

export interface CompactRequest {
  /** Path of bucketwise.yaml. */
  readonly config: string;
  readonly table?: string;
  /** Several of them; `table` is one. */
  readonly tables?: readonly string[];
  /** "2026-11-22T05"; `to` is not included. */
  readonly from?: string;
  readonly to?: string;
  readonly partition?: string;
  /** Wins over the config. */
  readonly region?: string;
  readonly maxCost?: string;
}

/** Errors: FILE_MISSING, and those of the config. */
export async function configOf(given: Surroundings, path: string): Promise<Config> {
  return readConfig(await given.files.read(path), path);
}

/** Errors: TABLE_UNKNOWN. */
export function tablesOf(config: Config, { table, tables }: CompactRequest): readonly TableConfig[] {
  const names = table === undefined ? tables : [table];
  return names?.map((name) => tableNamed(config, name)) ?? config.tables;
}

export interface TableWork {
  readonly table: TableConfig;
  readonly config: Config;
  readonly hours: CompactionRequest;
  readonly region: string | undefined;
  readonly maxCost: string | undefined;
  /** Undefined where nobody is told. */
  readonly telling: Telling | undefined;
}

/** Before anything is done: who cannot be told is a fault of the config. */
export const tellingOf = async (
  given: Surroundings,
  { notify }: Config,
  watch: Watch,
): Promise<Telling | undefined> =>
  notify && { notify, notifiers: await given.openNotifiers(notify), note: watch.note };

export type Settings = Parameters<typeof run>[1];

export interface OpenTable {
  readonly ports: CompactionPorts;
  readonly settings: Settings;
  /** What all that left so far costs, what Athena scanned with it. */
  usd(): string;
  /** A folder costs nothing. */
  readonly isBilled: boolean;
  checkEngine: OpenCompaction['checkEngine'];
  /** What really left for the stores so far. */
  requests(): RequestCounts;
}

/** Closed again whatever happens. */
export async function withTable<T>(
  given: Surroundings,
  { table, config, region: flag }: Pick<TableWork, 'table' | 'config' | 'region'>,
  act: (open: OpenTable) => Promise<T>,
): Promise<T> {
  const isBilled = table.source.location.scheme === 's3' || table.target.location.scheme === 's3';
  const asked = flag ?? config.region ?? given.region;
  const card = await rateCard(given, asked ?? 'us-east-1', monthFor(given, undefined));
  const { known, settings } = await knownTable(given, table, asked);
  const opened = await given.openCompaction(known, asked);
  const scans: number[] = [];
  const price = (requests: RequestCounts, each: readonly number[] = []): string =>
    isBilled ? addUsd(requestsUsd(card, requests), scansUsd(card, each)).toString() : '0';
  try {
    const ports = { ...opened.ports, price, engine: watched(opened.ports.engine, scans) };
    const usd = (): string => price(opened.requests(), scans);
    const calls = { requests: opened.requests, checkEngine: opened.checkEngine };
    return await act({ ports, settings, usd, isBilled, ...calls });
  } finally {
    await opened.close();
  }
}

/** The table above it with it: what refusals of its hours hold under depends on its columns. */
async function knownTable(
  given: Surroundings,
  table: TableConfig,
  region: string | undefined,
): Promise<{ readonly known: KnownTable; readonly settings: Settings }> {
  const { upstream } = table;
  const above = upstream && (await knownTable(given, upstream, region));
  const { known, from } = await withColumns(given, table, region);
  const made = above && { table: above.settings, engine: above.known.engine.name };
  return { known, settings: settingsOf(known, from, made) };
}

/** Asked once for as long as the table is open. Errors: COLUMNS_UNKNOWN, those of the catalog. */
async function withColumns(
  given: Surroundings,
  table: TableConfig,
  region: string | undefined,
): Promise<{ readonly known: KnownTable; readonly from?: string }> {
  const { columns } = table.source;
  if (columns === 'infer' || !('table' in columns))
    return { known: { ...table, source: { ...table.source, columns } } };
  const from = `${columns.database}.${columns.table}`;
  const found = catalogColumns(await given.describeTable(columns, table, region), table.target.layout);
  if (!found.ok)
    return raise('COLUMNS_UNKNOWN', {
      ...{ table: from, name: table.name, why: found.why },
      hint: 'Change that table, or list source.columns in the config.',
    });
  return { known: { ...table, source: { ...table.source, columns: found.columns } }, from };
}

const scansUsd = (card: RateCard, scans: readonly number[]): Usd =>
  sumUsd(scans.filter((bytes) => bytes > 0).map((bytes) => scanUsd(card, bytes)));

/** What is billed counts however its hour ends. */
function watched(engine: Engine, scans: number[]): Engine {
  const told = (job: WriteJob): WriteJob => ({
    ...job,
    scanned: (scan) => {
      if (!scan.isFree) scans.push(scan.bytes);
      job.scanned?.(scan);
    },
  });
  const { writeGroup } = engine;
  return {
    ...engine,
    write: (job) => engine.write(told(job)),
    ...(writeGroup ? { writeGroup: (jobs, shared) => writeGroup(jobs.map(told), shared) } : {}),
  };
}

const settingsOf = (
  { name, source, target, ...rest }: KnownTable,
  columnsFrom: string | undefined,
  above: Settings['upstream'],
): Settings => ({
  name,
  layout: target.layout,
  ...(source.layout === target.layout ? {} : { sourceLayout: source.layout }),
  ...(above ? { upstream: above } : {}),
  source: {
    uri: placeText(source.location),
    formerly: source.formerly.map(placeText),
    sameBytes: source.sameBytes,
  },
  sourcePrefix: prefixOf(source.location),
  targetPrefix: prefixOf(target.location),
  ...(rest.statePrefix === undefined ? {} : { statePrefix: rest.statePrefix }),
  ...(source.format === 'parquet' ? { format: source.format } : {}),
  columns: source.columns,
  ...(columnsFrom === undefined ? {} : { columnsFrom }),
  csv: {
    ...(source.format === 'jsonl' ? { madeOf: source.format } : {}),
    ...{ header: source.header, delimiter: source.delimiter, gzip: source.gzip },
  },
  ...(target.publish === 'symlink' ? { listedFrom: addressesOf(target.location) } : {}),
  compression: target.compression,
  targetFileBytes: target.fileBytes,
  verify: rest.verify,
  // What it is made of may still grow as long as that has not settled.
  settleMs: Math.max(rest.settleMs, above?.table.settleMs ?? 0),
  lookbackMs: rest.lookbackMs,
  ...shownInOf(rest.engine),
  backfillHours: rest.backfillHours,
  onBadRow: rest.onBadRow,
  columnChanges: source.columnChanges,
  sources: rest.sources,
});

const shownInOf = (engine: KnownTable['engine']): Pick<Settings, 'shownIn'> =>
  engine.name === 'athena' && engine.catalogTable
    ? { shownIn: `${engine.catalogTable.database}.${engine.catalogTable.table}` }
    : {};

/** What makes an address of a key. The config lets no folder through. */
const addressesOf = (location: Location): string =>
  location.scheme === 's3' ? `s3://${location.bucket}/` : '';

const prefixOf = (location: Location): string => location.prefix;

/** Errors: ARGUMENT_INVALID. */
export function hoursOf({ from, to, partition }: CompactRequest): CompactionRequest {
  const range = {
    ...(from === undefined ? {} : { from: instant('--from', from) }),
    ...(to === undefined ? {} : { to: instant('--to', to) }),
  };
  if (range.from !== undefined && range.to !== undefined && range.from >= range.to)
    raise('ARGUMENT_INVALID', { field: '--to', why: `"${to}" does not come after --from "${from}"` });
  return {
    ...range,
    ...(partition === undefined ? {} : { partition: partition.replace(/\/$/, '') }),
  };
}

function instant(field: string, text: string): number {
  const match = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2})(?::00(?::00)?Z?)?)?$/.exec(text);
  const at = match ? Date.parse(`${match[1]}T${match[2] ?? '00'}:00:00Z`) : Number.NaN;
  // Date.parse takes 30 February for 2 March.
  if (Number.isNaN(at) || !new Date(at).toISOString().startsWith(match![1]!))
    raise('ARGUMENT_INVALID', { field, why: `"${text}" is not an hour like 2026-11-22T05` });
  return at;
}
