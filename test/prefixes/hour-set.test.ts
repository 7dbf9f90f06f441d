import fc from 'fast-check';
import t from 'tap';
import { addHour, createHourSet, daysOf } from '../../src/prefixes/hour-set.js';

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

t.test('a year of hours takes two pages of a kilobyte', async (t) => {
  const set = createHourSet();
  for (let hour = 0; hour < 8760; hour++) addHour(set, Date.UTC(2026, 0, 1, hour));
  t.equal(set.size, 8760);
  t.ok(set.pages.size <= 3);
});
