/** Folders by their bytes as they stand: the row each is counted in, and whether its keys may become the row's sample. */
import { areEqual, firstDifference, formDecoded, hashOf, isUtf8, maySay } from './key-bytes.as';
import { setHead } from './row-counts.as';

/** Hash, from, length, row, whether keys are looked at, length when decoded. */
const entryBytes: usize = 24;
const emptyBucket: i32 = -1;

let bucketsAt: usize = 0;
let bucketMask: u32 = 0;
let entriesAt: usize = 0;
let entryLimit: i32 = 0;
let textsAt: usize = 0;
let textsEnd: usize = 0;
let textLimit: usize = 0;
/** By row: where its sample lies, how long it is, and the folder it came from. */
const sampleBytes: usize = 12;
let samplesAt: usize = 0;
let sampleTextAt: usize = 0;
let sampleTextEnd: usize = 0;
let sampleTextLimit: usize = 0;
let scratchAt: usize = 0;

export let entries: i32 = 0;
let rows: i32 = 0;
let rowLimit: i32 = 0;
let last: usize = 0;
export let isEncoded: bool = true;

/** The longest text that is put anywhere. */
let reserve: usize = 0;

/** The row of a folder in plain UTF-8: 2 × its number, and 1 more when its keys are to be looked at; −1 outside the scan. */
// @ts-ignore: decorator
@external("env", "enter")
declare function enter(at: usize, length: i32): i32;

/** A key that may be the row's sample: afterwards its sample lies in the scratch, and this is its length; 0 without. */
// @ts-ignore: decorator
@external("env", "sample")
declare function sample(row: i32, at: usize, length: i32): i32;

export function setFolders(
  buckets: usize,
  bucketCount: i32,
  table: usize,
  limit: i32,
  texts: usize,
  textBytes: i32,
  rowTable: usize,
  mostRows: i32,
  sampleText: usize,
  sampleTextBytes: i32,
  scratch: usize,
  longest: i32,
): void {
  bucketsAt = buckets;
  bucketMask = <u32>bucketCount - 1;
  entriesAt = table;
  entryLimit = limit;
  textsAt = texts;
  textLimit = texts + <usize>textBytes;
  samplesAt = rowTable;
  rowLimit = mostRows;
  sampleTextAt = sampleText;
  sampleTextLimit = sampleText + <usize>sampleTextBytes;
  scratchAt = scratch;
  reserve = <usize>longest;
  forgetFolders();
}

export function forgetFolders(): void {
  memory.fill(bucketsAt, 0xff, (<usize>bucketMask + 1) << 2);
  entries = 0;
  rows = 0;
  isOver = 0;
  last = 0;
  textsEnd = textsAt;
  sampleTextEnd = sampleTextAt;
}

export function setEncoded(encoded: bool): void {
  isEncoded = encoded;
}

/** Set from the other side: more rows are held than may be. */
export let isOver: i32 = 0;

export function isCrowded(): bool {
  return (
    isOver != 0 ||
    entries + 1 >= entryLimit ||
    rows + 1 >= rowLimit ||
    textsEnd + reserve >= textLimit ||
    sampleTextEnd + reserve >= sampleTextLimit
  );
}

/** Rows are numbered from 0 in the order they are met. */
export function addRow(): i32 {
  setHead(rows);
  memory.fill(samplesAt + <usize>rows * sampleBytes, 0, sampleBytes);
  rows += 1;
  return rows - 1;
}

/** Of the folder in [at, at + length); 0 with `fault` set when it is none. */
export let fault: i32 = 0;

export function folderAt(at: usize, length: i32): usize {
  if (last != 0 && load<i32>(last + 8) == length && areEqual(<usize>load<u32>(last + 4), at, length)) return last;
  const hash = hashOf(at, length);
  let bucket = hash & bucketMask;
  for (;;) {
    const number = load<i32>(bucketsAt + (<usize>bucket << 2));
    if (number == emptyBucket) break;
    const entry = entriesAt + <usize>number * entryBytes;
    if (
      load<u32>(entry) == hash &&
      load<i32>(entry + 8) == length &&
      areEqual(<usize>load<u32>(entry + 4), at, length)
    ) {
      last = entry;
      return entry;
    }
    bucket = (bucket + 1) & bucketMask;
  }
  return added(at, length, hash, bucket);
}

function added(at: usize, length: i32, hash: u32, bucket: u32): usize {
  let plainAt = at;
  let plainLength = length;
  if (isEncoded) {
    plainLength = formDecoded(at, at + <usize>length, scratchAt);
    plainAt = scratchAt;
    if (plainLength < 0) {
      fault = 1;
      return 0;
    }
  }
  if (!isUtf8(plainAt, plainAt + <usize>plainLength)) {
    fault = 2;
    return 0;
  }
  const answer = enter(plainAt, plainLength);
  const entry = entriesAt + <usize>entries * entryBytes;
  store<u32>(entry, hash);
  store<u32>(entry + 4, <u32>textsEnd);
  store<i32>(entry + 8, length);
  store<i32>(entry + 12, answer < 0 ? -1 : answer >> 1);
  store<i32>(entry + 16, answer < 0 ? 0 : answer & 1);
  store<i32>(entry + 20, plainLength);
  memory.copy(textsEnd, at, <usize>length);
  textsEnd += <usize>length;
  store<i32>(bucketsAt + (<usize>bucket << 2), entries);
  entries += 1;
  last = entry;
  return entry;
}

// @ts-ignore: decorator
@inline
export function rowOf(folder: usize): i32 {
  return load<i32>(folder + 12);
}

// @ts-ignore: decorator
@inline
export function isLookedAt(folder: usize): bool {
  return load<i32>(folder + 16) != 0;
}

/** The key [from, to), whose name begins at `name`, in the folder: it may be the smallest that says something. */
export function lookAt(folder: usize, from: usize, name: usize, to: usize, isPlain: bool): void {
  const known = samplesAt + <usize>rowOf(folder) * sampleBytes;
  if (isPlain && <usize>load<u32>(known + 8) == folder && !isSmallerName(known, load<i32>(folder + 20), name, to))
    return;
  let at = from;
  let length = <i32>(to - from);
  let folderLength = <i32>(name - from);
  if (isEncoded) {
    at = scratchAt;
    folderLength = formDecoded(from, name, scratchAt);
    length = folderLength + formDecoded(name, to, scratchAt + <usize>folderLength);
  }
  if (!maySay(at + <usize>folderLength, at + <usize>length)) return;
  const knownLength = load<i32>(known + 4);
  if (knownLength > 0) {
    const knownAt = <usize>load<u32>(known);
    const same = firstDifference(at, length, knownAt, knownLength);
    if (!isBelow(at, length, knownAt, knownLength, same)) {
      // All keys of the folder are beyond it.
      if (same < folderLength) store<i32>(folder + 16, 0);
      return;
    }
  }
  const found = sample(rowOf(folder), at, length);
  if (found == 0) return;
  memory.copy(sampleTextEnd, scratchAt, <usize>found);
  store<u32>(known, <u32>sampleTextEnd);
  store<i32>(known + 4, found);
  // Only when it is this key, its folder is this one.
  store<u32>(known + 8, found == length && areEqual(sampleTextEnd, at, length) ? <u32>folder : 0);
  sampleTextEnd += <usize>found;
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
