/** Sources are read once: what the census sees is kept under a name of our own for the engine to read. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { finished, pipeline } from 'node:stream/promises';
import { jsonLinesToCsv } from '../../compaction/json-lines.js';
import type { ObjectStore, SourceReader, StoredObject } from '../../compaction/ports.js';
import { BucketwiseError, raise } from '../../kernel/errors.js';
import { printable } from '../../kernel/s3.js';
import { after, gunzipped, isGzip } from './gunzip.js';

export interface Spool extends SourceReader {
  /** Where a source that was read to its end lies. */
  pathOf(source: StoredObject): string;
}

/**
 * `jsonColumns`: the sources are JSON lines, and what is read and kept is their CSV. `keeps` false: nothing is kept, for an
 * engine that reads elsewhere; what is read twice is asked for twice.
 */
export function openSpool(
  store: ObjectStore,
  folder: string,
  jsonColumns?: readonly string[],
  keeps = true,
): Spool {
  const pathOf = ({ key, etag }: StoredObject): string =>
    join(folder, `${createHash('sha256').update(`${key}\0${etag}`).digest('hex')}.csv`);
  const textOf = (source: StoredObject, gzip: Gzip): AsyncIterable<Uint8Array> => {
    const text = uncompressed(store, source, gzip);
    return jsonColumns ? csvOf(text, source, jsonColumns) : text;
  };
  const read = new Map<string, Gzip>();
  return {
    pathOf,
    stream: (source, gzip) => {
      const path = pathOf(source);
      read.set(path, gzip);
      if (existsSync(path)) return createReadStream(path, chunks);
      return keeps ? kept(textOf(source, gzip), folder, path) : textOf(source, gzip);
    },
    rewritten: async (source, change) => {
      const path = clean(pathOf(source));
      const from = pathOf(source);
      const text = existsSync(from)
        ? createReadStream(from, chunks)
        : textOf(source, read.get(from) ?? 'auto');
      await pipeline(change(text), createWriteStream(path)).catch((cause: Error) => diskFull(folder, cause));
      return path;
    },
    release: async (sources) => {
      for (const source of sources) read.delete(pathOf(source));
      await Promise.all(
        sources.flatMap((source) => [
          rm(pathOf(source), { force: true }),
          rm(partial(pathOf(source)), { force: true }),
          rm(clean(pathOf(source)), { force: true }),
        ]),
      );
    },
  };
}

type Gzip = 'auto' | 'gzip' | 'none';

const partial = (path: string): string => `${path}.partial`;
const clean = (path: string): string => `${path}.clean`;
const chunks = { highWaterMark: 1 << 20 } as const;

async function* kept(
  text: AsyncIterable<Uint8Array>,
  folder: string,
  path: string,
): AsyncIterable<Uint8Array> {
  await mkdir(folder, { recursive: true });
  const file = createWriteStream(partial(path));
  let failure: Error | undefined;
  file.on('error', (cause) => {
    failure = cause;
  });
  try {
    for await (const chunk of text) {
      if (!file.write(chunk)) await drained(file);
      if (failure) diskFull(folder, failure);
      yield chunk;
    }
    file.end();
    await finished(file).catch((cause: Error) => diskFull(folder, cause));
    await rename(partial(path), path);
  } finally {
    // A reader that stopped early, or failed, leaves no open file.
    file.destroy();
  }
}

const diskFull = (folder: string, cause: Error): never =>
  raise(
    'STORE_FAILED',
    { action: 'write', what: folder, why: `${cause.message}; TMPDIR names the disk for local copies` },
    cause,
  );

/** A file that failed is closed and never drains. */
function drained(file: ReturnType<typeof createWriteStream>): Promise<void> {
  if (file.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const settle = (): void => {
      file.off('drain', settle);
      file.off('close', settle);
      resolve();
    };
    file.on('drain', settle);
    file.on('close', settle);
  });
}

/** Errors: SOURCE_CORRUPT, naming the line. */
async function* csvOf(
  text: AsyncIterable<Uint8Array>,
  source: StoredObject,
  columns: readonly string[],
): AsyncIterable<Uint8Array> {
  const lines = jsonLinesToCsv(columns);
  for await (const chunk of text) {
    const csv = lines.take(chunk);
    if (csv === undefined) break;
    if (csv.length > 0) yield csv;
  }
  const last = lines.end();
  if (last !== undefined && last.length > 0) yield last;
  const fault = lines.fault();
  if (fault) raise('SOURCE_CORRUPT', { key: printable(source.key), why: `line ${fault.line}: ${fault.why}` });
}

async function* uncompressed(
  store: ObjectStore,
  source: StoredObject,
  gzip: Gzip,
): AsyncIterable<Uint8Array> {
  const bytes = store.stream(source)[Symbol.asyncIterator]();
  const first = await bytes.next();
  if (first.done) return;
  const whole = after(first.value, bytes);
  if (gzip === 'none' || (gzip === 'auto' && !isGzip(first.value))) return yield* whole;
  try {
    yield* gunzipped(whole);
  } catch (cause) {
    if (cause instanceof BucketwiseError) throw cause;
    raise('SOURCE_CORRUPT', { key: printable(source.key), why: (cause as Error).message }, cause);
  }
}
