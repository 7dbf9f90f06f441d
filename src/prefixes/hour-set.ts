/** A set of hours: a list while a year has few of them, then bits, so that a full year takes one kilobyte. */

/** Hours of one page, counted from its beginning: as a list, which has no order, or as the bits of `pageWords` words. */
type Page = number[] | Uint16Array;

export interface HourSet {
  size: number;
  readonly pages: Map<number, Page>;
}

const HOUR_MS = 3_600_000;
/** Nearly a year; two days are three words, so that no word and no day belongs to two pages. */
const PAGE_HOURS = 342 * 24;
const WORD_BITS = 16;
export const pageWords = PAGE_HOURS / WORD_BITS;
/** A longer list would be larger than the bits. */
const LISTED_HOURS = 100;

export const createHourSet = (): HourSet => ({ size: 0, pages: new Map() });

export const addHour = (set: HourSet, hourStart: number): void =>
  addHourNumber(set, Math.floor(hourStart / HOUR_MS));

/** `hour`: counted from 1970. */
export function addHourNumber(set: HourSet, hour: number): void {
  const number = Math.floor(hour / PAGE_HOURS);
  addToPage(set, number, hour - number * PAGE_HOURS);
}

function addToPage(set: HourSet, number: number, hour: number): void {
  const page = set.pages.get(number);
  if (page === undefined) set.pages.set(number, [hour]);
  else if (!Array.isArray(page)) {
    const bit = 1 << (hour & (WORD_BITS - 1));
    if (page[hour >> 4]! & bit) return;
    page[hour >> 4]! |= bit;
  } else {
    if (page.includes(hour)) return;
    page.push(hour);
    if (page.length > LISTED_HOURS) set.pages.set(number, bitsOf(page));
  }
  set.size += 1;
}

function bitsOf(hours: readonly number[]): Uint16Array {
  const bits = new Uint16Array(pageWords);
  for (const hour of hours) bits[hour >> 4]! |= 1 << (hour & (WORD_BITS - 1));
  return bits;
}

/** Adds a page of another set: `pageWords` words are bits, fewer are a list. */
export function addPage(set: HourSet, number: number, added: Uint16Array): void {
  if (added.length < pageWords) {
    for (const hour of added) addToPage(set, number, hour);
    return;
  }
  const page = set.pages.get(number);
  const bits = page instanceof Uint16Array ? page : bitsOf(page ?? []);
  if (bits !== page) set.pages.set(number, bits);
  for (let i = 0; i < pageWords; i++) {
    const before = bits[i]!;
    const after = before | added[i]!;
    if (after === before) continue;
    set.size += ones(after ^ before);
    bits[i] = after;
  }
}

function ones(word: number): number {
  let count = 0;
  for (let left = word; left !== 0; left &= left - 1) count += 1;
  return count;
}

/** Whether any of the hours begins in [from, to), milliseconds since 1970. */
export function hasHourBetween({ pages }: HourSet, from: number, to: number): boolean {
  for (const [number, page] of pages) {
    const first = Math.max(0, Math.ceil(from / HOUR_MS) - number * PAGE_HOURS);
    const end = Math.min(PAGE_HOURS, Math.ceil(to / HOUR_MS) - number * PAGE_HOURS);
    if (Array.isArray(page)) {
      if (page.some((hour) => hour >= first && hour < end)) return true;
      continue;
    }
    for (let hour = first; hour < end; hour++)
      if (page[hour >> 4]! & (1 << (hour & (WORD_BITS - 1)))) return true;
  }
  return false;
}

/** Days (UTC) on which any of the hours lies. */
export function daysOf(set: HourSet): number {
  let days = 0;
  for (const page of set.pages.values())
    days += Array.isArray(page) ? new Set(page.map((hour) => Math.floor(hour / 24))).size : daysOfBits(page);
  return days;
}

function daysOfBits(bits: Uint16Array): number {
  let days = 0;
  for (let i = 0; i < pageWords; i += 3) {
    if (bits[i]! | (bits[i + 1]! & 0xff)) days += 1;
    if ((bits[i + 1]! >> 8) | bits[i + 2]!) days += 1;
  }
  return days;
}
