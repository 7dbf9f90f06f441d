/**
 * An hour that is committed and not shown yet is written down before its commit, and stays so until it is shown: its sources
 * may vanish meanwhile, and without them no listing would bring it to mind again.
 */
import { BucketwiseError } from '../kernel/errors.js';
import { partitionOf } from '../prefixes/partition-keys.js';
import { type Attempt, longestRunMs } from './commit.js';
import { readPointer } from './hours.js';
import { type Claim, type Pointer, putRecord, readRecord } from './journal.js';
import { isWithin, type Range } from './listing.js';
import { claimKey, type HourSources, unshownKey, unshownOf, unshownPrefix } from './partition.js';
import type { CompactionPorts, ObjectStore } from './ports.js';
import type { Spent } from './publish.js';
import type { CompactionTable } from './table.js';

interface Unshown {
  readonly schemaVersion: 1;
  readonly table: string;
  readonly partition: string;
  readonly generation: number;
  /** Of the attempt: when it is too old to be committed nothing waits for it. */
  readonly startedAt: string;
}

export interface Mark {
  readonly key: string;
  readonly etag: string;
  readonly partition: string;
  readonly hourStart: number;
  readonly generation: number;
}

/** Before the pointer. Errors: those of the store. */
export async function markUnshown({ ports, table, partition, ...attempt }: Attempt): Promise<void> {
  const { generation, runId, fence, startedAt, spent } = attempt;
  const record: Unshown = {
    ...{ schemaVersion: 1, table: table.name, partition },
    ...{ generation: generation.number, startedAt },
  };
  spent.put += 1;
  const key = unshownKey(table, { partition, generation: generation.number, runId, fence });
  await putRecord(ports.target, key, record, 'absent');
}

/** After the names. What cannot be taken away now is taken by a later run. */
export async function unmark(
  { target }: Pick<CompactionPorts, 'target'>,
  table: CompactionTable,
  pointer: Pointer,
  spent: Spent,
): Promise<void> {
  const key = unshownKey(table, pointer);
  spent.get += 1;
  try {
    const there = await target.read(key);
    if (there) await target.remove({ key, etag: there.etag }, 'unseen');
  } catch (error) {
    ignored(error);
  }
}

/** Of all hours: one request, for there are few at any time. */
export async function unshownMarks(target: ObjectStore, table: CompactionTable): Promise<readonly Mark[]> {
  const prefix = unshownPrefix(table);
  const marks: Mark[] = [];
  for await (const { objects } of target.list({ prefix }))
    for (const { key, etag } of objects) {
      const told = unshownOf(table, key);
      const found = told && partitionOf(`${told.partition}/`, '', table.layout);
      if (told && found) marks.push({ key, etag, ...found, generation: told.generation });
    }
  return marks;
}

/** Hours with a mark that the listing of the sources does not show. */
export function unlistedHours(
  marks: readonly Mark[],
  listed: readonly HourSources[],
  range: Range,
): readonly HourSources[] {
  const known = new Set(listed.map(({ partition }) => partition));
  const hours = new Map<string, HourSources>();
  for (const { partition, hourStart } of marks)
    if (!known.has(partition) && isWithin(range, { hourStart }))
      hours.set(partition, { partition, hourStart, objects: [], hidden: 0 });
  return [...hours.values()];
}

/** At the end of a run: what is shown by now, or can never be committed, is not waited for. */
export async function sweepMarks(
  ports: CompactionPorts,
  table: CompactionTable,
  marks: readonly Mark[],
): Promise<Spent> {
  const spent = { put: 0, get: 0, list: 0 };
  for (const mark of marks) {
    try {
      if (await isDone(ports, table, mark, spent)) await ports.target.remove(mark, 'unseen');
    } catch (error) {
      ignored(error);
    }
  }
  return spent;
}

async function isDone(
  { target, clock }: CompactionPorts,
  table: CompactionTable,
  { key, partition, generation }: Mark,
  spent: Spent,
): Promise<boolean> {
  spent.get += 2;
  const pointer = (await readPointer(target, table, partition))?.record;
  const claim = await readRecord<Claim>(target, claimKey(table, partition), ['fence']);
  if (pointer && pointer.generation >= generation)
    return (claim?.record.published ?? 0) >= pointer.generation;
  spent.get += 1;
  const found = await readRecord<Unshown>(target, key, ['startedAt']);
  return found !== undefined && clock.now() - Date.parse(found.record.startedAt) > longestRunMs;
}

function ignored(error: unknown): void {
  if (!(error instanceof BucketwiseError)) throw error;
}
