/** What if every closed hour of small files became a few large ones: fewer requests, fewer bytes, and the price of doing it. */
import { bytesText, MIB } from '../kernel/bytes.js';
import { raise } from '../kernel/errors.js';
import type { RequestUsage, StorageUsage, Usage } from '../pricing/usage.js';
import { ceiling, type Layout, partitionsPerMonth, type TableLayout } from './layout.js';
import type { Change } from './outcome.js';

export interface CompactOptions {
  readonly targetFileBytes: number;
  /** Bytes after ÷ bytes before, as percent: Parquet with Snappy against the files as they are. */
  readonly sizePercent: number;
  /** How long sources are kept after they were compacted; they are stored twice for so long. */
  readonly sourcesKeptDays: number;
  readonly queriesPerMonth: bigint;
}

/** Name, default and reason of each option; flags, bodies and documentation derive from this. */
export const compactDefaults = {
  targetFileBytes: 128 * MIB,
  // 0.49 GB of Snappy Parquet from 0.99 GB of CSV (nine columns of numbers, times and text).
  sizePercent: 50,
  // Longer than the longest query, and long enough to notice a mistake.
  sourcesKeptDays: 14,
} as const;

/**
 * Requests of one compacted partition besides one GET a source and, for each file, PUT, COPY and three reads:
 * pointer, claim, manifest, intent, evidence and release.
 */
const putsPerPartition = 6n;
const getsPerPartition = 6n;
const putsPerFile = 2n;
const getsPerFile = 3n;
const listsPerPartition = 1n;

interface Compacted {
  readonly files: bigint;
  readonly bytes: bigint;
}

/** The layout after, and what getting there costs once. Errors: ARGUMENT_INVALID. */
export function compact(layout: Layout, options: CompactOptions): Change {
  checked(options);
  const tables = layout.tables.filter((table) => isWorthwhile(table, options));
  const untouched = minus(layout, tables);
  const after = tables.map((table) => compacted(table, table.partitions, options));
  const files = sum(after.map((one) => one.files));
  const bytes = sum(after.map((one) => one.bytes));
  return {
    name: 'compact',
    after: usageAfter(layout, untouched, tables, { files, bytes }, options),
    oneOff: { ...layout.usage, storage: [], requests: work(tables, (table) => table.partitions, options) },
    objects: untouched.objects + files,
    bytes: untouched.bytes + bytes,
    assumptions: assumptions(tables, options),
    notCounted: [
      'the machine the compaction runs on, transfer through NAT or endpoints, KMS and CloudTrail events',
    ],
  };
}

function checked({ targetFileBytes, sizePercent, sourcesKeptDays }: CompactOptions): void {
  const wrong = (field: string, why: string): never => raise('ARGUMENT_INVALID', { field, why });
  if (targetFileBytes < MIB) wrong('target size', 'must be at least 1 MiB');
  if (!(sizePercent > 0 && sizePercent <= 200)) wrong('compression ratio', 'must be above 0 and at most 2');
  if (!Number.isSafeInteger(sourcesKeptDays) || sourcesKeptDays < 0)
    wrong('sources kept', 'must be whole days');
}

/** A table whose partitions already hold no more files than they would is left alone. */
function isWorthwhile(table: TableLayout, options: CompactOptions): boolean {
  return table.objects > compacted(table, table.partitions, options).files;
}

function compacted(table: TableLayout, partitions: bigint, options: CompactOptions): Compacted {
  const bytes =
    (table.bytes * partitions * BigInt(Math.round(options.sizePercent * 100))) / table.partitions / 10_000n;
  const filesEach = ceiling(bytes / partitions, BigInt(options.targetFileBytes));
  return { files: partitions * (filesEach > 1n ? filesEach : 1n), bytes };
}

function minus(layout: Layout, tables: readonly TableLayout[]) {
  return {
    objects: layout.objects - sum(tables.map((table) => table.objects)),
    bytes: layout.bytes - sum(tables.map((table) => table.bytes)),
  };
}

