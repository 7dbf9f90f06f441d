/** A tally while objects are being added: plain numbers, because a million bigint additions take seconds. */
import { KIB } from '../kernel/bytes.js';
import { barCount, barOf, FLOOR_BYTES, floorBar, upperEdges } from './histogram.js';
import { type Held, type HistogramRow, hasArchiveOverhead, hasFloor, type Tally } from './tally.js';

const bytesAt = barCount;
const smallObjectsAt = 2 * barCount;
const smallBytesAt = smallObjectsAt + 1;
const noncurrentObjectsAt = smallObjectsAt + 2;
const noncurrentBytesAt = smallObjectsAt + 3;
const deleteMarkersAt = smallObjectsAt + 4;
const unsizedAt = smallObjectsAt + 5;
/** Objects by bar, bytes by bar, then the six above. */
export const sumCount = smallObjectsAt + 6;
/** Where each sum stands, the first two for the first bar. */
export const sumPlaces = {
  ...{ objects: 0, bytes: bytesAt, smallObjects: smallObjectsAt, smallBytes: smallBytesAt },
  ...{ noncurrentObjects: noncurrentObjectsAt, noncurrentBytes: noncurrentBytesAt },
  ...{ deleteMarkers: deleteMarkersAt, unsized: unsizedAt },
} as const;

const ARCHIVE_OVERHEAD_BYTES = BigInt(40 * KIB);

export interface RunningTally extends Held {
  readonly smallBelowBytes: number;
  /** In the order above, none beyond 2^53 − 1. */
  readonly sums: number[];
  /** What no longer fitted into `sums`, by the same index. */
  readonly spilled: Map<number, bigint> | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** An array of doubles: so many small typed arrays would each have a buffer of their own outside the heap. */
const zeros: readonly number[] = new Array<number>(sumCount).fill(0.5).fill(0);

export const createTally = (
  storageClass: string,
  smallBelowBytes: number,
  accessTier?: string,
): RunningTally =>
  accessTier === undefined
    ? { class: storageClass, smallBelowBytes, sums: zeros.slice(), spilled: undefined }
    : { class: storageClass, accessTier, smallBelowBytes, sums: zeros.slice(), spilled: undefined };

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
  const own = into.sums;
  const added = from.sums;
  // Two loops that each know one kind of array, and neither asks what is 0: both are many times faster so.
  for (let i = 0; i < sumCount; i++) {
    const sum = own[i]! + added[i]!;
    if (sum <= Number.MAX_SAFE_INTEGER) own[i] = sum;
    else increase(into, i, added[i]!);
  }
  if (from.spilled) for (const [index, amount] of from.spilled) spill(into, index, amount);
}

/** Adds the sums that stand at `at`, in the order of a tally. */
export function addSums(into: RunningTally, sums: Float64Array, at: number): void {
  const own = into.sums;
  for (let i = 0; i < sumCount; i++) {
    const sum = own[i]! + sums[at + i]!;
    if (sum <= Number.MAX_SAFE_INTEGER) own[i] = sum;
    else increase(into, i, sums[at + i]!);
  }
}

function increase(tally: RunningTally, index: number, amount: number): void {
  const sum = tally.sums[index]! + amount;
  if (sum <= Number.MAX_SAFE_INTEGER) {
    tally.sums[index] = sum;
    return;
  }
  spill(tally, index, BigInt(tally.sums[index]!));
  tally.sums[index] = amount;
}

/** Adds what may be more than a number holds. */
export function spill(tally: Mutable<RunningTally>, index: number, amount: bigint): void {
  tally.spilled ??= new Map();
  tally.spilled.set(index, (tally.spilled.get(index) ?? 0n) + amount);
}

function sumAt({ sums, spilled }: RunningTally, index: number): bigint {
  const more = spilled?.get(index);
  return more === undefined ? BigInt(sums[index]!) : BigInt(sums[index]!) + more;
}

function sumOver(tally: RunningTally, from: number, to: number): bigint {
  const { sums, spilled } = tally;
  let plain = 0;
  for (let i = from; i < to; i++) plain += sums[i]!;
  if (!spilled && plain <= Number.MAX_SAFE_INTEGER) return BigInt(plain);
  let sum = 0n;
  for (let i = from; i < to; i++) sum += sumAt(tally, i);
  return sum;
}

/** The sums so far, as an immutable record. What a literal begins with is not spread into it: that takes microseconds. */
export function tallyOf(tally: RunningTally): Tally {
  const { class: storageClass, accessTier } = tally;
  const unsized = sumAt(tally, unsizedAt);
  const objects = sumOver(tally, 0, barCount) + unsized;
  return Object.assign(heldBy(tally), {
    objects,
    bytes: sumOver(tally, bytesAt, bytesAt + barCount),
    smallObjects: sumAt(tally, smallObjectsAt),
    smallBytes: sumAt(tally, smallBytesAt),
    paddingBytes: hasFloor(storageClass) ? paddingOf(tally) : 0n,
    archiveOverheadBytes: hasArchiveOverhead(storageClass, accessTier)
      ? objects * ARCHIVE_OVERHEAD_BYTES
      : 0n,
    noncurrentObjects: sumAt(tally, noncurrentObjectsAt),
    noncurrentBytes: sumAt(tally, noncurrentBytesAt),
    deleteMarkers: sumAt(tally, deleteMarkersAt),
    ...(unsized > 0n && { unsizedObjects: unsized }),
  });
}

const heldBy = ({ class: storageClass, accessTier }: RunningTally): Held =>
  accessTier === undefined ? { class: storageClass } : { class: storageClass, accessTier };

function paddingOf(tally: RunningTally): bigint {
  const belowFloor = sumOver(tally, 0, floorBar);
  return belowFloor * BigInt(FLOOR_BYTES) - sumOver(tally, bytesAt, bytesAt + floorBar);
}

/** The bars that are not empty, in order of size. */
export function histogramOf(tally: RunningTally): readonly HistogramRow[] {
  const { class: storageClass, accessTier, sums, spilled } = tally;
  const rows: HistogramRow[] = [];
  for (let bar = 0; bar < barCount; bar++) {
    if (sums[bar] === 0 && !spilled) continue;
    const objects = sumAt(tally, bar);
    if (objects === 0n) continue;
    const upToBytes = upperEdges[bar]!;
    const bytes = sumAt(tally, bytesAt + bar);
    rows.push(
      accessTier === undefined
        ? { class: storageClass, upToBytes, objects, bytes }
        : { class: storageClass, accessTier, upToBytes, objects, bytes },
    );
  }
  return rows;
}

/** Objects and bytes so far, for ranking only: the number nearest to the exact sum, so that no order of adding shows. */
export function weightOf(tallies: readonly RunningTally[]): {
  readonly objects: number;
  readonly bytes: number;
} {
  let objects = 0;
  let bytes = 0;
  for (const { sums } of tallies) {
    objects += sums[unsizedAt]!;
    for (let bar = 0; bar < barCount; bar++) {
      objects += sums[bar]!;
      bytes += sums[bytesAt + bar]!;
    }
  }
  const isExact = bytes <= Number.MAX_SAFE_INTEGER && tallies.every((tally) => !tally.spilled);
  return isExact ? { objects, bytes } : exactWeight(tallies);
}

function exactWeight(tallies: readonly RunningTally[]): { objects: number; bytes: number } {
  const all = tallies.map(tallyOf);
  return {
    objects: Number(all.reduce((sum, tally) => sum + tally.objects, 0n)),
    bytes: Number(all.reduce((sum, tally) => sum + tally.bytes, 0n)),
  };
}
