/** A tally counts objects and bytes of one storage class exactly; tallies merge associatively. */
import { KIB } from '../kernel/bytes.js';
import { compareKeys } from '../kernel/s3.js';
import { barCount, barOf, FLOOR_BYTES, floorBar, upperEdges } from './histogram.js';

/** All sums are bigint; bytes are bytes, never GB. */
export interface Tally {
  /** As the listing gave it; usually a StorageClass. */
  readonly class: string;
  readonly accessTier?: string;
  readonly objects: bigint;
  readonly bytes: bigint;
  /** Objects smaller than the scan's --small-below. */
  readonly smallObjects: bigint;
  readonly smallBytes: bigint;
  /** What the 128 KiB floor adds, for the classes that have one. */
  readonly paddingBytes: bigint;
  /** 40 KiB an object in GLACIER and DEEP_ARCHIVE (32 KiB archive + 8 KiB STANDARD). */
  readonly archiveOverheadBytes: bigint;
  readonly noncurrentObjects: bigint;
  readonly noncurrentBytes: bigint;
  readonly deleteMarkers: bigint;
}

/** One bar: objects of `class` with previous edge ≤ size < upToBytes; null is the open end. */
export interface HistogramRow {
  readonly class: string;
  readonly upToBytes: number | null;
  readonly objects: bigint;
  readonly bytes: bigint;
}

/** S3 pricing page: the minimum billable object size of 128 KB. */
export const hasFloor = (storageClass: string): boolean =>
  storageClass === 'STANDARD_IA' || storageClass === 'ONEZONE_IA' || storageClass === 'GLACIER_IR';
/** S3 pricing page: 32 KB of index in the archive class and 8 KB of metadata in STANDARD, for each object. */
export const hasArchiveOverhead = (storageClass: string): boolean =>
  storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE';
const ARCHIVE_OVERHEAD_BYTES = BigInt(40 * KIB);

const bytesAt = barCount;
const smallObjectsAt = 2 * barCount;
const smallBytesAt = smallObjectsAt + 1;

/** A tally while objects are being added: plain numbers, because a million bigint additions take seconds. */
export interface RunningTally {
  readonly class: string;
  readonly smallBelowBytes: number;
  /** Objects by bar, bytes by bar, small objects, small bytes. Never above 2^53 − 1. */
  readonly sums: Float64Array;
  /** What no longer fitted into `sums`, by the same index. */
  readonly spilled: Map<number, bigint> | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export function createTally(storageClass: string, smallBelowBytes: number): RunningTally {
  return {
    class: storageClass,
    smallBelowBytes,
    sums: new Float64Array(smallBytesAt + 1),
    spilled: undefined,
  };
}

/** `size` is a whole number of bytes from 0 to 2^53 − 1. */
export function addObject(tally: RunningTally, size: number): void {
  const bar = barOf(size);
  increase(tally, bar, 1);
  increase(tally, bytesAt + bar, size);
  if (size >= tally.smallBelowBytes) return;
  increase(tally, smallObjectsAt, 1);
  increase(tally, smallBytesAt, size);
}

/** Adds everything of `from` to `into`; both count one class with one threshold. */
export function foldTally(into: RunningTally, from: RunningTally): void {
  for (let i = 0; i < from.sums.length; i++) if (from.sums[i]! > 0) increase(into, i, from.sums[i]!);
  for (const [index, amount] of from.spilled ?? []) spill(into, index, amount);
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

function spill(tally: Mutable<RunningTally>, index: number, amount: bigint): void {
  tally.spilled ??= new Map();
  tally.spilled.set(index, (tally.spilled.get(index) ?? 0n) + amount);
}

const sumAt = (tally: RunningTally, index: number): bigint =>
  BigInt(tally.sums[index]!) + (tally.spilled?.get(index) ?? 0n);

const sumOver = (tally: RunningTally, from: number, to: number): bigint => {
  let sum = 0n;
  for (let i = from; i < to; i++) if (tally.sums[i]! > 0 || tally.spilled) sum += sumAt(tally, i);
  return sum;
};

/** The sums so far, as an immutable record. */
export function tallyOf(tally: RunningTally): Tally {
  const objects = sumOver(tally, 0, barCount);
  const belowFloor = sumOver(tally, 0, floorBar);
  const bytesBelowFloor = sumOver(tally, bytesAt, bytesAt + floorBar);
  return {
    class: tally.class,
    objects,
    bytes: sumOver(tally, bytesAt, bytesAt + barCount),
    smallObjects: sumAt(tally, smallObjectsAt),
    smallBytes: sumAt(tally, smallBytesAt),
    paddingBytes: hasFloor(tally.class) ? belowFloor * BigInt(FLOOR_BYTES) - bytesBelowFloor : 0n,
    archiveOverheadBytes: hasArchiveOverhead(tally.class) ? objects * ARCHIVE_OVERHEAD_BYTES : 0n,
    noncurrentObjects: 0n,
    noncurrentBytes: 0n,
    deleteMarkers: 0n,
  };
}

/** The bars that are not empty, in order of size. */
export function histogramOf(tally: RunningTally): readonly HistogramRow[] {
  return upperEdges
    .map((upToBytes, bar) => ({
      class: tally.class,
      upToBytes,
      objects: sumAt(tally, bar),
      bytes: sumAt(tally, bytesAt + bar),
    }))
    .filter((row) => row.objects > 0n);
}

/** Objects and bytes so far as floats: for ranking only. */
export function weightOf(tally: RunningTally): { readonly objects: number; readonly bytes: number } {
  const weight = { objects: 0, bytes: 0 };
  for (let bar = 0; bar < barCount; bar++) {
    weight.objects += tally.sums[bar]!;
    weight.bytes += tally.sums[bytesAt + bar]! + Number(tally.spilled?.get(bytesAt + bar) ?? 0n);
  }
  return weight;
}

/** Tallies of several places as one list, a row for each class and access tier, ordered. Associative and commutative. */
export function mergeTallies(...lists: readonly (readonly Tally[])[]): readonly Tally[] {
  const merged = new Map<string, Tally>();
  for (const tally of lists.flat()) {
    const name = `${tally.class}\n${tally.accessTier ?? ''}`;
    const sofar = merged.get(name);
    merged.set(name, sofar ? sumOf(sofar, tally) : tally);
  }
  return [...merged].sort(([a], [b]) => compareKeys(a, b)).map(([, tally]) => tally);
}

const sumOf = (a: Tally, b: Tally): Tally => ({
  ...a,
  objects: a.objects + b.objects,
  bytes: a.bytes + b.bytes,
  smallObjects: a.smallObjects + b.smallObjects,
  smallBytes: a.smallBytes + b.smallBytes,
  paddingBytes: a.paddingBytes + b.paddingBytes,
  archiveOverheadBytes: a.archiveOverheadBytes + b.archiveOverheadBytes,
  noncurrentObjects: a.noncurrentObjects + b.noncurrentObjects,
  noncurrentBytes: a.noncurrentBytes + b.noncurrentBytes,
  deleteMarkers: a.deleteMarkers + b.deleteMarkers,
});
