/** What if every closed hour of small files became a few large ones: fewer requests, fewer bytes, and the price of doing it. */
import { bytesText, MIB } from '../kernel/bytes.js';
import type { Month } from '../kernel/day.js';
import { raise } from '../kernel/errors.js';
import { mergeHistograms } from '../prefixes/histogram.js';
import type { HistogramRow } from '../prefixes/tally.js';
import type { RequestUsage, StorageUsage, Usage } from '../pricing/usage.js';
import { ceiling, type Layout, listsPerQuery, readOf } from './layout.js';
import type { Change } from './outcome.js';
import { reads, readsAfter } from './reads-after.js';
import {
  classesOf,
  isReadableTier,
  partitionsOf,
  partitionsPerMonth,
  storageOf,
  type TableLayout,
  totalsOf,
  withoutBars,
  writtenClass,
  writtenPerMonth,
} from './table-layout.js';
import { taking } from './taking.js';

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

/** The objects of a table that can be read, and so be compacted. */
interface Source {
  readonly table: TableLayout;
  readonly histogram: readonly HistogramRow[];
  readonly objects: bigint;
  readonly bytes: bigint;
  /** Partitions they lie in, when every object is as likely to be one of them. */
  readonly partitions: bigint;
}

interface Compacted {
  readonly files: bigint;
  readonly bytes: bigint;
}

/** The layout after, and what getting there costs once. Errors: ARGUMENT_INVALID. */
export function compact(layout: Layout, options: CompactOptions): Change {
  checked(options);
  const sources = layout.tables.map(sourceOf).filter((source) => isWorthwhile(source, options));
  const made = sources.map((source) => compacted(source, source.partitions, options));
  const files = sum(made.map((one) => one.files));
  const bytes = sum(made.map((one) => one.bytes));
  const removed = sources.flatMap((source) => removedBars(source, options));
  return {
    name: 'compact',
    after: usageAfter(layout, { sources, removed, results: made, made: { files, bytes } }, options),
    oneOff: {
      ...layout.usage,
      // Until their days are over the sources are stored beside their results.
      storage: storageOf(mergeHistograms(removed)).map((held) => ({
        ...held,
        days: options.sourcesKeptDays,
      })),
      requests: backlogWork(sources, files),
      transitions: [],
      ...taking(
        sources.flatMap((source) =>
          classesOf(source.histogram).map((name) => ({
            class: name,
            ...totalsOf(source.histogram.filter((bar) => bar.class === name)),
          })),
        ),
      ),
    },
    objects: layout.objects - sum(sources.map((source) => source.objects)) + files,
    bytes: layout.bytes - sum(sources.map((source) => source.bytes)) + bytes,
    assumptions: assumptions(sources, options),
    notCounted: [
      'the machine the compaction runs on, transfer through NAT or endpoints, KMS and CloudTrail events',
    ],
  };
}

function sourceOf(table: TableLayout): Source {
  const histogram = table.histogram.filter(isReadableTier);
  const { objects, bytes } = totalsOf(histogram);
  const partitions = objects === 0n ? 0n : ceiling(table.partitions * objects, table.objects);
  return { table, histogram, objects, bytes, partitions };
}

function checked({ targetFileBytes, sizePercent, sourcesKeptDays }: CompactOptions): void {
  const wrong = (field: string, why: string): never => raise('ARGUMENT_INVALID', { field, why });
  if (targetFileBytes < MIB) wrong('target size', 'must be at least 1 MiB');
  if (!(Math.round(sizePercent * 100) > 0 && sizePercent <= 200))
    wrong('compression ratio', 'must be above 0 and at most 2');
  if (!Number.isSafeInteger(sourcesKeptDays) || sourcesKeptDays < 0)
    wrong('sources kept', 'must be whole days');
}

/** A table whose partitions already hold no more files than they would is left alone. */
const isWorthwhile = (source: Source, options: CompactOptions): boolean =>
  source.objects > compacted(source, source.partitions, options).files;

