/** Folders by their bytes as they stand: the row each is counted in, and whether its keys may become the row's sample. */
import {
  addNewcomer,
  areManyRows,
  areRowsFull,
  folderOf,
  forgetTableRows,
  isBeyondSample,
  isToBeLookedAt,
  keepTableRows,
  moveFolder,
  sampleBytesIn,
  setRows,
} from './folder-rows.as';
import { forgetTable, keepOffered, rowOfHour } from './hour-folders.as';
import { areEqual, formDecoded, hashOf, isUtf8 } from './key-bytes.as';
import { slotBytes, slotLimit } from './row-counts.as';
import { slotsIn } from './row-moves.as';

/** Hash, from, length, row, whether keys are looked at, length when decoded. */
const entryBytes: usize = 24;
const emptyBucket: i32 = -1;
const slash: u8 = 0x2f;
const equals: u8 = 0x3d;

let bucketsAt: usize = 0;
let bucketMask: u32 = 0;
let entriesAt: usize = 0;
let entryLimit: i32 = 0;
let textsAt: usize = 0;
let textsEnd: usize = 0;
let textLimit: usize = 0;
let scratchAt: usize = 0;

export let entries: i32 = 0;
let last: usize = 0;
export let isEncoded: bool = true;

/** The longest text that is put anywhere. */
let reserve: usize = 0;

/** A row whose folders get rows of their own, with no table and no day in its prefix; length −1 while none is known. */
let parentAt: usize = 0;
let parentLength: i32 = -1;
let parentNumber: i32 = 0;
let offeredLength: i32 = -1;
let offeredNumber: i32 = 0;

/** The row of a folder in plain UTF-8: 2 × its number, and 1 more when its keys are to be looked at; −1 outside the scan. */
// @ts-ignore: decorator
@external("env", "enter")
declare function enter(at: usize, length: i32): i32;

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
  scratchAt = scratch;
  reserve = <usize>longest;
  setRows(rowTable, mostRows, sampleText, sampleTextBytes, scratch, longest);
  forgetFolders();
}

export function forgetFolders(): void {
  forgetEntries();
  forgetTableRows();
}

function forgetEntries(): void {
  memory.fill(bucketsAt, 0xff, (<usize>bucketMask + 1) << 2);
  entries = 0;
  parentLength = -1;
  last = 0;
  textsEnd = textsAt;
  forgetTable();
}

/**
 * Of all rows only those in a list stay, in ascending order, none of which the other side was told of; their numbers are their
 * places in it from now on, all else is forgotten. False, and nothing is done, where they take more than half of a table.
 */
export function keepRows(list: usize, count: i32): bool {
  const keptSlots = slotsIn(list, count);
  const samples = sampleBytesIn(list, count);
  if (2 * keptSlots > slotLimit || areManyRows(count, samples) || areManyFolders(list, count)) return false;
  // The samples move by way of slots that are free.
  if (samples > <usize>(slotLimit - keptSlots) * slotBytes) return false;
  keepTableRows(list, count, keptSlots);
  keepFolders(count);
  return true;
}

function areManyFolders(list: usize, count: i32): bool {
  let bytes: usize = 0;
  for (let i = 0; i < count; i += 1) bytes += <usize>load<i32>(folderOf(load<i32>(list + (<usize>i << 2))) + 8);
  return 2 * count > entryLimit || bytes > (textLimit - reserve - textsAt) >> 1;
}

function keepFolders(count: i32): void {
  forgetEntries();
  // In the order of their rows they came in, and none moves to where another still lies.
  for (; entries < count; entries += 1) {
    const entry = entriesAt + <usize>entries * entryBytes;
    memory.copy(entry, folderOf(entries), entryBytes);
    const length = <usize>load<i32>(entry + 8);
    memory.copy(textsEnd, <usize>load<u32>(entry + 4), length);
    store<u32>(entry + 4, <u32>textsEnd);
    store<i32>(entry + 12, entries);
    textsEnd += length;
    moveFolder(entries, entry);
    let bucket = load<u32>(entry) & bucketMask;
    while (load<i32>(bucketsAt + (<usize>bucket << 2)) != emptyBucket) bucket = (bucket + 1) & bucketMask;
    store<i32>(bucketsAt + (<usize>bucket << 2), entries);
  }
}

export function setEncoded(encoded: bool): void {
  isEncoded = encoded;
}

export function isCrowded(): bool {
  return entries + 1 >= entryLimit || textsEnd + reserve >= textLimit || areRowsFull();
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
  const entry = entriesAt + <usize>entries * entryBytes;
  const isAsItStands = plainLength == length && (plainAt == at || areEqual(plainAt, at, length));
  if (isAsItStands && isBelowParent(at, length)) {
    store<i32>(entry + 12, addNewcomer(entry, parentNumber));
    store<i32>(entry + 16, 1);
  } else {
    const row = rowOfHour(plainAt, plainLength);
    if (row >= 0) {
      store<i32>(entry + 12, row);
      store<i32>(entry + 16, isBeyondSample(row, plainAt, plainLength) ? 0 : 1);
    } else entered(entry, plainAt, plainLength, isAsItStands);
  }
  store<u32>(entry, hash);
  store<u32>(entry + 4, <u32>textsEnd);
  store<i32>(entry + 8, length);
  store<i32>(entry + 20, plainLength);
  memory.copy(textsEnd, at, <usize>length);
  textsEnd += <usize>length;
  store<i32>(bucketsAt + (<usize>bucket << 2), entries);
  entries += 1;
  last = entry;
  return entry;
}

/** The other side says which row it has. */
function entered(entry: usize, at: usize, length: i32, isAsItStands: bool): void {
  offeredLength = -1;
  const answer = enter(at, length);
  store<i32>(entry + 12, answer < 0 ? -1 : answer >> 1);
  store<i32>(entry + 16, answer < 0 ? 0 : answer & 1);
  keepOffered(at, length);
  if (!isAsItStands || offeredLength < 0) return;
  parentAt = textsEnd;
  parentLength = offeredLength;
  parentNumber = offeredNumber;
}

/** Said while a folder is entered: the row above its own, whose prefix are its first bytes, takes newcomers. */
export function offerParent(length: i32, number: i32): void {
  offeredLength = length;
  offeredNumber = number;
}

/** One level below it, and no part of a date: what has none in its parent has one only with "=". */
function isBelowParent(at: usize, length: i32): bool {
  if (parentLength < 0 || length < parentLength + 2 || !areEqual(parentAt, at, parentLength)) return false;
  const end = at + <usize>length - 1;
  for (let i = at + <usize>parentLength; i < end; i += 1) {
    const byte = load<u8>(i);
    if (byte == slash || byte == equals) return false;
  }
  return true;
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
  const isMore = isToBeLookedAt(rowOf(folder), folder, load<i32>(folder + 20), from, name, to, isPlain, isEncoded);
  if (!isMore) store<i32>(folder + 16, 0);
}
