/** A tally counts objects and bytes of one storage class exactly; tallies merge associatively. */

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
