/** One record of a CSV text (RFC 4180): where its fields lie, or why it is none. */

const quote = 0x22;
const comma = 0x2c;
const lf = 0x0a;
const cr = 0x0d;

export interface Fields {
  /** Where each field's value begins and ends, without its quotes. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** 1: there are doubled quotes in it. */
  readonly isEscaped: Uint8Array;
  /** Line ends within the quotes of the record. */
  innerLines: number;
}

export const fieldsFor = (count: number): Fields => ({
  from: new Int32Array(count),
  to: new Int32Array(count),
  isEscaped: new Uint8Array(count),
  innerLines: 0,
});

/** The text ends within the record. */
export const unfinished = -1;

export const recordFaults = {
  afterQuote: 'something other than a comma follows the closing quote of a field',
  bareQuote: 'a quote stands in a field that is not quoted',
  bareReturn: 'a carriage return stands in a field that is not quoted',
  tooMany: 'it has more fields than the inventory has columns',
  tooFew: 'it has fewer fields than the inventory has columns',
} as const;
export type RecordFault = keyof typeof recordFaults;

/** Fills `fields` from the record at `at`; where the next one begins, `unfinished`, or what is wrong. */
export function readRecord(bytes: Uint8Array, at: number, end: number, fields: Fields): number | RecordFault {
  fields.innerLines = 0;
  for (let field = 0; ; field++) {
    if (field === fields.from.length) return 'tooMany';
    const next =
      bytes[at] === quote ? quoted(bytes, at + 1, end, fields, field) : plain(bytes, at, end, fields, field);
    if (typeof next !== 'number') return next;
    if (next >= end) return unfinished;
    const byte = bytes[next]!;
    if (byte === comma) {
      at = next + 1;
      continue;
    }
    const last = lineEnd(bytes, next, end, byte);
    if (last === unfinished) return unfinished;
    return field + 1 < fields.from.length ? 'tooFew' : last;
  }
}

function lineEnd(bytes: Uint8Array, at: number, end: number, byte: number): number {
  if (byte === lf) return Math.min(at + 1, end);
  return at + 1 < end && bytes[at + 1] === lf ? at + 2 : unfinished;
}

/** Where the field's closing quote is behind; `end` when it is still to come. */
function quoted(
  bytes: Uint8Array,
  from: number,
  end: number,
  fields: Fields,
  field: number,
): number | RecordFault {
  let at = from;
  fields.from[field] = from;
  fields.isEscaped[field] = 0;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === lf) fields.innerLines += 1;
    if (byte !== quote) continue;
    if (at + 1 < end && bytes[at + 1] === quote) {
      fields.isEscaped[field] = 1;
      at += 1;
      continue;
    }
    fields.to[field] = at;
    const next = bytes[at + 1];
    if (at + 1 >= end || next === comma || next === lf) return at + 1;
    if (next !== cr) return 'afterQuote';
    return at + 2 < end && bytes[at + 2] !== lf ? 'afterQuote' : at + 1;
  }
  return end;
}

function plain(
  bytes: Uint8Array,
  from: number,
  end: number,
  fields: Fields,
  field: number,
): number | RecordFault {
  let at = from;
  fields.from[field] = from;
  fields.isEscaped[field] = 0;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === comma || byte === lf) break;
    if (byte === quote) return 'bareQuote';
    if (byte !== cr) continue;
    if (at + 1 < end && bytes[at + 1] !== lf) return 'bareReturn';
    break;
  }
  fields.to[field] = at;
  return at;
}
