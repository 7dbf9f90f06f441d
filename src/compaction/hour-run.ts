/** One hour and its next step, taken under a claim; whatever happens, what was committed before stays as it is. */
import { instantText } from '../kernel/clock.js';
import { BucketwiseError } from '../kernel/errors.js';
import { makeCommit, refuse } from './attempt.js';
import { claimHour, type Held, isShown, type Shown, shownBy } from './claim.js';
import { type Attempt, oneFileFor } from './commit.js';
import { freeze } from './freeze.js';
import { type Generation, without } from './generation.js';
import { type Hour, readHour } from './hours.js';
import { asShown, type JobState, wanted } from './job-state.js';
import type { Pointer, Setback } from './journal.js';
import type { PartitionState } from './plan.js';
import type { CompactionPorts, Requests, Scan } from './ports.js';
import { publish, type Spent } from './publish.js';
import { nextStep, type Step } from './recover.js';
import { repeatedText } from './repeated.js';
import { retire } from './retire.js';
import { rulesOf } from './rules.js';
import { isLasting, setbackOf } from './setback.js';
import type { CompactionTable } from './table.js';
import { shownAs } from './table-plan.js';
import { unmark } from './unshown.js';

export interface HourResult {
  readonly state?: PartitionState;
  readonly reason?: string;
  readonly pointer?: Pointer;
}

/** What an hour costs and what it committed, also when it ends in an error. */
export interface HourCost {
  readonly spent: Spent;
  readonly scans: Scan[];
  committed?: Pointer;
}

interface Ended extends HourResult {
  readonly published?: Shown;
  readonly setback?: Setback | undefined;
  /** Another run changed the pointer first: there is something else to do now. */
  readonly isLost?: boolean;
  readonly error?: unknown;
}

interface How {
  readonly signal: AbortSignal;
  readonly isNamed?: boolean;
}

/** Below what one PUT carries. */
const oneFileBytes = 4 * 2 ** 30;
const compacted: Ended = { state: 'compacted', reason: '' };
const triesAtRace = 3;

/**
 * Effects in order: claim; the hour as it is now (pointer, then listing, then journal); then its one next step.
 * To compact: manifest (if absent), intent, census (reads every source), engine (writes the attempt path), footers
 * (reads), listing, evidence, pointer (if absent, or If-Match: the commit), copies under the final names. Release.
 * Whoever loses the race for the pointer begins anew, with a fence of his own.
 * Errors: those of the store and the engine; INTERRUPTED between effects.
 */
export async function runHour(
  ports: CompactionPorts,
  table: CompactionTable,
  planned: Hour,
  how: How,
  cost: HourCost,
): Promise<HourResult> {
  for (let tries = 1; ; tries++) {
    const { isLost, ...result } = await heldRun(ports, table, planned, how, cost);
    if (!isLost || tries === triesAtRace) return result;
  }
}

/** What the work came to counts for more than whether its claim could be ended: that runs out by itself. */
async function heldRun(
  ports: CompactionPorts,
  table: CompactionTable,
  planned: Hour,
  how: How,
  cost: HourCost,
): Promise<Omit<Ended, 'error' | 'setback' | 'published'>> {
  const { partition } = planned;
  add(cost.spent, { put: 1, get: 1, list: 0 });
  const runId = planned.next && 'runId' in planned.next ? planned.next.runId : '';
  const held = await claimHour(ports, table, partition, {
    runId,
    isNew: planned.pointer === undefined,
  });
  if (!held) return { state: 'running', reason: 'Another run took it first.' };
  const {
    error,
    published: shown,
    setback,
    ...ended
  } = await worked({ ports, table, held, cost, ...cost, ...how }, planned);
  const words = ended.state === 'compacted' ? '' : (ended.reason ?? 'refused');
  const unreleased = await held.release(words, shown, setback).then(
    () => undefined,
    (fault: unknown) => fault,
  );
  if (error !== undefined) throw error;
  return unreleased === undefined ? ended : { ...ended, reason: unreleasedText(ended, unreleased) };
}

const unreleasedText = ({ reason = '' }: Ended, fault: unknown): string =>
  `${reason} Its claim could not be ended and runs out by itself in two minutes: ${(fault as Error).message}`.trim();

type Base = Omit<Work, 'hour'> & How;

