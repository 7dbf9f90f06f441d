/** A stream of a stripe, decompressed chunk by chunk; what is there lies together. https://orc.apache.org/specification/ORCv1/ */
import type { Refuse } from '../columnar/column-file.js';
import type { FileRange } from '../columnar/file-range.js';
import { unlz4 } from '../columnar/lz4.js';
import { snappyLength, unsnap } from '../columnar/snappy.js';
import type { Codecs } from '../ports.js';

/** [at, end) of `bytes` is there and not yet taken. */
export interface OrcStream {
  bytes: Uint8Array;
  at: number;
  end: number;
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
  /** A chunk into a text of its own; undefined where none is compressed. Throws, or gives undefined, where it cannot be. */
  readonly expand: ((bytes: Uint8Array) => Uint8Array | undefined) | undefined;
}

const kinds = ['NONE', 'ZLIB', 'SNAPPY', 'LZO', 'LZ4', 'ZSTD', 'BROTLI'] as const;
/** A chunk's length has 23 bits. */
const mostBlockBytes = 2 ** 23;

export function compressionOf(kind: number, blockBytes: number, codecs: Codecs, refuse: Refuse): Compression {
  const name = kinds[kind] ?? `number ${kind}`;
  if (name === 'NONE') return { name, blockBytes: 0, expand: undefined };
  if (blockBytes < 1 || blockBytes > mostBlockBytes)
    refuse(`its chunks are said to hold ${blockBytes} bytes, which is none of 1 to ${mostBlockBytes}`);
  const expand = expander(name, blockBytes, codecs);
  if (!expand)
    return refuse(`its compression ${name} is not read here; ZLIB, SNAPPY, LZ4, ZSTD and NONE are`);
  return { name, blockBytes, expand };
}

function expander(name: string, most: number, codecs: Codecs): Compression['expand'] {
  switch (name) {
    case 'ZLIB':
      return (bytes) => codecs.inflateRaw(bytes, most);
    case 'ZSTD':
      return (bytes) => codecs.zstd(bytes, most);
    case 'SNAPPY':
      return (bytes) => {
        const length = snappyLength(bytes);
        return length < 0 || length > most ? undefined : unsnap(bytes, 0, bytes.length, length);
      };
    case 'LZ4':
      return (bytes) => {
        const out = new Uint8Array(most);
        const length = unlz4(bytes, 0, bytes.length, out);
        return length < 0 ? undefined : out.subarray(0, length);
      };
    default:
      return undefined;
  }
}

/** Of a stream that is not compressed. */
const pieceBytes = 1 << 18;

export function openStream(range: FileRange, compression: Compression, refuse: Refuse): OrcStream {
  const stream: OrcStream = {
    bytes: new Uint8Array(0),
    at: 0,
    end: 0,
    hasMore: () => range.left() > 0,
    place: () => range.place(),
    more: async () => {
      const piece = compression.expand
        ? await nextChunk(range, compression, refuse)
        : await nextBytes(range, Math.min(range.left(), pieceBytes));
      append(stream, piece);
    },
  };
  return stream;
}

async function nextBytes(range: FileRange, length: number): Promise<Uint8Array> {
  await range.need(length);
  range.at += length;
  return range.bytes.subarray(range.at - length, range.at);
}

async function nextChunk(range: FileRange, compression: Compression, refuse: Refuse): Promise<Uint8Array> {
  const place = range.place();
  const [a, b, c] = await nextBytes(range, 3);
  const header = a! | (b! << 8) | (c! << 16);
  const length = header >>> 1;
  if (length > range.left()) refuse('a chunk is longer than its stream', place);
  const bytes = await nextBytes(range, length);
  if (header & 1) {
    if (length > compression.blockBytes) refuse('a chunk is longer than the file says chunks are', place);
    return bytes;
  }
  return expanded(bytes, compression, place, refuse);
}

function expanded(bytes: Uint8Array, compression: Compression, place: number, refuse: Refuse): Uint8Array {
  let out: Uint8Array | undefined;
  let why = '';
  try {
    out = compression.expand!(bytes);
  } catch (cause) {
    why = ` (${(cause as Error).message})`;
  }
  if (!out || out.length > compression.blockBytes)
    return refuse(`a chunk cannot be decompressed as ${compression.name}${why}`, place);
  return out;
}

/** After what is not yet taken. */
function append(stream: OrcStream, piece: Uint8Array): void {
  const there = stream.end - stream.at;
  if (stream.end + piece.length <= stream.bytes.length) {
    stream.bytes.set(piece, stream.end);
    stream.end += piece.length;
    return;
  }
  const kept = stream.bytes.subarray(stream.at, stream.end);
  if (there + piece.length <= stream.bytes.length) stream.bytes.copyWithin(0, stream.at, stream.end);
  else {
    stream.bytes = new Uint8Array(Math.max(there + piece.length, 2 * stream.bytes.length));
    stream.bytes.set(kept);
  }
  stream.bytes.set(piece, there);
  stream.at = 0;
  stream.end = there + piece.length;
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
