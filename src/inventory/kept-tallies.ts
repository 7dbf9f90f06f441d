/** The sums of the kernel as those of a part: what was counted in one go is handed on as it stands. */
import type { PrefixNode } from '../prefixes/prefix-node.js';
import { sumCount } from '../prefixes/sum-room.js';
import type { Held } from '../prefixes/tally.js';
import type { PartTallies } from '../prefixes/tree-part.js';
import type { TallyKernel } from './tally-kernel.js';

/** `numbers`: the kernel's row of each node that was counted in; `newcomers`: those of rows that stand behind the nodes. */
export function keptTallies(
  kernel: TallyKernel,
  nodes: readonly PrefixNode[],
  numbers: ReadonlyMap<PrefixNode, number>,
  newcomers: readonly number[],
  held: readonly Held[],
): PartTallies {
  const places = new Int32Array(numbers.size + newcomers.length);
  newcomers.forEach((row, i) => {
    places[row] = nodes.length + i;
  });
  nodes.forEach((node, place) => {
    const row = numbers.get(node);
    if (row !== undefined) places[row] = place;
  });
  const count = kernel.slots();
  const tallyRows = new Int32Array(count);
  const tallyHeld = new Int32Array(count);
  const sums = new Float64Array(count * sumCount);
  const { numbers: all } = kernel;
  for (let slot = 0; slot < count; slot++) {
    const of = kernel.slot(slot);
    tallyRows[slot] = places[of.row]!;
    tallyHeld[slot] = of.held;
    const at = kernel.sumsAt(slot);
    for (let i = 0; i < sumCount; i++) sums[slot * sumCount + i] = all[at + i]!;
  }
  return { tallyRows, tallyHeld, held: [...held], sums, spilled: [] };
}
