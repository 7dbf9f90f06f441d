/** Small numbers as runs of one, or packed by bits with the first in the least significant. https://parquet.apache.org/docs/file-format/data-pages/encodings/ "RLE" */
import { unpack } from './unpack-bits.js';

/** `count` numbers of `width` bits from [from, end). A page has as many as its own bytes and rows allow. */
export function decodeHybrid(
  bytes: Uint8Array,
  from: number,
  end: number,
  width: number,
  count: number,
  fault: (why: string) => never,
): Int32Array {
  if (width > 31) fault(`numbers of ${width} bits`);
  const room = roomFor(count, fault);
  let at = from;
  let filled = 0;
  while (filled < count) {
    let header = 0;
    for (let scale = 1; ; scale *= 128) {
      if (at >= end || scale > 2 ** 28) fault('a run is cut');
      const byte = bytes[at++]!;
      header += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
    }
    if (header % 2 === 0) {
      const length = Math.min(header / 2, count - filled);
      const valueBytes = (width + 7) >> 3;
      if (valueBytes > end - at) fault('a run is cut');
      let value = 0;
      for (let i = 0; i < valueBytes; i += 1) value += bytes[at + i]! * 2 ** (8 * i);
      if (value >= 2 ** width) fault(`${value} does not have ${width} bits`);
      at += valueBytes;
      room.fill(value, filled, filled + length);
      filled += length;
    } else {
      const length = Math.min(((header - 1) / 2) * 8, count - filled);
      const stored = ((header - 1) / 2) * width;
      // The last group may be cut short after the last number.
      if (Math.ceil((length * width) / 8) > end - at) fault('packed numbers are cut');
      unpack(bytes, at, width, length, room, filled);
      at = Math.min(end, at + stored);
      filled += length;
    }
  }
  return room;
}

/** A run of few bytes may stand for any number of rows. */
const mostRows = 1 << 24;

function roomFor(count: number, fault: (why: string) => never): Int32Array {
  if (count > mostRows) fault(`${count} rows in one page`);
  return new Int32Array(count);
}
