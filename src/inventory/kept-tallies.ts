/** The sums of the kernel as those of a part: of rows that only the kernel knows they are handed on as they stand. */
import { sumCount } from '../prefixes/sum-room.js';
import type { Held } from '../prefixes/tally.js';
import type { PartTallies } from '../prefixes/tree-part.js';
import type { TallyKernel } from './tally-kernel.js';

/** `rows`: their numbers in the kernel, in the order they have in the part. */
export function keptTallies(
  kernel: TallyKernel,
  rows: readonly number[],
  held: readonly Held[],
): PartTallies {
  const places = new Map(rows.map((row, place) => [row, place]));
  const slots: number[] = [];
  for (let slot = 0; slot < kernel.slots(); slot++) if (places.has(kernel.slot(slot).row)) slots.push(slot);
  const tallyRows = new Int32Array(slots.length);
  const tallyHeld = new Int32Array(slots.length);
  const sums = new Float64Array(slots.length * sumCount);
  const { numbers } = kernel;
  slots.forEach((slot, i) => {
    const of = kernel.slot(slot);
    const from = kernel.sumsAt(slot);
    tallyRows[i] = places.get(of.row)!;
    tallyHeld[i] = of.held;
    for (let sum = 0; sum < sumCount; sum++) sums[i * sumCount + sum] = numbers[from + sum]!;
  });
  return { tallyRows, tallyHeld, held: [...held], sums, spilled: [] };
}
