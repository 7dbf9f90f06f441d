/** One hour from its sources to its commit; whatever happens, its sources and what was committed before stay as they are. */
import pLimit from 'p-limit';
import { instantText } from '../kernel/clock.js';
import { BucketwiseError, raise } from '../kernel/errors.js';
import { printable } from '../kernel/s3.js';
import { type SourceCensus, takeCensus } from './census.js';
import { claimHour, type Held } from './claim.js';
import { type Attempt, commit, isShownAtOnce } from './commit.js';
import { freeze } from './freeze.js';
import type { Generation } from './generation.js';
import { columnsFor } from './hour-schema.js';
import { type Hour, readHour } from './hours.js';
import { wanted } from './job-state.js';
import { type Intent, type Pointer, putRecord, type Refusal } from './journal.js';
import { attemptPath, intentKey, refusalKey } from './partition.js';
import type { PartitionState } from './plan.js';
import type { CompactionPorts, Requests } from './ports.js';
import { publish, type Spent } from './publish.js';
import { nextStep, type Step } from './recover.js';
import { retire } from './retire.js';
import { rulesOf } from './rules.js';
import { headerFault, type TableSchema } from './schema.js';
import type { CompactionTable } from './table.js';
import { shownAs } from './table-plan.js';
import { verdict } from './verify.js';

export interface HourResult {
  readonly state?: PartitionState;
  readonly reason?: string;
  readonly pointer?: Pointer;
  readonly requests: Requests;
}

type Ended = Omit<HourResult, 'requests'> & { readonly published?: number };

const readsAtOnce = 8;
/** Below what one PUT carries. */
const oneFileBytes = 4 * 2 ** 30;
const compacted: Ended = { state: 'compacted', reason: '' };

/**
 * Effects in order: claim; the hour as it is now (pointer, then listing, then journal); then its one next step.
 * To compact: manifest (if absent), intent, census (reads every source), engine (writes the attempt path), footers
 * (reads), listing, evidence, pointer (if absent, or If-Match: the commit), copies under the final names. Release.
 * Errors: those of the store and the engine; INTERRUPTED between effects.
 */
export async function runHour(
  ports: CompactionPorts,
  table: CompactionTable,
  planned: Hour,
  signal: AbortSignal,
): Promise<HourResult> {
  const { partition } = planned;
  const spent = { put: 1, get: 1, list: 0 };
  const runId = planned.next && 'runId' in planned.next ? planned.next.runId : '';
  const held = await claimHour(ports, table, partition, runId);
  if (!held) return { state: 'running', reason: 'Another run took it first.', requests: spent };
  let ended: Ended = { reason: 'failed' };
  try {
    const hour = await readHour(ports, table, planned, rulesOf(table));
    add(spent, { put: 1, get: 3, list: 1 });
    ended = await stepped({ ports, table, hour, held, signal, spent });
    const { published: _, ...result } = ended;
    return { ...result, requests: { ...spent } };
  } finally {
    const words = ended.state === 'compacted' ? '' : (ended.reason ?? 'refused');
    await held.release(words, ended.published ?? held.published);
  }
}

interface Work {
  readonly ports: CompactionPorts;
  readonly table: CompactionTable;
  readonly hour: Hour;
  readonly held: Held;
  readonly signal: AbortSignal;
  readonly spent: Spent;
}

/** What the plan wanted may have been done by another meanwhile, or be something else by now. */
async function stepped(work: Work): Promise<Ended> {
  const { ports, table, hour } = work;
  const state = wanted(table, hour, ports);
  const steps: Record<Step, () => Promise<Ended>> = {
    compact: () => compact(work),
    publish: async () => ({
      ...(await published(work, hour.pointer!.record)),
      ...(hour.next ? shownAs(table, hour, hour.refusal ? 'refused' : 'stuck') : {}),
    }),
    retire: () => retired(work),
    nothing: async () => ({ ...shownAs(table, hour, state), ...withPointer(hour) }),
  };
  return steps[nextStep[state]]();
}

const withPointer = ({ pointer }: Hour): Pick<Ended, 'pointer'> =>
  pointer ? { pointer: pointer.record } : {};

async function published({ ports, table, spent }: Work, pointer: Pointer): Promise<Ended> {
  await publish(ports, table, pointer, spent);
  return { ...compacted, pointer, published: pointer.generation };
}

async function retired({ ports, table, hour, signal, spent }: Work): Promise<Ended> {
  const { reason, pointer } = await retire({ ports, table, hour, signal, spent });
  return { ...compacted, reason, pointer };
}

