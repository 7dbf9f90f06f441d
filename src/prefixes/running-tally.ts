/** A tally while objects are being added: plain numbers, because a million bigint additions take seconds. */
import { KIB } from '../kernel/bytes.js';
import { barCount, barOf, FLOOR_BYTES, floorBar, upperEdges } from './histogram.js';
import { giveBack, type SumRoom, sumCount, takeRoom } from './sum-room.js';
import { type Held, type HistogramRow, hasArchiveOverhead, hasFloor, type Tally } from './tally.js';

const bytesAt = barCount;
const smallObjectsAt = 2 * barCount;
const smallBytesAt = smallObjectsAt + 1;
const noncurrentObjectsAt = smallObjectsAt + 2;
const noncurrentBytesAt = smallObjectsAt + 3;
const deleteMarkersAt = smallObjectsAt + 4;
const unsizedAt = smallObjectsAt + 5;
/** Where each sum stands, the first two for the first bar. */
export const sumPlaces = {
  ...{ objects: 0, bytes: bytesAt, smallObjects: smallObjectsAt, smallBytes: smallBytesAt },
  ...{ noncurrentObjects: noncurrentObjectsAt, noncurrentBytes: noncurrentBytesAt },
  ...{ deleteMarkers: deleteMarkersAt, unsized: unsizedAt },
} as const;

const ARCHIVE_OVERHEAD_BYTES = BigInt(40 * KIB);

