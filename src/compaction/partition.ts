/** One hour of one table: its sources, its run id, and the keys of everything a run keeps about it. */
import { digest } from '../kernel/digest.js';
import { compareKeys, type Key, type ObjectRecord, type Prefix } from '../kernel/s3.js';
import { type Layout, type Partition, partitionOf, partitionPath } from '../prefixes/partition-keys.js';
import type { CompactionTable } from './table.js';

/** One frozen source: exactly these bytes. */
export interface SourceRef {
  readonly key: Key;
  readonly size: number;
  readonly etag: string;
  readonly versionId?: string;
}

export interface HourSources {
  readonly partition: string;
  /** Milliseconds since 1970, UTC. */
  readonly hourStart: number;
  readonly objects: readonly ObjectRecord[];
  /** Objects Hive and Athena hide (names beginning "_" or ".", folder marks): no part of the table. */
  readonly hidden: number;
  /** What has to be done elsewhere before. */
  readonly waits?: string;
}

/** Names beginning "_" are hidden to Hive and Athena readers: control and attempts lie below such a name, or elsewhere. */
export const controlPrefix = (table: CompactionTable): Prefix =>
  table.statePrefix ?? defaultControlPrefix(table);
export const defaultControlPrefix = ({ targetPrefix, name }: CompactionTable): Prefix =>
  `${targetPrefix}_bucketwise/${name}/`;

const hourPrefix = (table: CompactionTable, partition: string): Prefix =>
  `${controlPrefix(table)}${partition}/`;

/** What the target holds; of all tables, for there is to be one. */
export const targetKey = (table: CompactionTable): Key => `${table.targetPrefix}_bucketwise/target.json`;
export const schemaKey = (table: CompactionTable): Key => `${controlPrefix(table)}schema.json`;
/** News that was told; named by its digest. */
export const noticeKey = (table: CompactionTable, id: string): Key =>
  `${controlPrefix(table)}notices/${id.slice(0, 32)}.json`;
/** What was found out of the store, and an object to find it out with. */
export const probedKey = (table: CompactionTable): Key => `${controlPrefix(table)}probed.json`;
/** That the source store was seen to heed conditional deletes. */
export const provenKey = (table: CompactionTable): Key => `${controlPrefix(table)}source-probed.json`;
export const probeKey = (table: CompactionTable, nonce: string): Key =>
  `${controlPrefix(table)}probes/${nonce}.json`;
export const pointerKey = (table: CompactionTable, partition: string): Key =>
  `${hourPrefix(table, partition)}pointer.json`;
export const claimKey = (table: CompactionTable, partition: string): Key =>
  `${hourPrefix(table, partition)}claim.json`;
export const manifestKey = (table: CompactionTable, partition: string, runId: string): Key =>
  `${hourPrefix(table, partition)}manifests/${runId}.json`;
export const refusalKey = (table: CompactionTable, partition: string, runId: string, rules: string): Key =>
  `${hourPrefix(table, partition)}refusals/${runId}-${rules}.json`;
export const intentsPrefix = (table: CompactionTable, partition: string): Prefix =>
  `${hourPrefix(table, partition)}attempts/`;
/** `attempt`: its fence, or what tells a second path of it. */
export const intentKey = (
  table: CompactionTable,
  partition: string,
  runId: string,
  attempt: number | string,
): Key => `${intentsPrefix(table, partition)}${runId}/${attempt}.json`;
/** What is begun at an engine elsewhere, of all hours side by side: there is little of it at any time. */
export const underWayPrefix = (table: CompactionTable, runId?: string): Prefix =>
  `${controlPrefix(table)}under-way/${runId === undefined ? '' : `${runId.slice(0, 16)}-`}`;
export const underWayKey = (table: CompactionTable, runId: string, attempt: number | string): Key =>
  `${underWayPrefix(table, runId)}${attempt}.json`;
/**
 * Hours that are committed, or about to be, and not shown yet; side by side, for there are few at any time. In no folder of
 * their own: a server on a disk takes an empty one away while another key is put into it.
 */
export const unshownPrefix = (table: CompactionTable): Prefix => `${controlPrefix(table)}unshown-`;
export const unshownKey = (
  table: CompactionTable,
  of: {
    readonly partition: string;
    readonly generation: number;
    readonly runId: string;
    readonly fence: number;
  },
): Key =>
  `${unshownPrefix(table)}${of.generation}-${of.runId.slice(0, 16)}-${of.fence}-${encodeURIComponent(of.partition)}.json`;
/** What such a key says; undefined for one that is not ours. */
export function unshownOf(
  table: CompactionTable,
  key: Key,
): { readonly generation: number; readonly partition: string } | undefined {
  const [, generation = '', name = ''] =
    /^(\d+)-[0-9a-f]+-\d+-(.+)\.json$/.exec(key.slice(unshownPrefix(table).length)) ?? [];
  try {
    return name === '' ? undefined : { generation: Number(generation), partition: decodeURIComponent(name) };
  } catch {
    // Malformed: a stranger's.
    return undefined;
  }
}
/** Named by the attempt too: one that ended before its commit leaves a record nobody points to. */
export const evidenceKey = (
  table: CompactionTable,
  partition: string,
  generation: number,
  runId: string,
  fence: number,
): Key => `${hourPrefix(table, partition)}evidence/${generation}-${runId.slice(0, 16)}-${fence}.json`;