async function compact(work: Work): Promise<Ended> {
  const { ports, table, hour, held, signal, spent } = work;
  const generation = hour.next as Generation;
  const { runId, read: sources } = generation;
  const { partition } = hour;
  await freeze(ports, table, partition, generation);
  const attempt: Attempt = {
    ...{ ports, partition, runId, generation, sources, signal, spent },
    table: isShownAtOnce(generation) ? { ...table, targetFileBytes: oneFileBytes } : table,
    fence: held.fence,
    startedAt: instantText(ports.clock.now()),
  };
  try {
    const made = await makeCommit(attempt);
    if ('why' in made) return { state: 'refused', reason: made.why };
    return await published(work, made);
  } catch (error) {
    // The same bytes are as broken the next time.
    if (!(error instanceof BucketwiseError) || error.code !== 'SOURCE_CORRUPT') throw error;
    return { state: 'refused', reason: (await refuse(attempt, error.message)).why };
  } finally {
    await ports.reader.release(sources);
  }
}

interface Refused {
  readonly why: string;
}

async function makeCommit(attempt: Attempt): Promise<Pointer | Refused> {
  const { ports, table, partition, runId, fence } = attempt;
  const path = attemptPath(table, partition, runId, fence);
  const intent: Intent = {
    schemaVersion: 1,
    table: table.name,
    partition,
    runId,
    fence,
    base: attempt.generation.base?.record.revision ?? 0,
    owner: ports.ids.owner,
    engine: ports.engine.name,
    attemptPath: path,
    startedAt: attempt.startedAt,
  };
  await putRecord(ports.target, intentKey(table, partition, runId, fence), intent, 'absent');
  attempt.spent.put += 1;
  const counted = await countAll(attempt);
  if ('why' in counted) return refuse(attempt, counted.why);
  const schema = await columnsFor(ports, table, counted);
  if ('why' in schema) return refuse(attempt, schema.why);
  const fault = counted.map((one) => headerFaultOf(schema, one)).find((why) => why !== undefined);
  if (fault !== undefined) return refuse(attempt, fault);
  uninterrupted(attempt);
  const rows = counted.reduce((sum, one) => sum + one.rows, 0);
  const written = await ports.engine.write({
    partition,
    sources: attempt.sources,
    columns: schema.columns,
    textRule: schema.textRule,
    csv: { header: table.csv.header, delimiter: table.csv.delimiter },
    compression: table.compression,
    targetFileBytes: table.targetFileBytes,
    expected: { rows, bytes: counted.reduce((sum, one) => sum + one.bytes, 0) },
    attemptPath: path,
    signal: attempt.signal,
  });
  if (written.outcome === 'refused') return refuse(attempt, written.why);
  add(attempt.spent, written.requests);
  const checked = await Promise.all(
    written.files.map(async (file) => ({ file, footer: await ports.footers.read(file) })),
  );
  for (const { footer } of checked) attempt.spent.get += footer.gets;
  const answer = verdict(rows, schema.columns, table.compression, checked);
  if (!answer.ok) return refuse(attempt, answer.why);
  uninterrupted(attempt);
  const codecs = [...new Set(checked.flatMap(({ footer }) => footer.codecs))];
  return commit(attempt, schema, counted, written.files, codecs);
}

/** Between effects an interrupt is obeyed; within one it waits. */
function uninterrupted({ signal, partition }: Attempt): void {
  if (signal.aborted) raise('INTERRUPTED', { state: `${partition} is as it was.` });
}

async function countAll(attempt: Attempt): Promise<SourceCensus[] | Refused> {
  const { ports, table, signal } = attempt;
  const limit = pLimit(readsAtOnce);
  const columns = table.columns === 'infer' ? undefined : table.columns.length;
  const results = await Promise.all(
    attempt.sources.map((source) =>
      limit(() => {
        if (signal.aborted) uninterrupted(attempt);
        attempt.spent.get += 1;
        return takeCensus(ports.reader, source, table.csv, columns);
      }),
    ),
  );
  const refused = results.find((one) => !one.ok);
  if (refused && !refused.ok) return refused;
  return results.flatMap((one) => (one.ok ? [one.census] : []));
}

function headerFaultOf(schema: TableSchema, { source, header, rows }: SourceCensus): string | undefined {
  if (header === null)
    return rows > 0 && schema.header !== 'none' ? `${printable(source.key)} has no header` : undefined;
  const why = headerFault(schema, header);
  return why === undefined ? undefined : `${printable(source.key)}: ${why}`;
}

/** Kept, so that the next run does not read the same bytes to the same end; other bytes or other rules are tried again. */
async function refuse(attempt: Attempt, why: string): Promise<Refused> {
  const { ports, table, partition, runId } = attempt;
  const refusal: Refusal = {
    schemaVersion: 1,
    table: table.name,
    partition,
    runId,
    why,
    refusedAt: attempt.startedAt,
  };
  await putRecord(ports.target, refusalKey(table, partition, runId, rulesOf(table)), refusal, 'absent');
  attempt.spent.put += 1;
  return { why };
}

function add(spent: Spent, more: Requests): void {
  spent.put += more.put;
  spent.get += more.get;
  spent.list += more.list;
}
