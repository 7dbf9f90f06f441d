/** What is there of a stream lies together: in an array that grows, or where a kernel decompresses it. */
import { type ChunkKernel, chunkRoom } from './chunk-kernel.js';

/** [at, end) of `bytes` is there and not yet taken. */
export interface There {
  bytes: Uint8Array;
  at: number;
  end: number;
}

/** Makes room for `more` bytes behind what is there, which may move. */
export type Reserve = (there: There, more: number) => void;

export const reserveOwn: Reserve = (there, more) => {
  const { bytes, at, end } = there;
  if (end + more <= bytes.length) return;
  const length = end - at;
  if (length + more <= bytes.length) bytes.copyWithin(0, at, end);
  else {
    there.bytes = new Uint8Array(Math.max(length + more, 2 * bytes.length));
    there.bytes.set(bytes.subarray(at, end));
  }
  [there.at, there.end] = [0, length];
};

/** No more of the memory is touched than must be: the less it is, the sooner it lies in the processor's caches. */
export function reserveIn(kernel: ChunkKernel): Reserve {
  let high: number = chunkRoom.from;
  return (there, more) => {
    if (there.end + more <= high) return;
    const length = there.end - there.at;
    kernel.bytes.copyWithin(chunkRoom.from, there.at, there.end);
    [there.at, there.end] = [chunkRoom.from, chunkRoom.from + length];
    high = Math.max(high, there.end + more);
  };
}

export function keep(there: There, piece: Uint8Array, reserve: Reserve): void {
  reserve(there, piece.length);
  there.bytes.set(piece, there.end);
  there.end += piece.length;
}
