/** Keys leave a listing exactly as they were put: asked for URL-encoded, because XML cannot carry every character. */
import { type _Object, type ListObjectsV2Output, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import type { ListPage, ListRequest } from '../../inventory/ports.js';
import { raise } from '../../kernel/errors.js';
import { compareKeys, isDirectoryBucket, type Key, type ObjectRecord, printable } from '../../kernel/s3.js';
import { type Bucket, bareEtag } from './bucket.js';
import { s3Failed } from './s3-errors.js';

const asked = { action: 's3:ListBucket' };

/** ListObjectsV2. Errors: BUCKET_MISSING, PERMISSION_DENIED, CREDENTIALS_MISSING, KEY_UNSUPPORTED, STORE_FAILED, STORE_THROTTLED. */
export async function* listBucket(bucket: Bucket, request: ListRequest): AsyncGenerator<ListPage> {
  const pages = paginateListObjectsV2(
    { client: bucket.client, stopOnSameToken: true },
    {
      Bucket: bucket.name,
      Prefix: request.prefix,
      StartAfter: request.after,
      Delimiter: request.delimiter,
      EncodingType: 'url',
    },
  );
  let last: Key | undefined;
  try {
    for await (const answer of pages) {
      const page = pageOf(answer, usualClass(bucket));
      if (!isDirectoryBucket(bucket.name)) last = advanced(bucket, page, last);
      yield page;
    }
  } catch (cause) {
    await s3Failed(bucket, asked, cause);
  }
}

/** What an object has whose class is not named. */
const usualClass = ({ name }: Bucket): string => (isDirectoryBucket(name) ? 'EXPRESS_ONEZONE' : 'STANDARD');

function pageOf(answer: ListObjectsV2Output, usual: string): ListPage {
  const decoded = answer.EncodingType === 'url' ? urlDecoded : unencoded;
  return {
    objects: (answer.Contents ?? []).map((object) => recordOf(object, decoded, usual)),
    prefixes: (answer.CommonPrefixes ?? []).map(({ Prefix = '' }) => decoded(Prefix)),
  };
}

function recordOf(object: _Object, decoded: (text: string) => Key, usual: string): ObjectRecord {
  const { Key = '', Size, ETag, StorageClass = usual, LastModified } = object;
  const key = decoded(Key);
  if (Size === undefined) return refused(key, 'its size is not listed');
  return {
    key,
    size: Size,
    etag: bareEtag(ETag),
    storageClass: StorageClass,
    ...(LastModified !== undefined && { modifiedAt: LastModified.getTime() }),
  };
}

/** As in a form: a blank is "+". */
function urlDecoded(text: string): Key {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    return refused(text, 'it is not valid UTF-8', cause);
  }
}

/** A server that does not encode puts U+FFFD for what XML cannot hold: then the name is lost, and two keys may look like one. */
const unencoded = (text: string): Key =>
  text.includes('\ufffd') ? refused(text, 'the server does not give its name unharmed') : text;

const refused = (key: Key, why: string, cause?: unknown): never =>
  raise('KEY_UNSUPPORTED', { key: printable(key), store: 'this listing', why }, cause);

/** Ranges of keys are counted on this order; a page that goes back would be counted twice. */
function advanced(bucket: Bucket, page: ListPage, last: Key | undefined): Key | undefined {
  const [first, end] = edges(page);
  if (last !== undefined && first !== undefined && compareKeys(first, last) <= 0)
    raise('STORE_FAILED', {
      action: asked.action,
      what: `s3://${bucket.name}`,
      why: 'pages do not come in order of keys, as in a directory bucket',
    });
  return end ?? last;
}

function edges({ objects, prefixes }: ListPage): readonly [Key | undefined, Key | undefined] {
  const keys = [objects[0]?.key, prefixes[0], objects.at(-1)?.key, prefixes.at(-1)];
  const sorted = keys.filter((key) => key !== undefined).sort(compareKeys);
  return [sorted[0], sorted.at(-1)];
}
