/** A tally counts objects and bytes of one storage class and access tier exactly; tallies merge associatively. */
import { compareKeys } from '../kernel/s3.js';

/** All sums are bigint; bytes are bytes, never GB. */
export interface Tally {
  /** As the source gave it; usually a StorageClass. Empty where it gave none, as for delete markers. */
  readonly class: string;
  /** Of INTELLIGENT_TIERING, where the source says. */
  readonly accessTier?: string;
  /** Everything billed: noncurrent versions where they were asked for, and objects of unknown size too. */
  readonly objects: bigint;
  readonly bytes: bigint;
  /** Objects smaller than the scan's --small-below. */
  readonly smallObjects: bigint;
  readonly smallBytes: bigint;
  /** What the 128 KiB floor adds, for the classes that have one. */
  readonly paddingBytes: bigint;
  /** 40 KiB an archived object (32 KiB archive + 8 KiB STANDARD). */
  readonly archiveOverheadBytes: bigint;
  /** How many of `objects` are noncurrent versions. */
  readonly noncurrentObjects: bigint;
  readonly noncurrentBytes: bigint;
  /** Not among `objects`: a marker has neither bytes nor a class. */
  readonly deleteMarkers: bigint;
  /** How many of `objects` have no known size: they are in no bar and add no bytes. Absent when there are none. */
  readonly unsizedObjects?: bigint;
}

/** One bar: objects of `class` with previous edge ≤ size < upToBytes; null is the open end. */
export interface HistogramRow {
  readonly class: string;
  readonly accessTier?: string;
  readonly upToBytes: number | null;
  readonly objects: bigint;
  readonly bytes: bigint;
}

/** What is billed at one price. */
export type Held = Pick<Tally, 'class' | 'accessTier'>;

/** Equal for what is billed at one price. */
export const heldName = (held: Held): string => JSON.stringify([held.class, held.accessTier ?? '']);

export const compareHeld = (a: Held, b: Held): number =>
  compareKeys(a.class, b.class) || compareKeys(a.accessTier ?? '', b.accessTier ?? '');

/** S3 pricing page: the minimum billable object size of 128 KB. */
export const hasFloor = (storageClass: string): boolean =>
  storageClass === 'STANDARD_IA' || storageClass === 'ONEZONE_IA' || storageClass === 'GLACIER_IR';

/** S3 pricing page: 32 KB of index in the archive class and 8 KB of metadata in STANDARD, for each object. */
export const hasArchiveOverhead = (storageClass: string, accessTier?: string): boolean =>
  storageClass === 'GLACIER' ||
  storageClass === 'DEEP_ARCHIVE' ||
  (storageClass === 'INTELLIGENT_TIERING' &&
    (accessTier === 'ARCHIVE_ACCESS' || accessTier === 'DEEP_ARCHIVE_ACCESS'));

/** Tallies of several places as one list, a row for each class and access tier, ordered. Associative and commutative. */
export function mergeTallies(...lists: readonly (readonly Tally[])[]): readonly Tally[] {
  const merged = new Map<string, Tally>();
  for (const tally of lists.flat()) {
    const name = heldName(tally);
    const sofar = merged.get(name);
    merged.set(name, sofar ? sumOf(sofar, tally) : tally);
  }
  return [...merged.values()].sort(compareHeld);
}

function sumOf(a: Tally, b: Tally): Tally {
  const unsized = (a.unsizedObjects ?? 0n) + (b.unsizedObjects ?? 0n);
  return {
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
    ...(unsized > 0n && { unsizedObjects: unsized }),
  };
}
