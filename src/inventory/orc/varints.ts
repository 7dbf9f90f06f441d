/** Whole numbers of seven bits a byte, the least significant first. */
import type { Refuse } from '../columnar/column-file.js';
import { signed, zigzag } from './bits.js';
import type { OrcStream } from './orc-stream.js';

/** Exact up to 2^53, and beyond it past all limits. */
export function nextVarint(stream: OrcStream, isSigned: boolean, refuse: Refuse): number {
  const from = stream.at;
  let value = 0;
  for (let scale = 1; scale < 2 ** 70; scale *= 128) {
    if (stream.at >= stream.end) refuse('a stream is cut', stream.place());
    const byte = stream.bytes[stream.at++]!;
    value += (byte & 0x7f) * scale;
    if (byte >= 0x80) continue;
    if (!isSigned) return value;
    return value <= Number.MAX_SAFE_INTEGER ? signed(value) : zigzag(exactly(stream, from));
  }
  return refuse('a number has more than ten bytes', stream.place());
}

function exactly({ bytes, at }: OrcStream, from: number): bigint {
  let value = 0n;
  for (let i = at - 1; i >= from; i -= 1) value = (value << 7n) | BigInt(bytes[i]! & 0x7f);
  return value;
}
