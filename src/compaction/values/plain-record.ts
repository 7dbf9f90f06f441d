/**
 * Records as they nearly always stand: bytes that are canonical already are copied in runs, the rest field by field.
 * Whatever is out of the ordinary is left to the slower reading of records.ts, which alone refuses.
 */
import { maxRecordBytes } from '../csv-records.js';
import { isDay, isTime } from './calendar-text.js';
import { powers, safeDigits, writeBits } from './double-text.js';
import type { RecordMachine } from './records.js';
import { isDigit, refused } from './whole-number.js';

const lf = 0x0a;
const cr = 0x0d;
const quote = 0x22;
const space = 0x20;
const comma = 0x2c;
const minus = 0x2d;
const dot = 0x2e;
const zero = 0x30;

/** Takes one record; false leaves everything as it was. */
export function takePlainRecord(m: RecordMachine): boolean {
  const { source, delimiter, slots, writer } = m;
  const { lengths, plain } = writer;
  const last = slots.length - 1;
  m.runFrom = m.from;
  m.runTo = 0;
  let at = m.from;
  for (let field = 0; ; field += 1) {
    const start = m.runTo + at - m.runFrom;
    const first = source[at];
    if (first === delimiter || first === lf || first === cr) lengths[field] = -1;
    else {
      let end = refused;
      switch (plain[field]) {
        case 'text':
          if (first !== quote && first !== space) end = endOfText(source, at, delimiter);
          break;
        case 'whole':
          end = endOfWhole(source, at, writer.mostDigits[field]!);
          break;
        case 'double':
          end = endOfDouble(m, at);
          break;
        case 'instant':
          end = endOfInstant(source, at, writer.fractionDigits);
      }
      if (end === refused || !isEnd(source[end], delimiter)) end = anyField(m, field, at);
      if (end === refused) return false;
      at = end;
      lengths[field] = m.runTo + at - m.runFrom - start;
    }
    if (field === last) break;
    if (source[at] !== delimiter) return false;
    if (delimiter !== comma) separate(m, at);
    at += 1;
  }
  return ended(m, at);
}

const isEnd = (byte: number | undefined, delimiter: number): boolean =>
  byte === delimiter || byte === lf || byte === cr;

function endOfText(source: Uint8Array, from: number, delimiter: number): number {
  let at = from;
  // Nearly every byte of a text is above all three.
  const highest = Math.max(delimiter, cr);
  for (let byte = source[at]!; ; byte = source[++at]!)
    if (byte <= highest && (byte === delimiter || byte === lf || byte === cr)) return at;
}

/** No sign but minus, no idle zero, and too few digits to leave the type's range. */
function endOfWhole(source: Uint8Array, from: number, mostDigits: number): number {
  const start = source[from] === minus ? from + 1 : from;
  let at = start;
  while (isDigit(source[at]!)) at += 1;
  const digits = at - start;
  if (digits === 0 || digits > mostDigits) return refused;
  return source[start] === zero && (digits > 1 || start > from) ? refused : at;
}

/** Digits and a point, few enough to be exact. */
function endOfDouble(m: RecordMachine, from: number): number {
  const { source } = m;
  const isNegative = source[from] === minus;
  let at = isNegative ? from + 1 : from;
  let mantissa = 0;
  const start = at;
  for (; isDigit(source[at]!); at += 1) mantissa = mantissa * 10 + source[at]! - zero;
  const point = at;
  if (source[at] !== dot || point === start || (source[start] === zero && point > start + 1)) return refused;
  for (at += 1; isDigit(source[at]!); at += 1) mantissa = mantissa * 10 + source[at]! - zero;
  const scale = at - point - 1;
  if (scale === 0 || at - start - 1 > safeDigits || !isEnd(source[at], m.delimiter)) return refused;
  if (m.writer.isExact && scale > 1 && source[at - 1] === zero) return refused;
  flush(m, from, at);
  const size = mantissa / powers[scale]!;
  m.runTo = writeBits(m.writer.text, m.runTo, isNegative ? -size : size);
  return at;
}

/** A day, a space, a time, and a fraction without idle zeros. */
function endOfInstant(source: Uint8Array, from: number, fractionDigits: number): number {
  if (source[from + 10] !== space || !isDay(source, from) || !isTime(source, from + 11)) return refused;
  const seconds = from + 19;
  if (source[seconds] !== dot) return seconds;
  let at = seconds + 1;
  while (isDigit(source[at]!)) at += 1;
  return at - seconds - 1 > fractionDigits || source[at - 1] === zero || at === seconds + 1 ? refused : at;
}

/** A field that is quoted, or whose canonical spelling may be another. */
function anyField(m: RecordMachine, field: number, from: number): number {
  const { source, delimiter, writer } = m;
  const isQuoted = source[from] === quote;
  if (source[from] === space) return refused;
  const inner = isQuoted ? from + 1 : from;
  const end = isQuoted ? closingQuote(source, inner) : endOfText(source, from, delimiter);
  const next = isQuoted ? end + 1 : end;
  if (end === refused || !isEnd(source[next], delimiter)) return refused;
  flush(m, from, next);
  let to = copied(m, inner, end);
  const check = writer.checks[field];
  if (check) to = check(writer.text, m.runTo, to);
  if (to === refused) return refused;
  m.runTo = to;
  return next;
}

/** Of a text in quotes without line ends and quotes in it. */
function closingQuote(source: Uint8Array, from: number): number {
  let at = from;
  for (let byte = source[at]!; byte !== quote; byte = source[++at]!) if (byte === lf) return refused;
  return at;
}

/** The run up to here is written; the next one begins at `next`. */
function flush(m: RecordMachine, upTo: number, next: number): void {
  m.runTo = copied(m, m.runFrom, upTo);
  m.runFrom = next;
}

/** Up to here a call costs more than the bytes. */
const shortRun = 100;

function copied({ source, writer: { text }, runTo }: RecordMachine, from: number, end: number): number {
  if (end - from > shortRun) text.set(source.subarray(from, end), runTo);
  else for (let at = from, to = runTo; at < end; at += 1, to += 1) text[to] = source[at]!;
  return runTo + end - from;
}

/** The canonical row has commas, whatever the file has. */
function separate(m: RecordMachine, at: number): void {
  flush(m, at, at + 1);
  m.writer.text[m.runTo] = comma;
  m.runTo += 1;
}

function ended(m: RecordMachine, at: number): boolean {
  const { source, end, writer } = m;
  const isPair = source[at] === cr && at + 1 < end && source[at + 1] === lf;
  if (at >= end || (source[at] !== lf && !isPair) || at - m.from > maxRecordBytes) return false;
  const newline = isPair ? 'CRLF' : 'LF';
  if (m.newline !== newline) return false;
  flush(m, at, at);
  writer.text[m.runTo] = comma;
  writer.at = m.runTo + 1;
  writer.keep();
  m.from = at + (isPair ? 2 : 1);
  m.line += 1;
  return true;
}
