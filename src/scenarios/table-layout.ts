/** A table is what lies at a prefix whose keys follow a partition layout, without what the rows below it hold. */
import { daysIn, type Month } from '../kernel/day.js';
import {
  type AccessTier,
  compareKeys,
  isAccessTier,
  isStorageClass,
  type StorageClass,
} from '../kernel/s3.js';
import type { PrefixRow, Scan } from '../prefixes/scan.js';
import {
  compareHeld,
  type Held,
  type HistogramRow,
  hasArchiveOverhead,
  heldName,
} from '../prefixes/tally.js';
import type { StorageUsage } from '../pricing/usage.js';

export interface TableLayout {
  readonly prefix: string;
  readonly objects: bigint;
  readonly bytes: bigint;
  /** Hours, or days for a daily layout, that hold something. */
  readonly partitions: bigint;
  /** So many new partitions come in so many days. */
  readonly pace: { readonly partitions: bigint; readonly days: bigint };
  /** By class and size; adds up to `objects` and `bytes`. */
  readonly histogram: readonly HistogramRow[];
  /** GET and HEAD of a month, where logs of requests show them. */
  readonly reads?: bigint;
}

/** The tables at and below a row of the scan. `readsOf`: the reads of a row with all below it, where they are known. */
export function tablesBelow(
  scan: Scan,
  row: PrefixRow,
  readsOf: (row: PrefixRow) => bigint | undefined = () => undefined,
): TableLayout[] {
  return familyOf(scan.prefixes, row).flatMap((below) => {
    if (below.partitions === undefined) return [];
    const children = childrenOf(scan.prefixes, below);
    const histogram = withoutBars(
      below.histogram,
      children.flatMap((child) => child.histogram),
    );
    const reads = readsOf(below);
    return [
      {
        prefix: below.prefix,
        ...totalsOf(histogram),
        partitions: BigInt(Math.max(1, below.partitions)),
        pace: paceOf(below),
        histogram,
        ...(reads !== undefined && {
          reads: children.reduce((left, child) => left - (readsOf(child) ?? 0n), reads),
        }),
      },
    ];
  });
}

/** As on the days that were seen. A day or two are seen in part only: then, and where the scan does not say, every hour or day. */
function paceOf({ partitioning = '', partitions = 0, partitionDays = 0 }: PrefixRow): TableLayout['pace'] {
  return partitionDays > 2
    ? { partitions: BigInt(partitions), days: BigInt(partitionDays) }
    : { partitions: /H/.test(partitioning) ? 24n : 1n, days: 1n };
}

/** The row and every row below it: in the order of prefixes they stand together. Looked up, since a scan is asked for every row. */
export function familyOf(rows: readonly PrefixRow[], row: PrefixRow): readonly PrefixRow[] {
  const from = placeOf(rows, row);
  if (rows[from] !== row) return [];
  let to = from + 1;
  while (rows[to]?.prefix.startsWith(row.prefix)) to += 1;
  return rows.slice(from, to);
}

/** Where the first row stands that does not come before it. */
function placeOf(rows: readonly PrefixRow[], { prefix }: PrefixRow): number {
  let from = 0;
  let to = rows.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (compareKeys(rows[middle]!.prefix, prefix) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Rows include what is below them: a table within this one, or a folder that is no partition of it, is taken off. */
function childrenOf(rows: readonly PrefixRow[], row: PrefixRow): readonly PrefixRow[] {
  const children: PrefixRow[] = [];
  for (const below of familyOf(rows, row).slice(1))
    if (!children.at(-1) || !below.prefix.startsWith(children.at(-1)!.prefix)) children.push(below);
  return children;
}

/** What is left when the objects of other bars of the same class and size are taken off. */
export function withoutBars(
  histogram: readonly HistogramRow[],
  taken: readonly HistogramRow[],
): readonly HistogramRow[] {
  const left = new Map(histogram.map((bar) => [nameOf(bar), bar]));
  for (const bar of taken) {
    const from = left.get(nameOf(bar));
    if (from)
      left.set(nameOf(bar), { ...from, objects: from.objects - bar.objects, bytes: from.bytes - bar.bytes });
  }
  return [...left.values()].filter((bar) => bar.objects > 0n);
}

const nameOf = (bar: HistogramRow): string => `${bar.upToBytes} ${heldName(bar)}`;

export const totalsOf = (
  bars: readonly HistogramRow[],
): { readonly objects: bigint; readonly bytes: bigint } => ({
  objects: bars.reduce((sum, bar) => sum + bar.objects, 0n),
  bytes: bars.reduce((sum, bar) => sum + bar.bytes, 0n),
});

/** Each class and access tier with a price as a month's usage holds it; objects and bytes are the sums of their sizes. */
export function storageOf(histogram: readonly HistogramRow[]): StorageUsage[] {
  const held = new Map<string, HistogramRow[]>();
  for (const bar of histogram) {
    const name = heldName(bar);
    held.set(name, [...(held.get(name) ?? []), bar]);
  }
  return [...held.values()]
    .sort(([a], [b]) => compareHeld(a!, b!))
    .flatMap((bars) => {
      const { class: storageClass, accessTier } = bars[0]!;
      if (!hasPrice(bars[0]!)) return [];
      const sizes = bars.map(({ objects, bytes }) => ({ objectBytes: bytes / objects, objects, bytes }));
      const isTiered = storageClass === 'INTELLIGENT_TIERING' && accessTier !== undefined;
      const tier = isTiered ? { accessTier: accessTier as AccessTier } : {};
      return [{ class: storageClass as StorageClass, ...tier, ...totalsOf(bars), sizes }];
    });
}

/** A class that is known, in an access tier that is. */
export const hasPrice = ({ class: storageClass, accessTier }: Held): boolean =>
  isStorageClass(storageClass) && (accessTier === undefined || isAccessTier(accessTier));

export const classesOf = (histogram: readonly HistogramRow[]): StorageClass[] =>
  [...new Set(histogram.map((bar) => bar.class))].filter(isStorageClass).sort(compareKeys);

/** An archived object answers no GET before it is restored, and a class without a name has no price to read at. */
export const isReadable = (storageClass: string): boolean =>
  isStorageClass(storageClass) && !hasArchiveOverhead(storageClass);

/** The archive tiers of INTELLIGENT_TIERING are archives too. */
export const isReadableTier = (held: Held): boolean =>
  isReadable(held.class) && !hasArchiveOverhead(held.class, held.accessTier);

/** The class new objects are put into: STANDARD where any of the table lies there, else where most of it lies. */
export function writtenClass({ histogram }: TableLayout): StorageClass {
  const classes = classesOf(histogram);
  const held = (name: StorageClass) => totalsOf(histogram.filter((bar) => bar.class === name)).objects;
  const [most = 'STANDARD'] = classes.sort((a, b) => Number(held(b) - held(a)));
  return classes.includes('STANDARD') ? 'STANDARD' : most;
}

/** Objects a writer that goes on as seen puts in a month: those of an average partition, for every partition of the month. */
export const writtenPerMonth = (table: TableLayout, month: Month): bigint =>
  (table.objects * partitionsPerMonth(table, month)) / table.partitions;

export const partitionsPerMonth = (table: TableLayout, month: Month): bigint =>
  partitionsOf(table, BigInt(daysIn(month)));

export const partitionsOf = ({ pace }: TableLayout, days: bigint): bigint =>
  (pace.partitions * days) / pace.days;
