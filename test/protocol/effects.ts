/** What a step leaves behind: the same state with one thing changed. */
import {
  type Attempt,
  names,
  type Runner,
  rowsOf,
  type State,
  sameKey,
  stateWith,
  versions,
} from './state.js';

/** An engine reads by key: what lies there now, whatever was listed. */
export const read = (state: State, { sources }: Attempt): number =>
  rowsOf(state, state.raw & versions.reduce((set, one) => (sources & one ? set | sameKey(one) : set), 0));

/** The pointer names the attempt, and whatever its manifest carries over. */
export function committed(state: State, at: number): State {
  const { revision, covered, carried } = state.attempts[at]!;
  const files = carried | (1 << at);
  const left = state.pointer.files & ~files;
  return {
    ...state,
    pointer: { revision: revision + 1, marked: state.pointer.marked, old: false, covered, files },
    attempts: state.attempts.map((one, i) => (names(left, i) ? { ...one, fresh: true } : one)),
  };
}

export function withRunner(state: State, runner: 0 | 1, next: Runner, claim = state.claim): State {
  const [first, second] = state.runners;
  return stateWith(state, runner === 0 ? [next, second] : [first, next], state.attempts, claim);
}

export function withAttempt(state: State, at: number, change: Partial<Attempt>): State {
  const attempts = [...state.attempts];
  attempts[at] = { ...attempts[at]!, ...change };
  return stateWith(state, state.runners, attempts, state.claim);
}
