/** The arrays of a batch, used again for each. */
import type { ColumnBatch } from '../column-batch.js';
import { type CodeBook, openCodeBook } from './code-book.js';
import { batchRows, mostKeyBytes, type Refuse } from './column-file.js';
import type { ChosenColumns } from './inventory-columns.js';

/** Keys are put one after the other; a reader may also lay `bytes` and `offsets` upon what it has. */
export interface KeyRoom {
  bytes: Uint8Array;
  offsets: Int32Array;
  /** Of each key, before it. */
  before: number;
}

export interface CodedRoom {
  readonly codes: Int32Array;
  readonly book: CodeBook;
}

export interface BatchRoom {
  readonly key: KeyRoom;
  readonly size: Float64Array | undefined;
  readonly storageClass: CodedRoom | undefined;
  readonly accessTier: CodedRoom | undefined;
  readonly isLatest: Uint8Array | undefined;
  readonly isDeleteMarker: Uint8Array | undefined;
}

export function batchRoom({ at }: ChosenColumns, rows: number, refuse: Refuse): BatchRoom {
  const length = Math.min(rows, batchRows);
  const coded = (name: string): CodedRoom => ({
    codes: new Int32Array(length),
    book: openCodeBook(name, refuse),
  });
  return {
    key: { bytes: new Uint8Array(0), offsets: new Int32Array(length + 1), before: 0 },
    size: at.has('size') ? new Float64Array(length) : undefined,
    storageClass: at.has('storageClass') ? coded('storage_class') : undefined,
    accessTier: at.has('accessTier') ? coded('intelligent_tiering_access_tier') : undefined,
    isLatest: at.has('isLatest') ? new Uint8Array(length) : undefined,
    isDeleteMarker: at.has('isDeleteMarker') ? new Uint8Array(length) : undefined,
  };
}

/** What was put into the room, `rows` of it. */
export function batchOf(room: BatchRoom, rows: number): ColumnBatch {
  const coded = ({ codes, book }: CodedRoom) => ({ codes: codes.subarray(0, rows), values: book.values });
  return {
    rows,
    key: { ...room.key, offsets: room.key.offsets.subarray(0, rows + 1) },
    ...(room.size && { size: room.size.subarray(0, rows) }),
    ...(room.storageClass && { storageClass: coded(room.storageClass) }),
    ...(room.accessTier && { accessTier: coded(room.accessTier) }),
    ...(room.isLatest && { isLatest: room.isLatest.subarray(0, rows) }),
    ...(room.isDeleteMarker && { isDeleteMarker: room.isDeleteMarker.subarray(0, rows) }),
  };
}

/** Room for so many bytes after the first `used`; those are kept. */
export function reserveKeyBytes(key: KeyRoom, used: number, more: number): void {
  if (used + more <= key.bytes.length) return;
  const most = batchRows * mostKeyBytes;
  const bytes = new Uint8Array(
    Math.max(used + more, Math.min(most, Math.max(1 << 16, 2 * key.bytes.length))),
  );
  bytes.set(key.bytes.subarray(0, used));
  key.bytes = bytes;
}