/** The records an attempt put aside, one JSON line each. */
export const quarantineKey = (table: CompactionTable, partition: string, runId: string, fence: number): Key =>
  `${hourPrefix(table, partition)}quarantine/${runId.slice(0, 16)}-${fence}.jsonl`;

/** All attempts of all hours lie below this. */
export const attemptsRoot = (table: CompactionTable): Prefix => `${controlPrefix(table)}data/`;
/** All attempts of an hour lie below this. */
export const attemptsPrefix = (table: CompactionTable, partition: string): Prefix =>
  `${attemptsRoot(table)}${partition}/`;
/** A fence is given once, so this path is never used again. */
export const attemptPath = (
  table: CompactionTable,
  partition: string,
  runId: string,
  fence: number,
): Prefix => `${attemptsPrefix(table, partition)}${runId.slice(0, 16)}-${fence}/`;

/** What has been done about the sources that the pointer covers. */
export const retirementKey = (table: CompactionTable, partition: string): Key =>
  `${hourPrefix(table, partition)}retirement.json`;

/** Where the sources of one hour lie. */
export const sourcesPrefix = (table: Pick<CompactionTable, 'sourcePrefix'>, partition: string): Prefix =>
  `${table.sourcePrefix}${partition}/`;

/** What the keys of all sources of one partition begin with; of several finer partitions what their folders share. */
export function sharedPrefix(
  table: CompactionTable,
  { partition, hourStart }: Pick<HourSources, 'partition' | 'hourStart'>,
): Prefix {
  const { sourcePrefix, sourceLayout, layout } = table;
  if (!sourceLayout) return sourcesPrefix(table, partition);
  const paths: string[] = [];
  for (let at = 0; at < layout.grainMs; at += sourceLayout.grainMs)
    paths.push(partitionPath(sourceLayout, hourStart + at));
  let common = paths[0] ?? '';
  while (!paths.every((path) => path.startsWith(common))) common = common.slice(0, -1);
  return `${sourcePrefix}${common}`;
}

/** Sorted by key, and only what names the bytes. */
export const frozen = (objects: readonly ObjectRecord[]): SourceRef[] =>
  objects
    .map(({ key, size, etag, versionId }) => ({
      key,
      size,
      etag,
      ...(versionId === undefined ? {} : { versionId }),
    }))
    .sort((a, b) => compareKeys(a.key, b.key));

/**
 * The same table, hour and sources of one place have the same run id; one byte more or less has another. `after` tells what
 * a later generation follows; "" for the first.
 */
export const runIdOf = (
  { name, source }: CompactionTable,
  partition: string,
  sources: readonly SourceRef[],
  after = '',
): string =>
  digest(
    JSON.stringify([
      name,
      source.uri,
      partition,
      sources.map(({ key, size, etag, versionId }) => [key, size, etag, versionId ?? null]),
      ...(after === '' ? [] : [after]),
    ]),
  );

function coarser(layout: Layout, at: number): Partition {
  const hourStart = Math.floor(at / layout.grainMs) * layout.grainMs;
  return { partition: partitionPath(layout, hourStart), hourStart };
}

/** Adds one listed object to its hour; false when its key names no hour of this table. */
export function sorted(
  hours: Map<string, { hourStart: number; objects: ObjectRecord[]; hidden: number }>,
  object: ObjectRecord,
  table: CompactionTable,
): boolean {
  const { layout, sourceLayout = layout } = table;
  const found = partitionOf(object.key, table.sourcePrefix, sourceLayout);
  if (!found) return false;
  const { partition, hourStart } = sourceLayout === layout ? found : coarser(layout, found.hourStart);
  const hour = hours.get(partition) ?? { hourStart, objects: [], hidden: 0 };
  hours.set(partition, hour);
  const names = object.key.slice(table.sourcePrefix.length + found.partition.length).split('/');
  if (names.at(-1) === '' || names.some((name) => /^[_.]/.test(name))) hour.hidden += 1;
  else hour.objects.push(object);
  return true;
}

/**
 * The key after which a listing holds every hour from `from` on, or undefined when the layout does not sort by time.
 * A folder without its leading zero ("hour=5") sorts after "hour=05", so it is never missed.
 */
export function listStart(prefix: Prefix, layout: Layout, from: number): Key | undefined {
  const inOrder = ['year', 'month', 'day', 'hour', 'minute'].every(
    (part, i) => (layout.fields[i] ?? part) === part,
  );
  const padded = partitionPath(layout, 0).length === partitionPath(layout, Date.UTC(2011, 10, 11, 11)).length;
  if (!inOrder || !padded || from < Date.UTC(1000, 0)) return undefined;
  return `${prefix}${partitionPath(layout, from)}`;
}
