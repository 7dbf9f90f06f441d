/** The rows of a columnar inventory: columns in, rows counted; what cannot be counted is refused by file and row. */
import { raise } from '../kernel/errors.js';
import { accessTierNamed } from '../kernel/s3.js';
import type { Held } from '../prefixes/tally.js';
import type { ColumnBatch } from './column-batch.js';
import { faultWords } from './csv-scan.js';
import type { TallyKernel } from './tally-kernel.js';

export interface BatchScan {
  readonly file: string;
  /** Errors: INVENTORY_ROW_INVALID. */
  take(batch: ColumnBatch): void;
}

const sliceRows = 4096;
const leftOutSign = 1;
const noncurrentSign = 2;
const markerSign = 4;

export function batchScan(
  kernel: TallyKernel,
  { versions }: { readonly versions: 'current' | 'all' },
  hold: (held: Held) => number,
  file: string,
): BatchScan {
  let rows = 0;
  const refuse = (row: number, why: string): never =>
    raise('INVENTORY_ROW_INVALID', { file, place: `row ${rows + row + 1}`, why });
  const heldOf = (named: Held, row: number): number => {
    const number = hold(named);
    return number < 0 ? refuse(row, faultWords.tooManyHeld) : number;
  };

  const slice = (batch: ColumnBatch, from: number, to: number): void => {
    const place = copied(kernel, batch, from, to);
    const numbers = new Int32Array(kernel.bytes.buffer, place.held, to - from);
    const signs = new Uint8Array(kernel.bytes.buffer, place.signs, to - from);
    const wrong = badSize(batch.size, from, to);
    const nameOf = namer(batch, heldOf);
    signRows(batch, from, signs);
    nameRows(batch, from, numbers.subarray(0, wrong - from), signs, nameOf);
    if (wrong < to) refuse(wrong, faultWords.badSize);
    if (versions === 'current') leaveOut(signs);
    const { keys, offsets, sizes } = place;
    const done = kernel.runBatch(to - from, keys, offsets, sizes, place.held, place.signs);
    const why = kernel.why();
    if (why !== 'whole' && why !== 'unfinished') refuse(from + done, faultWords[why]);
  };
  return {
    file,
    take(batch) {
      for (let from = 0; from < batch.rows; from += sliceRows)
        slice(batch, from, Math.min(batch.rows, from + sliceRows));
      rows += batch.rows;
    },
  };
}

/** The first row of [from, to) whose size is none, or `to`. */
function badSize(sizes: Float64Array | undefined, from: number, to: number): number {
  if (!sizes) return to;
  for (let row = from; row < to; row++) {
    const bytes = sizes[row]!;
    const isWhole = bytes >= 0 && bytes <= Number.MAX_SAFE_INTEGER && Math.floor(bytes) === bytes;
    if (!isWhole && !Number.isNaN(bytes)) return row;
  }
  return to;
}

function signRows({ isLatest, isDeleteMarker }: ColumnBatch, from: number, signs: Uint8Array): void {
  signs.fill(0);
  if (isLatest)
    for (let i = 0; i < signs.length; i++) if (isLatest[from + i] === 0) signs[i] = noncurrentSign;
  if (isDeleteMarker)
    for (let i = 0; i < signs.length; i++) if (isDeleteMarker[from + i] === 1) signs[i]! |= markerSign;
}

function leaveOut(signs: Uint8Array): void {
  for (let i = 0; i < signs.length; i++) if (signs[i] !== 0) signs[i]! |= leftOutSign;
}

type NameOf = (classCode: number, tierCode: number, row: number) => number;

/** What each row counts as: neighbours mostly share it. */
function nameRows(
  batch: ColumnBatch,
  from: number,
  numbers: Int32Array,
  signs: Uint8Array,
  nameOf: NameOf,
): void {
  const classes = batch.storageClass?.codes;
  const tiers = batch.accessTier?.codes;
  let lastClass = -2;
  let lastTier = -2;
  let number = 0;
  for (let i = 0; i < numbers.length; i++) {
    const isMarker = (signs[i]! & markerSign) !== 0;
    const classCode = isMarker || !classes ? -1 : classes[from + i]!;
    const tierCode = isMarker || !tiers ? -1 : tiers[from + i]!;
    if (classCode !== lastClass || tierCode !== lastTier) {
      number = nameOf(classCode, tierCode, from + i);
      lastClass = classCode;
      lastTier = tierCode;
    }
    numbers[i] = number;
  }
}

/** The number of a class and tier. */
function namer(
  { storageClass, accessTier }: ColumnBatch,
  heldOf: (held: Held, row: number) => number,
): NameOf {
  const known = new Map<number, number>();
  const tiers = (accessTier?.values.length ?? 0) + 1;
  return (classCode, tierCode, row) => {
    const pair = (classCode + 1) * tiers + tierCode + 1;
    const number = known.get(pair);
    if (number !== undefined) return number;
    const tier = accessTier?.values[tierCode] ?? '';
    const named = {
      class: storageClass?.values[classCode] ?? '',
      ...(tier !== '' && { accessTier: accessTierNamed(tier) }),
    };
    const found = heldOf(named, row);
    known.set(pair, found);
    return found;
  };
}

/** Copies keys, offsets and sizes of the rows to the kernel; where they lie, and room for the rest. */
function copied(kernel: TallyKernel, { key, size }: ColumnBatch, from: number, to: number) {
  const first = key.offsets[from]!;
  const bytes = key.offsets[to]! - first;
  const count = to - from;
  const sizes = (kernel.inputAt + 15) & ~15;
  const offsets = sizes + 8 * count;
  const held = offsets + 4 * (count + 1);
  const signs = held + 4 * count;
  const keys = (signs + count + 15) & ~15;
  kernel.reserve(keys + bytes - kernel.inputAt);
  const { buffer } = kernel.bytes;
  kernel.bytes.set(key.bytes.subarray(first, first + bytes), keys);
  const places = new Int32Array(buffer, offsets, count + 1);
  for (let i = 0; i <= count; i++) places[i] = key.offsets[from + i]! - first;
  const numbers = new Float64Array(buffer, sizes, count);
  if (size) numbers.set(size.subarray(from, to));
  else numbers.fill(Number.NaN);
  return { sizes, offsets, held, signs, keys };
}
