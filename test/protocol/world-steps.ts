/** What happens around the runners: data comes late or again, time passes, requests and queries outlive who sent them. */
import { committed, read, withAttempt, withRunner } from './effects.js';
import type { Visit } from './model.js';
import type { World } from './protocol.js';
import { a1, a2, b1, c1, complete, idle, intended, partial, type State } from './state.js';

export function worldMoves(world: World, state: State, visit: Visit): void {
  outsideMoves(world, state, visit);
  for (const runner of [0, 1] as const) {
    const { pc, crashes } = state.runners[runner];
    if (pc !== 'idle' && crashes > 0) visit('crash', runner, crashed(state, runner));
  }
}

function outsideMoves(world: World, state: State, visit: Visit): void {
  const { raw, born, pointer, attempts, runners } = state;
  if (world.late && !(born & c1)) visit('late', -1, { ...state, raw: raw | c1, born: born | c1 });
  if (world.overwrite && !(born & a2)) visit('overwrite', -1, overwritten(state));
  if (world.vanish && raw & b1 && state.vanished === 0) visit('vanish', -1, vanished(state));
  if (world.rename && raw & b1 && !(born & c1))
    visit('rename', -1, { ...state, raw: (raw & ~b1) | c1, born: born | c1, renamed: 1 });
  if (state.claim !== 0) visit('expire', -1, { ...state, claim: 0 });
  if (pointer.revision > 0 && !pointer.old) visit('ripen', -1, ripened(state));
  if (world.delay) lateCommits(state, visit);
  if (!world.straggle) return;
  attempts.forEach((attempt, at) => {
    const isWatched = runners.some(
      (one) => one.attempt === at && (one.pc === 'write' || one.pc === 'writing'),
    );
    const isUnfinished = attempt.status === intended || attempt.status === partial;
    if (!isUnfinished || !attempt.intent || isWatched) return;
    const rows = attempt.status === intended ? read(state, attempt) : attempt.rows;
    visit('straggle', -1, withAttempt(state, at, { status: complete, rows }));
  });
}

/** A request that its runner gave up, and that arrives for all that: under the same condition. */
function lateCommits(state: State, visit: Visit): void {
  const { attempts, runners, pointer } = state;
  attempts.forEach((attempt, at) => {
    const isSending = runners.some((one) => one.pc === 'commit' && one.attempt === at);
    if (isSending && !attempt.sent)
      visit('commit, request under way', -1, withAttempt(state, at, { sent: true }));
    if (!attempt.sent) return;
    const arrived = withAttempt(state, at, { sent: false });
    const isOpen = pointer.revision === attempt.revision;
    visit('commit arrives late', -1, isOpen ? committed(arrived, at) : arrived);
  });
}

/** Too late to replace: the pointer says that sources are being deleted, or a runner has looked for the last time before it says so. */
function overwritten(state: State): State {
  const { raw, born, pointer, runners } = state;
  const isTooLate =
    (pointer.marked && (pointer.covered & a1) !== 0) ||
    runners.some(({ pc, revision }) => pc === 'mark' && revision === pointer.revision);
  const superseded = raw & a1 ? (isTooLate ? 2 : 1) : 0;
  return { ...state, raw: (raw & ~a1) | a2, born: born | a2, superseded };
}

/** The row of a source that is covered must stay, whoever deletes the source. */
const vanished = (state: State): State => ({
  ...state,
  raw: state.raw & ~b1,
  vanished: state.pointer.covered & b1 ? 2 : 1,
});

const ripened = (state: State): State => ({
  ...state,
  pointer: { ...state.pointer, old: true },
  ripe: state.ripe | state.pointer.covered,
  attempts: state.attempts.map((one) => (one.fresh ? { ...one, fresh: false } : one)),
});

function crashed(state: State, runner: 0 | 1): State {
  const claim = state.claim === runner + 1 ? 3 : state.claim;
  return withRunner(state, runner, idle(state.runners[runner].crashes - 1), claim);
}
