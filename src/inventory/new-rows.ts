/** Rows that only the kernel knows, as newcomers to the tree; parents are offered to it so that it need not ask about each. */
import type { Newcomer } from '../prefixes/newcomers.js';
import type { PrefixNode } from '../prefixes/prefix-node.js';
import { type RunningTally, tallyView } from '../prefixes/running-tally.js';
import type { Held } from '../prefixes/tally.js';
import type { NewRow, TallyKernel } from './tally-kernel.js';

/** Since the tables were emptied. */
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

export interface CountedRow extends Newcomer {
  readonly row: number;
  readonly tallies: RunningTally[];
}

/** Without tallies. */
export function countedRow(kernel: TallyKernel, { nodes }: OfferedParents, row: NewRow): CountedRow {
  const parent = nodes[row.parent]!;
  return {
    row: row.row,
    prefix: textAt(kernel, row.at, row.length),
    depth: parent.depth + 1,
    parent,
    tallies: [],
    sample: row.sampleLength === 0 ? undefined : textAt(kernel, row.sampleAt, row.sampleLength),
  };
}

/** What stands in a slot, where it stands: gone when the tables are emptied. */
export const slotTally = (
  kernel: TallyKernel,
  slot: number,
  held: Held,
  smallBelowBytes: number,
): RunningTally => tallyView(held, smallBelowBytes, kernel.numbers, kernel.sumsAt(slot), undefined);

/** What is known to be UTF-8; a decoder takes ten times as long for so little. */
export const textAt = ({ bytes }: TallyKernel, at: number, length: number): string =>
  bytes.toString('utf8', at, at + length);
