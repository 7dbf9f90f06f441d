/** Sizes fall into fixed bars, and no bar straddles 128 KiB: the floor's padding follows exactly from counts and bytes. */
import { GIB, KIB } from '../kernel/bytes.js';
import { compareHeld, type HistogramRow, heldName } from './tally.js';

/** STANDARD_IA, ONEZONE_IA and GLACIER_IR bill a smaller object as this many bytes (S3 pricing page). */
export const FLOOR_BYTES = 128 * KIB;

/** A bar holds sizes from the edge before it up to, not including, its own; empty objects have a bar of their own. */
export const upperEdges: readonly (number | null)[] = [
  1,
  KIB,
  ...Array.from({ length: 21 }, (_, i) => 4 * KIB * 2 ** i),
  null,
];
export const barCount = upperEdges.length;
/** Bars before this one hold what the 128 KiB floor pads. */
export const floorBar = upperEdges.indexOf(FLOOR_BYTES) + 1;

/** The bar of a size: from 4 KiB to 4 GiB the edges double, so the highest bit decides. */
export function barOf(size: number): number {
  if (size < 4 * KIB) return size < 1 ? 0 : size < KIB ? 1 : 2;
  return size < 4 * GIB ? 22 - Math.clz32(size) : barCount - 1;
}

/** The smallest size of the bar that ends at `upToBytes` (null: the open one). */
export const lowerEdge = (upToBytes: number | null): number => upperEdges[edgeIndex(upToBytes) - 1] ?? 0;

const edges = new Map(upperEdges.map((upToBytes, bar) => [upToBytes, bar]));
const edgeIndex = (upToBytes: number | null): number => edges.get(upToBytes) ?? -1;

/** Rows of several histograms as one, ordered by class, tier and size. Associative and commutative. */
export function mergeHistograms(
  ...histograms: readonly (readonly HistogramRow[])[]
): readonly HistogramRow[] {
  const merged = new Map<string, HistogramRow>();
  for (const row of histograms.flat()) {
    const name = `${heldName(row)}\n${row.upToBytes}`;
    const { objects, bytes } = merged.get(name) ?? { objects: 0n, bytes: 0n };
    merged.set(name, { ...row, objects: objects + row.objects, bytes: bytes + row.bytes });
  }
  return [...merged.values()].sort(
    (a, b) => compareHeld(a, b) || edgeIndex(a.upToBytes) - edgeIndex(b.upToBytes),
  );
}

/** All classes together: one row a bar that is not empty, in order of size. */
export function barsOf(histogram: readonly HistogramRow[]): readonly HistogramRow[] {
  return inOrder(histogram).filter((row) => row.objects > 0n);
}

interface BarSums {
  readonly objects: bigint[];
  readonly bytes: bigint[];
}

function sumsByBar(histogram: readonly HistogramRow[]): BarSums {
  const objects = new Array<bigint>(barCount).fill(0n);
  const bytes = new Array<bigint>(barCount).fill(0n);
  for (const row of histogram) {
    const bar = edgeIndex(row.upToBytes);
    objects[bar]! += row.objects;
    bytes[bar]! += row.bytes;
  }
  return { objects, bytes };
}

const barIn = ({ objects, bytes }: BarSums, bar: number): HistogramRow => ({
  class: '',
  upToBytes: upperEdges[bar]!,
  objects: objects[bar]!,
  bytes: bytes[bar]!,
});

/** The bar the median object falls in (the lower one of two middles); undefined when there are no objects. */
export function medianBar(histogram: readonly HistogramRow[]): HistogramRow | undefined {
  if (histogram.length === 1 && histogram[0]!.objects > 0n) return histogram[0];
  // That of one class has them as they are: sums of each bar would take longer than all else a row is asked for.
  const bars = isInOrder(histogram) ? histogram : inOrder(histogram);
  let all = 0n;
  for (const { objects } of bars) if (objects > 0n) all += objects;
  let seen = 0n;
  for (const bar of bars) {
    // What was taken off may be more than there was.
    if (bar.objects <= 0n) continue;
    seen += bar.objects;
    if (seen * 2n >= all) return bar;
  }
  return undefined;
}

/** Each bar once. */
function isInOrder(histogram: readonly HistogramRow[]): boolean {
  let last = -1;
  for (const { upToBytes } of histogram) {
    const bar = edgeIndex(upToBytes);
    if (bar <= last) return false;
    last = bar;
  }
  return true;
}

function inOrder(histogram: readonly HistogramRow[]): readonly HistogramRow[] {
  const sums = sumsByBar(histogram);
  return upperEdges.map((_, bar) => barIn(sums, bar));
}

/** The average size within the median's bar: exact when all objects have one size, always on the right side of 128 KiB. */
export function medianBytes(histogram: readonly HistogramRow[]): number {
  const bar = medianBar(histogram);
  return bar ? Number(bar.bytes / bar.objects) : 0;
}
