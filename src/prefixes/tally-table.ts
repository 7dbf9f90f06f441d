/** The tallies of many rows as columns: a row has one for each class and tier that lies at it. */
import { barCount } from './histogram.js';
import { type RunningTally, sumPlaces, tallyView, weightOf } from './running-tally.js';
import { sumCount } from './sum-room.js';
import { type Held, heldName } from './tally.js';
import { withRoom } from './with-room.js';

export interface TallyTable {
  readonly smallBelowBytes: number;
  count: number;
  /** What they are of, by number. */
  readonly held: Held[];
  /** The first tally of each row, counted from 1: 0 where it has none. */
  first: Int32Array;
  /** The next tally of the same row, counted from 1. */
  next: Int32Array;
  rows: Int32Array;
  heldBy: Int32Array;
  /** The sums of each tally, one tally after another, as those of a RunningTally; 0 behind the last. */
  sums: Float64Array;
  /** By tally and sum, what no longer fitted into `sums`. */
  readonly spilled: Map<number, Map<number, bigint>>;
}

export const emptyTallies = (smallBelowBytes: number, held: Held[] = [], rows = 0): TallyTable => ({
  smallBelowBytes,
  count: 0,
  held,
  first: new Int32Array(rows),
  next: new Int32Array(0),
  rows: new Int32Array(0),
  heldBy: new Int32Array(0),
  sums: new Float64Array(0),
  spilled: new Map(),
});

/** Its number in the table. Of some dozens at most. */
export function numberOfHeld({ held }: TallyTable, named: Held): number {
  const name = heldName(named);
  const known = held.findIndex((one) => heldName(one) === name);
  return known >= 0 ? known : held.push(named) - 1;
}

/** The tally of a row, which is made where there is none. */
export function tallyAt(table: TallyTable, row: number, held: number): number {
  let last = 0;
  for (let tally = table.first[row]!; tally > 0; tally = table.next[tally - 1]!) {
    if (table.heldBy[tally - 1] === held) return tally - 1;
    last = tally;
  }
  const made = table.count;
  table.count += 1;
  roomForTallies(table, table.count);
  table.rows[made] = row;
  table.heldBy[made] = held;
  if (last === 0) table.first[row] = made + 1;
  else table.next[last - 1] = made + 1;
  return made;
}

export function roomForTallies(table: TallyTable, count: number): void {
  if (count <= table.rows.length) return;
  table.rows = withRoom(table.rows, count, Int32Array);
  table.heldBy = withRoom(table.heldBy, count, Int32Array);
  table.next = withRoom(table.next, count, Int32Array);
  table.sums = withRoom(table.sums, count * sumCount, Float64Array);
}

/** Adds the sums of several tallies, which stand in [from, to). */
export function addToTally(
  table: TallyTable,
  tally: number,
  added: Float64Array,
  from: number,
  to = from + sumCount,
): void {
  const { sums } = table;
  const at = tally * sumCount;
  for (let next = from; next < to; next += sumCount)
    for (let i = 0; i < sumCount; i++) {
      const sum = sums[at + i]! + added[next + i]!;
      if (sum > Number.MAX_SAFE_INTEGER) spillTally(table, tally, i, BigInt(added[next + i]!));
      else sums[at + i] = sum;
    }
}

/** The sums of the last tallies, which are new: those of [from, to), which end where the first `count` end. */
export function copyTallies(
  { sums }: TallyTable,
  count: number,
  added: Float64Array,
  from: number,
  to: number,
): void {
  if (from < to) sums.set(added.subarray(from * sumCount, to * sumCount), (count - (to - from)) * sumCount);
}

/** Adds what may be more than a number holds. */
export function spillTally({ spilled }: TallyTable, tally: number, index: number, amount: bigint): void {
  const amounts = spilled.get(tally) ?? new Map<number, bigint>();
  amounts.set(index, (amounts.get(index) ?? 0n) + amount);
  spilled.set(tally, amounts);
}

/** Adds all tallies of a row to those of another. */
export function addRowTo(table: TallyTable, row: number, into: number): void {
  for (let tally = table.first[row]!; tally > 0; tally = table.next[tally - 1]!) {
    const sum = tallyAt(table, into, table.heldBy[tally - 1]!);
    addToTally(table, sum, table.sums, (tally - 1) * sumCount);
    const amounts = table.spilled.get(tally - 1);
    if (amounts) for (const [index, amount] of amounts) spillTally(table, sum, index, amount);
  }
}

