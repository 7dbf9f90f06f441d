/** The hours of a table as they lie: listed once, each with its sources and with what the journal says of it. */
import pLimit from 'p-limit';
import { raise } from '../kernel/errors.js';
import { compareKeys, type ObjectRecord } from '../kernel/s3.js';
import { type Claim, type Manifest, type Pointer, type Refusal, readRecord } from './journal.js';
import {
  claimKey,
  frozen,
  type HourSources,
  listStart,
  manifestKey,
  pointerKey,
  refusalKey,
  runIdOf,
  sorted,
} from './partition.js';
import type { CompactionPorts, ObjectStore } from './ports.js';
import type { CompactionTable } from './table.js';

/** Milliseconds since 1970, UTC; `to` is not included. */
export interface Range {
  readonly from?: number;
  readonly to?: number;
}

export interface Hour extends HourSources {
  readonly runId: string;
  readonly pointer: Pointer | undefined;
  /** Of the committed run. */
  readonly manifest: Manifest | undefined;
  readonly claim: Claim | undefined;
  /** Committed, and its files are under their final names: the claim of the commit was released. */
  readonly isPublished: boolean;
  readonly refusal: Refusal | undefined;
}

/** A year has 8,760 hours, a process commonly 1,024 open files or sockets; each hour reads three records. */
const journalsAtOnce = 64;

export async function readHours(
  ports: CompactionPorts,
  table: CompactionTable,
  range: Range,
  rules: string,
): Promise<Hour[]> {
  const hours = await listHours(ports.source, table, range);
  const limit = pLimit(journalsAtOnce);
  return Promise.all(hours.map((hour) => limit(() => withJournal(ports.target, table, hour, rules))));
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
  const within = all.filter(
    ({ hourStart }) =>
      hourStart >= (range.from ?? Number.NEGATIVE_INFINITY) &&
      hourStart < (range.to ?? Number.POSITIVE_INFINITY),
  );
  return noTwice(within.sort((a, b) => a.hourStart - b.hourStart || compareKeys(a.partition, b.partition)));
}

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

async function withJournal(
  target: ObjectStore,
  table: CompactionTable,
  hour: HourSources,
  rules: string,
): Promise<Hour> {
  const { partition } = hour;
  const runId = runIdOf(table.name, partition, frozen(hour.objects));
  const pointer = await readRecord<Pointer>(target, pointerKey(table, partition), [
    'runId',
    'files',
    'generation',
  ]);
  const committed = pointer?.record;
  const [manifest, claim, refusal] = await Promise.all([
    committed && readRecord<Manifest>(target, manifestKey(table, partition, committed.runId), ['sources']),
    readRecord<Claim>(target, claimKey(table, partition), ['fence', 'expiresAt']),
    committed ? undefined : readRecord<Refusal>(target, refusalKey(table, partition, runId, rules), ['why']),
  ]);
  return {
    ...hour,
    runId,
    pointer: committed,
    manifest: manifest?.record,
    claim: claim?.record,
    refusal: refusal?.record,
    isPublished: committed !== undefined && claim?.record.released === true && claim.record.ended === '',
  };
}
