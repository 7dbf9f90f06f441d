/** Texts by row, one after another in one array of bytes: those of tens of thousands of rows are no objects. */
import type { PackedTexts } from './packed-texts.js';

/** The text of a row stands at [from, to). */
export interface PlacedTexts {
  readonly bytes: Uint8Array;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
}

export interface TextColumn extends PlacedTexts {
  bytes: Uint8Array;
  /** Bytes taken, those of texts that were replaced among them. */
  taken: number;
  from: Uint32Array;
  to: Uint32Array;
}

export const emptyColumn = (): TextColumn => ({
  bytes: new Uint8Array(0),
  taken: 0,
  from: new Uint32Array(0),
  to: new Uint32Array(0),
});

/** Copies a text for a row, of which there are `rows`; that of a new row, or one that takes the place of another. */
export function putText(
  column: TextColumn,
  rows: number,
  row: number,
  bytes: Uint8Array,
  from: number,
  to: number,
): void {
  roomForTexts(column, rows, to - from);
  const { bytes: into, taken } = column;
  for (let i = from; i < to; i++) into[taken + i - from] = bytes[i]!;
  column.from[row] = taken;
  column.to[row] = column.taken = taken + to - from;
}

/** Copies texts from one on for rows of the same numbers. The first `rows` have texts that are to be kept. */
export function putTexts(
  column: TextColumn,
  rows: number,
  { bytes, ends }: PackedTexts,
  first: number,
): void {
  let from = first === 0 ? 0 : ends[first - 1]!;
  const added = bytes.subarray(from);
  roomForTexts(column, rows, added.length);
  const more = column.taken - from;
  column.bytes.set(added, column.taken);
  for (let row = first; row < ends.length; row++) {
    column.from[row] = from + more;
    from = ends[row]!;
    column.to[row] = from + more;
  }
  column.taken += added.length;
}

/** For so many more bytes. What was replaced is left behind, so that it takes no more than what is there. */
export function roomForTexts(column: TextColumn, rows: number, wanted: number): void {
  if (column.taken + wanted <= column.bytes.length) return;
  const { bytes, ends } = packedColumn(column, rows);
  const copied = new Uint8Array(2 * (bytes.length + wanted));
  copied.set(bytes);
  column.bytes = copied;
  column.taken = bytes.length;
  column.to.set(ends);
  column.from.set(ends.subarray(0, Math.max(0, rows - 1)), 1);
  column.from[0] = 0;
}

/** Less than 0 where a[aFrom, aTo) comes first, in the order of bytes. */
export function compareBytes(
  a: Uint8Array,
  aFrom: number,
  aTo: number,
  b: Uint8Array,
  bFrom: number,
  bTo: number,
): number {
  const shorter = Math.min(aTo - aFrom, bTo - bFrom);
  for (let i = 0; i < shorter; i++) {
    const order = a[aFrom + i]! - b[bFrom + i]!;
    if (order !== 0) return order;
  }
  return aTo - aFrom - (bTo - bFrom);
}

/** Those of the first `rows` behind others, which share nothing with the column. */
export function packedColumn(
  { bytes, from, to }: PlacedTexts,
  rows: number,
  before: PackedTexts = noTexts,
): PackedTexts {
  const first = before.ends.length;
  const ends = new Uint32Array(first + rows);
  ends.set(before.ends);
  let all = before.bytes.length;
  for (let row = 0; row < rows; row++) ends[first + row] = all += to[row]! - from[row]!;
  const packed = new Uint8Array(all);
  packed.set(before.bytes);
  // What stands together is copied in one go.
  for (let row = 0, at = before.bytes.length; row < rows; ) {
    const start = from[row]!;
    let end = to[row]!;
    for (row += 1; row < rows && from[row] === end; row++) end = to[row]!;
    packed.set(bytes.subarray(start, end), at);
    at += end - start;
  }
  return { bytes: packed, ends };
}

const noTexts: PackedTexts = { bytes: new Uint8Array(0), ends: new Uint32Array(0) };

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export const textOfRow = ({ bytes, from, to }: TextColumn, row: number): string =>
  decoder.decode(bytes.subarray(from[row], to[row]));

/** Texts are slices of one that long, and keep it all. */
const LONGEST = 1 << 26;

/** The same for many rows: read in one go, for a decoder takes longer to begin than for a short text. */
export function textsOf(column: TextColumn, longest = LONGEST): (row: number) => string {
  const { bytes, taken, from, to } = column;
  if (taken > longest) return (row) => textOfRow(column, row);
  const all = decoder.decode(bytes.subarray(0, taken));
  // Where all is ASCII a letter is a byte.
  return all.length === taken ? (row) => all.slice(from[row], to[row]) : (row) => textOfRow(column, row);
}
