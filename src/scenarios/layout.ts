/** A scan described as a month's usage: what lies there is exact, how it is read and written is an assumption that is named. */
import { daysIn, type Month } from '../kernel/day.js';
import { count, groupedText } from '../kernel/quantity.js';
import { compareKeys, isStorageClass, type StorageClass } from '../kernel/s3.js';
import type { PrefixRow, Scan } from '../prefixes/scan.js';
import type { HistogramRow } from '../prefixes/tally.js';
import type { RequestUsage, StorageUsage, Usage } from '../pricing/usage.js';

/** A table: a prefix whose keys follow a partition layout. */
export interface TableLayout {
  readonly prefix: string;
  readonly objects: bigint;
  readonly bytes: bigint;
  /** Hours, or days for a daily layout, that hold something. */
  readonly partitions: bigint;
  readonly partitionsPerDay: bigint;
}

export interface LayoutOptions {
  readonly region: string;
  readonly month: Month;
  /** How often everything is read in a month; each time every object once. */
  readonly queriesPerMonth: bigint;
}

export interface Layout {
  readonly usage: Usage;
  readonly tables: readonly TableLayout[];
  readonly objects: bigint;
  readonly bytes: bigint;
  readonly assumptions: readonly string[];
  readonly notCounted: readonly string[];
}

/** Daily: a lake that is queried once a day in full. */
export const defaultQueriesPerMonth = 30n;

/** Keys of one page of a listing (S3 API reference, ListObjectsV2). */
const keysPerList = 1000n;

/** The layout of everything at and below one row of a scan. */
export function describe(scan: Scan, row: PrefixRow, options: LayoutOptions): Layout {
  const tables = tablesBelow(scan, row);
  const known = row.tallies.filter((tally) => isStorageClass(tally.class));
  const usage: Usage = {
    region: options.region,
    month: options.month,
    tierOffsetGB: {},
    storage: storageOf(row),
    requests: requestsOf(row, tables, options),
  };
  return {
    usage,
    tables,
    objects: known.reduce((sum, tally) => sum + tally.objects, 0n),
    bytes: known.reduce((sum, tally) => sum + tally.bytes, 0n),
    assumptions: assumptionsOf(tables, options),
    notCounted: unknownClasses(row),
  };
}

function tablesBelow(scan: Scan, row: PrefixRow): TableLayout[] {
  const all = tablesOf(scan.prefixes);
  const below: TableLayout[] = [];
  for (let at = firstFrom(all, row.prefix); all[at]?.prefix.startsWith(row.prefix); at += 1)
    below.push(all[at]!);
  return below;
}

/** Every row of a scan is described: its tables are gathered once, not once a row. */
const gatheredOf = new WeakMap<Scan['prefixes'], readonly TableLayout[]>();

/** In key order, so that the tables below a prefix stand side by side. */
function tablesOf(rows: Scan['prefixes']): readonly TableLayout[] {
  const gathered =
    gatheredOf.get(rows) ?? rows.flatMap(tableOf).sort((a, b) => compareKeys(a.prefix, b.prefix));
  gatheredOf.set(rows, gathered);
  return gathered;
}

function tableOf(row: PrefixRow): TableLayout[] {
  if (row.partitions === undefined) return [];
  return [
    {
      prefix: row.prefix,
      objects: row.tallies.reduce((sum, tally) => sum + tally.objects, 0n),
      bytes: row.tallies.reduce((sum, tally) => sum + tally.bytes, 0n),
      partitions: BigInt(Math.max(1, row.partitions)),
      partitionsPerDay: /H/.test(row.partitioning ?? '') ? 24n : 1n,
    },
  ];
}

/** Index of the first table at or after `prefix`. */
function firstFrom(tables: readonly TableLayout[], prefix: string): number {
  let [low, high] = [0, tables.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareKeys(tables[middle]!.prefix, prefix) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function storageOf(row: PrefixRow): StorageUsage[] {
  return row.tallies.flatMap((tally) => {
    if (!isStorageClass(tally.class) || tally.objects === 0n) return [];
    const bars = row.histogram.filter((bar) => bar.class === tally.class && bar.objects > 0n);
    const sizes = bars.map(({ objects, bytes }: HistogramRow) => ({
      objectBytes: bytes / objects,
      objects,
      bytes,
    }));
    return [{ class: tally.class, objects: tally.objects, bytes: tally.bytes, sizes }];
  });
}

function requestsOf(
  row: PrefixRow,
  tables: readonly TableLayout[],
  { month, queriesPerMonth }: LayoutOptions,
): RequestUsage[] {
  const partitions = tables.reduce((sum, table) => sum + table.partitions, 0n);
  const written = tables.reduce((sum, table) => sum + writtenPerMonth(table, month), 0n);
  const objects = row.tallies.reduce((sum, tally) => sum + tally.objects, 0n);
  const lists = (ceiling(objects, keysPerList) + partitions) * queriesPerMonth;
  const byClass = row.tallies.filter((tally) => isStorageClass(tally.class));
  return byClass.map((tally, at) => ({
    class: tally.class as StorageClass,
    put: at === 0 ? written : 0n,
    list: at === 0 ? lists : 0n,
    get: tally.objects * queriesPerMonth,
    delete: 0n,
  }));
}

/** Objects a writer that goes on as seen puts in a month: those of an average partition, for every partition of the month. */
export function writtenPerMonth(table: TableLayout, month: Month): bigint {
  return (table.objects * partitionsPerMonth(table, month)) / table.partitions;
}

export const partitionsPerMonth = (table: TableLayout, month: Month): bigint =>
  table.partitionsPerDay * BigInt(daysIn(month));

export const ceiling = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

function assumptionsOf(tables: readonly TableLayout[], { queriesPerMonth, month }: LayoutOptions): string[] {
  const written = tables.reduce((sum, table) => sum + writtenPerMonth(table, month), 0n);
  return [
    `Everything is read ${queriesPerMonth} times a month: one GET an object, one LIST for 1,000 keys and one for each partition (set it with --queries-per-month).`,
    tables.length === 0
      ? 'No hourly or daily folders were recognised, so no writes are counted.'
      : `The writers go on as seen: ${groupedText(count('object', written).amount)} objects a month into ${tables.length} partitioned prefix${tables.length === 1 ? '' : 'es'}; as much expires as is written.`,
    'What was found is held for the whole month.',
  ];
}

function unknownClasses(row: PrefixRow): string[] {
  return row.tallies
    .filter((tally) => !isStorageClass(tally.class))
    .map((tally) => `${tally.objects} objects of class ${tally.class}, which has no known price`);
}
