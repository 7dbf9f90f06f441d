/** A delete carries the etag of the bytes that are meant, so that bytes nobody has seen are never deleted. */
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import type { RemoveOutcome } from '../../compaction/ports.js';
import { raise } from '../../kernel/errors.js';
import type { Key } from '../../kernel/s3.js';
import { type Bucket, backOff, checkedKey, quotedEtag } from './bucket.js';
import { faultOf, s3Failed } from './s3-errors.js';
import { headOf } from './s3-reading.js';

const MAX_ATTEMPTS = 5;

/**
 * As the port says. After a lost answer the repeat finds nothing, which is told as 'gone'. Looked at first, because S3
 * answers a delete of nothing like one that was done, and some servers ignore the condition. Errors: those of s3Failed, CONDITION_UNSUPPORTED.
 */
export async function removeObject(
  bucket: Bucket,
  { key, etag }: { readonly key: Key; readonly etag: string },
  how?: 'unseen',
): Promise<RemoveOutcome> {
  const head = how === 'unseen' ? { etag } : await headOf(bucket, checkedKey(key));
  if (head?.etag !== etag) return head === undefined ? 'gone' : 'changed';
  const command = new DeleteObjectCommand({ Bucket: bucket.name, Key: key, IfMatch: quotedEtag(etag) });
  for (let number = 1; ; number++) {
    try {
      await bucket.client.send(command);
      return 'removed';
    } catch (cause) {
      const fault = faultOf(cause);
      if (fault === 'missing') return 'gone';
      if (fault === 'condition') return (await headOf(bucket, key)) === undefined ? 'gone' : 'changed';
      if (fault === 'unsupported') raise('CONDITION_UNSUPPORTED', { store: `s3://${bucket.name}` }, cause);
      const again = ['conflict', 'lost', 'server', 'throttled'].includes(fault);
      if (!again || number === MAX_ATTEMPTS)
        return await s3Failed(bucket, { action: 's3:DeleteObject and s3:GetObject', key }, cause);
      await backOff(bucket, number);
    }
  }
}
