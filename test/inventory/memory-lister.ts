/** A lister over keys held in memory, or computed: sorted in UTF-8 byte order, paged and grouped as S3 does. */
import type { ListPage, ListRequest, ObjectLister } from '../../src/inventory/ports.js';
import { compareKeys, type Key, type ObjectRecord } from '../../src/kernel/s3.js';

/** Objects by their place in UTF-8 byte order of keys. */
export interface SortedObjects {
  readonly length: number;
  at(index: number): ObjectRecord;
}

export const objectNamed = (key: Key, size = 1, storageClass = 'STANDARD'): ObjectRecord => ({
  key,
  size,
  etag: 'e',
  storageClass,
});

export interface MemoryLister extends ObjectLister {
  readonly requests: ListRequest[];
}

export function memoryLister(keys: readonly Key[], pageSize = 1000): MemoryLister {
  const sorted = [...new Set(keys)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const requests: ListRequest[] = [];
  const lister = sortedLister({ length: sorted.length, at: (i) => objectNamed(sorted[i]!) }, pageSize);
  return {
    requests,
    list(request) {
      requests.push(request);
      return lister.list(request);
    },
  };
}

export function sortedLister(objects: SortedObjects, pageSize = 1000): ObjectLister {
  return { list: (request) => pages(objects, request, pageSize) };
}

async function* pages(
  objects: SortedObjects,
  request: ListRequest,
  pageSize: number,
): AsyncIterable<ListPage> {
  const found = entries(objects, request);
  let next = found.next();
  do {
    const page = { objects: [] as ObjectRecord[], prefixes: [] as string[] };
    for (let room = pageSize; room > 0 && !next.done; room--) {
      if (typeof next.value === 'string') page.prefixes.push(next.value);
      else page.objects.push(next.value);
      next = found.next();
    }
    yield page;
  } while (!next.done);
}

function* entries(
  objects: SortedObjects,
  { prefix, after, delimiter }: ListRequest,
): Generator<ObjectRecord | string> {
  const start = after !== undefined && compareKeys(after, prefix) >= 0 ? after : undefined;
  let i = firstWhere(objects, (key) =>
    start === undefined ? compareKeys(key, prefix) >= 0 : compareKeys(key, start) > 0,
  );
  while (i < objects.length) {
    const object = objects.at(i);
    if (!object.key.startsWith(prefix)) return;
    const slash = delimiter === undefined ? -1 : object.key.indexOf(delimiter, prefix.length);
    if (slash < 0) {
      yield object;
      i += 1;
      continue;
    }
    const group = object.key.slice(0, slash + 1);
    if (after === undefined || compareKeys(group, after) > 0) yield group;
    i = firstWhere(objects, (key) => compareKeys(key, group) > 0 && !key.startsWith(group));
  }
}

/** The first index whose key satisfies a test that is false up to some key and true from there on. */
function firstWhere(objects: SortedObjects, test: (key: Key) => boolean): number {
  let low = 0;
  let high = objects.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (test(objects.at(middle).key)) high = middle;
    else low = middle + 1;
  }
  return low;
}
