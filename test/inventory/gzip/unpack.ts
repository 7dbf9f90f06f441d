/** Gzip files as the inventory reads them, with a reader that only keeps the text. */
import { crc32, deflateRawSync, type ZlibOptions } from 'node:zlib';
import { gunzipKernelBytes } from '../../../src/inventory/gzip/gunzip-kernel.js';
import { openGunzipText, roomFor } from '../../../src/inventory/gzip/gunzip-text.js';
import { wasmOf } from '../../../src/kernel/wasm.js';

export class Refused extends Error {
  constructor(
    readonly at: number,
    why: string,
  ) {
    super(why);
  }
}

const at = 65_536;
/** What a reader that takes records leaves for the next time. */
const mostLeft = 5000;
const end = at + roomFor(mostLeft);
const guardBytes = 65_536;
/** The same again and again: what others left there is nothing that may be seen. */
const memory = new (wasmOf().Memory)({ initial: Math.ceil((end + guardBytes) / 65_536) });
/** What lies around the kernel's own bytes and the room it is given. */
const around = [
  [0, gunzipKernelBytes.from],
  [gunzipKernelBytes.to, at],
  [end, end + guardBytes],
].map((place) =>
  Buffer.from(memory.buffer)
    .subarray(...place)
    .fill(0xa7),
);

/** Nothing was ever written there. */
export const isUntouched = (): boolean => around.every((bytes) => bytes.every((byte) => byte === 0xa7));

/** In pieces that end at the cuts; the reader leaves so many bytes each time. Errors: Refused. */
export function unpacked(gzip: Uint8Array, cuts: readonly number[] = [], leaves = 0): Buffer {
  const bytes = Buffer.from(memory.buffer);
  const read: Buffer[] = [];
  const keep = (from: number, to: number): number => {
    read.push(Buffer.from(bytes.subarray(from, to)));
    return to;
  };
  const text = openGunzipText(
    { memory, bytes, at },
    {
      crc32,
      mostLeft,
      read: (from, to) => keep(from, Math.max(from, to - leaves)),
      refuse: (place, why) => {
        throw new Refused(place, why);
      },
    },
  );
  const sorted = [0, ...cuts.map((cut) => cut % (gzip.length + 1)).sort((a, b) => a - b), gzip.length];
  for (let i = 1; i < sorted.length; i++) {
    const piece = Uint8Array.from(gzip.subarray(sorted[i - 1], sorted[i]));
    text.take(piece);
    piece.fill(0x33);
  }
  const { from, to } = text.end();
  keep(from, to);
  return Buffer.concat(read);
}

/** A member around a stream of DEFLATE, that says what it is told of the text. */
export function member(deflated: Uint8Array, text: Uint8Array): Buffer {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(text), 0);
  trailer.writeUInt32LE(text.length % 2 ** 32, 4);
  return Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), deflated, trailer]);
}

export const gzipOf = (text: string | Uint8Array, options: ZlibOptions = {}): Buffer =>
  member(deflateRawSync(text, options), Buffer.from(text));
