/** Equal futures have equal keys: the runners are interchangeable, and so are the names of attempts. */
import type { Protocol, World } from './protocol.js';
import { settled } from './reduction.js';
import { type Attempt, gone, names, pcs, type Runner, type State } from './state.js';

const pcNumber = Object.fromEntries(pcs.map((pc, at) => [pc, at])) as Record<Runner['pc'], number>;

export interface Canonical {
  readonly key: string;
  readonly state: State;
  /** Whether the runners changed places. */
  readonly swapped: boolean;
}

export function canonical(protocol: Protocol, world: World, found: State): Canonical {
  const state = world.interleaving === 'every-step' ? found : settled(protocol, found);
  const straight = renamed(state);
  const crossed = renamed(swappedRunners(state));
  const [a, b] = [keyOf(straight), keyOf(crossed)];
  return a <= b
    ? { key: a, state: straight, swapped: false }
    : { key: b, state: crossed, swapped: true };
}

function swappedRunners(state: State): State {
  const claim = state.claim === 1 ? 2 : state.claim === 2 ? 1 : state.claim;
  return { ...state, claim, runners: [state.runners[1], state.runners[0]] };
}

/** Attempts that nothing remembers are dropped; the others get names by what they are. */
function renamed(state: State): State {
  const { attempts, pointer, runners, shown } = state;
  if (attempts.length === 0) return state;
  const kept = keptOf(state);
  const order = attempts.map((_, at) => at).filter((at) => names(kept, at));
  const rank = attempts.map((attempt, at) => rankOf(state, attempt, at));
  order.sort((a, b) => rank[a]! - rank[b]! || a - b);
  if (order.length === attempts.length && order.every((at, place) => at === place)) return state;
  const place = new Array<number>(attempts.length).fill(-1);
  for (let i = 0; i < order.length; i++) place[order[i]!] = i;
  const moved = (set: number): number => {
    let to = 0;
    for (const at of order) if (names(set, at)) to |= 1 << place[at]!;
    return to;
  };
  const runner = (one: Runner): Runner => ({
    ...one,
    files: moved(one.files),
    attempt: one.attempt < 0 ? -1 : place[one.attempt]!,
  });
  return {
    ...state,
    pointer: { ...pointer, files: moved(pointer.files) },
    shown: moved(shown),
    attempts: order.map((at) => ({ ...attempts[at]!, carried: moved(attempts[at]!.carried) })),
    runners: [runner(runners[0]), runner(runners[1])],
  };
}

function keptOf({ attempts, pointer, runners, shown }: State): number {
  let kept = pointer.files | shown;
  for (const { files, attempt } of runners) kept |= files | (attempt < 0 ? 0 : 1 << attempt);
  attempts.forEach((attempt, at) => {
    if (attempt.intent || attempt.status !== gone || names(kept, at)) kept |= (1 << at) | attempt.carried;
  });
  return kept;
}

function rankOf({ pointer, runners, shown }: State, attempt: Attempt, at: number): number {
  const mine = (runners[0].attempt === at ? 2 : 0) + (runners[1].attempt === at ? 1 : 0);
  const named = (names(pointer.files, at) ? 4 : 0) + (names(shown, at) ? 2 : 0) + (attempt.fresh ? 1 : 0);
  const seen = (names(runners[0].files, at) ? 2 : 0) + (names(runners[1].files, at) ? 1 : 0);
  const made = attempt.status * 2 + (attempt.intent ? 1 : 0);
  return (
    ((((attempt.revision * 16 + attempt.sources) * 16 + attempt.covered) * 16 + attempt.rows) * 8 + made) *
      128 +
    named * 16 +
    mine * 4 +
    seen
  );
}

function keyOf(state: State): string {
  const { pointer, attempts, runners } = state;
  const numbers = [
    state.raw | (state.born << 4) | (state.deleted << 8) | (state.ripe << 12),
    state.superseded | (state.claim << 2) | (pointer.revision << 4) | (pointer.covered << 8) |
      (pointer.marked ? 1 << 12 : 0) | (pointer.old ? 1 << 13 : 0),
    pointer.files,
    state.shown,
  ];
  for (const { pc, crashes, revision, sources, covered, files, flags, attempt } of runners)
    numbers.push(
      pcNumber[pc] | (crashes << 4) | (revision << 6) | (sources << 10),
      covered | (flags << 4) | ((attempt + 1) << 6),
      files,
    );
  for (const one of attempts)
    numbers.push(
      one.revision | (one.sources << 4) | (one.covered << 8) | (one.rows << 12),
      one.status | (one.intent ? 4 : 0) | (one.fresh ? 8 : 0) | (one.carried << 4),
    );
  return String.fromCharCode(...numbers);
}

