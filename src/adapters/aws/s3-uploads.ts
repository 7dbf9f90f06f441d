/** Multipart uploads that were begun and never ended: they cost storage and no listing of objects shows them. */
import { AbortMultipartUploadCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import type { UnfinishedUpload } from '../../compaction/ports.js';
import type { Prefix } from '../../kernel/s3.js';
import type { Bucket } from './bucket.js';
import { faultOf, s3Failed } from './s3-errors.js';

export async function listUploads(bucket: Bucket, prefix: Prefix): Promise<readonly UnfinishedUpload[]> {
  const found: UnfinishedUpload[] = [];
  let after: { KeyMarker?: string; UploadIdMarker?: string } = {};
  try {
    for (;;) {
      const page = await bucket.client.send(
        new ListMultipartUploadsCommand({ Bucket: bucket.name, Prefix: prefix, ...after }),
      );
      // Some servers take the prefix for a hint.
      for (const { Key: key, UploadId: id, Initiated } of page.Uploads ?? [])
        if (key?.startsWith(prefix) && id && Initiated) found.push({ key, id, begunAt: Initiated.getTime() });
      if (!page.IsTruncated || !page.NextKeyMarker) return found;
      after = {
        KeyMarker: page.NextKeyMarker,
        ...(page.NextUploadIdMarker ? { UploadIdMarker: page.NextUploadIdMarker } : {}),
      };
    }
  } catch (cause) {
    return await s3Failed(bucket, { action: 's3:ListBucketMultipartUploads' }, cause);
  }
}

/** One that is gone already is ended too. */
export async function abortUpload(bucket: Bucket, { key, id }: UnfinishedUpload): Promise<void> {
  try {
    await bucket.client.send(
      new AbortMultipartUploadCommand({ Bucket: bucket.name, Key: key, UploadId: id }),
    );
  } catch (cause) {
    if (faultOf(cause) !== 'missing')
      await s3Failed(bucket, { action: 's3:AbortMultipartUpload', key }, cause);
  }
}
