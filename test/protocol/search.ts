/** Breadth first through every state that two runners and the world can reach; a fault comes with the shortest way to it. */
import { type Canonical, canonical, ordered } from './canonical.js';
import { due } from './due.js';
import { broken, isDone, unfinished } from './invariants.js';
import type { Protocol, World } from './protocol.js';
import { moves } from './reduction.js';
import { type State, start } from './state.js';
import type { Step } from './steps.js';

export interface Found {
  readonly states: number;
  readonly transitions: number;
  readonly seconds: number;
  /** The first sentence that was broken. */
  readonly fault: string | undefined;
  /** Keys of the states on the shortest way to the fault, and of the one that the faulty step leads to. */
  readonly way: readonly string[];
  /** States in which nothing is left to do. */
  readonly ends: number;
  /** How often each step was taken. */
  readonly steps: ReadonlyMap<Step, number>;
}

export interface Watch {
  /** Milliseconds since whenever. */
  readonly clock: () => number;
  /** Goes on past every other fault. */
  readonly only?: string;
  /** Sees every state once. */
  readonly each?: (state: State) => void;
}

interface Fault {
  readonly why: string;
  readonly from: number;
  readonly key?: string;
}

/** Grows as the search does. `alone` holds, per state and runner, the state and the place of the runner after its next step if no other moves. */
interface Graph {
  readonly ids: Map<string, number>;
  readonly keys: string[];
  readonly parents: number[];
  readonly alone: number[];
  readonly steps: Map<Step, number>;
  queue: State[];
  transitions: number;
  ends: number;
  fault: Fault | undefined;
  readonly watch: Watch;
}

export function search(protocol: Protocol, world: World, watch: Watch): Found {
  const began = watch.clock();
  const graph: Graph = {
    ...{ ids: new Map(), keys: [], parents: [], alone: [], steps: new Map(), queue: [] },
    ...{ transitions: 0, ends: 0, fault: undefined, watch },
  };
  add(graph, protocol, canonical(protocol, world, start(world.crashesEach)), -1);
  let id = 0;
  while (graph.queue.length > 0 && !graph.fault) {
    const level = graph.queue;
    graph.queue = [];
    for (const state of level) {
      if (graph.fault) break;
      expand(graph, protocol, world, state, id);
      id += 1;
    }
  }
  graph.fault ??= neverDone(graph);
  const { keys, transitions, ends, steps, fault } = graph;
  const seconds = (watch.clock() - began) / 1000;
  return { states: keys.length, transitions, seconds, fault: fault?.why, way: wayTo(graph), ends, steps };
}

function add(graph: Graph, protocol: Protocol, found: Canonical, parent: number): number {
  const { key } = found;
  const known = graph.ids.get(key);
  if (known !== undefined) return known;
  const id = graph.keys.length;
  const state = ordered(found);
  graph.ids.set(key, id);
  graph.keys.push(key);
  graph.parents.push(parent);
  graph.queue.push(state);
  const why = broken(protocol, state) ?? (isDone(protocol, state) ? unfinished(protocol, state) : undefined);
  if (why !== undefined) report(graph, { why, from: id });
  graph.watch.each?.(state);
  return id;
}

function report(graph: Graph, fault: Fault): void {
  if (graph.watch.only === undefined || graph.watch.only === fault.why) graph.fault ??= fault;
}

function expand(graph: Graph, protocol: Protocol, world: World, state: State, id: number): void {
  const wishes = [aloneStep(protocol, state, 0), aloneStep(protocol, state, 1)];
  graph.alone[id * 2] = graph.alone[id * 2 + 1] = nowhere;
  if (isDone(protocol, state)) graph.ends += 1;
  moves(protocol, world, state, (steps, runner, to, why) => {
    graph.transitions += 1;
    for (const step of steps) graph.steps.set(step, (graph.steps.get(step) ?? 0) + 1);
    const next = canonical(protocol, world, to);
    if (why !== undefined) report(graph, { why, from: id, key: next.key });
    const nextId = add(graph, protocol, next, id);
    for (const mine of [0, 1] as const) {
      const isMine = runner === -1 || runner === mine;
      if (!isMine || graph.alone[id * 2 + mine] !== nowhere || !isWished(wishes[mine]!, steps, runner))
        continue;
      graph.alone[id * 2 + mine] = nextId * 2 + (next.swapped ? 1 - mine : mine);
    }
  });
  for (const mine of [0, 1]) if (wishes[mine] === 'rest') graph.alone[id * 2 + mine] = resting;
}

const nowhere = -1;
const resting = -2;
const notAlone: readonly Step[] = ['crash', 'commit, answer lost', 'commit, request lost'];

/** What a runner does that nobody disturbs: work, as long as there is some; else it waits for time to pass. */
function aloneStep(protocol: Protocol, state: State, runner: 0 | 1): Step | 'work' | 'rest' {
  const { pointer, raw, shown, attempts, claim } = state;
  const { pc } = state.runners[runner];
  if (pc === 'claim' && claim !== 0) return 'expire';
  if (pc !== 'idle' || due(protocol, pointer, raw, shown, attempts, state.renamed).what !== 'nothing')
    return 'work';
  return pointer.revision > 0 && !pointer.old ? 'ripen' : 'rest';
}

const isWished = (wish: Step | 'work' | 'rest', steps: readonly Step[], runner: number): boolean =>
  wish === 'work' ? runner >= 0 && !steps.some((step) => notAlone.includes(step)) : wish === steps[0];

/** Every way of a runner alone must come to rest, which only a finished state allows. */
function neverDone({ alone }: Graph): Fault | undefined {
  const colour = new Uint8Array(alone.length);
  for (let first = 0; first < alone.length; first++) {
    const path: number[] = [];
    let at = first;
    while (at >= 0 && colour[at] === 0) {
      colour[at] = 1;
      path.push(at);
      at = alone[at]!;
    }
    if (at === nowhere) return { why: 'a runner alone has no step left', from: path.at(-1)! >> 1 };
    if (at >= 0 && colour[at] === 1) return { why: 'a runner alone goes in a circle', from: at >> 1 };
    for (const one of path) colour[one] = 2;
  }
  return undefined;
}

function wayTo({ fault, parents, keys }: Graph): string[] {
  if (!fault) return [];
  const way = fault.key === undefined ? [] : [fault.key];
  for (let at = fault.from; at >= 0; at = parents[at]!) way.unshift(keys[at]!);
  return way;
}
