/** A data file is counted only when all its bytes were read and are the ones the manifest vouches for: by length and by MD5, over the very bytes that were scanned. */
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ColumnSource } from '../../inventory/columnar/column-file.js';
import type { FoundFile } from '../../inventory/report-ports.js';
import { BucketwiseError, raise } from '../../kernel/errors.js';
import { printable } from '../../kernel/s3.js';
import type { ReportBucket } from './report-bucket.js';

export const refuseFile = ({ key }: FoundFile, at: string, why: string, cause?: unknown): never =>
  raise('INVENTORY_CORRUPT', { file: printable(key), at, why }, cause);

/**
 * The bytes as they lie there; a file of other bytes ends in an error after its last one. `onBytes` hears how many came.
 * Errors: INVENTORY_CHANGED, INVENTORY_CORRUPT, those of the store.
 */
export async function* checkedBytes(
  bucket: ReportBucket,
  file: FoundFile,
  onBytes: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  const md5 = createHash('md5');
  let length = 0;
  try {
    for await (const bytes of bucket.stream({ key: file.at, etag: file.etag })) {
      md5.update(bytes);
      length += bytes.length;
      onBytes(bytes.length);
      yield bytes;
    }
  } catch (cause) {
    throw changed(file, cause);
  }
  if (length !== file.size)
    refuseFile(file, `, byte ${length}`, `it ends there, and the manifest says ${file.size} bytes`);
  const digest = md5.digest('hex');
  if (digest !== file.md5) refuseFile(file, '', `its MD5 is ${digest}, and the manifest says ${file.md5}`);
}

/** What happened to the object happened to a file of the report. */
function changed({ key }: FoundFile, cause: unknown): unknown {
  const isOther =
    cause instanceof BucketwiseError && (cause.code === 'OBJECT_CHANGED' || cause.code === 'OBJECT_MISSING');
  return isOther ? new BucketwiseError('INVENTORY_CHANGED', { file: printable(key) }, cause) : cause;
}

/** Bytes [from, from + length) of a file of which all bytes are known to be right. */
export interface CheckedFile {
  read: ColumnSource['read'];
  close(): Promise<void>;
}

/**
 * A columnar file is read here and there, so it is checked first: on disk in place, where the etag holds it to the same
 * bytes afterwards; from S3 into a local copy in `folder`, by one GET. Errors: as `checkedBytes`.
 */
export async function openChecked(
  bucket: ReportBucket,
  file: FoundFile,
  folder: string | undefined,
  onBytes: (count: number) => void,
): Promise<CheckedFile> {
  const bytes = checkedBytes(bucket, file, onBytes);
  // Two files of equal bytes are two copies: the one that is done with removes its own.
  if (folder !== undefined) return await localCopy(bytes, join(folder, `${randomUUID()}.copy`));
  for await (const _ of bytes);
  return {
    read: async (from, length, into) => {
      try {
        return await bucket.range({ key: file.at, etag: file.etag }, from, from + length, into);
      } catch (cause) {
        throw changed(file, cause);
      }
    },
    close: async () => undefined,
  };
}

async function localCopy(bytes: AsyncIterable<Uint8Array>, path: string): Promise<CheckedFile> {
  try {
    await pipeline(bytes, createWriteStream(path, { flags: 'wx' }));
  } catch (cause) {
    await rm(path, { force: true });
    throw cause;
  }
  const handle = await open(path);
  return {
    read: async (from, length, into = Buffer.allocUnsafe(length)) => {
      const { buffer, bytesRead } = await handle.read(into, 0, length, from);
      return buffer.subarray(0, bytesRead);
    },
    close: async () => {
      await handle.close();
      await rm(path, { force: true });
    },
  };
}
