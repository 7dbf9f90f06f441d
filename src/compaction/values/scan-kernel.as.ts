/**
 * Records of a CSV text as they nearly always stand, counted, checked and digested where they lie. Whatever is out of the
 * ordinary is left where it is for the reading in TypeScript, which alone refuses. Compiled to WebAssembly.
 */

import { begin, columnAt, columns, keep, kindOf, put, putNull, putNumber, putTextAt, setColumns } from './scan-row.as';
import { kindWide, refused, setRule, typed, value } from './scan-values.as';

export { begin, keep, put, putText, rows, scratch, total } from './scan-row.as';

const kindText: u8 = 1;
const lf: u8 = 0x0a;
const cr: u8 = 0x0d;
const quote: u8 = 0x22;
const space: u8 = 0x20;

let fields: i32 = 0;
let slotsAt: usize = 0;
let delimiter: u8 = 0;
let mostBytes: i32 = 0;
/** Texts without their doubled quotes, and wide decimals with all digits of their scale. */
let textAt: usize = 0;

/** 0 none yet, 1 LF, 2 CRLF. */
export let newline: i32 = 0;
export let lines: f64 = 0;
let innerLines: i32 = 0;

/**
 * The value of a field whose spelling is not a usual one is put into `scratch`, and what is hashed as a text where texts
 * go: the answer is one more than its length there, and 0 when its column does not hold it.
 */
// @ts-ignore: decorator
@external("env", "odd")
declare function odd(column: i32, from: i32, to: i32): i32;

export function setup(
  columnCount: i32,
  columnTable: usize,
  slotTable: usize,
  delimiterByte: i32,
  exact: i32,
  digits: i32,
  digested: i32,
  most: i32,
): void {
  setColumns(columnCount, columnTable, digested != 0);
  slotsAt = slotTable;
  delimiter = <u8>delimiterByte;
  setRule(exact != 0, digits);
  mostBytes = most;
  newline = 0;
  lines = 0;
}

/** The slot table names the columns of so many fields. */
export function arrange(fieldCount: i32): void {
  fields = fieldCount;
}

export function setText(at: usize): void {
  textAt = at;
}

/** Takes whole records in [from, end); the answer is where the first one begins that is left. */
export function run(from: i32, end: i32): i32 {
  let at = from;
  while (at < end) {
    const next = record(at, end);
    if (next < 0) break;
    at = next;
  }
  return at;
}

// @ts-ignore: decorator
@inline
function isEnd(byte: u8): bool {
  return byte == delimiter || byte == lf || byte == cr;
}

/** Where the next record begins, or less than nothing when this one is left. */
function record(start: i32, end: i32): i32 {
  const first = load<u8>(start);
  if (first == lf || first == cr) return refused;
  if (fields != columns) begin();
  innerLines = 0;
  let at = start;
  for (let field = 0; ; ) {
    const slot = load<i32>(slotsAt + <usize>(field << 2));
    const column = columnAt(slot);
    const byte = load<u8>(at);
    if (isEnd(byte)) {
      putNull(column);
    } else {
      at = byte == quote ? quoted(slot, column, at + 1, end) : plain(slot, column, at, end);
      if (at < 0) return refused;
    }
    field += 1;
    if (field == fields) break;
    if (load<u8>(at) != delimiter) return refused;
    at += 1;
  }
  // The byte at the end is no byte of the text.
  if (at >= end || at - start > mostBytes) return refused;
  const byte = load<u8>(at);
  if (byte == lf) {
    if (newline != 1) return refused;
    at += 1;
  } else {
    if (newline != 2 || at + 1 >= end || byte != cr || load<u8>(at + 1) != lf) return refused;
    at += 2;
  }
  keep();
  lines += <f64>(1 + innerLines);
  return at;
}

function plain(slot: i32, column: usize, from: i32, end: i32): i32 {
  const kind = kindOf(column);
  if (kind == kindText) {
    if (load<u8>(from) == space) return refused;
    const to = endOfText(from);
    putTextAt(column, from, to - from);
    return to;
  }
  const to = typed(kind, column, from);
  if (to >= 0 && isEnd(load<u8>(to))) {
    putTyped(kind, column, from, to);
    return to;
  }
  if (load<u8>(from) == space) return refused;
  const last = endOfText(from);
  // The rest of it is still to come.
  return last < end && putOdd(slot, kind, column, from, last) ? last : refused;
}

function quoted(slot: i32, column: usize, from: i32, end: i32): i32 {
  let at = from;
  let escapes = 0;
  for (; ; at += 1) {
    if (at >= end) return refused;
    const byte = load<u8>(at);
    if (byte == quote) {
      if (load<u8>(at + 1) != quote || at + 1 >= end) break;
      escapes += 1;
      at += 1;
    } else if (byte == lf) innerLines += 1;
  }
  const next = at + 1;
  // Whether a quote follows is not known yet.
  if (next >= end || !isEnd(load<u8>(next))) return refused;
  const kind = kindOf(column);
  if (kind == kindText) {
    if (escapes == 0) putTextAt(column, from, at - from);
    else putTextAt(column, textAt, unescaped(from, at));
    return next;
  }
  if (escapes != 0 || at == from) return refused;
  if (typed(kind, column, from) == at) putTyped(kind, column, from, at);
  else if (!putOdd(slot, kind, column, from, at)) return refused;
  return next;
}

/** What `typed` found in [from, to). */
function putTyped(kind: u8, column: usize, from: i32, to: i32): void {
  if (kind != kindWide) putNumber(column, value);
  else if (value == 0) putTextAt(column, from, to - from);
  else putTextAt(column, textAt, filledUp(from, to, load<u8>(column + 2)));
}

/** False when the column does not hold it. */
function putOdd(slot: i32, kind: u8, column: usize, from: i32, to: i32): bool {
  const answer = odd(slot, from, to);
  if (answer == 0) return false;
  if (kind == kindWide) putTextAt(column, textAt, answer - 1);
  else put(slot);
  return true;
}

/** With the digits that its fraction lacks. */
function filledUp(from: i32, to: i32, scale: u8): i32 {
  let out = textAt;
  for (let at = from; at < to; at += 1) {
    store<u8>(out, load<u8>(at));
    out += 1;
  }
  if (value == <u64>scale) {
    store<u8>(out, 0x2e);
    out += 1;
  }
  for (let lacking = value; lacking > 0; lacking -= 1) {
    store<u8>(out, 0x30);
    out += 1;
  }
  return <i32>(out - textAt);
}

function unescaped(from: i32, to: i32): i32 {
  let out = textAt;
  for (let at = from; at < to; at += 1) {
    const byte = load<u8>(at);
    if (byte == quote) at += 1;
    store<u8>(out, byte);
    out += 1;
  }
  return <i32>(out - textAt);
}

function endOfText(from: i32): i32 {
  let at = from;
  const highest = delimiter > cr ? delimiter : cr;
  let byte = load<u8>(at);
  while (byte > highest || !isEnd(byte)) {
    at += 1;
    byte = load<u8>(at);
  }
  return at;
}
