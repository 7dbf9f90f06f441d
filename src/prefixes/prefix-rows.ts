/** The rows of a tree include everything below them, so that leaving a row out changes no number of another. */
import { compareKeys, isAccessTier, isStorageClass, type Key } from '../kernel/s3.js';
import { countOfFolded } from './folded-prefixes.js';
import { medianBytes } from './histogram.js';
import { daysOf } from './hour-set.js';
import { findPartition } from './partition-keys.js';
import { allNodes, type PrefixNode, tallyFor } from './prefix-node.js';
import type { PrefixTree } from './prefix-tree.js';
import { signsOf } from './row-sample.js';
import { foldTally, histogramOf, type RunningTally, tallyOf, weightOf } from './running-tally.js';
import type { PrefixRow, Scan } from './scan.js';
import { compareHeld, type Tally } from './tally.js';

/** What a tree says: the parts of a scan that come from objects alone. */
export interface TreeSummary extends Pick<Scan, 'smallBelowBytes' | 'totals' | 'prefixes' | 'folded'> {
  readonly unknownClasses: readonly string[];
}

/** A row with the tallies of itself and everything below it. */
interface Inclusive {
  readonly node: PrefixNode;
  tallies: readonly RunningTally[];
}

/** Reads the tree without changing it; more objects may follow. */
export function summarise(tree: PrefixTree): TreeSummary {
  const inclusive = rolledUp(tree);
  const kept = heaviest(inclusive, tree.options.maxPrefixes);
  const prefixes = kept
    .map((row) => rowFor(row, tree.options.depth))
    .sort((a, b) => compareKeys(a.prefix, b.prefix));
  const { tallies } = prefixes[0]!;
  return {
    smallBelowBytes: tree.options.smallBelowBytes,
    totals: tallies,
    prefixes,
    folded: foldedRows(tree, inclusive, kept),
    unknownClasses: unknownClasses(tallies),
  };
}

/** Classes and access tiers that have no price, each once; no class at all is "". Delete markers have none and need none. */
function unknownClasses(tallies: readonly Tally[]): readonly string[] {
  const unknown = tallies.flatMap(({ class: name, accessTier, objects }) => {
    if (objects === 0n) return [];
    if (!isStorageClass(name)) return [name];
    return accessTier === undefined || isAccessTier(accessTier) ? [] : [`${name} ${accessTier}`];
  });
  return [...new Set(unknown)];
}

/** Every row of the tree, parents first; the tallies are those of the tree itself where nothing is below. */
function rolledUp(tree: PrefixTree): readonly Inclusive[] {
  const { smallBelowBytes } = tree.options;
  const above = new Map<PrefixNode | undefined, Inclusive>();
  const rows = allNodes(tree.root).map((node): Inclusive => {
    if (node.children.size === 0) return { node, tallies: node.tallies };
    const row: Inclusive = { node, tallies: [] };
    above.set(node, row);
    return row;
  });
  const add = (into: Inclusive, tallies: readonly RunningTally[]): void => {
    for (const tally of tallies) foldTally(tallyFor(into, tally, smallBelowBytes), tally);
  };
  for (let i = rows.length - 1; i >= 0; i--) {
    const row = rows[i]!;
    if (row.node.children.size > 0) add(row, row.node.tallies);
    const parent = above.get(row.node.parent);
    if (parent) add(parent, row.tallies);
  }
  return rows;
}

/** A parent is at least as heavy as its children and comes before them, so the kept rows always form a tree. */
function heaviest(rows: readonly Inclusive[], limit: number): readonly Inclusive[] {
  const count = Math.max(1, limit);
  if (rows.length <= limit) return rows;
  const weights = rows.map(({ tallies }) => weightOf(tallies));
  const { objects, bytes } = weights[0]!;
  const shares = Float64Array.from(weights, (row) => row.objects / (objects || 1) + row.bytes / (bytes || 1));
  const edge = shares.toSorted().at(-count)!;
  const above = rows.filter((_, i) => shares[i]! > edge);
  const even = rows
    .filter((_, i) => shares[i] === edge)
    .sort((a, b) => a.node.depth - b.node.depth || compareKeys(a.node.prefix, b.node.prefix));
  const taken = new Set(even.slice(0, count - above.length));
  return rows.filter((row, i) => shares[i]! > edge || taken.has(row));
}

/** Exact until rows had to be folded while scanning, an estimate within a few per mille after that. */
function foldedRows(tree: PrefixTree, all: readonly Inclusive[], kept: readonly Inclusive[]): Scan['folded'] {
  const nodes = new Set(kept.map(({ node }) => node));
  const into = new Set<PrefixNode>();
  for (const { node } of all) {
    let row: PrefixNode | undefined = node;
    while (row && !nodes.has(row)) row = row.parent;
    if (row && (row !== node || node.closed)) into.add(row);
  }
  return { prefixes: all.length - kept.length + countOfFolded(tree.folded), into: into.size };
}

function rowFor({ node, tallies }: Inclusive, deepest: number): PrefixRow {
  const ordered = tallies.length > 1 ? tallies.toSorted(compareHeld) : tallies;
  const histogram = ordered.length === 1 ? histogramOf(ordered[0]!) : ordered.flatMap(histogramOf);
  const row: { -readonly [K in keyof PrefixRow]: PrefixRow[K] } = {
    prefix: node.prefix,
    depth: node.depth,
    tallies: ordered.map(tallyOf),
    histogram,
    medianObjectBytes: medianBytes(histogram),
  };
  const [grain] = [...node.partitions].sort(([x, a], [y, b]) => b.size - a.size || compareKeys(x, y));
  if (grain) {
    row.partitioning = grain[0];
    row.partitions = grain[1].size;
    row.partitionDays = daysOf(grain[1]);
  }
  if (node.sample === undefined) return row;
  const below = node.depth === deepest && !grain ? tableDepth(node, node.sample) : undefined;
  return Object.assign(row, signsOf(node.sample), below !== undefined && { tableDepth: below });
}

/** Of the table that a key of the row belongs to, where it has no row of its own. */
function tableDepth({ prefix, depth }: PrefixNode, key: Key): number | undefined {
  const found = findPartition(key.slice(0, key.lastIndexOf('/') + 1));
  if (!found || found.tablePrefix.length <= prefix.length) return undefined;
  return depth + found.tablePrefix.slice(prefix.length).split('/').length - 1;
}
