/** Finds what in a CSV text not every reader understands as RFC 4180 does, by its bytes, in one pass. */
import type { TextTrait, TextTraits } from './ports.js';

export interface TraitScanner {
  take(chunk: Uint8Array): void;
  end(): TextTraits;
}

const lf = 0x0a;
const cr = 0x0d;
const tab = 0x09;
const quote = 0x22;
const mark = [0xef, 0xbb, 0xbf];

interface Scan {
  state: 'record' | 'field' | 'plain' | 'quoted' | 'closed';
  readonly delimiter: number;
  isHeader: boolean;
  line: number;
  bytes: number;
  /** Fields of the record at hand; of the first record, for a table of one column has no blank lines. */
  fields: number;
  width: number;
  /** Bytes between the quotes at hand. */
  length: number;
  last: number;
  readonly lines: Partial<Record<TextTrait, number>>;
  readonly controls: Set<number>;
}

const found = (scan: Scan, trait: TextTrait): void => {
  scan.lines[trait] ??= scan.line;
};

/** What a header leaves empty is a fault of its own, found elsewhere. */
const foundInData = (scan: Scan, trait: TextTrait): void => {
  if (!scan.isHeader) found(scan, trait);
};

function endOfField(scan: Scan, byte: number): void {
  scan.fields += 1;
  if (byte === scan.delimiter) {
    scan.state = 'field';
    return;
  }
  scan.width ||= scan.fields;
  scan.fields = 0;
  scan.isHeader = false;
  scan.state = 'record';
}

function startOfRecord(scan: Scan, byte: number): void {
  // The second byte of one line end.
  if (byte === lf && scan.last === cr) return;
  if (byte === lf || byte === cr) found(scan, scan.width === 1 ? 'emptyField' : 'blankLine');
  else startOfField(scan, byte);
}

function startOfField(scan: Scan, byte: number): void {
  const isEnd = byte === scan.delimiter || byte === lf || byte === cr;
  if (isEnd) {
    foundInData(scan, 'emptyField');
    endOfField(scan, byte);
  } else scan.state = byte === quote ? 'quoted' : 'plain';
  scan.length = 0;
}

const steps: Readonly<Record<Scan['state'], (scan: Scan, byte: number) => void>> = {
  record: startOfRecord,
  field: startOfField,
  plain: (scan, byte) => {
    if (byte === scan.delimiter || byte === lf || byte === cr) endOfField(scan, byte);
    else if (byte === quote) found(scan, 'bareQuote');
  },
  quoted: (scan, byte) => {
    if (byte === quote) scan.state = 'closed';
    else scan.length += 1;
    if (byte === lf || byte === cr) found(scan, 'quotedNewline');
  },
  closed: (scan, byte) => {
    if (byte === quote) {
      scan.state = 'quoted';
      scan.length += 1;
      return;
    }
    if (scan.length === 0) foundInData(scan, 'quotedEmpty');
    endOfField(scan, byte);
  },
};

function take(scan: Scan, chunk: Uint8Array): void {
  for (const byte of chunk) {
    // A mark before everything is no text.
    if (scan.bytes < 3 && byte === mark[scan.bytes]) {
      scan.bytes += 1;
      if (scan.bytes === 3) found(scan, 'byteOrderMark');
      continue;
    }
    scan.bytes += 1;
    if (byte < 32 && byte !== tab && byte !== lf && byte !== cr) scan.controls.add(byte);
    steps[scan.state](scan, byte);
    if (byte === cr || (byte === lf && scan.last !== cr)) scan.line += 1;
    scan.last = byte;
  }
}

/** Of a text that was counted and found in order: what a broken one holds is not said. */
export function traitScanner(csv: { readonly header: boolean; readonly delimiter: string }): TraitScanner {
  const scan: Scan = {
    state: 'record',
    delimiter: csv.delimiter.charCodeAt(0),
    isHeader: csv.header,
    line: 1,
    bytes: 0,
    fields: 0,
    width: 0,
    length: 0,
    last: 0,
    lines: {},
    controls: new Set(),
  };
  return {
    take: (chunk) => take(scan, chunk),
    end: () => {
      if (scan.state === 'closed' && scan.length === 0) foundInData(scan, 'quotedEmpty');
      if (scan.state === 'field') foundInData(scan, 'emptyField');
      return {
        lines: { ...scan.lines },
        controls: [...scan.controls].sort((a, b) => a - b),
        bytes: scan.bytes,
      };
    },
  };
}
