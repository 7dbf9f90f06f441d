/** A way through the states as a list of steps that a person can follow. */
import { canonical, ordered } from './canonical.js';

import type { Protocol, World } from './protocol.js';
import { moves } from './reduction.js';
import { a1, a2, b1, c1, names, type State, start } from './state.js';

const words: readonly (readonly [number, string])[] = [
  [a1, 'a'],
  [b1, 'b'],
  [c1, 'c'],
  [a2, "a'"],
];
const versionsText = (set: number): string =>
  words
    .filter(([version]) => set & version)
    .map(([, word]) => word)
    .join(' ') || 'nothing';

const statusText = ['deleted', 'empty', 'half written', ''] as const;

/** "a" and "b" lie there from the start, "c" comes late, "a'" overwrites "a". */
export function traceOf(protocol: Protocol, world: World, way: readonly string[]): string[] {
  let state = ordered(canonical(protocol, world, start(world.crashesEach)));
  let who = [1, 2];
  const lines = [`at first: ${stateText(protocol, state)}`];
  for (const key of way.slice(1)) {
    const found = stepTo(protocol, world, state, key);
    const actor = found.runner < 0 ? 'world' : `runner ${who[found.runner]}`;
    const fault = found.fault === undefined ? '' : ` (${found.fault})`;
    if (found.swapped) who = [who[1]!, who[0]!];
    state = found.state;
    lines.push(`${actor}: ${found.step}${fault} → ${stateText(protocol, state)}`);
  }
  return lines;
}

function stepTo(protocol: Protocol, world: World, from: State, key: string) {
  const found: { step: string; runner: number; state: State; swapped: boolean; fault?: string }[] = [];
  moves(protocol, world, from, (steps, runner, to, fault) => {
    const next = canonical(protocol, world, to);
    if (next.key !== key) return;
    const { swapped } = next;
    const state = ordered(next);
    found.push({ step: steps.join(', '), runner, state, swapped, ...(fault === undefined ? {} : { fault }) });
  });
  const first = found.find(({ fault }) => fault !== undefined) ?? found[0];
  if (!first) throw new Error('the way has a gap');
  return first;
}

function stateText({ placement }: Protocol, { raw, pointer, attempts }: State): string {
  const files = attempts.map((one, at) => {
    const status = statusText[one.status];
    const text = `(${versionsText(one.rows || one.sources)}${status ? `, ${status}` : ''})`;
    return names(pointer.files, at) ? `*${text}` : text;
  });
  const flags = `${pointer.marked ? ', retiring' : ''}${pointer.old ? ', old' : ''}`;
  const said = pointer.revision
    ? `pointer ${pointer.revision} says ${versionsText(pointer.covered)}${flags}`
    : 'no pointer';
  return `raw ${versionsText(raw)}; ${placement === 'staged' ? `${said}; ` : ''}output ${files.join(' ') || 'none'}`;
}
