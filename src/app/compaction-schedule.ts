/** The schedule of the configured tables, and what a server tells of their hours. */
import type { CompactionReport } from '../compaction/plan.js';
import { type TableConfig, tableNamed } from '../config.js';
import { dayOf } from '../kernel/day.js';
import { BucketwiseError, raise } from '../kernel/errors.js';
import { digestNotice } from '../report/notice.js';
import { counted, grainWord } from '../report/view.js';
import { type Scheduler, startScheduler } from '../schedule/scheduler.js';
import { ofTable, reported } from './compact.js';
import { configOf, type TableWork, tellingOf, withTable } from './compaction-table.js';
import { type Telling, tell } from './notices.js';
import type { Surroundings, Watch } from './surroundings.js';

const dayMs = 86_400_000;

export interface ServedTables {
  /** What is scheduled, for people. */
  lines(): readonly string[];
  /** Errors: TABLE_UNKNOWN. */
  partitions(table: string): Promise<CompactionReport>;
  /** One tick of every table now: hours missed while nobody ran. */
  catchUp(): void;
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
  const telling = config && (await tellingOf(given, config, watch));
  const work = (table: TableConfig): TableWork => ({
    table,
    config: config!,
    hours: {},
    region: undefined,
    maxCost: undefined,
    telling,
  });
  const running = new Set<Promise<unknown>>();
  const tick = async (table: TableConfig): Promise<void> => {
    const task = ofTable(given, true, work(table), watch);
    running.add(task);
    try {
      watch.note(tickText(await task));
    } finally {
      running.delete(task);
    }
  };
  const tables = config?.tables ?? [];
  const jobs = tables.map((table) => ({
    name: table.name,
    cron: table.schedule,
    run: () => tick(table),
  }));
  if (telling?.notify.on.includes('digest'))
    jobs.push({
      name: 'digest',
      cron: `0 ${telling.notify.digestHour} * * *`,
      run: () => sendDigest(given, tables.map(work), telling, watch),
    });
  const scheduler = startScheduler(jobs, (name, error) => watch.note(`${name}: ${saidOf(error)}`));
  return {
    lines: () => scheduleLines(scheduler),
    partitions: (name) => {
      if (!config)
        return raise('TABLE_UNKNOWN', { table: name, near: '', known: 'none, for no config was given' });
      const all = { ...work(tableNamed(config, name)), hours: { withRetired: true } };
      return ofTable(given, false, all, watch);
    },
    catchUp: () => scheduler.catchUp(tables.map(({ name }) => name)),
    stop: async () => {
      scheduler.stop();
      await Promise.allSettled(running);
    },
  };
}

/** The last 24 hours of every table, told once a day. */
async function sendDigest(
  given: Surroundings,
  works: readonly TableWork[],
  telling: Telling,
  watch: Watch,
): Promise<void> {
  const now = given.clock.now();
  const reports: CompactionReport[] = [];
  for (const work of works)
    reports.push(await reported(given, false, { ...work, hours: { from: now - dayMs } }, watch));
  // That it was told is written where there is somewhere to write.
  const at = Math.max(
    0,
    reports.findIndex(({ failure }) => failure === undefined),
  );
  await withTable(given, works[at]!, ({ ports, settings }) =>
    tell(ports, settings, [digestNotice(reports, dayOf(now))], telling),
  );
}

const scheduleLines = (scheduler: Scheduler): string[] =>
  [...scheduler.next()].map(([name, at]) => `${name}: next run ${new Date(at).toISOString()}`);

/** What this tick did, and what it leaves: hours compacted before are no news. */
function tickText({ table, grain, partitions, totals }: CompactionReport): string {
  const count = (state: string): number => partitions.filter((row) => row.state === state).length;
  const now = partitions.filter((row) => row.state === 'compacted' && row.ownCost !== null).length;
  return `${table}: ${counted(now, grainWord({ grain }))} compacted, ${count('refused')} refused, ${count('failed')} failed, ${totals.due} due`;
}

const saidOf = (error: unknown): string =>
  error instanceof BucketwiseError ? `${error.code}: ${error.message}` : String(error);
