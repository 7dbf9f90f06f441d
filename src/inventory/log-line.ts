/** Where the fields of one line of a server access log begin and end; the caller-made ones may hold quotes and blanks. */

/** Offsets into the bytes the line was read from. One of these is filled again for every line. */
export interface LogLine {
  bucketStart: number;
  bucketEnd: number;
  /** Seconds since 1970 (UTC). */
  seconds: number;
  requesterStart: number;
  requesterEnd: number;
  requestIdStart: number;
  operationStart: number;
  operationEnd: number;
  keyStart: number;
  keyEnd: number;
  /** Without its quotes; empty where the field is a dash. */
  uriStart: number;
  uriEnd: number;
  /** 0 where the field is a dash. */
  status: number;
  errorStart: number;
  errorEnd: number;
  bytesSent: number;
  objectBytes: number;
  /** How many the line has: 24 to 27 and more, by its age. */
  fields: number;
}

export const emptyLine = (): LogLine => ({
  ...{ bucketStart: 0, bucketEnd: 0, seconds: 0, requesterStart: 0, requesterEnd: 0, requestIdStart: 0 },
  ...{ operationStart: 0, operationEnd: 0, keyStart: 0, keyEnd: 0, uriStart: 0, uriEnd: 0 },
  ...{ status: 0, errorStart: 0, errorEnd: 0, bytesSent: 0, objectBytes: 0, fields: 0 },
});

const blank = 0x20;
const quote = 0x22;
const dash = 0x2d;
const zero = 0x30;

/**
 * S3 User Guide, server access log format: owner, bucket, [time], address, requester, request id, operation, key,
 * "request-URI", status, error code, bytes sent, object size, total time, turn-around time, "referer", "user agent",
 * version id and what later years added. Whether the bytes are such a line, whole; the fields are in `line` then.
 */
export function readLine(bytes: Uint8Array, start: number, end: number, line: LogLine): boolean {
  line.bucketStart = tokenEnd(bytes, start, end) + 1;
  line.bucketEnd = tokenEnd(bytes, line.bucketStart, end);
  const time = line.bucketEnd + 1;
  line.seconds = secondsAt(bytes, time, end);
  if (Number.isNaN(line.seconds) || line.bucketStart < start + 2 || time < line.bucketStart + 2) return false;
  line.requesterStart = tokenEnd(bytes, time + timeLength + 1, end) + 1;
  line.requesterEnd = tokenEnd(bytes, line.requesterStart, end);
  line.requestIdStart = line.requesterEnd + 1;
  line.operationStart = tokenEnd(bytes, line.requestIdStart, end) + 1;
  line.operationEnd = tokenEnd(bytes, line.operationStart, end);
  line.keyStart = line.operationEnd + 1;
  line.keyEnd = tokenEnd(bytes, line.keyStart, end);
  const isWhole =
    line.requesterEnd > line.requesterStart &&
    line.operationEnd > line.operationStart &&
    line.keyEnd > line.keyStart;
  return isWhole && readUri(bytes, line.keyEnd + 1, end, line);
}

/** Where the blank after a token is, or the end. */
function tokenEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] !== blank) at += 1;
  return at;
}

/** The quote that ends the URI is the first one that a status and its numbers follow: others belong to the caller's text. */
function readUri(bytes: Uint8Array, from: number, end: number, line: LogLine): boolean {
  line.uriStart = line.uriEnd = from;
  // Found once: a damaged line may hold thousands of places where the URI could end.
  const last = lastQuote(bytes, from, end);
  if (bytes[from] === dash && bytes[from + 1] === blank) return readNumbers(bytes, from + 2, end, last, line);
  if (bytes[from] !== quote) return false;
  line.uriStart = from + 1;
  for (let at = from + 1; at <= last; at++) {
    if (bytes[at] !== quote || bytes[at + 1] !== blank) continue;
    line.uriEnd = at;
    if (readNumbers(bytes, at + 2, end, last, line)) return true;
  }
  return false;
}

