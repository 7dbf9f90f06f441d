/** A run does the next step of every due hour of a table: compact, publish or retire its sources; what was committed stays readable. */
import { BucketwiseError } from '../kernel/errors.js';
import { parsePartition } from '../prefixes/partition-keys.js';
import { gathering, type Slots, slots, writesGroups } from './backfill.js';
import { billed } from './commit.js';
import { type HourCost, type HourResult, runHour } from './hour-run.js';
import { type Hour, readHours } from './hours.js';
import { jobState } from './job-state.js';
import type { Range } from './listing.js';
import type { CompactionReport, OwnCost, PartitionRow } from './plan.js';
import type { CompactionPorts, Engine, Requests, Scan } from './ports.js';
import { isShownByRecovery } from './recover.js';
import { rulesOf } from './rules.js';
import type { CompactionTable } from './table.js';
import { type PlanInput, planTable, reportOf } from './table-plan.js';
import { checkTarget, takeTarget } from './target-record.js';
import { sweepLeft } from './under-way.js';
import { type Mark, sweepMarks, unshownMarks } from './unshown.js';

export type { CompactionPorts } from './ports.js';

export interface CompactionRequest extends Range {
  /** In the layout's own form. */
  readonly partition?: string;
  /** Only what an earlier run left behind is seen and done; nothing new is begun. */
  readonly leftBehind?: boolean;
  /** Committed hours are seen too of which no source is left. */
  readonly withRetired?: boolean;
}

