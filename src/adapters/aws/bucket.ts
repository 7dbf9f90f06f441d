/** A bucket as the parts of the S3 adapter hand it to each other. */
import type { S3Client } from '@aws-sdk/client-s3';
import { raise } from '../../kernel/errors.js';
import { type Key, printable } from '../../kernel/s3.js';

export interface Bucket {
  readonly name: string;
  readonly client: S3Client;
  readonly pause: (milliseconds: number) => Promise<void>;
}

const MAX_KEY_BYTES = 1024;

/** Errors: KEY_UNSUPPORTED for what S3 cannot hold. */
export function checkedKey(key: Key): Key {
  const bytes = Buffer.byteLength(key);
  const why = /\p{Surrogate}/u.test(key)
    ? 'it is not valid Unicode'
    : bytes === 0
      ? 'it is empty'
      : bytes > MAX_KEY_BYTES
        ? 'it is longer than 1,024 bytes'
        : undefined;
  return why === undefined ? key : raise('KEY_UNSUPPORTED', { key: printable(key), store: 'S3', why });
}

export const bareEtag = (etag: string | undefined): string => etag?.replace(/^"|"$/g, '') ?? '';
export const quotedEtag = (etag: string): string => `"${etag}"`;

/** Doubles from a tenth of a second, with chance so that racers part. */
export const backOff = (bucket: Bucket, attempt: number): Promise<void> =>
  bucket.pause(100 * 2 ** (attempt - 1) * (0.5 + Math.random()));
