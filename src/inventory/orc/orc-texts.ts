/** Texts of a stripe: their lengths, the dictionary they may come from, and keys, which nearly always come from none. */
import { type KeyRoom, reserveKeyBytes } from '../columnar/batch-room.js';
import { batchRows, mostKeyBytes, type Refuse } from '../columnar/column-file.js';
import type { ChunkKernel } from './chunk-kernel.js';
import { checkEnd, type Fill, fillNumbers, takeBytes } from './filling.js';
import { integerReader } from './integer-runs.js';
import type { StripeColumn } from './orc-stripe.js';
import { presence } from './presence.js';

/** A dictionary is held in memory; a text in it may be as long as a key. */
const mostDictionaryBytes = 256 << 20;
const mostDictionaryTexts = 1 << 24;

export interface Lengths {
  /** Where each of the next texts begins after the first, and where the last one ends, which is the answer. */
  next(offsets: Int32Array, count: number): Promise<number>;
  checkEnd(): void;
}

export function readLengths(column: StripeColumn, refuse: Refuse): Lengths {
  const stream = column.needed('length');
  const reader = integerReader(stream, column.version, false, refuse);
  const tooLong = (length: number): never =>
    refuse(
      `a text of "${column.column.name}" has ${length} bytes, and none in S3 has more than ${mostKeyBytes}`,
      stream.place(),
    );
  let lengths = new Float64Array(0);
  return {
    next: async (offsets, count) => {
      if (lengths.length < count) lengths = new Float64Array(count);
      await fillNumbers(reader, stream, lengths, count);
      return addUp(lengths, count, offsets, tooLong);
    },
    checkEnd: () => checkEnd(column.column.name, stream, reader.left(), refuse),
  };
}

function addUp(
  lengths: Float64Array,
  count: number,
  offsets: Int32Array,
  tooLong: (length: number) => never,
): number {
  let total = 0;
  offsets[0] = 0;
  for (let i = 0; i < count; i += 1) {
    const length = lengths[i]!;
    if (!(length >= 0 && length <= mostKeyBytes)) tooLong(length);
    total += length;
    offsets[i + 1] = total;
  }
  return total;
}

export interface Dictionary {
  readonly size: number;
  readonly bytes: Uint8Array;
  readonly offsets: Int32Array;
}

export async function readDictionary(column: StripeColumn, refuse: Refuse): Promise<Dictionary> {
  const size = column.dictionarySize;
  const { name } = column.column;
  if (size > Math.min(column.rows, mostDictionaryTexts))
    refuse(`the dictionary of "${name}" has ${size} texts for ${column.rows} rows`);
  if (size === 0) return { size, bytes: new Uint8Array(0), offsets: new Int32Array(1) };
  const offsets = new Int32Array(size + 1);
  const total = await readLengths(column, refuse).next(offsets, size);
  if (total > mostDictionaryBytes)
    refuse(`the dictionary of "${name}" has ${total} bytes, which is too many`);
  if (total === 0) return { size, bytes: new Uint8Array(0), offsets };
  const stream = column.needed('dictionary');
  const at = await takeBytes(stream, total, refuse);
  return { size, bytes: stream.bytes.subarray(at, at + total), offsets };
}

/** None of them is null. */
export async function keys(
  column: StripeColumn,
  room: KeyRoom,
  kernel: ChunkKernel,
  refuse: Refuse,
): Promise<Fill> {
  const present = presence(column, refuse);
  const next = column.isDictionary
    ? await dictionaryKeys(column, room, refuse)
    : directKeys(column, room, kernel, refuse);
  return async (count) => {
    if ((await present.next(count)) < count) refuse('a row has no key');
    await next(count);
  };
}

/** They stay where they were decompressed. */
function directKeys(column: StripeColumn, room: KeyRoom, kernel: ChunkKernel, refuse: Refuse): Fill {
  const lengths = readLengths(column, refuse);
  const stream = column.needed('data', kernel);
  let left = column.rows;
  return async (count) => {
    const total = await lengths.next(room.offsets, count);
    const from = await takeBytes(stream, total, refuse);
    room.bytes = stream.bytes.subarray(from, from + total);
    left -= count;
    if (left > 0) return;
    lengths.checkEnd();
    checkEnd(column.column.name, stream, 0, refuse);
  };
}

async function dictionaryKeys(column: StripeColumn, room: KeyRoom, refuse: Refuse): Promise<Fill> {
  const { size, bytes, offsets } = await readDictionary(column, refuse);
  const stream = column.needed('data');
  const reader = integerReader(stream, column.version, false, refuse);
  const indexes = new Float64Array(Math.min(batchRows, column.rows));
  let left = column.rows;
  return async (count) => {
    await fillNumbers(reader, stream, indexes, count);
    let used = 0;
    for (let i = 0; i < count; i += 1) {
      const index = indexes[i]!;
      if (!(index >= 0 && index < size))
        refuse(`"${column.column.name}" names value ${index} of ${size}`, stream.place());
      const [from, to] = [offsets[index]!, offsets[index + 1]!];
      reserveKeyBytes(room, used, to - from);
      room.offsets[i] = used;
      for (let at = from; at < to; at += 1) room.bytes[used++] = bytes[at]!;
    }
    room.offsets[count] = used;
    left -= count;
    if (left === 0) checkEnd(column.column.name, stream, reader.left(), refuse);
  };
}
