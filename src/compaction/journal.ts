/** The records of a run lie in the target bucket as JSON; each is written under a condition, or not at all. */
import { raise } from '../kernel/errors.js';
import type { Key, Prefix } from '../kernel/s3.js';
import type { SourceRef } from './partition.js';
import type { ObjectStore, Requests, WriteOutcome, WrittenFile } from './ports.js';
import type { Proof } from './proof.js';
import type { Step } from './recover.js';
import type { Column } from './schema.js';

/** Frozen: what exactly a run reads. */
export interface Manifest {
  readonly schemaVersion: 1;
  readonly table: string;
  readonly partition: string;
  readonly runId: string;
  /** Where they lie: the same names elsewhere are other objects. Absent in records of a time when it was not kept. */
  readonly source?: { readonly uri: string; readonly prefix: Prefix };
  /** All that the generation covers. */
  readonly sources: readonly SourceRef[];
  /** What of it is read; the rest is in files of earlier generations. Absent: all of it. */
  readonly added?: readonly SourceRef[];
}

/** Who works on an hour. Never deleted, so that the fence only grows. */
export interface Claim {
  readonly schemaVersion: 1;
  readonly fence: number;
  readonly owner: string;
  /** The process itself: who shares its machine can tell whether it still lives. */
  readonly process: string;
  /** Tells two claims of one process apart. */
  readonly nonce: string;
  readonly runId: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly released: boolean;
  /** How the work ended, in plain words; "" while it goes on and after a commit. */
  readonly ended: string;
  /** The generation that lies under the final names; 0 before the first. Each claim takes it over from the one before. */
  readonly published: number;
  /** The table of a catalog that was told of it, if there is one. */
  readonly shownIn?: string;
  /** The last step failed for a lasting cause. Each claim takes it over until that step succeeds. */
  readonly setback?: Setback;
}

export interface Setback {
  readonly step: Step;
  /** The run it happened to, and its rules. */
  readonly of: string;
  /** In a row. */
  readonly times: number;
  /** Of the last one; milliseconds since 1970. */
  readonly at: number;
  readonly why: string;
}

/** Written before anything is written below the attempt path. */
export interface Intent {
  readonly schemaVersion: 1;
  readonly table: string;
  readonly partition: string;
  readonly runId: string;
  readonly fence: number;
  /** Revision of the pointer that the commit will replace; 0 when there is none. At any other its commit must fail. */
  readonly base: number;
  readonly owner: string;
  readonly engine: string;
  readonly attemptPath: string;
  readonly startedAt: string;
}

/** The commit: what an hour consists of since this object exists. Replaced by If-Match only. */
export interface Pointer {
  readonly schemaVersion: 1;
  readonly table: string;
  readonly partition: string;
  readonly generation: number;
  /** Grows with every write of the pointer, a commit or not. */
  readonly revision: number;
  /** Sources of it may have been tagged or deleted. Written before the first of them is, and never taken back. */
  readonly retiring: boolean;
  /** Sizes of what earlier generations put under the one name of an hour in one file. */
  readonly earlier: readonly number[];
  readonly runId: string;
  readonly fence: number;
  readonly files: readonly WrittenFile[];
  readonly evidence: Key;
  readonly committedAt: string;
}

export type SourceEnd = 'removed' | 'tagged' | 'changed' | 'gone' | 'failed';

/** What became of every source that was to go. */
export interface Retirement {
  readonly schemaVersion: 1;
  readonly table: string;
  readonly partition: string;
  readonly runId: string;
  readonly after: 'tag' | 'delete';
  readonly sources: readonly {
    readonly key: Key;
    readonly etag: string;
    readonly end: SourceEnd;
    readonly at: string;
  }[];
}

/** These sources under these rules were refused: asking again gives the same answer. */
export interface Refusal {
  readonly schemaVersion: 1;
  readonly table: string;
  readonly partition: string;
  readonly runId: string;
  readonly why: string;
  /** What the sources hold and what was read back, where these differ. */
  readonly digests?: Proof['digests'];
  readonly refusedAt: string;
}

/** The columns found in the data when the config says "infer": found once, then kept. */
export interface SchemaRecord {
  readonly schemaVersion: 1;
  readonly table: string;
  readonly columns: readonly Column[];
  readonly header: readonly string[];
  readonly sampled: { readonly files: number; readonly rows: number };
}

/** Why an hour may be believed to be whole. CONTRACT section 6. */
export interface Evidence extends Proof {
  readonly schemaVersion: 1;
  readonly table: string;
  readonly partition: string;
  readonly generation: number;
  readonly runId: string;
  readonly engine: string;
  /** Evidence of the files that were kept from earlier generations; what stands here is of the files that were added. */
  readonly earlier: Key | null;
  readonly ownCost: { readonly requests: Requests; readonly scannedBytes: number; readonly usd: string };
  readonly startedAt: string;
  readonly committedAt: string;
}

export interface Found<T> {
  readonly record: T;
  readonly etag: string;
}

/** Reads a record; undefined when there is none. Errors: JOURNAL_INVALID. */
export async function readRecord<T extends { readonly schemaVersion: 1 }>(
  store: ObjectStore,
  key: Key,
  fields: readonly (keyof T & string)[],
): Promise<Found<T> | undefined> {
  const found = await store.read(key);
  return found && { record: parsed<T>(key, found.body, fields), etag: found.etag };
}

function parsed<T>(key: Key, body: Uint8Array, fields: readonly string[]): T {
  const value = jsonOf(key, body);
  if (typeof value !== 'object' || value === null) return raise('JOURNAL_INVALID', { key, why: 'no object' });
  const record = value as Record<string, unknown>;
  if (record.schemaVersion !== 1)
    raise('JOURNAL_INVALID', { key, why: 'schemaVersion is not 1; a newer version may have written it' });
  const missing = fields.find((field) => record[field] === undefined);
  if (missing) raise('JOURNAL_INVALID', { key, why: `it has no ${missing}` });
  return value as T;
}

function jsonOf(key: Key, body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch (cause) {
    return raise('JOURNAL_INVALID', { key, why: 'it is not JSON' }, cause);
  }
}

/**
 * Writes a record under its condition. A refusal or an unknown answer is settled by reading what lies there:
 * our own bytes mean that it was written. 'other' means somebody else's record stands there.
 * Errors: those of the store, when the answer is unknown and the record is not there.
 */
export async function putRecord(
  store: ObjectStore,
  key: Key,
  record: { readonly schemaVersion: 1 },
  condition: 'absent' | { readonly etag: string },
): Promise<{ readonly outcome: 'written'; readonly etag: string } | { readonly outcome: 'other' }> {
  const body = new TextEncoder().encode(`${JSON.stringify(record, null, 1)}\n`);
  const answer = await store.write(key, body, condition).catch((unknown: unknown) => ({ unknown }));
  if ('outcome' in answer && answer.outcome === 'written') return answer;
  const there = await store.read(key);
  if (there && sameBytes(there.body, body)) return { outcome: 'written', etag: there.etag };
  if ('unknown' in answer) throw answer.unknown;
  return { outcome: 'other' } satisfies { outcome: Exclude<WriteOutcome['outcome'], 'written'> | 'other' };
}

/** What a pointer must have to be one. */
export const pointerFields = ['runId', 'files', 'generation', 'revision'] as const;

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);
