/** Rows that only the kernel knows as those of a part: names, samples and sums are handed on as they stand. */
import type { PackedTexts } from '../prefixes/packed-texts.js';
import type { PrefixNode } from '../prefixes/prefix-node.js';
import { sumCount } from '../prefixes/sum-room.js';
import type { Held } from '../prefixes/tally.js';
import { packedColumn } from '../prefixes/text-column.js';
import type { PartTallies, RowsApart } from '../prefixes/tree-part.js';
import type { CountedRows } from './new-rows.js';
import type { TallyKernel } from './tally-kernel.js';

/** `numbers`: of newcomers, in the order they have in the part. */
export function keptRows(
  kernel: TallyKernel,
  newcomers: CountedRows,
  numbers: readonly number[],
  held: readonly Held[],
): RowsApart {
  const rows = numbers.map((number) => newcomers.rows[number]!);
  const parents = numbers.map((number) => newcomers.parent(number));
  return { parents, ...textsOf(kernel, rows, parents), tallies: talliesOf(kernel, rows, held) };
}

function textsOf(
  kernel: TallyKernel,
  rows: readonly number[],
  parents: readonly PrefixNode[],
): { readonly names: PackedTexts; readonly samples: PackedTexts } {
  const columnOf = () => ({
    bytes: kernel.bytes,
    from: new Uint32Array(rows.length),
    to: new Uint32Array(rows.length),
  });
  const names = columnOf();
  const samples = columnOf();
  let parent: PrefixNode | undefined;
  let parentBytes = 0;
  rows.forEach((row, i) => {
    const { at, length, sampleAt, sampleLength } = kernel.newRow(row)!;
    // Neighbours mostly have the same.
    if (parents[i] !== parent) {
      parent = parents[i]!;
      parentBytes = Buffer.byteLength(parent.prefix);
    }
    names.from[i] = at + parentBytes;
    names.to[i] = at + length;
    samples.from[i] = sampleAt;
    samples.to[i] = sampleAt + sampleLength;
  });
  return { names: packedColumn(names, rows.length), samples: packedColumn(samples, rows.length) };
}

function talliesOf(kernel: TallyKernel, rows: readonly number[], held: readonly Held[]): PartTallies {
  const slots: number[] = [];
  const slotRows: number[] = [];
  rows.forEach((row, place) => {
    for (const slot of kernel.slotsOf(row)) {
      slots.push(slot);
      slotRows.push(place);
    }
  });
  const sums = new Float64Array(slots.length * sumCount);
  const { numbers } = kernel;
  slots.forEach((slot, i) => {
    const from = kernel.sumsAt(slot);
    for (let sum = 0; sum < sumCount; sum++) sums[i * sumCount + sum] = numbers[from + sum]!;
  });
  return {
    tallyRows: Int32Array.from(slotRows),
    tallyHeld: Int32Array.from(slots, (slot) => kernel.slot(slot).held),
    held: [...held],
    sums,
    spilled: [],
  };
}
