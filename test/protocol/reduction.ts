/** Which interleavings need not be told apart, and why: the search is of the same protocol, only shorter. */
import { type Due, due } from './due.js';
import { runnerMovesOf, type Visit } from './model.js';
import type { Protocol, World } from './protocol.js';
import {
  type Attempt,
  gone,
  idle,
  names,
  type Pc,
  type Pointer,
  partial,
  type Runner,
  type State,
  stateWith,
} from './state.js';
import type { Step } from './steps.js';
import { worldMoves } from './world-steps.js';

/**
 * Places in which a runner is not interrupted. What it does from there is its own memory (list; freeze: a manifest is the
 * same whoever writes it), or is seen by nobody before its next step (claim: a lease may run out at any moment, so holding
 * it makes no difference to what can happen; intend; the end of a half written file; a re-reading), or says nothing new
 * later (verify: what it would refuse later it refuses when the change comes before the write).
 */
export const uninterrupted: readonly Pc[] = [
  'list',
  'freeze',
  'claim',
  'intend',
  'writing',
  'verify',
  'reread',
];

export type VisitAll = (steps: readonly Step[], runner: number, to: State, fault?: string) => void;

export function moves(protocol: Protocol, world: World, state: State, visit: VisitAll): void {
  const single: Visit = (step, runner, to, fault) => visit([step], runner, to, fault);
  worldMoves(world, state, single);
  for (const runner of [0, 1] as const)
    if (world.interleaving === 'every-step') runnerMovesOf(protocol, state, runner, single);
    else together(protocol, state, runner, [], visit);
}

function together(
  protocol: Protocol,
  state: State,
  runner: 0 | 1,
  before: readonly Step[],
  visit: VisitAll,
): void {
  runnerMovesOf(protocol, state, runner, (step, _, to, fault) => {
    const steps = [...before, step];
    const goesOn = fault === undefined && uninterrupted.includes(to.runners[runner].pc);
    if (goesOn) together(protocol, unclaimed(to), runner, steps, visit);
    else visit(steps, runner, unclaimed(to), fault);
  });
}

const unclaimed = (state: State): State =>
  state.claim === 0 ? state : stateWith(state, state.runners, state.attempts, 0);

/**
 * The same state without what can make no difference any more. It holds only where a commit is a compare-and-swap and
 * nothing is swept but what is dead: then a run that cannot commit can only leave output behind, and that is swept.
 */
export function settled(protocol: Protocol, state: State): State {
  if (!isSettling(protocol)) return state;
  const runners = [settledRunner(state, state.runners[0]), settledRunner(state, state.runners[1])] as const;
  const { pointer, attempts } = state;
  if (attempts.length === 0) return stateWith(state, runners, attempts, 0);
  const next = due(protocol, pointer, state.raw, state.shown, attempts, state.renamed);
  let leftovers = 0;
  const kept: Attempt[] = attempts.map((one, at) => {
    if (names(pointer.files, at)) return blank(0, one.status, one.intent, one.rows, false);
    const isHeld = runners.some(({ pc, attempt }) => attempt === at && (pc === 'write' || pc === 'commit'));
    if (isHeld || isWanted(pointer, next, one) || isComing(pointer, one)) return one;
    leftovers += 1;
    const { revision, status, intent, fresh } = one;
    // Nothing but something to sweep, once it is dead.
    const since = revision < pointer.revision ? 0 : pointer.revision;
    return blank(since, status === gone ? gone : partial, intent, 0, fresh);
  });
  return stateWith(state, runners, leftovers > 1 ? once(state, runners, kept) : kept, 0);
}

function blank(revision: number, status: number, intent: boolean, rows: number, fresh: boolean): Attempt {
  return { revision, sources: 0, covered: 0, carried: 0, status, intent, rows, fresh, sent: false };
}

const isSettling = ({ commit, unknown, deletion, cleanup, placement, verification }: Protocol): boolean =>
  commit === 'cas' &&
  unknown === 'reread' &&
  deletion === 'if-match' &&
  cleanup === 'dead-only' &&
  placement === 'staged' &&
  verification === 'relist';

/** A commit of it may arrive, and may succeed. */
const isComing = ({ revision }: Pointer, one: Attempt): boolean => one.sent && one.revision === revision;

/** Sources that changed do not change back: only an attempt for the manifest that is due now can be taken up again. */
const isWanted = ({ revision, files }: Pointer, next: Due, one: Attempt): boolean =>
  next.what === 'generation' &&
  one.revision === revision &&
  one.sources === next.sources &&
  one.covered === next.covered &&
  one.carried === next.carried &&
  (one.carried === 0 || one.carried === files);

/** Of equal leftovers one is kept, unless a runner is about to sweep it. */
function once({ pointer, shown }: State, runners: readonly Runner[], attempts: Attempt[]): Attempt[] {
  const seen = new Set<number>();
  return attempts.map((one, at) => {
    if (one.covered || names(pointer.files | shown, at) || runners.some(({ attempt }) => attempt === at))
      return one;
    const kind = one.revision * 8 + (one.status ? 1 : 0) + (one.intent ? 2 : 0) + (one.fresh ? 4 : 0);
    if (!seen.has(kind)) {
      seen.add(kind);
      return one;
    }
    return blank(0, gone, false, 0, false);
  });
}

/** Whose condition cannot hold any more goes home; a source that is gone is none to delete. */
function settledRunner({ pointer, attempts, raw }: State, me: Runner): Runner {
  const { pc, crashes, revision, sources } = me;
  if (pc === 'mark' && revision !== pointer.revision) return idle(crashes);
  if (pc === 'mark' || pc === 'retire')
    return pc === 'retire' && (sources & raw) === 0
      ? idle(crashes)
      : sources & ~raw
        ? { ...me, sources: sources & raw }
        : me;
  if (pc !== 'commit' && pc !== 'write' && pc !== 'clean') return me;
  const attempt = attempts[me.attempt]!;
  const cannot =
    pc === 'clean'
      ? attempt.status === gone && !attempt.intent
      : attempt.revision < pointer.revision || (pc === 'write' && (attempt.sources & ~raw) !== 0);
  return cannot ? idle(crashes) : me;
}
