/** Sources go only when their generation is committed and old enough, by exact key and etag, and the record says what became of each. */
import pLimit from 'p-limit';
import { instantText } from '../kernel/clock.js';
import { BucketwiseError, type ErrorCode } from '../kernel/errors.js';
import { printable } from '../kernel/s3.js';
import type { Hour } from './hours.js';
import {
  type Found,
  type Pointer,
  putRecord,
  type Retirement,
  readRecord,
  type SourceEnd,
} from './journal.js';
import { pointerKey, retirementKey, type SourceRef } from './partition.js';
import type { CompactionPorts, ObjectStore, Tag } from './ports.js';
import type { Spent } from './publish.js';
import { isLasting } from './setback.js';
import { disobedience } from './source-probe.js';
import { fallenError } from './standing.js';
import type { CompactionTable } from './table.js';

/** A lifecycle rule of the source bucket expires what has this tag. */
export const expiryTag: Tag = { name: 'bucketwise', value: 'compacted' };

const batchSize = 100;
const atOnce = 8;

interface RetireWork {
  readonly ports: CompactionPorts;
  readonly table: CompactionTable;
  readonly hour: Hour;
  readonly signal: AbortSignal;
  readonly spent: Spent;
}

export interface Retired {
  readonly pointer: Pointer;
  /** Why sources stayed that were to go, the first one's error. */
  readonly failed?: { readonly error: BucketwiseError; readonly why: string };
}

/**
 * Effects in order: a look at all that the pointer names; the pointer says that sources may be gone (If-Match), so that no later generation counts on them;
 * then, batch by batch, the sources, each by its etag, and after each batch the record. What changed is kept, and is
 * late from then on; what failed is tried again by the next run. Cut anywhere, the rest is still leftover.
 */
export async function retire(work: RetireWork): Promise<Retired | 'lost-race'> {
  const { hour, signal } = work;
  const { leftover } = hour;
  const fallen = await fallenError(work.ports, work.table, hour, work.spent);
  if (fallen) return { pointer: hour.pointer!.record, ...failedOf([fallen]) };
  const pointer = await marked(work, hour.pointer!);
  if (!pointer) return 'lost-race';
  const ledger = await openLedger(work, pointer);
  const failures: BucketwiseError[] = [];
  if (work.table.sources.after === 'delete') {
    const gone = await tried(work, failures);
    if (gone) await ledger.add([{ ...gone, end: 'removed', at: instantText(work.ports.clock.now()) }]);
    if (failures.length > 0) return { pointer, ...failedOf(failures) };
  }
  for (let at = 0; at < leftover.length && !signal.aborted && !isForbidden(failures); at += batchSize)
    await ledger.add(await endsOf(work, leftover.slice(at, at + batchSize), failures));
  return { pointer, ...failedOf(failures) };
}

/** Before the first source goes it is known that the store deletes on conditions only. */
async function tried(
  { ports, table, hour, spent }: RetireWork,
  failures: BucketwiseError[],
): Promise<Pick<SourceRef, 'key' | 'etag'> | undefined> {
  spent.get += 1;
  try {
    const gone = await disobedience(ports, table, hour.leftover);
    if (!gone) return undefined;
    const store = `${table.source.uri}, which ignored If-Match on DELETE of "${printable(gone.key)}" (due, and the only one),`;
    failures.push(new BucketwiseError('CONDITION_UNSUPPORTED', { store }));
    return { key: gone.key, etag: gone.etag };
  } catch (error) {
    if (!(error instanceof BucketwiseError)) throw error;
    failures.push(error);
    return undefined;
  }
}

const endsAll: ReadonlySet<string> = new Set([
  'PERMISSION_DENIED',
  'CONDITION_UNSUPPORTED',
] satisfies ErrorCode[]);

/** One refusal for want of permission stands for all that would follow. */
const isForbidden = (failures: readonly BucketwiseError[]): boolean =>
  failures.some(({ code }) => endsAll.has(code));

async function endsOf(
  { ports, table, spent }: RetireWork,
  batch: readonly SourceRef[],
  failures: BucketwiseError[],
): Promise<Retirement['sources']> {
  const limit = pLimit(atOnce);
  const ends = await Promise.all(
    batch.map((source) =>
      limit(async () => {
        if (isForbidden(failures)) return [];
        // DELETE is free, and a HEAD goes before it; a tag is a HEAD, a GET, a PUT and a HEAD.
        spent.put += table.sources.after === 'tag' ? 1 : 0;
        spent.get += table.sources.after === 'tag' ? 3 : 1;
        const end = await endOf(ports.source, source, table.sources.after, failures);
        return [{ key: source.key, etag: source.etag, end, at: instantText(ports.clock.now()) }];
      }),
    ),
  );
  return ends.flat();
}

function failedOf(failures: readonly BucketwiseError[]): Pick<Retired, 'failed'> {
  const error = failures.find(isLasting) ?? failures[0];
  if (!error) return {};
  const rest =
    isForbidden(failures) || error.code === 'COMMIT_FALLEN' ? 'Sources' : `${failures.length} of its sources`;
  return {
    failed: {
      error,
      why: `${rest} could not be retired; the hour stays committed. ${error.message} ${error.hint}`,
    },
  };
}

/** Undefined when the pointer is another by now: then it is for the next run to look again. */
async function marked(
  { ports, table, spent }: RetireWork,
  found: Found<Pointer>,
): Promise<Pointer | undefined> {
  const { record, etag } = found;
  if (record.retiring) return record;
  const pointer: Pointer = { ...record, retiring: true, revision: record.revision + 1 };
  spent.put += 1;
  const put = await putRecord(ports.target, pointerKey(table, record.partition), pointer, { etag });
  return put.outcome === 'written' ? pointer : undefined;
}

async function endOf(
  store: ObjectStore,
  source: SourceRef,
  after: CompactionTable['sources']['after'],
  failures: BucketwiseError[],
): Promise<SourceEnd> {
  try {
    return after === 'tag' ? await store.tag(source, expiryTag) : await store.remove(source);
  } catch (error) {
    if (!(error instanceof BucketwiseError)) throw error;
    failures.push(error);
    return 'failed';
  }
}

interface Ledger {
  add(ends: Retirement['sources']): Promise<void>;
}

/** One record an hour, which grows; whoever loses the race for it reads it again and adds to that. */
async function openLedger({ ports, table, spent }: RetireWork, pointer: Pointer): Promise<Ledger> {
  const key = retirementKey(table, pointer.partition);
  const read = () => readRecord<Retirement>(ports.target, key, ['sources']);
  spent.get += 1;
  let found = await read();
  const put = async (ends: Retirement['sources']): Promise<boolean> => {
    const latest = new Map(
      [...(found?.record.sources ?? []), ...ends].map((one) => [`${one.etag} ${one.key}`, one]),
    );
    const record: Retirement = {
      schemaVersion: 1,
      table: table.name,
      partition: pointer.partition,
      runId: pointer.runId,
      after: table.sources.after === 'tag' ? 'tag' : 'delete',
      sources: [...latest.values()],
    };
    spent.put += 1;
    const answer = await putRecord(ports.target, key, record, found ? { etag: found.etag } : 'absent');
    if (answer.outcome === 'written') found = { record, etag: answer.etag };
    return answer.outcome === 'written';
  };
  return {
    add: async (ends) => {
      for (let tries = 0; tries < 5; tries++) {
        if (await put(ends)) return;
        found = await read();
      }
    },
  };
}
