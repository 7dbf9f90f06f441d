/** Small text files on disk: read whole, written whole or not at all; in gzip where the name says so, read where the bytes do. */
import { createHash, randomBytes } from 'node:crypto';
import { constants, createReadStream, existsSync } from 'node:fs';
import { access, mkdir, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { BucketwiseError, raise } from '../../kernel/errors.js';
import { isGzip } from './gunzip.js';

/** "-" is standard input. Errors: FILE_MISSING, FILE_INVALID, DOCUMENT_UNREADABLE, PERMISSION_DENIED, STORE_FAILED. */
export async function readText(path: string): Promise<string> {
  try {
    const bytes = path === '-' ? await standardInput() : await readFile(path);
    return (isGzip(bytes) ? inflated(path, bytes) : bytes).toString('utf8');
  } catch (cause) {
    return failed(path, 'read', cause);
  }
}

function inflated(path: string, bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    return raise(
      'DOCUMENT_UNREADABLE',
      { source: path, why: `its gzip data is damaged or cut off (${(cause as Error).message})` },
      cause,
    );
  }
}

/** Raises now what `writeText` would raise later, and changes nothing. Errors: FILE_INVALID, PERMISSION_DENIED, STORE_FAILED. */
export async function checkWritable(path: string): Promise<void> {
  try {
    const { whole, target } = await placeOf(path);
    await access(whole ? nearestFolder(target) : target, constants.W_OK);
  } catch (cause) {
    failed(path, 'write', cause);
  }
}

const nearestFolder = (path: string): string => {
  const above = dirname(path);
  return above === path || existsSync(above) ? above : nearestFolder(above);
};

/**
 * Writes beside the file and renames: a reader, or a crash, sees the old text or the new. A pipe or a device is
 * written to as it is. Errors: FILE_INVALID, PERMISSION_DENIED, STORE_FAILED.
 */
export async function writeText(path: string, text: string): Promise<void> {
  try {
    const { whole, target, mode } = await placeOf(path);
    const bytes = path.endsWith('.gz') ? gzipSync(text) : text;
    if (whole) await writeWhole(target, bytes, mode);
    else await writeFile(target, bytes);
  } catch (cause) {
    failed(path, 'write', cause);
  }
}

async function writeWhole(path: string, bytes: string | Buffer, mode: number | undefined): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(beside, 'wx', mode);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true });
    throw cause;
  }
}

interface Place {
  /** Where a symbolic link leads. */
  readonly target: string;
  /** A file, there or not, and not one that the system keeps. */
  readonly whole: boolean;
  readonly mode: number | undefined;
}

async function placeOf(path: string): Promise<Place> {
  if (path.endsWith('/')) raise('FILE_INVALID', { path, why: 'its name ends as a folder does' });
  const there = await stat(path).catch(absent);
  if (there?.isDirectory()) raise('FILE_INVALID', { path, why: 'a folder has that name' });
  const ofSystem = /^\/(?:dev|proc)\//.test(resolve(path));
  if (ofSystem || (there && !there.isFile())) return { target: path, whole: false, mode: undefined };
  return { target: there ? await realpath(path) : path, whole: true, mode: there?.mode };
}

const absent = (cause: NodeJS.ErrnoException): undefined => {
  if (cause.code !== 'ENOENT') throw cause;
};

export const textExists = async (path: string): Promise<boolean> => existsSync(path);

/** Errors: FILE_MISSING, FILE_INVALID, PERMISSION_DENIED, STORE_FAILED. */
export async function fileMd5(path: string): Promise<string> {
  const hash = createHash('md5');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (cause) {
    failed(path, 'read', cause);
  }
  return hash.digest('hex');
}

async function standardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

export function failed(path: string, action: 'read' | 'write', cause: unknown): never {
  if (cause instanceof BucketwiseError) throw cause;
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') raise('FILE_MISSING', { path }, cause);
  if (code === 'EACCES' || code === 'EPERM') raise('PERMISSION_DENIED', { action, what: path }, cause);
  if (code === 'EISDIR') raise('FILE_INVALID', { path, why: 'it is a folder' }, cause);
  return raise('STORE_FAILED', { action, what: path, why: (cause as Error).message }, cause);
}
