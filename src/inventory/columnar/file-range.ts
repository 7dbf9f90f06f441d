/** A range of a file is read piece by piece, in order and one piece ahead; what was asked for lies together. */
import type { ColumnSource, Refuse } from './column-file.js';
import { giveRoom, takeRoom } from './read-rooms.js';

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
  /** Has the next piece read meanwhile, if any is left; what goes wrong is told by the `need` that wants it. */
  ahead(): void;
  /** Nothing is left to be read, nor is being read. */
  isRead(): boolean;
  /** Others may be read into where its bytes are: nothing of it is used any longer. */
  release(): void;
}

interface Piece {
  readonly bytes: Uint8Array;
  /** What they were read into, where they were. */
  readonly room: Uint8Array | undefined;
}

/** What is read at once at least, so that a store is not asked often, and so that most columns of a row group are one piece. */
const pieceBytes = 8 << 20;

/** `isReleased`: whoever opens it says when it is done with, and it is read to where others were. */
export function openRange(
  source: ColumnSource,
  from: number,
  length: number,
  refuse: Refuse,
  isReleased = false,
): FileRange {
  if (!(from >= 0 && length >= 0 && from + length <= source.size))
    refuse(`${length} bytes at ${from} lie outside of its ${source.size} bytes`);
  let next = from;
  const last = from + length;
  let coming: Promise<Piece> | undefined;
  let room: Uint8Array | undefined;
  const ahead = (): void => {
    if (coming || next === last) return;
    const bytes = Math.min(last - next, pieceBytes);
    coming = readPiece(source, next, bytes, refuse, isReleased ? takeRoom(bytes) : undefined);
    // Told where it is waited for; nobody may ever do so.
    coming.catch(() => undefined);
  };
  const nextPiece = async (): Promise<Piece> => {
    ahead();
    const piece = await coming!.finally(() => {
      coming = undefined;
    });
    next += piece.bytes.length;
    ahead();
    return piece;
  };
  const range: FileRange = {
    bytes: new Uint8Array(0),
    at: 0,
    end: 0,
    left: () => range.end - range.at + last - next,
    place: () => next - (range.end - range.at),
    need: async (wanted) => {
      if (range.end - range.at >= wanted) return;
      if (wanted > range.left()) refuse('it is cut, or a length in it lies', range.place());
      if (range.end === range.at) {
        // Not copied. What was there before may be in use: a dictionary, to the end.
        ({ bytes: range.bytes, room } = await nextPiece());
        [range.at, range.end] = [0, range.bytes.length];
      }
      const there = range.end - range.at;
      if (there >= wanted) return;
      const pieces = Math.ceil((wanted - there) / pieceBytes);
      const bytes = new Uint8Array(there + Math.min(last - next, pieces * pieceBytes));
      bytes.set(range.bytes.subarray(range.at, range.end));
      // Neither what was taken nor more than a piece and the one ahead is held beside it.
      [range.bytes, range.at, range.end] = [bytes, 0, there];
      while (range.end < bytes.length) {
        const piece = await nextPiece();
        bytes.set(piece.bytes, range.end);
        range.end += piece.bytes.length;
        if (piece.room) giveRoom(piece.room);
      }
    },
    ahead,
    isRead: () => next === last,
    release: () => {
      if (room) giveRoom(room);
      room = undefined;
      [range.bytes, range.at, range.end] = [new Uint8Array(0), 0, 0];
    },
  };
  return range;
}

async function readPiece(
  source: ColumnSource,
  from: number,
  length: number,
  refuse: Refuse,
  room: Uint8Array | undefined,
): Promise<Piece> {
  const bytes = await readExactly(source, from, length, refuse, room?.subarray(0, length));
  if (room && bytes.buffer !== room.buffer) giveRoom(room);
  return { bytes, room: bytes.buffer === room?.buffer ? room : undefined };
}

export async function readExactly(
  source: ColumnSource,
  from: number,
  length: number,
  refuse: Refuse,
  into?: Uint8Array,
): Promise<Uint8Array> {
  if (!(from >= 0 && length >= 0 && from + length <= source.size))
    refuse(`${length} bytes at ${from} lie outside of its ${source.size} bytes`);
  const bytes = await source.read(from, length, into);
  if (bytes.length !== length) refuse(`it gave ${bytes.length} of ${length} bytes: it was changed`, from);
  return bytes;
}
