/** Every step that a runner can take, with the state that it leads to: its place in the run says which. */
import { due } from './due.js';
import { committed, read, withAttempt, withRunner } from './effects.js';
import { notCompacted, stillRead, tooEarly } from './invariants.js';
import type { Protocol } from './protocol.js';
import {
  type Attempt,
  complete,
  gone,
  idle,
  intended,
  noPointer,
  partial,
  type Runner,
  type State,
  sameKey,
  versions,
} from './state.js';
import type { Step } from './steps.js';

/** `runner` is -1 for what the world does. `fault` says what the step itself broke. */
export type Visit = (step: Step, runner: number, to: State, fault?: string) => void;

export function runnerMovesOf(protocol: Protocol, state: State, runner: 0 | 1, visit: Visit): void {
  const me = state.runners[runner];
  runnerMoves[me.pc]({ protocol, state, runner, me, visit });
}

interface At {
  readonly protocol: Protocol;
  readonly state: State;
  readonly runner: 0 | 1;
  readonly me: Runner;
  readonly visit: Visit;
}

const runnerMoves: Record<Runner['pc'], (at: At) => void> = {
  idle: (at) => {
    const { revision, covered, files, marked, old } = at.state.pointer;
    const flags = (marked ? 1 : 0) + (old ? 2 : 0);
    go(at, 'look', { pc: 'list', revision, covered, files, flags });
  },
  list,
  freeze: (at) => go(at, 'freeze', { pc: 'claim' }),
  claim: (at) => {
    if (at.state.claim === 0) go(at, 'claim', { pc: 'intend' }, { ...at.state, claim: at.runner + 1 });
  },
  intend,
  write: (at) => {
    const attempt = at.state.attempts[at.me.attempt]!;
    if (attempt.status === gone) return rest(at, 'write');
    const rows = read(at.state, attempt);
    go(at, 'write', { pc: 'writing' }, withAttempt(at.state, at.me.attempt, { status: partial, rows }));
  },
  writing: (at) => {
    const { intent } = at.state.attempts[at.me.attempt]!;
    const to = withAttempt(at.state, at.me.attempt, { status: intent ? complete : partial });
    if (at.protocol.placement === 'staged') return go(at, 'write', { pc: 'verify' }, to);
    const { sources } = at.state.attempts[at.me.attempt]!;
    go(at, 'write', { pc: 'retire', sources, attempt: -1 }, to);
  },
  verify: (at) => {
    const { status, sources } = at.state.attempts[at.me.attempt]!;
    const isListedAgain = at.protocol.verification === 'none' || (sources & ~at.state.raw) === 0;
    if (status === complete && isListedAgain) go(at, 'verify', { pc: 'commit' });
    else rest(at, 'verify');
  },
  commit,
  reread: (at) => {
    const { pointer, attempts } = at.state;
    const isOpen = pointer.revision === attempts[at.me.attempt]!.revision;
    if (isOpen) go(at, 'reread', { pc: 'commit' });
    else rest(at, 'reread');
  },
  mark: (at) => {
    const { pointer } = at.state;
    if (pointer.revision !== at.me.revision) return rest(at, 'mark');
    const marked = { ...pointer, marked: true, revision: pointer.revision + 1 };
    const to = { ...at.state, pointer: marked };
    if (at.me.sources === 0) rest(at, 'mark', to);
    else go(at, 'mark', { pc: 'retire', sources: at.me.sources }, to);
  },
  retire,
  clean: (at) => {
    const { attempt } = at.me;
    const { fresh } = at.state.attempts[attempt]!;
    const to = withAttempt(at.state, attempt, {
      status: gone,
      intent: false,
      rows: 0,
      fresh: false,
      sent: false,
    });
    rest(at, 'clean', to, fresh ? stillRead : undefined);
  },
  publish: (at) => {
    const { status } = at.state.attempts[at.me.attempt]!;
    const shown = at.state.shown | (status === complete ? 1 << at.me.attempt : 0);
    rest(at, 'publish', { ...at.state, shown });
  },
  unpublish: (at) => rest(at, 'publish', { ...at.state, shown: at.state.shown & ~(1 << at.me.attempt) }),
};

