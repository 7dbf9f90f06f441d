/** Sources go only when their generation is committed and old enough, by exact key and etag, and the record says what became of each. */
import pLimit from 'p-limit';
import { instantText } from '../kernel/clock.js';
import { BucketwiseError } from '../kernel/errors.js';
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
  /** In plain words; "" when all went as asked. */
  readonly reason: string;
}

/**
 * Effects in order: the pointer says that sources may be gone (If-Match), so that no later generation counts on them;
 * then, batch by batch, the sources, each by its etag, and after each batch the record. What changed is kept, and is
 * late from then on; what failed is tried again by the next run. Cut anywhere, the rest is still leftover.
 */
export async function retire(work: RetireWork): Promise<Retired> {
  const { ports, table, hour, signal, spent } = work;
  const { leftover } = hour;
  const pointer = await marked(work, hour.pointer!);
  if (!pointer) return { pointer: hour.pointer!.record, reason: 'Another run was faster.' };
  const ledger = await openLedger(work, pointer);
  const failures: string[] = [];
  for (let at = 0; at < leftover.length && !signal.aborted; at += batchSize) {
    const limit = pLimit(atOnce);
    const batch = leftover.slice(at, at + batchSize);
    const ends = await Promise.all(
      batch.map((source) =>
        limit(async () => {
          const end = await endOf(ports.source, source, table.sources.after, failures);
          return { key: source.key, etag: source.etag, end, at: instantText(ports.clock.now()) };
        }),
      ),
    );
    // DELETE is free, and a HEAD goes before it; a tag is a HEAD, a GET, a PUT and a HEAD.
    spent.put += table.sources.after === 'tag' ? batch.length : 0;
    spent.get += table.sources.after === 'tag' ? batch.length * 3 : batch.length;
    await ledger.add(ends);
  }
  return { pointer, reason: reasonOf(failures) };
}

const reasonOf = (failures: readonly string[]): string =>
  failures.length === 0
    ? ''
    : `${failures.length} of its sources could not be retired and are tried again by the next run: ${failures[0]}`;

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
  failures: string[],
): Promise<SourceEnd> {
  try {
    return after === 'tag' ? await store.tag(source, expiryTag) : await store.remove(source);
  } catch (error) {
    if (!(error instanceof BucketwiseError)) throw error;
    failures.push(error.message);
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
