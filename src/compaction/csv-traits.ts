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

/** Where in a record the next byte stands; `afterCr` is a record whose line end may have a second byte. */
const states = ['record', 'afterCr', 'field', 'plain', 'opened', 'quoted', 'closedEmpty', 'closed'] as const;
type State = (typeof states)[number];
/** `control`: below 32, and neither a tab nor a line end. */
const kinds = ['usual', 'delimiter', 'quote', 'lf', 'cr', 'control'] as const;
type Kind = (typeof kinds)[number];

interface Scan {
  state: State;
  readonly kindOf: Uint8Array;
  steps: Uint8Array;
  readonly isHeaderGiven: boolean;
  line: number;
  bytes: number;
  /** Bytes of the mark before everything, none of them text. */
  marked: number;
  /** Fields of the first record, and 0 before its end: a table of one column has no blank lines. */
  width: number;
  delimiters: number;
  last: number;
  readonly lines: Partial<Record<TextTrait, number>>;
  readonly controls: Set<number>;
}

const isBreak = (kind: Kind): boolean => kind === 'lf' || kind === 'cr';

/** Of a text that was counted and found in order: what a broken one holds is not said. */
function next(state: State, kind: Kind): State {
  if (state === 'opened' || state === 'quoted')
    return kind === 'quote' ? (state === 'opened' ? 'closedEmpty' : 'closed') : 'quoted';
  if (kind === 'delimiter') return 'field';
  if (kind === 'cr') return 'afterCr';
  if (kind === 'lf') return 'record';
  if (kind !== 'quote' || state === 'plain') return 'plain';
  return state === 'closedEmpty' || state === 'closed' ? 'quoted' : 'opened';
}

function traitOf(state: State, kind: Kind): TextTrait | undefined {
  const ends = kind === 'delimiter' || isBreak(kind);
  if (state === 'opened' || state === 'quoted') return isBreak(kind) ? 'quotedNewline' : undefined;
  if (state === 'plain') return kind === 'quote' ? 'bareQuote' : undefined;
  if (!ends || state === 'closed') return undefined;
  if (state === 'closedEmpty') return 'quotedEmpty';
  if (state === 'afterCr' && kind === 'lf') return undefined;
  return state === 'field' || kind === 'delimiter' ? 'emptyField' : 'blankLine';
}

/** Three bits of the next state, and one more where something is to be noted. */
const isToBeNoted = 8;
const plain = states.indexOf('plain');
const quoted = states.indexOf('quoted');

/** What was found once need not be looked at again. */
function stepsOf({ width, lines }: Pick<Scan, 'width' | 'lines'>): Uint8Array {
  const noted = (state: State, kind: Kind): boolean => {
    const trait = traitOf(state, kind);
    if (isBreak(kind) || kind === 'control' || width === 0)
      return (kind !== 'usual' && kind !== 'quote') || trait !== undefined;
    return trait !== undefined && lines[trait] === undefined;
  };
  return Uint8Array.from({ length: states.length * 8 }, (_, at) => {
    const state = states[at >> 3]!;
    const kind = kinds[at & 7] ?? 'usual';
    return states.indexOf(next(state, kind)) | (noted(state, kind) ? isToBeNoted : 0);
  });
}

function take(scan: Scan, chunk: Uint8Array): void {
  let at = 0;
  while (scan.bytes + at === scan.marked && scan.marked < 3 && chunk[at] === mark[scan.marked]) {
    scan.marked += 1;
    at += 1;
    if (scan.marked === 3) scan.lines.byteOrderMark = scan.line;
  }
  const { kindOf } = scan;
  let state = states.indexOf(scan.state);
  for (; at < chunk.length; at += 1) {
    const step = scan.steps[(state << 3) | kindOf[chunk[at]!]!]!;
    if (step >= isToBeNoted) note(scan, states[state]!, chunk[at]!, at === 0 ? scan.last : chunk[at - 1]!);
    state = step & 7;
    // Most bytes change nothing, and a delimiter within quotes is none.
    const most = state === plain ? 0 : state === quoted ? 1 : -1;
    while (at + 1 < chunk.length && kindOf[chunk[at + 1]!]! <= most) at += 1;
  }
  scan.state = states[state]!;
  scan.bytes += chunk.length;
  scan.last = chunk.at(-1) ?? scan.last;
}

function note(scan: Scan, state: State, byte: number, last: number): void {
  const kind = kinds[scan.kindOf[byte]!]!;
  const trait = traitOf(state, kind);
  const isQuoted = state === 'opened' || state === 'quoted';
  if (trait) found(scan, trait);
  if (kind === 'control') scan.controls.add(byte);
  if (kind === 'delimiter' && !isQuoted) scan.delimiters += 1;
  if (!isBreak(kind)) return;
  const isWithin = state !== 'record' && state !== 'afterCr' && !isQuoted;
  if (isWithin && scan.width === 0) {
    scan.width = scan.delimiters + 1;
    scan.steps = stepsOf(scan);
  }
  if (byte === cr || last !== cr) scan.line += 1;
}

/** What a header leaves empty is a fault of its own, found elsewhere. */
function found(scan: Scan, trait: TextTrait): void {
  const isHeader = scan.isHeaderGiven && scan.width === 0;
  if (isHeader && (trait === 'emptyField' || trait === 'quotedEmpty')) return;
  const told = trait === 'blankLine' && scan.width === 1 ? 'emptyField' : trait;
  if (scan.lines[told] !== undefined) return;
  scan.lines[told] = scan.line;
  scan.steps = stepsOf(scan);
}

function kindsOf(delimiter: number): Uint8Array {
  const table = Uint8Array.from({ length: 256 }, (_, byte) =>
    kinds.indexOf(byte < 32 && byte !== tab ? 'control' : 'usual'),
  );
  table[lf] = kinds.indexOf('lf');
  table[cr] = kinds.indexOf('cr');
  table[quote] = kinds.indexOf('quote');
  table[delimiter] = kinds.indexOf('delimiter');
  return table;
}

export function traitScanner(csv: { readonly header: boolean; readonly delimiter: string }): TraitScanner {
  const scan: Scan = {
    state: 'record',
    steps: stepsOf({ width: 0, lines: {} }),
    kindOf: kindsOf(csv.delimiter.charCodeAt(0)),
    isHeaderGiven: csv.header,
    line: 1,
    bytes: 0,
    marked: 0,
    width: 0,
    delimiters: 0,
    last: 0,
    lines: {},
    controls: new Set(),
  };
  return {
    take: (chunk) => take(scan, chunk),
    end: () => {
      if (scan.state === 'closedEmpty') found(scan, 'quotedEmpty');
      if (scan.state === 'field') found(scan, 'emptyField');
      return {
        lines: { ...scan.lines },
        controls: [...scan.controls].sort((a, b) => a - b),
        bytes: scan.bytes,
      };
    },
  };
}