function compacted(
  source: Source,
  partitions: bigint,
  { sizePercent, targetFileBytes }: CompactOptions,
): Compacted {
  if (partitions === 0n) return { files: 0n, bytes: 0n };
  const bytes =
    (source.bytes * partitions * BigInt(Math.round(sizePercent * 100))) / source.partitions / 10_000n;
  const filesEach = ceiling(bytes / partitions, BigInt(targetFileBytes));
  return { files: partitions * (filesEach > 1n ? filesEach : 1n), bytes };
}

interface Work {
  readonly sources: readonly Source[];
  readonly removed: readonly HistogramRow[];
  /** Of each source. */
  readonly results: readonly Compacted[];
  readonly made: Compacted;
}

function usageAfter(
  layout: Layout,
  { sources, removed, results, made }: Work,
  options: CompactOptions,
): Usage {
  const { usage, histogram, keys, partitions } = layout;
  const touched = sources.flatMap((source) => source.histogram);
  const { requests, ...others } = readsAfter(layout, {
    compacted: sources.map(({ objects, table }, at) => ({
      objects,
      files: results[at]!.files,
      reads: table.reads,
    })),
    untouched: withoutBars(histogram, touched),
    lists: listsPerQuery(keys - totalsOf(touched).objects + made.files, partitions),
    queriesPerMonth: options.queriesPerMonth,
  });
  return {
    ...usage,
    ...others,
    storage: [...storageOf(withoutBars(histogram, removed)), ...parquet(made)],
    requests: [...requests, ...monthlyWork(sources, usage.month, options)].filter(isMade),
  };
}

const isMade = ({ put, list, get, head = 0n }: RequestUsage): boolean => put + list + get + head > 0n;

const parquet = ({ files, bytes }: Compacted): StorageUsage[] =>
  files === 0n ? [] : [{ class: 'STANDARD', objects: files, bytes }];

/** Sources go away after their days: of what is compacted, only the share younger than that is still held. */
function removedBars({ table, histogram, partitions }: Source, options: CompactOptions): HistogramRow[] {
  const kept = partitionsOf(table, BigInt(options.sourcesKeptDays));
  if (kept >= partitions) return [];
  return histogram
    .map((bar) => {
      const objects = (bar.objects * (partitions - kept)) / partitions;
      // By objects, so that the average size of what is left stays on its side of 128 KiB.
      return { ...bar, objects, bytes: (bar.bytes * objects) / bar.objects };
    })
    .filter((bar) => bar.objects > 0n);
}

/** The compaction's own requests for everything that is there. */
function backlogWork(sources: readonly Source[], files: bigint): RequestUsage[] {
  const histogram = sources.flatMap((source) => source.histogram);
  return [
    ...classesOf(histogram).map((name) => reads(name, readOf(histogram, name))),
    ...ownRequests(sum(sources.map((source) => source.partitions)), files),
  ];
}

/** And for every new partition of a month. */
function monthlyWork(sources: readonly Source[], month: Month, options: CompactOptions): RequestUsage[] {
  const counts = sources.map(({ table }) => partitionsPerMonth(table, month));
  const files = sum(sources.map((source, at) => compacted(source, counts[at]!, options).files));
  return [
    ...sources.map(({ table }) => reads(writtenClass(table), writtenPerMonth(table, month))),
    ...ownRequests(sum(counts), files),
  ];
}

const ownRequests = (partitions: bigint, files: bigint): RequestUsage[] =>
  partitions === 0n
    ? []
    : [
        {
          class: 'STANDARD',
          put: partitions * putsPerPartition + files * putsPerFile,
          get: partitions * getsPerPartition + files * getsPerFile,
          list: partitions * listsPerPartition,
          delete: 0n,
        },
      ];

function assumptions(sources: readonly Source[], options: CompactOptions): string[] {
  if (sources.length === 0) return ['No partitioned prefix here would get fewer files by compaction.'];
  return [
    `Files of up to ${bytesText(options.targetFileBytes)}, ${options.sizePercent} % of the bytes they are made from.`,
    `Each source is stored for ${options.sourcesKeptDays} days beside its result; then you remove it (compaction itself keeps every source). For what is there already this is part of the one-off cost.`,
    'Reads go to the compacted files. The requests of compacting each new partition are in the month after.',
  ];
}

const sum = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);
