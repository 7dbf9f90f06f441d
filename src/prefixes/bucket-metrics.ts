/** What CloudWatch and Storage Lens count of a bucket, held against what a scan counted: the bill's own measures of the same waste. */
import type { PrefixRow, Scan } from './scan.js';
import type { Tally } from './tally.js';

/** One number that AWS counted. */
export interface BucketMetric {
  readonly source: 'CloudWatch' | 'Storage Lens';
  /** As AWS calls it: "StandardIASizeOverhead", "StorageBytes STANDARD". */
  readonly name: string;
  /** Of this prefix; undefined for the whole bucket. */
  readonly prefix?: string;
  /** ISO instant or day. */
  readonly at: string;
  readonly value: bigint;
}

export interface MetricCheck extends BucketMetric {
  /** What the scan has for it. */
  readonly scanned: bigint;
  /** scanned − value in percent of value, two places: "-1.25"; undefined where AWS counted nothing. */
  readonly percent?: string;
}

export interface Comparison {
  readonly checks: readonly MetricCheck[];
  /** Names of what a scan has no number for. */
  readonly notCompared: readonly string[];
}

type Measure = (tallies: readonly Tally[]) => bigint;

const sum = (tallies: readonly Tally[], of: (tally: Tally) => bigint): bigint =>
  tallies.reduce((total, tally) => total + of(tally), 0n);
const ofClass =
  (name: string, of: (tally: Tally) => bigint): Measure =>
  (tallies) =>
    sum(
      tallies.filter((tally) => tally.class === name),
      of,
    );
const bytes = (tally: Tally): bigint => tally.bytes;
const padding = (tally: Tally): bigint => tally.paddingBytes;
const times =
  (each: bigint) =>
  (tally: Tally): bigint =>
    tally.objects * each;
/** S3 User Guide: 32 KB of index and 8 KB of name for each archived object. */
const index = times(32_768n);
const names = times(8_192n);
const ofTier =
  (tier: string, of: (tally: Tally) => bigint): Measure =>
  (tallies) =>
    sum(
      tallies.filter((tally) => tally.class === 'INTELLIGENT_TIERING' && tally.accessTier === tier),
      of,
    );

/** S3 User Guide, "Amazon S3 daily storage metrics for buckets in CloudWatch": values of the dimension StorageType. */
const storageTypes: Readonly<Record<string, Measure>> = {
  StandardStorage: ofClass('STANDARD', bytes),
  ReducedRedundancyStorage: ofClass('REDUCED_REDUNDANCY', bytes),
  StandardIAStorage: ofClass('STANDARD_IA', bytes),
  StandardIASizeOverhead: ofClass('STANDARD_IA', padding),
  OneZoneIAStorage: ofClass('ONEZONE_IA', bytes),
  OneZoneIASizeOverhead: ofClass('ONEZONE_IA', padding),
  GlacierInstantRetrievalStorage: ofClass('GLACIER_IR', bytes),
  GlacierInstantRetrievalSizeOverhead: ofClass('GLACIER_IR', padding),
  GlacierStorage: ofClass('GLACIER', bytes),
  GlacierObjectOverhead: ofClass('GLACIER', index),
  GlacierS3ObjectOverhead: ofClass('GLACIER', names),
  DeepArchiveStorage: ofClass('DEEP_ARCHIVE', bytes),
  DeepArchiveObjectOverhead: ofClass('DEEP_ARCHIVE', index),
  DeepArchiveS3ObjectOverhead: ofClass('DEEP_ARCHIVE', names),
  IntelligentTieringFAStorage: ofTier('FREQUENT', bytes),
  IntelligentTieringIAStorage: ofTier('INFREQUENT', bytes),
  IntelligentTieringAIAStorage: ofTier('ARCHIVE_INSTANT', bytes),
  IntelligentTieringAAStorage: ofTier('ARCHIVE_ACCESS', bytes),
  IntelligentTieringDAAStorage: ofTier('DEEP_ARCHIVE_ACCESS', bytes),
  IntAAObjectOverhead: ofTier('ARCHIVE_ACCESS', index),
  IntAAS3ObjectOverhead: ofTier('ARCHIVE_ACCESS', names),
  IntDAAObjectOverhead: ofTier('DEEP_ARCHIVE_ACCESS', index),
  IntDAAS3ObjectOverhead: ofTier('DEEP_ARCHIVE_ACCESS', names),
  AllStorageTypes: (tallies) => sum(tallies, (tally) => tally.objects + tally.deleteMarkers),
};

