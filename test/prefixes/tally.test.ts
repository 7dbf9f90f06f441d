import fc from 'fast-check';
import t from 'tap';
import { addObject, createTally, tallyOf } from '../../src/prefixes/running-tally.js';
import { hasArchiveOverhead, mergeTallies, type Tally } from '../../src/prefixes/tally.js';

const name = fc.constantFrom('STANDARD', 'STANDARD_IA', 'GLACIER', 'BEYOND');
const big = fc.bigInt({ min: 0n, max: 2n ** 80n });
const tally: fc.Arbitrary<Tally> = fc.record(
  {
    class: name,
    accessTier: fc.constantFrom('FREQUENT', 'INFREQUENT'),
    objects: big,
    bytes: big,
    smallObjects: big,
    smallBytes: big,
    paddingBytes: big,
    archiveOverheadBytes: big,
    noncurrentObjects: big,
    noncurrentBytes: big,
    deleteMarkers: big,
  },
  {
    requiredKeys: [
      'class',
      'objects',
      'bytes',
      'smallObjects',
      'smallBytes',
      'paddingBytes',
      'archiveOverheadBytes',
      'noncurrentObjects',
      'noncurrentBytes',
      'deleteMarkers',
    ],
  },
);
const tallies = fc.array(tally, { maxLength: 5 });

t.test('tallies merge associatively and in any order', async (t) => {
  fc.assert(
    fc.property(tallies, tallies, tallies, (a, b, c) => {
      const all = mergeTallies(a, b, c);
      t.same(mergeTallies(mergeTallies(a, b), c), all);
      t.same(mergeTallies(a, mergeTallies(b, c)), all);
      t.same(mergeTallies(c, b, a), all);
    }),
    { numRuns: 50 },
  );
});

t.test('access tiers of one class stay apart', async (t) => {
  const running = createTally('INTELLIGENT_TIERING', 100);
  addObject(running, 1);
  const one = tallyOf(running);
  const merged = mergeTallies([one, { ...one, accessTier: 'FREQUENT' }], [one]);
  t.same(
    merged.map((row) => [row.accessTier, row.objects]),
    [
      [undefined, 2n],
      ['FREQUENT', 1n],
    ],
  );
});

t.test('the archive tiers of INTELLIGENT_TIERING carry what archived objects carry', async (t) => {
  t.same(
    ['FREQUENT', 'INFREQUENT', 'ARCHIVE_INSTANT', 'ARCHIVE_ACCESS', 'DEEP_ARCHIVE_ACCESS', undefined].map(
      (tier) => hasArchiveOverhead('INTELLIGENT_TIERING', tier),
    ),
    [false, false, false, true, true, false],
  );
});

t.test('objects of unknown size are added up', async (t) => {
  const running = createTally('STANDARD', 100);
  addObject(running, 1);
  const one: Tally = { ...tallyOf(running), unsizedObjects: 2n };
  t.equal(mergeTallies([one], [one])[0]?.unsizedObjects, 4n);
  t.notOk('unsizedObjects' in mergeTallies([tallyOf(running)], [tallyOf(running)])[0]!);
});
