/** Small text files on disk: read whole, written whole or not at all. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { raise } from '../../kernel/errors.js';

/** "-" is standard input. Errors: FILE_MISSING, PERMISSION_DENIED, STORE_FAILED. */
export async function readText(path: string): Promise<string> {
  try {
    if (path === '-') return await standardInput();
    return await readFile(path, 'utf8');
  } catch (cause) {
    return failed(path, 'read', cause);
  }
}

/** Writes beside the file and renames: a reader, or a crash, sees the old text or the new. */
export async function writeText(path: string, text: string): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(beside, 'wx');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true });
    failed(path, 'write', cause);
  }
}

export const textExists = async (path: string): Promise<boolean> => existsSync(path);

async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}

export function failed(path: string, action: 'read' | 'write', cause: unknown): never {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') raise('FILE_MISSING', { path }, cause);
  if (code === 'EACCES' || code === 'EPERM') raise('PERMISSION_DENIED', { action, what: path }, cause);
  return raise('STORE_FAILED', { action, what: path, why: (cause as Error).message }, cause);
}
