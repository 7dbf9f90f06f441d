/** What an engine is asked to write of one hour, and what it answers. */
import type { Prefix } from '../kernel/s3.js';
import type { Requests, StoredObject } from './ports.js';
import type { Column, TextRule } from './schema.js';

/** A statement that an engine elsewhere has taken. */
export interface Submission {
  /** From 0: the how many of those that write; below 0 when it is written with other hours elsewhere. */
  readonly number: number;
  /** What the engine calls it. */
  readonly query: string;
  /** Where its answer is to be asked for next, where the engine says so. */
  readonly next?: string;
}

/** What an engine elsewhere is doing for an attempt, so that another runner can go on with it. */
export interface WorkLog {
  /** What an earlier runner noted of this very attempt path; absent when nothing was ever begun under it. */
  readonly found?: readonly Submission[];
  /** Never fails. */
  note(one: Submission): Promise<void>;
  /** Nothing of the attempt is left with the engine. */
  gone(): void;
  /** Something of it may still be at work there, and is to be gone on with, not swept. Never fails. */
  unsure(): Promise<void>;
}

/** Rows of the sources that are none of the table's. */
export interface LeftOut {
  /** Those in which a column has one of these texts. */
  readonly values: readonly { readonly column: string; readonly texts: readonly string[] }[];
  /** Those of another number of fields than there are columns. */
  readonly otherWidths: boolean;
}

/** What one query read, as an engine counts it that bills by that. */
export interface Scan {
  readonly bytes: number;
  /** One that failed is not billed; one that was stopped is. */
  readonly isFree: boolean;
}

export interface WriteJob {
  readonly partition: string;
  readonly sources: readonly StoredObject[];
  readonly columns: readonly Column[];
  readonly textRule: TextRule;
  /** Every value was found to fit its column before: the engine may read typed columns. Otherwise it checks them itself. */
  readonly isChecked?: boolean;
  /**
   * To be read in place of a source: local files, never compressed, without the records that went into quarantine and
   * with the fields in the order of the columns.
   */
  readonly cleaned?: readonly { readonly source: StoredObject; readonly path: string }[];
  /** CSV where it is not given. */
  readonly format?: 'parquet';
  /** For an engine elsewhere, which reads whole objects: what of them it does not write. */
  readonly leftOut?: LeftOut;
  readonly csv: { readonly header: boolean; readonly delimiter: string };
  readonly compression: 'snappy' | 'zstd';
  readonly targetFileBytes: number;
  /** Counted before the engine starts; `bytes` uncompressed. */
  readonly expected: { readonly rows: number; readonly bytes: number };
  /** Ends in "/"; never used before, read by nobody. */
  readonly attemptPath: Prefix;
  /** Told of every query that ended, however it did. */
  readonly scanned?: (scan: Scan) => void;
  /** For an engine that can leave something elsewhere. */
  readonly log?: WorkLog;
  /** Begins a path that it can share with other hours; absent where it must be written by itself. */
  readonly together?: () => Promise<SharedPath & { end(): Promise<void> }>;
  readonly signal: AbortSignal;
}

/** A path that several attempts write to in one statement, journalled under the first of them. */
export interface SharedPath {
  readonly path: Prefix;
  readonly log: Pick<WorkLog, 'gone'>;
}

/** What became of one hour of several. */
export type GroupAnswer =
  | WriteResult
  /** Its attempt path is as it was: it is to be written by itself, which also tells why it could not be with others. */
  | { readonly outcome: 'alone' }
  | { readonly outcome: 'failed'; readonly error: unknown };

export interface WrittenFile extends StoredObject {
  readonly rows: number;
}

export type WriteResult =
  | {
      readonly outcome: 'written';
      readonly files: readonly WrittenFile[];
      readonly requests: Requests;
      /** What the engine says it read. */
      readonly scannedBytes?: number;
    }
  /** The data does not fit the columns; the same bytes would be refused again. `why` names file, column and value. */
  | { readonly outcome: 'refused'; readonly why: string };
