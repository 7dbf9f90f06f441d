/** Thrift's compact protocol without a schema: fields by number, no length of theirs believed. https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md */
import type { Refuse } from '../columnar/column-file.js';

export type ThriftValue = number | boolean | Uint8Array | readonly ThriftValue[] | ThriftStruct;
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;

export interface ThriftCursor {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
  /** What is wrong: `isCut` where more bytes might help. */
  readonly fault: (why: string, isCut: boolean) => never;
}

/** Parquet's own structs lie six deep. */
const mostDepth = 24;

export function readStruct(cursor: ThriftCursor, depth = 0): ThriftStruct {
  if (depth > mostDepth) cursor.fault('its structs lie too deep', false);
  const fields = new Map<number, ThriftValue>();
  for (let field = 0; ; ) {
    const head = nextByte(cursor);
    if (head === 0) return fields;
    field = head >> 4 === 0 ? zigzag(varint(cursor)) : field + (head >> 4);
    const type = head & 15;
    fields.set(field, type === 1 ? true : type === 2 ? false : nextValue(cursor, type, depth));
  }
}

function nextValue(cursor: ThriftCursor, type: number, depth: number): ThriftValue {
  switch (type) {
    case 1:
    case 2:
      return nextByte(cursor) === 1;
    case 3:
      return (nextByte(cursor) << 24) >> 24;
    case 4:
    case 5:
    case 6:
      return zigzag(varint(cursor));
    case 7:
      return nextBytes(cursor, 8);
    case 8:
      return nextBytes(cursor, varint(cursor));
    case 9:
    case 10:
      return nextList(cursor, depth);
    case 12:
      return readStruct(cursor, depth + 1);
    default:
      return cursor.fault(`a field of type ${type}`, false);
  }
}

function nextList(cursor: ThriftCursor, depth: number): ThriftValue[] {
  const head = nextByte(cursor);
  const length = head >> 4 === 15 ? varint(cursor) : head >> 4;
  // Every element has a byte at least.
  if (length > cursor.end - cursor.at) cursor.fault('a list longer than it', true);
  const list: ThriftValue[] = [];
  for (let i = 0; i < length; i += 1) list.push(nextValue(cursor, head & 15, depth + 1));
  return list;
}

function nextByte(cursor: ThriftCursor): number {
  if (cursor.at >= cursor.end) cursor.fault('it is cut', true);
  return cursor.bytes[cursor.at++]!;
}

function nextBytes(cursor: ThriftCursor, length: number): Uint8Array {
  if (length > cursor.end - cursor.at) cursor.fault('it is cut', true);
  cursor.at += length;
  return cursor.bytes.subarray(cursor.at - length, cursor.at);
}

function varint(cursor: ThriftCursor): number {
  let value = 0;
  for (let scale = 1; scale < 2 ** 70; scale *= 128) {
    const byte = nextByte(cursor);
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
  }
  return cursor.fault('a number of more than ten bytes', false);
}

/** Numbers beyond 2^53 stay beyond all that is asked of them. */
const zigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);

/** A count, a length, an offset: a whole number that is not negative. */
export function count(struct: ThriftStruct, field: number, what: string, refuse: Refuse): number {
  const value = struct.get(field);
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    return refuse(`its metadata is damaged: ${what} is ${value === undefined ? 'missing' : 'no count'}`);
  return value;
}

export const optionalCount = (
  struct: ThriftStruct,
  field: number,
  what: string,
  refuse: Refuse,
): number | undefined => (struct.has(field) ? count(struct, field, what, refuse) : undefined);

export function struct(value: ThriftValue | undefined, what: string, refuse: Refuse): ThriftStruct {
  if (!(value instanceof Map)) return refuse(`its metadata is damaged: ${what} is missing`);
  return value;
}

export function list(value: ThriftValue | undefined, what: string, refuse: Refuse): readonly ThriftValue[] {
  if (!Array.isArray(value)) return refuse(`its metadata is damaged: ${what} are missing`);
  return value;
}

const decoder = new TextDecoder();

export function text(value: ThriftValue | undefined, what: string, refuse: Refuse): string {
  if (!(value instanceof Uint8Array)) return refuse(`its metadata is damaged: ${what} is missing`);
  return decoder.decode(value);
}
