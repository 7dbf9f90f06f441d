/** Protocol buffers without a schema: fields by number, no length of theirs believed. https://protobuf.dev/programming-guides/encoding/ */
import type { Refuse } from '../columnar/column-file.js';

/** All values of a field in their order: a whole number (none above 2^53 is told exactly), or bytes. */
export type Message = ReadonlyMap<number, readonly (number | Uint8Array)[]>;

export function readMessage(bytes: Uint8Array, refuse: Refuse): Message {
  const fields = new Map<number, (number | Uint8Array)[]>();
  const cursor = { bytes, at: 0 };
  while (cursor.at < bytes.length) {
    const tag = varint(cursor, refuse);
    const field = Math.floor(tag / 8);
    const value = nextValue(tag % 8, cursor, refuse);
    const values = fields.get(field);
    if (values) values.push(value);
    else fields.set(field, [value]);
  }
  return fields;
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

function nextValue(wire: number, cursor: Cursor, refuse: Refuse): number | Uint8Array {
  if (wire === 0) return varint(cursor, refuse);
  const length = wire === 1 ? 8 : wire === 5 ? 4 : wire === 2 ? varint(cursor, refuse) : -1;
  if (length < 0) refuse('its metadata is damaged: a field of no known form');
  if (length > cursor.bytes.length - cursor.at) refuse('its metadata is damaged: a field longer than it');
  cursor.at += length;
  return cursor.bytes.subarray(cursor.at - length, cursor.at);
}

function varint(cursor: Cursor, refuse: Refuse): number {
  let value = 0;
  for (let scale = 1; scale < 2 ** 70; scale *= 128) {
    const byte = cursor.bytes[cursor.at++];
    if (byte === undefined) return refuse('its metadata is cut');
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
  }
  return refuse('its metadata is damaged: a number of more than ten bytes');
}

/** A count, a length or an offset; 0 where it is absent. */
export function whole(message: Message, field: number, refuse: Refuse): number {
  const value = message.get(field)?.at(-1) ?? 0;
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    return refuse(`its metadata is damaged: field ${field} is no whole number`);
  return value;
}

/** Each of them once, be they packed or not. */
export function wholes(message: Message, field: number, refuse: Refuse): number[] {
  return (message.get(field) ?? []).flatMap((value) => {
    if (typeof value === 'number') return [value];
    const cursor = { bytes: value, at: 0 };
    const found: number[] = [];
    while (cursor.at < value.length) found.push(varint(cursor, refuse));
    return found;
  });
}

export function parts(message: Message, field: number, refuse: Refuse): Uint8Array[] {
  return (message.get(field) ?? []).map((value) =>
    typeof value === 'number' ? refuse(`its metadata is damaged: field ${field} is a number`) : value,
  );
}

export const messages = (message: Message, field: number, refuse: Refuse): Message[] =>
  parts(message, field, refuse).map((bytes) => readMessage(bytes, refuse));

const decoder = new TextDecoder();

export const texts = (message: Message, field: number, refuse: Refuse): string[] =>
  parts(message, field, refuse).map((bytes) => decoder.decode(bytes));
