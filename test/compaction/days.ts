/** Two tables in the fake world: hours of CSV, and days made of the commits of those hours. */
import type { CompactionReport } from '../../src/compaction/plan.js';
import type { CompactionPorts } from '../../src/compaction/ports.js';
import { plan, run } from '../../src/compaction/run.js';
import type { CompactionTable } from '../../src/compaction/table.js';
import { parseLayout } from '../../src/prefixes/partition-keys.js';
import { type Hooks, table as hours, isPublished, type Part, type World } from './fake-world.js';

export { hours };

export const day = 'year=2026/month=11/day=22';

export const days: CompactionTable = {
  ...hours,
  name: 'trip_days',
  layout: parseLayout('year=YYYY/month=MM/day=DD'),
  sourceLayout: hours.layout,
  upstream: { table: hours, engine: 'duckdb' },
  sourcePrefix: hours.targetPrefix,
  targetPrefix: 'days/',
  format: 'parquet',
  columns: 'infer',
};

/** The days see the target of the hours as their source, and the sources of the hours behind it. */
export const dayPorts = (world: World, hooks: Hooks = {}): CompactionPorts => ({
  ...world.ports({ ...hooks, stores: { source: world.target, target: world.target } }),
  upstream: { source: world.source },
});

const watch = { progress: () => undefined, signal: new AbortController().signal };

export const runHours = (world: World, hooks: Hooks = {}): Promise<CompactionReport> =>
  run(world.ports(hooks), hours, {}, watch);

export const runDays = (
  world: World,
  hooks: Hooks = {},
  table: CompactionTable = days,
): Promise<CompactionReport> => run(dayPorts(world, hooks), table, {}, watch);

export const planDays = (world: World): Promise<CompactionReport> => plan(dayPorts(world), days, {});

/** What a reader of the folder sees, sorted. */
export const recordsBelow = ({ target }: World, prefix: string): string[] =>
  target
    .keys()
    .filter((key) => key.startsWith(prefix) && isPublished(key))
    .flatMap((key) => (JSON.parse(target.text(key)) as Part).records)
    .sort();
