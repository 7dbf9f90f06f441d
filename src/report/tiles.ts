/** The tiles of the treemap share out the whole bill: a prefix opens into those below it that can be seen, and what is left of it is a tile too. */
import { compareKeys } from '../kernel/s3.js';
import { approximateUsd, subtractUsd, sumUsd, type Usd } from '../kernel/usd.js';
import { medianBytes, mergeHistograms } from '../prefixes/histogram.js';
import type { PricedPrefix } from '../scenarios/priced-rows.js';
import { money } from './view.js';

export interface Tile {
  readonly name: string;
  readonly dollars: number;
  readonly money: string;
  readonly objects: bigint;
  readonly medianObjectBytes: number;
}

interface Node {
  readonly row: PricedPrefix;
  readonly below: Node[];
}

const tilesAtMost = 150;
/** A smaller share of the whole is a speck. */
const leastShare = 1 / 500;
/** What is more than this share is opened even where not all below it find room. */
const largeShare = 1 / 4;

/** Rows come in key order, the scanned prefix first. Largest tile first. */
export function tilesOf(priced: readonly PricedPrefix[]): Tile[] {
  const root = treeOf(priced);
  const whole = root ? dollarsOf(root) : 0;
  if (!root || whole <= 0) return [];
  const tiles: Tile[] = [];
  const closed = [root];
  for (let node = closed.pop(); node; node = closed.pop()) {
    const seen = node.below
      .filter((child) => dollarsOf(child) >= whole * leastShare)
      .sort((a, b) => dollarsOf(b) - dollarsOf(a));
    const room = tilesAtMost - tiles.length - closed.length - 1;
    const opened = seen.length <= room || dollarsOf(node) > whole * largeShare ? seen.slice(0, room) : [];
    tiles.push(...(opened.length === 0 ? [tileOf(node.row)] : restOf(node.row, opened)));
    if (opened.length > 0) insertByDollars(closed, opened);
  }
  return tiles.sort((a, b) => b.dollars - a.dollars || compareKeys(a.name, b.name));
}

const dollarsOf = ({ row }: Node): number => approximateUsd(row.monthly);

/** The costliest last: it is the next to be opened. */
function insertByDollars(nodes: Node[], more: readonly Node[]): void {
  nodes.push(...more);
  nodes.sort((a, b) => dollarsOf(a) - dollarsOf(b));
}

function treeOf([first, ...rows]: readonly PricedPrefix[]): Node | undefined {
  if (!first) return undefined;
  const root: Node = { row: first, below: [] };
  const path = [root];
  for (const row of rows) {
    while (path.length > 1 && !row.prefix.startsWith(path.at(-1)!.row.prefix)) path.pop();
    const node: Node = { row, below: [] };
    path.at(-1)!.below.push(node);
    path.push(node);
  }
  return root;
}

const tileOf = (row: PricedPrefix): Tile =>
  tile(row.prefix === '' ? '(all)' : row.prefix, row.monthly, row.objects, row.medianObjectBytes);

const tile = (name: string, monthly: Usd, objects: bigint, medianObjectBytes: number): Tile => ({
  name,
  dollars: approximateUsd(monthly),
  money: money(monthly),
  objects,
  medianObjectBytes,
});

/** What lies in a prefix beside the opened ones: directly in it, or in prefixes too small to see. */
function restOf(row: PricedPrefix, opened: readonly Node[]): Tile[] {
  const objects = opened.reduce((left, child) => left - child.row.objects, row.objects);
  const monthly = subtractUsd(row.monthly, sumUsd(opened.map((child) => child.row.monthly)));
  if (objects <= 0n || approximateUsd(monthly) <= 0) return [];
  const less = opened.flatMap((child) =>
    child.row.histogram.map((bar) => ({ ...bar, objects: -bar.objects, bytes: -bar.bytes })),
  );
  const left = mergeHistograms(row.histogram, less);
  const name = row.prefix === '' ? 'the rest' : `the rest of ${row.prefix}`;
  // A scan document from outside may hold more below a prefix than in it.
  return [tile(name, monthly, objects, Math.max(0, medianBytes(left)))];
}
