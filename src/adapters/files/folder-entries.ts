/** The names in one folder, in the order of the keys they begin: a folder counts as its name and "/". */
import { type Dirent, opendirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breath } from 'node:timers/promises';
import { compareKeys, type Prefix } from '../../kernel/s3.js';
import { diskFailed, isMissing } from './disk-errors.js';
import { HIDDEN_FOLDER, unsupported } from './key-path.js';

export interface FolderEntries {
  readonly path: string;
  /** What the keys in it begin with: "" or ends in "/". */
  readonly prefix: Prefix;
}

const NAMES_PER_BREATH = 4096;

/**
 * Sorted names that begin with `beginning`; folders end in "/". A folder that is gone is empty.
 * Errors: KEY_UNSUPPORTED for a name that is not UTF-8 and for what is neither file nor folder; PERMISSION_DENIED, STORE_FAILED.
 */
export async function sortedNames(
  folder: FolderEntries,
  beginning = '',
  only?: (name: string) => boolean,
): Promise<readonly string[]> {
  const names: string[] = [];
  let doubtful = false;
  let astral = false;
  let read = 0;
  for (const entry of entriesOf(folder)) {
    if (++read % NAMES_PER_BREATH === 0) await breath();
    if (!entry.name.startsWith(beginning)) continue;
    if (entry.name.includes('\ufffd')) doubtful = true;
    const name = nameOf(entry, folder.prefix);
    if (name === undefined || only?.(name) === false) continue;
    if (/[\ud800-\udfff]/.test(name)) astral = true;
    names.push(name);
  }
  if (doubtful) refuseNonUtf8(folder);
  // JavaScript's own order is much faster and differs from the order of the bytes only beyond U+FFFF.
  return astral ? names.sort(compareKeys) : names.sort();
}

function* entriesOf({ path, prefix }: FolderEntries): Generator<Dirent> {
  try {
    const folder = opendirSync(path, { bufferSize: 1024 });
    try {
      for (let entry = folder.readSync(); entry; entry = folder.readSync()) yield entry;
    } finally {
      folder.closeSync();
    }
  } catch (cause) {
    if (!isMissing(cause)) diskFailed('list', prefix === '' ? path : prefix, cause);
  }
}

function nameOf(entry: Dirent, prefix: Prefix): string | undefined {
  if (entry.isFile()) return entry.name;
  if (entry.isDirectory()) return entry.name === HIDDEN_FOLDER ? undefined : `${entry.name}/`;
  // Left out it would make a total too small without a word; followed it could leave the root or go in circles.
  const kind = entry.isSymbolicLink()
    ? 'a symbolic link, and those are not followed'
    : 'neither file nor folder';
  return unsupported(prefix + entry.name, `it is ${kind}`);
}

function refuseNonUtf8({ path, prefix }: FolderEntries): void {
  for (const bytes of readdirSync(path, { encoding: 'buffer' }))
    if (!Buffer.from(bytes.toString()).equals(bytes))
      unsupported(prefix + escaped(bytes), 'its name is not valid UTF-8');
}

const escaped = (bytes: Buffer): string =>
  bytes
    .toString('latin1')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped
    .replace(/[\u0000-\u001f\u007f-\u00ff]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);

/** Whether any object lies in the folder, at whatever depth: a group of keys exists only then. */
export function holdsObject(folder: FolderEntries): boolean {
  const below: string[] = [];
  for (const entry of entriesOf(folder)) {
    const name = nameOf(entry, folder.prefix);
    if (name !== undefined && !name.endsWith('/')) return true;
    if (name !== undefined) below.push(name);
  }
  return below.some((name) => holdsObject({ path: join(folder.path, name), prefix: folder.prefix + name }));
}
