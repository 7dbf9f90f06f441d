/** Sums by row and class in a table of numbers: objects by bar, bytes by bar, and the rest of running-tally.ts. */
import { areEqual } from './key-bytes.as';

const bars: i32 = 24;
/** Of what it counts, the next slot of the same row, the row; then the sums. */
export const headerBytes: usize = 16;
export const slotBytes: usize = 448;
/** Behind the last sum of a slot. */
export const sumsEnd: usize = headerBytes + <usize>((2 * bars + 6) << 3);
/** The greatest whole number that is exact. */
export const most: f64 = 9007199254740991;

/** Its class and tier, as bytes that stand together: from, length of the class, length of the tier, number. */
const heldBytes: usize = 16;

export let slotsAt: usize = 0;
export let slotLimit: i32 = 0;
export let headsAt: usize = 0;
let heldAt: usize = 0;
let heldTextAt: usize = 0;
let heldTextEnd: usize = 0;
let heldCount: i32 = 0;
let smallBelow: f64 = 0;

export let slots: i32 = 0;

/** The sum would no longer be exact: the other side takes what it was. */
// @ts-ignore: decorator
@external("env", "spill")
declare function spill(slot: i32, index: i32): void;

/** The number of a class and tier seen for the first time. */
// @ts-ignore: decorator
@external("env", "hold")
declare function hold(classAt: usize, classLength: i32, tierAt: usize, tierLength: i32): i32;

export function setTables(slotTable: usize, limit: i32, heads: usize, held: usize, heldText: usize, small: f64): void {
  slotsAt = slotTable;
  slotLimit = limit;
  headsAt = heads;
  heldAt = held;
  heldTextAt = heldText;
  heldTextEnd = heldText;
  smallBelow = small;
  heldCount = 0;
  slots = 0;
}

export function forgetSlots(): void {
  leaveSlots(0);
}

/** So many are left, one after another from the first on. */
export function leaveSlots(count: i32): void {
  slots = count;
}

export function setHead(row: i32): void {
  store<i32>(headsAt + (<usize>row << 2), -1);
}

export function isNearlyFull(): bool {
  return slots + 1 >= slotLimit;
}

/** The number of a class and a tier as they are spelt; less than nothing when there are too many. */
export function heldOf(classAt: usize, classLength: i32, tierAt: usize, tierLength: i32): i32 {
  for (let i = 0, at = heldAt; i < heldCount; i += 1, at += heldBytes) {
    if (load<i32>(at + 4) != classLength || load<i32>(at + 8) != tierLength) continue;
    const text = <usize>load<u32>(at);
    if (areEqual(text, classAt, classLength) && areEqual(text + <usize>classLength, tierAt, tierLength))
      return load<i32>(at + 12);
  }
  const number = hold(classAt, classLength, tierAt, tierLength);
  if (number < 0) return number;
  const at = heldAt + <usize>heldCount * heldBytes;
  store<u32>(at, <u32>heldTextEnd);
  store<i32>(at + 4, classLength);
  store<i32>(at + 8, tierLength);
  store<i32>(at + 12, number);
  memory.copy(heldTextEnd, classAt, <usize>classLength);
  memory.copy(heldTextEnd + <usize>classLength, tierAt, <usize>tierLength);
  heldTextEnd += <usize>(classLength + tierLength);
  heldCount += 1;
  return number;
}

/** The number of a class and a tier that a batch has by their codes. */
// @ts-ignore: decorator
@external("env", "name")
declare function nameOf(classCode: i32, tierCode: i32): i32;

/** Class, tier and number of the pairs that were met last, each where its codes lead to. */
const pairBytes: usize = 12;
const pairCount: i32 = 64;
const pairsAt: usize = memory.data(64 * 12, 8);

export function forgetPairs(): void {
  memory.fill(pairsAt, 0x80, <usize>pairCount * pairBytes);
}

