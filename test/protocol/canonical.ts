/** Equal futures have equal keys: the runners are interchangeable, and so are the names of attempts. */
import type { Protocol, World } from './protocol.js';
import { settled } from './reduction.js';
import { type Attempt, gone, names, pcs, type Runner, type State } from './state.js';

const pcNumber = Object.fromEntries(pcs.map((pc, at) => [pc, at])) as Record<Runner['pc'], number>;

export interface Canonical {
  readonly key: string;
  /** Whether the runners changed places. */
  readonly swapped: boolean;
  /** The state before its runners and attempts are put in order. */
  readonly state: State;
  /** Attempts in their new order, without those that nothing remembers. */
  readonly order: readonly number[];
}

export function canonical(protocol: Protocol, world: World, found: State): Canonical {
  const state = world.interleaving === 'every-step' ? found : settled(protocol, found);
  const place = placeOf(state.runners[0]) - placeOf(state.runners[1]);
  if (place !== 0) return seenAs(state, place > 0);
  const [straight, crossed] = [seenAs(state, false), seenAs(state, true)];
  return straight.key <= crossed.key ? straight : crossed;
}

/** The state that stands for all with this key. */
export function ordered({ state, order, swapped }: Canonical): State {
  const { attempts, pointer, runners, shown } = state;
  const claim = swapped && (state.claim === 1 || state.claim === 2) ? 3 - state.claim : state.claim;
  const [first, second] = swapped ? [runners[1], runners[0]] : runners;
  return {
    ...state,
    claim,
    pointer: { ...pointer, files: moved(pointer.files, order) },
    shown: moved(shown, order),
    attempts: order.map((at) => ({ ...attempts[at]!, carried: moved(attempts[at]!.carried, order) })),
    runners: [movedRunner(first, order), movedRunner(second, order)],
  };
}

const movedRunner = (me: Runner, order: readonly number[]): Runner => ({
  ...me,
  files: moved(me.files, order),
  attempt: me.attempt < 0 ? -1 : order.indexOf(me.attempt),
});

function moved(set: number, order: readonly number[]): number {
  if (set === 0) return 0;
  let to = 0;
  for (let place = 0; place < order.length; place++) if (names(set, order[place]!)) to |= 1 << place;
  return to;
}

/** What of a runner does not depend on the names of attempts. */
const placeOf = ({ pc, crashes, revision, sources, covered, flags }: Runner): number =>
  ((((pcNumber[pc] * 4 + crashes) * 16 + revision) * 16 + sources) * 16 + covered) * 4 + flags;

function seenAs(state: State, swapped: boolean): Canonical {
  const order = orderOf(state, swapped);
  return { key: keyOf(state, order, swapped), swapped, state, order };
}

/** By what the attempts are and who refers to them. */
function orderOf(state: State, swapped: boolean): readonly number[] {
  const { attempts } = state;
  const kept = keptOf(state);
  const order: number[] = [];
  const rank: number[] = [];
  for (let at = 0; at < attempts.length; at++) {
    rank.push(rankOf(state, attempts[at]!, at, swapped));
    if (names(kept, at)) order.push(at);
  }
  return order.length < 2 ? order : order.sort((a, b) => rank[a]! - rank[b]! || a - b);
}

function keptOf({ attempts, pointer, runners, shown }: State): number {
  let kept = pointer.files | shown;
  for (const { files, attempt } of runners) kept |= files | (attempt < 0 ? 0 : 1 << attempt);
  for (let at = 0; at < attempts.length; at++) {
    const attempt = attempts[at]!;
    if (attempt.intent || attempt.status !== gone || names(kept, at)) kept |= (1 << at) | attempt.carried;
  }
  return kept;
}

function rankOf({ pointer, runners, shown }: State, attempt: Attempt, at: number, swapped: boolean): number {
  const [first, second] = swapped ? [runners[1], runners[0]] : runners;
  const mine = (first.attempt === at ? 2 : 0) + (second.attempt === at ? 1 : 0);
  const seen = (names(first.files, at) ? 2 : 0) + (names(second.files, at) ? 1 : 0);
  const named = (names(pointer.files, at) ? 4 : 0) + (names(shown, at) ? 2 : 0) + (attempt.fresh ? 1 : 0);
  const made = attempt.status * 2 + (attempt.intent ? 1 : 0);
  const is = ((attempt.revision * 16 + attempt.sources) * 16 + attempt.covered) * 16 + attempt.rows;
  return ((is * 8 + made) * 2 + (attempt.sent ? 1 : 0)) * 128 + named * 16 + mine * 4 + seen;
}

function keyOf(state: State, order: readonly number[], swapped: boolean): string {
  const { pointer, attempts, runners } = state;
  const claim = swapped && (state.claim === 1 || state.claim === 2) ? 3 - state.claim : state.claim;
  const flags = (pointer.marked ? 1 << 12 : 0) | (pointer.old ? 1 << 13 : 0) | (state.vanished << 14);
  const numbers = [
    state.raw | (state.born << 4) | (state.deleted << 8) | (state.ripe << 12),
    state.superseded | (claim << 2) | (pointer.revision << 4) | (pointer.covered << 8) | flags,
    moved(pointer.files, order),
    moved(state.shown, order) | (state.renamed << 15),
  ];
  for (let i = 0; i < 2; i++) {
    const me = runners[swapped ? 1 - i : i]!;
    const attempt = me.attempt < 0 ? -1 : order.indexOf(me.attempt);
    numbers.push(
      pcNumber[me.pc] | (me.crashes << 4) | (me.revision << 6) | (me.sources << 10),
      me.covered | (me.flags << 4) | ((attempt + 1) << 6),
      moved(me.files, order),
    );
  }
  for (const at of order) {
    const one = attempts[at]!;
    numbers.push(
      one.revision | (one.sources << 4) | (one.covered << 8) | (one.rows << 12),
      one.status |
        (one.intent ? 4 : 0) |
        (one.fresh ? 8 : 0) |
        (one.sent ? 16 : 0) |
        (moved(one.carried, order) << 5),
    );
  }
  return String.fromCharCode(...numbers);
}
