/**
 * One pass from the bytes of an inventory to its tallies: records of a CSV text are found, checked and counted where they
 * lie, rows of a columnar file likewise. Compiled to WebAssembly.
 */
import {
  addRow,
  fault,
  folderAt,
  forgetFolders,
  isCrowded,
  isEncoded,
  isLookedAt,
  isOver,
  lookAt,
  rowOf,
  setEncoded,
  setFolders,
} from './folder-table.as';
import { encodedSlashEnd, formDecoded, hasHigh, hasPercent, isUtf8, nameStart } from './key-bytes.as';
import { countMarker, countRow, forgetSlots, heldOf, isNearlyFull, setTables, slots } from './row-counts.as';

export { addRow, forgetFolders, forgetSlots, isOver, setEncoded, setFolders, setTables, slots };

const comma: u8 = 0x2c;
const lf: u8 = 0x0a;
const cr: u8 = 0x0d;
const quote: u8 = 0x22;

/** As tally-kernel.ts names them. */
const unfinished: i32 = -1;
const badEscape: i32 = -2;
const badUtf8: i32 = -3;
const noKey: i32 = -4;
const badLatest: i32 = -5;
const badMarker: i32 = -6;
const badSize: i32 = -7;
const tooManyHeld: i32 = -8;
const afterQuote: i32 = -9;
const bareQuote: i32 = -10;
const bareReturn: i32 = -11;
const tooMany: i32 = -12;
const tooFew: i32 = -13;
const tooLong: i32 = -14;

/** In the order of columnRoles. */
const keyRole: i32 = 0;
const sizeRole: i32 = 1;
const classRole: i32 = 2;
const tierRole: i32 = 3;
const latestRole: i32 = 4;
const markerRole: i32 = 5;
const roleCount: i32 = 6;

/** Where the value of each role begins and ends in the record at hand; a role without a column is empty. */
const fromAt: usize = memory.data(24, 8);
const toAt: usize = memory.data(24, 8);

let rolesAt: usize = 0;
let columns: i32 = 0;
let longest: i32 = 0;
let currentOnly: bool = false;
let scratchAt: usize = 0;
let isKeyEscaped: bool = false;
let innerLines: i32 = 0;

export let rows: f64 = 0;
export let leftOut: f64 = 0;
export let lines: f64 = 0;
export let why: i32 = 0;

/** Everything counted so far is taken over, and the tables are empty. */
// @ts-ignore: decorator
@external("env", "flush")
declare function flush(): void;

export function setup(roleTable: usize, longestRecord: i32, isCurrentOnly: bool, scratch: usize): void {
  rolesAt = roleTable;
  longest = longestRecord;
  currentOnly = isCurrentOnly;
  scratchAt = scratch;
}

/** A file begins, whose records have so many fields. */
export function begin(columnCount: i32): void {
  columns = columnCount;
  lines = 0;
  why = 0;
  memory.fill(fromAt, 0, 24);
  memory.fill(toAt, 0, 24);
}

export function forgetRows(): void {
  rows = 0;
  leftOut = 0;
}

/** Takes whole records in [from, end); where the first one begins that is left, with `why` it is. */
export function run(from: usize, end: usize): usize {
  let at = from;
  while (at < end) {
    if (isNearlyFull() || isCrowded()) flush();
    const next = record(at, end);
    if (next <= 0) {
      why = next == unfinished && <i32>(end - at) > longest ? tooLong : next;
      return at;
    }
    at = <usize>next;
  }
  why = 0;
  return at;
}

function record(start: usize, end: usize): i32 {
  innerLines = 0;
  let at = start;
  for (let field = 0; ; ) {
    if (field == columns) return tooMany;
    const role = load<i32>(rolesAt + (<usize>field << 2));
    const next = load<u8>(at) == quote ? quoted(at + 1, end, role) : plain(at, end, role);
    if (next <= 0) return next;
    at = <usize>next;
    field += 1;
    const byte = load<u8>(at);
    if (byte == comma) {
      at += 1;
      if (at >= end) return unfinished;
      continue;
    }
    at += byte == lf ? 1 : 2;
    return field < columns ? tooFew : taken(start, at);
  }
}