/** Adds all tallies to those of the rows that theirs go into, of a table that counts the same by number: in one go where neighbours go into the same. */
export function addTalliesTo(from: TallyTable, into: Int32Array, to: TallyTable): void {
  const { count, rows, heldBy, sums } = from;
  for (let tally = 0, end = 0; tally < count; tally = end) {
    const row = into[rows[tally]!]!;
    const held = heldBy[tally]!;
    for (end = tally + 1; end < count && heldBy[end] === held && into[rows[end]!] === row; ) end++;
    addToTally(to, tallyAt(to, row, held), sums, tally * sumCount, end * sumCount);
  }
  for (const [tally, amounts] of from.spilled) {
    const sum = tallyAt(to, into[rows[tally]!]!, heldBy[tally]!);
    for (const [index, amount] of amounts) spillTally(to, sum, index, amount);
  }
}

/** By row. */
export interface Weights {
  readonly objects: Float64Array;
  readonly bytes: Float64Array;
}

/** What lies at each row itself: the numbers nearest to the exact sums, so that no order of adding shows. */
export function weightsOf(table: TallyTable, rows: number): Weights {
  const { count, sums, rows: rowOf, spilled } = table;
  const objects = new Float64Array(rows);
  const bytes = new Float64Array(rows);
  let all = 0;
  for (let tally = 0; tally < count; tally++) {
    const at = tally * sumCount;
    let ownObjects = sums[at + sumPlaces.unsized]!;
    let ownBytes = 0;
    for (let bar = at; bar < at + barCount; bar++) {
      ownObjects += sums[bar]!;
      ownBytes += sums[bar + sumPlaces.bytes]!;
    }
    objects[rowOf[tally]!]! += ownObjects;
    bytes[rowOf[tally]!]! += ownBytes;
    all += ownBytes;
  }
  if (all <= Number.MAX_SAFE_INTEGER && spilled.size === 0) return { objects, bytes };
  for (let row = 0; row < rows; row++) {
    const exact = weightOf(talliesAt(table, row));
    objects[row] = exact.objects;
    bytes[row] = exact.bytes;
  }
  return { objects, bytes };
}

/** Those of a row, as they are for everything else that reads tallies. */
export function talliesAt(table: TallyTable, row: number): RunningTally[] {
  const { held, heldBy, smallBelowBytes, sums, spilled } = table;
  const view = (tally: number): RunningTally =>
    tallyView(held[heldBy[tally]!]!, smallBelowBytes, sums, tally * sumCount, spilled.get(tally));
  const first = table.first[row]!;
  if (first === 0) return [];
  // Most have one: a list that is made longer takes room for more.
  const tallies = [view(first - 1)];
  for (let tally = table.next[first - 1]!; tally > 0; tally = table.next[tally - 1]!)
    tallies.push(view(tally - 1));
  return tallies;
}

/** The rows that have a number stay, under it; tallies of those whose number is less than 0 are gone. */
export function renumberTallies(table: TallyTable, numbers: Int32Array): void {
  const { count, first, next, rows, heldBy, sums, spilled } = table;
  const amounts = [...spilled];
  spilled.clear();
  const moved = new Int32Array(amounts.length > 0 ? count : 0);
  first.fill(0);
  let kept = 0;
  for (let tally = 0; tally < count; tally++) {
    const row = numbers[rows[tally]!]!;
    if (moved.length > 0) moved[tally] = row < 0 ? -1 : kept;
    if (row < 0) continue;
    sums.copyWithin(kept * sumCount, tally * sumCount, (tally + 1) * sumCount);
    heldBy[kept] = heldBy[tally]!;
    rows[kept] = row;
    next[kept] = first[row]!;
    kept += 1;
    first[row] = kept;
  }
  for (const [tally, of] of amounts) if (moved[tally]! >= 0) spilled.set(moved[tally]!, of);
  sums.fill(0, kept * sumCount, count * sumCount);
  next.fill(0, kept, count);
  table.count = kept;
}
