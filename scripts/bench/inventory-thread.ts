/** A thread of the inventory benchmark: takes the next file as long as there is one, and only unpacks it or tallies it too. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { crc32, createGunzip } from 'node:zlib';
import { openColumns } from '../../src/adapters/inventory/column-formats.js';
import {
  type InventoryTally,
  openTally,
  type TallyOptions,
  type TallyPart,
} from '../../src/inventory/inventory-tally.js';
import { transfersOf } from '../../src/prefixes/tree-part.js';
import type { ThreadWork } from './inventory-part.js';

const { files, columns, taken, options } = workerData as ThreadWork;
const port = parentPort!;
const next = (): string | undefined => files[Atomics.add(new Int32Array(taken), 0, 1)];
const pieceBytes = 256 * 1024;

const textOf = (file: string) =>
  createReadStream(file, { highWaterMark: pieceBytes }).pipe(createGunzip({ chunkSize: pieceBytes }));

async function gunzip(): Promise<number> {
  let bytes = 0;
  for (let file = next(); file; file = next()) for await (const text of textOf(file)) bytes += text.length;
  return bytes;
}

async function tally(of: TallyOptions): Promise<TallyPart> {
  const counted = openTally(of);
  for (let file = next(); file; file = next()) {
    if (file.endsWith('.gz')) {
      const csv = counted.addGzipCsv({ file, columns }, crc32);
      for await (const bytes of createReadStream(file, { highWaterMark: pieceBytes })) csv.take(bytes);
      csv.end();
    } else await tallyColumns(file, counted);
  }
  return counted.part();
}

async function tallyColumns(file: string, counted: InventoryTally): Promise<void> {
  const handle = await open(file);
  const { size } = await handle.stat();
  const read = async (from: number, length: number, into = Buffer.allocUnsafe(length)) => {
    const { buffer, bytesRead } = await handle.read(into, 0, length, from);
    return buffer.subarray(0, bytesRead);
  };
  const opened = await openColumns(file.endsWith('.orc') ? 'ORC' : 'Parquet', { name: file, size, read });
  for (const part of opened.parts.keys())
    for await (const batch of opened.batches(part)) counted.addBatch(batch, file);
  await handle.close();
}

port.once('message', async () => {
  if (options === undefined) port.postMessage(await gunzip());
  else {
    const part = await tally(options);
    port.postMessage(part, transfersOf(part) as ArrayBuffer[]);
  }
  port.close();
});
port.postMessage('ready');