function list(at: At): void {
  const { protocol, state, me } = at;
  const { revision, covered, files, flags } = me;
  const seen =
    revision === 0 ? noPointer : { revision, covered, files, marked: (flags & 1) > 0, old: flags > 1 };
  const next = due(protocol, seen, state.raw, state.shown, state.attempts, state.renamed);
  if (next.what === 'nothing') rest(at, 'list');
  else if (next.what === 'generation') {
    const { sources, covered, carried } = next;
    go(at, 'list', { pc: 'freeze', revision, sources, covered, files: carried });
  } else if ('attempts' in next)
    for (const attempt of next.attempts) go(at, 'list', { pc: next.what, attempt });
  else
    go(at, 'list', { pc: next.what, sources: next.sources, revision: next.what === 'mark' ? revision : 0 });
}

/** A path of its own; or that of an attempt for the same manifest which is written already. */
function intend(at: At): void {
  const { state, me } = at;
  const { revision, sources, covered, files: carried } = me;
  const isSame = (one: Attempt): boolean =>
    one.status === complete &&
    one.revision === revision &&
    one.sources === sources &&
    one.covered === covered &&
    one.carried === carried;
  state.attempts.forEach((one, attempt) => {
    if (one.intent && isSame(one)) go(at, 'reattach', { pc: 'verify', attempt });
  });
  const attempt: Attempt = {
    ...{
      revision,
      sources,
      covered,
      carried,
      status: intended,
      intent: true,
      rows: 0,
      fresh: false,
      sent: false,
    },
  };
  const attempts = [...state.attempts, attempt];
  go(at, 'intend', { pc: 'write', attempt: state.attempts.length }, { ...state, attempts });
}

/** The one write that decides. An answer may be lost on its way back, or the request on its way there. */
function commit(at: At): void {
  const { protocol, state, me } = at;
  const attempt = state.attempts[me.attempt]!;
  const isTaken = protocol.commit === 'cas' && state.pointer.revision !== attempt.revision;
  const to = isTaken ? state : committed(state, me.attempt);
  rest(at, 'commit', to);
  const doubt: Partial<Runner> =
    protocol.unknown === 'reread'
      ? { pc: 'reread', attempt: me.attempt }
      : { pc: 'clean', attempt: me.attempt };
  if (!isTaken) go(at, 'commit, answer lost', doubt, to);
  go(at, 'commit, request lost', doubt);
}

/** Key by key, in any order, and no more than was listed. */
function retire(at: At): void {
  const { protocol, state, me } = at;
  for (const version of versions) {
    if (!(me.sources & version)) continue;
    const there = state.raw & sameKey(version);
    const hit = protocol.deletion === 'plain' ? there : there & version;
    const sources = me.sources & ~version;
    const to = { ...state, raw: state.raw & ~hit, deleted: state.deleted | hit };
    const fault = hit & ~version ? notCompacted : hit & ~state.ripe ? tooEarly : undefined;
    const isStaged = protocol.placement === 'staged';
    if (sources) go(at, 'retire', { pc: 'retire', sources }, to, isStaged ? fault : undefined);
    else rest(at, 'retire', to, isStaged ? fault : undefined);
  }
}

/** On to the next place in the run; what is not named is forgotten, except in the places that share a memory. */
function go(at: At, step: Step, memory: Partial<Runner>, to: State = at.state, fault?: string): void {
  const { me, runner } = at;
  const keeps = memory.pc === 'claim' || memory.pc === 'intend';
  const attempt = memory.attempt ?? (at.me.attempt >= 0 && memory.pc !== 'retire' ? me.attempt : -1);
  const next = { ...(keeps ? me : idle(me.crashes)), attempt, ...memory };
  at.visit(step, runner, withRunner(to, runner, next), fault);
}

/** The run ends here; its claim is released if it still is its own. */
function rest(at: At, step: Step, to: State = at.state, fault?: string): void {
  const claim = to.claim === at.runner + 1 ? 0 : to.claim;
  at.visit(step, at.runner, withRunner(to, at.runner, idle(at.me.crashes), claim), fault);
}
