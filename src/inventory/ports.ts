/** What a scan asks of the world. One implementation for folders, one for S3. */
import type { Key, ObjectRecord, Prefix } from '../kernel/s3.js';
import type { ColumnBatch } from './column-batch.js';

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
  gunzip(bytes: Uint8Array, most: number): Uint8Array;
  zstd(bytes: Uint8Array, most: number): Uint8Array;
  brotli(bytes: Uint8Array, most: number): Uint8Array;
  crc32(bytes: Uint8Array): number;
}

export interface ObjectLister {
  /** Pages in UTF-8 byte order. Errors: FILE_MISSING, BUCKET_MISSING, PERMISSION_DENIED, CREDENTIALS_MISSING, STORE_FAILED, STORE_THROTTLED. */
  list(request: ListRequest): AsyncIterable<ListPage>;
}

/** Where the next page of a listing begins. */
export interface KeyCursor {
  /** Keys after this one; with `version`, versions of this very key that come after that one too. */
  readonly key?: Key;
  readonly version?: string;
  /** What the server gave to go on with; it goes before `key`. */
  readonly token?: string;
}

export interface KeyPageRequest {
  readonly prefix: Prefix;
  readonly from?: KeyCursor;
  readonly delimiter?: '/';
  /** Keys and folders together at most; a thousand when absent. */
  readonly maxKeys?: number;
  /** Gives up at once, also between repeats. */
  readonly signal?: AbortSignal;
}

/** One answer of a listing by columns: no object for a row. */
export interface KeyPage {
  readonly batch: ColumnBatch;
  readonly prefixes: readonly Prefix[];
  /** Absent on the last page. */
  readonly next?: KeyCursor;
}

/** Gives one page at a time, repeats what a server refuses for a while, and keeps no place of its own. */
export interface KeyPager {
  /** Without an order a listing is one stream from token to token, and cannot be parted. */
  readonly isOrdered: boolean;
  /** Versions of objects too: keys repeat, and delete markers have no size. */
  readonly hasVersions: boolean;
  /** Errors: BUCKET_MISSING, PERMISSION_DENIED, CREDENTIALS_MISSING, CREDENTIALS_UNUSABLE, KEY_UNSUPPORTED, STORE_FAILED, STORE_THROTTLED. */
  page(request: KeyPageRequest): Promise<KeyPage>;
  /** With so many streams the server is as busy as it can be: one more would make all of them as much slower. */
  isFull?(streams: number): boolean;
}
