/** A row while it is being counted: what lies at it, what is below it, and what its files are named like. */
import type { Prefix } from '../kernel/s3.js';
import type { HourSet } from './hour-set.js';
import type { Sample } from './row-sample.js';
import { createTally, type RunningTally } from './running-tally.js';
import type { Held } from './tally.js';

export interface PrefixNode {
  readonly prefix: Prefix;
  readonly depth: number;
  readonly parent: PrefixNode | undefined;
  readonly children: Map<string, PrefixNode>;
  /** What lies at this row and at no deeper one, by class and tier. */
  readonly tallies: RunningTally[];
  /** Children were folded into this row; a child unknown by then never gets a row, for it would lack what was folded. */
  closed: boolean;
  /** By template of a recognised layout. */
  readonly partitions: Map<string, HourSet>;
  /** One of the keys that have no deeper row, never one that was folded into this row. */
  sample: Sample | undefined;
}

export function createNode(parent: PrefixNode | undefined, prefix: Prefix): PrefixNode {
  return {
    prefix: owned(prefix),
    depth: parent ? parent.depth + 1 : 0,
    parent,
    children: new Map(),
    tallies: [],
    closed: false,
    partitions: new Map(),
    sample: undefined,
  };
}

/** A slice would keep the whole text it was cut from alive, which may be a page of a listing. */
export const owned = (text: string): string => ` ${text}`.slice(1);

export function tallyFor(
  at: { readonly tallies: RunningTally[] },
  held: Held,
  smallBelowBytes: number,
): RunningTally {
  for (const tally of at.tallies)
    if (tally.class === held.class && tally.accessTier === held.accessTier) return tally;
  const tier = held.accessTier;
  const tally = createTally(owned(held.class), smallBelowBytes, tier === undefined ? undefined : owned(tier));
  at.tallies.push(tally);
  return tally;
}

/** Parents before their children. */
export function* allNodes(root: PrefixNode): Generator<PrefixNode> {
  const waiting = [root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    yield node;
    for (const child of node.children.values()) waiting.push(child);
  }
}