function taken(start: usize, end: usize): i32 {
  if (<i32>(end - start) > longest) return tooLong;
  const fault = counted();
  if (fault < 0) return fault;
  rows += 1;
  lines += <f64>(1 + innerLines);
  return <i32>end;
}

// @ts-ignore: decorator
@inline
function note(role: i32, from: usize, to: usize): void {
  if (role < 0) return;
  store<u32>(fromAt + (<usize>role << 2), <u32>from);
  store<u32>(toAt + (<usize>role << 2), <u32>to);
}

/** Behind the closing quote. */
function quoted(from: usize, end: usize, role: i32): i32 {
  const quotes = i8x16.splat(quote);
  const lineEnds = i8x16.splat(lf);
  let at = from;
  let isEscaped = false;
  let newLines = 0;
  for (;;) {
    const bytes = v128.load(at);
    const found = i8x16.bitmask(i8x16.eq(bytes, quotes));
    const ends = i8x16.bitmask(i8x16.eq(bytes, lineEnds));
    if (found == 0) {
      if (ends != 0) newLines += popcnt(ends);
      at += 16;
      if (at >= end) return unfinished;
      continue;
    }
    const first = ctz(found);
    if (ends != 0) newLines += popcnt(ends & ((1 << first) - 1));
    at += <usize>first;
    if (at + 1 >= end) return unfinished;
    const next = load<u8>(at + 1);
    if (next == quote) {
      isEscaped = true;
      at += 2;
      continue;
    }
    if (next == cr) {
      if (at + 2 >= end) return unfinished;
      if (load<u8>(at + 2) != lf) return afterQuote;
    } else if (next != comma && next != lf) return afterQuote;
    innerLines += newLines;
    note(role, from, at);
    if (role == keyRole) isKeyEscaped = isEscaped;
    return <i32>at + 1;
  }
}

/** At its comma or line end. */
function plain(from: usize, end: usize, role: i32): i32 {
  let at = from;
  for (; at < end; at += 1) {
    const byte = load<u8>(at);
    if (byte == comma || byte == lf) break;
    if (byte == quote) return bareQuote;
    if (byte != cr) continue;
    if (at + 1 >= end) return unfinished;
    if (load<u8>(at + 1) != lf) return bareReturn;
    break;
  }
  if (at >= end) return unfinished;
  note(role, from, at);
  if (role == keyRole) isKeyEscaped = false;
  return <i32>at;
}

// @ts-ignore: decorator
@inline
function fromOf(role: i32): usize {
  return <usize>load<u32>(fromAt + (<usize>role << 2));
}

// @ts-ignore: decorator
@inline
function lengthOf(role: i32): i32 {
  return <i32>(load<u32>(toAt + (<usize>role << 2)) - load<u32>(fromAt + (<usize>role << 2)));
}

/** 0 false, 1 true, 2 nothing said, less than nothing when it is none. */
function truth(role: i32): i32 {
  const length = lengthOf(role);
  if (length == 0) return 2;
  const at = fromOf(role);
  const four = load<u32>(at);
  if (length == 4 && four == 0x65757274) return 1;
  if (length == 5 && four == 0x736c6166 && load<u8>(at + 4) == 0x65) return 0;
  return -1;
}

/** −1 nothing said, −2 no whole number that is exact. */
function size(): f64 {
  const length = lengthOf(sizeRole);
  if (length == 0) return -1;
  if (length > 16) return -2;
  const at = fromOf(sizeRole);
  let value: u64 = 0;
  for (let i = 0; i < length; i += 1) {
    const digit = <u32>load<u8>(at + <usize>i) - 0x30;
    if (digit > 9) return -2;
    value = value * 10 + <u64>digit;
  }
  return value > 9007199254740991 ? -2 : <f64>value;
}

