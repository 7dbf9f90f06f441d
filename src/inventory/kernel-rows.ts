/** The rows of the compiled reader of inventories and their slots, as they lie in its memory (folder-rows.as.ts, row-counts.as.ts). */
import type { NewRow } from './kernel-calls.js';
import type { Exports } from './kernel-exports.js';
import { type kernelPlaces, longestRecord, rowBytes, slotBytes } from './kernel-memory.js';

export interface Slot {
  readonly row: number;
  readonly held: number;
}

/** One row after another. */
export interface RowSlots {
  readonly slots: readonly number[];
  /** The place of its row in the list. */
  readonly rows: readonly number[];
  readonly held: readonly number[];
}

/** The i-th begins at from[i]. */
interface TextPlaces {
  readonly from: Uint32Array;
  readonly to: Uint32Array;
}

export interface RowTexts {
  readonly folders: TextPlaces;
  readonly samples: TextPlaces;
}

const textPlaces = (count: number): TextPlaces => ({
  from: new Uint32Array(count),
  to: new Uint32Array(count),
});

export interface KernelRows {
  /** The numbers of the rows that `enter` was not told of. */
  newRows(): readonly number[];
  /** Of rows that `enter` was not told of: the number by which the parent of each was offered. */
  parentsOf(rows: readonly number[]): Int32Array;
  /** By its number from now on, the row above. */
  setParent(row: number, parent: number): void;
  /** Of rows that `enter` was not told of: the sign of each prefix (folded-prefixes.ts), less than 0 where it is not of ASCII alone. */
  signsOf(rows: readonly number[]): Float64Array;
  /** Undefined where it is a row like those that were entered. */
  newRow(row: number): NewRow | undefined;
  /** Of rows that `enter` was not told of: where the folder and the sample of each stand. */
  textsOf(rows: readonly number[]): RowTexts;
  /** It is a row like those that were entered; its keys are looked at no longer where it is folded into another one. */
  adopt(row: number, isOwn: boolean): void;
  slot(number: number): Slot;
  slotsOf(row: number): number[];
  /** The same of many rows at once. */
  slotsOfEach(rows: readonly number[]): RowSlots;
  /** Of each the objects, then the bytes, which are exact up to 2^53 − 1. */
  weigh(rows: readonly number[]): Float64Array;
  /** What was counted in a row is counted in another one instead; false, and nothing is done, where sums would be beyond 2^53 − 1. */
  gather(row: number, into: number): boolean;
  /**
   * Only these rows stay, in ascending order and none of which `enter` was told of: their numbers are their places in the list
   * from now on. Everything else is forgotten. False, and nothing is done, where they take more than half of a table.
   */
  keep(rows: readonly number[]): boolean;
}

/** Of numbers, so that what is answered fits into the scratch behind it. */
const shortList = 4096;
/** Half of the scratch. */
const longestList = longestRecord >> 2;

export function kernelRows(
  wasm: Exports,
  memory: { readonly buffer: ArrayBuffer },
  at: ReturnType<typeof kernelPlaces>,
): KernelRows {
  let known = new Int32Array(memory.buffer);
  /** Another array once the memory has grown. */
  const words = (): Int32Array => {
    if (known.buffer !== memory.buffer) known = new Int32Array(memory.buffer);
    return known;
  };
  const placeOf = (row: number): number => (at.rows + row * rowBytes) >> 2;
  /** So many numbers for each row, which the kernel writes behind a list of them. */
  const told = (
    rows: readonly number[],
    each: number,
    tell: (list: number, count: number, into: number) => void,
  ): Float64Array => {
    const found = new Float64Array(rows.length * each);
    const into = at.scratch + 4 * shortList;
    for (let from = 0; from < rows.length; from += shortList) {
      const some = rows.slice(from, from + shortList);
      words().set(some, at.scratch >> 2);
      tell(at.scratch, some.length, into);
      found.set(new Float64Array(memory.buffer, into, some.length * each), from * each);
    }
    return found;
  };
  return {
    newRows() {
      const count = wasm.newcomers.value === 0 ? 0 : wasm.rowCount();
      const all = words();
      const found: number[] = [];
      for (let row = 0; row < count; row++) if (all[placeOf(row) + 3] !== 0) found.push(row);
      return found;
    },
    parentsOf(rows) {
      const all = words();
      const parents = new Int32Array(rows.length);
      for (let i = 0; i < rows.length; i++) parents[i] = all[placeOf(rows[i]!) + 4]!;
      return parents;
    },
    setParent(row, parent) {
      words()[placeOf(row) + 4] = parent;
    },
    signsOf: (rows) => told(rows, 1, wasm.signRows),
    newRow(row) {
      const place = placeOf(row);
      const all = words();
      const folder = all[place + 3]! >> 2;
      if (folder === 0) return undefined;
      return {
        at: all[folder + 1]!,
        length: all[folder + 2]!,
        sampleAt: all[place]!,
        sampleLength: all[place + 1]!,
      };
    },
    textsOf(rows) {
      const all = words();
      const folders = textPlaces(rows.length);
      const samples = textPlaces(rows.length);
      for (let i = 0; i < rows.length; i++) {
        const place = placeOf(rows[i]!);
        const folder = all[place + 3]! >> 2;
        folders.from[i] = all[folder + 1]!;
        folders.to[i] = all[folder + 1]! + all[folder + 2]!;
        samples.from[i] = all[place]!;
        samples.to[i] = all[place]! + all[place + 1]!;
      }
      return { folders, samples };
    },
    adopt(row, isOwn) {
      const place = placeOf(row) + 3;
      if (!isOwn) words()[(words()[place]! >> 2) + 4] = 0;
      words()[place] = 0;
    },
    slot(number) {
      const place = (at.slots + number * slotBytes) >> 2;
      return { held: words()[place]!, row: words()[place + 2]! };
    },
    slotsOf(row) {
      const all = words();
      const found: number[] = [];
      let slot = all[(at.heads >> 2) + row]!;
      for (; slot >= 0; slot = all[((at.slots + slot * slotBytes) >> 2) + 1]!) found.push(slot);
      return found;
    },
    slotsOfEach(list) {
      const all = words();
      const slots: number[] = [];
      const rows: number[] = [];
      const held: number[] = [];
      for (let i = 0; i < list.length; i++)
        for (let slot = all[(at.heads >> 2) + list[i]!]!; slot >= 0; ) {
          const place = (at.slots + slot * slotBytes) >> 2;
          slots.push(slot);
          rows.push(i);
          held.push(all[place]!);
          slot = all[place + 1]!;
        }
      return { slots, rows, held };
    },
    weigh: (rows) => told(rows, 2, wasm.weighRows),
    gather: (row, into) => wasm.gather(row, into) !== 0,
    keep(kept) {
      if (kept.length > longestList) return false;
      words().set(kept, at.scratch >> 2);
      return wasm.keepRows(at.scratch, kept.length) !== 0;
    },
  };
}
