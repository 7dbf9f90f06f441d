/** The rows of a tree include everything below them, so that leaving a row out changes no number of another. */
import { compareKeys, isAccessTier, isStorageClass } from '../kernel/s3.js';
import { countOfFolded } from './folded-prefixes.js';
import { medianBytes } from './histogram.js';
import { daysOf } from './hour-set.js';
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

type Inclusive = ReadonlyMap<PrefixNode, readonly RunningTally[]>;

/** Reads the tree without changing it; more objects may follow. */
export function summarise(tree: PrefixTree): TreeSummary {
  const inclusive = rolledUp(tree);
  const kept = heaviest(inclusive, tree.options.maxPrefixes);
  const prefixes = [...kept]
    .map((node) => rowFor(node, inclusive.get(node)!))
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

/** Every row with the tallies of itself and everything below. */
function rolledUp(tree: PrefixTree): Inclusive {
  const { smallBelowBytes } = tree.options;
  const nodes = [...allNodes(tree.root)];
  const sums = new Map(nodes.map((node) => [node, { tallies: [] as RunningTally[] }]));
  for (const node of nodes.toReversed()) {
    const own = sums.get(node)!;
    for (const tally of node.tallies) foldTally(tallyFor(own, tally, smallBelowBytes), tally);
    const above = node.parent && sums.get(node.parent)!;
    if (above) for (const tally of own.tallies) foldTally(tallyFor(above, tally, smallBelowBytes), tally);
  }
  return new Map([...sums].map(([node, { tallies }]) => [node, tallies]));
}

/** A parent is at least as heavy as its children and comes before them, so the kept rows always form a tree. */
function heaviest(inclusive: Inclusive, limit: number): ReadonlySet<PrefixNode> {
  if (inclusive.size <= limit) return new Set(inclusive.keys());
  const weights = [...inclusive].map(([node, tallies]) => ({ node, ...weightOf(tallies) }));
  const { objects, bytes } = weights[0]!;
  const share = (row: { objects: number; bytes: number }) => row.objects / objects + row.bytes / (bytes || 1);
  weights.sort(
    (a, b) => share(b) - share(a) || a.node.depth - b.node.depth || compareKeys(a.node.prefix, b.node.prefix),
  );
  return new Set(weights.slice(0, Math.max(1, limit)).map((row) => row.node));
}

/** Exact until rows had to be folded while scanning, an estimate within a few per mille after that. */
function foldedRows(tree: PrefixTree, inclusive: Inclusive, kept: ReadonlySet<PrefixNode>): Scan['folded'] {
  const into = new Set<PrefixNode>();
  for (const node of inclusive.keys()) {
    let row: PrefixNode | undefined = node;
    while (row && !kept.has(row)) row = row.parent;
    if (row && (row !== node || node.closed)) into.add(row);
  }
  return { prefixes: inclusive.size - kept.size + countOfFolded(tree.folded), into: into.size };
}

function rowFor(node: PrefixNode, running: readonly RunningTally[]): PrefixRow {
  const ordered = running.toSorted(compareHeld);
  const histogram = ordered.flatMap(histogramOf);
  const [grain] = [...node.partitions].sort(([x, a], [y, b]) => b.size - a.size || compareKeys(x, y));
  return {
    prefix: node.prefix,
    depth: node.depth,
    tallies: ordered.map(tallyOf),
    histogram,
    medianObjectBytes: medianBytes(histogram),
    ...(grain && { partitioning: grain[0], partitions: grain[1].size, partitionDays: daysOf(grain[1]) }),
    ...(node.sample !== undefined && signsOf(node.sample)),
  };
}
