import fc from 'fast-check';
import t from 'tap';
import { GIB, KIB } from '../../src/kernel/bytes.js';
import {
  barCount,
  barOf,
  barsOf,
  floorBar,
  lowerEdge,
  medianBar,
  medianBytes,
  mergeHistograms,
  upperEdges,
} from '../../src/prefixes/histogram.js';
import type { HistogramRow } from '../../src/prefixes/tally.js';

t.test('the edges are 1, 1 KiB, then doubling from 4 KiB to 4 GiB, then open', async (t) => {
  t.same(upperEdges.slice(0, 8), [1, KIB, 4 * KIB, 8 * KIB, 16 * KIB, 32 * KIB, 64 * KIB, 128 * KIB]);
  t.same(upperEdges.slice(-3), [2 * GIB, 4 * GIB, null]);
  t.equal(barCount, 24);
  t.equal(floorBar, 8, 'eight bars lie below 128 KiB');
});

t.test('a size lies in the bar whose edges surround it', async (t) => {
  const sizes = fc.oneof(
    fc.nat({ max: 300 * KIB }),
    fc.maxSafeNat(),
    fc.constantFrom(...upperEdges.map((edge) => edge ?? 0)),
    fc.constantFrom(...upperEdges.map((edge) => (edge ?? 1) - 1)),
  );
  fc.assert(
    fc.property(sizes, (size) => {
      const upTo = upperEdges[barOf(size)]!;
      t.ok(size >= lowerEdge(upTo) && (upTo === null || size < upTo), `${size} in the bar below ${upTo}`);
    }),
  );
});

t.test('an empty object has a bar of its own', async (t) => {
  t.equal(upperEdges[barOf(0)], 1);
  t.equal(upperEdges[barOf(1)], KIB);
});

const row = (upToBytes: number | null, objects: bigint, bytes: bigint, of = 'STANDARD'): HistogramRow => ({
  class: of,
  upToBytes,
  objects,
  bytes,
});

t.test('histograms merge by class and edge, in order of class and size', async (t) => {
  const merged = mergeHistograms(
    [row(null, 1n, 5n), row(1, 2n, 0n)],
    [row(1, 3n, 0n), row(KIB, 1n, 9n, 'GLACIER')],
  );
  t.same(merged, [row(KIB, 1n, 9n, 'GLACIER'), row(1, 5n, 0n), row(null, 1n, 5n)]);
});

t.test('bars count all classes together and leave empty ones out', async (t) => {
  t.same(barsOf([row(KIB, 1n, 9n, 'GLACIER'), row(KIB, 2n, 4n), row(1, 0n, 0n)]), [row(KIB, 3n, 13n, '')]);
});

t.test('the median is the average size of the bar that holds the middle object', async (t) => {
  const histogram = [row(KIB, 2n, 1000n), row(4 * KIB, 3n, 6000n), row(null, 1n, 9_000_000_000n)];
  t.equal(medianBar(histogram)?.upToBytes, 4 * KIB);
  t.equal(medianBytes(histogram), 2000);
  t.equal(medianBytes([]), 0, 'nothing has no middle');
});

t.test('of two middles the lower one counts, and of one size the median is that size', async (t) => {
  t.equal(medianBytes([row(KIB, 1n, 700n), row(4 * KIB, 1n, 2000n)]), 700);
  t.equal(medianBytes([row(KIB, 4n, 2800n)]), 700);
  t.equal(
    medianBytes([row(1, -3n, 0n), row(KIB, 2n, 1400n), row(4 * KIB, 0n, 9n)]),
    700,
    'more was taken off than there was',
  );
});
