/** Holds a scan against what AWS itself counts: CloudWatch's daily storage metrics and Storage Lens exports, given as files. */
import { parseJson } from '../documents.js';
import { BucketwiseError, raise } from '../kernel/errors.js';
import { compareKeys } from '../kernel/s3.js';
import { type BucketMetric, compareMetrics } from '../prefixes/bucket-metrics.js';
import { cloudWatchMetrics, isCloudWatch } from '../prefixes/cloudwatch-metrics.js';
import type { Scan } from '../prefixes/scan.js';
import { type LensManifest, lensColumnsIn, lensManifest, lensMetric } from '../prefixes/storage-lens.js';
import type { Surroundings, Watch } from './surroundings.js';

/** A file that was named, looked at before a scan that may take hours. */
export interface OpenedCheck {
  readonly path: string;
  /** Of CloudWatch: all there is. */
  readonly metrics: readonly BucketMetric[];
  /** Of Storage Lens: files whose rows are still to be read. */
  readonly files: readonly string[];
}

/** Errors: CHECK_INVALID, FILE_MISSING, DOCUMENT_UNREADABLE. */
export async function openChecks(given: Surroundings, paths: readonly string[] = []): Promise<OpenedCheck[]> {
  const opened: OpenedCheck[] = [];
  for (const path of paths) opened.push({ path, metrics: [], files: [], ...(await partsOf(given, path)) });
  return opened;
}

async function partsOf(
  given: Surroundings,
  path: string,
): Promise<Partial<Pick<OpenedCheck, 'metrics' | 'files'>>> {
  if (!path.endsWith('.json'))
    return (await given.files.exists(path)) ? { files: [path] } : raise('FILE_MISSING', { path });
  const value = parseJson(await given.files.read(path), path);
  if (isCloudWatch(value)) return { metrics: cloudWatchMetrics(value, path) };
  const manifest = lensManifest(value);
  if (manifest) return { files: await filesOf(given, path, manifest) };
  return raise('CHECK_INVALID', {
    file: path,
    why: 'it is neither of CloudWatch nor a Storage Lens manifest',
  });
}

/** The scan with its comparison; as it is when no file was given. Errors: CHECK_INVALID, INTERRUPTED. */
export async function withChecks(
  given: Surroundings,
  checks: readonly OpenedCheck[],
  scan: Scan,
  watch: Watch,
): Promise<Scan> {
  if (checks.length === 0) return scan;
  const bucket = /^s3:\/\/([^/]+)/.exec(scan.source)?.[1];
  const metrics: BucketMetric[] = [];
  for (const { path, metrics: known, files } of checks) {
    const before = metrics.length;
    metrics.push(...known);
    for (const file of files) metrics.push(...(await lensRows(given, file, bucket, watch)));
    if (metrics.length === before)
      raise('CHECK_INVALID', {
        file: path,
        why: `it holds no metric ${bucket === undefined ? 'of a bucket' : `of bucket "${bucket}"`}`,
      });
  }
  return { ...scan, comparison: compareMetrics(scan, metrics) };
}

/** The files of an export lie beside a manifest that was copied; their keys are those of its bucket. */
async function filesOf(
  given: Surroundings,
  path: string,
  { files }: LensManifest,
): Promise<readonly string[]> {
  const folder = path.replace(/[^/\\]*$/, '');
  const found: string[] = [];
  for (const { key, md5 } of files) {
    const file = folder + key.replace(/^.*\//, '');
    if (!(await given.files.exists(file)))
      raise('CHECK_INVALID', { file: path, why: `its file ${key} does not lie beside it (${file})` });
    const actual = md5 === undefined ? undefined : await given.files.md5(file);
    if (actual !== md5)
      raise('CHECK_INVALID', { file, why: `its MD5 is ${actual}, and the manifest has ${md5}` });
    found.push(file);
  }
  return found;
}

async function lensRows(
  given: Surroundings,
  file: string,
  bucket: string | undefined,
  watch: Watch,
): Promise<readonly BucketMetric[]> {
  const metrics: BucketMetric[] = [];
  try {
    await given.bills.read(file, {
      choose: (header) => lensColumnsIn(header, file),
      take: (cells, at) => {
        const metric = lensMetric(cells, bucket, { file, at });
        if (metric) metrics.push(metric);
      },
      progress: () => undefined,
      signal: watch.signal,
    });
  } catch (cause) {
    // The reader is that of bills, and speaks of them.
    if (cause instanceof BucketwiseError && /^BILL_/.test(cause.code))
      raise('CHECK_INVALID', { file, why: cause.details.why ?? cause.message }, cause);
    throw cause;
  }
  return latestOf(metrics);
}

/** Exports of several days in one file: the last day counts. */
function latestOf(metrics: readonly BucketMetric[]): readonly BucketMetric[] {
  const last = metrics
    .map(({ at }) => at)
    .toSorted(compareKeys)
    .at(-1);
  return metrics.filter(({ at }) => at === last);
}
