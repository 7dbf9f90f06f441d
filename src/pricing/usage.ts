/** A month's usage of S3 and its neighbours as plain data; the same form is read from a file, built from a scan, or posted by HTTP. */
import type { Month } from '../kernel/day.js';
import type { AccessTier, StorageClass } from '../kernel/s3.js';

/** `objects` objects of `objectBytes` bytes on average, all on one side of 128 KiB, `bytes` together. */
export interface SizeRow {
  readonly objectBytes: bigint;
  readonly objects: bigint;
  readonly bytes: bigint;
}

/** Objects of one class, with their exact sizes when known. */
export interface SizedObjects {
  readonly class: StorageClass;
  readonly objects: bigint;
  readonly bytes: bigint;
  readonly sizes?: readonly SizeRow[];
}

export interface StorageUsage extends SizedObjects {
  /** Only for INTELLIGENT_TIERING; FREQUENT when absent. */
  readonly accessTier?: AccessTier;
  /** Days of the month the storage was held; the whole month when absent. */
  readonly days?: number;
  readonly noncurrent?: boolean;
}

/** Parts of multipart uploads that were neither completed nor aborted. */
export interface MultipartRemains {
  readonly class: StorageClass;
  readonly bytes: bigint;
  readonly days?: number;
}

export interface RequestUsage {
  readonly class: StorageClass;
  /** PUT, COPY and POST. */
  readonly put: bigint;
  readonly list: bigint;
  /** GET and the rest; HEAD may be counted here or apart. */
  readonly get: bigint;
  readonly delete: bigint;
  readonly head?: bigint;
  readonly multipart?: { readonly uploads: bigint; readonly parts: bigint };
  /** Answers 403 Access Denied, by who asked: the own account or organization, anybody else, or not known. */
  readonly accessDenied?: { readonly own: bigint; readonly outside: bigint; readonly unknown: bigint };
  /** Only for EXPRESS_ONEZONE, which charges for every byte put. */
  readonly uploadBytes?: bigint;
}

export const transitionTargets = [
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'GLACIER',
  'DEEP_ARCHIVE',
] as const satisfies readonly StorageClass[];
export type TransitionTarget = (typeof transitionTargets)[number];

export interface TransitionUsage {
  readonly to: TransitionTarget;
  readonly objects: bigint;
  readonly sizes?: readonly SizeRow[];
  /** What the lifecycle rule does with objects below 128 KiB. */
  readonly smallObjects?: 'skip' | 'move';
}

export const readClasses = [
  'STANDARD',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'EXPRESS_ONEZONE',
  'REDUCED_REDUNDANCY',
] as const satisfies readonly StorageClass[];

export interface RetrievalUsage {
  readonly class: (typeof readClasses)[number];
  readonly bytes: bigint;
}

export const restoredClasses = ['GLACIER', 'DEEP_ARCHIVE', 'INTELLIGENT_TIERING'] as const;
export const restoreSpeeds = ['STANDARD', 'BULK', 'EXPEDITED'] as const;
export type RestoreSpeed = (typeof restoreSpeeds)[number];

export interface RestoreUsage {
  readonly class: (typeof restoredClasses)[number];
  /** For INTELLIGENT_TIERING: ARCHIVE_ACCESS or DEEP_ARCHIVE_ACCESS. */
  readonly accessTier?: AccessTier;
  readonly speed: RestoreSpeed;
  readonly objects: bigint;
  readonly bytes: bigint;
  /** Days of this month the restored copy is kept in STANDARD beside the archive. */
  readonly copyDays?: number;
}

export interface EarlyDeleteUsage extends SizedObjects {
  /** Days the objects had been stored when they were deleted, overwritten or moved. */
  readonly daysStored: number;
}

