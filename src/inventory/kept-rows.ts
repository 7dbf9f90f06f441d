/** Rows that only the kernel knows as those of a part, which is told where their names, samples and sums stand. */
import type { PrefixNode } from '../prefixes/prefix-node.js';
import type { Held } from '../prefixes/tally.js';
import type { PlacedTexts } from '../prefixes/text-column.js';
import type { RowsApart } from '../prefixes/tree-part.js';
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
): { readonly names: PlacedTexts; readonly samples: PlacedTexts } {
  const { bytes } = kernel;
  const { folders, samples } = kernel.textsOf(rows);
  let parent: PrefixNode | undefined;
  let parentBytes = 0;
  for (let i = 0; i < rows.length; i++) {
    // Neighbours mostly have the same.
    if (parents[i] !== parent) {
      parent = parents[i]!;
      parentBytes = Buffer.byteLength(parent.prefix);
    }
    folders.from[i]! += parentBytes;
  }
  return { names: { bytes, ...folders }, samples: { bytes, ...samples } };
}

function talliesOf(
  kernel: TallyKernel,
  list: readonly number[],
  held: readonly Held[],
): RowsApart['tallies'] {
  const { slots, rows, held: heldBy } = kernel.slotsOfEach(list);
  return { rows, heldBy, held, sums: kernel.numbers, sumsAt: slots.map(kernel.sumsAt) };
}
