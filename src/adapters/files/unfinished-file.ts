/** Bytes are written and synced under a hidden name first, so that an object is there whole or not at all. */
import { randomUUID } from 'node:crypto';
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Key } from '../../kernel/s3.js';
import { etagOf } from './file-etag.js';
import { made } from './folder.js';
import { HIDDEN_FOLDER } from './key-path.js';

const DAY_MS = 86_400_000;

export interface UnfinishedFile {
  readonly path: string;
  readonly etag: string;
}

export const hiddenPath = (root: string, name: string): string => join(root, HIDDEN_FOLDER, name);

/** Makes it, unless it is there. */
export const hiddenFolder = (root: string, key: Key): void => void made(join(root, HIDDEN_FOLDER), key);

/** Writes by `fill`, syncs, hands over, and removes the hidden name whatever happens. */
export async function withUnfinished<T>(
  root: string,
  key: Key,
  fill: (path: string) => Promise<void>,
  use: (file: UnfinishedFile) => Promise<T>,
): Promise<T> {
  hiddenFolder(root, key);
  const path = hiddenPath(root, `new-${randomUUID()}`);
  try {
    await fill(path);
    return await use({ path, etag: await finished(path) });
  } finally {
    rmSync(path, { force: true });
  }
}

async function finished(path: string): Promise<string> {
  const file = await open(path, 'r+');
  try {
    await stampTime(file);
    await file.sync();
    return etagOf(await file.stat({ bigint: true }));
  } finally {
    await file.close();
  }
}

/**
 * The kernel's file time ticks only every few milliseconds, and inodes are used again: with it, two writes in one tick
 * could have one etag.
 */
async function stampTime(file: FileHandle): Promise<void> {
  const seconds = (performance.timeOrigin + performance.now()) / 1000;
  await file.utimes(seconds, seconds);
}

/** Removes what a killed process left more than a day ago. Locks stay: see file-lock. */
export function sweepUnfinished(root: string, now: number): void {
  const hidden = join(root, HIDDEN_FOLDER);
  if (!lstatSync(hidden, { throwIfNoEntry: false })?.isDirectory()) return;
  for (const name of readdirSync(hidden).filter((name) => name.startsWith('new-'))) {
    const stats = lstatSync(hiddenPath(root, name), { throwIfNoEntry: false });
    if (stats && now - stats.ctimeMs > DAY_MS) rmSync(hiddenPath(root, name), { force: true });
  }
}
