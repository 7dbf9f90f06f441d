/** A copy names the bytes it means by their etag, and what may stand at its target; beyond 5 GiB it is made in parts under the same conditions. */
import { randomUUID } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import pLimit from 'p-limit';
import type { StoredObject, WriteOutcome } from '../../compaction/ports.js';
import type { Key } from '../../kernel/s3.js';
import { type Bucket, bareEtag, checkedKey, quotedEtag } from './bucket.js';
import { type CopyLimits, copyLimits, partsOf } from './copy-parts.js';
import { type Head, headOf } from './s3-reading.js';
import { MARK, settled } from './s3-writing.js';

const partsAtOnce = 4;

/**
 * The target is looked at first, because some servers ignore the condition on a copy's target; on those two copies to
 * one key at the same instant can both be written. As the port says.
 */
export async function copyObject(
  bucket: Bucket,
  from: StoredObject,
  to: Key,
  over?: { readonly etag: string },
  limits: CopyLimits = copyLimits,
): Promise<WriteOutcome> {
  const forbids = (head: Head | undefined): boolean => head?.etag !== over?.etag;
  if (forbids(await headOf(bucket, to))) return { outcome: 'exists' };
  const mark = randomUUID();
  const job: CopyJob = {
    where: { Bucket: bucket.name, Key: checkedKey(to) },
    source: {
      CopySource: `${bucket.name}/${checkedKey(from.key).split('/').map(encodeURIComponent).join('/')}`,
      CopySourceIfMatch: quotedEtag(from.etag),
    },
    condition: over ? { IfMatch: quotedEtag(over.etag) } : { IfNoneMatch: '*' },
    mark: { [MARK]: mark },
  };
  const parts = partsOf(from.size, limits);
  return await settled(bucket, {
    key: to,
    mark,
    action: 's3:PutObject and s3:GetObject',
    send: () => (parts ? copyInParts(bucket, job, parts) : copyWhole(bucket, job)),
    refusals: ['condition', 'missing'],
    refused: async () => ({ outcome: forbids(await headOf(bucket, to)) ? 'exists' : 'changed' }),
    excludedBy: forbids,
  });
}

interface CopyJob {
  readonly where: { readonly Bucket: string; readonly Key: Key };
  readonly source: { readonly CopySource: string; readonly CopySourceIfMatch: string };
  readonly condition: { readonly IfMatch: string } | { readonly IfNoneMatch: string };
  readonly mark: Record<string, string>;
}

async function copyWhole({ client }: Bucket, { where, source, condition, mark }: CopyJob): Promise<string> {
  const command = {
    ...where,
    ...source,
    ...condition,
    MetadataDirective: 'REPLACE',
    Metadata: mark,
  } as const;
  return bareEtag((await client.send(new CopyObjectCommand(command))).CopyObjectResult?.ETag);
}

/**
 * Effects in order: the upload is begun, its parts are copied (each only from the bytes meant), and completed under the
 * condition on the target. What fails is aborted; where that fails too, clean does it later.
 */
async function copyInParts(
  { client }: Bucket,
  { where, source, condition, mark }: CopyJob,
  parts: readonly (readonly [number, number])[],
): Promise<string> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...where, Metadata: mark }));
  const upload = { ...where, UploadId };
  const limit = pLimit(partsAtOnce);
  try {
    const copied = await Promise.all(
      parts.map(([from, to], at) =>
        limit(async () => {
          const part = { PartNumber: at + 1, CopySourceRange: `bytes=${from}-${to - 1}` };
          const answer = await client.send(new UploadPartCopyCommand({ ...upload, ...source, ...part }));
          return { PartNumber: at + 1, ETag: answer.CopyPartResult?.ETag };
        }),
      ),
    );
    const MultipartUpload = { Parts: copied };
    const whole = new CompleteMultipartUploadCommand({ ...upload, ...condition, MultipartUpload });
    return bareEtag((await client.send(whole)).ETag);
  } catch (cause) {
    limit.clearQueue();
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw cause;
  }
}
