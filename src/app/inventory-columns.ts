/** What a report has and lacks, column by column, as it is told to whoever scans it. */
import { raise } from '../kernel/errors.js';
import { printable } from '../kernel/s3.js';
import type { ScanRequest } from './scan-request.js';
import type { Watch } from './surroundings.js';

/** What the report turned out to have, column by column. */
export interface Found {
  readonly rows: number;
  readonly all: Set<string>;
  readonly unknown: Set<string>;
}

/** "is_latest" and "IsLatest" are one column. */
export const roleName = (name: string): string => name.replaceAll('_', '').toLowerCase();

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
