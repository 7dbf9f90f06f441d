/** `compact` and the schedule: the configured tables, planned or run one after the other. */
import type { CompactionReport } from '../compaction/plan.js';
import { type CompactionRequest, plan, run } from '../compaction/run.js';
import { type Config, readConfig, type TableConfig, tableNamed } from '../config.js';
import { BucketwiseError, raise } from '../kernel/errors.js';
import type { Location } from '../kernel/s3.js';
import { usdFromText } from '../kernel/usd.js';
import type { RateCard } from '../pricing/rate-card.js';
import { compactionCsv, compactionMarkdown, compactionText } from '../report/compaction-view.js';
import { counted, money, requestsText } from '../report/view.js';
import { type Scheduler, startScheduler } from '../schedule/scheduler.js';
import { monthFor, rateCard, requestsUsd, withinLimit } from './prices.js';
import { jsonText, type Shown } from './shown.js';
import type { Surroundings, Watch } from './surroundings.js';

export type Reports = readonly CompactionReport[];

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

export async function compact(
  given: Surroundings,
  verb: 'plan' | 'run' | 'status',
  request: CompactRequest,
  watch: Watch,
): Promise<Shown<Reports>> {
  const config = await configOf(given, request.config);
  const tables = request.table === undefined ? config.tables : [tableNamed(config, request.table)];
  const hours = hoursOf(request);
  const { region, maxCost } = request;
  const reports: CompactionReport[] = [];
  for (const table of tables) {
    // What a run has done is shown; half a plan is none.
    if (watch.signal.aborted && verb === 'run' && reports.length > 0) break;
    if (watch.signal.aborted) raise('INTERRUPTED', { state: 'Nothing was written.' });
    reports.push(await ofTable(given, verb, { table, config, hours, region, maxCost }, watch));
  }
  return shown(reports);
}

/** Errors: FILE_MISSING, and those of the config. */
async function configOf(given: Surroundings, path: string): Promise<Config> {
  return readConfig(await given.files.read(path), path);
}

interface TableWork {
  readonly table: TableConfig;
  readonly config: Config;
  readonly hours: CompactionRequest;
  readonly region: string | undefined;
  readonly maxCost: string | undefined;
}

async function ofTable(
  given: Surroundings,
  verb: 'plan' | 'run' | 'status',
  { table, config, hours, region: flag, maxCost }: TableWork,
  watch: Watch,
): Promise<CompactionReport> {
  const isBilled = table.source.location.scheme === 's3' || table.target.location.scheme === 's3';
  const asked = flag ?? config.region ?? given.region;
  const card = await rateCard(given, asked ?? 'us-east-1', monthFor(given, undefined));
  const opened = await given.openCompaction(table, asked);
  const price = (requests: { put: number; get: number; list: number }): string =>
    isBilled ? requestsUsd(card, requests).toString() : '0';
  const ports = { ...opened.ports, price };
  const settings = settingsOf(table);
  try {
    if (verb !== 'run') return await plan(ports, settings, hours);
    const report = await run(ports, settings, hours, {
      planned: ({ totals, ownCost: { before } }) => {
        withinLimit(usdFromText(before.usd), maxCost);
        if (isBilled && totals.due > 0)
          watch.note(`${table.name}: ${costText('about', before)} for ${counted(totals.due, 'hour')}.`);
      },
      progress: (done, of, partition) =>
        watch.progress(`${table.name}: ${done} of ${of} hours, ${partition}`),
      signal: watch.signal,
    });
    const whole = withOwnCost(report, opened.requests(), card, isBilled);
    if (isBilled) watch.note(`${table.name}: ${costText('it made', whole.ownCost)}.`);
    return whole;
  } finally {
    await opened.close();
  }
}

/** What really left for the store, listing and planning included. */
function withOwnCost(
  report: CompactionReport,
  requests: { put: number; get: number; list: number },
  card: RateCard,
  isBilled: boolean,
): CompactionReport {
  const usd = isBilled ? requestsUsd(card, requests).toString() : '0';
  return { ...report, ownCost: { ...report.ownCost, requests, usd } };
}

const costText = (
  lead: string,
  { requests, usd }: { requests: Parameters<typeof requestsText>[0]; usd: string },
): string => `${lead} ${requestsText(requests)}, ${money(usdFromText(usd))}`;

