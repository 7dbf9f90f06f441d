/** A columnar file is read by ranges, part by part, and refused with its name and a byte where it cannot be believed. */
import { BucketwiseError, raise } from '../../kernel/errors.js';
import { printable } from '../../kernel/s3.js';
import type { ColumnBatch } from '../column-batch.js';

export interface ColumnSource {
  /** Said in refusals. */
  readonly name: string;
  readonly size: number;
  /** Exactly so many bytes, put into `into`, which is as long, or in an array of their own. */
  read(from: number, length: number, into?: Uint8Array): Promise<Uint8Array>;
}

export interface ColumnFile {
  readonly rows: number;
  /** Stripes or row groups; each is read on its own, several at a time if need be. */
  readonly parts: readonly { readonly rows: number }[];
  /** All that the file has, as it writes them. */
  readonly columns: readonly string[];
  /** Those of them that S3 Inventory is not known to give. */
  readonly unknown: readonly string[];
  /** The rows of one part, in batches that are valid until the next one is asked for. Errors: COLUMNS_UNREADABLE, those of `read`. */
  batches(part: number): AsyncIterable<ColumnBatch>;
}

/** `at`: a byte of the file. */
export type Refuse = (why: string, at?: number) => never;

/** More rows are given in several batches. */
export const batchRows = 8192;

/** S3 has none that are longer. */
export const mostKeyBytes = 1024;

/** A size is exact as a number, or it is none. */
export const mostSize = Number.MAX_SAFE_INTEGER;

export function refusal(source: ColumnSource, format: 'ORC' | 'Parquet'): Refuse {
  return (why, at) =>
    raise('COLUMNS_UNREADABLE', {
      file: printable(source.name),
      format,
      why: printable(why).slice(0, 300),
      where: at === undefined ? '' : `, at byte ${at}`,
    });
}

/** What reading out of bounds throws is a fault of the file, like any other. */
export function told(cause: unknown, refuse: Refuse): never {
  if (cause instanceof BucketwiseError) throw cause;
  if (cause instanceof RangeError || cause instanceof TypeError)
    refuse(`it is damaged (${(cause as Error).message})`);
  throw cause;
}
