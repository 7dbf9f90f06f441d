/** A row while it is being counted: what lies at it, what is below it, and what its files are named like. */
import type { Prefix } from '../kernel/s3.js';
import { createHourSet, type HourSet } from './hour-set.js';
import type { Sample } from './row-sample.js';
import { createTally, type RunningTally } from './running-tally.js';
import type { Held } from './tally.js';

export interface PrefixNode {
  readonly prefix: Prefix;
  /** What it adds to the prefix of its parent, without the "/". */
  readonly name: string;
  readonly depth: number;
  readonly parent: PrefixNode | undefined;
  /** By name; replaced when the first one comes. */
  children: ReadonlyMap<string, PrefixNode>;
  /** What lies at this row and at no deeper one, by class and tier; replaced by a longer one, for most have one. */
  tallies: readonly RunningTally[];
  /** Children were folded into this row; those never get a row again, for it would lack what was folded. */
  closed: boolean;
  /** By template of a recognised layout. */
  partitions: ReadonlyMap<string, HourSet>;
  /** One of the keys that have no deeper row, never one that was folded into this row. */
  sample: Sample | undefined;
}

const noTallies: readonly RunningTally[] = [];

/** Most rows have neither rows below nor hours: tens of thousands of maps would hold nothing. */
const none: ReadonlyMap<string, never> = new Map<string, never>();

export function addChild(parent: PrefixNode, child: PrefixNode): void {
  const children =
    parent.children === none ? new Map<string, PrefixNode>() : (parent.children as Map<string, PrefixNode>);
  children.set(child.name, child);
  parent.children = children;
}

export function removeChild(parent: PrefixNode, child: PrefixNode): void {
  (parent.children as Map<string, PrefixNode>).delete(child.name);
}

/** The hours of a layout, of which there are none at first. */
export function hoursOf(node: PrefixNode, template: string): HourSet {
  const known = node.partitions.get(template);
  if (known) return known;
  const hours = createHourSet();
  node.partitions = new Map([...node.partitions, [template, hours]]);
  return hours;
}

export function createNode(parent: PrefixNode | undefined, prefix: Prefix): PrefixNode {
  const own = owned(prefix);
  return {
    prefix: own,
    name: parent ? own.slice(parent.prefix.length, -1) : '',
    depth: parent ? parent.depth + 1 : 0,
    parent,
    children: none,
    tallies: noTallies,
    closed: false,
    partitions: none,
    sample: undefined,
  };
}

/** A slice would keep the whole text it was cut from alive, which may be a page of a listing. */
export const owned = (text: string): string => ` ${text}`.slice(1);

export function tallyFor(
  at: { tallies: readonly RunningTally[] },
  held: Held,
  smallBelowBytes: number,
): RunningTally {
  for (const tally of at.tallies)
    if (tally.class === held.class && tally.accessTier === held.accessTier) return tally;
  const tier = held.accessTier;
  const tally = createTally(owned(held.class), smallBelowBytes, tier === undefined ? undefined : owned(tier));
  at.tallies = at.tallies.length === 0 ? [tally] : [...at.tallies, tally];
  return tally;
}

/** Parents before their children, those in the order they came in: for the most part that of their names. */
export function allNodes(root: PrefixNode): PrefixNode[] {
  const nodes: PrefixNode[] = [];
  const waiting = [root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    nodes.push(node);
    if (node.children !== none)
      for (const child of [...node.children.values()].reverse()) waiting.push(child);
  }
  return nodes;
}
