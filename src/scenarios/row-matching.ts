/** The rows two scans can be compared by, and what each holds that no other of them holds. */
import { type Prefix, parentOf } from '../kernel/s3.js';
import { holdsDate } from '../prefixes/partition-keys.js';
import type { PrefixRow, Scan } from '../prefixes/scan.js';
import type { HistogramRow } from '../prefixes/tally.js';

export interface Counts {
  readonly objects: bigint;
  readonly bytes: bigint;
  readonly smallObjects: bigint;
  readonly paddingBytes: bigint;
}

export interface Measure extends Counts {
  readonly deleteMarkers: bigint;
  readonly histogram: readonly HistogramRow[];
}

export interface Untold {
  readonly prefix: Prefix;
  readonly in: 'older' | 'newer';
  /** The row that both have. */
  readonly into: Prefix;
}

export const noMeasure: Measure = {
  ...{ objects: 0n, bytes: 0n, smallObjects: 0n, paddingBytes: 0n, deleteMarkers: 0n },
  histogram: [],
};

export const minusMeasure = (a: Counts, b: Counts): Counts => ({
  objects: a.objects - b.objects,
  bytes: a.bytes - b.bytes,
  smallObjects: a.smallObjects - b.smallObjects,
  paddingBytes: a.paddingBytes - b.paddingBytes,
});

/**
 * Rows of both, and of one where the other cannot have counted it in a row above: because that row holds nothing of its
 * own, or because the other folded nothing and tells rows of that depth apart. Folders with dates are no rows below a table
 * with partitions, and may be rows before it has any.
 */
export function sharedRows(
  older: Scan,
  newer: Scan,
): { readonly shared: ReadonlySet<Prefix>; readonly untold: readonly Untold[] } {
  const shared = new Set(older.prefixes.map(({ prefix }) => prefix));
  const [was, is] = [older, newer].map(prefixesOf);
  const isTold = { older: telling(newer, is!), newer: telling(older, was!) };
  const apart: (readonly [PrefixRow, Untold['in']])[] = [];
  for (const row of older.prefixes)
    if (!is!.has(row.prefix) && !isTold.older(row)) {
      shared.delete(row.prefix);
      apart.push([row, 'older']);
    }
  for (const row of newer.prefixes)
    if (was!.has(row.prefix) || isTold.newer(row)) shared.add(row.prefix);
    else apart.push([row, 'newer']);
  const untold = apart.map(([{ prefix }, scan]) => ({ prefix, in: scan, into: aboveIn(shared, prefix) }));
  return { shared, untold };
}

const prefixesOf = ({ prefixes }: Scan): ReadonlySet<Prefix> => new Set(prefixes.map(({ prefix }) => prefix));

/** Whether a scan that lacks a row says thereby that nothing lay there. */
function telling(scan: Scan, rows: ReadonlySet<Prefix>): (row: PrefixRow) => boolean {
  const own = ownMeasures(scan, rows);
  const deepest = scan.prefixes.reduce((most, { depth }) => Math.max(most, depth), 0);
  const tables = new Set(scan.prefixes.flatMap(({ prefix, partitions }) => (partitions ? prefix : [])));
  return ({ prefix, depth }) => {
    const above = aboveIn(rows, prefix);
    const { objects, deleteMarkers } = own.get(above)!;
    if (objects + deleteMarkers === 0n) return true;
    return scan.folded.prefixes === 0 && depth <= deepest && !(tables.has(above) && holdsDate(prefix));
  };
}

/** The nearest of `rows` above a prefix; the scanned prefix is always one. */
function aboveIn(rows: ReadonlySet<Prefix>, prefix: Prefix): Prefix {
  let above = prefix;
  do above = parentOf(above);
  while (above !== '' && !rows.has(above));
  return above;
}

/** What each of these rows holds without the others below it, of those that the scan has. Linear: rows stand in order. */
export function ownMeasures(scan: Scan, rows: ReadonlySet<Prefix>): Map<Prefix, Measure> {
  const own = new Map<Prefix, Measure>();
  const open: Prefix[] = [];
  for (const row of scan.prefixes) {
    if (!rows.has(row.prefix)) continue;
    while (open.length > 0 && !row.prefix.startsWith(open.at(-1)!)) open.pop();
    const all = measureOf(row);
    const above = open.at(-1);
    if (above !== undefined) own.set(above, without(own.get(above)!, all));
    own.set(row.prefix, all);
    open.push(row.prefix);
  }
  return own;
}

function measureOf({ tallies, histogram }: PrefixRow): Measure {
  const sum = (name: keyof Counts | 'deleteMarkers'): bigint =>
    tallies.reduce((all, tally) => all + tally[name], 0n);
  return {
    ...{ objects: sum('objects'), bytes: sum('bytes'), smallObjects: sum('smallObjects') },
    ...{ paddingBytes: sum('paddingBytes'), deleteMarkers: sum('deleteMarkers') },
    histogram,
  };
}

function without(all: Measure, part: Measure): Measure {
  const left = new Map(all.histogram.map((bar) => [barName(bar), bar]));
  for (const bar of part.histogram) {
    const from = left.get(barName(bar))!;
    left.set(barName(bar), { ...from, objects: from.objects - bar.objects, bytes: from.bytes - bar.bytes });
  }
  return {
    ...minusMeasure(all, part),
    deleteMarkers: all.deleteMarkers - part.deleteMarkers,
    histogram: [...left.values()].filter(({ objects }) => objects > 0n),
  };
}

const barName = ({ class: held, accessTier = '', upToBytes }: HistogramRow): string =>
  JSON.stringify([held, accessTier, upToBytes]);
