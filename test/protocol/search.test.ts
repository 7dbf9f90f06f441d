/** The protocol keeps its promises in every interleaving of two runners; without any one of its rules it does not. */
import t from 'tap';
import { isDone } from './invariants.js';
import { chosen } from './protocol.js';
import { moves } from './reduction.js';
import { search } from './search.js';
import type { State } from './state.js';
import { steps } from './steps.js';
import { traceOf } from './trace.js';
import { weakenings } from './weakenings.js';
import { clock, row, whole } from './worlds.js';

/** Two crashes each are searched by test/servers/whole-protocol.test.ts. */
const once = { ...whole, crashesEach: 1 };

t.test('two runners with a crash each, a late object and an overwritten key break nothing', async (t) => {
  const found = search(chosen, once, { clock });
  t.comment(row('chosen protocol, one crash each', found));
  t.equal(found.fault, undefined);
  t.ok(found.states > 10_000, 'the search was no small one');
  t.ok(found.ends > 50, 'it came to its end in many ways');
  const never = steps.filter((step) => !found.steps.has(step));
  const elsewhere = [
    'publish',
    'vanish',
    'rename',
    'expire',
    'commit, request under way',
    'commit arrives late',
  ];
  t.strictSame(never, elsewhere, 'every step was taken but these, which have searches of their own');
});

t.test(
  'sources that are kept are kept, and an overwritten key is replaced wherever it happens',
  async (t) => {
    const found = search({ ...chosen, sources: 'keep' }, once, { clock });
    t.comment(row('sources kept, one crash each', found));
    t.equal(found.fault, undefined);
    t.notOk(found.steps.has('retire'));
  },
);

t.test('where everything is done, a runner looks and changes nothing', async (t) => {
  const done: State[] = [];
  const quiet = { ...once, crashesEach: 0 };
  const each = (state: State) => {
    if (isDone(chosen, state) && state.runners.every(({ pc }) => pc === 'idle')) done.push(state);
  };
  search(chosen, quiet, { clock, each });
  t.ok(done.length > 10);
  for (const state of done)
    moves(chosen, quiet, state, (taken, runner, to) => {
      if (runner < 0) return;
      t.strictSame(taken, ['look', 'list']);
      t.strictSame(to, state);
    });
});

for (const { name, change, world, fault } of weakenings)
  t.test(`without its rule it fails: ${name}`, async (t) => {
    const protocol = { ...chosen, ...change };
    const around = { ...whole, ...world, crashesEach: 0 };
    const found = search(protocol, around, { clock, only: fault });
    t.comment(row(name, found));
    t.equal(found.fault, fault);
    const way = traceOf(protocol, around, found.way);
    t.ok(way.length > 2, 'there is a way to it');
    for (const [at, line] of way.entries()) t.comment(`  ${at}. ${line}`);
    const sound = { ...chosen, sources: protocol.sources };
    t.equal(search(sound, around, { clock }).fault, undefined, 'with the rule the same world is sound');
  });

t.test('the way to a fault can be followed step by step', async (t) => {
  const hasty = { ...chosen, grace: 'none' } as const;
  const quiet = { ...whole, crashesEach: 0, late: false, overwrite: false };
  const way = traceOf(hasty, quiet, search(hasty, quiet, { clock }).way);
  t.match(way[0], /^at first: raw a b; no pointer/);
  t.match(
    way[1],
    /^runner 1: look, list, freeze, claim, intend → raw a b; no pointer; output \(a b, empty\)/,
  );
  t.match(way.at(-1), /: retire \(a source is deleted before its generation/);
  t.equal(way.filter((line) => line.includes(': commit →')).length, 1);
});