/** The record at hand. */
function counted(): i32 {
  let from = fromOf(keyRole);
  let to = from + <usize>lengthOf(keyRole);
  if (to == from) return noKey;
  if (isKeyEscaped) {
    const plainAt = scratchAt + <usize>longest + 64;
    to = unescaped(from, to, plainAt);
    from = plainAt;
  }
  const latest = truth(latestRole);
  if (latest < 0) return badLatest;
  const marker = truth(markerRole);
  if (marker < 0) return badMarker;
  const bytes = size();
  if (bytes < -1) return badSize;
  if (currentOnly && (latest == 0 || marker == 1)) return passed(from, to);
  const fault = keyed(from, to);
  if (fault < 0) return fault;
  if (rowOf(folder) < 0) {
    leftOut += 1;
    return 0;
  }
  const isMarker = marker == 1;
  const held = isMarker
    ? heldOf(0, 0, 0, 0)
    : heldOf(fromOf(classRole), lengthOf(classRole), fromOf(tierRole), lengthOf(tierRole));
  if (held < 0) return held == -1 ? tooManyHeld : badUtf8;
  tallied(from, to, held, bytes, latest == 0, isMarker);
  return 0;
}

/** Its key must be one all the same; its folder need not have a row. */
function passed(from: usize, to: usize): i32 {
  leftOut += 1;
  const length = formDecoded(from, to, scratchAt);
  if (length < 0) return badEscape;
  return isUtf8(scratchAt, scratchAt + <usize>length) ? 0 : badUtf8;
}

function unescaped(from: usize, to: usize, into: usize): usize {
  let out = into;
  for (let at = from; at < to; at += 1) {
    const byte = load<u8>(at);
    if (byte == quote) at += 1;
    store<u8>(out, byte);
    out += 1;
  }
  return out;
}

let folder: usize = 0;
let name: usize = 0;

/** Finds the folder and the name of a key. */
function keyed(from: usize, to: usize): i32 {
  name = nameStart(from, to);
  if (name == 0) name = from;
  if (isEncoded && hasPercent) {
    const behind = encodedSlashEnd(name, to);
    if (behind != 0) name = behind;
    const length = formDecoded(name, to, scratchAt);
    if (length < 0) return badEscape;
    if (!isUtf8(scratchAt, scratchAt + <usize>length)) return badUtf8;
  } else if (hasHigh && !isUtf8(name, to)) return badUtf8;
  folder = folderAt(from, <i32>(name - from));
  return folder == 0 ? (fault == 1 ? badEscape : badUtf8) : 0;
}

function tallied(from: usize, to: usize, held: i32, bytes: f64, isNoncurrent: bool, isMarker: bool): void {
  if (isLookedAt(folder)) lookAt(folder, from, name, to);
  if (isMarker) countMarker(rowOf(folder), held);
  else countRow(rowOf(folder), held, bytes, isNoncurrent);
}

/** In the byte of each row: 1 left out, 2 noncurrent, 4 a delete marker. Where the first row is that is refused, or `count`. */
export function runBatch(count: i32, keys: usize, offsets: usize, sizes: usize, held: usize, signs: usize): i32 {
  why = 0;
  for (let i = 0; i < count; i += 1) {
    if (isNearlyFull() || isCrowded()) flush();
    const place = <usize>i << 2;
    const from = keys + <usize>load<u32>(offsets + place);
    const to = keys + <usize>load<u32>(offsets + place + 4);
    const sign = <i32>load<u8>(signs + <usize>i);
    const isPassed = (sign & 1) != 0;
    if (to <= from) why = noKey;
    else if (to - from > <usize>longest) why = tooLong;
    else if (isPassed) why = isUtf8(from, to) ? 0 : badUtf8;
    else why = keyed(from, to);
    if (why < 0) return i;
    rows += 1;
    if (isPassed || rowOf(folder) < 0) {
      leftOut += 1;
      continue;
    }
    const bytes = load<f64>(sizes + (<usize>i << 3));
    tallied(from, to, load<i32>(held + place), bytes == bytes ? bytes : -1, (sign & 2) != 0, (sign & 4) != 0);
  }
  return count;
}