function readNumbers(bytes: Uint8Array, from: number, end: number, last: number, line: LogLine): boolean {
  const statusEnd = tokenEnd(bytes, from, end);
  line.status = numberIn(bytes, from, statusEnd);
  if (!(line.status >= 0 && line.status < 1000)) return false;
  line.errorStart = statusEnd + 1;
  line.errorEnd = codeEnd(bytes, line.errorStart, end);
  if (line.errorEnd === line.errorStart || bytes[line.errorEnd] !== blank) return false;
  const sentEnd = tokenEnd(bytes, line.errorEnd + 1, end);
  line.bytesSent = numberIn(bytes, line.errorEnd + 1, sentEnd);
  const sizeEnd = tokenEnd(bytes, sentEnd + 1, end);
  line.objectBytes = numberIn(bytes, sentEnd + 1, sizeEnd);
  const totalEnd = tokenEnd(bytes, sizeEnd + 1, end);
  const turnEnd = tokenEnd(bytes, totalEnd + 1, end);
  const times = numberIn(bytes, sizeEnd + 1, totalEnd) + numberIn(bytes, totalEnd + 1, turnEnd);
  if (!(line.bytesSent >= 0 && line.objectBytes >= 0 && times >= 0)) return false;
  line.fields = fieldsFrom(bytes, turnEnd + 1, end, last);
  return line.fields >= leastFields;
}

/** Up to the version id: what the oldest lines have. */
const leastFields = 18;

/** A dash is 0, what is no number NaN; sixteen digits hold every size there is. */
function numberIn(bytes: Uint8Array, start: number, end: number): number {
  if (end - start === 1 && bytes[start] === dash) return 0;
  if (end <= start || end - start > 15) return Number.NaN;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - zero;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** Error codes are words, some with a dot. */
function codeEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && isCode(bytes[at]!)) at += 1;
  return at;
}

const isCode = (byte: number): boolean =>
  (byte >= 0x61 && byte <= 0x7a) ||
  (byte >= 0x41 && byte <= 0x5a) ||
  (byte >= zero && byte <= 0x39) ||
  byte === dash ||
  byte === 0x2e ||
  byte === 0x5f;

/** Field 16 begins at `from`. No field after the user agent holds a quote, so the last one in the line ends it. */
function fieldsFrom(bytes: Uint8Array, from: number, end: number, last: number): number {
  if (from >= end || (bytes[from] !== quote && bytes[from] !== dash)) return 0;
  if (last < from) return 15 + tokens(bytes, from, end);
  // Within the quotes of a referer or a user agent that is cut off.
  if (last === from || bytes[last + 1] !== blank) return 0;
  return 17 + tokens(bytes, last + 2, end);
}

function lastQuote(bytes: Uint8Array, from: number, end: number): number {
  for (let at = end - 1; at >= from; at--) if (bytes[at] === quote) return at;
  return -1;
}

function tokens(bytes: Uint8Array, from: number, end: number): number {
  let count = end > from ? 1 : 0;
  for (let at = from; at < end - 1; at++) if (bytes[at] === blank) count += 1;
  return count;
}

/** "[06/Feb/2019:00:00:38 +0000]" */
const timeLength = 28;
const zoneAt = 22;

/** Only "+0000" is written by S3; another zone is read all the same. NaN for anything else. */
function secondsAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + timeLength >= end || bytes[at] !== 0x5b || bytes[at + 27] !== 0x5d) return Number.NaN;
  const month = monthOf(bytes, at + 4);
  const year = numberIn(bytes, at + 8, at + 12);
  const day = twoDigits(bytes, at + 1);
  const hour = twoDigits(bytes, at + 13);
  const minute = twoDigits(bytes, at + 16);
  const second = twoDigits(bytes, at + 19);
  if (!(day >= 1 && day <= 31 && hour < 24 && minute < 60 && second <= 60)) return Number.NaN;
  const east = twoDigits(bytes, at + zoneAt + 1) * 60 + twoDigits(bytes, at + zoneAt + 3);
  const sign = bytes[at + zoneAt] === dash ? -1 : 1;
  return Date.UTC(year, month, day, hour, minute, second) / 1000 - sign * east * 60;
}

/** NaN when they are no digits. */
const twoDigits = (bytes: Uint8Array, at: number): number => numberIn(bytes, at, at + 2);

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const monthNumbers = new Map(
  months.map((name, at) => [packed(name.charCodeAt(0), name.charCodeAt(1), name.charCodeAt(2)), at]),
);

function packed(a: number, b: number, c: number): number {
  return (a << 16) | (b << 8) | c;
}

const monthOf = (bytes: Uint8Array, at: number): number =>
  monthNumbers.get(packed(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!)) ?? Number.NaN;
