/** The rows of a scan include everything below them, so that leaving a row out changes no number of another. */
import { compareKeys, isAccessTier, isStorageClass, type Key, type Prefix } from '../kernel/s3.js';
import { countOfFolded } from './folded-prefixes.js';
import { medianBytes } from './histogram.js';
import { daysOf, type HourSet } from './hour-set.js';
import { type MergedRows, prefixAt, rowsAbove } from './merged-rows.js';
import { findPartition } from './partition-keys.js';
import { partitionRows } from './partition-rows.js';
import { type NameSigns, signReader } from './row-sample.js';
import { exactWeight, histogramOf, type RunningTally, tallyOf } from './running-tally.js';
import type { PrefixRow, Scan } from './scan.js';
import { compareHeld, type Tally } from './tally.js';
import {
  addRowTo,
  addTalliesTo,
  emptyTallies,
  type TallyTable,
  talliesAt,
  type Weights,
  weightsOf,
} from './tally-table.js';
import { textsOf } from './text-column.js';

/** What a tree says: the parts of a scan that come from objects alone. */
export interface TreeSummary extends Pick<Scan, 'smallBelowBytes' | 'totals' | 'prefixes' | 'folded'> {
  readonly unknownClasses: readonly string[];
}

/** Reads the rows without changing them; more parts may follow. */
export function summarise(rows: MergedRows): TreeSummary {
  const isWithin = partitionRows(rows);
  const kept = keptRows(rows, isWithin);
  const isAbove = rowsAbove(rows);
  const sums = rolledUp(rows, kept, isAbove);
  const prefixes = rowsOf(rows, kept, isWithin, isAbove, sums).sort((a, b) =>
    compareKeys(a.prefix, b.prefix),
  );
  const totals = prefixes[0]!.tallies;
  return {
    smallBelowBytes: rows.options.smallBelowBytes,
    totals,
    prefixes,
    folded: foldedRows(rows, kept, isWithin),
    unknownClasses: unknownClasses(totals),
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

/** For each row itself, if it stays, or the next above it that does. A parent is at least as heavy as its children, so that those that stay form a tree, but for those within partitions, which never stay. */
type Kept = Int32Array;

function keptRows(rows: MergedRows, isWithin: Uint8Array): Kept {
  const { count, parents } = rows;
  const isKept = isWithin.map((within) => 1 - within);
  if (count > Math.max(1, rows.options.maxPrefixes)) keepHeaviest(rows, isKept);
  const kept = new Int32Array(count);
  for (let row = 0; row < count; row++) kept[row] = isKept[row] === 1 ? row : kept[parents[row]!]!;
  return kept;
}

/** Of those that are to be kept. */
function keepHeaviest(rows: MergedRows, isKept: Uint8Array): void {
  const { depths } = rows;
  const most = Math.max(1, rows.options.maxPrefixes);
  const shares = sharesOf(rows).map((share, row) => (isKept[row] === 1 ? share : -1));
  const edge = shares.toSorted().at(-most)!;
  let left = most;
  const even: { row: number; prefix: Prefix }[] = [];
  shares.forEach((share, row) => {
    if (share > edge) left -= 1;
    else if (share === edge && share >= 0) even.push({ row, prefix: prefixAt(rows, row) });
    isKept[row] = Number(share > edge);
  });
  even.sort((a, b) => depths[a.row]! - depths[b.row]! || compareKeys(a.prefix, b.prefix));
  for (const { row } of even.slice(0, left)) isKept[row] = 1;
}

/** Of all objects and of all bytes, what lies at a row and below it. */
function sharesOf(rows: MergedRows): Float64Array {
  const { objects, bytes } = weightsBelow(rows);
  const ofObjects = objects[0]! || 1;
  const ofBytes = bytes[0]! || 1;
  return objects.map((own, row) => own / ofObjects + bytes[row]! / ofBytes);
}

function weightsBelow({ count, parents, tallies }: MergedRows): Weights {
  const { objects, bytes } = weightsOf(tallies, count);
  // What lies below a row stands behind it.
  for (let row = count - 1; row > 0; row--) {
    objects[parents[row]!]! += objects[row]!;
    bytes[parents[row]!]! += bytes[row]!;
  }
  const isExact = bytes[0]! <= Number.MAX_SAFE_INTEGER && tallies.spilled.size === 0;
  return isExact ? { objects, bytes } : exactWeights(count, parents, tallies);
}

/** The numbers nearest to the exact sums, so that no order of adding shows. */
function exactWeights(count: number, parents: Int32Array, tallies: TallyTable): Weights {
  const weights = Array.from({ length: count }, (_, row) => exactWeight(talliesAt(tallies, row)));
  for (let row = count - 1; row > 0; row--) {
    const above = weights[parents[row]!]!;
    above.objects += weights[row]!.objects;
    above.bytes += weights[row]!.bytes;
  }
  return {
    objects: Float64Array.from(weights, ({ objects }) => Number(objects)),
    bytes: Float64Array.from(weights, ({ bytes }) => Number(bytes)),
  };
}

/** Of each row that stays and has others below it, with what lies below it. */
function rolledUp({ count, parents, tallies }: MergedRows, kept: Kept, isAbove: Uint8Array): TallyTable {
  const sums = emptyTallies(tallies.smallBelowBytes, tallies.held, count);
  const into = kept.slice();
  for (let row = 1; row < count; row++)
    if (kept[row] === row && isAbove[row] === 0) into[row] = kept[parents[row]!]!;
  addTalliesTo(tallies, into, sums);
  for (let row = count - 1; row > 0; row--)
    if (kept[row] === row && isAbove[row] === 1) addRowTo(sums, row, kept[parents[row]!]!);
  return sums;
}

/** Exact until rows had to be folded while scanning, an estimate within a few per mille after that. */
function foldedRows({ count, closed, folded }: MergedRows, kept: Kept, isWithin: Uint8Array): Scan['folded'] {
  const into = new Set<number>();
  let left = 0;
  for (let row = 0; row < count; row++) {
    const isLeft = kept[row] !== row && isWithin[row] === 0;
    if (isLeft) left += 1;
    if (isLeft || closed[row] === 1) into.add(kept[row]!);
  }
  return { prefixes: left + countOfFolded(folded), into: into.size };
}

function rowsOf(
  rows: MergedRows,
  kept: Kept,
  isWithin: Uint8Array,
  isAbove: Uint8Array,
  sums: TallyTable,
): PrefixRow[] {
  const { count, parents, tallies } = rows;
  const nameOf = textsOf(rows.names);
  const sampleOf = textsOf(rows.samples);
  const signsOf = signReader();
  const prefixes = new Map<number, Prefix>([[-1, '']]);
  const found: PrefixRow[] = [];
  for (let row = 0; row < count; row++) {
    if (kept[row] !== row && isWithin[row] === 0) continue;
    const above = prefixes.get(parents[row]!);
    // Below what was left out for its weight nothing stays.
    if (above === undefined) continue;
    const prefix = above + nameOf(row);
    if (isAbove[row] === 1) prefixes.set(row, prefix);
    if (kept[row] !== row) continue;
    const counted = talliesAt(isAbove[row] === 1 ? sums : tallies, row);
    const sample = sampleOf(row);
    found.push(rowFor(rows, row, prefix, counted, sample, signsOf(sample)));
  }
  return found;
}

function rowFor(
  rows: MergedRows,
  number: number,
  prefix: Prefix,
  counted: RunningTally[],
  sample: Key,
  { format, writer }: NameSigns,
): PrefixRow {
  if (counted.length > 1) counted.sort(compareHeld);
  const histograms = counted.map(histogramOf);
  const histogram = histograms.length === 1 ? histograms[0]! : histograms.flat();
  const depth = rows.depths[number]!;
  const row: { -readonly [K in keyof PrefixRow]: PrefixRow[K] } = {
    prefix,
    depth,
    tallies: counted.map((tally, i) => tallyOf(tally, histograms[i])),
    histogram,
    medianObjectBytes: medianBytes(histogram),
  };
  const grain = grainOf(rows, number);
  if (grain) {
    row.partitioning = grain[0];
    row.partitions = grain[1].size;
    row.partitionDays = daysOf(grain[1]);
  }
  if (sample === '') return row;
  if (format !== undefined) row.format = format;
  if (writer !== undefined) row.writer = writer;
  const below = depth === rows.options.depth && !grain ? tableDepth(depth, prefix, sample) : undefined;
  if (below !== undefined) row.tableDepth = below;
  return row;
}

/** The layout of the most hours, and those. */
function grainOf({ hours }: MergedRows, row: number): [string, HourSet] | undefined {
  const sets = hours.get(row);
  return sets && [...sets].sort(([x, a], [y, b]) => b.size - a.size || compareKeys(x, y))[0];
}

/** Of the table that a key of the row belongs to, where it has no row of its own. */
function tableDepth(depth: number, prefix: Prefix, key: Key): number | undefined {
  const found = findPartition(key.slice(0, key.lastIndexOf('/') + 1));
  if (!found || found.tablePrefix.length <= prefix.length) return undefined;
  return depth + found.tablePrefix.slice(prefix.length).split('/').length - 1;
}
