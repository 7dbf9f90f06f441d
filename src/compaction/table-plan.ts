/** What is to be done with every hour, and why; equal input gives an equal plan. */
import { type Clock, instantText } from '../kernel/clock.js';
import { digest } from '../kernel/digest.js';
import { printable } from '../kernel/s3.js';
import { lateSources } from './generation.js';
import type { Hour } from './hours.js';
import { closesAt, type JobState, jobState } from './job-state.js';
import { predictedCost } from './own-cost.js';
import { frozen } from './partition.js';
import type { CompactionReport, OwnCost, PartitionRow, PartitionState } from './plan.js';
import type { Requests, RunIds } from './ports.js';
import { outdatedText } from './setback.js';
import type { CompactionTable } from './table.js';

export interface PlanInput {
  readonly table: CompactionTable;
  readonly engine: CompactionReport['engine'];
  readonly hours: readonly Hour[];
  readonly clock: Clock;
  readonly ids: RunIds;
  /** Hours that were asked for by name or range are due however old they are. */
  readonly wasAsked: boolean;
  /** One that was asked for by name makes no pause. */
  readonly isNamed: boolean;
  readonly price: (requests: Requests, scans?: readonly number[]) => string;
}

const nothing = { requests: { put: 0, get: 0, list: 0 }, usd: '0' } as const;

export function planTable(input: PlanInput): CompactionReport {
  return reportOf(
    input,
    input.hours.filter((hour) => isWithin(input, hour) || hasFailed(hour)).map((hour) => rowOf(input, hour)),
    nothing,
  );
}

/** The same report from rows that a run has changed. */
export function reportOf(
  { table, engine, hours, price }: PlanInput,
  partitions: readonly PartitionRow[],
  spent: OwnCost,
): CompactionReport {
  const due = hours.filter((hour) =>
    partitions.some((row) => row.partition === hour.partition && row.state === 'due'),
  );
  return {
    schemaVersion: 1,
    planId: digest(JSON.stringify([table.name, engine, partitions])).slice(0, 16),
    table: table.name,
    engine,
    grain: table.layout.grain,
    partitions,
    totals: {
      partitions: partitions.length,
      due: due.length,
      sources: summed(partitions, 'sources', ['objects', 'bytes']),
      target: summed(partitions, 'target', ['files', 'bytes', 'rows']),
    },
    ownCost: { ...spent, before: predictedCost(table, due, engine, price) },
  };
}

function summed<P extends 'sources' | 'target', N extends keyof PartitionRow[P] & string>(
  rows: readonly PartitionRow[],
  part: P,
  names: readonly N[],
): Record<N, number> {
  const sum = (name: N): number => rows.reduce((total, row) => total + Number(row[part][name]), 0);
  return Object.fromEntries(names.map((name) => [name, sum(name)])) as Record<N, number>;
}

const isWithin = ({ table, clock, wasAsked }: PlanInput, hour: Hour): boolean =>
  wasAsked ||
  hour.pointer !== undefined ||
  hour.hourStart + table.layout.grainMs >= clock.now() - table.lookbackMs;

/** It costs nothing to know: the claim of every listed hour was read. */
const hasFailed = ({ claim }: Hour): boolean => claim?.setback !== undefined;

/** One that failed until it was too old is not passed over without a word. */
function shownNow(input: PlanInput, hour: Hour): Pick<PartitionRow, 'state' | 'reason'> {
  const state = jobState(input.table, hour, input);
  const isOutdated = !isWithin(input, hour) && hour.claim?.setback !== undefined;
  return isOutdated && state !== 'held'
    ? { state: 'failed', reason: outdatedText(hour.claim.setback) }
    : shownAs(input.table, hour, state);
}

