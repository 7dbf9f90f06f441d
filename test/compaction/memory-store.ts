/** A bucket held in memory, with S3's conditions, pages and order; it remembers every write and its answer. */
import { readFile } from 'node:fs/promises';
import type {
  ObjectStore,
  StoredObject,
  UnfinishedUpload,
  WriteOutcome,
} from '../../src/compaction/ports.js';
import { digest } from '../../src/kernel/digest.js';
import { raise } from '../../src/kernel/errors.js';
import type { Key } from '../../src/kernel/s3.js';

export interface Held {
  readonly body: Uint8Array;
  readonly etag: string;
  readonly tags?: Record<string, string>;
}

export interface MemoryStore extends ObjectStore {
  /** As somebody outside of bucketwise does it: without a condition. */
  put(key: Key, body: string): string;
  drop(key: Key): void;
  /** The same bytes under the same etag: one key more, or in place of the old one. */
  copyTo(from: Key, to: Key): void;
  rename(from: Key, to: Key): void;
  /** Tags of everything there that has any. */
  tags(): Record<Key, Record<string, string>>;
  /** A multipart upload that somebody began. */
  begin(key: Key, begunAt: number): void;
  /** In UTF-8 byte order. */
  keys(): Key[];
  text(key: Key): string;
  /** Key → etag of everything there. */
  etags(): Record<Key, string>;
  /** Every conditional write, upload and copy with its answer. */
  readonly writes: { readonly key: Key; readonly outcome: WriteOutcome['outcome'] }[];
}

type StoredBytes = Pick<StoredObject, 'key' | 'etag'>;

const pageSize = 1_000;
const inByteOrder = (keys: Iterable<Key>): Key[] =>
  [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

export function memoryStore(): MemoryStore {
  const held = new Map<Key, Held>();
  const writes: MemoryStore['writes'] = [];
  let begun: UnfinishedUpload[] = [];
  let versions = 0;

  const place = (key: Key, body: Uint8Array): string => {
    versions += 1;
    const etag = `"${digest(body).slice(0, 16)}-${versions}"`;
    held.set(key, { body: body.slice(), etag });
    return etag;
  };
  const answered = (key: Key, answer: WriteOutcome): WriteOutcome => {
    writes.push({ key, outcome: answer.outcome });
    return answer;
  };
  const placeIfAbsent = (key: Key, body: Uint8Array): WriteOutcome =>
    held.has(key) ? { outcome: 'exists' } : { outcome: 'written', etag: place(key, body) };
  const replace = (key: Key, body: Uint8Array, etag: string): WriteOutcome =>
    held.get(key)?.etag === etag ? { outcome: 'written', etag: place(key, body) } : { outcome: 'changed' };
  const exactly = ({ key, etag }: { key: Key; etag: string }): Uint8Array => {
    const there = held.get(key) ?? raise('OBJECT_MISSING', { key });
    return there.etag === etag ? there.body : raise('OBJECT_CHANGED', { key });
  };

  const copied = (from: StoredBytes, to: Key, over?: { readonly etag: string }): WriteOutcome => {
    if (over ? held.get(to)?.etag !== over.etag : held.has(to)) return { outcome: 'exists' };
    const there = held.get(from.key);
    return there?.etag === from.etag
      ? { outcome: 'written', etag: place(to, there.body) }
      : { outcome: 'changed' };
  };

  return {
    put: (key, body) => place(key, new TextEncoder().encode(body)),
    drop: (key) => void held.delete(key),
    copyTo: (from, to) => void held.set(to, held.get(from)!),
    rename: (from, to) => {
      held.set(to, held.get(from)!);
      held.delete(from);
    },
    tags: () => Object.fromEntries([...held].flatMap(([key, { tags }]) => (tags ? [[key, tags]] : []))),
    begin: (key, begunAt) => void begun.push({ key, id: `upload ${begun.length}`, begunAt }),
    keys: () => inByteOrder(held.keys()),
    text: (key) => new TextDecoder().decode((held.get(key) ?? raise('OBJECT_MISSING', { key })).body),
    etags: () => Object.fromEntries(inByteOrder(held.keys()).map((key) => [key, held.get(key)!.etag])),
    writes,

    async *list({ prefix, after }) {
      const keys = inByteOrder([...held.keys()].filter((key) => key.startsWith(prefix))).filter(
        (key) => after === undefined || Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0,
      );
      for (let i = 0; i === 0 || i < keys.length; i += pageSize)
        yield {
          objects: keys.slice(i, i + pageSize).flatMap((key) => {
            const there = held.get(key);
            return there
              ? [{ key, size: there.body.length, etag: there.etag, storageClass: 'STANDARD' }]
              : [];
          }),
        };
    },
    read: async (key) => held.get(key),
    async *stream(object) {
      const body = exactly(object);
      const half = Math.ceil(body.length / 2);
      yield body.slice(0, half);
      yield exactly(object).slice(half);
    },
    range: async (object, start, end) => exactly(object).slice(start, end),
    write: async (key, body, condition) =>
      answered(key, condition === 'absent' ? placeIfAbsent(key, body) : replace(key, body, condition.etag)),
    upload: async (key, localPath) => answered(key, placeIfAbsent(key, await readFile(localPath))),
    copy: async (from, to, over) => answered(to, copied(from, to, over)),
    remove: async ({ key, etag }) => {
      const there = held.get(key);
      if (there?.etag === etag) held.delete(key);
      return there === undefined ? 'gone' : there.etag === etag ? 'removed' : 'changed';
    },
    tag: async ({ key, etag }, { name, value }) => {
      const there = held.get(key);
      if (there?.etag !== etag) return there === undefined ? 'gone' : 'changed';
      held.set(key, { ...there, tags: { ...there.tags, [name]: value } });
      return 'tagged';
    },
    uploads: async (prefix) => begun.filter(({ key }) => key.startsWith(prefix)),
    abort: async (upload) => {
      begun = begun.filter(({ id }) => id !== upload.id);
    },
  };
}
