import fc from 'fast-check';
import t from 'tap';
import { KIB } from '../../src/kernel/bytes.js';
import { storageClasses } from '../../src/kernel/s3.js';
import {
  addObject,
  createTally,
  foldTally,
  histogramOf,
  tallyOf,
  weightOf,
} from '../../src/prefixes/running-tally.js';
import { mergeTallies } from '../../src/prefixes/tally.js';

const tallied = (storageClass: string, sizes: readonly number[], smallBelowBytes = 128 * KIB) => {
  const tally = createTally(storageClass, smallBelowBytes);
  for (const size of sizes) addObject(tally, size);
  return tally;
};

t.test('an object below 128 KiB is padded up to it where the class has a floor', async (t) => {
  for (const name of ['STANDARD_IA', 'ONEZONE_IA', 'GLACIER_IR'])
    t.equal(
      tallyOf(tallied(name, [0, 10 * KIB, 128 * KIB, 200 * KIB])).paddingBytes,
      BigInt((128 + 118) * KIB),
    );
});

t.test('no other class is padded', async (t) => {
  for (const name of storageClasses.filter((name) => !/_IA$|_IR$/.test(name)))
    t.equal(tallyOf(tallied(name, [0, 1])).paddingBytes, 0n, name);
});

t.test('every object in GLACIER and DEEP_ARCHIVE carries 40 KiB, whatever its size', async (t) => {
  for (const name of storageClasses) {
    const overhead = tallyOf(tallied(name, [0, 5, 10 ** 9])).archiveOverheadBytes;
    t.equal(overhead, /^GLACIER$|^DEEP/.test(name) ? BigInt(3 * 40 * KIB) : 0n, name);
  }
});

t.test('small objects are those below the threshold, which is not small itself', async (t) => {
  const { smallObjects, smallBytes, objects, bytes } = tallyOf(
    tallied('STANDARD', [0, 999, 1000, 1001], 1000),
  );
  t.same([smallObjects, smallBytes, objects, bytes], [2n, 999n, 4n, 3000n]);
});

t.test('sums beyond 2^53 stay exact', async (t) => {
  const size = Number.MAX_SAFE_INTEGER;
  const tally = tallied('STANDARD', [size, 3, size, size, 5], 4);
  t.equal(tallyOf(tally).bytes, 3n * BigInt(size) + 8n);
  t.same(
    histogramOf(tally).map((row) => [row.upToBytes, row.objects, row.bytes]),
    [
      [KIB, 2n, 8n],
      [null, 3n, 3n * BigInt(size)],
    ],
  );
  const twice = tallied('STANDARD', [size, 7], 4);
  foldTally(twice, tally);
  t.equal(tallyOf(twice).bytes, 4n * BigInt(size) + 15n);
  t.ok(weightOf([twice]).bytes > 3.6e16);
});

const sizes = fc.array(fc.oneof(fc.nat({ max: 300 * KIB }), fc.maxSafeNat()), { maxLength: 40 });
const name = fc.constantFrom(...storageClasses, 'BEYOND_KNOWLEDGE');

t.test('folding two tallies equals counting all objects in one', async (t) => {
  fc.assert(
    fc.property(name, sizes, sizes, fc.nat(), (of, a, b, small) => {
      const folded = tallied(of, a, small);
      foldTally(folded, tallied(of, b, small));
      t.same(tallyOf(folded), tallyOf(tallied(of, [...a, ...b], small)));
      t.same(
        tallyOf(folded),
        mergeTallies([tallyOf(tallied(of, a, small))], [tallyOf(tallied(of, b, small))])[0],
      );
    }),
    { numRuns: 50 },
  );
});

t.test('the bars of a histogram add up to the tally', async (t) => {
  fc.assert(
    fc.property(sizes, (all) => {
      const tally = tallied('STANDARD', all);
      const rows = histogramOf(tally);
      t.equal(
        rows.reduce((sum, row) => sum + row.objects, 0n),
        BigInt(all.length),
      );
      t.equal(
        rows.reduce((sum, row) => sum + row.bytes, 0n),
        tallyOf(tally).bytes,
      );
    }),
    { numRuns: 50 },
  );
});
