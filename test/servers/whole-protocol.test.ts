/** The searches of the compaction protocol that take long: they need no server, only time. */
import t from 'tap';
import { canonical } from '../protocol/canonical.js';
import { chosen, type Protocol, type World } from '../protocol/protocol.js';
import { uninterrupted } from '../protocol/reduction.js';
import { search } from '../protocol/search.js';
import { complete, gone, idle, intended, names, type State } from '../protocol/state.js';
import { clock, row, whole } from '../protocol/worlds.js';

t.setTimeout(240_000);

const searches: readonly (readonly [string, Partial<Protocol>, Partial<World>])[] = [
  ['two crashes each, a late object, an overwritten key', {}, {}],
  ['the same with swept leftovers last', { cleaning: 'last' }, {}],
  ['the same with sources kept', { sources: 'keep' }, {}],
  ['the same, and commits that arrive late, even from the dead', {}, { delay: true }],
  ['the same, and a source that others delete', {}, { vanish: true }],
  ['the same, and a source that is renamed', {}, { rename: true, late: false }],
  ['that with sources kept', { sources: 'keep' }, { rename: true, late: false }],
  ['a source that others delete, with sources kept', { sources: 'keep' }, { vanish: true }],
  ['one crash each, and copies under final names', { publish: 'folder' }, { crashesEach: 1 }],
];

for (const [name, change, around] of searches)
  t.test(`nothing is broken: ${name}`, async (t) => {
    const found = search({ ...chosen, ...change }, { ...whole, ...around }, { clock });
    t.comment(row(name, found));
    t.equal(found.fault, undefined);
    t.ok(found.states > 8_000, 'the search was no small one');
  });

const small: readonly (readonly [string, Partial<World>])[] = [
  ['a crash each', { crashesEach: 1, late: false, overwrite: false }],
  ['a late object', { crashesEach: 0, overwrite: false }],
  ['an overwritten key', { crashesEach: 0, late: false }],
];

/** Without what can have no effect: the crashes that are left, and output that only waits to be swept. */
function essence(world: World, found: State): string {
  const { state } = canonical(chosen, world, { ...found, claim: 0 });
  const runner = (me: State['runners'][number]) => (me.pc === 'clean' ? idle(0) : { ...me, crashes: 0 });
  const attempts = state.attempts.map((one, at) => {
    if (names(state.pointer.files, at)) return one;
    if (one.covered === 0) return { ...one, status: gone, intent: false, revision: 0, fresh: false };
    return one.status === complete ? one : { ...one, status: intended, rows: 0 };
  });
  const runners = [runner(state.runners[0]), runner(state.runners[1])] as const;
  return canonical(chosen, world, { ...state, runners, attempts }).key;
}

for (const [name, change] of small)
  t.test(`interrupted between any two steps it comes to nothing else: ${name}`, async (t) => {
    const world = { ...whole, ...change };
    const shortened = new Set<string>();
    search(chosen, world, { clock, each: (state) => shortened.add(essence(world, state)) });
    const every = new Set<string>();
    const each = (state: State) => {
      if (!state.runners.some(({ pc }) => uninterrupted.includes(pc))) every.add(essence(world, state));
    };
    const found = search(chosen, { ...world, interleaving: 'every-step' }, { clock, each });
    t.comment(row(`every step, ${name}`, found));
    t.equal(found.fault, undefined);
    t.ok(found.states > 10_000 && shortened.size > 50);
    t.strictSame([...every].filter((key) => !shortened.has(key)).length, 0, 'nothing new is reached');
    t.equal(every.size, shortened.size);
  });
