/** What one worker counted, as flat arrays that can be handed from thread to thread, or kept in a file. */
import { type PackedHours, packHours } from './packed-hours.js';
import { type PackedTexts, packTexts } from './packed-texts.js';
import { allNodes, type PrefixNode } from './prefix-node.js';
import type { PrefixTree, PrefixTreeOptions } from './prefix-tree.js';
import { sumCount } from './sum-room.js';
import type { Held } from './tally.js';
import { type PlacedTexts, packedColumn } from './text-column.js';

/** Holds no functions: it may be posted, or written with v8.serialize. Rows stand before the rows below them, and no two have the same parent and name. */
export interface TreePart {
  readonly options: PrefixTreeOptions;
  readonly names: PackedTexts;
  /** The first is the scanned prefix, whose parent is −1. */
  readonly parents: Int32Array;
  /** 1: rows below it were folded into this one. */
  readonly closed: Uint8Array;
  /** Empty where a row has none. */
  readonly samples: PackedTexts;
  /** What the tallies are of, by number. */
  readonly held: readonly Held[];
  /** For each tally its row, and what it is of. */
  readonly tallyRows: Int32Array;
  readonly tallyHeld: Int32Array;
  /** The sums of each tally, one tally after another. */
  readonly sums: Float64Array;
  readonly spilled: readonly { readonly tally: number; readonly index: number; readonly amount: bigint }[];
  readonly hours: PackedHours;
  readonly folded: Uint32Array;
}

/** The buffers to hand over with a message, so that nothing is copied. */
export const transfersOf = (part: TreePart): ArrayBufferLike[] => [
  part.names.bytes.buffer,
  part.names.ends.buffer,
  part.parents.buffer,
  part.closed.buffer,
  part.samples.bytes.buffer,
  part.samples.ends.buffer,
  part.tallyRows.buffer,
  part.tallyHeld.buffer,
  part.sums.buffer,
  part.hours.rows.buffer,
  part.hours.templateNumbers.buffer,
  part.hours.pages.buffer,
  part.hours.ends.buffer,
  part.hours.words.buffer,
  part.folded.buffer,
];

/** Rows that have none in the tree, and stand behind those that have; nothing lies below them. They are copied from where they stand. */
export interface RowsApart {
  /** Rows of the tree. */
  readonly parents: readonly PrefixNode[];
  /** What each adds to the prefix of its parent. */
  readonly names: PlacedTexts;
  readonly samples: PlacedTexts;
  readonly tallies: TalliesApart;
}

/** Of each tally its row, counted from 0 on, what it is of, and where its sums begin. */
interface TalliesApart {
  readonly rows: readonly number[];
  readonly heldBy: readonly number[];
  readonly held: readonly Held[];
  readonly sums: Float64Array;
  readonly sumsAt: readonly number[];
}

/** Copies what the tree holds; the tree may go on. */
export function partOf(tree: PrefixTree, apart?: RowsApart): TreePart {
  const nodes = allNodes(tree.root);
  const above = new Set(apart?.parents);
  const numbers = new Map<PrefixNode | undefined, number>([[undefined, -1]]);
  const count = nodes.length + (apart?.parents.length ?? 0);
  nodes.forEach((node, i) => {
    // Only what has rows below is asked for again.
    if (node.children.size > 0 || above.has(node)) numbers.set(node, i);
  });
  const parents = new Int32Array(count);
  nodes.forEach(({ parent }, i) => {
    parents[i] = numbers.get(parent)!;
  });
  apart?.parents.forEach((parent, i) => {
    parents[nodes.length + i] = numbers.get(parent)!;
  });
  const closed = new Uint8Array(count);
  closed.set(Uint8Array.from(nodes, (node) => Number(node.closed)));
  const names = packTexts(nodes.map(({ prefix, parent }) => prefix.slice(parent?.prefix.length ?? 0)));
  const samples = packTexts(nodes.map(({ sample }) => sample ?? ''));
  return {
    options: tree.options,
    parents,
    closed,
    names: apart ? packedColumn(apart.names, apart.parents.length, names) : names,
    samples: apart ? packedColumn(apart.samples, apart.parents.length, samples) : samples,
    ...talliesIn(nodes, apart?.tallies),
    hours: packHours(nodes),
    folded: tree.folded.bits.slice(),
  };
}

type PartTallies = Pick<TreePart, 'held' | 'tallyRows' | 'tallyHeld' | 'sums' | 'spilled'>;

function talliesIn(nodes: readonly PrefixNode[], apart: TalliesApart | undefined): PartTallies {
  const held: Held[] = [];
  const own = nodes.reduce((sum, { tallies }) => sum + tallies.length, 0);
  const count = own + (apart?.rows.length ?? 0);
  const tallyRows = new Int32Array(count);
  const tallyHeld = new Int32Array(count);
  const sums = new Float64Array(count * sumCount);
  const spilled: { tally: number; index: number; amount: bigint }[] = [];
  const copy = (tally: number, from: Float64Array, at: number): void =>
    sums.set(from.subarray(at, at + sumCount), tally * sumCount);
  let at = 0;
  nodes.forEach(({ tallies }, row) => {
    for (const tally of tallies) {
      tallyRows[at] = row;
      tallyHeld[at] = numberOf(held, tally);
      copy(at, tally.sums, tally.at);
      for (const [index, amount] of tally.spilled ?? []) spilled.push({ tally: at, index, amount });
      at += 1;
    }
  });
  const heldNumbers = apart?.held.map((named) => numberOf(held, named)) ?? [];
  for (; at < count; at++) {
    const { rows, heldBy, sums: from, sumsAt } = apart!;
    tallyRows[at] = nodes.length + rows[at - own]!;
    tallyHeld[at] = heldNumbers[heldBy[at - own]!]!;
    copy(at, from, sumsAt[at - own]!);
  }
  return { held, tallyRows, tallyHeld, sums, spilled };
}

/** Of some dozens at most. */
function numberOf(held: Held[], { class: name, accessTier }: Held): number {
  for (let i = 0; i < held.length; i++)
    if (held[i]!.class === name && held[i]!.accessTier === accessTier) return i;
  return held.push(accessTier === undefined ? { class: name } : { class: name, accessTier }) - 1;
}
