/** Folders that are hours (or days) of the table met last: known by the bytes of the one before, and noted by number. */
import { areEqual } from './key-bytes.as';

/** No key of S3 is longer. */
const longestShape: i32 = 1024;

let shapeAt: usize = 0;
let hoursAt: usize = 0;

/** Length −1 while no table is known; of the folder so much is the table's prefix, which is the same for all. */
let shapeLength: i32 = -1;
let tableLength: i32 = 0;
let row: i32 = 0;
let yearAt: i32 = 0;
let yearEnd: i32 = 0;
let monthAt: i32 = 0;
let monthEnd: i32 = 0;
let dayAt: i32 = 0;
let dayEnd: i32 = 0;
let hourAt: i32 = 0;
let hourEnd: i32 = 0;
let isOffered: bool = false;

/** Since 1970, of the table, in the order they were met. */
export let hours: i32 = 0;

/** As many hours are noted at most as there are folders. */
export function setHours(shape: usize, list: usize): void {
  shapeAt = shape;
  hoursAt = list;
  forgetTable();
}

export function forgetTable(): void {
  shapeLength = -1;
  isOffered = false;
  hours = 0;
}

/** The other side has taken them. */
export function forgetHours(): void {
  hours = 0;
}

/**
 * Said while a folder is entered: it is an hour of the table whose prefix are its first bytes, and other hours of it need not
 * be. Where its numbers begin and end; of a table of days the hour has no bytes.
 */
export function offerTable(
  number: i32,
  prefixLength: i32,
  year: i32,
  toYear: i32,
  month: i32,
  toMonth: i32,
  day: i32,
  toDay: i32,
  hour: i32,
  toHour: i32,
): void {
  row = number;
  tableLength = prefixLength;
  yearAt = year;
  yearEnd = toYear;
  monthAt = month;
  monthEnd = toMonth;
  dayAt = day;
  dayEnd = toDay;
  hourAt = hour;
  hourEnd = toHour;
  isOffered = true;
}

/** The folder [at, at + length) was entered, in plain UTF-8. */
export function keepOffered(at: usize, length: i32): void {
  if (!isOffered) return;
  isOffered = false;
  shapeLength = length > longestShape ? -1 : length;
  if (shapeLength > 0) memory.copy(shapeAt, at, <usize>length);
}

/** The row of a folder in plain UTF-8 that is an hour of the table, which is noted; −1 where it must be entered. */
export function rowOfHour(at: usize, length: i32): i32 {
  if (length != shapeLength || !isLike(at, length)) return -1;
  const hour = hourOf(at);
  if (hour < 0) return -1;
  store<i32>(hoursAt + (<usize>hours << 2), hour);
  hours += 1;
  return row;
}

/** The same but for digits behind the table's prefix. */
function isLike(at: usize, length: i32): bool {
  if (!areEqual(shapeAt, at, tableLength)) return false;
  for (let i = <usize>tableLength, end = <usize>length; i < end; i += 1) {
    const own = load<u8>(at + i);
    const like = load<u8>(shapeAt + i);
    if (own != like && !(isDigit(own) && isDigit(like))) return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function isDigit(byte: u8): bool {
  return <u32>byte - 0x30 <= 9;
}

function numberIn(at: usize, end: usize): i32 {
  let number = 0;
  for (let i = at; i < end; i += 1) number = number * 10 + <i32>load<u8>(i) - 0x30;
  return number;
}

/** −1 where there is no such hour, or none of our time: the other side may see something else in it. */
function hourOf(at: usize): i32 {
  const year = numberIn(at + <usize>yearAt, at + <usize>yearEnd);
  const month = numberIn(at + <usize>monthAt, at + <usize>monthEnd);
  const day = numberIn(at + <usize>dayAt, at + <usize>dayEnd);
  const hour = numberIn(at + <usize>hourAt, at + <usize>hourEnd);
  if (year < 1970 || year >= 2200 || month < 1 || month > 12 || hour > 23) return -1;
  if (day < 1 || day > daysIn(year, month)) return -1;
  return dayNumber(year, month, day) * 24 + hour;
}

function daysIn(year: i32, month: i32): i32 {
  if (month != 2) return 30 + ((month + (month >> 3)) & 1);
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
}

/** Days since 1970; years begin in March, so that the day that comes every fourth year is their last. */
function dayNumber(year: i32, month: i32, day: i32): i32 {
  const inMarch = month > 2;
  const from = inMarch ? year : year - 1;
  const ofYear = (153 * (inMarch ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return from * 365 + from / 4 - from / 100 + from / 400 + ofYear - 719468;
}
