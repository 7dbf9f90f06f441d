/** The hours of a table as they lie: listed once, each with its sources and with what the journal says of it. */
import pLimit from 'p-limit';
import { raise } from '../kernel/errors.js';
import { compareKeys, type ObjectRecord } from '../kernel/s3.js';
import { partitionOf } from '../prefixes/partition-keys.js';
import { archiveFault, isArchived } from './archived.js';
import {
  type Committed,
  coveredSources,
  firstGeneration,
  type Generation,
  kindOf,
  lateSources,
  nextGeneration,
} from './generation.js';
import {
  type Claim,
  type Found,
  type Manifest,
  type Pointer,
  pointerFields,
  type Refusal,
  type Retirement,
  readRecord,
} from './journal.js';
import {
  claimKey,
  controlPrefix,
  frozen,
  type HourSources,
  listStart,
  manifestKey,
  pointerKey,
  refusalKey,
  retirementKey,
  type SourceRef,
  sorted,
  sourcesPrefix,
} from './partition.js';
import type { CompactionPorts, Engine, ObjectStore } from './ports.js';
import type { CompactionTable } from './table.js';

/** Milliseconds since 1970, UTC; `to` is not included. */
export interface Range {
  readonly from?: number;
  readonly to?: number;
}

/** An hour with all that the journal says of it. */
export interface Hour extends HourSources {
  readonly pointer: Found<Pointer> | undefined;
  /** Of the committed run. */
  readonly manifest: Manifest | undefined;
  readonly claim: Claim | undefined;
  /** What is to be made of its sources, or why that cannot be; undefined when the pointer covers them all. */
  readonly next: Generation | { readonly why: string } | undefined;
  /** That very generation was refused before. */
  readonly refusal: Refusal | undefined;
  /** Sources that the pointer covers, that are still there, and that nothing was done about. */
  readonly leftover: readonly SourceRef[];
}

/** A year has 8,760 hours, a process commonly 1,024 open files or sockets; each hour reads three records. */
const journalsAtOnce = 64;

export async function readHours(
  ports: CompactionPorts,
  table: CompactionTable,
  range: Range,
  rules: string,
  withRetired = false,
): Promise<Hour[]> {
  const listed = await listHours(ports.source, table, range);
  const hours = withRetired
    ? [...(await retiredHours(ports.target, table, range, listed)), ...listed]
    : listed;
  const limit = pLimit(journalsAtOnce);
  return Promise.all(hours.map((hour) => limit(() => withJournal(ports, table, hour, rules))));
}

async function listHours(store: ObjectStore, table: CompactionTable, range: Range): Promise<HourSources[]> {
  const hours = new Map<string, { hourStart: number; objects: ObjectRecord[]; hidden: number }>();
  const after =
    range.from === undefined ? undefined : listStart(table.sourcePrefix, table.layout, range.from);
  for await (const { objects } of store.list({
    prefix: table.sourcePrefix,
    ...(after === undefined ? {} : { after }),
  }))
    for (const object of objects) sorted(hours, object, table);
  const all = [...hours].map(([partition, hour]) => ({ partition, ...hour }));
  const within = all.filter((hour) => isWithin(range, hour));
  return noTwice(within.sort((a, b) => a.hourStart - b.hourStart || compareKeys(a.partition, b.partition)));
}

/** Hours that only the journal knows of, because no source of them is left. */
async function retiredHours(
  target: ObjectStore,
  table: CompactionTable,
  range: Range,
  listed: readonly HourSources[],
): Promise<HourSources[]> {
  const known = new Set(listed.map(({ partition }) => partition));
  const hours: HourSources[] = [];
  for await (const { objects } of target.list({ prefix: controlPrefix(table) }))
    for (const { key } of objects) {
      const found = partitionOf(key, controlPrefix(table), table.layout);
      if (!found || key !== pointerKey(table, found.partition) || known.has(found.partition)) continue;
      if (isWithin(range, found)) hours.push({ ...found, objects: [], hidden: 0 });
    }
  return hours.sort((a, b) => a.hourStart - b.hourStart);
}

const isWithin = (range: Range, { hourStart }: { readonly hourStart: number }): boolean =>
  hourStart >= (range.from ?? Number.NEGATIVE_INFINITY) && hourStart < (range.to ?? Number.POSITIVE_INFINITY);

/** hour=5 and hour=05 are one hour in two folders: compacting either alone would hide the other. */
function noTwice(hours: HourSources[]): HourSources[] {
  const twin = hours.find((hour, at) => hours[at + 1]?.hourStart === hour.hourStart);
  if (twin)
    raise('PARTITION_INVALID', {
      partition: twin.partition,
      layout: 'one spelling: another folder holds the same hour',
    });
  return hours;
}

