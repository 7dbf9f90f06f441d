/** Counts the records of a CSV file from its bytes alone (RFC 4180), so that no engine is its own witness. */
import { type Utf8Filter, utf8Filter } from '../kernel/utf8.js';
import { byteOrderMark } from './byte-order-mark.js';
import { joined, splitRecords } from './csv-fields.js';

export interface Census {
  readonly records: number;
  /** The fields of the header record; null when the file is empty or has none. */
  readonly header: readonly string[] | null;
  /** Uncompressed. */
  readonly bytes: number;
}

export type Counted =
  | { readonly ok: true; readonly census: Census }
  /** `line` counts physical lines from 1. */
  | { readonly ok: false; readonly line: number; readonly why: string };

export interface RecordCounter {
  /** False once the file is refused: the rest need not be read. */
  take(chunk: Uint8Array): boolean;
  end(): Counted;
}

export interface CounterOptions {
  readonly header: boolean;
  /** One ASCII character. */
  readonly delimiter: string;
  /** Without a header: how many fields every record must have. */
  readonly columns?: number;
}

/** Without its line end. DuckDB reads no line of more than 2,000,000 bytes with it, two at most; a longer one is refused here, by its number. */
export const maxRecordBytes = 1_999_998;

const lf = 0x0a;
const cr = 0x0d;
const quote = 0x22;
const space = 0x20;

interface Machine {
  state: keyof typeof steps;
  readonly delimiter: number;
  readonly headerChunks: Uint8Array[];
  wantsHeader: boolean;
  headerEnd: number;
  expected: number | undefined;
  fields: number;
  records: number;
  /** Bytes before the chunk at hand. */
  bytes: number;
  line: number;
  recordLine: number;
  recordAt: number;
  readonly characters: Utf8Filter;
  newline: 'LF' | 'CRLF' | 'CR' | undefined;
  refused: { readonly line: number; readonly why: string } | undefined;
}

type Step = (m: Machine, chunk: Uint8Array, at: number) => number;

/** Each step takes the bytes of its state from `at` on and returns where the next state begins. */
const steps = {
  record: ((m, chunk, at) => {
    m.state = 'field';
    if (chunk[at] !== lf && chunk[at] !== cr) return at;
    // A blank line is no record, except in a table of one column, where it is one empty field.
    if (m.wantsHeader) return refuse(m, chunk, 'a blank line stands before the header');
    m.fields = m.expected === 1 ? 1 : 0;
    return endOfRecord(m, chunk, at);
  }) as Step,

  field: ((m, chunk, at) => {
    m.fields += 1;
    if (chunk[at] === quote) m.state = 'quoted';
    else if (chunk[at] === space && m.delimiter !== space) m.state = 'spaces';
    else {
      m.state = 'plain';
      return at;
    }
    return at + 1;
  }) as Step,

  // DuckDB drops spaces before a quote without a word: such a file is refused.
  spaces: ((m, chunk, at) => {
    let i = at;
    while (i < chunk.length && chunk[i] === space) i += 1;
    if (i === chunk.length) return i;
    m.state = 'plain';
    return chunk[i] === quote ? refuse(m, chunk, 'a quote follows spaces, which would be lost') : i;
  }) as Step,

  plain: ((m, chunk, at) => {
    const { delimiter } = m;
    for (let i = at; i < chunk.length; i += 1) {
      const byte = chunk[i];
      if (byte === delimiter || byte === lf || byte === cr) return endOfField(m, chunk, i);
    }
    return chunk.length;
  }) as Step,

  quoted: ((m, chunk, at) => {
    for (let i = at; i < chunk.length; i += 1) {
      if (chunk[i] === quote) {
        m.state = 'closed';
        return i + 1;
      }
      if (chunk[i] === lf) m.line += 1;
    }
    return chunk.length;
  }) as Step,

  // DuckDB drops spaces after a closing quote without a word: refused with every other text there.
  closed: ((m, chunk, at) => {
    const byte = chunk[at];
    if (byte === m.delimiter || byte === lf || byte === cr) return endOfField(m, chunk, at);
    m.state = 'quoted';
    return byte === quote ? at + 1 : refuse(m, chunk, 'text follows a closing quote');
  }) as Step,

  return: ((m, chunk, at) => {
    const next = chunk[at] === lf ? at + 1 : at;
    checkNewline(m, next > at ? 'CRLF' : 'CR');
    startRecord(m, m.bytes + next);
    return m.refused ? chunk.length : next;
  }) as Step,
};

