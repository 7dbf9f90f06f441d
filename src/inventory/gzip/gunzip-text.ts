/**
 * A gzip file to its text where the text is read: in pieces behind the 32 KiB that codes may point back to, in the memory
 * of the kernel that takes it. Every member is held to its checksum and length; what is cut off, or follows the data, is
 * an error and never silence.
 */

import { cutOff, gunzipKernelBytes, inputSlack, openGunzipKernel, textSlack } from './gunzip-kernel.js';
import { type Crc32, headerLength } from './gzip-header.js';

/** A memory with free bytes from `at` on, behind what its owner keeps. */
export interface TextRoom {
  readonly memory: object;
  readonly bytes: Uint8Array;
  readonly at: number;
}

export interface TextReader {
  readonly crc32: Crc32;
  /** The longest text it may leave. */
  readonly mostLeft: number;
  /** Takes what it can of the text in [from, to); where the rest begins, which comes again with more behind it. */
  read(from: number, to: number): number;
  /** Gives up: why, and how many bytes of text there were. */
  refuse(at: number, why: string): never;
}

export interface GunzipText {
  /** The bytes may be used again after it returns. */
  take(packed: Uint8Array): void;
  /** The file has ended; all the text is read, and where the reader left something of it, it lies in [from, to). */
  end(): { readonly from: number; readonly to: number };
}

const windowBytes = 32_768;
/** Unpacked and read, it does not leave the processor's second cache. */
const pieceBytes = 128 * 1024;
/** Also the longest header of a member. */
const inputBytes = 128 * 1024;

/** How much room it needs. */
export const roomFor = (mostLeft: number): number => textBytes(mostLeft) + inputBytes + inputSlack;
const textBytes = (mostLeft: number): number => windowBytes + mostLeft + pieceBytes + textSlack;

type Part = 'header' | 'data' | 'trailer' | 'between';

export function openGunzipText(room: TextRoom, reader: TextReader): GunzipText {
  const { memory, bytes, at: textAt } = room;
  const { crc32 } = reader;
  if (textAt < gunzipKernelBytes.to) throw new Error('the kernel keeps its tables there');
  const kernel = openGunzipKernel(memory);
  const textEnd = textAt + textBytes(reader.mostLeft);
  const inputAt = textEnd;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  /** Input that is not taken lies in [from, to). */
  let from = inputAt;
  let to = inputAt;
  /** Text that is not read lies in [readAt, out), and text of this member from `start` on. */
  let readAt = textAt;
  let out = textAt;
  let start = textAt;
  let part: Part = 'header';
  let checksum = 0;
  let memberBytes = 0;
  let allBytes = 0;
  const refuse = (why: string): never =>
    reader.refuse(allBytes, why === cutOff ? 'the gzip data ends too early' : `${why} (gzip)`);

  function header(): boolean {
    const length = headerLength(bytes.subarray(from, to), crc32);
    if (typeof length === 'string') return refuse(length);
    if (length === undefined) return false;
    from += length;
    kernel.begin();
    start = out;
    checksum = 0;
    memberBytes = 0;
    part = 'data';
    return true;
  }

  function data(isWhole: boolean): boolean {
    const state = kernel.inflate(from, to, isWhole, out, textEnd, start);
    from = kernel.inAt();
    const end = kernel.outAt();
    checksum = crc32(bytes.subarray(out, end), checksum);
    memberBytes += end - out;
    allBytes += end - out;
    out = end;
    if (typeof state === 'object') return refuse(state.fault);
    if (state === 'crowded') makeRoom();
    if (state === 'ended') part = 'trailer';
    return state !== 'starved';
  }

  function makeRoom(): void {
    readAt = reader.read(readAt, out);
    const keptFrom = Math.max(textAt, Math.min(readAt, out - windowBytes));
    const moved = keptFrom - textAt;
    bytes.copyWithin(textAt, keptFrom, out);
    readAt -= moved;
    out -= moved;
    start = Math.max(textAt, start - moved);
  }

  function trailer(): boolean {
    if (to - from < 8) return false;
    if (view.getUint32(from, true) !== checksum) refuse('incorrect data check');
    if (view.getUint32(from + 4, true) !== memberBytes % 2 ** 32) refuse('incorrect length check');
    from += 8;
    part = 'between';
    return true;
  }

  /** As far as the input goes. */
  function unpack(isWhole: boolean): void {
    for (;;) {
      if (part === 'between') {
        if (from === to) return;
        if (bytes[from] !== 0x1f) reader.refuse(allBytes, 'something that is not gzip follows the gzip data');
        part = 'header';
      }
      const goesOn = part === 'header' ? header() : part === 'data' ? data(isWhole) : trailer();
      if (goesOn) continue;
      if (isWhole) refuse(cutOff);
      return;
    }
  }

  return {
    take(packed) {
      for (let at = 0; at < packed.length; ) {
        bytes.copyWithin(inputAt, from, to);
        to = inputAt + (to - from);
        from = inputAt;
        const more = packed.subarray(at, at + inputAt + inputBytes - to);
        if (more.length === 0)
          reader.refuse(allBytes, `a gzip header is longer than ${inputBytes / 1024} KiB`);
        bytes.set(more, to);
        to += more.length;
        at += more.length;
        unpack(false);
      }
    },
    end() {
      // A stream that is cut off within a code ends the same way each time.
      bytes.fill(0, to, to + inputSlack);
      unpack(true);
      readAt = reader.read(readAt, out);
      return { from: readAt, to: out };
    },
  };
}
