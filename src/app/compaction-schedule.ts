/** The schedule of the configured tables, and what a server tells of their hours. */
import type { CompactionReport } from '../compaction/plan.js';
import { type TableConfig, tableNamed } from '../config.js';
import { BucketwiseError, raise } from '../kernel/errors.js';
import { counted } from '../report/view.js';
import { type Scheduler, startScheduler } from '../schedule/scheduler.js';
import { ofTable } from './compact.js';
import { configOf, type TableWork } from './compaction-table.js';
import type { Surroundings, Watch } from './surroundings.js';

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
    const task = ofTable(given, true, work(table), watch);
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
      const all = { ...work(tableNamed(config, name)), hours: { withRetired: true } };
      return ofTable(given, false, all, watch);
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