async function worked(base: Base, planned: Hour): Promise<Ended> {
  const { ports, table, held, spent, isNamed = false } = base;
  let step: Step = 'nothing';
  let hour = planned;
  let shown: Pick<Ended, 'published'> = {};
  try {
    hour = await readHour(ports, table, planned, rulesOf(table, ports.engine.name));
    add(spent, { put: 1, get: 3, list: 1 });
    let state = wanted(table, hour, { ...ports, isNamed });
    step = nextStep[state];
    if (step === 'publish') {
      const ended = await published({ ...base, hour }, hour.pointer!.record);
      shown = { published: shownBy(table, hour.pointer!.record.generation) };
      hour = asShown(table, hour);
      state = wanted(table, hour, { ...ports, isNamed });
      step = nextStep[state];
      if (step !== 'compact') return { ...ended, ...restOf(table, hour, state), ...otherSetback(held) };
    }
    return { ...shown, ...(await stepped({ ...base, hour }, state)) };
  } catch (error) {
    if (!isLasting(error)) return { ...shown, error, reason: 'failed', setback: held.setback };
    return { ...shown, ...failed(base, hour, step, `${error.message} ${error.hint}`) };
  }
}

/** What came late and is not taken in. */
const restOf = (table: CompactionTable, hour: Hour, state: JobState): Partial<Ended> =>
  hour.next ? shownAs(table, hour, state) : {};

/** What keeps late objects out is not over because the names are there. */
const otherSetback = ({ setback }: Held): Pick<Ended, 'setback'> =>
  setback && setback.step !== 'publish' ? { setback } : {};

/** The reason is kept with the claim, so that the next run need not find it out again. */
function failed({ ports, held }: Pick<Work, 'ports' | 'held'>, hour: Hour, step: Step, why: string): Ended {
  const setback = setbackOf({ hour, step, now: ports.clock.now() }, held.setback, why);
  return { state: 'failed', reason: setback.why, setback };
}

interface Work {
  readonly ports: CompactionPorts;
  readonly table: CompactionTable;
  readonly hour: Hour;
  readonly held: Held;
  readonly signal: AbortSignal;
  readonly cost: HourCost;
  readonly spent: Spent;
  readonly scans: Scan[];
}

/** What the plan wanted may have been done by another meanwhile, or be something else by now. */
async function stepped(work: Work, state: JobState): Promise<Ended> {
  const { table, hour, held } = work;
  const steps: Record<Step, () => Promise<Ended>> = {
    compact: () => compact(work),
    publish: () => published(work, hour.pointer!.record),
    retire: () => retired(work),
    nothing: async () => ({ ...shownAs(table, hour, state), ...withPointer(hour), setback: held.setback }),
  };
  return steps[nextStep[state]]();
}

const withPointer = ({ pointer }: Hour): Pick<Ended, 'pointer'> =>
  pointer ? { pointer: pointer.record } : {};

/** What lies under its names already is not written again: a query may be reading it. */
async function published({ ports, table, held, spent }: Work, pointer: Pointer): Promise<Ended> {
  if (!isShown(table, held.shown, pointer.generation)) {
    await publish(ports, table, pointer, spent);
    await unmark(ports, table, pointer, spent);
  }
  return { ...compacted, pointer, published: shownBy(table, pointer.generation) };
}

async function retired(work: Work): Promise<Ended> {
  const result = await retire(work);
  if (result === 'lost-race') return lostRace(work);
  const { pointer, failed: fault } = result;
  if (!fault) return { ...compacted, pointer };
  const { error, why } = fault;
  return {
    ...(isLasting(error)
      ? failed(work, work.hour, 'retire', why)
      : { state: 'failed', reason: `${why} The next run tries again.` }),
    pointer,
  };
}

const lostRace = ({ held }: Work): Ended => ({
  state: 'due',
  reason: 'Another run changed its pointer first; the next run looks again.',
  isLost: true,
  setback: held.setback,
});

async function compact(work: Work, generation = work.hour.next as Generation): Promise<Ended> {
  const { ports, table, hour, held, signal, spent, scans } = work;
  const { runId, read: sources } = generation;
  const { partition } = hour;
  await freeze(ports, table, partition, generation);
  const oneFile = await oneFileFor(ports, table, generation);
  const attempt: Attempt = {
    ...{ ports, partition, runId, generation, sources, signal, spent, scans },
    table: oneFile === undefined ? table : { ...table, targetFileBytes: oneFileBytes },
    ...(oneFile === undefined ? {} : { oneFile }),
    fence: held.fence,
    startedAt: instantText(ports.clock.now()),
  };
  try {
    const made = await makeCommit(attempt);
    if (made === 'lost-race') return lostRace(work);
    if ('repeats' in made) {
      const why = repeatedText(made.repeats);
      const rest = without(table, generation, made.repeats, why);
      return rest
        ? await compact(work, rest)
        : { state: 'refused', reason: (await refuse(attempt, { why })).why };
    }
    if ('why' in made) return { state: 'refused', reason: made.why };
    work.cost.committed = made;
    const ended = await published(work, made);
    return generation.held === '' ? ended : { ...ended, state: 'late', reason: generation.held };
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