function endOfField(m: Machine, chunk: Uint8Array, at: number): number {
  if (chunk[at] !== m.delimiter) return endOfRecord(m, chunk, at);
  m.state = 'field';
  return at + 1;
}

function endOfRecord(m: Machine, chunk: Uint8Array, at: number): number {
  closeRecord(m, m.bytes + at);
  m.line += 1;
  if (chunk[at] === cr) m.state = 'return';
  else {
    checkNewline(m, 'LF');
    startRecord(m, m.bytes + at + 1);
  }
  return m.refused ? chunk.length : at + 1;
}

function startRecord(m: Machine, at: number): void {
  m.state = 'record';
  m.fields = 0;
  m.recordAt = at;
  m.recordLine = m.line;
}

function closeRecord(m: Machine, at: number): void {
  if (m.fields === 0) return;
  if (at - m.recordAt > maxRecordBytes) note(m, `a record is longer than ${maxRecordBytes} bytes`);
  m.expected ??= m.fields;
  if (m.fields !== m.expected) note(m, `${m.fields} fields stand where ${m.expected} are expected`);
  if (!m.wantsHeader) m.records += 1;
  else {
    m.wantsHeader = false;
    m.headerEnd = at;
  }
}

function checkNewline(m: Machine, newline: 'LF' | 'CRLF' | 'CR'): void {
  m.newline ??= newline;
  if (m.newline !== newline) note(m, `a line ends in ${newline}, the lines before it in ${m.newline}`);
}

function note(m: Machine, why: string): void {
  m.refused ??= { line: m.recordLine, why };
}

/** Engines stop at such a byte, or change it without a word. */
function noText(m: Machine): void {
  m.refused ??= { line: m.line, why: 'a byte is not UTF-8; write the file as UTF-8' };
}

/** Returns the end of the chunk, so that a step can refuse and stop in one go. */
function refuse(m: Machine, chunk: Uint8Array, why: string): number {
  note(m, why);
  return chunk.length;
}

function feed(m: Machine, chunk: Uint8Array): void {
  const { text, isFaulty } = m.characters.whole(chunk);
  if (m.wantsHeader) m.headerChunks.push(text.slice());
  if (m.wantsHeader && m.bytes > maxRecordBytes) note(m, `its header is longer than ${maxRecordBytes} bytes`);
  let at = 0;
  while (at < text.length && !m.refused) at = steps[m.state](m, text, at);
  m.bytes += text.length;
  if (isFaulty) noText(m);
}

function ended(m: Machine, markBytes: number, delimiter: string): Counted {
  if (m.characters.isCut()) noText(m);
  if (m.state === 'quoted') note(m, 'a quote is never closed');
  if (m.state === 'return') checkNewline(m, 'CR');
  if (m.state === 'field') m.fields += 1;
  if (m.state !== 'record' && m.state !== 'return') closeRecord(m, m.bytes);
  const header = m.refused || m.headerEnd < 0 ? null : headerOf(m, delimiter);
  if (m.refused) return { ok: false, ...m.refused };
  return { ok: true, census: { records: m.records, header, bytes: m.bytes + markBytes } };
}

function headerOf(m: Machine, delimiter: string): string[] {
  const bytes = joined(m.headerChunks).subarray(0, m.headerEnd);
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  return (splitRecords(text, delimiter)[0] ?? []).map((field) => field.text);
}

/** A counter for one file. Feed it the bytes in any pieces: the answer does not depend on where they are cut. */
export function recordCounter(options: CounterOptions): RecordCounter {
  const m: Machine = {
    state: 'record',
    delimiter: options.delimiter.charCodeAt(0),
    headerChunks: [],
    wantsHeader: options.header,
    headerEnd: -1,
    expected: options.header ? undefined : options.columns,
    fields: 0,
    records: 0,
    bytes: 0,
    line: 1,
    recordLine: 1,
    recordAt: 0,
    characters: utf8Filter(),
    newline: undefined,
    refused: undefined,
  };
  const mark = byteOrderMark();
  return {
    take: (chunk) => {
      feed(m, mark.without(chunk));
      return m.refused === undefined;
    },
    end: () => {
      feed(m, mark.rest());
      return ended(m, mark.bytes(), options.delimiter);
    },
  };
}