/** S3 User Guide, "Amazon S3 Storage Lens metrics glossary". */
const lensMetrics: Readonly<Record<string, (tally: Tally) => bigint>> = {
  StorageBytes: bytes,
  ObjectCount: ({ objects, deleteMarkers }) => objects + deleteMarkers,
  CurrentVersionStorageBytes: (tally) => tally.bytes - tally.noncurrentBytes,
  CurrentVersionObjectCount: (tally) => tally.objects - tally.noncurrentObjects,
  NonCurrentVersionStorageBytes: (tally) => tally.noncurrentBytes,
  NonCurrentVersionObjectCount: (tally) => tally.noncurrentObjects,
  DeleteMarkerObjectCount: (tally) => tally.deleteMarkers,
};

/** Names of StorageType, for a reader of CloudWatch's answers. */
export const storageTypeNames: readonly string[] = Object.keys(storageTypes);

export const isLensMetric = (name: string): boolean => Object.hasOwn(lensMetrics, name);

/** Storage Lens spells one class in full. */
const lensClasses: Readonly<Record<string, string>> = {
  GLACIER_INSTANT_RETRIEVAL: 'GLACIER_IR',
  GLACIER_FLEXIBLE_RETRIEVAL: 'GLACIER',
};

function measureOf({ source, name }: BucketMetric): Measure | undefined {
  if (source === 'CloudWatch') return Object.hasOwn(storageTypes, name) ? storageTypes[name] : undefined;
  const [metric = '', storageClass] = name.split(' ');
  const of = Object.hasOwn(lensMetrics, metric) ? lensMetrics[metric] : undefined;
  if (!of) return undefined;
  return storageClass === undefined
    ? (tallies) => sum(tallies, of)
    : ofClass(lensClasses[storageClass] ?? storageClass, of);
}

/** Every metric that the scan has a number for, in the order given. */
export function compareMetrics(scan: Scan, metrics: readonly BucketMetric[]): Comparison {
  const rows = new Map(scan.prefixes.map((row) => [row.prefix, row]));
  const checks: MetricCheck[] = [];
  const notCompared: string[] = [];
  for (const metric of metrics) {
    const row = rowOf(metric, scan.prefixes[0], rows);
    const measure = measureOf(metric);
    if (row && measure && knowsTiers(metric, row)) checks.push(checkOf(metric, measure(row.tallies)));
    else notCompared.push(metric.prefix === undefined ? metric.name : `${metric.name} of ${metric.prefix}`);
  }
  return { checks, notCompared };
}

/** Of the whole bucket only a scan of the whole bucket knows anything. */
function rowOf(
  { prefix }: BucketMetric,
  root: PrefixRow | undefined,
  rows: ReadonlyMap<string, PrefixRow>,
): PrefixRow | undefined {
  if (prefix === undefined) return root?.prefix === '' ? root : undefined;
  return rows.get(prefix) ?? rows.get(`${prefix}/`);
}

/** A listing does not say which access tier an object is in. */
const knowsTiers = ({ source, name }: BucketMetric, { tallies }: PrefixRow): boolean =>
  source !== 'CloudWatch' ||
  !/^Int/.test(name) ||
  tallies.every((tally) => tally.class !== 'INTELLIGENT_TIERING' || tally.accessTier !== undefined);

function checkOf(metric: BucketMetric, scanned: bigint): MetricCheck {
  const { value } = metric;
  return { ...metric, scanned, ...(value > 0n && { percent: percentText(scanned - value, value) }) };
}

/** Two places, rounded to the nearest. */
function percentText(part: bigint, whole: bigint): string {
  const size = part < 0n ? -part : part;
  const hundredths = (size * 20_000n + whole) / (2n * whole);
  const sign = part < 0n && hundredths > 0n ? '-' : '';
  return `${sign}${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`;
}
