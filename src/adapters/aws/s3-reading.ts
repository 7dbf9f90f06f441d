/** Reads name the etag they want, so that bytes of two versions never mix, not even when a broken stream is taken up again. */
import { GetObjectCommand, type GetObjectCommandOutput, HeadObjectCommand } from '@aws-sdk/client-s3';
import { raise } from '../../kernel/errors.js';
import { type Key, printable } from '../../kernel/s3.js';
import { type Bucket, backOff, bareEtag, checkedKey, quotedEtag } from './bucket.js';
import { faultOf, s3Failed } from './s3-errors.js';

interface Wanted {
  readonly key: Key;
  readonly etag: string;
}

const MAX_FAILURES = 3;
const action = 's3:GetObject';

/** A missing key is 403, not 404, to whoever may not list: so both permissions are named. */
export async function readObject(
  bucket: Bucket,
  key: Key,
): Promise<{ readonly body: Uint8Array; readonly etag: string } | undefined> {
  for (let failures = 1; ; failures++) {
    try {
      const answer = await bucket.client.send(
        new GetObjectCommand({ Bucket: bucket.name, Key: checkedKey(key) }),
      );
      const body = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
      return { body, etag: bareEtag(answer.ETag) };
    } catch (cause) {
      const fault = faultOf(cause);
      if (fault === 'missing') return undefined;
      if (fault !== 'lost' || failures === MAX_FAILURES)
        return await s3Failed(bucket, { action: `${action} and s3:ListBucket`, key }, cause);
      await backOff(bucket, failures);
    }
  }
}

/** Bytes from `start` up to `end`, or to the object's end. A broken stream goes on where it broke. */
export async function* streamObject(
  bucket: Bucket,
  object: Wanted,
  start = 0,
  end?: number,
): AsyncGenerator<Uint8Array> {
  let at = start;
  for (let failures = 1; ; failures++) {
    try {
      const { Body } = await got(bucket, object, at, end);
      for await (const chunk of (Body ?? []) as AsyncIterable<Uint8Array>) {
        at += chunk.length;
        yield chunk;
      }
      return;
    } catch (cause) {
      const fault = faultOf(cause);
      // Nothing lies at or beyond `at`.
      if (fault === 'range') return;
      if (fault !== 'lost' || failures === MAX_FAILURES) return await readFailed(bucket, object, cause);
      await backOff(bucket, failures);
    }
  }
}

const got = (bucket: Bucket, object: Wanted, at: number, end?: number): Promise<GetObjectCommandOutput> =>
  bucket.client.send(
    new GetObjectCommand({
      Bucket: bucket.name,
      Key: checkedKey(object.key),
      IfMatch: quotedEtag(object.etag),
      ...((at > 0 || end !== undefined) && { Range: `bytes=${at}-${end === undefined ? '' : end - 1}` }),
    }),
  );

/** What lies beyond the end of the object is left out. */
export async function rangeOfObject(
  bucket: Bucket,
  object: Wanted,
  start: number,
  end: number,
): Promise<Uint8Array> {
  if (end > start) return await joined(streamObject(bucket, object, start, end));
  // No range says "nothing", but the etag is still to be compared.
  const etag = await etagOfObject(bucket, object.key);
  if (etag === undefined) raise('OBJECT_MISSING', { key: printable(object.key) });
  if (etag !== object.etag) raise('OBJECT_CHANGED', { key: printable(object.key) });
  return new Uint8Array();
}

async function joined(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function readFailed(bucket: Bucket, { key }: Wanted, cause: unknown): Promise<never> {
  if (faultOf(cause) === 'condition') return raise('OBJECT_CHANGED', { key: printable(key) }, cause);
  return await s3Failed(bucket, { action, key }, cause);
}

export interface Head {
  readonly etag: string;
  readonly size: number;
  /** User metadata. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Undefined when there is no such object. */
export async function headOf(bucket: Bucket, key: Key): Promise<Head | undefined> {
  try {
    const { ETag, ContentLength, Metadata } = await bucket.client.send(
      new HeadObjectCommand({ Bucket: bucket.name, Key: checkedKey(key) }),
    );
    return { etag: bareEtag(ETag), size: ContentLength ?? 0, metadata: Metadata ?? {} };
  } catch (cause) {
    if (faultOf(cause) === 'missing') return undefined;
    return await s3Failed(bucket, { action: `${action} and s3:ListBucket`, key }, cause);
  }
}

const etagOfObject = async (bucket: Bucket, key: Key): Promise<string | undefined> =>
  (await headOf(bucket, key))?.etag;
