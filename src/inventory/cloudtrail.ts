/** A data event of CloudTrail as the requests S3 bills for it; a copy is one event and two requests. */

import type { RequestAnswer } from '../prefixes/request-rows.js';
import {
  type Fields,
  isFields,
  isWanted,
  numberIn,
  type RecordReading,
  secondsIn,
  textIn,
} from './log-fields.js';
import { folderOf } from './log-keys.js';
import { answerOf, type Origin } from './log-operations.js';

/** The operation of the access log that each event is; others are classed by their verb. */
const operations: Readonly<Record<string, string>> = {
  PutObject: 'REST.PUT.OBJECT',
  CopyObject: 'REST.COPY.OBJECT',
  PostObject: 'REST.POST.OBJECT',
  CreateMultipartUpload: 'REST.POST.UPLOADS',
  UploadPart: 'REST.PUT.PART',
  UploadPartCopy: 'REST.COPY.PART',
  CompleteMultipartUpload: 'REST.POST.UPLOAD',
  AbortMultipartUpload: 'REST.DELETE.UPLOAD',
  GetObject: 'REST.GET.OBJECT',
  HeadObject: 'REST.HEAD.OBJECT',
  HeadBucket: 'REST.HEAD.BUCKET',
  DeleteObject: 'REST.DELETE.OBJECT',
  DeleteObjects: 'REST.POST.MULTI_OBJECT_DELETE',
  DeleteBucket: 'REST.DELETE.BUCKET',
  RestoreObject: 'REST.POST.RESTORE',
  ListObjects: 'REST.GET.BUCKET',
  ListObjectsV2: 'REST.GET.BUCKET',
  ListObjectVersions: 'REST.GET.BUCKETVERSIONS',
  ListMultipartUploads: 'REST.GET.UPLOADS',
  ListParts: 'REST.GET.UPLOAD',
  ListBuckets: 'REST.GET.SERVICE',
  ListDirectoryBuckets: 'REST.GET.SERVICE',
  // It is a GET by its HTTP, and in no list of what is billed as PUT.
  CreateSession: 'REST.GET.SESSION',
};

const verbs: readonly (readonly [RegExp, string])[] = [
  [/^Head/, 'REST.HEAD.'],
  [/^List/, 'REST.GET.'],
  [/^(?:Get|Select)/, 'REST.GET.'],
  [/^(?:Put|Create|Update)/, 'REST.PUT.'],
  [/^(?:Delete|Abort)/, 'REST.DELETE.'],
];

function operationName(event: string): string {
  const named = Object.hasOwn(operations, event) ? operations[event] : undefined;
  if (named !== undefined) return named;
  const verb = verbs.find(([pattern]) => pattern.test(event))?.[1];
  return verb === undefined ? event : verb + event.replace(/^[A-Z][a-z]+/, '').toUpperCase();
}

/** What the copy reads is billed where it lies. */
const readOfCopy: Readonly<Record<string, string>> = {
  'REST.COPY.OBJECT': 'REST.COPY.OBJECT_GET',
  'REST.COPY.PART': 'REST.COPY.PART_GET',
};

/** S3 User Guide, "Logging with AWS CloudTrail for directory buckets". */
const sources: ReadonlySet<unknown> = new Set(['s3.amazonaws.com', 's3express.amazonaws.com']);

/** Whether it was understood; an event of another service is, and counts nothing. */
export function countEvent(event: Fields, reading: RecordReading): boolean {
  const name = textIn(event, 'eventName');
  const seconds = secondsIn(event.eventTime);
  if (name === undefined || !reading.tally.isTime(seconds)) return false;
  if (!sources.has(event.eventSource)) {
    reading.report.otherServices += 1;
    return true;
  }
  const asked = isFields(event.requestParameters) ? event.requestParameters : {};
  const more = isFields(event.additionalEventData) ? event.additionalEventData : {};
  const bytesSent = numberIn(more, 'bytesTransferredOut');
  const bytesReceived = numberIn(more, 'bytesTransferredIn');
  if (bytesSent === undefined || bytesReceived === undefined) return false;
  const { tally } = reading;
  const operation = operationName(name);
  const number = tally.operationOf(operation);
  const requester = tally.requesterOf(requesterOf(event));
  const answer = answerTo(event);
  const place = tally.classOf(number) === 'list' ? textIn(asked, 'prefix') : textIn(asked, 'key');
  const bytes = { bytesSent, objectBytes: bytesReceived };
  if (isWanted(textIn(asked, 'bucketName'), reading)) {
    tally.at(seconds);
    tally.add(tally.rowOf(folderOf(place ?? '')), requester, number, answer, bytes);
  }
  const source = readOfCopy[operation] === undefined ? undefined : copySource(asked);
  if (source && isWanted(source.bucket, reading)) {
    tally.at(seconds);
    const read = tally.operationOf(readOfCopy[operation]!);
    tally.add(tally.rowOf(folderOf(source.key)), requester, read, answer, { bytesSent: 0, objectBytes: 0 });
  }
  return true;
}

/** "bucket/key?versionId=1" or "/bucket/key", percent-encoded. */
function copySource(asked: Fields): { readonly bucket: string; readonly key: string } | undefined {
  const source = textIn(asked, 'x-amz-copy-source')
    ?.replace(/^\//, '')
    .replace(/\?versionId=.*$/, '');
  const slash = source?.indexOf('/') ?? -1;
  if (source === undefined || slash < 1) return undefined;
  return { bucket: source.slice(0, slash), key: decoded(source.slice(slash + 1)) };
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

function requesterOf({ userIdentity }: Fields): string {
  if (!isFields(userIdentity)) return '-';
  return textIn(userIdentity, 'arn', 'invokedBy', 'accountId', 'principalId') ?? '-';
}

const failures = new Set([
  'InternalError',
  'InternalFailure',
  'ServiceUnavailable',
  'SlowDown',
  'NotImplemented',
  'Busy',
]);

/** An event names its error and no status. */
function answerTo(event: Fields): RequestAnswer {
  const error = textIn(event, 'errorCode');
  if (error === undefined) return 'ok';
  if (failures.has(error)) return 'failed';
  const status = error === 'AccessDenied' ? 403 : error === 'NotModified' ? 304 : 400;
  return answerOf(status, error, originOf(event));
}

/** The account that is billed receives the event; an account of its organization may be another. */
function originOf(event: Fields): Origin {
  const identity = isFields(event.userIdentity) ? event.userIdentity : {};
  if (identity.type === 'AWSService') return 'unknown';
  const account = textIn(identity, 'accountId');
  if (account === undefined || account === 'ANONYMOUS_PRINCIPAL' || account === 'anonymous') return 'outside';
  return account === textIn(event, 'recipientAccountId') ? 'own' : 'unknown';
}
