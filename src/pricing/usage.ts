/** A month's usage of S3 as plain data; the same form is read from a file, built from a scan, or posted by HTTP. */
import type { Month } from '../kernel/day.js';
import type { AccessTier, StorageClass } from '../kernel/s3.js';

/** Counts and bytes are bigint here; the document on disk also takes numbers and decimal strings. */
export interface StorageUsage {
  readonly class: StorageClass;
  /** Only for INTELLIGENT_TIERING; FREQUENT when absent. */
  readonly accessTier?: AccessTier;
  readonly objects: bigint;
  readonly bytes: bigint;
  /** Exact sizes when known. Each row: `objects` objects of `objectBytes` bytes on average, all on one side of 128 KiB. */
  readonly sizes?: readonly {
    readonly objectBytes: bigint;
    readonly objects: bigint;
    readonly bytes: bigint;
  }[];
  /** Days of the month the storage was held; the whole month when absent. */
  readonly days?: number;
  readonly noncurrent?: boolean;
}

export interface RequestUsage {
  readonly class: StorageClass;
  readonly put: bigint;
  readonly list: bigint;
  readonly get: bigint;
  readonly delete: bigint;
}

export interface Usage {
  readonly region: string;
  readonly month: Month;
  /** The account's other usage in GB by usage type without Region prefix, e.g. { "TimedStorage-ByteHrs": "51200" }. */
  readonly tierOffsetGB: Readonly<Record<string, string>>;
  readonly storage: readonly StorageUsage[];
  readonly requests: readonly RequestUsage[];
}
