/** What a scan asks of the world. One implementation for folders, one for S3. */
import type { Key, ObjectRecord, Prefix } from '../kernel/s3.js';

export interface ListRequest {
  readonly prefix: Prefix;
  /** Keys after this one only, in UTF-8 byte order. */
  readonly after?: Key;
  /** With "/", keys are grouped: `prefixes` of a page holds the groups. */
  readonly delimiter?: '/';
}

/** One answer of a listing; each page is one LIST request on S3. At most 1,000 objects and prefixes together. */
export interface ListPage {
  readonly objects: readonly ObjectRecord[];
  readonly prefixes: readonly Prefix[];
}

/** Decompressors that a platform has. Each gives at most `most` bytes and throws otherwise. */
export interface Codecs {
  /** Deflate without a header. */
  inflateRaw(bytes: Uint8Array, most: number): Uint8Array;
  gunzip(bytes: Uint8Array, most: number): Uint8Array;
  zstd(bytes: Uint8Array, most: number): Uint8Array;
  brotli(bytes: Uint8Array, most: number): Uint8Array;
  crc32(bytes: Uint8Array): number;
}

export interface ObjectLister {
  /** Pages in UTF-8 byte order. Errors: FILE_MISSING, BUCKET_MISSING, PERMISSION_DENIED, CREDENTIALS_MISSING, STORE_FAILED, STORE_THROTTLED. */
  list(request: ListRequest): AsyncIterable<ListPage>;
}
