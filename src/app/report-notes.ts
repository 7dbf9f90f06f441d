/** What a report is and what it lacks is said, so that nobody takes its totals for more than they are. */
import type { ManifestPlace } from '../inventory/manifest-place.js';
import type { OpenReport } from '../inventory/report.js';
import { bytesText } from '../kernel/bytes.js';
import { instantText } from '../kernel/clock.js';
import { raise } from '../kernel/errors.js';
import { printable } from '../kernel/s3.js';
import { counted } from '../report/view.js';
import type { ScanRequest } from './scan-request.js';
import type { Surroundings, Watch } from './surroundings.js';

const DAY = 86_400_000;

/** What the report is, before it is read. */
export function introduce(
  given: Surroundings,
  place: ManifestPlace,
  { manifest, checked }: OpenReport,
  watch: Watch,
): void {
  const { sourceBucket, createdAt, files, format } = manifest;
  const bytes = files.reduce((sum, { size }) => sum + BigInt(size), 0n);
  watch.note(
    `Inventory of s3://${sourceBucket}/ as of ${instantText(createdAt)}: ${counted(files.length, `${format} file`)}, ${bytesText(bytes)}.`,
  );
  const { destinationBucket } = manifest;
  if (place.scheme === 's3' && place.bucket !== destinationBucket)
    watch.note(
      `It was written to s3://${destinationBucket}/; its files are read from s3://${place.bucket}/, where its manifest lies now.`,
    );
  const age = given.clock.now() - createdAt;
  if (age > 2 * DAY)
    watch.note(`The report is ${Math.floor(age / DAY)} days old: what came or went since is not in it.`);
  if (!checked)
    watch.note('There is no manifest.checksum beside it, so the manifest itself could not be verified.');
}

/** What the report turned out to have, column by column. */
export interface Found {
  readonly rows: number;
  readonly all: Set<string>;
  readonly unknown: Set<string>;
}

/** "is_latest" and "IsLatest" are one column. */
export const roleName = (name: string): string => name.replaceAll('_', '').toLowerCase();

/** Errors: ARGUMENT_INVALID. */
export function refuseWithoutVersions(columns: readonly string[]): void {
  if (!columns.some((name) => roleName(name) === 'islatest'))
    raise('ARGUMENT_INVALID', {
      field: '--versions all',
      why: 'the report lists current versions only; set the inventory up with all versions, or leave the option out',
    });
}

/** What the totals are without, so that nobody takes them for more. */
export function conclude({ rows, all, unknown }: Found, { versions }: ScanRequest, watch: Watch): void {
  if (rows === 0) {
    watch.note('The report lists no objects: every number of the document is zero.');
    return;
  }
  if (!all.has('size'))
    watch.note('The report has no column Size: objects are counted, and their storage has no price.');
  if (!all.has('storageclass'))
    watch.note('The report has no column StorageClass: objects of no known class have no storage price.');
  if (!all.has('islatest'))
    watch.note('The report lists current versions only: what noncurrent versions cost is not in it.');
  else if (versions === 'current') watch.note('Noncurrent versions and delete markers were left out.');
  if (unknown.size > 0)
    watch.note(
      `Columns that are not understood were passed over: ${printable([...unknown].sort().join(', '))}.`,
    );
}
