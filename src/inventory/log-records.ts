/** Records that are JSON: S3 server access logs as CloudWatch Logs holds them, and data events of CloudTrail. */

import { countEvent } from './cloudtrail.js';
import { jsonRecords } from './json-records.js';
import {
  type Fields,
  isFields,
  isWanted,
  numberIn,
  type RecordReading,
  secondsIn,
  textIn,
} from './log-fields.js';
import { folderOf, formDecoded, prefixStart, valueEnd } from './log-keys.js';
import { answerOf, isEncodedOnce } from './log-operations.js';
import { noteMisread } from './log-report.js';

/** The bytes of one file in pieces; `end` when there are no more. */
export function openRecords(
  reading: RecordReading,
  file: string,
): { take(piece: Uint8Array): void; end(): void } {
  const { report } = reading;
  report.files += 1;
  const records = jsonRecords((bytes, number) => {
    const kind = kindOf(parsed(bytes));
    if (kind === undefined || !kind.count(reading)) noteMisread(report, file, number, bytes);
    else report.lines += 1;
  });
  return {
    take(piece) {
      report.bytes += piece.length;
      records.take(piece);
    },
    end: records.end,
  };
}

const decoder = new TextDecoder();

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
}

interface Kind {
  /** Whether it was understood. */
  count(reading: RecordReading): boolean;
}

function kindOf(value: unknown): Kind | undefined {
  if (!isFields(value)) return undefined;
  // The command line of CloudWatch Logs gives each record as a text in "message".
  if (typeof value.message === 'string' && value.operation === undefined)
    return isControl(value.message)
      ? { count: () => true }
      : kindOf(parsed(new TextEncoder().encode(value.message)));
  if (typeof value.eventSource === 'string') return { count: (reading) => countEvent(value, reading) };
  if (typeof value.operation === 'string') return { count: (reading) => countRecord(value, reading) };
  return undefined;
}

/** A subscription of CloudWatch Logs tries whether its destination is there; that is no request. */
const isControl = (message: string): boolean => message.startsWith('CWL CONTROL MESSAGE');

/** S3 User Guide, "Log format in CloudWatch Logs". */
function countRecord(record: Fields, reading: RecordReading): boolean {
  const { tally } = reading;
  const operation = textIn(record, 'operation');
  const seconds = secondsIn(record.request_time ?? record.time);
  const bytesSent = numberIn(record, 'bytes_sent');
  const objectBytes = numberIn(record, 'object_size');
  const status = numberIn(record, 'http_status', 'http_status_code', 'status');
  if (operation === undefined || !tally.isTime(seconds)) return false;
  if (bytesSent === undefined || objectBytes === undefined || status === undefined) return false;
  const bucket =
    textIn(record, 'bucket_name', 'bucket') ?? textIn(record, 'bucket_arn')?.replace(/^arn:[^:]*:s3:::/, '');
  if (!isWanted(bucket, reading)) return true;
  const requester = textIn(record, 'requester');
  const number = tally.operationOf(operation);
  const folder = tally.classOf(number) === 'list' ? listedFolder(record) : keyFolder(record, operation);
  const answer = answerOf(
    status,
    textIn(record, 'error_code') ?? '',
    requester === undefined ? 'outside' : 'unknown',
  );
  tally.at(seconds);
  tally.add(tally.rowOf(folder), tally.requesterOf(requester ?? '-'), number, answer, {
    bytesSent,
    objectBytes,
  });
  return true;
}

function keyFolder(record: Fields, operation: string): string {
  const key = textIn(record, 'object_key', 'key') ?? '';
  return folderOf(isEncodedOnce(operation) ? formDecoded(key) : formDecoded(formDecoded(key)));
}

function listedFolder(record: Fields): string {
  const uri = new TextEncoder().encode(textIn(record, 'request_uri') ?? '');
  const start = prefixStart(uri, 0, uri.length);
  return folderOf(formDecoded(decoder.decode(uri.subarray(start, valueEnd(uri, start, uri.length)))));
}
