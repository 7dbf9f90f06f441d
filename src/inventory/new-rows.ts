/** Rows that only the kernel knows, as newcomers to the tree; parents are offered to it so that it need not ask about each. */
import { signOf } from '../prefixes/folded-prefixes.js';
import type { Newcomers } from '../prefixes/newcomers.js';
import { type PrefixNode, tallyFor } from '../prefixes/prefix-node.js';
import { addSums, type RunningTally, tallyView, weightOf } from '../prefixes/running-tally.js';
import type { Held } from '../prefixes/tally.js';
import type { TallyKernel } from './tally-kernel.js';

/** Since the tables were emptied, or all but some rows. */
export interface OfferedParents {
  readonly nodes: PrefixNode[];
  readonly numbers: Map<PrefixNode, number>;
}

export const noParents = (): OfferedParents => ({ nodes: [], numbers: new Map() });

/** Below these a folder may be the day or hour of a table, also without a "=" of its own. */
const mayHoldTables = /=|(?:^|\/)\d{4}\//;

/** Its number; undefined where each folder must be looked at. */
export function numberOfParent({ nodes, numbers }: OfferedParents, node: PrefixNode): number | undefined {
  const known = numbers.get(node);
  if (known !== undefined) return known < 0 ? undefined : known;
  const number = mayHoldTables.test(node.prefix) ? -1 : nodes.push(node) - 1;
  numbers.set(node, number);
  return number < 0 ? undefined : number;
}

/** `rows`: their numbers in the kernel. */
export interface CountedRows extends Newcomers {
  readonly rows: readonly number[];
}

/** Gone when the tables are emptied, or all but some rows, which have other numbers then. `held`: what the kernel counts by number. */
export function countedRows(
  kernel: TallyKernel,
  { nodes }: OfferedParents,
  held: readonly Held[],
  smallBelowBytes: number,
): CountedRows {
  const rows = kernel.newRows();
  const parents = kernel.parentsOf(rows);
  const slotsOf = (number: number): number[] => kernel.slotsOf(rows[number]!);
  const view = (slot: number): RunningTally =>
    tallyView(held[kernel.slot(slot).held]!, smallBelowBytes, kernel.numbers, kernel.sumsAt(slot), undefined);
  const prefix = (number: number): string => {
    const { at, length } = kernel.newRow(rows[number]!)!;
    return textAt(kernel, at, length);
  };
  let signs: Float64Array | undefined;
  return {
    rows,
    count: rows.length,
    prefix,
    parent: (number) => nodes[parents[number]!]!,
    sample(number) {
      const { sampleAt, sampleLength } = kernel.newRow(rows[number]!)!;
      return sampleLength === 0 ? undefined : textAt(kernel, sampleAt, sampleLength);
    },
    signs() {
      if (signs) return signs;
      signs = kernel.signsOf(rows);
      for (let i = 0; i < signs.length; i++) if (signs[i]! < 0) signs[i] = signOf(prefix(i));
      return signs;
    },
    weights() {
      const weighed = kernel.weigh(rows);
      const objects = new Float64Array(rows.length);
      const bytes = new Float64Array(rows.length);
      for (let i = 0; i < rows.length; i++) {
        objects[i] = weighed[2 * i]!;
        bytes[i] = weighed[2 * i + 1]!;
        if (bytes[i]! > Number.MAX_SAFE_INTEGER)
          ({ objects: objects[i], bytes: bytes[i] } = weightOf(slotsOf(i).map(view)));
      }
      return { objects, bytes };
    },
    gather: (number, into) => kernel.gather(rows[number]!, rows[into]!),
    addTo(number, row) {
      for (const slot of slotsOf(number)) {
        const named = held[kernel.slot(slot).held]!;
        addSums(tallyFor(row, named, smallBelowBytes), kernel.numbers, kernel.sumsAt(slot));
      }
    },
  };
}

/** What is known to be UTF-8; a decoder takes ten times as long for so little. */
export const textAt = ({ bytes }: TallyKernel, at: number, length: number): string =>
  bytes.toString('utf8', at, at + length);
