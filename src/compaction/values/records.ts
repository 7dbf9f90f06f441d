/** The records of a CSV text, one after the other, field by field into a row; what is no record of RFC 4180 refuses the file. */
import { printable } from '../../kernel/s3.js';
import { maxRecordBytes } from '../csv-records.js';
import type { Column } from '../schema.js';
import { type Aside, putAside, type Rejected } from './put-aside.js';
import { notKept, type RowWriter } from './row-writer.js';
import type { ScanKernel } from './scan-kernel.js';
import type { ValueScanResult } from './value-scan.js';

export type LineEnd = 'LF' | 'CRLF' | 'CR';

export interface RecordMachine {
  readonly delimiter: number;
  readonly columns: readonly Column[];
  readonly kernel: ScanKernel;
  readonly writer: RowWriter;
  readonly aside: Aside;
  /** Bytes of a record, without its line end. */
  longest: number;
  /** For every field of a record the column it fills. */
  slots: Int32Array;
  /** The bytes at hand are [from, end) of the kernel's source; a line end stands after them. */
  from: number;
  end: number;
  /** No bytes come after these. */
  isLast: boolean;
  /** Of the first byte of `source` in the text, and of the text in the file. */
  offset: number;
  before: number;
  line: number;
  newline: LineEnd | undefined;
  /** The first line break of what is kept, within quotes or not: the engine takes it for the line end. */
  firstBreak: LineEnd | undefined;
  refusal: Omit<ValueScanResult & { ok: false }, 'ok'> | undefined;
  readonly rejected: Rejected[];
  /** Of the record at hand. */
  innerLines: number;
  /** Of the field at hand, which stands in the kernel's text. */
  length: number;
  fault: { readonly column: string | null; readonly reason: string } | undefined;
}

const lf = 0x0a;
const cr = 0x0d;
const quote = 0x22;
const space = 0x20;
/** The record goes on beyond the bytes at hand, or the file is refused. */
const unfinished = -1;

export function recordMachine(
  given: Pick<RecordMachine, 'delimiter' | 'columns' | 'kernel' | 'writer' | 'aside'> & {
    readonly width: number;
  },
): RecordMachine {
  return {
    delimiter: given.delimiter,
    columns: given.columns,
    kernel: given.kernel,
    writer: given.writer,
    aside: given.aside,
    longest: maxRecordBytes,
    slots: Int32Array.from({ length: given.width }, (_, at) => at),
    from: 0,
    end: 0,
    isLast: false,
    offset: 0,
    before: 0,
    line: 1,
    newline: undefined,
    firstBreak: undefined,
    refusal: undefined,
    rejected: [],
    innerLines: 0,
    length: 0,
    fault: undefined,
  };
}

/** Takes one record; false when it is not all there yet, or the file is refused. */
export function takeRecord(m: RecordMachine): boolean {
  const { source } = m.kernel;
  const first = source[m.from];
  // A blank line is no record, except in a table of one column, where it is one empty field.
  const isBlank = (first === lf || first === cr) && m.slots.length !== 1;
  m.innerLines = 0;
  m.fault = undefined;
  m.kernel.beginRecord();
  const at = isBlank ? m.from : fields(m);
  if (at === unfinished) return false;
  const next = afterNewline(m, at);
  if (next === unfinished) return false;
  if (at - m.from > m.longest) refuse(m, tooLong('a record', m.longest));
  if (!isBlank) {
    const why = m.fault ? putAside(m, m.fault, at, next) : m.kernel.keepRecord();
    if (why) refuse(m, why);
  }
  if (isBlank || !m.fault) noteBreak(m, next);
  m.from = next;
  m.line += 1 + m.innerLines;
  return m.refusal === undefined;
}

export const tooLong = (what: string, longest: number): string => `${what} is longer than ${longest} bytes`;

/** Of the record at hand, which ends at `to`. */
function noteBreak(m: RecordMachine, to: number): void {
  const { source } = m.kernel;
  if (m.firstBreak) return;
  let at = m.from;
  while (at < to && source[at] !== lf && source[at] !== cr) at += 1;
  if (at === to) return;
  m.firstBreak = source[at] === lf ? 'LF' : at + 1 < to && source[at + 1] === lf ? 'CRLF' : 'CR';
  // A blank line before it would tell, but for one column is a record.
  if (m.newline && m.firstBreak !== m.newline && m.slots.length === 1)
    refuse(
      m,
      `within its quotes stands ${m.firstBreak}, and the line ends in ${m.newline}; write the file with a header, with ${m.newline} there too, or as JSON lines`,
    );
}

