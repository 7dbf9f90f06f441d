/** The rows that folders are counted in: the sample each has, and which of them the other side was not told of. */
import { areEqual, firstDifference, formDecoded } from './key-bytes.as';
import { mayBeWritten, saysFormat } from './name-signs.as';
import { setHead, slotBytes, slotsAt } from './row-counts.as';
import { keepSlots } from './row-moves.as';

/**
 * Where its sample lies, how long it is, and the folder it came from; of a newcomer also its folder, else 0, and the number
 * of the row above it. As kernel-rows.ts reads them.
 */
const rowBytes: usize = 20;

let rowsAt: usize = 0;
let rowLimit: i32 = 0;
let textAt: usize = 0;
let textEnd: usize = 0;
let textLimit: usize = 0;
let scratchAt: usize = 0;
/** The longest sample. */
let reserve: usize = 0;

let rows: i32 = 0;

/** Rows that the other side was not told of. */
export let newcomers: i32 = 0;

/** Set from the other side: more rows are held than may be. */
let isOver: bool = false;

/** Whether the name of a key says a format or a writer: 1 or 0. */
// @ts-ignore: decorator
@external("env", "says")
declare function says(at: usize, length: i32): i32;

/** A key that may be the row's sample: afterwards its sample lies in the scratch, and this is its length; 0 without. */
// @ts-ignore: decorator
@external("env", "sample")
declare function sample(row: i32, at: usize, length: i32): i32;

export function setRows(
  table: usize,
  mostRows: i32,
  texts: usize,
  textBytes: i32,
  scratch: usize,
  longest: i32,
): void {
  rowsAt = table;
  rowLimit = mostRows;
  textAt = texts;
  textLimit = texts + <usize>textBytes;
  scratchAt = scratch;
  reserve = <usize>longest;
  forgetTableRows();
}

export function forgetTableRows(): void {
  rows = 0;
  newcomers = 0;
  isOver = false;
  textEnd = textAt;
}

/** Rows that were not told of, in a list of numbers in ascending order: their samples take so many bytes. */
export function sampleBytesIn(list: usize, count: i32): usize {
  let bytes: usize = 0;
  for (let i = 0; i < count; i += 1)
    bytes += <usize>load<i32>(rowsAt + <usize>load<i32>(list + (<usize>i << 2)) * rowBytes + 4);
  return bytes;
}

/** They would take more than half of what there is. */
export function areManyRows(count: i32, sampleBytes: usize): bool {
  return 2 * count > rowLimit || sampleBytes > (textLimit - reserve - textAt) >> 1;
}

/** Only those stay, with their slots; their numbers are their places in the list from now on. */
export function keepTableRows(list: usize, count: i32, keptSlots: i32): void {
  keepSlots(list, count, rows);
  // Behind the slots there is room while samples move.
  const room = slotsAt + <usize>keptSlots * slotBytes;
  let end = room;
  for (let i = 0; i < count; i += 1) {
    const to = rowsAt + <usize>i * rowBytes;
    memory.copy(to, rowsAt + <usize>load<i32>(list + (<usize>i << 2)) * rowBytes, rowBytes);
    const length = load<i32>(to + 4);
    memory.copy(end, <usize>load<u32>(to), <usize>length);
    store<u32>(to, <u32>(textAt + (end - room)));
    end += <usize>length;
  }
  const bytes = end - room;
  memory.copy(textAt, room, bytes);
  textEnd = textAt + bytes;
  rows = count;
  newcomers = count;
  isOver = false;
}

export function folderOf(row: i32): usize {
  return <usize>load<u32>(rowsAt + <usize>row * rowBytes + 12);
}

/** Its folder lies elsewhere from now on, from which also its sample came. */
export function moveFolder(row: i32, folder: usize): void {
  const at = rowsAt + <usize>row * rowBytes;
  store<u32>(at + 12, <u32>folder);
  if (load<u32>(at + 8) != 0) store<u32>(at + 8, <u32>folder);
}

export function areRowsFull(): bool {
  return isOver || rows + 1 >= rowLimit || textEnd + reserve >= textLimit;
}

export function rowCount(): i32 {
  return rows;
}

/** Rows are numbered from 0 in the order they are met. */
export function addRow(): i32 {
  setHead(rows);
  memory.fill(rowsAt + <usize>rows * rowBytes, 0, rowBytes);
  rows += 1;
  return rows - 1;
}

/** The row of a folder of which the other side is told when all is taken over. */
export function addNewcomer(folder: usize, parent: i32): i32 {
  const row = addRow();
  const at = rowsAt + <usize>row * rowBytes;
  store<u32>(at + 12, <u32>folder);
  store<i32>(at + 16, parent);
  newcomers += 1;
  return row;
}

