/** A bucket as a scan lists it: pages from a client of its own, its requests counted as they are billed. */
import type { KeyPager } from '../../inventory/ports.js';
import type { Reach } from './client.js';
import { openListBucket } from './list-bucket.js';
import { openListClient } from './list-client.js';

export interface BucketLister {
  readonly pager: KeyPager;
  readonly requests: () => { readonly put: number; readonly get: number; readonly list: number };
  /** Where the bucket lies, once it has said so; another server's Region is a name only. */
  readonly bucketRegion?: () => string | undefined;
  readonly close: () => void;
}

export async function openBucketLister(
  name: string,
  reach: Reach,
  hasVersions: boolean,
): Promise<BucketLister> {
  const bucket = await openListBucket(name, reach);
  const pager = openListClient({ bucket, hasVersions });
  return {
    pager,
    requests: () => ({ put: 0, get: 0, list: pager.requests() }),
    ...(bucket.followsRedirects && { bucketRegion: pager.bucketRegion }),
    close: pager.close,
  };
}
