/** A range of a file is read piece by piece, in order; what was asked for lies together. */
import type { ColumnSource, Refuse } from './column-file.js';

/** [at, end) of `bytes` is there and not yet taken. */
export interface FileRange {
  bytes: Uint8Array;
  at: number;
  end: number;
  /** Bytes not yet taken, there or not. */
  left(): number;
  /** Where `at` is in the file. */
  place(): number;
  /** At least so many bytes from `at` on. */
  need(length: number): Promise<void>;
}

/** What is read at once at least, so that a store is not asked often, and so that most columns of a row group are one piece. */
const pieceBytes = 8 << 20;

export function openRange(source: ColumnSource, from: number, length: number, refuse: Refuse): FileRange {
  if (!(from >= 0 && length >= 0 && from + length <= source.size))
    refuse(`${length} bytes at ${from} lie outside of its ${source.size} bytes`);
  let next = from;
  const last = from + length;
  const range: FileRange = {
    bytes: new Uint8Array(0),
    at: 0,
    end: 0,
    left: () => range.end - range.at + last - next,
    place: () => next - (range.end - range.at),
    need: async (wanted) => {
      const there = range.end - range.at;
      if (there >= wanted) return;
      if (wanted > range.left()) refuse('it is cut, or a length in it lies', range.place());
      const asked = Math.min(last - next, Math.max(wanted - there, pieceBytes));
      if (there === 0) {
        // Not copied: what was read is an array of its own.
        range.bytes = await readExactly(source, next, asked, refuse);
        [range.at, range.end] = [0, asked];
        next += asked;
        return;
      }
      const bytes = new Uint8Array(there + asked);
      bytes.set(range.bytes.subarray(range.at, range.end));
      // Neither what was taken nor more than one piece is held beside it.
      [range.bytes, range.at, range.end] = [bytes, 0, there];
      while (range.end < bytes.length) {
        const piece = Math.min(bytes.length - range.end, pieceBytes);
        bytes.set(await readExactly(source, next, piece, refuse), range.end);
        next += piece;
        range.end += piece;
      }
    },
  };
  return range;
}

export async function readExactly(
  source: ColumnSource,
  from: number,
  length: number,
  refuse: Refuse,
): Promise<Uint8Array> {
  if (!(from >= 0 && length >= 0 && from + length <= source.size))
    refuse(`${length} bytes at ${from} lie outside of its ${source.size} bytes`);
  const bytes = await source.read(from, length);
  if (bytes.length !== length) refuse(`it gave ${bytes.length} of ${length} bytes: it was changed`, from);
  return bytes;
}
