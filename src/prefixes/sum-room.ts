/** Where the sums of tallies stand: many in one array, which the collector of garbage neither reads nor moves. */

export interface SumRoom {
  readonly sums: Float64Array;
  /** Of the first one. */
  readonly at: number;
}

/** Objects and bytes of 24 bars, and six more. */
export const sumCount = 54;

/** 108 KiB, so that a tree of few rows takes little. */
const roomsOfArray = 256;
/** More than a scan of the default number of rows ever gives back; what is beyond is left to the collector. */
const mostFree = 1 << 17;

let array = new Float64Array(0);
let taken = 0;
const free: SumRoom[] = [];

/** All sums are 0. */
export function takeRoom(): SumRoom {
  const given = free.pop();
  if (given) {
    given.sums.fill(0, given.at, given.at + sumCount);
    return given;
  }
  if (taken + sumCount > array.length) {
    array = new Float64Array(roomsOfArray * sumCount);
    taken = 0;
  }
  const at = taken;
  taken += sumCount;
  return { sums: array, at };
}

/** For good: whoever still reads them may see those of another tally. */
export function giveBack({ sums, at }: SumRoom): void {
  if (free.length < mostFree) free.push({ sums, at });
}
