/**
 * Requests are counted where they leave, as S3 bills them: a page is a LIST, a copy is a HEAD and a COPY (or its parts), and an answer
 * of 404 or 412 costs what a good one does ("Billing for Amazon S3 error responses", S3 User Guide).
 */
import type { ObjectStore } from '../../compaction/ports.js';
import type { ListRequest, ObjectLister } from '../../inventory/ports.js';
import { copyPuts } from '../aws/copy-parts.js';

export interface MeteredStore {
  readonly store: ObjectLister & ObjectStore;
  /** So far; put is PUT and COPY, get is GET and HEAD. */
  requests(): { readonly put: number; readonly get: number; readonly list: number };
}

/** Not counted, because the port does not show it: what a store repeats by itself after a fault. */
export function metered(inner: ObjectLister & ObjectStore): MeteredStore {
  const count = { put: 0, get: 0, list: 0 };
  const store: ObjectLister & ObjectStore = {
    list: (request) => pages(inner, request, count),
    read: (key) => {
      count.get += 1;
      return inner.read(key);
    },
    stream: (object) => opening(inner.stream(object), () => (count.get += 1)),
    range: (object, start, end) => {
      count.get += 1;
      return inner.range(object, start, end);
    },
    write: (key, body, condition) => {
      count.put += 1;
      return inner.write(key, body, condition);
    },
    upload: (key, localPath) => {
      count.put += 1;
      return inner.upload(key, localPath);
    },
    copy: (from, to, over) => {
      count.get += 1;
      count.put += copyPuts(from.size);
      return inner.copy(from, to, over);
    },
    remove: (object, how) => {
      // DELETE costs nothing, the look before it is a HEAD.
      count.get += how === 'unseen' ? 0 : 1;
      return inner.remove(object, how);
    },
    tag: (object, tag) => {
      // A HEAD and a GET before the PUT, a HEAD after it.
      count.get += 3;
      count.put += 1;
      return inner.tag(object, tag);
    },
    uploads: (prefix) => {
      count.list += 1;
      return inner.uploads(prefix);
    },
    abort: (upload) => inner.abort(upload),
  };
  return { store, requests: () => ({ ...count }) };
}

async function* pages(inner: ObjectLister, request: ListRequest, count: { list: number }) {
  try {
    for await (const page of inner.list(request)) {
      count.list += 1;
      yield page;
    }
  } catch (cause) {
    // A refused page was asked for too.
    count.list += 1;
    throw cause;
  }
}

/** A stream costs when it is first read, not when it is made. */
async function* opening<T>(items: AsyncIterable<T>, opened: () => void): AsyncGenerator<T> {
  opened();
  yield* items;
}
