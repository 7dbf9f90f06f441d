/** Paths of objects are looked up so that nothing outside the root is ever touched: no symbolic link is followed. */
import { lstatSync, mkdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { raise } from '../../kernel/errors.js';
import { type Key, printable } from '../../kernel/s3.js';
import { codeOf, diskFailed, isMissing } from './disk-errors.js';
import { pathNames, unsupported } from './key-path.js';

export interface Folder {
  /** May be a symbolic link itself: whoever named it meant where it leads. */
  readonly root: string;
  /** A missing root is an empty store, made by the first write; otherwise it is FILE_MISSING. */
  readonly create: boolean;
}

/** The real path of the root; undefined when it is missing and may be. Errors: FILE_MISSING, FOLDER_INVALID, PERMISSION_DENIED. */
export function realRoot({ root, create }: Folder): string | undefined {
  try {
    if (!statSync(root).isDirectory()) raise('FOLDER_INVALID', { path: printable(root) });
    return realpathSync.native(root);
  } catch (cause) {
    if (create && codeOf(cause) === 'ENOENT') return undefined;
    return diskFailed('read', root, cause);
  }
}

/** The path of what the key names; undefined when nothing is there. Errors: KEY_UNSUPPORTED behind a symbolic link. */
export function located(folder: Folder, key: Key): string | undefined {
  const names = pathNames(key);
  const root = realRoot(folder);
  return root === undefined ? undefined : existing(root, names, key);
}

/** As `located`, below a root already resolved. */
export function existing(root: string, names: readonly string[], key: Key): string | undefined {
  const path = join(root, ...names);
  try {
    const real = realpathSync.native(path);
    if (real === path) return path;
    // A file system that folds case or Unicode forms found another name: that key is not this key.
    if (folded(real) === folded(path)) return undefined;
  } catch (cause) {
    if (isMissing(cause)) return danglingLink(path) ? linked(key) : undefined;
    if (codeOf(cause) !== 'ELOOP') return diskFailed('read', key, cause);
  }
  return linked(key);
}

const folded = (path: string): string => path.normalize('NFC').toLowerCase();

const danglingLink = (path: string): boolean => statOf(path)?.isSymbolicLink() === true;

const linked = (key: Key): never =>
  unsupported(key, 'it is, or lies behind, a symbolic link, and those are not followed');

export interface Place {
  readonly root: string;
  readonly path: string;
  /** Folders whose entries are new: they are synced with the object. */
  readonly touched: readonly string[];
}

/** Where an object is to be written; makes the folders on the way. Errors: KEY_UNSUPPORTED, PERMISSION_DENIED, STORE_FAILED. */
export function placeFor(folder: Folder, key: Key): Place {
  const names = pathNames(key);
  try {
    const found = realRoot(folder);
    const root = found ?? madeRoot(folder.root);
    const path = join(root, ...names);
    const touched = [dirname(path), ...(found === undefined ? [dirname(root)] : [])];
    for (let depth = 1; depth < names.length; depth++)
      touched.push(...made(join(root, ...names.slice(0, depth)), key));
    return { root, path, touched };
  } catch (cause) {
    return diskFailed('write', key, cause);
  }
}

function madeRoot(root: string): string {
  mkdirSync(root, { recursive: true });
  return realpathSync.native(root);
}

/** Makes one folder unless it is there; the parent is returned when it has a new entry. */
export function made(path: string, key: Key): readonly string[] {
  const before = statOf(path);
  if (before?.isDirectory()) return [];
  if (before?.isSymbolicLink()) return linked(key);
  if (before) return unsupported(key, 'an object stands where it needs a folder');
  try {
    mkdirSync(path);
    return [dirname(path)];
  } catch (cause) {
    // Another writer was faster.
    if (codeOf(cause) === 'EEXIST') return made(path, key);
    throw cause;
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw cause;
  }
}

/** Whether an object stands there. Errors: KEY_UNSUPPORTED when something else does. */
export function occupied(path: string, key: Key): boolean {
  const stats = statOf(path);
  if (!stats) return false;
  if (stats.isDirectory()) return unsupported(key, 'a folder has that name');
  if (stats.isSymbolicLink()) return linked(key);
  return stats.isFile() || unsupported(key, 'something that is no file has that name');
}
