/** The rows of one page while it is being read: where each key lies in the body, and its columns. */
import type { CodedColumn } from './column-batch.js';
import type { EntryShape } from './list-entry-shape.js';

/** Where the fields of an entry lie; both 0 for one it does not have. */
export interface EntryFields {
  keyStart: number;
  keyEnd: number;
  sizeStart: number;
  sizeEnd: number;
  classStart: number;
  classEnd: number;
  latestStart: number;
  latestEnd: number;
}

export const noFields = (): EntryFields => ({
  ...{ keyStart: 0, keyEnd: 0, sizeStart: 0, sizeEnd: 0 },
  ...{ classStart: 0, classEnd: 0, latestStart: 0, latestEnd: 0 },
});

export interface ListedRows {
  readonly hasVersions: boolean;
  /** Of the entries read so far. */
  readonly shapes: EntryShape[];
  /** Of the entry read last. */
  readonly fields: EntryFields;
  count: number;
  keyStart: Int32Array;
  keyEnd: Int32Array;
  size: Float64Array;
  classCode: Int32Array;
  isLatest: Uint8Array;
  isDeleteMarker: Uint8Array;
  readonly classes: string[];
  /** The classes as the page spells them. */
  readonly classBytes: Uint8Array[];
}

/** S3 gives 1,000 at most; another server may give more. */
const PAGE_ROWS = 1000;
const NOT_SAID = 2;

export const createRows = (hasVersions: boolean): ListedRows => ({
  hasVersions,
  shapes: [],
  fields: noFields(),
  count: 0,
  keyStart: new Int32Array(PAGE_ROWS),
  keyEnd: new Int32Array(PAGE_ROWS),
  size: new Float64Array(PAGE_ROWS),
  classCode: new Int32Array(PAGE_ROWS),
  isLatest: new Uint8Array(hasVersions ? PAGE_ROWS : 0),
  isDeleteMarker: new Uint8Array(hasVersions ? PAGE_ROWS : 0),
  classes: [],
  classBytes: [],
});

/** The index of a new row. */
export function nextRow(rows: ListedRows): number {
  if (rows.count === rows.keyStart.length) grow(rows);
  const row = rows.count;
  rows.count += 1;
  if (rows.hasVersions) rows.isLatest[row] = NOT_SAID;
  return row;
}

function grow(rows: ListedRows): void {
  rows.keyStart = copied(rows.keyStart, new Int32Array(rows.count * 2));
  rows.keyEnd = copied(rows.keyEnd, new Int32Array(rows.count * 2));
  rows.size = copied(rows.size, new Float64Array(rows.count * 2));
  rows.classCode = copied(rows.classCode, new Int32Array(rows.count * 2));
  if (!rows.hasVersions) return;
  rows.isLatest = copied(rows.isLatest, new Uint8Array(rows.count * 2));
  rows.isDeleteMarker = copied(rows.isDeleteMarker, new Uint8Array(rows.count * 2));
}

function copied<T extends Int32Array | Float64Array | Uint8Array>(from: T, into: T): T {
  into.set(from);
  return into;
}

export const codedClasses = ({ classCode, classes, count }: ListedRows): CodedColumn => ({
  codes: classCode.subarray(0, count),
  values: classes,
});
