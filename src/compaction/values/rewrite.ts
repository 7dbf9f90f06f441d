/** A source as the engine is to read it: without some of its bytes, or with its fields in the order of the table's columns. */

import { byteOrderMark } from '../byte-order-mark.js';
import { joined } from '../csv-fields.js';
import type { ByteRange } from '../ports.js';
import type { LineEnd } from './records.js';

type Bytes = AsyncIterable<Uint8Array>;

const mark = Uint8Array.of(0xef, 0xbb, 0xbf);

/** `drop` comes in order. Where the beginning goes a mark stands before the rest: one there is text, and readers drop the first. */
export async function* withoutRanges(bytes: Bytes, drop: readonly ByteRange[]): Bytes {
  let offset = 0;
  let next = 0;
  let isBegun = false;
  for await (const chunk of bytes) {
    let at = 0;
    while (at < chunk.length) {
      const range = drop[next];
      const from = Math.max(0, (range?.from ?? Number.POSITIVE_INFINITY) - offset);
      if (from > at) {
        if (!isBegun && offset + at > 0) yield mark;
        isBegun = true;
        yield chunk.subarray(at, from);
      }
      at = Math.min(chunk.length, Math.max(at, (range?.to ?? Number.POSITIVE_INFINITY) - offset));
      if (range && offset + at >= range.to) next += 1;
    }
    offset += chunk.length;
  }
}

/** An engine takes the first line break for the file's line end, and passes over a blank line. */
export async function* afterBlankLine(bytes: Bytes, end: LineEnd): Bytes {
  const text = byteOrderMark();
  yield new TextEncoder().encode({ LF: '\n', CRLF: '\r\n', CR: '\r' }[end]);
  for await (const chunk of bytes) yield text.without(chunk);
  yield text.rest();
}

export interface TableOrder {
  readonly names: readonly string[];
  /** For every field of a record the column it fills; a column without a field is empty. */
  readonly slots: readonly number[];
  readonly delimiter: string;
}

const lf = 0x0a;
const cr = 0x0d;
const quote = 0x22;

/** Takes a text that was found sound, with a header; every field keeps its very bytes. */
export async function* inTableOrder(bytes: Bytes, order: TableOrder): Bytes {
  const encoder = new TextEncoder();
  const delimiter = order.delimiter.charCodeAt(0);
  const places = order.names.map((_, column) => order.slots.indexOf(column));
  let held = new Uint8Array(0);
  let isHeader = true;
  const records = (
    text: Uint8Array,
    isLast: boolean,
  ): { readonly out: Uint8Array[]; readonly end: number } => {
    const out: Uint8Array[] = [];
    let at = 0;
    for (;;) {
      const record = fieldsFrom(text, isHeader ? afterMark(text) : at, delimiter, isLast);
      if (!record) return { out, end: at };
      at = record.next;
      if (isHeader) out.push(encoder.encode(`${order.names.join(order.delimiter)}\n`));
      // In one field it is a record, as in records.ts.
      else if (!record.isBlank || order.slots.length === 1)
        pushRecord(out, text, record.ends, places, delimiter);
      isHeader = false;
    }
  };
  for await (const chunk of bytes) {
    const text = joined([held, chunk]);
    const { out, end } = records(text, false);
    held = text.slice(end);
    yield joined(out);
  }
  yield joined(records(held, true).out);
}

const afterMark = (text: Uint8Array): number => (mark.every((byte, at) => text[at] === byte) ? 3 : 0);

interface Fields {
  /** Where each field begins and ends, in pairs. */
  readonly ends: readonly number[];
  readonly isBlank: boolean;
  readonly next: number;
}

/** Undefined when the record is not all there. */
function fieldsFrom(text: Uint8Array, from: number, delimiter: number, isLast: boolean): Fields | undefined {
  if (from >= text.length) return undefined;
  const ends: number[] = [];
  for (let at = from; ; at += 1) {
    const start = at;
    if (text[at] === quote) at = afterQuotes(text, at);
    while (at < text.length && text[at] !== delimiter && text[at] !== lf && text[at] !== cr) at += 1;
    if (at >= text.length && !isLast) return undefined;
    ends.push(start, Math.min(at, text.length));
    if (text[at] !== delimiter || at >= text.length) {
      if (text[at] === cr && at + 1 === text.length && !isLast) return undefined;
      const next = at + (text[at] === cr && text[at + 1] === lf ? 2 : 1);
      return { ends, isBlank: at === from, next: Math.min(next, text.length) };
    }
  }
}

function afterQuotes(text: Uint8Array, from: number): number {
  let at = from + 1;
  while (at < text.length && (text[at] !== quote || text[at + 1] === quote)) at += text[at] === quote ? 2 : 1;
  return at + 1;
}

const newline = Uint8Array.of(lf);

function pushRecord(
  out: Uint8Array[],
  text: Uint8Array,
  ends: readonly number[],
  places: readonly number[],
  delimiter: number,
): void {
  const between = Uint8Array.of(delimiter);
  for (const [column, place] of places.entries()) {
    if (column > 0) out.push(between);
    if (place >= 0) out.push(text.subarray(ends[2 * place], ends[2 * place + 1]));
  }
  out.push(newline);
}