function usageAfter(
  layout: Layout,
  untouched: { readonly objects: bigint },
  tables: readonly TableLayout[],
  made: Compacted,
  options: CompactOptions,
): Usage {
  const { usage } = layout;
  const partitions = sum(layout.tables.map((table) => table.partitions));
  const lists = (ceiling(untouched.objects + made.files, 1000n) + partitions) * options.queriesPerMonth;
  const first = usage.requests[0]?.class ?? 'STANDARD';
  const touchedShare = { part: sum(tables.map((table) => table.objects)), whole: layout.objects };
  const reads: RequestUsage[] = usage.requests.map((one, at) => ({
    ...one,
    list: at === 0 ? lists : 0n,
    get: touchedShare.whole === 0n ? 0n : one.get - (one.get * touchedShare.part) / touchedShare.whole,
  }));
  return {
    ...usage,
    storage: [...usage.storage.map((held) => keptSources(held, layout, tables, options)), ...parquet(made)],
    requests: [
      ...reads,
      { class: first, put: 0n, list: 0n, get: made.files * options.queriesPerMonth, delete: 0n },
      ...work(tables, (table) => partitionsPerMonth(table, usage.month), options),
    ].filter(({ put, list, get }) => put + list + get > 0n),
  };
}

const parquet = ({ files, bytes }: Compacted): StorageUsage[] =>
  files === 0n ? [] : [{ class: 'STANDARD', objects: files, bytes }];

/** Sources go away after their days: of what is compacted, only the share younger than that is still held. */
function keptSources(
  held: StorageUsage,
  layout: Layout,
  tables: readonly TableLayout[],
  options: CompactOptions,
): StorageUsage {
  const touched = sum(tables.map((table) => table.objects));
  const kept = sum(
    tables.map((table) => {
      const days = BigInt(options.sourcesKeptDays) * table.partitionsPerDay;
      return days >= table.partitions ? table.objects : (table.objects * days) / table.partitions;
    }),
  );
  if (layout.objects === 0n || kept === touched) return held;
  const share = (value: bigint): bigint => value - (value * (touched - kept)) / layout.objects;
  return {
    ...held,
    objects: share(held.objects),
    bytes: share(held.bytes),
    ...(held.sizes === undefined
      ? {}
      : {
          sizes: held.sizes.map(({ objectBytes, objects, bytes }) => ({
            objectBytes,
            objects: share(objects),
            bytes: share(bytes),
          })),
        }),
  };
}

/** The compaction's own requests for so many partitions of each table. */
function work(
  tables: readonly TableLayout[],
  partitions: (table: TableLayout) => bigint,
  options: CompactOptions,
): RequestUsage[] {
  if (tables.length === 0) return [];
  const each = tables.map((table) => {
    const count = partitions(table);
    return {
      count,
      files: compacted(table, count, options).files,
      sources: (table.objects * count) / table.partitions,
    };
  });
  const count = sum(each.map((one) => one.count));
  const files = sum(each.map((one) => one.files));
  return [
    {
      class: 'STANDARD',
      put: count * putsPerPartition + files * putsPerFile,
      get: sum(each.map((one) => one.sources)) + count * getsPerPartition + files * getsPerFile,
      list: count * listsPerPartition,
      delete: 0n,
    },
  ];
}

function assumptions(tables: readonly TableLayout[], options: CompactOptions): string[] {
  if (tables.length === 0) return ['No partitioned prefix here would get fewer files by compaction.'];
  return [
    `Files of up to ${bytesText(options.targetFileBytes)}, ${options.sizePercent} % of the bytes they are made from.`,
    `Each source is stored for ${options.sourcesKeptDays} days beside its result; then you remove it (compaction itself keeps every source).`,
    'Reads go to the compacted files. The requests of compacting each new partition are in the month after.',
  ];
}

const sum = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);
