/** The compiled reader of inventories (tally-kernel.as.ts), with the memory it reads and counts in. */

import { carriedModule, wasmOf } from '../kernel/wasm.js';
import type { KernelCalls } from './kernel-calls.js';
import type { Exports } from './kernel-exports.js';
import {
  headerBytes,
  type KernelLimits,
  kernelPlaces,
  longestRecord,
  mostColumns,
  pageBytes,
  slack,
  slotBytes,
} from './kernel-memory.js';
import { type KernelRows, kernelRows } from './kernel-rows.js';
import { tallyKernelWasm } from './tally-kernel-wasm.js';

export interface TallyKernel extends KernelRows {
  readonly memory: object;
  /** All of it; another array after `reserve`. */
  readonly bytes: Buffer;
  readonly inputAt: number;
  readonly scratchAt: number;
  /** Makes room for an input of so many bytes, and keeps what is in it. */
  reserve(inputBytes: number): void;
  /** Records have these fields: for each its role's number, −1 for none. */
  beginCsv(roles: readonly number[]): void;
  /** Whole records of the input in [from, to); where the first one begins that is left. */
  run(from: number, to: number): number;
  /** Rows whose arrays lie at the places given; the row that is refused, or `count`. */
  runBatch(count: number, ...places: BatchPlaces): number;
  /** Why the last run stopped before its end. */
  why(): KernelFault;
  /** Line ends of the records taken since `beginCsv`. */
  lines(): number;
  rows(): number;
  leftOut(): number;
  forgetRows(): void;
  /** Gives the next row its number. */
  addRow(): number;
  /** Within `enter`: folders below the row whose prefix are the first `length` bytes need not be entered where no table's. */
  offerParent(length: number, parent: number): void;
  /** Within `enter`: the folder is an hour of the table of a row; others that differ in digits behind its prefix need not be entered. `spans`: where its year, month, day and hour begin and end, in bytes. */
  offerTable(row: number, prefixLength: number, spans: readonly number[]): void;
  /** Hours since 1970 of the table offered last that were met since it was, or since they were taken; another table's come after them. */
  takeHours(): Int32Array;
  /** As soon as the record at hand is counted, `flush` is called. */
  flushSoon(): void;
  /** The sums of all slots in numbers, those of one beginning at `sumsAt`. */
  readonly numbers: Float64Array;
  sumsAt(slot: number): number;
  /** Empties all tables. */
  forget(): void;
}

/** Keys, how much later than its offset each begins, offsets, sizes, classes, tiers, signs. */
export type BatchPlaces = [number, number, number, number, number, number, number];

/** By the number below zero that the kernel gives. */
const faults = [
  'whole',
  'unfinished',
  'badEscape',
  'badUtf8',
  'noKey',
  'badLatest',
  'badMarker',
  'badSize',
  'tooManyHeld',
  'afterQuote',
  'bareQuote',
  'bareReturn',
  'tooMany',
  'tooFew',
  'tooLong',
] as const;
export type KernelFault = (typeof faults)[number];

const moduleOf = carriedModule(tallyKernelWasm);

export interface KernelOptions {
  readonly smallBelowBytes: number;
  readonly currentOnly: boolean;
}

export function openTallyKernel(
  options: KernelOptions,
  limits: KernelLimits,
  calls: KernelCalls,
): TallyKernel {
  const { Memory, Instance } = wasmOf();
  const at = kernelPlaces(limits);
  const memory = new Memory({ initial: Math.ceil((at.input + slack) / pageBytes) });
  const wasm = new Instance(moduleOf(), { env: { memory, ...calls } }).exports as unknown as Exports;
  wasm.setTables(at.slots, limits.slots, at.heads, at.held, at.heldText, options.smallBelowBytes);
  wasm.setFolders(
    ...[at.buckets, 2 * limits.folders, at.folders, limits.folders],
    ...[at.folderText, longestRecord + limits.folderTextBytes, at.rows, limits.rows],
    ...[at.sampleText, longestRecord + limits.sampleTextBytes, at.scratch, longestRecord],
  );
  wasm.setHours(at.shape, at.hours);
  wasm.setup(at.roles, longestRecord, Number(options.currentOnly), at.scratch);
  let bytes = Buffer.from(memory.buffer);
  let numbers = new Float64Array(memory.buffer, 0, memory.buffer.byteLength >> 3);
  let isEncoded = true;
  /** Folders are known by their bytes as they stand, which mean something else there. */
  const setEncoded = (encoded: boolean): void => {
    if (encoded === isEncoded) return;
    calls.flush(true);
    wasm.setEncoded(Number(encoded));
    isEncoded = encoded;
  };
  return {
    memory,
    get bytes() {
      return bytes;
    },
    get numbers() {
      return numbers;
    },
    inputAt: at.input,
    scratchAt: at.scratch,
    reserve(inputBytes) {
      const needed = at.input + inputBytes + slack;
      if (needed <= memory.buffer.byteLength) return;
      memory.grow(Math.ceil((needed - memory.buffer.byteLength) / pageBytes));
      bytes = Buffer.from(memory.buffer);
      numbers = new Float64Array(memory.buffer, 0, memory.buffer.byteLength >> 3);
    },
    beginCsv(roles) {
      setEncoded(true);
      new Int32Array(memory.buffer, at.roles, mostColumns).set(roles);
      wasm.begin(roles.length);
    },
    run: wasm.run,
    runBatch(count, ...where) {
      setEncoded(false);
      return wasm.runBatch(count, ...where);
    },
    why: () => faults[-wasm.why.value]!,
    lines: () => wasm.lines.value,
    rows: () => wasm.rows.value,
    leftOut: () => wasm.leftOut.value,
    forgetRows: wasm.forgetRows,
    addRow: wasm.addRow,
    offerParent: wasm.offerParent,
    // A table of days has no hour: no bytes are read as 0.
    offerTable: (row, prefixLength, spans) => wasm.offerTable(row, prefixLength, ...spans),
    takeHours() {
      const taken = new Int32Array(memory.buffer, at.hours, wasm.hours.value).slice();
      wasm.forgetHours();
      return taken;
    },
    flushSoon: wasm.flushSoon,
    ...kernelRows(wasm, memory, at),
    sumsAt: (slot) => (at.slots + slot * slotBytes + headerBytes) >> 3,
    forget() {
      wasm.forgetSlots();
      wasm.forgetFolders();
    },
  };
}
