/** Reads and listings after a compaction: each of fewer objects, at the measured pace or as often as it is assumed. */
import type { StorageClass } from '../kernel/s3.js';
import type { HistogramRow } from '../prefixes/tally.js';
import type { RequestUsage, RetrievalUsage } from '../pricing/usage.js';
import { ceiling, type Layout, listsPerQuery, readOf } from './layout.js';

/** What is compacted: so many objects of a table become so many files. */
export interface CompactedReads {
  readonly objects: bigint;
  readonly files: bigint;
  /** GET and HEAD of a month, where they are known. */
  readonly reads: bigint | undefined;
}

export interface ReadsAfter {
  readonly requests: readonly RequestUsage[];
  readonly retrieval?: readonly RetrievalUsage[];
}

interface After {
  readonly compacted: readonly CompactedReads[];
  /** What stays as it is. */
  readonly untouched: readonly HistogramRow[];
  /** LIST requests of one reader of everything, after. */
  readonly lists: bigint;
  readonly queriesPerMonth: bigint;
}

/** Requests of readers and writers in the month after, without the compaction's own. */
export function readsAfter(layout: Layout, after: After): ReadsAfter {
  return layout.reads === undefined ? assumed(layout, after) : measured(layout, layout.reads, after);
}

function assumed({ usage }: Layout, { compacted, untouched, lists, queriesPerMonth }: After): ReadsAfter {
  const files = compacted.reduce((sum, one) => sum + one.files, 0n);
  return {
    requests: [
      ...usage.requests.map((one) => ({
        ...one,
        list: one.list === 0n ? 0n : lists * queriesPerMonth,
        get: readOf(untouched, one.class) * queriesPerMonth,
      })),
      reads('STANDARD', files * queriesPerMonth),
    ],
  };
}

/** Who read an object reads the file it is in: a table's reads fall as its objects do, those of everything else stay. */
function measured({ usage, keys, partitions }: Layout, all: bigint, { compacted, lists }: After): ReadsAfter {
  const taken = compacted.reduce((sum, one) => sum + (one.reads ?? 0n), 0n);
  const left = all > taken ? all - taken : 0n;
  const rest = (amount: bigint): bigint => (all === 0n ? amount : (amount * left) / all);
  const before = listsPerQuery(keys, partitions);
  return {
    requests: [
      ...usage.requests.map(({ head = 0n, ...one }) => ({
        ...one,
        list: before === 0n ? one.list : ceiling(one.list * lists, before),
        get: rest(one.get),
        head: rest(head),
      })),
      reads(
        'STANDARD',
        compacted.reduce((sum, one) => sum + ceiling((one.reads ?? 0n) * one.files, one.objects), 0n),
      ),
    ],
    retrieval: (usage.retrieval ?? []).map((one) => ({ ...one, bytes: rest(one.bytes) })),
  };
}

export const reads = (storageClass: StorageClass, get: bigint): RequestUsage => ({
  class: storageClass,
  put: 0n,
  list: 0n,
  get,
  delete: 0n,
});