export interface RunWatch {
  /** Before anything is written; what it throws ends the run there. */
  readonly planned?: (plan: CompactionReport) => void | Promise<void>;
  readonly progress: (done: number, of: number, partition: string) => void;
  /** What should be known and stops nothing, a sentence or more. */
  readonly note?: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Two hours at a time: one is downloaded while the other is converted. */
export const hoursAtOnce = 2;

export async function plan(
  ports: CompactionPorts,
  table: CompactionTable,
  request: CompactionRequest,
): Promise<CompactionReport> {
  return planTable(await inputOf(ports, table, request, await unshownMarks(ports.target, table)));
}

/** Never throws for one hour: what stopped it stands in its row. Errors: those of listing, INTERRUPTED stops between effects. */
export async function run(
  ports: CompactionPorts,
  table: CompactionTable,
  request: CompactionRequest,
  watch: RunWatch,
): Promise<CompactionReport> {
  const marks = await unshownMarks(ports.target, table);
  const input = await inputOf(ports, table, request, marks);
  const planned = planTable(input);
  await watch.planned?.(planned);
  if (planned.totals.due > 0 && !watch.signal.aborted) await takeTarget(ports.target, table);
  const hours = new Map(input.hours.map((hour) => [hour.partition, hour]));
  const limited = slots(hoursAtOnce);
  const scans: Scan[] = [];
  let done = 0;
  const act = async (row: PartitionRow, engine: Engine): Promise<PartitionRow> => {
    await limited.acquire();
    try {
      if (watch.signal.aborted || row.state !== 'due') return row;
      const cost: HourCost = { spent: { put: 0, get: 0, list: 0 }, scans: [] };
      const how = { signal: watch.signal, isNamed: input.isNamed };
      const result = await attempted({ ...ports, engine }, table, hours.get(row.partition)!, how, cost);
      scans.push(...cost.scans);
      done += 1;
      watch.progress(done, planned.totals.due, row.partition);
      return merged(row, result, cost, ports);
    } finally {
      limited.release();
    }
  };
  const rows = await eachRow(ports, table, planned.partitions, limited, act);
  const swept = watch.signal.aborted ? undefined : await sweepLeft(ports, table, watch.note);
  const unmarked = watch.signal.aborted ? undefined : await sweepMarks(ports, table, marks);
  const none = { put: 0, get: 0, list: 0 };
  const spent = plus(
    rows.reduce((sum, row) => plus(sum, row.ownCost?.requests), none),
    plus({ ...none, ...swept }, unmarked),
  );
  const cost = ownCost(ports, spent, scans);
  return { ...reportOf(input, rows, cost), planId: planned.planId };
}

/** Due hours group by group, where the engine writes several at once; else all as they come, a few at a time. */
async function eachRow(
  { engine }: CompactionPorts,
  { backfillHours = 1 }: CompactionTable,
  planned: readonly PartitionRow[],
  limited: Slots,
  act: (row: PartitionRow, engine: Engine) => Promise<PartitionRow>,
): Promise<readonly PartitionRow[]> {
  const due = planned.filter(({ state }) => state === 'due');
  if (!writesGroups(engine) || backfillHours < 2 || due.length < 2)
    return Promise.all(planned.map((row) => act(row, engine)));
  const changed = new Map<PartitionRow, PartitionRow>();
  for (let from = 0; from < due.length; from += backfillHours) {
    const group = due.slice(from, from + backfillHours);
    const member = gathering(engine, group.length, limited);
    await Promise.all(
      group.map(async (row) => {
        const own = member();
        changed.set(row, await act(row, own.engine).finally(own.leave));
      }),
    );
  }
  return planned.map((row) => changed.get(row) ?? row);
}

async function inputOf(
  ports: CompactionPorts,
  table: CompactionTable,
  request: CompactionRequest,
  marks: readonly Mark[],
): Promise<PlanInput> {
  const hours = await hoursWanted(ports, table, request, marks);
  return {
    table,
    engine: ports.engine.name,
    hours,
    clock: ports.clock,
    ids: ports.ids,
    wasAsked: request.partition !== undefined || request.from !== undefined || request.to !== undefined,
    isNamed: request.partition !== undefined,
    price: ports.price,
  };
}

export async function hoursWanted(
  ports: CompactionPorts,
  table: CompactionTable,
  request: CompactionRequest,
  marks: readonly Mark[] = [],
): Promise<Hour[]> {
  const range = rangeOf(table, request);
  await checkTarget(ports.target, table);
  const rules = rulesOf(table, ports.engine.name);
  const hours = await readHours(ports, table, range, rules, request.withRetired, marks);
  if (!request.leftBehind) return hours;
  return hours.filter((hour) => isShownByRecovery[jobState(table, hour, ports)]);
}

/** One hour by name: hour=5 and hour=05 are the same. Errors: PARTITION_INVALID. */
function rangeOf({ layout }: CompactionTable, request: CompactionRequest): Range {
  if (request.partition === undefined) return request;
  const { hourStart } = parsePartition(layout, request.partition);
  const isWithin = hourStart >= (request.from ?? hourStart) && hourStart < (request.to ?? hourStart + 1);
  return { from: hourStart, to: isWithin ? hourStart + 1 : hourStart };
}

async function attempted(
  ports: CompactionPorts,
  table: CompactionTable,
  hour: Hour,
  how: { readonly signal: AbortSignal; readonly isNamed: boolean },
  cost: HourCost,
): Promise<HourResult> {
  try {
    return await runHour(ports, table, hour, how, cost);
  } catch (error) {
    if (!(error instanceof BucketwiseError))
      return { state: 'failed', reason: `unexpected: ${(error as Error).message}` };
    if (error.code === 'INTERRUPTED') return { state: 'due', reason: error.message };
    return { state: 'failed', reason: `${error.message} ${error.hint}`.trim() };
  }
}

/** Bytes are told where an engine bills by them. */
const ownCost = (ports: CompactionPorts, requests: Requests, scans: readonly Scan[]): OwnCost => ({
  requests: { ...requests },
  ...(ports.engine.name === 'athena'
    ? { scannedBytes: scans.reduce((sum, { bytes }) => sum + bytes, 0) }
    : {}),
  usd: ports.price(requests, billed(scans)),
});

function merged(
  row: PartitionRow,
  { pointer: shown, ...result }: HourResult,
  { spent, scans, committed }: HourCost,
  ports: CompactionPorts,
): PartitionRow {
  const changed = {
    ...row,
    state: result.state ?? row.state,
    reason: result.reason ?? row.reason,
    ownCost: ownCost(ports, spent, scans),
  };
  const pointer = shown ?? committed;
  if (!pointer) return changed;
  return {
    ...changed,
    generation: pointer.generation,
    evidence: pointer.evidence,
    target: {
      files: pointer.files.length,
      bytes: pointer.files.reduce((sum, file) => sum + file.size, 0),
      rows: pointer.files.reduce((sum, file) => sum + file.rows, 0),
    },
  };
}

const plus = (a: Requests, b: Requests | undefined): Requests => ({
  put: a.put + (b?.put ?? 0),
  get: a.get + (b?.get ?? 0),
  list: a.list + (b?.list ?? 0),
});