function rowOf(input: PlanInput, hour: Hour): PartitionRow {
  const pointer = hour.pointer?.record;
  const files = pointer?.files ?? [];
  return {
    partition: hour.partition,
    ...shownNow(input, hour),
    generation: pointer?.generation ?? 0,
    sources: {
      objects: hour.objects.length,
      bytes: hour.objects.reduce((sum, object) => sum + object.size, 0),
    },
    target: {
      files: files.length,
      bytes: files.reduce((sum, file) => sum + file.size, 0),
      rows: files.reduce((sum, file) => sum + file.rows, 0),
    },
    evidence: pointer?.evidence ?? null,
    ownCost: null,
  };
}

/** How a state is told to people. `due` means that the next run will do its step. */
export function shownAs(
  table: CompactionTable,
  hour: Hour,
  state: JobState,
): Pick<PartitionRow, 'state' | 'reason'> {
  const [shown, reason] = shownStates[state](hour, table);
  return { state: shown, reason };
}

const shownStates: Readonly<
  Record<JobState, (hour: Hour, table: CompactionTable) => readonly [PartitionState, string]>
> = {
  open: (hour, table) => ['open', `It is closed from ${instantText(closesAt(table, hour))} on.`],
  waiting: ({ pointer, waits = '' }) => [pointer ? 'late' : 'open', waits],
  empty: ({ hidden }) => ['empty', hidden > 0 ? 'Only hidden objects lie there.' : ''],
  archived: ({ next }) => ['refused', next && 'why' in next ? next.why : ''],
  new: () => ['due', ''],
  'broken-off': (hour) => ['due', hour.pointer ? lateText(hour) : 'An earlier run of it broke off.'],
  late: (hour) => ['due', lateText(hour)],
  stuck: ({ next }) => ['late', next && 'why' in next ? next.why : ''],
  refused: ({ refusal }) => ['refused', refusal?.why ?? ''],
  unpublished: (hour, table) => ['due', unshownText(hour, table)],
  retirable: (hour, table) => ['due', retirementText(hour, table)],
  retiring: (hour, table) => ['due', retirementText(hour, table)],
  done: () => ['compacted', ''],
  held: ({ claim }) => [
    'running',
    claim ? `Claimed by ${claim.owner} until ${instantText(claim.expiresAt)}.` : '',
  ],
  paused: ({ claim }) => ['failed', claim?.setback?.why ?? ''],
  damaged: ({ pointer }) => [
    'failed',
    `The manifest of its commit, run ${pointer?.record.runId}, is missing.`,
  ],
};

const unshownText = ({ claim, pointer }: Hour, { shownIn }: CompactionTable): string =>
  (claim?.published ?? 0) < (pointer?.record.generation ?? 0) || shownIn === undefined
    ? 'Committed, not yet under its final names.'
    : `Committed, and table "${shownIn}" of the catalog was not told yet.`;

function lateText({ next, pointer, objects, manifest }: Hour): string {
  if (!next || !('runId' in next) || !pointer || !manifest) return '';
  const late = lateSources(manifest, frozen(objects));
  const taken = next.kind === 'whole' || next.held === '' ? '' : `${next.read.length} of `;
  const them = late.length === 1 ? 'it' : 'them';
  const keys = new Set(manifest.sources.map(({ key }) => key));
  const isReplacing = next.kind === 'added' && next.read.some(({ key }) => keys.has(key));
  const stale = isReplacing ? ' Rows of replaced bytes stay, for sources of the hour were retired.' : '';
  const held = next.held === '' ? '' : ` ${next.held}`;
  return `${late.length} object${late.length === 1 ? '' : 's'} came or changed after the commit, "${printable(late[0]!.key)}" first; generation ${next.number} takes ${taken}${them} in.${stale}${held}`;
}

function retirementText({ leftover }: Hour, { sources }: CompactionTable): string {
  const days = Math.round(sources.graceMs / 86_400_000);
  const what = sources.after === 'tag' ? 'tagged for expiry' : 'deleted';
  return `Committed more than ${days} days ago: ${leftover.length} source${leftover.length === 1 ? ' is' : 's are'} to be ${what}.`;
}
