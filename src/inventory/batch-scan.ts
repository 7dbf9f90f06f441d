/** The rows of a columnar inventory: columns in, rows counted; what cannot be counted is refused by file and row. */
import { raise } from '../kernel/errors.js';
import { accessTierNamed } from '../kernel/s3.js';
import type { Held } from '../prefixes/tally.js';
import type { CodedColumn, ColumnBatch } from './column-batch.js';
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
    const nameOf = namer(batch, heldOf);
    for (let row = from; row < to; row++) {
      const bytes = batch.size?.[row] ?? Number.NaN;
      if (!(Number.isSafeInteger(bytes) && bytes >= 0) && !Number.isNaN(bytes))
        refuse(row, faultWords.badSize);
      const sign = signOf(batch, row);
      const isOld = sign !== 0 && versions === 'current';
      signs[row - from] = isOld ? sign | leftOutSign : sign;
      numbers[row - from] = nameOf(row, (sign & markerSign) !== 0);
    }
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

function signOf({ isLatest, isDeleteMarker }: ColumnBatch, row: number): number {
  return (isLatest?.[row] === 0 ? noncurrentSign : 0) | (isDeleteMarker?.[row] === 1 ? markerSign : 0);
}

/** The number of a row's class and tier: neighbours mostly share it. */
function namer(batch: ColumnBatch, heldOf: (held: Held, row: number) => number) {
  const { storageClass, accessTier } = batch;
  const known = new Map<number, number>();
  const tiers = (accessTier?.values.length ?? 0) + 1;
  return (row: number, isMarker: boolean): number => {
    const classCode = isMarker ? -1 : codeAt(storageClass, row);
    const tierCode = isMarker ? -1 : codeAt(accessTier, row);
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

const codeAt = (column: CodedColumn | undefined, row: number): number => column?.codes[row] ?? -1;

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
