/** A set of hours as bits: a year of hours takes one kilobyte, however many objects lie in them. */

export interface HourSet {
  size: number;
  readonly pages: Map<number, Uint8Array>;
}

const HOUR_MS = 3_600_000;
const PAGE_HOURS = 8192;

export const createHourSet = (): HourSet => ({ size: 0, pages: new Map() });

export function addHour(set: HourSet, hourStart: number): void {
  const hour = Math.floor(hourStart / HOUR_MS);
  const page = pageOf(set, Math.floor(hour / PAGE_HOURS));
  const bit = hour - Math.floor(hour / PAGE_HOURS) * PAGE_HOURS;
  const mask = 1 << (bit & 7);
  if (page[bit >> 3]! & mask) return;
  page[bit >> 3]! |= mask;
  set.size += 1;
}

/** Adds the hours of a page of another set. */
export function addHourBits(set: HourSet, page: number, bits: Uint8Array): void {
  const into = pageOf(set, page);
  bits.forEach((byte, i) => {
    for (let added = byte & ~into[i]!; added !== 0; added &= added - 1) set.size += 1;
    into[i]! |= byte;
  });
}

/** Days (UTC) on which any of the hours lies. */
export function daysOf(set: HourSet): number {
  const days = new Set<number>();
  for (const [number, page] of set.pages)
    for (let bit = 0; bit < PAGE_HOURS; bit++)
      if (page[bit >> 3]! & (1 << (bit & 7))) days.add(Math.floor((number * PAGE_HOURS + bit) / 24));
  return days.size;
}

function pageOf(set: HourSet, number: number): Uint8Array {
  const known = set.pages.get(number);
  if (known) return known;
  const page = new Uint8Array(PAGE_HOURS / 8);
  set.pages.set(number, page);
  return page;
}
