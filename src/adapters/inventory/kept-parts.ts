/** Parts of files that were read to their end lie beside the document until it is written, so that an interrupted scan goes on. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { gunzip, gzip } from 'node:zlib';
import type { FileResult, FoundFile, PartStore } from '../../inventory/report-ports.js';
import { printable } from '../../kernel/s3.js';
import { codeOf, diskFailed } from '../files/disk-errors.js';

/** Raised when a part means something else than before: older ones are then not read. */
const FORM = 4;

export interface KeptParts<Part> extends PartStore<Part> {
  /** How many files need not be read again, as far as is known. */
  kept(): Promise<number>;
  /** The document is written: nothing is kept any longer. */
  drop(): Promise<void>;
}

/**
 * `names` is what a part depends on besides its file: the report, and how it is tallied. Parts of other names are
 * removed: they belong to another scan. Errors: PERMISSION_DENIED, STORE_FAILED.
 */
export function openKeptParts<Part>(folder: string, names: readonly string[]): KeptParts<Part> {
  const scan = digestOf([String(FORM), ...names]).slice(0, 16);
  const nameOf = ({ key, md5 }: FoundFile): string => `${scan}-${digestOf([key, md5])}.part`;
  const entries = async (): Promise<readonly string[]> =>
    (await readdir(folder).catch((cause) => absent(folder, cause))) ?? [];
  const isOurs = (name: string): boolean => name.startsWith(`${scan}-`) && name.endsWith('.part');
  const opened = once(async () => {
    await mkdir(folder, { recursive: true });
    for (const name of await entries())
      if (isPart(name) && !isOurs(name)) await rm(join(folder, name), { force: true });
  });
  return {
    kept: async () => (await entries()).filter(isOurs).length,
    read: async (file) => {
      const bytes = await readFile(join(folder, nameOf(file))).catch((cause) => absent(folder, cause));
      return bytes && (await partOf<Part>(bytes));
    },
    keep: async (file, result) => {
      try {
        await opened();
        const path = join(folder, nameOf(file));
        const beside = `${path}.${randomBytes(4).toString('hex')}.tmp`;
        await writeFile(beside, sealed(await packed(serialize(result), fast)));
        await rename(beside, path);
      } catch (cause) {
        diskFailed('write', folder, cause);
      }
    },
    drop: async () => {
      for (const name of await entries()) if (isPart(name)) await rm(join(folder, name), { force: true });
      // What somebody else put there stays, and so does the folder.
      await rmdir(folder).catch(() => undefined);
    },
  };
}

const isPart = (name: string): boolean => /^[0-9a-f]{16}-[0-9a-f]{64}\.part(\.[0-9a-f]{8}\.tmp)?$/.test(name);

const digestOf = (texts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(texts)).digest('hex');

/** Most sums of a part are zero: it becomes a tenth of itself. */
const packed = promisify(gzip);
const unpacked = promisify(gunzip);
const fast = { level: 1 };

/** A part that was cut by a full disk, or changed, is no part. */
const sealed = (bytes: Uint8Array): Uint8Array =>
  Buffer.concat([createHash('sha256').update(bytes).digest(), bytes]);

async function partOf<Part>(bytes: Buffer): Promise<FileResult<Part> | undefined> {
  const body = bytes.subarray(32);
  if (!createHash('sha256').update(body).digest().equals(bytes.subarray(0, 32))) return undefined;
  return deserialize(await unpacked(body)) as FileResult<Part>;
}

function absent(folder: string, cause: unknown): undefined {
  return codeOf(cause) === 'ENOENT' ? undefined : diskFailed('read', printable(folder), cause);
}

function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= act());
}
