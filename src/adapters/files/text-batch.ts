/** Several text files replaced together: all hold the new text, or all hold what they held. */
import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { raise } from '../../kernel/errors.js';
import { failed, readText, writeText } from './text-files.js';

export interface Replacement {
  readonly path: string;
  /** What was read; a file that holds anything else now is somebody else's work. */
  readonly before: string;
  readonly after: string;
}

/**
 * Every new text is written and synced beside its file first; then the files are looked at again; then they are renamed,
 * one after the other. A rename that fails puts the ones before it back. Killed between two renames, each file is whole,
 * and the same replacement can be made again. Errors: CONDITION_FAILED, PERMISSION_DENIED, STORE_FAILED.
 */
export async function replaceTexts(files: readonly Replacement[], move = rename): Promise<void> {
  const staged = files.map((file) => ({
    ...file,
    beside: `${file.path}.${randomBytes(6).toString('hex')}.tmp`,
  }));
  try {
    for (const { beside, path, after } of staged) await stage(beside, path, after);
    for (const { path, before } of staged)
      if ((await readText(path)) !== before) raise('CONDITION_FAILED', { key: path });
    await renameAll(staged, move);
  } finally {
    // What cannot be removed was not written; it must not hide why.
    await Promise.allSettled(staged.map(({ beside }) => rm(beside, { force: true })));
  }
}

async function stage(beside: string, path: string, text: string): Promise<void> {
  try {
    const file = await open(beside, 'wx');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    failed(path, 'write', cause);
  }
}

async function renameAll(
  staged: readonly (Replacement & { readonly beside: string })[],
  move: typeof rename,
): Promise<void> {
  const done: Replacement[] = [];
  for (const file of staged) {
    try {
      await move(file.beside, file.path);
      done.push(file);
    } catch (cause) {
      for (const { path, before } of done) await writeText(path, before);
      failed(file.path, 'write', cause);
    }
  }
}
