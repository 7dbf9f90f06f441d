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

/** What the kernel asks while a batch is read: the number of a class and tier by their codes, −1 when there are too many. */
export interface Naming {
  of(classCode: number, tierCode: number): number;
}

export function batchScan(
  kernel: TallyKernel,
  { versions }: { readonly versions: 'current' | 'all' },
  hold: (held: Held) => number,
  naming: Naming,
  file: string,
): BatchScan {
  let rows = 0;
  const slice = (batch: ColumnBatch, from: number, to: number): void => {
    const place = copied(kernel, batch, from, to);
    const signs = new Uint8Array(kernel.bytes.buffer, place.signs, to - from);
    signRows(batch, from, signs);
    if (versions === 'current') leaveOut(signs);
    const { keys, before, offsets, sizes, classes, tiers } = place;
    const done = kernel.runBatch(to - from, keys, before, offsets, sizes, classes, tiers, place.signs);
    const why = kernel.why();
    if (why !== 'whole' && why !== 'unfinished')
      raise('INVENTORY_ROW_INVALID', {
        file,
        place: `row ${rows + from + done + 1}`,
        why: faultWords[why],
      });
  };
  return {
    file,
    take(batch) {
      naming.of = namer(batch, hold);
      for (let from = 0; from < batch.rows; from += sliceRows)
        slice(batch, from, Math.min(batch.rows, from + sliceRows));
      rows += batch.rows;
    },
  };
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

function namer({ storageClass, accessTier }: ColumnBatch, hold: (held: Held) => number): Naming['of'] {
  const known = new Map<number, number>();
  const tiers = (accessTier?.values.length ?? 0) + 1;
  return (classCode, tierCode) => {
    // The kernel remembers those it met last, and asks again where two share a place there.
    const pair = (classCode + 1) * tiers + tierCode + 1;
    const before = known.get(pair);
    if (before !== undefined) return before;
    const tier = accessTier?.values[tierCode] ?? '';
    const number = hold({
      class: storageClass?.values[classCode] ?? '',
      ...(tier !== '' && { accessTier: accessTierNamed(tier) }),
    });
    known.set(pair, number);
    return number;
  };
}

/** Copies the rows to the kernel: where their columns lie, 0 for what they do not have, and room for the rest. */
function copied(
  kernel: TallyKernel,
  { key, size, storageClass, accessTier }: ColumnBatch,
  from: number,
  to: number,
) {
  const first = key.offsets[from]!;
  const bytes = key.offsets[to]! - first;
  const count = to - from;
  const sizes = (kernel.inputAt + 15) & ~15;
  const offsets = sizes + 8 * count;
  const classes = offsets + 4 * (count + 1);
  const tiers = classes + 4 * count;
  const signs = tiers + 4 * count;
  const keys = (signs + count + 15) & ~15;
  kernel.reserve(keys + bytes - kernel.inputAt);
  const { buffer } = kernel.bytes;
  kernel.bytes.set(key.bytes.subarray(first, first + bytes), keys);
  const words = new Int32Array(buffer);
  words.set(key.offsets.subarray(from, to + 1), offsets >> 2);
  if (storageClass) words.set(storageClass.codes.subarray(from, to), classes >> 2);
  if (accessTier) words.set(accessTier.codes.subarray(from, to), tiers >> 2);
  const numbers = new Float64Array(buffer, sizes, count);
  if (size) numbers.set(size.subarray(from, to));
  else numbers.fill(Number.NaN);
  return {
    ...{ sizes, offsets, signs },
    classes: storageClass ? classes : 0,
    tiers: accessTier ? tiers : 0,
    // Offsets are counted from the beginning of the batch's bytes.
    keys: keys - first,
    before: key.before ?? 0,
  };
}
