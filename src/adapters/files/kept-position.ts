/** The position of a live scan lies beside its document until that is written: in the folder where an inventory's parts would lie. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { codeOf, diskFailed } from './disk-errors.js';

/** Raised when a position means something else than before: older ones are then not read. */
const FORM = 2;
const DIGEST_BYTES = 32;

export interface Kept<Position> {
  read(): Promise<Position | undefined>;
  keep(position: Position): Promise<void>;
  drop(): Promise<void>;
}

/**
 * `names` is what a position depends on: what is listed, and how it is tallied. A position of other names is not read.
 * Errors: PERMISSION_DENIED, STORE_FAILED.
 */
export function openKeptPosition<Position>(out: string, names: readonly string[]): Kept<Position> {
  const folder = `${out}.partial`;
  const path = join(folder, 'listing.part');
  const scan = digestOf(JSON.stringify([String(FORM), ...names]));
  return {
    read: async () => {
      const bytes = await readFile(path).catch(absent(path));
      return bytes && opened<Position>(bytes, scan);
    },
    keep: async (position) => {
      try {
        await mkdir(folder, { recursive: true });
        const beside = `${path}.${randomBytes(4).toString('hex')}.tmp`;
        await writeFile(beside, sealed(serialize(position), scan));
        await rename(beside, path);
      } catch (cause) {
        diskFailed('write', path, cause);
      }
    },
    drop: async () => {
      await rm(path, { force: true });
      // What somebody else put there stays, and so does the folder.
      await rmdir(folder).catch(() => undefined);
    },
  };
}

const digestOf = (content: string | Uint8Array): Buffer => createHash('sha256').update(content).digest();

/** A position that was cut by a full disk, or changed, is none. */
const sealed = (bytes: Uint8Array, scan: Buffer): Uint8Array =>
  Buffer.concat([digestOf(Buffer.concat([scan, bytes])), scan, bytes]);

function opened<Position>(bytes: Buffer, scan: Buffer): Position | undefined {
  const body = bytes.subarray(DIGEST_BYTES);
  if (!digestOf(body).equals(bytes.subarray(0, DIGEST_BYTES))) return undefined;
  if (!body.subarray(0, DIGEST_BYTES).equals(scan)) return undefined;
  return deserialize(body.subarray(DIGEST_BYTES)) as Position;
}

const absent =
  (path: string) =>
  (cause: unknown): undefined =>
    codeOf(cause) === 'ENOENT' ? undefined : diskFailed('read', path, cause);
