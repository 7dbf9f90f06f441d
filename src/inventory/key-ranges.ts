/** Ranges of keys that tile a prefix: wherever the cuts lie, every key is in exactly one range. */
import { compareKeys, type Key, type Prefix } from '../kernel/s3.js';
import type { ColumnBatch, KeyColumn } from './column-batch.js';
import type { KeyCursor } from './ports.js';

export interface KeyRange {
  /** Keys after this place; from the beginning when empty. */
  readonly from: KeyCursor;
  /** Up to and including this one; to the end when absent. */
  readonly upTo?: Key;
}

/** Tiles a prefix, cut at the given keys. */
export function tile(cuts: readonly Key[]): readonly KeyRange[] {
  const sorted = [...new Set(cuts)].sort(compareKeys);
  return [...sorted, undefined].map((upTo, i) => ({
    from: i === 0 ? {} : { key: sorted[i - 1]! },
    ...(upTo !== undefined && { upTo }),
  }));
}

/** The longest prefix all keys of the range share, so that a server can end its last page with the range. */
export function rangePrefix(prefix: Prefix, { from: { key: after }, upTo }: KeyRange): Prefix {
  if (after === undefined || upTo === undefined) return prefix;
  let length = 0;
  while (length < after.length && after[length] === upTo[length]) length += 1;
  // Never half of a surrogate pair.
  if (length > 0 && isHighSurrogate(after.charCodeAt(length - 1))) length -= 1;
  return length > prefix.length ? after.slice(0, length) : prefix;
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

export const keyAt = ({ bytes, offsets }: KeyColumn, row: number): Key =>
  utf8.decode(bytes.subarray(offsets[row]!, offsets[row + 1]!));

/** How many rows from the first are not beyond `upTo`; the rows are in order of keys. */
export function rowsUpTo({ key, rows }: ColumnBatch, upTo: Uint8Array | undefined): number {
  if (upTo === undefined || rows === 0 || compareAt(key, rows - 1, upTo) <= 0) return rows;
  let low = 0;
  for (let high = rows; low < high; ) {
    const middle = (low + high) >>> 1;
    if (compareAt(key, middle, upTo) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compareAt({ bytes, offsets }: KeyColumn, row: number, other: Uint8Array): number {
  const start = offsets[row]!;
  const length = offsets[row + 1]! - start;
  for (let i = 0; i < length && i < other.length; i++) {
    const difference = bytes[start + i]! - other[i]!;
    if (difference !== 0) return difference;
  }
  return length - other.length;
}

/** The first row that does not come after the one before it, the first of all after `after`; −1 when all are in order. */
export function disorderIn(
  { key, rows }: ColumnBatch,
  after: Uint8Array | undefined,
  mayRepeat: boolean,
): number {
  const least = mayRepeat ? 0 : 1;
  if (rows > 0 && after !== undefined && compareAt(key, 0, after) < least) return 0;
  for (let row = 1; row < rows; row++) if (compareRows(key, row) < least) return row;
  return -1;
}

/** A row with the one before it. */
function compareRows({ bytes, offsets }: KeyColumn, row: number): number {
  const start = offsets[row]!;
  const before = offsets[row - 1]!;
  const length = offsets[row + 1]! - start;
  const lengthBefore = start - before;
  for (let i = 0; i < length && i < lengthBefore; i++) {
    const difference = bytes[start + i]! - bytes[before + i]!;
    if (difference !== 0) return difference;
  }
  return length - lengthBefore;
}

/** The first rows of a batch. */
export function firstRows(batch: ColumnBatch, rows: number): ColumnBatch {
  if (rows === batch.rows) return batch;
  const { key, size, storageClass, accessTier, isLatest, isDeleteMarker } = batch;
  return {
    rows,
    key: { bytes: key.bytes, offsets: key.offsets.subarray(0, rows + 1) },
    ...(size && { size: size.subarray(0, rows) }),
    ...(storageClass && {
      storageClass: { ...storageClass, codes: storageClass.codes.subarray(0, rows) },
    }),
    ...(accessTier && { accessTier: { ...accessTier, codes: accessTier.codes.subarray(0, rows) } }),
    ...(isLatest && { isLatest: isLatest.subarray(0, rows) }),
    ...(isDeleteMarker && { isDeleteMarker: isDeleteMarker.subarray(0, rows) }),
  };
}