/** Less than nothing when there are too many. */
// @ts-ignore: decorator
@inline
export function heldOfPair(classCode: i32, tierCode: i32): i32 {
  const at = pairsAt + <usize>((classCode * 8 + tierCode) & (pairCount - 1)) * pairBytes;
  if (load<i32>(at) == classCode && load<i32>(at + 4) == tierCode) return load<i32>(at + 8);
  const number = nameOf(classCode, tierCode);
  store<i32>(at, classCode);
  store<i32>(at + 4, tierCode);
  store<i32>(at + 8, number);
  return number;
}

/** The slot of a row and what it counts there. */
// @ts-ignore: decorator
@inline
function slotOf(row: i32, held: i32): usize {
  const known = knownSlot(row, held);
  return known != 0 ? known : newSlot(row, held);
}

/** 0 where there is none. */
// @ts-ignore: decorator
@inline
export function knownSlot(row: i32, held: i32): usize {
  let slot = load<i32>(headsAt + (<usize>row << 2));
  while (slot >= 0) {
    const at = slotsAt + <usize>slot * slotBytes;
    if (load<i32>(at) == held) return at;
    slot = load<i32>(at + 4);
  }
  return 0;
}

function newSlot(row: i32, held: i32): usize {
  const at = slotsAt + <usize>slots * slotBytes;
  // Memory that is read before it is written for the first time costs the system two faults a page.
  memory.fill(at, 0, slotBytes);
  store<i32>(at, held);
  link(at, slots, row);
  slots += 1;
  return at;
}

export function link(at: usize, slot: i32, row: i32): void {
  const head = headsAt + (<usize>row << 2);
  store<i32>(at + 4, load<i32>(head));
  store<i32>(at + 8, row);
  store<i32>(head, slot);
}

// @ts-ignore: decorator
@inline
function increase(slot: usize, index: i32, amount: f64): void {
  const at = slot + headerBytes + (<usize>index << 3);
  const sum = load<f64>(at) + amount;
  if (sum > most) {
    spill(<i32>((slot - slotsAt) / slotBytes), index);
    store<f64>(at, amount);
  } else store<f64>(at, sum);
}

// @ts-ignore: decorator
@inline
function barOf(size: f64): i32 {
  if (size >= 4294967296.0) return bars - 1;
  const whole = <u32>size;
  if (whole < 4096) return whole < 1 ? 0 : whole < 1024 ? 1 : 2;
  return 22 - <i32>clz(whole);
}

/** A size below 0 is not known. */
export function countRow(row: i32, held: i32, size: f64, isNoncurrent: bool): void {
  const slot = slotOf(row, held);
  if (size >= 0) {
    const bar = barOf(size);
    increase(slot, bar, 1);
    increase(slot, bars + bar, size);
    if (size < smallBelow) {
      increase(slot, 2 * bars, 1);
      increase(slot, 2 * bars + 1, size);
    }
  } else increase(slot, 2 * bars + 5, 1);
  if (isNoncurrent) {
    increase(slot, 2 * bars + 2, 1);
    increase(slot, 2 * bars + 3, size >= 0 ? size : 0);
  }
}

/** Of each row in a list of numbers the objects and the bytes, too large a number to be exact where it is beyond `most`. */
export function weighRows(list: usize, count: i32, into: usize): void {
  for (let i = 0; i < count; i += 1) weigh(load<i32>(list + (<usize>i << 2)), into + (<usize>i << 4));
}

function weigh(row: i32, into: usize): void {
  let objects: f64 = 0;
  let bytes: f64 = 0;
  let slot = load<i32>(headsAt + (<usize>row << 2));
  while (slot >= 0) {
    const at = slotsAt + <usize>slot * slotBytes;
    const sums = at + headerBytes;
    objects += load<f64>(sums + <usize>((2 * bars + 5) << 3));
    for (let i = 0; i < bars; i += 1) {
      objects += load<f64>(sums + (<usize>i << 3));
      bytes += load<f64>(sums + (<usize>(bars + i) << 3));
    }
    slot = load<i32>(at + 4);
  }
  store<f64>(into, objects);
  store<f64>(into + 8, bytes);
}

export function countMarker(row: i32, held: i32): void {
  increase(slotOf(row, held), 2 * bars + 4, 1);
}