const withJournal = async (
  ports: CompactionPorts,
  table: CompactionTable,
  hour: HourSources,
  rules: string,
): Promise<Hour> =>
  readJournal(ports, table, hour, rules, await readPointer(ports.target, table, hour.partition));

export const readPointer = (
  target: ObjectStore,
  table: CompactionTable,
  partition: string,
): Promise<Found<Pointer> | undefined> =>
  readRecord<Pointer>(target, pointerKey(table, partition), pointerFields);

/** An hour as it is now. The pointer is read first: what it covers was there when the hour is listed. */
export async function readHour(
  ports: CompactionPorts,
  table: CompactionTable,
  planned: HourSources,
  rules: string,
): Promise<Hour> {
  const pointer = await readPointer(ports.target, table, planned.partition);
  return readJournal(ports, table, await listHour(ports.source, table, planned), rules, pointer);
}

/** The same hour, listed anew. */
export async function listHour(
  store: ObjectStore,
  table: CompactionTable,
  { partition, hourStart }: HourSources,
): Promise<HourSources> {
  const found = new Map<string, { hourStart: number; objects: ObjectRecord[]; hidden: number }>();
  for await (const { objects } of store.list({ prefix: sourcesPrefix(table, partition) }))
    for (const object of objects) sorted(found, object, table);
  return { partition, ...(found.get(partition) ?? { hourStart, objects: [], hidden: 0 }) };
}

async function readJournal(
  ports: CompactionPorts,
  table: CompactionTable,
  hour: HourSources,
  rules: string,
  pointer: Found<Pointer> | undefined,
): Promise<Hour> {
  const { partition } = hour;
  const { target, engine } = ports;
  const [manifest, claim] = await Promise.all([
    pointer && readRecord<Manifest>(target, manifestKey(table, partition, pointer.record.runId), ['sources']),
    readRecord<Claim>(target, claimKey(table, partition), ['fence', 'expiresAt']),
  ]);
  const next = nextOf(table, hour, engine.name, pointer, manifest?.record);
  const [refusal, leftover] = await Promise.all([
    next && 'runId' in next && claim
      ? readRecord<Refusal>(target, refusalKey(table, partition, next.runId, rules), ['why'])
      : undefined,
    next === undefined && pointer && manifest && table.sources.after !== 'keep'
      ? leftoverOf(target, table, hour, { pointer: pointer.record, manifest: manifest.record })
      : [],
  ]);
  return {
    ...{ ...hour, pointer, manifest: manifest?.record, claim: claim?.record },
    ...{ next, refusal: refusal?.record, leftover },
  };
}

function nextOf(
  { name }: CompactionTable,
  { partition, objects }: HourSources,
  engine: Engine['name'],
  base: Found<Pointer> | undefined,
  manifest: Manifest | undefined,
): Hour['next'] {
  const listed = frozen(objects);
  if (base && !manifest) return undefined;
  const committed = base && manifest && { pointer: base.record, manifest };
  const late = committed ? lateSources(committed, listed) : listed;
  if (late.length === 0) return undefined;
  const why = archiveFault(engine, objects, late);
  if (why !== undefined) return { why };
  if (!base || !committed) return firstGeneration(name, partition, listed);
  // What was archived since is as good as gone: it is not read again.
  const covered = new Set(manifest.sources.map(({ key }) => key));
  const there = objects.filter((object) => !(covered.has(object.key) && isArchived(object)));
  const kind = kindOf(committed, frozen(there));
  return 'why' in kind ? kind : nextGeneration(name, base, manifest, listed, kind.kind);
}

/** A tagged source stays where it is until a lifecycle rule takes it: the record says that it is done. */
async function leftoverOf(
  target: ObjectStore,
  table: CompactionTable,
  { partition, objects }: HourSources,
  committed: Committed,
): Promise<readonly SourceRef[]> {
  const there = coveredSources(committed, frozen(objects));
  if (table.sources.after !== 'tag' || !committed.pointer.retiring || there.length === 0) return there;
  const record = await readRecord<Retirement>(target, retirementKey(table, partition), ['sources']);
  const tagged = (record?.record.sources ?? []).filter(({ end }) => end === 'tagged');
  const done = new Set(tagged.map(({ key, etag }) => `${etag} ${key}`));
  return there.filter(({ key, etag }) => !done.has(`${etag} ${key}`));
}
