import fc from 'fast-check';
import t from 'tap';
import { addHour, createHourSet, daysOf, hasHourBetween } from '../../src/prefixes/hour-set.js';
import { packHours, unpackHours } from '../../src/prefixes/packed-hours.js';

const HOUR = 3_600_000;

t.test('an hour set counts different hours, before 1970 too', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -20_000, max: 500_000 })), (hours) => {
      const set = createHourSet();
      for (const hour of [...hours, ...hours]) addHour(set, hour * HOUR);
      t.equal(set.size, new Set(hours).size);
      t.equal(daysOf(set), new Set(hours.map((hour) => Math.floor(hour / 24))).size);
    }),
    { numRuns: 50 },
  );
});

const setOf = (hours: readonly number[]) => {
  const set = createHourSet();
  for (const hour of hours) addHour(set, hour * HOUR);
  return set;
};
const some = fc.oneof(
  fc.array(fc.integer({ min: -20_000, max: 500_000 }), { maxLength: 20 }),
  fc
    .tuple(fc.integer({ min: -9000, max: 500_000 }), fc.nat({ max: 9000 }), fc.constantFrom(1, 7, 24))
    .map(([from, count, step]) => Array.from({ length: count / step }, (_, i) => from + i * step)),
);

t.test('whether an hour begins within a span of time is what looking at each says', async (t) => {
  const span = fc.tuple(fc.integer({ min: -20_000, max: 500_000 }), fc.constantFrom(0, 1, 24, 9000));
  fc.assert(
    fc.property(some, fc.array(span, { maxLength: 20 }), (hours, spans) => {
      const set = setOf(hours);
      const near = hours.slice(0, 5).flatMap((hour) => [[hour, 1] as const, [hour - 24, 24] as const]);
      for (const [from, length] of [...spans, ...near])
        t.equal(
          hasHourBetween(set, from * HOUR, (from + length) * HOUR),
          hours.some((hour) => hour >= from && hour < from + length),
        );
    }),
    { numRuns: 50 },
  );
});

t.test('hours of two sets are one set, few or many in a year, whichever comes first', async (t) => {
  fc.assert(
    fc.property(some, some, (one, other) => {
      const into = setOf(one);
      const part = packHours([{ partitions: new Map() }, { partitions: new Map([['dt', setOf(other)]]) }]);
      unpackHours(part, (row, template) => (row === 1 && template === 'dt' ? into : undefined));
      const both = new Set([...one, ...other]);
      t.equal(into.size, both.size);
      t.equal(daysOf(into), new Set([...both].map((hour) => Math.floor(hour / 24))).size);
    }),
    { numRuns: 100 },
  );
});

t.test('a year of hours takes pages of a kilobyte, and a few hours hardly anything', async (t) => {
  const wordsOf = (hours: readonly number[]) =>
    packHours([{ partitions: new Map([['dt', setOf(hours)]]) }]).words.length;
  const first = Date.UTC(2026, 0, 1) / HOUR;
  t.ok(wordsOf(Array.from({ length: 8760 }, (_, i) => first + i)) <= 3 * 513);
  t.equal(wordsOf([first, first + 24, first + 9000, -900_000]), 4);
});
