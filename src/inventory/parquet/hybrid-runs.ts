/** Small numbers as runs of one, or packed by bits with the first in the least significant, read as far as they are asked for. https://parquet.apache.org/docs/file-format/data-pages/encodings/ "RLE" */
import { unpack } from './unpack-bits.js';

export interface HybridRuns {
  /** Puts the next `count` at `to`; of all no more than there are. */
  take(out: Int32Array | Uint8Array, to: number, count: number): void;
}

/** A run of few bytes may stand for any number of rows. */
const mostRows = 1 << 24;
/** Unpacked at once; whole bytes in any width. */
const blockLength = 1024;

/** `count` numbers of `width` bits from [from, end). A page has as many as its own bytes and rows allow. */
export function openRuns(
  bytes: Uint8Array,
  from: number,
  end: number,
  width: number,
  count: number,
  fault: (why: string) => never,
): HybridRuns {
  if (width > 31) fault(`numbers of ${width} bits`);
  if (count > mostRows) fault(`${count} rows in one page`);
  const block = new Int32Array(Math.min(count, blockLength));
  const valueBytes = (width + 7) >> 3;
  let at = from;
  /** Not taken yet: of all, of the run, of the block. */
  let left = count;
  let runLeft = 0;
  let blockLeft = 0;
  let isPacked = false;
  let value = 0;
  const begin = (): void => {
    let header = 0;
    for (let scale = 1; ; scale *= 128) {
      if (at >= end || scale > 2 ** 28) fault('a run is cut');
      const byte = bytes[at++]!;
      header += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
    }
    isPacked = header % 2 === 1;
    if (isPacked) {
      runLeft = Math.min(((header - 1) / 2) * 8, left);
      // The last group may be cut short after the last number.
      if (Math.ceil((runLeft * width) / 8) > end - at) fault('packed numbers are cut');
      return;
    }
    runLeft = Math.min(header / 2, left);
    if (valueBytes > end - at) fault('a run is cut');
    value = 0;
    for (let i = 0; i < valueBytes; i += 1) value += bytes[at + i]! * 2 ** (8 * i);
    if (value >= 2 ** width) fault(`${value} does not have ${width} bits`);
    at += valueBytes;
  };
  const nextBlock = (): void => {
    blockLeft = Math.min(runLeft, blockLength);
    unpack(bytes, at, width, blockLeft, block, block.length - blockLeft);
    at += Math.ceil((blockLeft * width) / 8);
  };
  return {
    take: (out, to, wanted) => {
      for (let filled = 0; filled < wanted; ) {
        while (runLeft === 0) begin();
        if (isPacked && blockLeft === 0) nextBlock();
        const taken = Math.min(wanted - filled, isPacked ? blockLeft : runLeft);
        const start = block.length - blockLeft;
        if (isPacked) {
          out.set(block.subarray(start, start + taken), to + filled);
          blockLeft -= taken;
        } else out.fill(value, to + filled, to + filled + taken);
        runLeft -= taken;
        left -= taken;
        filled += taken;
      }
    },
  };
}

/** How many of `count` numbers of one bit are 1. */
export function onesIn(
  bytes: Uint8Array,
  from: number,
  end: number,
  count: number,
  fault: (why: string) => never,
): number {
  const runs = openRuns(bytes, from, end, 1, count, fault);
  const some = new Uint8Array(Math.min(count, 8 * blockLength));
  let ones = 0;
  for (let done = 0; done < count; done += some.length) {
    const taken = Math.min(some.length, count - done);
    runs.take(some, 0, taken);
    for (let i = 0; i < taken; i += 1) ones += some[i]!;
  }
  return ones;
}
