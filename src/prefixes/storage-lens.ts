/** Rows of a Storage Lens export: metrics of the scanned bucket and of prefixes in it. */
import { raise } from '../kernel/errors.js';
import { type BucketMetric, isLensMetric } from './bucket-metrics.js';

/** S3 User Guide, "Understanding the Amazon S3 Storage Lens export schema". */
export const lensColumns = [
  'record_type',
  'bucket_name',
  'record_value',
  'storage_class',
  'metric_name',
  'metric_value',
  'report_date',
] as const;

/** Where each of the columns stands. Errors: CHECK_INVALID naming the one that is missing. */
export function lensColumnsIn(header: readonly string[], file: string): number[] {
  return lensColumns.map((name) => {
    const at = header.indexOf(name);
    return at >= 0 ? at : raise('CHECK_INVALID', { file, why: `it has no column ${name}` });
  });
}

/** The metric of a row; undefined for another bucket, another metric, or a record that is no bucket and no prefix. */
export function lensMetric(
  cells: readonly string[],
  bucket: string | undefined,
  place: { readonly file: string; readonly at: number },
): BucketMetric | undefined {
  const [type, bucketName, recordValue = '', storageClass = '', metric = '', value = '', date = ''] = cells;
  const isPrefix = type === 'PREFIX';
  const isOther = bucket !== undefined && bucketName !== bucket;
  if ((type !== 'BUCKET' && !isPrefix) || isOther || !isLensMetric(metric)) return undefined;
  // Whole numbers; Parquet has them as doubles.
  if (!/^\d{1,30}(?:\.0+)?$/.test(value))
    raise('CHECK_INVALID', {
      file: place.file,
      why: `row ${place.at}: metric_value "${value}" is no whole number`,
    });
  const isOfClass = storageClass !== '' && storageClass !== '-' && storageClass !== 'ALL';
  return {
    source: 'Storage Lens',
    name: isOfClass ? `${metric} ${storageClass}` : metric,
    at: date,
    value: BigInt(value.replace(/\..*$/, '')),
    ...(isPrefix && { prefix: decoded(recordValue) }),
  };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return value;
  }
}

export interface LensManifest {
  readonly files: readonly { readonly key: string; readonly md5: string | undefined }[];
}

/** "manifest.json" of an export; undefined for any other document. */
export function lensManifest(value: unknown): LensManifest | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { reportFiles } = value as { readonly reportFiles?: unknown };
  if (!Array.isArray(reportFiles)) return undefined;
  return {
    files: reportFiles.flatMap((file: { readonly key?: unknown; readonly md5Checksum?: unknown } | null) =>
      typeof file?.key === 'string'
        ? [{ key: file.key, md5: typeof file.md5Checksum === 'string' ? file.md5Checksum : undefined }]
        : [],
    ),
  };
}