/** Where the record ends. */
function fields(m: RecordMachine): number {
  const { delimiter, slots, end } = m;
  const { source } = m.kernel;
  let at = m.from;
  let field = 0;
  for (; ; field += 1) {
    const isQuoted = source[at] === quote;
    at = isQuoted ? quotedField(m, at + 1) : plainField(m, at);
    if (at === unfinished || (at === end && !m.isLast)) return unfinished;
    if (field < slots.length && !m.fault && !m.writer.field(slots[field]!, m.length, isQuoted))
      misfit(m, slots[field]!);
    if (source[at] !== delimiter || at === end) break;
    at += 1;
  }
  if (field + 1 !== slots.length)
    m.fault = { column: null, reason: `${field + 1} fields stand where ${slots.length} are expected` };
  return at;
}

function plainField(m: RecordMachine, from: number): number {
  const { delimiter } = m;
  const { source, text } = m.kernel;
  let at = from;
  // DuckDB drops spaces before a quote without a word: such a file is refused.
  if (source[at] === space && delimiter !== space && isQuoteNext(m, at))
    return refuse(m, 'a quote follows spaces, which would be lost');
  let to = 0;
  for (let byte = source[at]!; byte !== delimiter && byte !== lf && byte !== cr; byte = source[at]!) {
    text[to] = byte;
    to += 1;
    at += 1;
  }
  m.length = to;
  return at;
}

function isQuoteNext({ kernel: { source } }: RecordMachine, from: number): boolean {
  let at = from;
  while (source[at] === space) at += 1;
  return source[at] === quote;
}

function quotedField(m: RecordMachine, from: number): number {
  const { delimiter, end } = m;
  const { source, text } = m.kernel;
  let to = 0;
  for (let at = from; at < end; at += 1) {
    const byte = source[at]!;
    if (byte === quote) {
      const next = source[at + 1]!;
      if (at + 1 === end || next === delimiter || next === lf || next === cr) {
        m.length = to;
        return at + 1;
      }
      // DuckDB drops spaces after a closing quote without a word: refused with every other text there.
      if (next !== quote) return refuse(m, 'text follows a closing quote');
      at += 1;
    } else if (byte === lf) m.innerLines += 1;
    text[to] = byte;
    to += 1;
  }
  return m.isLast ? refuse(m, 'a quote is never closed') : unfinished;
}

/** Where the next record begins. */
function afterNewline(m: RecordMachine, at: number): number {
  const { end } = m;
  const { source } = m.kernel;
  if (at === end) return end;
  if (source[at] === lf) return checkNewline(m, 'LF', at + 1);
  if (at + 1 === end && !m.isLast) return unfinished;
  const isPair = at + 1 < end && source[at + 1] === lf;
  return checkNewline(m, isPair ? 'CRLF' : 'CR', at + (isPair ? 2 : 1));
}

function checkNewline(m: RecordMachine, newline: LineEnd, next: number): number {
  m.newline ??= newline;
  if (m.newline === newline) return next;
  return refuse(m, `a line ends in ${newline}, the lines before it in ${m.newline}`);
}

function refuse(m: RecordMachine, why: string): number {
  m.refusal ??= { line: m.line, why };
  return unfinished;
}

function misfit(m: RecordMachine, slot: number): void {
  const column = m.columns[slot]!;
  const value = new TextDecoder().decode(m.kernel.text.subarray(0, Math.min(m.length, 400)));
  m.fault = { column: column.name, reason: notKept(column, printable(value).slice(0, 100)) };
}

/** The bytes of the header record, having stepped over it; undefined while it is not all there. */
export function takeHeader(m: RecordMachine): Uint8Array | undefined {
  const { delimiter, from, end } = m;
  const { source } = m.kernel;
  if (from === end) return undefined;
  let at =
    source[from] === lf || source[from] === cr ? refuse(m, 'a blank line stands before the header') : from;
  m.innerLines = 0;
  while (at !== unfinished) {
    at = source[at] === quote ? quotedField(m, at + 1) : plainField(m, at);
    if (at === unfinished || (at === end && !m.isLast)) return undefined;
    if (source[at] !== delimiter || at === end) break;
    at += 1;
  }
  const next = at === unfinished ? unfinished : afterNewline(m, at);
  if (next === unfinished) return undefined;
  if (at - from > m.longest) {
    refuse(m, tooLong('its header', m.longest));
    return undefined;
  }
  noteBreak(m, next);
  m.from = next;
  m.line += 1 + m.innerLines;
  return source.slice(from, at);
}