/** Its sums: objects by bar, bytes by bar, then the six above, none beyond 2^53 − 1. */
export interface RunningTally extends Held, SumRoom {
  readonly smallBelowBytes: number;
  /** What no longer fitted into `sums`, by the same index. */
  readonly spilled: Map<number, bigint> | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export function createTally(
  storageClass: string,
  smallBelowBytes: number,
  accessTier?: string,
): RunningTally {
  const { sums, at } = takeRoom();
  return tallyView({ class: storageClass, accessTier }, smallBelowBytes, sums, at, undefined);
}

/** The sums that stand at a place: whoever wrote them there may write more. A spread into a literal takes microseconds. */
export const tallyView = (
  { class: storageClass, accessTier }: { readonly class: string; readonly accessTier?: string | undefined },
  smallBelowBytes: number,
  sums: Float64Array,
  at: number,
  spilled: Map<number, bigint> | undefined,
): RunningTally =>
  accessTier === undefined
    ? { class: storageClass, smallBelowBytes, sums, at, spilled }
    : { class: storageClass, accessTier, smallBelowBytes, sums, at, spilled };

/** Nobody may read it again. */
export const dropTally = (tally: RunningTally): void => giveBack(tally);

/** `size` is a whole number of bytes from 0 to 2^53 − 1. */
export function addObject(tally: RunningTally, size: number): void {
  const bar = barOf(size);
  increase(tally, bar, 1);
  increase(tally, bytesAt + bar, size);
  if (size >= tally.smallBelowBytes) return;
  increase(tally, smallObjectsAt, 1);
  increase(tally, smallBytesAt, size);
}

/** An object whose size the source does not give. */
export const addUnsized = (tally: RunningTally): void => increase(tally, unsizedAt, 1);

/** Says of an object just added that it is a noncurrent version. */
export function noteNoncurrent(tally: RunningTally, size: number): void {
  increase(tally, noncurrentObjectsAt, 1);
  increase(tally, noncurrentBytesAt, size);
}

export const addDeleteMarker = (tally: RunningTally): void => increase(tally, deleteMarkersAt, 1);

/** Adds everything of `from` to `into`; both count one class with one threshold. */
export function foldTally(into: RunningTally, from: RunningTally): void {
  addSums(into, from.sums, from.at);
  if (from.spilled) for (const [index, amount] of from.spilled) spill(into, index, amount);
}

/** Adds the sums that stand at `from`, in the order of a tally. That most are 0 is not asked: it takes longer than adding. */
export function addSums(into: RunningTally, added: Float64Array, from: number): void {
  const { sums, at } = into;
  for (let i = 0; i < sumCount; i++) {
    const sum = sums[at + i]! + added[from + i]!;
    if (sum <= Number.MAX_SAFE_INTEGER) sums[at + i] = sum;
    else increase(into, i, added[from + i]!);
  }
}

function increase(tally: RunningTally, index: number, amount: number): void {
  const { sums, at } = tally;
  const sum = sums[at + index]! + amount;
  if (sum <= Number.MAX_SAFE_INTEGER) {
    sums[at + index] = sum;
    return;
  }
  spill(tally, index, BigInt(sums[at + index]!));
  sums[at + index] = amount;
}

/** Adds what may be more than a number holds. */
export function spill(tally: Mutable<RunningTally>, index: number, amount: bigint): void {
  tally.spilled ??= new Map();
  tally.spilled.set(index, (tally.spilled.get(index) ?? 0n) + amount);
}

/** Most counts are small, and each would be one more object. */
const smallCounts = Array.from({ length: 1024 }, (_, count) => BigInt(count));
const exact = (sum: number): bigint => smallCounts[sum] ?? BigInt(sum);

function sumAt({ sums, at, spilled }: RunningTally, index: number): bigint {
  const more = spilled?.get(index);
  return more === undefined ? exact(sums[at + index]!) : exact(sums[at + index]!) + more;
}

function sumOver(tally: RunningTally, from: number, to: number): bigint {
  const { sums, at, spilled } = tally;
  let plain = 0;
  for (let i = from; i < to; i++) plain += sums[at + i]!;
  if (!spilled && plain <= Number.MAX_SAFE_INTEGER) return exact(plain);
  let sum = 0n;
  for (let i = from; i < to; i++) sum += sumAt(tally, i);
  return sum;
}

/** The sums so far, as an immutable record. Nothing is spread into the literal that most are: that takes microseconds. */
export function tallyOf(tally: RunningTally, histogram = histogramOf(tally)): Tally {
  const { class: storageClass, accessTier } = tally;
  const unsized = sumAt(tally, unsizedAt);
  let objects = unsized;
  let bytes = 0n;
  // Most have one bar: all of them are looked at once.
  for (const bar of histogram) {
    objects += bar.objects;
    bytes += bar.bytes;
  }
  const found: Mutable<Tally> = {
    class: storageClass,
    objects,
    bytes,
    smallObjects: sumAt(tally, smallObjectsAt),
    smallBytes: sumAt(tally, smallBytesAt),
    paddingBytes: hasFloor(storageClass) ? paddingOf(tally) : 0n,
    archiveOverheadBytes: hasArchiveOverhead(storageClass, accessTier)
      ? objects * ARCHIVE_OVERHEAD_BYTES
      : 0n,
    noncurrentObjects: sumAt(tally, noncurrentObjectsAt),
    noncurrentBytes: sumAt(tally, noncurrentBytesAt),
    deleteMarkers: sumAt(tally, deleteMarkersAt),
  };
  if (unsized > 0n) found.unsizedObjects = unsized;
  return accessTier === undefined ? found : Object.assign({ class: storageClass, accessTier }, found);
}

function paddingOf(tally: RunningTally): bigint {
  const belowFloor = sumOver(tally, 0, floorBar);
  return belowFloor * BigInt(FLOOR_BYTES) - sumOver(tally, bytesAt, bytesAt + floorBar);
}

/** The bars that are not empty, in order of size. */
export function histogramOf(tally: RunningTally): readonly HistogramRow[] {
  const { class: storageClass, accessTier, sums, at, spilled } = tally;
  let rows: HistogramRow[] = [];
  for (let bar = 0; bar < barCount; bar++) {
    if (sums[at + bar] === 0 && !spilled) continue;
    const objects = sumAt(tally, bar);
    if (objects === 0n) continue;
    const upToBytes = upperEdges[bar]!;
    const bytes = sumAt(tally, bytesAt + bar);
    const row: HistogramRow =
      accessTier === undefined
        ? { class: storageClass, upToBytes, objects, bytes }
        : { class: storageClass, accessTier, upToBytes, objects, bytes };
    // Most have one: a list that is made longer takes room for more.
    if (rows.length === 0) rows = [row];
    else rows.push(row);
  }
  return rows;
}

export interface Weight {
  readonly objects: number;
  readonly bytes: number;
}

/** Objects and bytes so far, for ranking only: the number nearest to the exact sum, so that no order of adding shows. */
export function weightOf(tallies: readonly RunningTally[]): Weight {
  let objects = 0;
  let bytes = 0;
  for (const { sums, at } of tallies) {
    objects += sums[at + unsizedAt]!;
    for (let i = at; i < at + barCount; i++) {
      objects += sums[i]!;
      bytes += sums[bytesAt + i]!;
    }
  }
  const isExact = bytes <= Number.MAX_SAFE_INTEGER && tallies.every((tally) => !tally.spilled);
  if (isExact) return { objects, bytes };
  const exact = exactWeight(tallies);
  return { objects: Number(exact.objects), bytes: Number(exact.bytes) };
}

export function exactWeight(tallies: readonly RunningTally[]): { objects: bigint; bytes: bigint } {
  const all = tallies.map((tally) => tallyOf(tally));
  return {
    objects: all.reduce((sum, tally) => sum + tally.objects, 0n),
    bytes: all.reduce((sum, tally) => sum + tally.bytes, 0n),
  };
}
