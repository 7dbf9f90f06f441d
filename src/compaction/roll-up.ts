/** Partitions of a table that are made of finer ones: the hours of a day, by listing or by the commits of another table. */

import { printable } from '../kernel/s3.js';
import { partitionOf, partitionPath } from '../prefixes/partition-keys.js';
import { type Committed, coveredSources, type Later, laterOf, lateSources } from './generation.js';
import type { Hour } from './hours.js';
import { type JobState, jobState } from './job-state.js';
import type { Manifest } from './journal.js';
import { attemptsRoot, type HourSources, type SourceRef } from './partition.js';
import type { CompactionPorts } from './ports.js';
import type { CompactionTable } from './table.js';

/** What is done about the sources of an hour does not touch its files. */
const isSettled: Readonly<Record<JobState, boolean>> = {
  open: false,
  waiting: false,
  empty: true,
  new: false,
  'broken-off': false,
  late: false,
  stuck: false,
  refused: false,
  unpublished: false,
  retirable: true,
  retiring: true,
  done: true,
  held: false,
  paused: false,
  damaged: false,
  archived: false,
};

/**
 * Each day with the files its hours are committed with. A pointer names all files of one generation, so an hour is seen
 * whole, never half of an old and half of a new one; and those files are never written again.
 */
export function rolledUp(
  table: CompactionTable,
  upstream: CompactionTable,
  hours: readonly Hour[],
  now: Pick<CompactionPorts, 'clock' | 'ids'>,
): HourSources[] {
  const days = new Map<number, Hour[]>();
  for (const hour of hours) {
    const start = startOf(table, hour.hourStart);
    days.set(start, [...(days.get(start) ?? []), hour]);
  }
  return [...days].map(([hourStart, its]) => ({
    partition: partitionPath(table.layout, hourStart),
    hourStart,
    objects: its.flatMap(({ pointer }) =>
      (pointer?.record.files ?? []).map(({ key, size, etag }) => ({
        key,
        size,
        etag,
        storageClass: 'STANDARD',
      })),
    ),
    hidden: 0,
    ...waitsOf(upstream, its, now),
  }));
}

/** Where the partition begins that a moment falls into. */
export const startOf = ({ layout }: CompactionTable, at: number): number =>
  Math.floor(at / layout.grainMs) * layout.grainMs;

function waitsOf(
  upstream: CompactionTable,
  hours: readonly Hour[],
  now: Pick<CompactionPorts, 'clock' | 'ids'>,
): { readonly waits?: string } {
  const unsettled = hours
    .map((hour) => ({ hour, state: jobState(upstream, hour, now) }))
    .filter(({ state }) => !isSettled[state]);
  const [first] = unsettled;
  if (!first) return {};
  const others = unsettled.length === 1 ? '' : ` and ${unsettled.length - 1} more`;
  const { hour, state } = first;
  const isPast =
    state === 'new' && hour.hourStart + upstream.layout.grainMs < now.clock.now() - upstream.lookbackMs;
  return {
    waits: `It waits for table "${upstream.name}": ${hour.partition} is ${isPast ? 'older than its lookback' : (wordsOf[state] ?? state)} there${others}.${isPast ? ' Compact it with --from.' : ''}`,
  };
}

const wordsOf: Readonly<Partial<Record<JobState, string>>> = {
  new: 'due',
  'broken-off': 'due',
  unpublished: 'due',
  stuck: 'late',
  held: 'being compacted',
  paused: 'failed',
};

/** Of another table's commits everything counts that came or went; of a listing what came, for sources may be retired. */
export function isOutdated(
  { upstream }: CompactionTable,
  manifest: Pick<Manifest, 'sources'>,
  listed: readonly SourceRef[],
): boolean {
  if (lateSources(manifest, listed).length > 0) return true;
  return upstream !== undefined && coveredSources(manifest, listed).length < manifest.sources.length;
}

/**
 * A later commit of an hour replaces its files, so the day is made of all hours anew, and replaces its one file: adding to
 * what is there would double the hour. Sources that only a listing shows and that are gone may have been replaced too.
 */
export function dayChange(table: CompactionTable, base: Committed, listed: readonly SourceRef[]): Later {
  if (table.upstream) return madeAnew(table, table.upstream.table, base, listed);
  const keys = new Set(listed.map(({ key }) => key));
  const gone = base.manifest.sources.filter(({ key }) => !keys.has(key)).length;
  if (base.pointer.record.retiring || gone === 0) return laterOf(base, listed, table);
  return {
    why: `${gone} of its sources ${gone === 1 ? 'is' : 'are'} gone, and what came may stand in their place; what was committed stays.`,
  };
}

/** An hour of which no commit is found any more was not emptied: somebody took its journal away. */
function madeAnew(
  { listedFrom }: CompactionTable,
  upstream: CompactionTable,
  { pointer, manifest }: Committed,
  listed: readonly SourceRef[],
): Later {
  const { files } = pointer.record;
  const hourOf = ({ key }: SourceRef): string | undefined =>
    partitionOf(key, attemptsRoot(upstream), upstream.layout)?.partition;
  const hours = new Set(listed.map(hourOf));
  const lost = manifest.sources.find((source) => !hours.has(hourOf(source)));
  if (lost)
    return {
      why: `${hourOf(lost) ?? printable(lost.key)} has no commit in table "${upstream.name}" any more; what was committed stays.`,
    };
  if (listedFrom !== undefined || files.length <= 1)
    return { kind: 'whole', read: listed, held: '', gone: [] };
  return {
    why: `What it is made of was committed anew, and its ${files.length} Parquet files cannot be replaced in one step; what was committed stays. With a larger target.fileSize a day is one file.`,
  };
}
