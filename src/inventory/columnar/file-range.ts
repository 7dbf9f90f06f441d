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

/** What is read at once at least, so that a store is not asked often. */
const pieceBytes = 4 << 20;

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
      // Nothing keeps what was taken.
      if (there === 0) range.bytes = new Uint8Array(0);
      const piece = await readExactly(source, next, asked, refuse);
      next += asked;
      range.bytes = there === 0 ? piece : joined(range.bytes.subarray(range.at, range.end), piece);
      range.at = 0;
      range.end = there + asked;
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

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
