/** An object is read through one open file, and only as long as its etag says that the bytes are still the same. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { raise } from '../../kernel/errors.js';
import { type Key, printable } from '../../kernel/s3.js';
import { codeOf, diskFailed, isMissing } from './disk-errors.js';
import { etagOf } from './file-etag.js';
import { type Folder, located } from './folder.js';
import { unsupported } from './key-path.js';

const CHUNK_BYTES = 256 * 1024;
/** No system reads more at once than 2 GiB. */
const READ_BYTES = 1 << 30;
// A pipe would block until somebody writes to it; Windows has neither flag.
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

interface OpenFile {
  readonly handle: FileHandle;
  readonly etag: string;
  readonly size: number;
}

/** Errors: KEY_UNSUPPORTED, PERMISSION_DENIED, OBJECT_CHANGED when somebody writes into the file meanwhile, STORE_FAILED. */
export async function readFile(
  folder: Folder,
  key: Key,
): Promise<{ readonly body: Uint8Array; readonly etag: string } | undefined> {
  const file = await opened(folder, key);
  if (!file) return undefined;
  return await closing(file, key, async () => {
    const body = await file.handle.readFile();
    await refuseChanged(file, key);
    return { body, etag: file.etag };
  });
}

/** As the port says. */
export async function* streamFile(
  folder: Folder,
  object: { readonly key: Key; readonly etag: string },
): AsyncGenerator<Uint8Array> {
  const file = await openedAs(folder, object);
  try {
    let at = 0;
    // The next chunk is read while this one is worked on.
    for (let coming = chunkAt(file, object.key, at); ; ) {
      const chunk = await coming;
      if (chunk.length === 0) break;
      at += chunk.length;
      coming = chunkAt(file, object.key, at);
      yield chunk;
    }
    await refuseChanged(file, object.key);
  } finally {
    await file.handle.close();
  }
}

/** As the port says, in `into` if it is given; what lies beyond the end is left out. */
export async function rangeOfFile(
  folder: Folder,
  object: { readonly key: Key; readonly etag: string },
  start: number,
  end: number,
  into?: Uint8Array,
): Promise<Uint8Array> {
  const file = await openedAs(folder, object);
  return await closing(file, object.key, async () => {
    const length = Math.max(0, Math.min(end, file.size) - start);
    const bytes = into?.subarray(0, length) ?? new Uint8Array(length);
    for (let at = 0; at < length; ) {
      const { bytesRead } = await file.handle.read(bytes, at, Math.min(length - at, READ_BYTES), start + at);
      if (bytesRead === 0) return raise('OBJECT_CHANGED', { key: printable(object.key) });
      at += bytesRead;
    }
    await refuseChanged(file, object.key);
    return bytes;
  });
}

/** The object that is there now; undefined when there is none. */
export async function lookAtFile(
  folder: Folder,
  key: Key,
): Promise<{ readonly etag: string; readonly size: number } | undefined> {
  const file = await opened(folder, key);
  return file && (await closing(file, key, async () => ({ etag: file.etag, size: file.size })));
}

export const etagNow = async (folder: Folder, key: Key): Promise<string | undefined> =>
  (await lookAtFile(folder, key))?.etag;

async function openedAs(
  folder: Folder,
  object: { readonly key: Key; readonly etag: string },
): Promise<OpenFile> {
  const key = printable(object.key);
  const file = (await opened(folder, object.key)) ?? raise('OBJECT_MISSING', { key });
  if (file.etag === object.etag) return file;
  await file.handle.close();
  return raise('OBJECT_CHANGED', { key });
}

async function opened(folder: Folder, key: Key): Promise<OpenFile | undefined> {
  const path = located(folder, key);
  if (path === undefined) return undefined;
  try {
    const handle = await open(path, FLAGS);
    return await examined(handle, key);
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    if (codeOf(cause) === 'ELOOP') return unsupported(key, 'it is a symbolic link');
    return diskFailed('read', key, cause);
  }
}

/** A folder is no object. */
async function examined(handle: FileHandle, key: Key): Promise<OpenFile | undefined> {
  const stats = await handle.stat({ bigint: true });
  if (stats.isFile()) return { handle, etag: etagOf(stats), size: Number(stats.size) };
  await handle.close();
  return stats.isDirectory() ? undefined : unsupported(key, 'it is neither file nor folder');
}

/** What goes wrong is told to the one that waits for it; nobody may ever do so. */
function chunkAt(file: OpenFile, key: Key, at: number): Promise<Uint8Array> {
  const chunk = bytesAt(file, key, at);
  chunk.catch(() => undefined);
  return chunk;
}

async function bytesAt({ handle }: OpenFile, key: Key, at: number): Promise<Uint8Array> {
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, null, at);
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    return diskFailed('read', key, cause);
  }
}

async function refuseChanged({ handle, etag }: OpenFile, key: Key): Promise<void> {
  if (etagOf(await handle.stat({ bigint: true })) !== etag) raise('OBJECT_CHANGED', { key: printable(key) });
}

async function closing<T>({ handle }: OpenFile, key: Key, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    return diskFailed('read', key, cause);
  } finally {
    await handle.close();
  }
}
