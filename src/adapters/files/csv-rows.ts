/** Reads CSV (RFC 4180) from bytes in any pieces and hands over only the columns that are asked for. */

export interface CsvRowsOptions {
  /** Given the header, answers which columns are read; refuses by raising. */
  readonly choose: (header: readonly string[]) => readonly number[];
  /** `cells` is reused: good until the next call. `line` counts physical lines from 1. */
  readonly take: (cells: readonly string[], line: number) => void;
  readonly refuse: (line: number, why: string) => never;
}

export interface CsvRows {
  push(chunk: Uint8Array): void;
  end(): void;
}

/** A row of a bill has some kilobytes; a longer one would be held in memory before anything is known of it. */
export const maxRecordBytes = 4 * 1024 * 1024;
/** A legacy report has a column for every tag; a few thousand are seen. */
export const maxColumns = 20_000;

const comma = 0x2c;
const lf = 0x0a;
const cr = 0x0d;
const quote = 0x22;

interface Reader {
  held: Buffer;
  line: number;
  /** Fields a record must have; 0 before the header. */
  width: number;
  isFirst: boolean;
  /** Column → slot, for the columns that are read; -1 for the others. Of the header every column is read. */
  slots: Int32Array;
  cells: string[];
  readonly options: CsvRowsOptions;
}

export function csvRows(options: CsvRowsOptions): CsvRows {
  const reader: Reader = {
    held: Buffer.alloc(0),
    line: 1,
    width: 0,
    isFirst: true,
    slots: Int32Array.from({ length: maxColumns }, (_, column) => column),
    cells: [],
    options,
  };
  return {
    push: (chunk) => {
      const bytes = reader.held.length === 0 ? viewed(chunk) : Buffer.concat([reader.held, chunk]);
      const start = withoutMark(reader, bytes, false);
      const end = start < 0 ? 0 : records(reader, bytes, start, false);
      reader.held = end === bytes.length ? Buffer.alloc(0) : bytes.subarray(end);
      if (reader.held.length > maxRecordBytes)
        options.refuse(reader.line, `a row is longer than ${maxRecordBytes} bytes`);
    },
    end: () => {
      const bytes = reader.held;
      records(reader, bytes, withoutMark(reader, bytes, true), true);
      if (reader.width === 0) options.refuse(1, 'there is no header');
    },
  };
}

const viewed = (chunk: Uint8Array): Buffer => Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);

/** UTF-8 may begin with its mark; -1 while it cannot be known. */
function withoutMark(reader: Reader, bytes: Buffer, isLast: boolean): number {
  if (!reader.isFirst) return 0;
  if (bytes.length < 3 && !isLast) return -1;
  reader.isFirst = false;
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** Takes whole records from `at` on and returns where the first that is not whole begins. */
function records(reader: Reader, bytes: Buffer, at: number, isLast: boolean): number {
  let start = at;
  while (start < bytes.length) {
    const isBlank = bytes[start] === lf || (bytes[start] === cr && bytes[start + 1] === lf);
    const next = isBlank ? bytes.indexOf(lf, start) + 1 : record(reader, bytes, start, isLast);
    if (next < 0) return start;
    if (isBlank) reader.line += 1;
    start = next;
  }
  return start;
}

/** The hot loop: one pass over the bytes, and a string only for the columns that are read. -1: it is not whole yet. */
function record(reader: Reader, bytes: Buffer, start: number, isLast: boolean): number {
  const { cells, slots } = reader;
  const { length } = bytes;
  const unread = reader.width - 1;
  let at = start;
  let column = 0;
  let lines = 1;
  for (;;) {
    // Most fields of a bill are empty and not read: they are passed over in one step each.
    while (at < length && bytes[at] === comma && column < unread && slots[column]! < 0) {
      column += 1;
      at += 1;
    }
    const slot = column < slots.length ? slots[column]! : -1;
    if (at < length && bytes[at] === quote) {
      const from = at + 1;
      let isDoubled = false;
      for (at = from; at < length; at += 1) {
        const byte = bytes[at]!;
        if (byte > quote) continue;
        if (byte === lf) lines += 1;
        if (byte !== quote) continue;
        if (at + 1 === length || bytes[at + 1] !== quote) break;
        isDoubled = true;
        at += 1;
      }
      if (at >= length) return cut(reader, isLast);
      if (slot >= 0) cells[slot] = quoted(bytes, from, at, isDoubled, cells[slot]);
      at = afterQuote(reader, bytes, at + 1);
    } else {
      const from = at;
      for (; at < length; at += 1) {
        const byte = bytes[at]!;
        if (byte <= comma && (byte === comma || byte === lf)) break;
      }
      if (slot >= 0) cells[slot] = plain(bytes, from, at, cells[slot]);
    }
    column += 1;
    if (at >= length && !isLast) return -1;
    at += 1;
    if (at > length || bytes[at - 1] === lf) break;
    if (column >= maxColumns) reader.options.refuse(reader.line, `it has more than ${maxColumns} columns`);
  }
  finish(reader, column);
  reader.line += lines;
  return Math.min(at, length);
}

function finish(reader: Reader, columns: number): void {
  const { width, options, line } = reader;
  if (width === 0) begin(reader, columns);
  else if (columns === width) options.take(reader.cells, line);
  else options.refuse(line, `it has ${columns} fields, and the header has ${width}`);
}

/** The first record is the header: it says which columns are read from here on. */
function begin(reader: Reader, columns: number): void {
  const chosen = reader.options.choose(reader.cells.slice(0, columns));
  reader.width = columns;
  reader.slots = new Int32Array(columns).fill(-1);
  chosen.forEach((column, slot) => {
    reader.slots[column] = slot;
  });
  reader.cells = chosen.map(() => '');
}

/** Only the end of the field may follow its closing quote; the CR of a line's end is passed over. */
function afterQuote({ options, line }: Reader, bytes: Buffer, at: number): number {
  const next = bytes[at];
  if (next === undefined || next === comma || next === lf) return at;
  const isEnd = next === cr && (bytes[at + 1] === lf || at + 1 === bytes.length);
  return isEnd ? at + 1 : options.refuse(line, 'text follows a closing quote');
}

function cut({ options, line }: Reader, isLast: boolean): number {
  return isLast ? options.refuse(line, 'a quote is never closed: the file may be cut') : -1;
}

const quoted = (bytes: Buffer, from: number, to: number, isDoubled: boolean, before?: string): string =>
  isDoubled ? bytes.toString('utf8', from, to).replaceAll('""', '"') : cell(bytes, from, to, before);

const plain = (bytes: Buffer, from: number, end: number, before?: string): string =>
  cell(bytes, from, end > from && bytes[end - 1] === cr && bytes[end] !== comma ? end - 1 : end, before);

/** Neighbouring rows often hold the same text: then the string that is there already is kept. */
function cell(bytes: Buffer, from: number, to: number, before = ''): string {
  const length = to - from;
  if (length !== before.length) return bytes.toString('utf8', from, to);
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[from + at]!;
    if (byte !== before.charCodeAt(at) || byte >= 0x80) return bytes.toString('utf8', from, to);
  }
  return before;
}
