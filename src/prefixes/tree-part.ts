/** What one worker counted, as flat arrays that can be handed from thread to thread, or kept in a file. */
import { type PackedHours, packHours } from './packed-hours.js';
import { allNodes, type PrefixNode } from './prefix-node.js';
import type { PrefixTree, PrefixTreeOptions } from './prefix-tree.js';
import { sumCount } from './running-tally.js';
import type { Held } from './tally.js';

/** Texts one after another; the i-th ends at ends[i]. */
export interface PackedTexts {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

/** Holds no functions: it may be posted, or written with v8.serialize. Rows stand before the rows below them. */
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

/** Copies what the tree holds; the tree may go on. */
export function partOf(tree: PrefixTree): TreePart {
  const nodes = [...allNodes(tree.root)];
  const numbers = new Map(nodes.map((node, i) => [node, i]));
  return {
    options: tree.options,
    names: packed(nodes.map((node) => node.prefix.slice(node.parent?.prefix.length ?? 0))),
    parents: Int32Array.from(nodes, (node) => (node.parent ? numbers.get(node.parent)! : -1)),
    closed: Uint8Array.from(nodes, (node) => Number(node.closed)),
    samples: packed(nodes.map((node) => node.sample ?? '')),
    ...talliesOf(nodes),
    hours: packHours(nodes),
    folded: tree.folded.bits.slice(),
  };
}

function talliesOf(nodes: readonly PrefixNode[]) {
  const numbers = new Map<string, number>();
  const held: Held[] = [];
  const numberOf = ({ class: name, accessTier }: Held): number => {
    const known = JSON.stringify([name, accessTier]);
    const number = numbers.get(known) ?? held.length;
    if (number === held.length) {
      numbers.set(known, number);
      held.push({ class: name, ...(accessTier !== undefined && { accessTier }) });
    }
    return number;
  };
  const all = nodes.flatMap((node, row) => node.tallies.map((tally) => ({ row, tally })));
  const sums = new Float64Array(all.length * sumCount);
  all.forEach(({ tally }, i) => {
    sums.set(tally.sums, i * sumCount);
  });
  return {
    tallyRows: Int32Array.from(all, ({ row }) => row),
    tallyHeld: Int32Array.from(all, ({ tally }) => numberOf(tally)),
    held,
    sums,
    spilled: all.flatMap(({ tally }, at) =>
      [...(tally.spilled ?? [])].map(([index, amount]) => ({ tally: at, index, amount })),
    ),
  };
}

function packed(texts: readonly string[]): PackedTexts {
  const ends = new Uint32Array(texts.length);
  const pieces = texts.map((text) => encoder.encode(text));
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  pieces.forEach((piece, i) => {
    bytes.set(piece, at);
    at += piece.length;
    ends[i] = at;
  });
  return { bytes, ends };
}

export function textAt({ bytes, ends }: PackedTexts, at: number): string {
  return decoder.decode(bytes.subarray(at === 0 ? 0 : ends[at - 1]!, ends[at]!));
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
