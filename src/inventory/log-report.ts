/** What a log held besides requests that count: nothing of it is dropped in silence. */
import { compareKeys, printable } from '../kernel/s3.js';

export interface Misread {
  readonly file: string;
  /** Counted from 1; in JSON the number of the record. */
  readonly line: number;
  /** How it begins. */
  readonly text: string;
}

export interface LogReport {
  files: number;
  lines: number;
  bytes: number;
  /** By the number of fields a line of text has. */
  readonly fields: Map<number, number>;
  notUnderstood: number;
  /** The first ones by file and line. */
  readonly examples: Misread[];
  /** Lines whose request id, operation and key were seen shortly before. */
  repeated: number;
  /** Lines of buckets that are not meant. */
  otherBuckets: number;
  /** Records of CloudTrail that are not of S3. */
  otherServices: number;
  /** Where no bucket was given: those that were met. */
  readonly buckets: Set<string>;
}

export const openLogReport = (): LogReport => ({
  ...{ files: 0, lines: 0, bytes: 0, notUnderstood: 0, repeated: 0, otherBuckets: 0, otherServices: 0 },
  fields: new Map(),
  examples: [],
  buckets: new Set(),
});

const examplesAtMost = 20;
const textAtMost = 120;
const decoder = new TextDecoder();

/** `bytes` is the line as it stands. Files are read side by side: the first by name and line are kept, not the first met. */
export function noteMisread(report: LogReport, file: string, line: number, bytes: Uint8Array): void {
  report.notUnderstood += 1;
  const { examples } = report;
  const order = (a: Misread, b: Misread): number => compareKeys(a.file, b.file) || a.line - b.line;
  const read = { file, line, text: printable(decoder.decode(bytes.subarray(0, textAtMost))) };
  if (examples.length === examplesAtMost && order(read, examples.at(-1)!) > 0) return;
  examples.push(read);
  examples.sort(order);
  examples.length = Math.min(examples.length, examplesAtMost);
}