/** Of the folder of each newcomer in a list of numbers, as folded-prefixes.ts has it; less than nothing where it is not of ASCII alone. */
export function signRows(list: usize, count: i32, into: usize): void {
  for (let i = 0; i < count; i += 1)
    store<f64>(into + (<usize>i << 3), nameSign(load<i32>(list + (<usize>i << 2))));
}

function nameSign(row: i32): f64 {
  const folder = <usize>load<u32>(rowsAt + <usize>row * rowBytes + 12);
  const at = <usize>load<u32>(folder + 4);
  const end = at + <usize>load<u32>(folder + 8);
  let value: u32 = 0x811c9dc5;
  for (let i = at; i < end; i += 1) {
    const byte = load<u8>(i);
    if (byte >= 0x80) return -1;
    value = (value ^ <u32>byte) * 0x01000193;
  }
  return <f64>value;
}

export function flushSoon(): void {
  isOver = true;
}

/**
 * The key [from, to), whose name begins at `name`: it may be the smallest of the row that says something. `folder` is its
 * folder, of so many bytes when decoded. False when no key of the folder can be.
 */
export function isToBeLookedAt(
  row: i32,
  folder: usize,
  folderBytes: i32,
  from: usize,
  name: usize,
  to: usize,
  isPlain: bool,
  isEncoded: bool,
): bool {
  const known = rowsAt + <usize>row * rowBytes;
  if (isPlain && <usize>load<u32>(known + 8) == folder && !isSmallerName(known, folderBytes, name, to)) return true;
  let at = from;
  let length = <i32>(to - from);
  let folderLength = <i32>(name - from);
  if (isEncoded) {
    at = scratchAt;
    folderLength = formDecoded(from, name, scratchAt);
    length = folderLength + formDecoded(name, to, scratchAt + <usize>folderLength);
  }
  const nameAt = at + <usize>folderLength;
  const isFormat = saysFormat(nameAt, at + <usize>length);
  if (!isFormat && !mayBeWritten(nameAt, at + <usize>length)) return true;
  const knownLength = load<i32>(known + 4);
  if (knownLength > 0) {
    const knownAt = <usize>load<u32>(known);
    const same = firstDifference(at, length, knownAt, knownLength);
    // All keys of the folder are beyond it where its name already is.
    if (!isBelow(at, length, knownAt, knownLength, same)) return same >= folderLength;
  }
  const isNewcomer = load<u32>(known + 12) != 0;
  if (!isNewcomer) ask(known, row, folder, at, length);
  else if (isFormat || says(at, length) != 0) {
    memory.copy(textEnd, at, <usize>length);
    keep(known, folder, length);
  }
  return true;
}

/** No key of the folder, in plain UTF-8, is smaller than the sample of the row. */
export function isBeyondSample(row: i32, folder: usize, length: i32): bool {
  const known = rowsAt + <usize>row * rowBytes;
  const at = <usize>load<u32>(known);
  const knownLength = load<i32>(known + 4);
  const same = firstDifference(folder, length, at, knownLength);
  return knownLength > 0 && same < length && isBelow(at, knownLength, folder, length, same);
}

/** Which sample the row has with this key, which may lie in the scratch: only where it is the key its folder is this one. */
function ask(known: usize, row: i32, folder: usize, key: usize, length: i32): void {
  memory.copy(textEnd, key, <usize>length);
  const found = sample(row, key, length);
  const isKey = found == length && areEqual(textEnd, scratchAt, length);
  memory.copy(textEnd, scratchAt, <usize>found);
  if (found != 0) keep(known, isKey ? folder : 0, found);
}

/** The sample at the end of the texts. */
function keep(known: usize, folder: usize, length: i32): void {
  store<u32>(known, <u32>textEnd);
  store<i32>(known + 4, length);
  store<u32>(known + 8, <u32>folder);
  textEnd += <usize>length;
}

// @ts-ignore: decorator
@inline
function isBelow(a: usize, aLength: i32, b: usize, bLength: i32, same: i32): bool {
  return same < bLength && (same == aLength || load<u8>(a + <usize>same) < load<u8>(b + <usize>same));
}

/** Than that of the sample, which lies in the same folder. */
function isSmallerName(known: usize, folderLength: i32, name: usize, to: usize): bool {
  const at = <usize>load<u32>(known) + <usize>folderLength;
  const length = load<i32>(known + 4) - folderLength;
  const own = <i32>(to - name);
  return isBelow(name, own, at, length, firstDifference(name, own, at, length));
}
