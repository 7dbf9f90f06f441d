/**
 * One pass from the bytes of an inventory to its tallies: records of a CSV text are found, checked and counted where they
 * lie, rows of a columnar file likewise. Compiled to WebAssembly.
 */
import { badEscape, badUtf8, folder, keyed, setScratch, tallied } from './counted-keys.as';
import {
  beginFile,
  beginRecord,
  fromOf,
  innerLines,
  isKeyEscaped,
  lengthOf,
  plain,
  quoted,
  size,
  truth,
} from './csv-fields.as';
import { isCrowded, rowOf } from './folder-table.as';
import { formDecoded, isUtf8 } from './key-bytes.as';
import { forgetPairs, heldOf, heldOfPair, isNearlyFull, most } from './row-counts.as';

export { addRow, flushSoon, newcomers, rowCount, signRows } from './folder-rows.as';
export { forgetFolders, keepRows, offerParent, setEncoded, setFolders } from './folder-table.as';
export { forgetHours, hours, offerTable, setHours } from './hour-folders.as';
export { forgetSlots, setTables, weighRows } from './row-counts.as';
export { gather } from './row-moves.as';

const comma: u8 = 0x2c;
const lf: u8 = 0x0a;
const quote: u8 = 0x22;

/** As tally-kernel.ts names them. */
const unfinished: i32 = -1;
const noKey: i32 = -4;
const badLatest: i32 = -5;
const badMarker: i32 = -6;
const badSize: i32 = -7;
const tooManyHeld: i32 = -8;
const tooMany: i32 = -12;
const tooFew: i32 = -13;
const tooLong: i32 = -14;

/** In the order of columnRoles. */
const keyRole: i32 = 0;
const classRole: i32 = 2;
const tierRole: i32 = 3;
const latestRole: i32 = 4;
const markerRole: i32 = 5;

let rolesAt: usize = 0;
let columns: i32 = 0;
let longest: i32 = 0;
let currentOnly: bool = false;
let scratchAt: usize = 0;

export let rows: f64 = 0;
export let leftOut: f64 = 0;
export let lines: f64 = 0;
export let why: i32 = 0;

/** What was counted is taken over as far as that makes room; rows may stay, in up to half of each table. */
// @ts-ignore: decorator
@external("env", "flush")
declare function flush(): void;

export function setup(roleTable: usize, longestRecord: i32, isCurrentOnly: bool, scratch: usize): void {
  rolesAt = roleTable;
  longest = longestRecord;
  currentOnly = isCurrentOnly;
  scratchAt = scratch;
  setScratch(scratch);
}

/** A file begins, whose records have so many fields. */
export function begin(columnCount: i32): void {
  columns = columnCount;
  lines = 0;
  why = 0;
  beginFile();
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
  beginRecord();
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

/**
 * In the byte of each row: 1 left out, 2 noncurrent, 4 a delete marker; classes and tiers as codes, 0 where none are. Where
 * the first row is that is refused, or `count`.
 */
export function runBatch(
  count: i32,
  keys: usize,
  before: usize,
  offsets: usize,
  sizes: usize,
  classes: usize,
  tiers: usize,
  signs: usize,
): i32 {
  why = 0;
  forgetPairs();
  for (let i = 0; i < count; i += 1) {
    if (isNearlyFull() || isCrowded()) flush();
    const place = <usize>i << 2;
    const from = keys + before + <usize>load<u32>(offsets + place);
    const to = keys + <usize>load<u32>(offsets + place + 4);
    const sign = <i32>load<u8>(signs + <usize>i);
    const bytes = load<f64>(sizes + (<usize>i << 3));
    const isPassed = (sign & 1) != 0;
    if (to <= from) why = noKey;
    else if (to - from > <usize>longest) why = tooLong;
    else if (!isSize(bytes)) why = badSize;
    else if (isPassed) why = isUtf8(from, to) ? 0 : badUtf8;
    else why = keyed(from, to);
    if (why < 0) return i;
    rows += 1;
    if (isPassed || rowOf(folder) < 0) {
      leftOut += 1;
      continue;
    }
    const isMarker = (sign & 4) != 0;
    const classCode = isMarker || classes == 0 ? -1 : load<i32>(classes + place);
    const held = heldOfPair(classCode, isMarker || tiers == 0 ? -1 : load<i32>(tiers + place));
    if (held < 0) {
      why = tooManyHeld;
      return i;
    }
    tallied(from, to, held, bytes == bytes ? bytes : -1, (sign & 2) != 0, isMarker);
  }
  return count;
}

/** A whole number, or nothing said. */
// @ts-ignore: decorator
@inline
function isSize(bytes: f64): bool {
  return bytes != bytes || (bytes >= 0 && bytes <= most && floor(bytes) == bytes);
}
