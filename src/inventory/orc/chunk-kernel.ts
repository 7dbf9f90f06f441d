/** Chunks are decompressed by the compiled readers of DEFLATE and Snappy, in a memory where what they become may stay. */

import { wasmOf } from '../../kernel/wasm.js';
import { afterLength, copySlack, openUnsnap, type Unsnap } from '../columnar/page-kernel.js';
import { snappyLength } from '../columnar/snappy.js';
import {
  type GunzipKernel,
  gunzipKernelBytes,
  inputSlack,
  openGunzipKernel,
  textSlack,
} from '../gzip/gunzip-kernel.js';

/** A chunk's length has 23 bits. */
export const mostChunkBytes = 2 ** 23;

export interface ChunkKernel {
  /** All of its memory, which never grows: places are indexes in it. */
  readonly bytes: Uint8Array;
  /** A chunk of DEFLATE from `to` on, of at most `most` bytes; how many they are. Throws where it is none. */
  inflate(chunk: Uint8Array, to: number, most: number): number;
  /** The same of Snappy, and less than nothing where it is none. */
  unsnap(chunk: Uint8Array, to: number, most: number): number;
  /** Another reader may use its memory. */
  release(): void;
}

const pageBytes = 65_536;
const inputAt = gunzipKernelBytes.to;
const slack = Math.max(inputSlack, textSlack, copySlack);
/** What belongs to the reader: [room.from, room.to), behind which as much may be written as decompressors write too much. */
export const chunkRoom = {
  from: inputAt + mostChunkBytes + slack,
  to: inputAt + mostChunkBytes + slack + 2 * mostChunkBytes,
} as const;
const mostPooled = 4;

const pool: ChunkKernel[] = [];

export function openChunkKernel(): ChunkKernel {
  return pool.pop() ?? newKernel();
}

function newKernel(): ChunkKernel {
  const { Memory } = wasmOf();
  // Untouched memory is none.
  const memory = new Memory({ initial: Math.ceil((chunkRoom.to + slack) / pageBytes) });
  const bytes = new Uint8Array(memory.buffer);
  let gunzip: GunzipKernel | undefined;
  let unsnap: Unsnap | undefined;
  const kernel: ChunkKernel = {
    bytes,
    inflate: (chunk, to, most) => {
      gunzip ??= openGunzipKernel(memory);
      return inflated(gunzip, bytes, chunk, to, most);
    },
    unsnap: (chunk, to, most) => {
      const length = snappyLength(chunk);
      if (length < 0 || length > most) return -1;
      unsnap ??= openUnsnap(memory);
      bytes.set(chunk, inputAt);
      const start = inputAt + afterLength(chunk, 0, chunk.length, length);
      return unsnap(start, inputAt + chunk.length, to, to + length) ? length : -1;
    },
    release: () => {
      if (pool.length < mostPooled && !pool.includes(kernel)) pool.push(kernel);
    },
  };
  return kernel;
}

function inflated(
  kernel: GunzipKernel,
  bytes: Uint8Array,
  chunk: Uint8Array,
  to: number,
  most: number,
): number {
  bytes.set(chunk, inputAt);
  const end = inputAt + chunk.length;
  // What an earlier chunk left there would be taken for more of one that is cut.
  bytes.fill(0, end, end + inputSlack);
  kernel.begin();
  const state = kernel.inflate(inputAt, end, true, to, to + most + textSlack, to);
  const length = kernel.outAt() - to;
  if (typeof state === 'object') throw new Error(state.fault);
  if (state !== 'ended' || length > most) throw new RangeError(`more than ${most} bytes`);
  return length;
}
