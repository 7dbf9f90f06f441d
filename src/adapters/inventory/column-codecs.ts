/** The decompressors that Node has, each held to the bytes it may give; Zstandard where this Node lacks it by another. */
import * as zlib from 'node:zlib';
import { compressors } from 'hyparquet-compressors';
import type { Codecs } from '../../inventory/ports.js';
import { zstdFits } from './zstd-frames.js';

type Expand = (bytes: Uint8Array, options: { maxOutputLength: number; chunkSize: number }) => Uint8Array;

/** Little is asked of an empty block, and no more than a megabyte is set aside before it is needed. */
const limits = (most: number) => ({
  maxOutputLength: Math.max(1, most),
  chunkSize: Math.min(Math.max(64, most), 1 << 20),
});

/** Node 20 has none. */
const nodeZstd = (zlib as { readonly zstdDecompressSync?: Expand }).zstdDecompressSync;

export const columnCodecs: Codecs = {
  gunzip: (bytes, most) => zlib.gunzipSync(bytes, limits(most)),
  brotli: (bytes, most) => zlib.brotliDecompressSync(bytes, limits(most)),
  zstd: (bytes, most) => (nodeZstd ? nodeZstd(bytes, limits(most)) : otherZstd(bytes, most)),
  crc32: (bytes) => zlib.crc32(bytes),
};

function otherZstd(bytes: Uint8Array, most: number): Uint8Array {
  if (!zstdFits(bytes, most)) throw new RangeError(`no frames of at most ${most} bytes`);
  const out = compressors.ZSTD!(bytes, most);
  if (out.length > most) throw new RangeError(`more than ${most} bytes`);
  return out;
}
