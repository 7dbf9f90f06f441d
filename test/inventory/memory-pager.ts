/** A pager over keys held in memory, or computed: as ListObjectsV2 and ListObjectVersions answer. */
import type { ColumnBatch } from '../../src/inventory/column-batch.js';
import type { KeyPage, KeyPageRequest, KeyPager } from '../../src/inventory/ports.js';
import { compareKeys, type Key } from '../../src/kernel/s3.js';
import { objectNamed, type SortedObjects } from './memory-lister.js';

export interface MemoryPager extends KeyPager {
  readonly requests: KeyPageRequest[];
}

interface PagerOptions {
  readonly pageSize?: number;
  /** Waits before each answer: a test decides which comes first. */
  readonly delay?: (request: KeyPageRequest) => Promise<unknown>;
}

export const inByteOrder = (keys: Iterable<Key>): Key[] =>
  [...new Set(keys)]
    .map((key) => Buffer.from(key))
    .sort(Buffer.compare)
    .map(String);

export function memoryPager(keys: readonly Key[], options: PagerOptions = {}): MemoryPager {
  const sorted = inByteOrder(keys);
  return sortedPager({ length: sorted.length, at: (i) => objectNamed(sorted[i]!) }, options);
}

export function sortedPager(
  objects: SortedObjects,
  { pageSize = 1000, delay }: PagerOptions = {},
): MemoryPager {
  const requests: KeyPageRequest[] = [];
  return {
    isOrdered: true,
    hasVersions: false,
    requests,
    page: async (request) => {
      requests.push(request);
      await delay?.(request);
      return pageOf(objects, request, pageSize);
    },
  };
}

function pageOf(
  objects: SortedObjects,
  { prefix, from = {}, delimiter, maxKeys }: KeyPageRequest,
  pageSize: number,
): KeyPage {
  const keys: Key[] = [];
  const prefixes: Key[] = [];
  const after = from.token ?? from.key;
  let i = firstWhere(objects, (key) =>
    after !== undefined && compareKeys(after, prefix) >= 0
      ? compareKeys(key, after) > 0 && !(delimiter && after.endsWith('/') && key.startsWith(after))
      : compareKeys(key, prefix) >= 0,
  );
  let last = '';
  const sizes: number[] = [];
  const most = Math.min(pageSize, maxKeys ?? pageSize);
  for (; i < objects.length && keys.length + prefixes.length < most; ) {
    const { key, size } = objects.at(i);
    if (!key.startsWith(prefix)) break;
    const slash = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
    last = slash < 0 ? key : key.slice(0, slash + 1);
    if (slash < 0) {
      keys.push(key);
      sizes.push(size);
      i += 1;
    } else {
      prefixes.push(last);
      i = firstWhere(objects, (other) => compareKeys(other, last) > 0 && !other.startsWith(last));
    }
  }
  const more = i < objects.length && objects.at(i).key.startsWith(prefix);
  return { batch: batchOf(keys, sizes), prefixes, ...(more && { next: { token: last } }) };
}

export function batchOf(keys: readonly Key[], sizes: readonly number[] = keys.map(() => 1)): ColumnBatch {
  const texts = keys.map((key) => Buffer.from(key));
  const offsets = new Int32Array(keys.length + 1);
  for (const [i, text] of texts.entries()) offsets[i + 1] = offsets[i]! + text.length;
  return {
    rows: keys.length,
    key: { bytes: Buffer.concat(texts), offsets },
    size: Float64Array.from(sizes),
    storageClass: { codes: new Int32Array(keys.length), values: ['STANDARD'] },
  };
}

/** The first index whose key satisfies a test that is false up to some key and true from there on. */
function firstWhere(objects: SortedObjects, test: (key: Key) => boolean): number {
  let low = 0;
  for (let high = objects.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if (test(objects.at(middle).key)) high = middle;
    else low = middle + 1;
  }
  return low;
}

export const keysOf = ({ rows, key }: ColumnBatch): Key[] =>
  Array.from({ length: rows }, (_, i) =>
    Buffer.from(key.bytes.subarray(key.offsets[i], key.offsets[i + 1])).toString(),
  );
