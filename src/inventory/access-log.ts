/** The lines of server access logs from bytes to tallies: no text and no object is made for a line that was met before. */

import type { RequestAnswer } from '../prefixes/request-rows.js';
import { joinedBytes } from './held-bytes.js';
import { folderOf, formDecoded, prefixStart, valueEnd } from './log-keys.js';
import { emptyLine, type LogLine, readLine } from './log-line.js';
import { byteNames, type RecentLines, recentLines } from './log-names.js';
import { answerOf, isEncodedOnce } from './log-operations.js';
import { type LogReport, noteMisread } from './log-report.js';
import type { RequestTally } from './request-rates.js';

/** What all files of a scan share. */
export interface AccessLogReader {
  /** The bytes of one file in pieces; `end` when there are no more. */
  open(file: string): { take(piece: Uint8Array): void; end(): void };
}

interface Reading {
  readonly tally: RequestTally;
  readonly report: LogReport;
  readonly bucket: string | undefined;
}

/** Names held by their bytes before they are forgotten: folders of hours, sessions of roles. */
const namesAtMost = 1 << 16;
/** A URI has at most 8 KB and headers as much, up to three times that when they are encoded: what is longer is no line. */
const lineAtMost = 1 << 16;
const newline = 0x0a;
const carriageReturn = 0x0d;

/** Numbers of the texts in a line, each looked up by its bytes. */
function openLookups({ tally, report, bucket }: Reading) {
  const names: string[] = [];
  const operationNumbers = byteNames(1024, (name) => {
    const number = tally.operationOf(name);
    names[number] = name;
    return number;
  });
  const folders = (times: number) =>
    byteNames(namesAtMost, (folder) =>
      tally.rowOf(times === 1 ? formDecoded(folder) : formDecoded(formDecoded(folder))),
    );
  return {
    isWanted: byteNames(1024, (name) => {
      if (bucket === undefined) report.buckets.add(name);
      return bucket === undefined || bucket === name ? 1 : 0;
    }),
    operation: operationNumbers,
    isOnce: (operation: number): boolean => isEncodedOnce(names[operation]!),
    requester: byteNames(namesAtMost, (name) => tally.requesterOf(name)),
    once: folders(1),
    twice: folders(2),
    listed: byteNames(namesAtMost, (prefix) => tally.rowOf(folderOf(formDecoded(prefix)))),
    root: tally.rowOf(''),
  };
}

type Lookups = ReturnType<typeof openLookups>;

export function accessLogReader(reading: Reading): AccessLogReader {
  const lookups = openLookups(reading);
  const recent = recentLines();
  const line = emptyLine();
  const { report, tally } = reading;
  return {
    open(file) {
      report.files += 1;
      let rest: Uint8Array = new Uint8Array(0);
      let at = 0;
      /** Within a line that is too long: what is left of it is passed over. */
      let isSkipping = false;
      const one = (bytes: Uint8Array, start: number, end: number): void => {
        at += 1;
        const to = bytes[end - 1] === carriageReturn ? end - 1 : end;
        if (isSkipping || to <= start) isSkipping = false;
        else if (
          end - start <= lineAtMost &&
          readLine(bytes, start, to, line) &&
          tally.isTime(line.seconds)
        ) {
          report.lines += 1;
          countLine(bytes, line, reading, lookups, recent);
        } else noteMisread(report, file, at, bytes.subarray(start, to));
      };
      return {
        take(piece) {
          report.bytes += piece.length;
          let start = 0;
          if (rest.length > 0 || isSkipping) {
            const end = piece.indexOf(newline);
            const joined = isSkipping
              ? rest
              : joinedBytes(rest, piece.subarray(0, end < 0 ? piece.length : end));
            rest = new Uint8Array(0);
            if (end < 0) {
              rest = joined;
              if (rest.length > lineAtMost) {
                noteMisread(report, file, at + 1, rest);
                rest = new Uint8Array(0);
                isSkipping = true;
              }
              return;
            }
            one(joined, 0, joined.length);
            start = end + 1;
          }
          for (let end = piece.indexOf(newline, start); end >= 0; end = piece.indexOf(newline, start)) {
            one(piece, start, end);
            start = end + 1;
          }
          // A copy: whoever gave the piece may fill it again.
          rest = piece.slice(start);
        },
        end() {
          if (rest.length > 0) one(rest, 0, rest.length);
        },
      };
    },
  };
}

function countLine(
  bytes: Uint8Array,
  line: LogLine,
  { tally, report }: Reading,
  lookups: Lookups,
  recent: RecentLines,
): void {
  report.fields.set(line.fields, (report.fields.get(line.fields) ?? 0) + 1);
  if (lookups.isWanted.of(bytes, line.bucketStart, line.bucketEnd) === 0) {
    report.otherBuckets += 1;
    return;
  }
  if (recent.isRepeat(bytes, line.requestIdStart, line.keyEnd)) report.repeated += 1;
  const operation = lookups.operation.of(bytes, line.operationStart, line.operationEnd);
  const requester = lookups.requester.of(bytes, line.requesterStart, line.requesterEnd);
  tally.at(line.seconds);
  tally.add(rowOf(bytes, line, operation, tally, lookups), requester, operation, answerTo(bytes, line), line);
}

/** A folder is what stands before the last "/" of a key, or of the prefix that a LIST asks for. */
function rowOf(
  bytes: Uint8Array,
  line: LogLine,
  operation: number,
  tally: RequestTally,
  lookups: Lookups,
): number {
  if (tally.classOf(operation) === 'list') {
    const start = prefixStart(bytes, line.uriStart, line.uriEnd);
    return lookups.listed.of(bytes, start, valueEnd(bytes, start, line.uriEnd));
  }
  const folders = lookups.isOnce(operation) ? lookups.once : lookups.twice;
  const end = folderEnd(bytes, line.keyStart, line.keyEnd);
  return end === line.keyStart ? lookups.root : folders.of(bytes, line.keyStart, end);
}

const slash = 0x2f;
const percent = 0x25;

/** After the last "/", which may also stand there as %2F or %252F. */
function folderEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1; at >= start; at--) {
    if (bytes[at] === slash) return at + 1;
    if (bytes[at] === percent && isSlash(bytes, at)) return at + (bytes[at + 2] === 0x35 ? 5 : 3);
  }
  return start;
}

const isF = (byte: number | undefined): boolean => byte === 0x46 || byte === 0x66;

function isSlash(bytes: Uint8Array, at: number): boolean {
  if (bytes[at + 1] !== 0x32) return false;
  return isF(bytes[at + 2]) || (bytes[at + 2] === 0x35 && bytes[at + 3] === 0x32 && isF(bytes[at + 4]));
}

const text = new TextDecoder();

/** Who asks without a name asks from outside; of all others an access log does not say whose they are. */
function answerTo(bytes: Uint8Array, line: LogLine): RequestAnswer {
  if (line.status < 300) return 'ok';
  const isAnonymous = line.requesterEnd - line.requesterStart === 1 && bytes[line.requesterStart] === 0x2d;
  const error = text.decode(bytes.subarray(line.errorStart, line.errorEnd));
  return answerOf(line.status, error, isAnonymous ? 'outside' : 'unknown');
}
