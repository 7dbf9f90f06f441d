/** A stream of a stripe, decompressed chunk by chunk; what is there lies together. https://orc.apache.org/specification/ORCv1/ */
import type { Refuse } from '../columnar/column-file.js';
import type { FileRange } from '../columnar/file-range.js';
import { unlz4 } from '../columnar/lz4.js';
import type { Codecs } from '../ports.js';
import { type ChunkKernel, chunkRoom, mostChunkBytes, openChunkKernel } from './chunk-kernel.js';
import { keep, reserveIn, reserveOwn, type There } from './stream-room.js';

export interface OrcStream extends There {
  /** False when nothing comes after `end`. */
  hasMore(): boolean;
  more(): Promise<void>;
  /** A byte of the file near what is at hand. */
  place(): number;
}

export interface Compression {
  readonly name: string;
  /** What a chunk becomes at most. */
  readonly blockBytes: number;
  /** Undefined where none is compressed. */
  readonly expand: Expand | undefined;
}

/** A chunk into the kernel's memory from `to` on; its length there. Throws, or gives less than nothing, where it cannot be. */
type Expand = (chunk: Uint8Array, kernel: ChunkKernel, to: number) => number;

const kinds = ['NONE', 'ZLIB', 'SNAPPY', 'LZO', 'LZ4', 'ZSTD', 'BROTLI'] as const;

export function compressionOf(kind: number, blockBytes: number, codecs: Codecs, refuse: Refuse): Compression {
  const name = kinds[kind] ?? `number ${kind}`;
  if (name === 'NONE') return { name, blockBytes: 0, expand: undefined };
  if (blockBytes < 1 || blockBytes > mostChunkBytes)
    refuse(`its chunks are said to hold ${blockBytes} bytes, which is none of 1 to ${mostChunkBytes}`);
  const expand = expander(name, blockBytes, codecs);
  if (!expand)
    return refuse(`its compression ${name} is not read here; ZLIB, SNAPPY, LZ4, ZSTD and NONE are`);
  return { name, blockBytes, expand };
}

function expander(name: string, most: number, codecs: Codecs): Expand | undefined {
  switch (name) {
    case 'ZLIB':
      return (chunk, kernel, to) => kernel.inflate(chunk, to, most);
    case 'SNAPPY':
      return (chunk, kernel, to) => kernel.unsnap(chunk, to, most);
    case 'LZ4':
      return (chunk, kernel, to) => unlz4(chunk, 0, chunk.length, kernel.bytes.subarray(to, to + most));
    case 'ZSTD':
      return (chunk, kernel, to) => {
        const out = codecs.zstd(chunk, most);
        kernel.bytes.set(out, to);
        return out.length;
      };
    default:
      return undefined;
  }
}

/** Of a stream that is not compressed. */
const pieceBytes = 1 << 18;

/** With `kernel`, what is there lies in its memory: at most a chunk behind what is asked for, which is no more than a chunk may be. */
export function openStream(
  range: FileRange,
  compression: Compression,
  refuse: Refuse,
  kernel?: ChunkKernel,
): OrcStream {
  const reserve = kernel ? reserveIn(kernel) : reserveOwn;
  const from = kernel ? chunkRoom.from : 0;
  const stream: OrcStream = {
    bytes: kernel?.bytes ?? new Uint8Array(0),
    at: from,
    end: from,
    hasMore: () => range.left() > 0,
    place: () => range.place(),
    more: async () => {
      if (!compression.expand)
        return keep(stream, await nextBytes(range, Math.min(range.left(), pieceBytes)), reserve);
      const place = range.place();
      const { bytes, isOriginal } = await nextChunk(range, compression, refuse);
      const expand = (into: ChunkKernel, to: number) => expanded(bytes, into, to, compression, place, refuse);
      if (isOriginal) keep(stream, bytes, reserve);
      else if (kernel) {
        reserve(stream, compression.blockBytes);
        stream.end += expand(kernel, stream.end);
      } else keepExpanded(stream, expand);
    },
  };
  return stream;
}

/** What is not large is copied from where it is decompressed. */
function keepExpanded(stream: OrcStream, expand: (kernel: ChunkKernel, to: number) => number): void {
  const kernel = openChunkKernel();
  try {
    const end = chunkRoom.from + expand(kernel, chunkRoom.from);
    keep(stream, kernel.bytes.subarray(chunkRoom.from, end), reserveOwn);
  } finally {
    kernel.release();
  }
}

async function nextBytes(range: FileRange, length: number): Promise<Uint8Array> {
  if (range.end - range.at < length) await range.need(length);
  range.at += length;
  return range.bytes.subarray(range.at - length, range.at);
}

interface Chunk {
  readonly bytes: Uint8Array;
  /** Not compressed. */
  readonly isOriginal: boolean;
}

async function nextChunk(range: FileRange, compression: Compression, refuse: Refuse): Promise<Chunk> {
  const place = range.place();
  const [a, b, c] = await nextBytes(range, 3);
  const header = a! | (b! << 8) | (c! << 16);
  const isOriginal = (header & 1) === 1;
  const length = header >>> 1;
  if (length > range.left()) refuse('a chunk is longer than its stream', place);
  if (isOriginal && length > compression.blockBytes)
    refuse('a chunk is longer than the file says chunks are', place);
  return { bytes: await nextBytes(range, length), isOriginal };
}

/** How long it is where it was put. */
function expanded(
  chunk: Uint8Array,
  kernel: ChunkKernel,
  to: number,
  compression: Compression,
  place: number,
  refuse: Refuse,
): number {
  let length = -1;
  let why = '';
  try {
    length = compression.expand!(chunk, kernel, to);
  } catch (cause) {
    why = ` (${(cause as Error).message})`;
  }
  if (!(length >= 0 && length <= compression.blockBytes))
    return refuse(`a chunk cannot be decompressed as ${compression.name}${why}`, place);
  return length;
}

/** All of a small section. */
export async function readSection(
  range: FileRange,
  compression: Compression,
  most: number,
  refuse: Refuse,
): Promise<Uint8Array> {
  const stream = openStream(range, compression, refuse);
  while (stream.hasMore()) {
    await stream.more();
    if (stream.end - stream.at > most)
      refuse(`a section of more than ${most} bytes is not read`, stream.place());
  }
  return stream.bytes.subarray(stream.at, stream.end);
}
