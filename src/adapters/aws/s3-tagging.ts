/** A tag goes with a key, not with bytes, and takes no condition: so the bytes are looked at before and after it. */
import { GetObjectTaggingCommand, PutObjectTaggingCommand, type Tag as S3Tag } from '@aws-sdk/client-s3';
import type { Tag, TagOutcome } from '../../compaction/ports.js';
import type { Key } from '../../kernel/s3.js';
import { type Bucket, checkedKey } from './bucket.js';
import { faultOf, s3Failed } from './s3-errors.js';
import { headOf } from './s3-reading.js';

/**
 * As the port says. When the object was replaced in between, its new bytes lose the tag again and are 'changed'; a
 * lifecycle rule acts once a day, so none meets the tag in that instant.
 */
export async function tagObject(
  bucket: Bucket,
  { key, etag }: { readonly key: Key; readonly etag: string },
  tag: Tag,
): Promise<TagOutcome> {
  const head = await headOf(bucket, checkedKey(key));
  if (head?.etag !== etag) return head === undefined ? 'gone' : 'changed';
  try {
    const where = { Bucket: bucket.name, Key: key };
    const { TagSet = [] } = await bucket.client.send(new GetObjectTaggingCommand(where));
    const others = TagSet.filter(({ Key: name }) => name !== tag.name);
    await put(bucket, key, [...others, { Key: tag.name, Value: tag.value }]);
    const after = await headOf(bucket, key);
    if (after?.etag === etag) return 'tagged';
    if (after) await untag(bucket, key, tag);
    return after ? 'changed' : 'gone';
  } catch (cause) {
    if (faultOf(cause) === 'missing') return 'gone';
    return await s3Failed(bucket, { action: 's3:PutObjectTagging and s3:GetObjectTagging', key }, cause);
  }
}

const put = (bucket: Bucket, key: Key, TagSet: S3Tag[]) =>
  bucket.client.send(new PutObjectTaggingCommand({ Bucket: bucket.name, Key: key, Tagging: { TagSet } }));

/** A writer that brought tags of its own keeps them. */
async function untag(bucket: Bucket, key: Key, tag: Tag): Promise<void> {
  const { TagSet = [] } = await bucket.client.send(
    new GetObjectTaggingCommand({ Bucket: bucket.name, Key: key }),
  );
  const others = TagSet.filter(({ Key: name }) => name !== tag.name);
  if (others.length < TagSet.length) await put(bucket, key, others);
}
