/** The scan document: what lies under a prefix, tallied; it holds no keys beyond the prefixes it names. */
import type { Prefix } from '../kernel/s3.js';
import type { Comparison } from './bucket-metrics.js';
import type { TreeSummary } from './prefix-rows.js';
import type { Requests } from './request-rows.js';
import type { HistogramRow, Tally } from './tally.js';

export interface PrefixRow {
  readonly prefix: Prefix;
  /** Number of "/" in the prefix below the scanned one; the scanned prefix itself is depth 0. */
  readonly depth: number;
  /** Including everything below it. */
  readonly tallies: readonly Tally[];
  readonly histogram: readonly HistogramRow[];
  /** Approximate: the average size within the histogram bar the median object falls in. */
  readonly medianObjectBytes: number;
  /** The partition grain recognised below, e.g. "year=YYYY/month=MM/day=DD/hour=HH". */
  readonly partitioning?: string;
  /** Number of hour (or day) partitions seen below, when a grain was recognised. */
  readonly partitions?: number;
  /** Number of days those partitions lie on: an hourly layout need not hold 24 hours a day. */
  readonly partitionDays?: number;
  /** Where a table lies below it that is too deep for a row: with that `--depth` its partitions are counted. */
  readonly tableDepth?: number;
  /** What the smallest of its own keys that says a format or a writer says: "csv", "json.gz", "parquet", … */
  readonly format?: string;
  /** The program whose default name that key bears: "Amazon Data Firehose", "Spark", … */
  readonly writer?: string;
}

export interface Finding {
  readonly prefix: Prefix;
  readonly kind: string;
  readonly objects: bigint;
  readonly bytes: bigint;
  readonly monthlyUsd: string;
  readonly savingUsd: string;
  readonly recommendation: string;
  readonly confidence: 'high' | 'medium' | 'low';
  readonly why: string;
  /** Why it is as sure as that. */
  readonly certainty?: string;
  readonly action?: (typeof findingActions)[number];
  /** What the recommendation costs once. */
  readonly oneOffUsd?: string;
  /** `monthlyUsd` by cause. */
  readonly costs?: Readonly<Partial<Record<(typeof findingCauses)[number], string>>>;
  readonly partitioning?: string;
  readonly writer?: string;
}

export const findingActions = ['compact', 'keep-in-standard', 'change-buffer', 'leave'] as const;
export const findingCauses = [
  'storage',
  'padding',
  'archiveOverhead',
  'monitoring',
  'put',
  'get',
  'list',
  'retrieval',
] as const;

/** A file of an inventory whose rows are not counted, because that was allowed. */
export interface MissingFile {
  readonly file: string;
  readonly why: string;
}

export interface RequestCounts {
  readonly put: number;
  readonly get: number;
  readonly list: number;
}

export interface Scan {
  readonly schemaVersion: 1;
  /** The URI as scanned. */
  readonly source: string;
  /** ISO instant. */
  readonly takenAt: string;
  readonly region: string;
  readonly smallBelowBytes: number;
  readonly totals: readonly Tally[];
  /** Ordered by prefix in UTF-8 byte order; the scanned prefix itself comes first. */
  readonly prefixes: readonly PrefixRow[];
  readonly folded: { readonly prefixes: number; readonly into: number };
  readonly findings: readonly Finding[];
  readonly unknown: { readonly classes: readonly string[]; readonly columns: readonly string[] };
  /** Files of an inventory that were left out: all numbers are too small by what they hold. Absent when there are none. */
  readonly missing?: readonly MissingFile[];
  readonly ownCost: { readonly requests: RequestCounts; readonly usd: string };
  /** Where logs of requests were given. */
  readonly requests?: Requests;
  /** Where numbers of CloudWatch or Storage Lens were given. */
  readonly comparison?: Comparison;
}

export interface ScanHead {
  /** The URI as scanned. */
  readonly source: string;
  /** ISO instant. */
  readonly takenAt: string;
  readonly region: string;
  readonly requests: RequestCounts;
  /** Columns of an inventory that were not understood. */
  readonly unknownColumns?: readonly string[];
}

/** The document without dollars: `findings` and `ownCost.usd` are the caller's to fill. */
export function scanOf(head: ScanHead, summary: TreeSummary): Scan {
  return {
    schemaVersion: 1,
    source: head.source,
    takenAt: head.takenAt,
    region: head.region,
    smallBelowBytes: summary.smallBelowBytes,
    totals: summary.totals,
    prefixes: summary.prefixes,
    folded: summary.folded,
    findings: [],
    unknown: { classes: summary.unknownClasses, columns: head.unknownColumns ?? [] },
    ownCost: { requests: head.requests, usd: '0' },
  };
}
