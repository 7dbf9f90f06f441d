/** The bucket a report lies in, or the folder that stands for it: looked at and read, never written. */
import type { Key } from '../../kernel/s3.js';

/** How the bucket is reached; plain data, so that a thread can be told. */
export type Reach =
  | { readonly scheme: 'file' }
  | {
      readonly scheme: 's3';
      readonly region?: string;
      readonly endpointUrl?: string;
      readonly profile?: string;
    };

export interface Looked {
  readonly etag: string;
  readonly size: number;
}

/** Each verb but `requests` and `region` is one GET or HEAD. Errors: those of the store. */
export interface ReportBucket {
  read(key: Key): Promise<Uint8Array | undefined>;
  look(key: Key): Promise<Looked | undefined>;
  /** Errors: OBJECT_CHANGED, OBJECT_MISSING. */
  stream(object: { readonly key: Key; readonly etag: string }): AsyncIterable<Uint8Array>;
  /** Bytes [from, to), in `into`, which is as long, or in an array of their own. Errors: OBJECT_CHANGED, OBJECT_MISSING. */
  range(
    object: { readonly key: Key; readonly etag: string },
    from: number,
    to: number,
    into?: Uint8Array,
  ): Promise<Uint8Array>;
  /** So far, as S3 bills them. */
  requests(): number;
  /** Where the bucket lies, once it has said so; another server's Region is a name only. */
  region(): string | undefined;
}

/** `root`: a bucket's name, or the path of a folder. */
export const openReportBucket = (reach: Reach, root: string): Promise<ReportBucket> =>
  reach.scheme === 'file' ? openFolder(root) : openBucket(reach, root);

async function openFolder(root: string): Promise<ReportBucket> {
  const { lookAtFile, rangeOfFile, readFile, streamFile } = await import('../files/file-reading.js');
  const folder = { root, create: false };
  return {
    read: async (key) => (await readFile(folder, key))?.body,
    look: (key) => lookAtFile(folder, key),
    stream: (object) => streamFile(folder, object),
    range: (object, from, to, into) => rangeOfFile(folder, object, from, to, into),
    requests: () => 0,
    region: () => undefined,
  };
}

/** Not counted: what is repeated after a fault. */
async function openBucket(reach: Reach & { readonly scheme: 's3' }, name: string): Promise<ReportBucket> {
  const [{ createS3Client }, { watchBucketRegion }, { setTimeout: pause }] = await Promise.all([
    import('../aws/client.js'),
    import('../aws/bucket-region.js'),
    import('node:timers/promises'),
  ]);
  const { headOf, rangeOfObject, readObject, streamObject } = await import('../aws/s3-reading.js');
  const client = createS3Client(reach);
  const bucket = { name, client, pause };
  const region = client.config.forcePathStyle ? () => undefined : watchBucketRegion(client);
  let requests = 0;
  const counted = <T>(act: () => T): T => {
    requests += 1;
    return act();
  };
  return {
    read: async (key) => (await counted(() => readObject(bucket, key)))?.body,
    look: (key) => counted(() => headOf(bucket, key)),
    stream: (object) => counted(() => streamObject(bucket, object)),
    range: (object, from, to) => counted(() => rangeOfObject(bucket, object, from, to)),
    requests: () => requests,
    region,
  };
}
