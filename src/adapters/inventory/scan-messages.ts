/** What is said between the program and its reading threads: plain data, since nothing else crosses. */
import type { FileJob, FileProgress, FileResult } from '../../inventory/report-ports.js';
import { BucketwiseError, type ErrorCode } from '../../kernel/errors.js';
import { printable } from '../../kernel/s3.js';
import type { Reach } from './report-bucket.js';

/** The same for every file of a scan. */
export interface ScanSettings<Options> {
  readonly reach: Reach;
  /** Where local copies may lie; absent where files are read in place. */
  readonly folder?: string;
  readonly options: Options;
}

export type ScanAnswer<Part> =
  | { readonly kind: 'progress'; readonly since: FileProgress }
  | { readonly kind: 'done'; readonly result: FileResult<Part>; readonly requests: number }
  | { readonly kind: 'failed'; readonly error: ToldError; readonly requests: number };

export type ScanOrder = FileJob;

/** An error as it crosses; one that is not of the table says only why. */
export interface ToldError {
  readonly code?: ErrorCode;
  readonly details: Readonly<Record<string, string>>;
  readonly why: string;
}

export const toldError = (error: unknown): ToldError =>
  error instanceof BucketwiseError
    ? { code: error.code, details: error.details, why: error.message }
    : { details: {}, why: error instanceof Error ? (error.stack ?? error.message) : String(error) };

/** The error again, on the other side. */
export function heardError({ code, details, why }: ToldError, job: FileJob): Error {
  const cause = new Error(why);
  if (code !== undefined) return new BucketwiseError(code, details, cause);
  const [first] = why.split('\n');
  return new BucketwiseError('SCANNER_ENDED', { file: printable(job.file.key), why: first! }, cause);
}
