/**
 * A conditional write is answered only with what is known. Each write carries a mark of its own in the object's metadata,
 * so that after a lost answer the object itself says whose write it was.
 */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { PutObjectCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3';
import type { WriteOutcome } from '../../compaction/ports.js';
import { raise } from '../../kernel/errors.js';
import { type Key, printable } from '../../kernel/s3.js';
import { diskFailed } from '../files/disk-errors.js';
import { type Bucket, backOff, bareEtag, checkedKey, quotedEtag } from './bucket.js';
import { attemptsOf, type Fault, faultOf, s3Failed } from './s3-errors.js';
import { type Head, headOf } from './s3-reading.js';

export type Condition = 'absent' | { readonly etag: string };

export const MARK = 'bucketwise-write';
const MAX_ATTEMPTS = 5;
/** One PUT carries at most 5 GiB (S3 User Guide, "Uploading objects"). */
const MAX_PUT_BYTES = 5 * 2 ** 30;

export interface Attempt {
  readonly key: Key;
  readonly mark: string;
  readonly action: string;
  /** Sends the request once; gives the new etag. */
  send(): Promise<string>;
  /** Answers that mean that the condition did not hold. */
  readonly refusals: readonly Fault[];
  /** What that means. */
  refused(): Promise<WriteOutcome>;
  /** Whether the condition cannot hold, given what is at the key now. */
  excludedBy(head: Head | undefined): boolean;
}

/** As the port says. Errors: those of s3Failed, CONDITION_UNSUPPORTED. */
export async function putObject(
  bucket: Bucket,
  key: Key,
  body: Uint8Array,
  condition: Condition,
): Promise<WriteOutcome> {
  return await put(bucket, key, condition, () => ({ Body: body }));
}

/** As the port says. Errors: FILE_MISSING, OBJECT_TOO_LARGE, those of putObject. */
export async function uploadFile(bucket: Bucket, key: Key, localPath: string): Promise<WriteOutcome> {
  const { size, checksum } = await measured(localPath).catch((cause: unknown) =>
    diskFailed('read', localPath, cause),
  );
  if (size > MAX_PUT_BYTES)
    raise('OBJECT_TOO_LARGE', { key: printable(key), size: String(size), limit: '5 GiB' });
  return await put(bucket, key, 'absent', () => ({
    Body: createReadStream(localPath),
    ContentLength: size,
    ChecksumCRC32: checksum,
  }));
}

/** The server compares the checksum with what arrived. */
async function measured(path: string): Promise<{ readonly size: number; readonly checksum: string }> {
  const { size } = await stat(path);
  let sum = 0;
  if (size <= MAX_PUT_BYTES)
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 }))
      sum = crc32(chunk as Buffer, sum);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(sum);
  return { size, checksum: bytes.toString('base64') };
}

function put(
  bucket: Bucket,
  key: Key,
  condition: Condition,
  content: () => Partial<PutObjectCommandInput>,
): Promise<WriteOutcome> {
  const mark = randomUUID();
  const wanted = condition === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: quotedEtag(condition.etag) };
  const where = { Bucket: bucket.name, Key: checkedKey(key), Metadata: { [MARK]: mark } };
  return settled(bucket, {
    key,
    mark,
    action: 's3:PutObject',
    send: async () =>
      bareEtag((await bucket.client.send(new PutObjectCommand({ ...where, ...wanted, ...content() }))).ETag),
    refusals: condition === 'absent' ? ['condition'] : ['condition', 'missing'],
    refused: async () => ({ outcome: condition === 'absent' ? 'exists' : 'changed' }),
    excludedBy: (head) => (condition === 'absent' ? head !== undefined : head?.etag !== condition.etag),
  });
}

/** Sends until the answer is known. To repeat is safe, because the condition lets at most one of the repeats through. */
export async function settled(bucket: Bucket, attempt: Attempt): Promise<WriteOutcome> {
  let doubtful = false;
  for (let number = 1; ; number++) {
    try {
      return { outcome: 'written', etag: await attempt.send() };
    } catch (cause) {
      const fault = faultOf(cause);
      doubtful ||= attemptsOf(cause) > 1 || isUnknown(cause);
      if (attempt.refusals.includes(fault)) {
        const own = doubtful ? ownWrite(attempt, await headOf(bucket, attempt.key)) : undefined;
        return own ?? (await attempt.refused());
      }
      const again = fault === 'conflict' || isUnknown(cause);
      if (!again || number === MAX_ATTEMPTS)
        return (doubtful && (await seen(bucket, attempt))) || (await writeFailed(bucket, attempt, cause));
      await backOff(bucket, number);
    }
  }
}

const isUnknown = (cause: unknown): boolean => ['lost', 'server', 'throttled'].includes(faultOf(cause));

/** A write that was carried out although its answer was lost. */
const ownWrite = ({ mark }: Attempt, head: Head | undefined): WriteOutcome | undefined =>
  head?.metadata[MARK] === mark ? { outcome: 'written', etag: head.etag } : undefined;

/** What can be seen of a write that got no answer: it is there, or it can no longer happen; else undefined. */
async function seen(bucket: Bucket, attempt: Attempt): Promise<WriteOutcome | undefined> {
  try {
    const head = await headOf(bucket, attempt.key);
    return ownWrite(attempt, head) ?? (attempt.excludedBy(head) ? await attempt.refused() : undefined);
  } catch {
    // The failure of the write says more than the failure of the look after it.
    return undefined;
  }
}

function writeFailed(bucket: Bucket, { key, action }: Attempt, cause: unknown): Promise<never> {
  if (faultOf(cause) === 'unsupported')
    raise('CONDITION_UNSUPPORTED', { store: `s3://${bucket.name}` }, cause);
  return s3Failed(bucket, { action, key }, cause);
}
