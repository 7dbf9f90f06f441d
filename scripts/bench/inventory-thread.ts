/** A thread of the inventory benchmark: takes the next file as long as there is one, and only unpacks it or tallies it too. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { crc32, createGunzip } from 'node:zlib';
import { openColumns } from '../../src/adapters/inventory/column-formats.js';
import { openTally, type TallyOptions } from '../../src/inventory/inventory-tally.js';
import { transfersOf } from '../../src/prefixes/tree-part.js';
import { schema } from './inventory-report.js';

export interface ThreadWork {
  readonly files: readonly string[];
  /** How many files were taken. */
  readonly taken: SharedArrayBuffer;
  readonly only: 'gunzip' | 'tally';
  readonly options: TallyOptions;
}

const { files, taken, only, options } = workerData as ThreadWork;
const port = parentPort!;
const next = (): string | undefined => files[Atomics.add(new Int32Array(taken), 0, 1)];
const pieceBytes = 256 * 1024;

const textOf = (file: string): AsyncIterable<Uint8Array> =>
  createReadStream(file, { highWaterMark: pieceBytes }).pipe(createGunzip({ chunkSize: pieceBytes }));

async function gunzip(): Promise<number> {
  let bytes = 0;
  for (let file = next(); file; file = next()) for await (const text of textOf(file)) bytes += text.length;
  return bytes;
}

async function tally() {
  const counted = openTally(options);
  for (let file = next(); file; file = next()) {
    if (file.endsWith('.gz')) {
      const csv = counted.addGzipCsv({ file, columns: schema }, crc32);
      for await (const bytes of createReadStream(file, { highWaterMark: pieceBytes })) csv.take(bytes);
      csv.end();
    } else await columns(file, (batch) => counted.addBatch(batch, file));
  }
  return counted.part();
}

async function columns(
  file: string,
  take: (batch: Parameters<ReturnType<typeof openTally>['addBatch']>[0]) => void,
): Promise<void> {
  const handle = await open(file);
  const { size } = await handle.stat();
  const read = async (from: number, length: number): Promise<Uint8Array> => {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, from);
    return buffer.subarray(0, bytesRead);
  };
  const opened = await openColumns(file.endsWith('.orc') ? 'ORC' : 'Parquet', { name: file, size, read });
  for (const part of opened.parts.keys()) for await (const batch of opened.batches(part)) take(batch);
  await handle.close();
}

port.once('message', async () => {
  if (only === 'gunzip') port.postMessage(await gunzip());
  else {
    const part = await tally();
    port.postMessage(part, transfersOf(part) as ArrayBuffer[]);
  }
  port.close();
});
port.postMessage('ready');
