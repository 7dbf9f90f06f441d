/** A table of the config, opened: its stores, its engine and its prices, for as long as one use case needs them. */
import type { Engine } from '../compaction/ports.js';
import type { CompactionPorts, CompactionRequest, run } from '../compaction/run.js';
import { type Config, readConfig, type TableConfig, tableNamed } from '../config.js';
import { raise } from '../kernel/errors.js';
import type { Location } from '../kernel/s3.js';
import { addUsd, sumUsd, type Usd } from '../kernel/usd.js';
import type { RequestCounts } from '../prefixes/scan.js';
import type { RateCard } from '../pricing/rate-card.js';
import type { Telling } from './notices.js';
import { monthFor, rateCard, requestsUsd, scanUsd } from './prices.js';
import type { Surroundings, Watch } from './surroundings.js';

export interface CompactRequest {
  /** Path of bucketwise.yaml. */
  readonly config: string;
  readonly table?: string;
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
export const tablesOf = (config: Config, { table }: CompactRequest): readonly TableConfig[] =>
  table === undefined ? config.tables : [tableNamed(config, table)];

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
  const opened = await given.openCompaction(table, asked);
  const scans: number[] = [];
  const price = (requests: RequestCounts, scannedBytes = 0): string =>
    isBilled ? addUsd(requestsUsd(card, requests), scansUsd(card, [scannedBytes])).toString() : '0';
  try {
    const ports = { ...opened.ports, price, engine: watched(opened.ports.engine, scans) };
    const usd = (): string =>
      isBilled ? addUsd(requestsUsd(card, opened.requests()), scansUsd(card, scans)).toString() : '0';
    return await act({ ports, settings: settingsOf(table), usd, isBilled, requests: opened.requests });
  } finally {
    await opened.close();
  }
}

const scansUsd = (card: RateCard, scans: readonly number[]): Usd =>
  sumUsd(scans.filter((bytes) => bytes > 0).map((bytes) => scanUsd(card, bytes)));

/** Only Athena bills by what it scans. */
function watched(engine: Engine, scans: number[]): Engine {
  if (engine.name !== 'athena') return engine;
  const write: Engine['write'] = async (job) => {
    const result = await engine.write(job);
    if (result.outcome === 'written') scans.push(result.scannedBytes ?? 0);
    return result;
  };
  return { ...engine, write };
}

function settingsOf({ name, source, target, upstream, ...rest }: TableConfig): Settings {
  const above = upstream && settingsOf(upstream);
  return {
    name,
    layout: target.layout,
    ...(source.layout === target.layout ? {} : { sourceLayout: source.layout }),
    ...(above ? { upstream: { table: above, engine: upstream.engine.name } } : {}),
    sourcePrefix: prefixOf(source.location),
    targetPrefix: prefixOf(target.location),
    ...(source.format === 'parquet' ? { format: source.format } : {}),
    columns: source.columns,
    csv: { header: source.header, delimiter: source.delimiter, gzip: source.gzip },
    compression: target.compression,
    targetFileBytes: target.fileBytes,
    verify: rest.verify,
    // What it is made of may still grow as long as that has not settled.
    settleMs: Math.max(rest.settleMs, above?.settleMs ?? 0),
    lookbackMs: rest.lookbackMs,
    onBadRow: rest.onBadRow,
    columnChanges: source.columnChanges,
    sources: rest.sources,
  };
}

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
