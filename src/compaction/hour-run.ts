/** One hour and its next step, taken under a claim; whatever happens, what was committed before stays as it is. */
import { instantText } from '../kernel/clock.js';
import { BucketwiseError } from '../kernel/errors.js';
import { makeCommit, refuse } from './attempt.js';
import { claimHour, type Held } from './claim.js';
import { type Attempt, isShownAtOnce } from './commit.js';
import { freeze } from './freeze.js';
import type { Generation } from './generation.js';
import { type Hour, readHour } from './hours.js';
import { wanted } from './job-state.js';
import type { Pointer } from './journal.js';
import type { PartitionState } from './plan.js';
import type { CompactionPorts, Requests } from './ports.js';
import { publish, type Spent } from './publish.js';
import { nextStep, type Step } from './recover.js';
import { retire } from './retire.js';
import { rulesOf } from './rules.js';
import type { CompactionTable } from './table.js';
import { shownAs } from './table-plan.js';

export interface HourResult {
  readonly state?: PartitionState;
  readonly reason?: string;
  readonly pointer?: Pointer;
  readonly requests: Requests;
}

type Ended = Omit<HourResult, 'requests'> & { readonly published?: number };

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
    const hour = await readHour(ports, table, planned, rulesOf(table, ports.engine.name));
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
      ...(hour.next ? shownAs(table, hour, hour.refusal ? 'refused' : hour.waits ? 'waiting' : 'stuck') : {}),
    }),
    retire: () => retired(work),
    nothing: async () => ({ ...shownAs(table, hour, state), ...withPointer(hour) }),
  };
  return steps[nextStep[state]]();
}

const withPointer = ({ pointer }: Hour): Pick<Ended, 'pointer'> =>
  pointer ? { pointer: pointer.record } : {};

/** What lies under its names already is not written again: a query may be reading it. */
async function published({ ports, table, held, spent }: Work, pointer: Pointer): Promise<Ended> {
  if (held.published < pointer.generation) await publish(ports, table, pointer, spent);
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
    return { state: 'refused', reason: (await refuse(attempt, { why: error.message })).why };
  } finally {
    await ports.reader.release(sources);
  }
}

function add(spent: Spent, more: Requests): void {
  spent.put += more.put;
  spent.get += more.get;
  spent.list += more.list;
}
