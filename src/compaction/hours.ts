/** The hours of a table as they lie: listed once, each with its sources and with what the journal says of it. */
import pLimit from 'p-limit';
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
import { isWithin, listAgain, listHours, type Range, retiredHours } from './listing.js';
import {
  claimKey,
  frozen,
  type HourSources,
  manifestKey,
  pointerKey,
  refusalKey,
  retirementKey,
  type SourceRef,
} from './partition.js';
import type { CompactionPorts, Engine, ObjectStore } from './ports.js';
import { dayChange, isOutdated, rolledUp } from './roll-up.js';
import { rulesOf } from './rules.js';
import { elsewhereText, type Placed, placed } from './source-place.js';
import type { CompactionTable } from './table.js';
import { type Mark, unlistedHours } from './unshown.js';

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
  marks: readonly Mark[] = [],
): Promise<Hour[]> {
  const there = await listed(ports, table, range);
  const hours = withRetired ? [...(await retiredHours(ports.target, table, range, there)), ...there] : there;
  const limit = pLimit(journalsAtOnce);
  const read = async (all: readonly HourSources[]): Promise<Hour[]> =>
    Promise.all(all.map((hour) => limit(() => withJournal(ports, table, hour, rules))));
  const unlisted = await read(unlistedHours(marks, hours, range));
  const unshown = unlisted.filter(
    ({ pointer, claim }) => pointer && (claim?.published ?? 0) < pointer.record.generation,
  );
  return [...unshown, ...(await read(hours))];
}

/** A table made of another's commits has no listing of its own: what that one's hours hold is asked for. */
async function listed(ports: CompactionPorts, table: CompactionTable, range: Range): Promise<HourSources[]> {
  const { upstream } = table;
  if (!upstream) return listHours(ports.source, table, range);
  const above = {
    ...{ ...ports, ...ports.upstream!, target: ports.source, upstream: ports.upstream!.upstream },
    engine: { ...ports.engine, name: upstream.engine },
  };
  const span = { ...range, ...(range.to === undefined ? {} : { to: range.to + table.layout.grainMs }) };
  const hours = await readHours(above, upstream.table, span, rulesOf(upstream.table, upstream.engine), true);
  return rolledUp(table, upstream.table, hours, ports).filter((day) => isWithin(range, day));
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
  return readJournal(ports, table, await listHour(ports, table, planned), rules, pointer);
}

/** The same hour, listed anew. */
export async function listHour(
  ports: CompactionPorts,
  table: CompactionTable,
  { partition, hourStart }: HourSources,
): Promise<HourSources> {
  if (!table.upstream) return listAgain(ports.source, table, { partition, hourStart });
  const [found] = await listed(ports, table, { from: hourStart, to: hourStart + 1 });
  return found ?? { partition, hourStart, objects: [], hidden: 0 };
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
  if (base && !isOutdated(table, base.manifest, listed)) return undefined;
  const late = base ? lateSources(base.manifest, listed) : listed;
  if (!base && late.length === 0) return undefined;
  if (base?.isElsewhere && late.length > 0)
    return { why: elsewhereText(table, base.pointer.record, base.manifest, late) };
  const why = archiveFault(engine, objects, late);
  if (why !== undefined) return { why };
  if (!base) return firstGeneration(table, partition, listed);
  // What was archived since is as good as gone: it is not read again.
  const covered = new Set(base.manifest.sources.map(({ key }) => key));
  const there = frozen(objects.filter((object) => !(covered.has(object.key) && isArchived(object))));
  const later = table.sourceLayout ? dayChange(table, base, there) : laterOf(base, there, table);
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
