/** What an engine says it did is believed only as far as the store shows it: the frozen sources before, the files after. */
import type { FooterReader } from '../../compaction/parquet-ports.js';
import type { ObjectStore, StoredObject, WrittenFile } from '../../compaction/ports.js';
import { raise } from '../../kernel/errors.js';
import { type Prefix, printable } from '../../kernel/s3.js';

/** Errors: CONDITION_FAILED when something lies under a path that was never used. One LIST. */
export async function checkEmpty(target: ObjectStore, path: Prefix): Promise<void> {
  for await (const { objects } of target.list({ prefix: path }))
    if (objects[0]) raise('CONDITION_FAILED', { key: printable(objects[0].key) });
}

/** The engine read by name: each object must still be the one that was frozen. Errors: OBJECT_CHANGED, OBJECT_MISSING. */
export async function checkUnchanged(
  source: ObjectStore,
  folder: Prefix,
  frozen: readonly StoredObject[],
): Promise<{ readonly lists: number }> {
  const etags = new Map<string, string>();
  let lists = 0;
  for await (const { objects } of source.list({ prefix: folder })) {
    lists += 1;
    for (const { key, etag } of objects) etags.set(key, etag);
  }
  for (const { key, etag } of frozen) {
    const now = etags.get(key);
    if (now === undefined) raise('OBJECT_MISSING', { key: printable(key) });
    if (now !== etag) raise('OBJECT_CHANGED', { key: printable(key) });
  }
  return { lists };
}

export interface Listed {
  readonly files: readonly WrittenFile[];
  readonly rows: number;
  /** Every key under the path, whosever it is. */
  readonly seen: ReadonlySet<string>;
  readonly lists: number;
  readonly gets: number;
}

/**
 * The files under the attempt path in the order of their names, with the rows their own footers tell. Empty objects are
 * marks of folders and no files. `isOurs`: those the engine's manifest names, where it has one.
 */
export async function filesWritten(
  target: ObjectStore,
  footers: FooterReader,
  path: Prefix,
  isOurs: (file: StoredObject) => boolean = () => true,
): Promise<Listed> {
  const files: WrittenFile[] = [];
  const seen = new Set<string>();
  let lists = 0;
  let gets = 0;
  for await (const { objects } of target.list({ prefix: path })) {
    lists += 1;
    for (const { key, size, etag } of objects) {
      const file = { key, size, etag };
      seen.add(key);
      if (size === 0 || !isOurs(file)) continue;
      const footer = await footers.read(file);
      gets += footer.gets;
      files.push({ ...file, rows: footer.rows });
    }
  }
  return { files, rows: files.reduce((sum, file) => sum + file.rows, 0), seen, lists, gets };
}
