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

export interface ObjectLister {
  /** Pages in UTF-8 byte order. Errors: FILE_MISSING, BUCKET_MISSING, PERMISSION_DENIED, CREDENTIALS_MISSING, STORE_FAILED, STORE_THROTTLED. */
  list(request: ListRequest): AsyncIterable<ListPage>;
}