export interface TransferUsage {
  readonly natGateways?: { readonly count: bigint; readonly hours: bigint; readonly bytes: bigint };
  readonly interfaceEndpoints?: { readonly zones: bigint; readonly hours: bigint; readonly bytes: bigint };
  readonly gatewayEndpoint?: { readonly bytes: bigint };
  readonly internetOutBytes?: bigint;
  readonly crossRegion?: readonly { readonly to: string; readonly bytes: bigint }[];
}

export interface QueryUsage {
  readonly engine: 'athena';
  readonly count: bigint;
  readonly bytesScannedEach: bigint;
}

export interface KmsUsage {
  /** S3 requests on objects encrypted with SSE-KMS; each asks KMS once unless there is a bucket key. */
  readonly requests: bigint;
  readonly bucketKey?: boolean;
  readonly keys: bigint;
  /** What is left for S3 of the account's free requests; none is deducted when absent. */
  readonly freeRequests?: bigint;
}

export interface FirehoseUsage {
  readonly bytes: bigint;
  /** Each record is billed as whole 5 KiB; without it, bytes are taken as billed. */
  readonly records?: bigint;
  readonly convertFormat: boolean;
  readonly vpc?: { readonly zones: bigint; readonly hours: bigint; readonly bytes: bigint };
}

export interface LambdaUsage {
  readonly requests: bigint;
  readonly memoryMiB: bigint;
  /** Of one request, on average. */
  readonly durationMs: bigint;
  readonly architecture: 'x86' | 'arm';
  readonly freeRequests?: bigint;
  readonly freeGbSeconds?: bigint;
}

export interface GlueUsage {
  readonly requests: bigint;
  /** Tables, partitions and versions kept for the month. */
  readonly catalogObjects: bigint;
  readonly crawlerDpuSeconds: bigint;
  readonly etlDpuSeconds: bigint;
  readonly optimizerDpuSeconds: bigint;
  readonly freeRequests?: bigint;
  readonly freeObjects?: bigint;
}

export interface BatchUsage {
  readonly jobs: bigint;
  readonly objects: bigint;
  readonly manifestObjects: bigint;
}

export interface S3TablesUsage {
  readonly bytes: bigint;
  readonly objects: bigint;
  readonly put: bigint;
  readonly get: bigint;
  readonly compactedObjects: bigint;
  readonly compactedBytes: bigint;
  /** Sort or z-order compaction, which costs more for each byte. */
  readonly sort: boolean;
}

export interface Usage {
  readonly region: string;
  readonly month: Month;
  /** The account's other usage by usage type without Region prefix, e.g. { "TimedStorage-ByteHrs": "51200" }. */
  readonly tierOffsetGB: Readonly<Record<string, string>>;
  readonly storage: readonly StorageUsage[];
  readonly requests: readonly RequestUsage[];
  readonly multipartRemains?: readonly MultipartRemains[];
  readonly transitions?: readonly TransitionUsage[];
  readonly retrieval?: readonly RetrievalUsage[];
  readonly restores?: readonly RestoreUsage[];
  readonly earlyDeletes?: readonly EarlyDeleteUsage[];
  readonly transfer?: TransferUsage;
  readonly queries?: readonly QueryUsage[];
  readonly kms?: KmsUsage;
  readonly cloudTrailDataEvents?: bigint;
  readonly firehose?: FirehoseUsage;
  readonly lambda?: LambdaUsage;
  readonly glue?: GlueUsage;
  readonly inventoryObjects?: bigint;
  readonly classAnalysisObjects?: bigint;
  readonly storageLensObjects?: bigint;
  readonly tags?: bigint;
  readonly batchOperations?: BatchUsage;
  readonly dsse?: { readonly encryptBytes: bigint; readonly decryptBytes: bigint };
  readonly metadata?: { readonly updates: bigint; readonly objects: bigint };
  readonly replicationTimeControlBytes?: bigint;
  /** General purpose buckets of the account. */
  readonly buckets?: bigint;
  readonly s3Tables?: S3TablesUsage;
}
