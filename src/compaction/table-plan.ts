/** What is to be done with every hour, and why; equal input gives an equal plan. */
import { digest } from '../kernel/digest.js';
import { printable } from '../kernel/s3.js';
import type { Hour } from './hours.js';
import { grainMs } from './partition.js';
import type { CompactionReport, OwnCost, PartitionRow } from './plan.js';
import type { Requests } from './ports.js';
import type { CompactionTable } from './table.js';

export interface PlanInput {
  readonly table: CompactionTable;
  readonly engine: CompactionReport['engine'];
  readonly hours: readonly Hour[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Hours that were asked for by name or range are due however old they are. */
  readonly wasAsked: boolean;
  readonly price: (requests: Requests) => string;
}

const nothing = { requests: { put: 0, get: 0, list: 0 }, usd: '0' } as const;

export function planTable(input: PlanInput): CompactionReport {
  return reportOf(
    input,
    input.hours.filter((hour) => isWithin(input, hour)).map((hour) => rowOf(input, hour)),
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
  const before = predicted(table, due);
  return {
    schemaVersion: 1,
    planId: digest(JSON.stringify([table.name, engine, partitions])).slice(0, 16),
    table: table.name,
    engine,
    partitions,
    totals: {
      partitions: partitions.length,
      due: due.length,
      sources: summed(partitions, 'sources', ['objects', 'bytes']),
      target: summed(partitions, 'target', ['files', 'bytes', 'rows']),
    },
    ownCost: { ...spent, before: { requests: before, usd: price(before) } },
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

const isWithin = ({ table, now, wasAsked }: PlanInput, hour: Hour): boolean =>
  wasAsked || hour.pointer !== undefined || hour.hourStart + grainMs(table.layout) >= now - table.lookbackMs;

function rowOf(input: PlanInput, hour: Hour): PartitionRow {
  const { pointer } = hour;
  const files = pointer?.files ?? [];
  return {
    partition: hour.partition,
    ...stateOf(input, hour),
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

function stateOf({ table, now }: PlanInput, hour: Hour): Pick<PartitionRow, 'state' | 'reason'> {
  if (hour.pointer) return hour.isPublished ? committedState(hour) : unpublished(hour, now);
  const closes = hour.hourStart + grainMs(table.layout) + table.settleMs;
  if (now < closes)
    return { state: 'open', reason: `It is closed from ${new Date(closes).toISOString()} on.` };
  if (hour.objects.length === 0)
    return { state: 'empty', reason: hour.hidden > 0 ? 'Only hidden objects lie there.' : '' };
  if (hour.refusal) return { state: 'refused', reason: hour.refusal.why };
  return held(hour, now) ?? { state: 'due', reason: '' };
}

const unpublished = (hour: Hour, now: number): Pick<PartitionRow, 'state' | 'reason'> =>
  held(hour, now) ?? { state: 'due', reason: 'Committed, not yet under its final names.' };

function held({ claim }: Hour, now: number): Pick<PartitionRow, 'state' | 'reason'> | undefined {
  if (claim && !claim.released && claim.expiresAt > now)
    return {
      state: 'running',
      reason: `Claimed by ${claim.owner} until ${new Date(claim.expiresAt).toISOString()}.`,
    };
  return undefined;
}

function committedState({ manifest, objects }: Hour): Pick<PartitionRow, 'state' | 'reason'> {
  const frozen = new Map((manifest?.sources ?? []).map(({ key, etag }) => [key, etag]));
  const late = objects.filter(({ key, etag }) => frozen.get(key) !== etag);
  if (late.length === 0) return { state: 'compacted', reason: '' };
  const one = `${late.length} object${late.length === 1 ? '' : 's'} came or changed after the commit, "${printable(late[0]!.key)}" first; they are kept and not in the Parquet files yet.`;
  return { state: 'late', reason: one };
}

/** Manifest, claim, intent, evidence, pointer, release; file by file an upload and a copy. */
function predicted(table: CompactionTable, due: readonly Hour[]): Requests {
  const files = due.map((hour) =>
    Math.max(
      1,
      Math.ceil(hour.objects.reduce((sum, object) => sum + object.size, 0) / 2 / table.targetFileBytes),
    ),
  );
  const all = files.reduce((sum, count) => sum + count, 0);
  const objects = due.reduce((sum, hour) => sum + hour.objects.length, 0);
  return {
    put: due.length * 6 + all * 2,
    get: objects + due.length * 5 + all * 3,
    list: Math.ceil(objects / 1000),
  };
}
