import fc from 'fast-check';
import t from 'tap';
import { findPartition } from '../../src/prefixes/partition-keys.js';
import { hourLike, shapeOf } from '../../src/prefixes/partition-shape.js';

const two = (value: number): string => String(value).padStart(2, '0');
const date = fc.tuple(
  fc.constantFrom('2025', '2026', '2025', '2026', '2025', '2026', '2199', '0999', '1969', '9999'),
  fc.integer({ min: 1, max: 13 }).map(two),
  fc.integer({ min: 1, max: 31 }).map(two),
  fc.integer({ min: 0, max: 24 }).map(two),
);
type DateParts = readonly [string, string, string, string];
const layouts: readonly ((parts: DateParts) => string)[] = [
  ([y, m, d, h]) => `year=${y}/month=${m}/day=${d}/hour=${h}/`,
  ([y, m, d, h]) => `dt=${y}-${m}-${d}/hour=${Number(h)}/`,
  ([y, m, d, h]) => `dt=${y}-${m}-${d}-${h}/`,
  ([y, m, d]) => `${y}/${m}/${d}/`,
  ([y, m, d]) => `date=${y}-${m}-${d}/`,
];
const place = fc.constantFrom('t/', 'u1/', 'u2/', 't/2026/11/22/', 'dt=2026-11-22/', 'dt=2026-13-22/', '');
const rest = fc.constantFrom('', 'a/', '07/', '08/', 'year=2026/month=13/day=22/hour=05/');
const folders = fc
  .tuple(fc.constantFrom(...layouts), fc.tuple(place, date, rest), fc.tuple(place, date, rest), fc.boolean())
  .map(([layout, [place1, date1, rest1], [place2, date2, rest2], isOne]) => [
    place1 + layout(date1) + rest1,
    (isOne ? place1 : place2) + layout(date2) + (isOne ? rest1 : rest2),
  ]);

t.test('what a shape says of another folder is what looking for layouts says', async (t) => {
  let said = 0;
  fc.assert(
    fc.property(folders, ([one, other]) => {
      const found = findPartition(one!);
      const shape = found && shapeOf(one!, found);
      const hour = shape && hourLike(shape, other!);
      if (hour === undefined) return;
      said += 1;
      const { hourStart, tablePrefix, layout } = findPartition(other!)!;
      t.same(
        [hour, shape!.found.tablePrefix, shape!.found.layout.template],
        [hourStart, tablePrefix, layout.template],
      );
    }),
    { numRuns: 500 },
  );
  t.ok(said > 20, `${said} were said`);
});

t.test('the next hour is read, an hour that is none is not', async (t) => {
  const one = 't/year=2026/month=11/day=22/hour=05/';
  const shape = shapeOf(one, findPartition(one)!)!;
  t.equal(hourLike(shape, 't/year=2026/month=12/day=01/hour=23/'), Date.UTC(2026, 11, 1, 23));
  for (const other of [
    't/year=2026/month=12/day=01/hour=24/',
    't/year=2026/month=12/day=01/hour=2x/',
    't/year=9999/month=12/day=31/hour=00/',
    't/year=1969/month=12/day=31/hour=23/',
    'u/year=2026/month=11/day=22/hour=05/',
  ])
    t.equal(hourLike(shape, other), undefined, other);
});
