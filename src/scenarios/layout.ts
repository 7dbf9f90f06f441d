/** A scan described as a month's usage: what lies there is exact, how it is read and written is an assumption that is named. */
import type { Month } from '../kernel/day.js';
import { count, groupedText } from '../kernel/quantity.js';
import { printable, type StorageClass } from '../kernel/s3.js';
import type { PrefixRow, Scan } from '../prefixes/scan.js';
import type { HistogramRow } from '../prefixes/tally.js';
import type { RequestUsage, Usage } from '../pricing/usage.js';
import { requestAssumptions, requestsAt } from './request-usage.js';
import {
  classesOf,
  familyOf,
  hasPrice,
  isReadableTier,
  storageOf,
  type TableLayout,
  tablesBelow,
  totalsOf,
  writtenClass,
  writtenPerMonth,
} from './table-layout.js';

export interface LayoutOptions {
  readonly region: string;
  readonly month: Month;
  /** How often everything is read in a month; each time every object once. */
  readonly queriesPerMonth: bigint;
}

export interface Layout {
  readonly usage: Usage;
  readonly tables: readonly TableLayout[];
  /** Of classes that have a price. */
  readonly objects: bigint;
  readonly bytes: bigint;
  readonly histogram: readonly HistogramRow[];
  /** What a LIST gives: objects of whatever class. */
  readonly keys: bigint;
  /** Folders a reader lists, of all tables. */
  readonly partitions: bigint;
  /** GET and HEAD of a month, where logs of requests show them; else everything is read so many times. */
  readonly reads?: bigint;
  readonly assumptions: readonly string[];
  readonly notCounted: readonly string[];
}

/** Daily: a lake that is queried once a day in full. */
export const defaultQueriesPerMonth = 30n;

/** Keys of one page of a listing (S3 API reference, ListObjectsV2). */
const keysPerList = 1000n;

/** The layout of everything at and below one row of a scan. */
export function describe(scan: Scan, row: PrefixRow, options: LayoutOptions): Layout {
  const tables = tablesBelow(scan, row, (below) => requestsAt(scan, below, options.month)?.reads);
  const histogram = row.histogram.filter((bar) => hasPrice(bar) && bar.objects > 0n);
  const keys = totalsOf(row.histogram).objects;
  const partitions = tables.reduce((sum, table) => sum + table.partitions, 0n);
  const measured = requestsAt(scan, row, options.month);
  const usage: Usage = {
    region: options.region,
    month: options.month,
    tierOffsetGB: {},
    storage: storageOf(histogram),
    requests:
      measured?.requests ??
      requestsOf(histogram, tables, { ...options, lists: listsPerQuery(keys, partitions) }),
    ...(measured && {
      retrieval: measured.retrieval,
      transitions: measured.transitions,
      ...(measured.restores.length > 0 && { restores: measured.restores }),
    }),
  };
  return {
    usage,
    tables,
    ...totalsOf(histogram),
    histogram,
    keys,
    partitions,
    ...(measured && { reads: measured.reads }),
    assumptions: [
      ...(scan.requests
        ? requestAssumptions(scan.requests)
        : [queriesAssumed(options), writesAssumed(tables, options)]),
      ...assumptionsOf(histogram),
      ...versionsAssumed(row),
    ],
    notCounted: [...missingFiles(scan), ...tablesTooDeep(scan, row), ...withoutPrice(row)],
  };
}

/** One for 1,000 keys (S3 API reference, ListObjectsV2) and one for each partition. */
export const listsPerQuery = (keys: bigint, partitions: bigint): bigint =>
  ceiling(keys, keysPerList) + partitions;

/** One row a class. LIST has one price for all classes but EXPRESS_ONEZONE, so it stands in one row. */
function requestsOf(
  histogram: readonly HistogramRow[],
  tables: readonly TableLayout[],
  { month, queriesPerMonth, lists }: LayoutOptions & { readonly lists: bigint },
): RequestUsage[] {
  const put = new Map<StorageClass, bigint>();
  for (const table of tables) {
    const into = writtenClass(table);
    put.set(into, (put.get(into) ?? 0n) + writtenPerMonth(table, month));
  }
  const held = classesOf(histogram);
  const listed = held.includes('STANDARD') ? 'STANDARD' : held[0];
  return held.map((name) => ({
    class: name,
    put: put.get(name) ?? 0n,
    list: name === listed ? lists * queriesPerMonth : 0n,
    get: readOf(histogram, name) * queriesPerMonth,
    delete: 0n,
  }));
}

