/** A manifest and what it names, in a bucket or copied to disk: where each file lies is decided here, and only files below those folders are read. */
import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { checksumOf, filePlaces, type ManifestPlace } from '../../inventory/manifest-place.js';
import type { ReportStore } from '../../inventory/report-ports.js';
import { raise } from '../../kernel/errors.js';
import { type Key, printable } from '../../kernel/s3.js';
import { openReportBucket, type Reach, type ReportBucket } from './report-bucket.js';

/** A report of ten billion objects names some 20,000 files: 5 MB. */
const LARGEST_MANIFEST = 128 * 1024 * 1024;

export interface OpenReportStore extends ReportStore {
  requests(): number;
  region(): string | undefined;
}

/** Errors: those of the store. */
export async function openReportStore(place: ManifestPlace, reach: Reach): Promise<OpenReportStore> {
  if (place.scheme === 's3') {
    const bucket = await openReportBucket(reach, place.bucket);
    return {
      manifest: () => manifestIn(bucket, place.key),
      // The bucket the manifest lies in: a copied report is read where it was copied to.
      find: (key) => foundIn(bucket, place.bucket, key),
      requests: bucket.requests,
      region: bucket.region,
    };
  }
  const path = resolve(place.path);
  const folder = await openReportBucket(reach, dirname(path));
  return {
    manifest: () => manifestIn(folder, path.slice(path.lastIndexOf('/') + 1)),
    find: (key) => foundOnDisk(reach, path, key),
    requests: () => 0,
    region: () => undefined,
  };
}

async function manifestIn(bucket: ReportBucket, key: Key): ReturnType<ReportStore['manifest']> {
  const there = await bucket.look(key);
  if (there && there.size > LARGEST_MANIFEST)
    raise('MANIFEST_INVALID', { source: printable(key), why: `it has ${there.size} bytes` });
  // Also what was not there: the answer of a HEAD has no words, that of a GET says what is wrong.
  const bytes = await bucket.read(key);
  if (!bytes) return undefined;
  const checksum = await bucket.read(checksumOf(key));
  return { bytes, md5: createHash('md5').update(bytes).digest('hex'), ...(checksum && { checksum }) };
}

async function foundIn(bucket: ReportBucket, root: string, key: Key): ReturnType<ReportStore['find']> {
  const there = await bucket.look(key);
  return there && { ...there, root, at: key };
}

async function foundOnDisk(reach: Reach, manifestPath: string, key: Key): ReturnType<ReportStore['find']> {
  for (const { root, key: at } of filePlaces(manifestPath, key)) {
    const found = await foundIn(await openReportBucket(reach, root), root, at);
    if (found) return found;
  }
  return undefined;
}
