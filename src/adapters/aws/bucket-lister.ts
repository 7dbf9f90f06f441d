/** A bucket as a scan lists it: pages from a client of its own, its requests counted as they are billed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import type { KeyPager } from '../../inventory/ports.js';
import { openListClient } from './list-client.js';

export interface BucketLister {
  readonly pager: KeyPager;
  readonly requests: () => { readonly put: number; readonly get: number; readonly list: number };
  /** Where the bucket lies, once it has said so; another server's Region is a name only. */
  readonly bucketRegion?: () => string | undefined;
  readonly close: () => void;
}

export function openBucketLister(name: string, client: S3Client, hasVersions: boolean): BucketLister {
  const pager = openListClient({ bucket: { name, client, pause: sleep }, hasVersions });
  return {
    pager,
    requests: () => ({ put: 0, get: 0, list: pager.requests() }),
    ...(client.config.forcePathStyle ? {} : { bucketRegion: pager.bucketRegion }),
    close: pager.close,
  };
}
