/** Numbers as packed differences: https://parquet.apache.org/docs/file-format/data-pages/encodings/ "DELTA_BINARY_PACKED". */
import { unpack } from './unpack-bits.js';

export interface Deltas {
  readonly values: Float64Array;
  /** Where what follows begins. */
  readonly at: number;
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
  readonly fault: (why: string) => never;
}

const mostValues = 1 << 24;
/** Sums of differences are exact up to here; no size comes near. */
const mostBits = 52;

/** `count` numbers, no fewer and no more; those beyond 2^52 are a fault, because none is asked for that large. */
export function decodeDeltas(
  bytes: Uint8Array,
  from: number,
  end: number,
  count: number,
  fault: (why: string) => never,
): Deltas {
  const cursor = { bytes, at: from, end, fault };
  const blockSize = varint(cursor);
  const miniblocks = varint(cursor);
  const total = varint(cursor);
  const perMiniblock = blockSize / miniblocks;
  if (!(Number.isInteger(perMiniblock) && perMiniblock % 8 === 0 && perMiniblock > 0 && blockSize <= 1 << 20))
    fault(`blocks of ${blockSize} numbers in ${miniblocks} parts`);
  if (total !== count || count > mostValues) fault(`${total} numbers for ${count} rows`);
  const values = new Float64Array(count);
  let value = zigzag(cursor);
  if (count > 0) values[0] = value;
  for (let filled = 1; filled < count; ) {
    const least = zigzag(cursor);
    const widths = cursor.at;
    cursor.at += miniblocks;
    if (cursor.at > end) fault('they are cut');
    for (let m = 0; m < miniblocks && filled < count; m += 1) {
      const width = bytes[widths + m]!;
      if (width > mostBits) fault(`differences of ${width} bits`);
      const length = Math.min(perMiniblock, count - filled);
      if (Math.ceil((width * length) / 8) > end - cursor.at) fault('they are cut');
      unpack(bytes, cursor.at, width, length, values, filled);
      for (let i = filled; i < filled + length; i += 1) {
        value += least + values[i]!;
        values[i] = value;
      }
      // The last part may be cut short after the last number.
      cursor.at = Math.min(end, cursor.at + (perMiniblock / 8) * width);
      filled += length;
      if (!Number.isSafeInteger(value)) fault('a number is beyond 2^53');
    }
  }
  return { values, at: cursor.at };
}

function varint(cursor: Cursor): number {
  let value = 0;
  for (let scale = 1; scale < 2 ** 70; scale *= 128) {
    if (cursor.at >= cursor.end) cursor.fault('they are cut');
    const byte = cursor.bytes[cursor.at++]!;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
  }
  return cursor.fault('a number has more than ten bytes');
}

function zigzag(cursor: Cursor): number {
  const value = varint(cursor);
  if (value > 2 ** 53) cursor.fault('a number is beyond 2^52');
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
