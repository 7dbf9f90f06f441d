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
  laterOf,
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
import { elsewhereText, type Placed, placed } from './source-place.js';
import type { CompactionTable } from './table.js';

/** Milliseconds since 1970, UTC; `to` is not included. */
export interface Range {
  readonly from?: number;
  readonly to?: number;
}

/** An hour with all that the journal says of it. */
export interface Hour extends HourSources {
  readonly pointer: Found<Pointer> | undefined;
  /** Of the committed run; its sources by the keys they have where the table reads now. */
  readonly manifest: Manifest | undefined;
  readonly claim: Claim | undefined;
  /** What is to be made of its sources, or why that cannot be; undefined when the pointer covers them all. */
  readonly next: Generation | { readonly why: string } | undefined;
  /** That very generation was refused before. */
  readonly refusal: Refusal | undefined;
  /** Under which it was read: see rulesOf. */
  readonly rules: string;
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
  const base = pointer && manifest && { pointer, ...placed(table, manifest.record) };
  const next = nextOf(table, hour, engine.name, pointer, base);
  const [refusal, leftover] = await Promise.all([
    next && 'runId' in next && claim
      ? readRecord<Refusal>(target, refusalKey(table, partition, next.runId, rules), ['why'])
      : undefined,
    // What only has the same name elsewhere is not ours to retire.
    next === undefined && base && !base.isElsewhere && table.sources.after !== 'keep'
      ? leftoverOf(target, table, hour, base)
      : [],
  ]);
  return {
    ...{ ...hour, pointer, manifest: base?.manifest, claim: claim?.record },
    ...{ next, refusal: refusal?.record, rules, leftover },
  };
}

function nextOf(
  table: CompactionTable,
  { partition, objects }: HourSources,
  engine: Engine['name'],
  pointer: Found<Pointer> | undefined,
  base: (Committed & Placed) | undefined,
): Hour['next'] {
  const listed = frozen(objects);
  if (pointer && !base) return undefined;
  const late = base ? lateSources(base.manifest, listed) : listed;
  if (late.length === 0) return undefined;
  if (base?.isElsewhere) return { why: elsewhereText(table, base.pointer.record, base.manifest, late) };
  const why = archiveFault(engine, objects, late);
  if (why !== undefined) return { why };
  if (!base) return firstGeneration(table, partition, listed);
  // What was archived since is as good as gone: it is not read again.
  const covered = new Set(base.manifest.sources.map(({ key }) => key));
  const there = objects.filter((object) => !(covered.has(object.key) && isArchived(object)));
  const later = laterOf(base, frozen(there), table);
  return 'why' in later ? later : nextGeneration(table, base, later);
}

/** A tagged source stays where it is until a lifecycle rule takes it: the record says that it is done. */
async function leftoverOf(
  target: ObjectStore,
  table: CompactionTable,
  { partition, objects }: HourSources,
  { pointer, manifest }: Committed,
): Promise<readonly SourceRef[]> {
  const there = coveredSources(manifest, frozen(objects));
  if (table.sources.after !== 'tag' || !pointer.record.retiring || there.length === 0) return there;
  const record = await readRecord<Retirement>(target, retirementKey(table, partition), ['sources']);
  const tagged = (record?.record.sources ?? []).filter(({ end }) => end === 'tagged');
  const done = new Set(tagged.map(({ key, etag }) => `${etag} ${key}`));
  return there.filter(({ key, etag }) => !done.has(`${etag} ${key}`));
}
