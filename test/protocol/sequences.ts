/** What may happen to an hour, as arbitrary sequences. */
import fc from 'fast-check';
import type { Kind } from './hour-under-test.js';

export type Event =
  | { readonly what: 'put' | 'take away' | 'rename'; readonly name: string }
  | { readonly what: 'expire' | 'ripen' | 'renew' | 'look' }
  | {
      readonly what: 'start';
      readonly who: 0 | 1;
      readonly program: 'run' | 'recover' | 'clean';
      readonly effects: number;
    }
  | { readonly what: 'step'; readonly who: 0 | 1; readonly effects: number }
  | { readonly what: 'lose' | 'fail' | 'kill'; readonly who: 0 | 1 }
  /** One falls asleep on its way, the other does all there is to do, then the first goes on. */
  | {
      readonly what: 'overtake';
      readonly who: 0 | 1;
      readonly effects: number;
      readonly by: 'run' | 'clean' | 'nobody';
      /** Put before it begins, and while it sleeps; '': nothing. */
      readonly before: string;
      readonly meanwhile: string;
    };

export const toTheEnd = 10_000;
const who = fc.constantFrom<0 | 1>(0, 1);
const only = <T extends string>(...what: T[]) => fc.record({ what: fc.constantFrom(...what) });
/** A run has about seventy effects. */
const overtaking = (from: number, before: readonly string[]): fc.Arbitrary<Event> =>
  fc.record({
    what: fc.constant('overtake' as const),
    who,
    effects: fc.integer({ min: from, max: 70 }),
    by: fc.constantFrom<'run' | 'clean' | 'nobody'>('run', 'run', 'clean', 'nobody'),
    before: fc.constantFrom(...before),
    meanwhile: fc.constantFrom('', 'a', 'b', 'c'),
  });
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constant('put' as const), name: fc.constantFrom('a', 'b', 'c', 'd') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constantFrom('take away' as const, 'rename' as const),
      name: fc.constantFrom('a', 'b'),
    }),
  },
  { weight: 3, arbitrary: only('expire', 'ripen', 'ripen', 'renew') },
  {
    weight: 9,
    arbitrary: fc.record({
      what: fc.constant('start' as const),
      who,
      program: fc.constantFrom<'run' | 'recover' | 'clean'>('run', 'run', 'recover', 'clean', 'clean'),
      effects: fc.constantFrom(0, 8, 30, 60, toTheEnd, toTheEnd),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      what: fc.constant('step' as const),
      who,
      effects: fc.constantFrom(1, 2, 4, 8, 16, 24, 32, 48, 96),
    }),
  },
  { weight: 2, arbitrary: overtaking(20, ['', '', 'a', 'c']) },
  {
    weight: 5,
    arbitrary: fc.record({
      what: fc.constantFrom('lose' as const, 'fail' as const, 'kill' as const, 'kill' as const),
      who,
    }),
  },
);
export const kind: fc.Arbitrary<Kind> = fc.record({
  files: fc.constantFrom<Kind['files']>('one', 'one', 'several'),
  after: fc.constantFrom<Kind['after']>('delete', 'delete', 'tag', 'keep'),
});

/** Where a sequence begins: most of what can go wrong needs an hour that has come some way. */
export const prelude = fc.constantFrom('new', 'committed', 'ripe', 'retired', 'superseded');

/** Any sequence. */
export const anySequence = fc.array(event, { minLength: 6, maxLength: 18, size: 'max' });

/** For code that lacks a rule: little but races that are lost at the end of a run, where nearly all rules are needed. */
export const racingSequence = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: overtaking(20, ['a', 'a', 'c', '']) },
    { weight: 1, arbitrary: only('ripen') },
    {
      weight: 1,
      arbitrary: fc.record({ what: fc.constant('rename' as const), name: fc.constantFrom('a', 'b') }),
    },
  ),
  { minLength: 2, maxLength: 6, size: 'max' },
);
