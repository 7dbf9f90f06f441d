/** The requests of a scan document: who asked what of which prefix in the time that logs speak of, and what it cost. */
import type { Prefix } from '../kernel/s3.js';

export const requestOperations = [
  'put',
  'part',
  'list',
  'get',
  'head',
  'delete',
  'expiry',
  'restore',
  'to STANDARD_IA',
  'to ONEZONE_IA',
  'to INTELLIGENT_TIERING',
  'to GLACIER_IR',
  'to GLACIER',
  'to DEEP_ARCHIVE',
  'unknown',
] as const;
/** What the requests are billed as; "to GLACIER" is a lifecycle transition. */
export type RequestOperation = (typeof requestOperations)[number];

export const requestAnswers = [
  'ok',
  'redirect',
  'refused',
  'denied',
  'deniedOutside',
  'unbilled',
  'failed',
] as const;
/** denied: a 403 to somebody who may belong to the account or not; unbilled: an error AWS names as free; failed: 5xx. */
export type RequestAnswer = (typeof requestAnswers)[number];
/** "Billing for Amazon S3 error responses": 5xx, the codes named there, and a 403 from outside are free. */
export const isBilled = (answer: RequestAnswer): boolean =>
  answer === 'ok' || answer === 'redirect' || answer === 'refused' || answer === 'denied';

/** Part of a row's dollars, in the time observed. */
export interface RequestCost {
  readonly usageType: string;
  /** The class the price is of: logs do not name it, it is that of the objects there. */
  readonly class: string;
  readonly unit: 'request' | 'GB';
  /** A count, or exact GB. */
  readonly quantity: string;
  readonly usd: string;
}

export interface RequestRow {
  readonly prefix: Prefix;
  readonly requester: string;
  readonly operation: RequestOperation;
  readonly requests: bigint;
  readonly billed: bigint;
  readonly bytesSent: bigint;
  /** Sizes of the objects asked for; with CloudTrail the bytes received. */
  readonly objectBytes: bigint;
  /** `requests` by their answer. */
  readonly answers: Readonly<Partial<Record<RequestAnswer, bigint>>>;
  /** In the time observed. */
  readonly costs: readonly RequestCost[];
  /** For a month at the same pace. */
  readonly monthlyUsd: string;
}

export interface Misread {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

export interface Requests {
  /** The address of the logs. */
  readonly source: string;
  /** ISO instants: from the hour of the first request to the end of that of the last. */
  readonly from: string;
  readonly to: string;
  readonly hours: number;
  /** Hours in which there was a request. */
  readonly activeHours: number;
  readonly files: number;
  /** Files left unread: of other buckets, or what CloudTrail delivers beside its events. */
  readonly skippedFiles: number;
  readonly lines: number;
  readonly notUnderstood: { readonly lines: number; readonly examples: readonly Misread[] };
  /** Lines whose request id, operation and key were met shortly before; they are counted. */
  readonly repeated: number;
  readonly otherBuckets: number;
  readonly otherServices: number;
  /** Requests of the bucket outside of the scanned prefix. */
  readonly outside: bigint;
  /** More than one only where the scan does not say which bucket it is of. */
  readonly buckets: readonly string[];
  /** Operations named in no documentation, and what they were taken for. */
  readonly guessed: readonly {
    readonly operation: string;
    readonly takenFor: RequestOperation;
    readonly requests: bigint;
  }[];
  readonly folded: { readonly prefixes: number; readonly requesters: number };
  /** In the order of prefixes, then of dollars. */
  readonly rows: readonly RequestRow[];
}
