/** A bucket of S3, or of a server that speaks S3, as the ports see it; every write is conditional. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import type { ObjectStore } from '../../compaction/ports.js';
import type { ObjectLister } from '../../inventory/ports.js';
import type { Bucket } from './bucket.js';
import type { CopyLimits } from './copy-parts.js';
import { copyObject } from './s3-copying.js';
import { listBucket } from './s3-listing.js';
import { rangeOfObject, readObject, streamObject } from './s3-reading.js';
import { removeObject } from './s3-removing.js';
import { tagObject } from './s3-tagging.js';
import { abortUpload, listUploads } from './s3-uploads.js';
import { putObject, uploadFile } from './s3-writing.js';

export interface S3StoreOptions {
  readonly bucket: string;
  readonly client: S3Client;
  /** Waits between repeats; a test need not wait. */
  readonly pause?: (milliseconds: number) => Promise<void>;
  /** Where a copy is made in parts; a test need not wait for 5 GiB. */
  readonly copies?: CopyLimits;
}

/**
 * Errors of every verb: BUCKET_MISSING, BUCKET_INVALID, PERMISSION_DENIED with the action it takes, CREDENTIALS_MISSING,
 * CREDENTIALS_UNUSABLE, KEY_UNSUPPORTED, STORE_FAILED with the endpoint, STORE_THROTTLED; reads also OBJECT_ARCHIVED.
 */
export function openS3Store({
  bucket: name,
  client,
  pause = sleep,
  copies,
}: S3StoreOptions): ObjectLister & ObjectStore {
  const bucket: Bucket = { name, client, pause };
  return {
    list: (request) => listBucket(bucket, request),
    read: (key) => readObject(bucket, key),
    stream: (object) => streamObject(bucket, object),
    range: (object, start, end) => rangeOfObject(bucket, object, start, end),
    write: (key, body, condition) => putObject(bucket, key, body, condition),
    upload: (key, localPath) => uploadFile(bucket, key, localPath),
    copy: (from, to, over) => copyObject(bucket, from, to, over, copies),
    remove: (object, how) => removeObject(bucket, object, how),
    tag: (object, tag) => tagObject(bucket, object, tag),
    uploads: (prefix) => listUploads(bucket, prefix),
    abort: (upload) => abortUpload(bucket, upload),
  };
}
