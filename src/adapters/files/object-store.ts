/** A folder stands for a bucket: a file is an object, and its key is its path below the root with "/". */
import type { ObjectStore } from '../../compaction/ports.js';
import type { ObjectLister } from '../../inventory/ports.js';
import { raise } from '../../kernel/errors.js';
import { printable } from '../../kernel/s3.js';
import { rangeOfFile, readFile, streamFile } from './file-reading.js';
import { removeIfMatch } from './file-removing.js';
import { copyIfAbsent, copyIfMatch, putIfAbsent, replaceIfMatch, uploadIfAbsent } from './file-writing.js';
import { type Folder, realRoot } from './folder.js';
import { listFolder } from './folder-listing.js';
import { sweepUnfinished } from './unfinished-file.js';

export interface FileStoreOptions {
  /** A folder; it may be a symbolic link itself. */
  readonly root: string;
  /** A missing root is then an empty store, made by the first write. Otherwise it is FILE_MISSING. */
  readonly create?: boolean;
}

/**
 * Symbolic links are never followed, and neither they nor sockets, pipes and devices are passed over in silence: a
 * listing that meets one, or a name that is not UTF-8, is KEY_UNSUPPORTED. Folders without files are no keys.
 * Conditional writes hold between processes on one machine; the folder ".bucketwise-tmp" is theirs and never listed.
 * Errors: FILE_MISSING, FOLDER_INVALID, PERMISSION_DENIED, KEY_UNSUPPORTED, CONDITION_UNSUPPORTED, STORE_FAILED.
 */
export function openFileStore({ root, create = false }: FileStoreOptions): ObjectLister & ObjectStore {
  const folder: Folder = { root, create };
  const tidy = once(() => {
    const real = realRoot(folder);
    if (real !== undefined) sweepUnfinished(real, Date.now());
  });
  return {
    list: (request) => listFolder(folder, request),
    read: (key) => readFile(folder, key),
    stream: (object) => streamFile(folder, object),
    range: (object, start, end) => rangeOfFile(folder, object, start, end),
    write: async (key, body, condition) => {
      tidy();
      return condition === 'absent'
        ? await putIfAbsent(folder, key, body)
        : await replaceIfMatch(folder, key, body, condition.etag);
    },
    upload: async (key, localPath) => {
      tidy();
      return await uploadIfAbsent(folder, key, localPath);
    },
    copy: async (from, to, over) => {
      tidy();
      return over ? await copyIfMatch(folder, from, to, over.etag) : await copyIfAbsent(folder, from, to);
    },
    remove: (object) => removeIfMatch(folder, object),
    tag: async ({ key }) =>
      raise('STORE_FAILED', { action: 'tag', what: printable(key), why: 'a folder has no tags' }),
    // A file is whole or not there: see unfinished-file.
    uploads: async () => [],
    abort: async () => undefined,
  };
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}
