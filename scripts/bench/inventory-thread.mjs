/** A thread of the inventory benchmark, of the built program: takes the next file as long as there is one, and only unpacks it or tallies it too. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { crc32, createGunzip } from 'node:zlib';
import { openColumns } from '../../dist/adapters/inventory/column-formats.js';
import { openTally } from '../../dist/inventory/inventory-tally.js';
import { transfersOf } from '../../dist/prefixes/tree-part.js';

/** `taken`: how many files were. */
const { files, columns, taken, only, options } = workerData;
const next = () => files[Atomics.add(new Int32Array(taken), 0, 1)];
const pieceBytes = 256 * 1024;

const textOf = (file) =>
  createReadStream(file, { highWaterMark: pieceBytes }).pipe(createGunzip({ chunkSize: pieceBytes }));

async function gunzip() {
  let bytes = 0;
  for (let file = next(); file; file = next()) for await (const text of textOf(file)) bytes += text.length;
  return bytes;
}

async function tally() {
  const counted = openTally(options);
  for (let file = next(); file; file = next()) {
    if (file.endsWith('.gz')) {
      const csv = counted.addGzipCsv({ file, columns }, crc32);
      for await (const bytes of createReadStream(file, { highWaterMark: pieceBytes })) csv.take(bytes);
      csv.end();
    } else await tallyColumns(file, counted);
  }
  return counted.part();
}

async function tallyColumns(file, counted) {
  const handle = await open(file);
  const { size } = await handle.stat();
  const read = async (from, length, into = Buffer.allocUnsafe(length)) => {
    const { buffer, bytesRead } = await handle.read(into, 0, length, from);
    return buffer.subarray(0, bytesRead);
  };
  const opened = await openColumns(file.endsWith('.orc') ? 'ORC' : 'Parquet', { name: file, size, read });
  for (const part of opened.parts.keys())
    for await (const batch of opened.batches(part)) counted.addBatch(batch, file);
  await handle.close();
}

parentPort.once('message', async () => {
  if (only === 'gunzip') parentPort.postMessage(await gunzip());
  else {
    const part = await tally();
    parentPort.postMessage(part, transfersOf(part));
  }
  parentPort.close();
});
parentPort.postMessage('ready');
