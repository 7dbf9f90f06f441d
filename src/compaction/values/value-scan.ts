/** Reads every byte of a CSV file (RFC 4180) once: counts its records, checks every value, and sums the digests of its rows. */
import { utf8Filter } from '../../kernel/utf8.js';
import { byteOrderMark } from '../byte-order-mark.js';
import { splitRecords } from '../csv-fields.js';
import { maxRecordBytes } from '../csv-records.js';
import type { Column, TextRule } from '../schema.js';
import type { Aside, Rejected } from './put-aside.js';
import {
  type LineEnd,
  type RecordMachine,
  recordMachine,
  takeHeader,
  takeRecord,
  tooLong,
} from './records.js';
import type { ColumnTotal } from './row-digest.js';
import { rowWriter } from './row-writer.js';
import { openScanKernel } from './scan-kernel.js';

export interface ValueScanOptions {
  readonly columns: readonly Column[];
  readonly textRule: TextRule;
  readonly fractionDigits: number;
  readonly digests: boolean;
  /** One ASCII character. */
  readonly delimiter: string;
  /** Null: files have no header and their fields follow the columns. */
  readonly arrange: ((header: readonly string[]) => Arrangement) | null;
  /** What the files of an hour share. */
  readonly aside: Aside;
}

/** `slots`: for every field of a record the column it fills. */
export type Arrangement =
  | { readonly ok: true; readonly slots: readonly number[] }
  | { readonly ok: false; readonly why: string; readonly newColumns?: readonly string[] };

export interface ScannedFile {
  readonly rows: number;
  readonly header: readonly string[] | null;
  /** For every field the column it fills; null when they are the columns in their order. */
  readonly slots: readonly number[] | null;
  /** Uncompressed. */
  readonly bytes: number;
  readonly digest: bigint;
  readonly columns: readonly ColumnTotal[];
  readonly rejected: readonly Rejected[];
  /** Its line end, where quotes hold another before the first one: an engine would take that for it. */
  readonly misreadEnd?: LineEnd;
}

export type ValueScanResult =
  | { readonly ok: true; readonly file: ScannedFile }
  /** `line` is missing where the whole file is meant. */
  | {
      readonly ok: false;
      readonly line?: number;
      readonly why: string;
      /** The header has these, and the table does not. */
      readonly newColumns?: readonly string[];
    };

export interface ValueScan {
  /** False once the file is refused: the rest need not be read. */
  take(chunk: Uint8Array): boolean;
  end(): ValueScanResult;
}

const pieceBytes = 1 << 19;
/** Within a number, an instant or a truth value the compiled reader would not see it. */
const isWithinValues = /[0-9A-Za-z.+: "-]/;

/** Feed it the bytes in any pieces: the answer does not depend on where they are cut. */
export function valueScan(options: ValueScanOptions): ValueScan {
  const kernel = openScanKernel();
  const writer = rowWriter(options, kernel);
  const delimiter = options.delimiter.charCodeAt(0);
  const m = recordMachine({
    delimiter,
    columns: options.columns,
    kernel,
    writer,
    aside: options.aside,
    width: options.columns.length,
  });
  // What is near the limit is looked at one record at a time.
  const maxBytes = maxRecordBytes - options.columns.length;
  kernel.start({ ...options, delimiter, maxRecordBytes: maxBytes, odd: writer.value });
  const isUsual = !isWithinValues.test(options.delimiter);
  const mark = byteOrderMark();
  const characters = utf8Filter();
  let header: readonly string[] | null = null;
  let wantsHeader = options.arrange !== null;

  const records = (): void => {
    if (wantsHeader && !m.refusal) {
      const bytes = takeHeader(m);
      if (!bytes) return;
      header = fieldsOf(bytes, options.delimiter);
      wantsHeader = false;
      arrange(m, options.arrange!(header));
    }
    while (m.from < m.end && !m.refusal) {
      if (isUsual) takeUsualRecords(m);
      if (m.from === m.end || !takeRecord(m)) break;
    }
  };
  const feed = (bytes: Uint8Array): void => {
    const { text, isFaulty } = characters.whole(bytes);
    for (let at = 0; at < text.length && !m.refusal; at += pieceBytes) {
      append(m, text.subarray(at, at + pieceBytes));
      records();
      // The last byte may be of its line end.
      if (m.end - m.from > m.longest + 1)
        m.refusal ??= { line: m.line, why: tooLong(wantsHeader ? 'its header' : 'a record', m.longest) };
    }
    if (isFaulty) m.refusal ??= noText(m);
  };
  const ended = (): ValueScanResult => {
    if (m.refusal) return { ok: false, ...m.refusal };
    const bytes = m.before + m.offset + m.end;
    const slots = isInOrder(m) ? null : [...m.slots];
    const file = { ...kernel.totals(), header, slots, bytes, rejected: m.rejected };
    return { ok: true, file: isMisread(m) ? { ...file, misreadEnd: m.newline! } : file };
  };
  const last = (): ValueScanResult => {
    feed(mark.rest());
    m.isLast = true;
    if (characters.isCut()) m.refusal ??= noText(m);
    records();
    const result = ended();
    kernel.release();
    return result;
  };
  // The memory is another's by then.
  let answer: ValueScanResult | undefined;
  return {
    take: (chunk) => {
      const text = mark.without(chunk);
      m.before = mark.bytes();
      feed(text);
      return m.refusal === undefined;
    },
    end: () => {
      answer ??= last();
      return answer;
    },
  };
}

const fieldsOf = (bytes: Uint8Array, delimiter: string): string[] =>
  (splitRecords(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), delimiter)[0] ?? []).map(
    (field) => field.text,
  );

function arrange(m: RecordMachine, arrangement: Arrangement): void {
  if (!arrangement.ok) {
    const { why, newColumns } = arrangement;
    m.refusal = { why, ...(newColumns ? { newColumns } : {}) };
    return;
  }
  m.slots = Int32Array.from(arrangement.slots);
  // The engine's copy has a delimiter for every column that is missing.
  m.longest = maxRecordBytes - Math.max(0, m.columns.length - m.slots.length);
  m.kernel.arrange(m.slots);
}

const isInOrder = ({ slots, columns }: RecordMachine): boolean =>
  slots.length === columns.length && slots.every((column, field) => column === field);

const isMisread = ({ newline, firstBreak }: RecordMachine): boolean =>
  newline !== undefined && firstBreak !== undefined && firstBreak !== newline;

/** What stands as records nearly always do. */
function takeUsualRecords(m: RecordMachine): void {
  if ((m.newline !== 'LF' && m.newline !== 'CRLF') || !m.firstBreak) return;
  const { at, lines } = m.kernel.run(m.from, m.end, m.newline);
  m.from = at;
  m.line += lines;
}

/** What is left of the last record moves to the front. */
function append(m: RecordMachine, bytes: Uint8Array): void {
  const { kernel } = m;
  const needed = m.end - m.from + bytes.length;
  if (needed >= kernel.source.length) kernel.reserve(needed * 2);
  const { source } = kernel;
  source.copyWithin(0, m.from, m.end);
  m.offset += m.from;
  m.end -= m.from;
  m.from = 0;
  source.set(bytes, m.end);
  m.end += bytes.length;
  // Every search for the end of a field ends here at the latest.
  source[m.end] = 0x0a;
}

/** Engines stop at such a byte, or change it without a word. */
function noText(m: RecordMachine): { line: number; why: string } {
  const lines = m.kernel.source.subarray(m.from, m.end).filter((byte) => byte === 0x0a).length;
  return { line: m.line + lines, why: 'a byte is not UTF-8; write the file as UTF-8' };
}
