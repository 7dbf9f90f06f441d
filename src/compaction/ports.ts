/** What compaction asks of the world. Every effect of a run goes through one of these. */
import type { Clock } from '../kernel/clock.js';
import type { Key, ObjectRecord, Prefix } from '../kernel/s3.js';
import type { FooterReader, ParquetSources, Readback } from './parquet-ports.js';
import type { GroupAnswer, SharedPath, WriteJob, WriteResult } from './write-job.js';

export type {
  GroupAnswer,
  LeftOut,
  Scan,
  SharedPath,
  Submission,
  WorkLog,
  WriteJob,
  WriteResult,
  WrittenFile,
} from './write-job.js';

export interface StoredObject {
  readonly key: Key;
  readonly size: number;
  readonly etag: string;
}

/** What is known after a conditional write. 'exists' and 'changed' are answers, not errors. */
export type WriteOutcome =
  | { readonly outcome: 'written'; readonly etag: string }
  /** put-if-absent met an object; copy-if-absent likewise. */
  | { readonly outcome: 'exists' }
  /** If-Match did not match, or the object is gone. */
  | { readonly outcome: 'changed' };

/** A bucket (or a folder on disk that stands for one). Keys are whole keys, never relative to a prefix. */
export interface ObjectStore {
  /** Pages of at most 1,000 in UTF-8 byte order, each page one LIST request. */
  list(request: { readonly prefix: Prefix; readonly after?: Key }): AsyncIterable<{
    readonly objects: readonly ObjectRecord[];
  }>;
  /** A whole small object, or undefined when there is none. */
  read(key: Key): Promise<{ readonly body: Uint8Array; readonly etag: string } | undefined>;
  /** The bytes of an object as they come. OBJECT_CHANGED when its etag is another, OBJECT_MISSING when it is gone. */
  stream(object: { readonly key: Key; readonly etag: string }): AsyncIterable<Uint8Array>;
  /** Bytes [start, end) of exactly these bytes; OBJECT_CHANGED when its etag is another. */
  range(
    object: { readonly key: Key; readonly etag: string },
    start: number,
    end: number,
  ): Promise<Uint8Array>;
  /** `condition`: absent (If-None-Match: *) or the etag it must still have (If-Match). There is no unconditional put. */
  write(key: Key, body: Uint8Array, condition: 'absent' | { readonly etag: string }): Promise<WriteOutcome>;
  /** A local file made by an engine, put if absent. */
  upload(key: Key, localPath: string): Promise<WriteOutcome>;
  /**
   * Server-side copy of exactly these bytes, put if absent; with `over` instead of the bytes of that etag. 'exists' when
   * what stands at `to` forbids it, else 'changed' when `from` is gone or is other bytes.
   */
  copy(from: StoredObject, to: Key, over?: { readonly etag: string }): Promise<WriteOutcome>;
  /** Deletes exactly these bytes (If-Match), or nothing. `unseen`: nobody looks before, all is left to the condition. */
  remove(object: { readonly key: Key; readonly etag: string }, how?: 'unseen'): Promise<RemoveOutcome>;
  /** Adds a tag to exactly these bytes; the tags they have stay. */
  tag(object: { readonly key: Key; readonly etag: string }, tag: Tag): Promise<TagOutcome>;
  /** Multipart uploads below a prefix that were begun and neither completed nor aborted. */
  uploads(prefix: Prefix): Promise<readonly UnfinishedUpload[]>;
  /** Ends one of them; its parts are gone. */
  abort(upload: UnfinishedUpload): Promise<void>;
}

/** What is known after a conditional delete. */
export type RemoveOutcome = 'removed' | 'changed' | 'gone';
export type TagOutcome = 'tagged' | 'changed' | 'gone';

export interface Tag {
  readonly name: string;
  readonly value: string;
}

export interface UnfinishedUpload {
  readonly key: Key;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly begunAt: number;
}