/** Objects of a class that one query reads. */
export const readOf = (histogram: readonly HistogramRow[], name: StorageClass): bigint =>
  totalsOf(histogram.filter((bar) => bar.class === name && isReadableTier(bar))).objects;

export const ceiling = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

const queriesAssumed = ({ queriesPerMonth }: LayoutOptions): string =>
  `Everything is read ${queriesPerMonth} times a month: one GET an object, one LIST for 1,000 keys and one for each partition (set it with --queries-per-month, or give --access-logs).`;

function writesAssumed(tables: readonly TableLayout[], { month }: LayoutOptions): string {
  const written = tables.reduce((sum, table) => sum + writtenPerMonth(table, month), 0n);
  return tables.length === 0
    ? 'No hourly or daily folders were recognised, so no writes are counted.'
    : `The writers go on as seen: ${grouped(written)} objects a month into ${tables.length} partitioned prefix${tables.length === 1 ? '' : 'es'}; as much expires as is written.`;
}

function assumptionsOf(histogram: readonly HistogramRow[]): string[] {
  const archived = totalsOf(histogram.filter((bar) => !isReadableTier(bar))).objects;
  return [
    ...(archived === 0n ? [] : [`${grouped(archived)} archived objects are not read.`]),
    'What was found is held for the whole month.',
  ];
}

/** The bars do not tell versions apart. */
function versionsAssumed({ tallies }: PrefixRow): string[] {
  const noncurrent = tallies.reduce((sum, { noncurrentObjects }) => sum + noncurrentObjects, 0n);
  if (noncurrent === 0n) return [];
  return [
    `Noncurrent versions (${grouped(noncurrent)}) are taken to be read, listed and written like current ones, which overstates requests (scan with --versions current to see those of current objects alone).`,
  ];
}

const missingFiles = ({ missing = [] }: Pick<Scan, 'missing'>): string[] =>
  missing.map(
    ({ file, why }) => `what inventory file "${printable(file)}" lists, which was left out: ${why}`,
  );

function tablesTooDeep({ prefixes }: Pick<Scan, 'prefixes'>, at: PrefixRow): string[] {
  const rows = familyOf(prefixes, at).filter((row) => row.tableDepth !== undefined);
  if (rows.length === 0) return [];
  const depth = rows.reduce((most, row) => Math.max(most, row.tableDepth!), 0);
  const others = rows.length === 1 ? '' : ` and ${rows.length - 1} other${rows.length === 2 ? '' : 's'}`;
  return [
    `the writes and the LISTs by partition of tables too deep for a row, below "${printable(rows[0]!.prefix)}"${others} (scan with --depth ${depth})`,
  ];
}

function withoutPrice(row: PrefixRow): string[] {
  const markers = row.tallies.reduce((sum, { deleteMarkers }) => sum + deleteMarkers, 0n);
  const unsized = row.tallies.reduce((sum, { unsizedObjects = 0n }) => sum + unsizedObjects, 0n);
  return [
    ...(unsized === 0n
      ? []
      : [
          `storage, overhead, monitoring and requests of objects whose size is not known: ${grouped(unsized)}`,
        ]),
    ...row.tallies
      .filter((tally) => !hasPrice(tally) && tally.objects > 0n)
      .map(
        (tally) =>
          `objects of class ${tally.class}${tally.accessTier === undefined ? '' : ` ${tally.accessTier}`}, which has no known price: ${grouped(tally.objects)}`,
      ),
    // Their names are billed like bytes of STANDARD; a scan does not know how long those are in all.
    ...(markers === 0n
      ? []
      : [`the storage of delete markers (${grouped(markers)}), which is that of their names`]),
  ];
}

const grouped = (objects: bigint): string => groupedText(count('object', objects).amount);
