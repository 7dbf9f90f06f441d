/** A bill is read as it lies: CSV, CSV in gzip, or Parquet, told apart by their first bytes and never held whole. */
import { type FileHandle, open } from 'node:fs/promises';
import { BucketwiseError, raise } from '../../kernel/errors.js';
import type { BillFiles, BillFileWatch } from '../../reconcile/ports.js';
import { csvRows } from './csv-rows.js';
import { diskFailed } from './disk-errors.js';
import { after, gunzipped, isGzip } from './gunzip.js';

export const billFiles: BillFiles = { read: readBill };

const chunkBytes = 256 * 1024;
/** Enough to tell every form by. */
const headBytes = 4;

async function readBill(path: string, watch: BillFileWatch): Promise<void> {
  if (path === '-') return readInput(watch);
  const file = await open(path, 'r').catch((cause: unknown) => diskFailed('read', path, cause));
  try {
    const stats = await file.stat();
    if (stats.isDirectory()) raise('BILL_UNREADABLE', { file: path, why: 'it is a folder; name its files' });
    if (!stats.isFile()) await readStream(chunksOf(file, false), path, undefined, watch);
    else if (await isParquet(file)) {
      const { readParquet } = await import('./parquet-rows.js');
      await readParquet(file, stats.size, path, watch);
    } else await readStream(chunksOf(file, true), path, stats.size, watch);
  } catch (cause) {
    diskFailed('read', path, cause);
  } finally {
    await file.close();
  }
}

/** Whoever interrupts does not wait for the next piece, which may never come. */
async function readInput(watch: BillFileWatch): Promise<void> {
  const stop = (): void => {
    process.stdin.destroy();
  };
  watch.signal.addEventListener('abort', stop, { once: true });
  try {
    await readStream(process.stdin, 'stdin', undefined, watch);
  } catch (cause) {
    if (watch.signal.aborted) raise('INTERRUPTED', { state: 'Nothing was written.' }, cause);
    throw cause;
  } finally {
    watch.signal.removeEventListener('abort', stop);
  }
}

async function isParquet(file: FileHandle): Promise<boolean> {
  const head = Buffer.alloc(headBytes);
  await file.read(head, 0, headBytes, 0);
  return head.toString('latin1') === 'PAR1';
}

/**
 * Each piece is the reader's own, because rows may still stand in it when the next one comes; the next one is read
 * meanwhile. A pipe has no places, it is read where it stands.
 */
async function* chunksOf(file: FileHandle, hasPlaces: boolean): AsyncIterable<Uint8Array> {
  let at = 0;
  const read = async (): Promise<Uint8Array> => {
    const bytes = Buffer.allocUnsafeSlow(chunkBytes);
    const { bytesRead } = await file.read(bytes, 0, chunkBytes, hasPlaces ? at : null);
    at += bytesRead;
    return bytes.subarray(0, bytesRead);
  };
  let next = read();
  try {
    for (;;) {
      const chunk = await next;
      if (chunk.length === 0) return;
      next = read();
      // A failure is thrown where the piece is asked for.
      next.catch(() => undefined);
      yield chunk;
    }
  } finally {
    // The file is not closed under a read that is still going on.
    await Promise.allSettled([next]);
  }
}

async function readStream(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
  size: number | undefined,
  watch: BillFileWatch,
): Promise<void> {
  const refuse = (why: string, cause?: unknown): never =>
    raise('BILL_UNREADABLE', { file: name, why }, cause);
  let given = 0;
  const counted = async function* () {
    for await (const chunk of bytes) {
      if (watch.signal.aborted) raise('INTERRUPTED', { state: 'Nothing was written.' });
      given += chunk.length;
      watch.progress(given, size);
      yield chunk;
    }
  };
  const iterator = counted()[Symbol.asyncIterator]();
  try {
    const head = await headOf(iterator);
    if (head.length === 0) refuse('it is empty');
    const whole = after(head, iterator);
    checkForm(head, refuse);
    await readRows(isGzip(head) ? await unpacked(whole, refuse) : whole, name, watch);
  } finally {
    // Refusing early leaves no file half read.
    await iterator.return?.(undefined);
  }
}

/** What this stream cannot be read as is named, so that nobody is told of a missing column instead. */
function checkForm(head: Buffer, refuse: (why: string) => never): void {
  const magic = head.toString('latin1', 0, headBytes);
  if (magic === 'PAR1') refuse('Parquet needs a file of its own; it cannot be read from stdin or from gzip');
  if (magic.startsWith('PK\u0003\u0004')) refuse('it is a ZIP archive; unpack it first');
  if (head[0] === 0x28 && head[1] === 0xb5) refuse('it is packed with Zstandard; unpack it first');
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff))
    refuse('it is UTF-16; save it as UTF-8');
}

/** The first bytes, however small the pieces come. */
async function headOf(iterator: AsyncIterator<Uint8Array>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < headBytes) {
    const { done, value } = await iterator.next();
    if (done) return head;
    head = Buffer.concat([head, value]);
  }
  return head;
}

/** What lies inside gzip is looked at as well. */
async function unpacked(
  bytes: AsyncIterable<Uint8Array>,
  refuse: (why: string, cause?: unknown) => never,
): Promise<AsyncIterable<Uint8Array>> {
  const iterator = pieces(bytes, refuse)[Symbol.asyncIterator]();
  const head = await headOf(iterator);
  checkForm(head, refuse);
  if (isGzip(head)) refuse('it is gzip inside gzip; unpack it once');
  return after(head, iterator);
}

async function* pieces(
  bytes: AsyncIterable<Uint8Array>,
  refuse: (why: string, cause: unknown) => never,
): AsyncIterable<Uint8Array> {
  const chunks = gunzipped(bytes)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await chunks.next().catch((cause: unknown) => {
        if (cause instanceof BucketwiseError) throw cause;
        return refuse(`its gzip data is damaged or cut: ${(cause as Error).message}`, cause);
      });
      if (done) return;
      yield value;
    }
  } finally {
    await chunks.return?.(undefined);
  }
}

async function readRows(bytes: AsyncIterable<Uint8Array>, name: string, watch: BillFileWatch): Promise<void> {
  const rows = csvRows({
    choose: (header) => watch.choose(header, 'line'),
    take: watch.take,
    refuse: (line, why) => raise('BILL_INVALID', { place: `${name}, line ${line}`, why }),
  });
  for await (const chunk of bytes) rows.push(chunk);
  rows.end();
}