/** Reads source objects once, and may keep a local copy for an engine that reads files. */
export interface SourceReader {
  /**
   * The uncompressed bytes. The copy is kept only when they were read to the end.
   * Errors: OBJECT_CHANGED, OBJECT_MISSING, SOURCE_CORRUPT for a broken gzip file.
   */
  stream(source: StoredObject, gzip: 'auto' | 'gzip' | 'none'): AsyncIterable<Uint8Array>;
  /** Path of a second, uncompressed copy, changed on its way, of a source that was read to its end. */
  rewritten(
    source: StoredObject,
    change: (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
  ): Promise<string>;
  /** The hour is done with these: local copies are dropped. */
  release(sources: readonly StoredObject[]): Promise<void>;
}

/** [from, to) */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** What a CSV text holds that not every reader takes as RFC 4180 does. */
export const textTraits = [
  'quotedNewline',
  'quotedEmpty',
  'emptyField',
  'bareQuote',
  'blankLine',
  'byteOrderMark',
] as const;
export type TextTrait = (typeof textTraits)[number];

export interface TextTraits {
  /** The first line that has it, from 1. */
  readonly lines: Readonly<Partial<Record<TextTrait, number>>>;
  /** Bytes below 32 other than tab and line ends, each once. */
  readonly controls: readonly number[];
  /** Uncompressed. */
  readonly bytes: number;
}

/** Requests as S3 counts them: put is PUT, COPY and POST, get is GET and HEAD. */
export interface Requests {
  readonly put: number;
  readonly get: number;
  readonly list: number;
}

/** The engine boundary is one verb; everything it wrote lies under the attempt path. */
export interface Engine {
  readonly name: 'duckdb' | 'trino' | 'athena';
  /** Of an engine elsewhere: which, and where its temporary tables live, in words. */
  readonly place?: string;
  /** How many digits of a second it keeps; 6 where it does not say. */
  readonly fractionDigits?: 3 | 6;
  /** Errors: ENGINE_FAILED (with the engine's words), ENGINE_UNAVAILABLE, INTERRUPTED, those of the store. */
  write(job: WriteJob): Promise<WriteResult>;
  /**
   * Several hours of one table in as few statements as it can, below a shared path; each hour's files end in its own
   * attempt path. Answers in the order of the jobs. Errors: those that would meet each of them by itself.
   */
  writeGroup?(jobs: readonly WriteJob[], shared: SharedPath): Promise<readonly GroupAnswer[]>;
  /**
   * Of an engine elsewhere: takes away what an attempt that will never go on has left outside the store; harmless when
   * there is nothing. Errors: ENGINE_FAILED when something stays, ENGINE_UNAVAILABLE.
   */
  sweep?(attemptPath: Prefix): Promise<void>;
}

/** A table others query, which must be told where an hour lies. */
export interface Catalog {
  /**
   * The partition has this folder from now on; done again it changes nothing. `projected`: the table works out its
   * folders itself and would not heed a registered one. `form`: what lies there, which the table must be made for.
   * Errors: CATALOG_REFUSED, ENGINE_FAILED, PERMISSION_DENIED.
   */
  register(partition: string, folder: Prefix, form: 'files' | 'symlink'): Promise<'registered' | 'projected'>;
  /** Whether what lies in a folder is seen at once, registered or not. False for a table that is not there. */
  isProjected(): Promise<boolean>;
}

export interface RunIds {
  /** Names this process in a claim: host and process id. */
  readonly owner: string;
  /** The same for machines, so that two processes of one number are two. */
  readonly process: string;
  /** True only when it is certain that this process has ended. */
  isDead(process: string): boolean;
  /** Another text each time, never seen before anywhere. */
  fresh(): string;
}

export interface Timer {
  /** Calls `act` every so often until the returned function is called; keeps no process alive. */
  every(milliseconds: number, act: () => void): () => void;
}

export interface CompactionPorts {
  readonly source: ObjectStore;
  readonly target: ObjectStore;
  /** Where the sources are another table's target: that table's own sources. */
  readonly upstream?: Pick<CompactionPorts, 'source' | 'upstream'> | undefined;
  readonly reader: SourceReader;
  readonly engine: Engine;
  readonly footers: FooterReader;
  /** Where the target is a table of a catalog. */
  readonly catalog?: Catalog;
  readonly readback: Readback;
  /** Where the sources are Parquet. */
  readonly parquet?: ParquetSources;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly ids: RunIds;
  /** Decimal dollars, exact; "0" where nothing is billed. `scans`: bytes of each query that the engine bills. */
  price(requests: Requests, scans?: readonly number[]): string;
}