const settingsOf = ({ name, source, target, ...rest }: TableConfig): Parameters<typeof run>[1] => ({
  name,
  layout: source.layout,
  sourcePrefix: prefixOf(source.location),
  targetPrefix: prefixOf(target.location),
  columns: source.columns,
  csv: { header: source.header, delimiter: source.delimiter, gzip: source.gzip },
  compression: target.compression,
  targetFileBytes: target.fileBytes,
  verify: rest.verify,
  settleMs: rest.settleMs,
  lookbackMs: rest.lookbackMs,
  onBadRow: rest.onBadRow,
  columnChanges: source.columnChanges,
});

const prefixOf = (location: Location): string => location.prefix;

/** Errors: ARGUMENT_INVALID. */
function hoursOf({ from, to, partition }: CompactRequest): CompactionRequest {
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

function shown(reports: Reports): Shown<Reports> {
  return {
    value: reports,
    forms: {
      table: ({ width }) => reports.map((report) => compactionText(report, width)).join('\n\n'),
      json: () => jsonText(single(reports)),
      ndjson: () => reports.map((report) => `${JSON.stringify(report)}\n`).join(''),
      csv: () => reports.map((report, at) => withoutHeader(compactionCsv(report), at)).join(''),
      md: () => reports.map(compactionMarkdown).join('\n'),
    },
  };
}

const withoutHeader = (csv: string, at: number): string =>
  at === 0 ? csv : csv.slice(csv.indexOf('\r\n') + 2);

/** One JSON document is one table. */
function single(reports: Reports): CompactionReport {
  const [report] = reports;
  if (reports.length !== 1 || !report)
    return raise('ARGUMENT_INVALID', {
      field: '--table',
      why: `-o json holds one table and the config has ${reports.length}; name one, or use -o ndjson`,
    });
  return report;
}

export interface ServedTables {
  /** What is scheduled, for people. */
  lines(): readonly string[];
  /** Errors: TABLE_UNKNOWN. */
  partitions(table: string): Promise<CompactionReport>;
  /** No tick comes after this; resolves when what is under way has ended. */
  stop(): Promise<void>;
}

/** Starts the schedule of every table of the config; without a config there is none. */
export async function serveTables(
  given: Surroundings,
  request: { readonly config?: string },
  watch: Watch,
): Promise<ServedTables> {
  const path =
    request.config ?? ((await given.files.exists('bucketwise.yaml')) ? 'bucketwise.yaml' : undefined);
  const config = path === undefined ? undefined : await configOf(given, path);
  const work = (table: TableConfig): TableWork => ({
    table,
    config: config!,
    hours: {},
    region: undefined,
    maxCost: undefined,
  });
  const running = new Set<Promise<unknown>>();
  const tick = async (table: TableConfig): Promise<void> => {
    const task = ofTable(given, 'run', work(table), watch);
    running.add(task);
    try {
      watch.note(tickText(await task));
    } finally {
      running.delete(task);
    }
  };
  const jobs = (config?.tables ?? []).map((table) => ({
    name: table.name,
    cron: table.schedule,
    run: () => tick(table),
  }));
  const scheduler = startScheduler(jobs, (name, error) => watch.note(`${name}: ${saidOf(error)}`));
  return {
    lines: () => scheduleLines(scheduler),
    partitions: (name) => {
      if (!config)
        return raise('TABLE_UNKNOWN', { table: name, near: '', known: 'none, for no config was given' });
      return ofTable(given, 'status', work(tableNamed(config, name)), watch);
    },
    stop: async () => {
      scheduler.stop();
      await Promise.allSettled(running);
    },
  };
}

const scheduleLines = (scheduler: Scheduler): string[] =>
  [...scheduler.next()].map(([name, at]) => `${name}: next run ${new Date(at).toISOString()}`);

/** What this tick did, and what it leaves: hours compacted before are no news. */
function tickText({ table, partitions, totals }: CompactionReport): string {
  const count = (state: string): number => partitions.filter((row) => row.state === state).length;
  const now = partitions.filter((row) => row.state === 'compacted' && row.ownCost !== null).length;
  return `${table}: ${counted(now, 'hour')} compacted, ${count('refused')} refused, ${count('failed')} failed, ${totals.due} due`;
}

const saidOf = (error: unknown): string =>
  error instanceof BucketwiseError ? `${error.code}: ${error.message}` : String(error);
