/**
 * A conditional write has one winner, also between processes. If absent: link(2), which fails where something stands.
 * If-Match: under a lock, compare and rename(2). A reader meets the old bytes or the new, never part of either.
 */
import { constants, linkSync, lstatSync, renameSync } from 'node:fs';
import { chmod, copyFile, open, writeFile } from 'node:fs/promises';
import type { WriteOutcome } from '../../compaction/ports.js';
import { digest } from '../../kernel/digest.js';
import { raise } from '../../kernel/errors.js';
import { type Key, printable } from '../../kernel/s3.js';
import { codeOf, diskFailed, isMissing } from './disk-errors.js';
import { etagOf } from './file-etag.js';
import { locked } from './file-lock.js';
import { etagNow } from './file-reading.js';
import { type Folder, located, occupied, type Place, placeFor } from './folder.js';
import { hiddenPath, type UnfinishedFile, withUnfinished } from './unfinished-file.js';

const COPY_FLAGS = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE;

/** Order of effects: folders, hidden file, sync, link, sync of the folders. */
export async function putIfAbsent(folder: Folder, key: Key, body: Uint8Array): Promise<WriteOutcome> {
  return await linkIfAbsent(folder, key, (path) => writeFile(path, body, { flag: 'wx' }));
}

export async function uploadIfAbsent(folder: Folder, key: Key, localPath: string): Promise<WriteOutcome> {
  return await linkIfAbsent(folder, key, (path) =>
    copied(localPath, path).catch((cause: unknown) => diskFailed('read', localPath, cause)),
  );
}

/** As the port says. Order of effects: hidden file, sync, lock, compare, rename, unlock, sync of the folder. */
export async function copyIfMatch(
  folder: Folder,
  from: { readonly key: Key; readonly etag: string },
  to: Key,
  etag: string,
): Promise<WriteOutcome> {
  if ((await etagNow(folder, to)) !== etag) return { outcome: 'exists' };
  const source = located(folder, from.key);
  const unchanged = async (): Promise<boolean> => (await etagNow(folder, from.key)) === from.etag;
  if (source === undefined || !(await unchanged())) return { outcome: 'changed' };
  const done = await swappedIn(folder, to, (path) => copied(source, path), etag, unchanged);
  return done ?? ((await unchanged()) ? { outcome: 'exists' } : { outcome: 'changed' });
}

/** 'exists' when the target is there; else 'changed' when the source is gone or is not these bytes. */
export async function copyIfAbsent(
  folder: Folder,
  from: { readonly key: Key; readonly etag: string },
  to: Key,
): Promise<WriteOutcome> {
  const target = located(folder, to);
  if (target !== undefined && occupied(target, to)) return { outcome: 'exists' };
  const unchanged = async (): Promise<boolean> => (await etagNow(folder, from.key)) === from.etag;
  const source = located(folder, from.key);
  if (source === undefined || !(await unchanged())) return { outcome: 'changed' };
  const fill = (path: string): Promise<void> =>
    copied(source, path).catch((cause: unknown) =>
      isMissing(cause) ? raise('OBJECT_MISSING', { key: printable(from.key) }, cause) : Promise.reject(cause),
    );
  return await linkIfAbsent(folder, to, fill, unchanged);
}

/** Never a link: it would share its bytes with a file that others may still write into. */
async function copied(from: string, to: string): Promise<void> {
  await copyFile(from, to, COPY_FLAGS);
  await chmod(to, 0o644);
}

async function linkIfAbsent(
  folder: Folder,
  key: Key,
  fill: (path: string) => Promise<void>,
  stillRight: () => Promise<boolean> = async () => true,
): Promise<WriteOutcome> {
  return await writing(key, async () => {
    const place = placeFor(folder, key);
    if (occupied(place.path, key)) return { outcome: 'exists' };
    return await withUnfinished(place.root, key, fill, async (file) =>
      (await stillRight()) ? await linked(place, key, file) : { outcome: 'changed' },
    );
  });
}

async function linked(place: Place, key: Key, file: UnfinishedFile): Promise<WriteOutcome> {
  try {
    linkSync(file.path, place.path);
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST' && occupied(place.path, key)) return { outcome: 'exists' };
    if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(cause) ?? ''))
      raise('CONDITION_UNSUPPORTED', { store: `The file system of ${printable(place.root)}` }, cause);
    throw cause;
  }
  await syncFolders(place.touched);
  return { outcome: 'written', etag: file.etag };
}

/** Order of effects: hidden file, sync, lock, compare, rename, unlock, sync of the folder. */
export async function replaceIfMatch(
  folder: Folder,
  key: Key,
  body: Uint8Array,
  etag: string,
): Promise<WriteOutcome> {
  // Nothing is made on the way: what is to be replaced is there already.
  if ((await etagNow(folder, key)) !== etag) return { outcome: 'changed' };
  const fill = (path: string): Promise<void> => writeFile(path, body, { flag: 'wx' });
  return (await swappedIn(folder, key, fill, etag)) ?? { outcome: 'changed' };
}

/** Undefined when what stands there is not those bytes any more. */
async function swappedIn(
  folder: Folder,
  key: Key,
  fill: (path: string) => Promise<void>,
  etag: string,
  stillRight: () => Promise<boolean> = async () => true,
): Promise<WriteOutcome | undefined> {
  return await writing(key, async () => {
    const place = placeFor(folder, key);
    return await withUnfinished(place.root, key, fill, async (file) => {
      if (!(await stillRight())) return undefined;
      const lock = hiddenPath(place.root, `lock-${digest(key)}`);
      if (!(await locked(lock, () => swapped(place, file, etag)))) return undefined;
      await syncFolders(place.touched);
      return { outcome: 'written', etag: file.etag };
    });
  });
}

function swapped(place: Place, file: UnfinishedFile, etag: string): boolean {
  const stats = lstatSync(place.path, { bigint: true, throwIfNoEntry: false });
  if (!stats?.isFile() || etagOf(stats) !== etag) return false;
  renameSync(file.path, place.path);
  return true;
}

/** Without it the name of a synced file may be lost with the power. */
export async function syncFolders(paths: readonly string[]): Promise<void> {
  // Windows opens no folders.
  if (process.platform === 'win32') return;
  for (const path of new Set(paths)) {
    const folder = await open(path, constants.O_RDONLY);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

async function writing<T extends WriteOutcome | undefined>(key: Key, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    return diskFailed('write', key, cause);
  }
}
