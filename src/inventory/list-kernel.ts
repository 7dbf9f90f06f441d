/** The compiled reader of the answers to LIST (list-kernel.as.ts), with the memory it reads and writes in. */
import { carriedModule, wasmOf } from '../kernel/wasm.js';
import { listKernelWasm } from './list-kernel-wasm.js';

export interface Span {
  readonly start: number;
  /** Not included. */
  readonly end: number;
}

/** By the number that the kernel gives. */
const faults = [
  'none',
  'endsInMiddle',
  'hasDeclaration',
  'elementGoesOn',
  'elementNotEnded',
  'entryNotEnded',
  'hasNoKey',
  'isNoSize',
  'isNoTruth',
  'hasNoSize',
  'rootNotEnded',
  'isOther',
  'goesOn',
  'tooManyClasses',
  'isNoName',
  'isNoText',
] as const;
export type ListFaultKind = Exclude<(typeof faults)[number], 'none'>;

export interface PageFault {
  readonly kind: ListFaultKind;
  /** The bytes it is about, in the kernel's memory. */
  readonly span: Span;
}

/** What a page says of itself, beside what it lists. */
const pageFields = [
  'IsTruncated',
  'EncodingType',
  'NextContinuationToken',
  'NextKeyMarker',
  'NextVersionIdMarker',
] as const;
export type PageField = (typeof pageFields)[number];

/** In the order of list-words.as.ts, before the fields of a page. */
const namesFor = (hasVersions: boolean): readonly string[] => [
  ...(hasVersions ? ['ListVersionsResult', 'Version'] : ['ListBucketResult', 'Contents']),
  ...['DeleteMarker', 'CommonPrefixes', 'Prefix', 'Key', 'Size', 'StorageClass', 'IsLatest'],
  ...pageFields,
];
export const rootOf = (hasVersions: boolean): string => namesFor(hasVersions)[0]!;

interface Exports {
  readonly rows: { readonly value: number };
  readonly groups: { readonly value: number };
  readonly classes: { readonly value: number };
  readonly fault: { readonly value: number };
  readonly faultStart: { readonly value: number };
  readonly faultEnd: { readonly value: number };
  setNames(table: number, count: number): void;
  setClasses(spellings: number, most: number): void;
  setSpans(fields: number, groups: number): void;
  setColumns(...places: number[]): void;
  scan(from: number, to: number, hasVersions: number): void;
  decoded(from: number, to: number, isUrl: number, into: number): number;
  decodeKeys(isUrl: number, offsets: number, keys: number): number;
}

/** After an error nothing of a page may be used; what it gave is good until the next is begun. */
export interface ListKernel {
  /** All memory; another array after a page longer than those before. */
  readonly bytes: Buffer;
  /** Where the page begins. */
  readonly bodyAt: number;
  /** Reads the page that the pieces are together. */
  scan(pieces: readonly Uint8Array[]): PageFault | undefined;
  /** Undefined when the page does not say it. */
  field(name: PageField): Span | undefined;
  groups(): readonly Span[];
  classes(): readonly Span[];
  /** What the span stands for; undefined when it is no name. It may be no text. */
  decoded(span: Span, isUrl: boolean): Uint8Array | undefined;
  decodeKeys(isUrl: boolean): PageFault | undefined;
  /** Copies of the columns. */
  columns(): {
    readonly rows: number;
    readonly keys: Uint8Array;
    readonly offsets: Int32Array;
    readonly sizes: Float64Array;
    readonly codes: Int32Array;
    readonly latest: Uint8Array;
    readonly markers: Uint8Array;
  };
}

const mostClasses = 1024;
const pageBytes = 65_536;
/** Up to so many bytes behind a text are looked at or written over. */
const slack = 64;
const leastEntry = '<DeleteMarker><Key>a</Key></DeleteMarker>'.length;
const leastGroup = '<Prefix/>'.length;

/** Parts of the memory one after another, for a page of so many bytes; what the module itself keeps lies below. */
function places(bodyBytes: number) {
  let end = 4096;
  const part = (bytes: number): number => {
    const at = end;
    end = (end + bytes + 15) & ~15;
    return at;
  };
  const rows = Math.floor(bodyBytes / leastEntry) + 1;
  return {
    names: part(512),
    fields: part(8 * pageFields.length),
    classes: part(8 * mostClasses),
    body: part(bodyBytes + slack),
    keys: part(bodyBytes + slack),
    sizes: part(8 * rows),
    spans: part(8 * rows),
    offsets: part(4 * (rows + 1)),
    codes: part(4 * rows),
    latest: part(rows),
    markers: part(rows),
    groups: part(8 * (Math.floor(bodyBytes / leastGroup) + 1)),
    end,
  };
}

const moduleOf = carriedModule(listKernelWasm);

export function openListKernel(hasVersions: boolean): ListKernel {
  const { Memory, Instance } = wasmOf();
  let capacity = 1 << 19;
  let at = places(capacity);
  const memory = new Memory({ initial: Math.ceil(at.end / pageBytes) });
  const wasm = new Instance(moduleOf(), { env: { memory } }).exports as unknown as Exports;
  let bytes = Buffer.from(memory.buffer);
  const lay = (): void => {
    wasm.setNames(at.names, layNames(bytes, at.names, namesFor(hasVersions)));
    wasm.setClasses(at.classes, mostClasses);
    wasm.setSpans(at.fields, at.groups);
    wasm.setColumns(at.sizes, at.spans, at.codes, hasVersions ? at.latest : 0, at.markers);
  };
  const reserve = (bodyBytes: number): void => {
    if (bodyBytes <= capacity) return;
    capacity = 2 * bodyBytes;
    at = places(capacity);
    memory.grow(Math.max(0, Math.ceil((at.end - memory.buffer.byteLength) / pageBytes)));
    bytes = Buffer.from(memory.buffer);
    lay();
  };
  const spanAt = (table: number, number: number): Span => {
    const [start, end] = new Uint32Array(memory.buffer, table + 8 * number, 2);
    return { start: start!, end: end! };
  };
  const spans = (table: number, count: number): readonly Span[] =>
    Array.from({ length: count }, (_, number) => spanAt(table, number));
  const fault = (): PageFault | undefined =>
    wasm.fault.value === 0
      ? undefined
      : {
          kind: faults[wasm.fault.value] as ListFaultKind,
          span: { start: wasm.faultStart.value, end: wasm.faultEnd.value },
        };
  lay();
  return {
    get bytes() {
      return bytes;
    },
    bodyAt: at.body,
    scan(pieces) {
      reserve(pieces.reduce((sum, { length }) => sum + length, 0));
      let end = at.body;
      for (const piece of pieces) {
        bytes.set(piece, end);
        end += piece.length;
      }
      wasm.scan(at.body, end, Number(hasVersions));
      return fault();
    },
    field(name) {
      const span = spanAt(at.fields, pageFields.indexOf(name));
      return span.start === 0 ? undefined : span;
    },
    groups: () => spans(at.groups, wasm.groups.value),
    classes: () => spans(at.classes, wasm.classes.value),
    decoded({ start, end }, isUrl) {
      const length = wasm.decoded(start, end, Number(isUrl), at.keys);
      return length < 0 ? undefined : bytes.subarray(at.keys, at.keys + length);
    },
    decodeKeys(isUrl) {
      wasm.decodeKeys(Number(isUrl), at.offsets, at.keys);
      return fault();
    },
    columns() {
      const { buffer } = memory;
      const rows = wasm.rows.value;
      const offsets = new Int32Array(buffer, at.offsets, rows + 1).slice();
      const flags = hasVersions ? rows : 0;
      return {
        rows,
        offsets,
        keys: new Uint8Array(buffer, at.keys, offsets[rows]).slice(),
        sizes: new Float64Array(buffer, at.sizes, rows).slice(),
        codes: new Int32Array(buffer, at.codes, rows).slice(),
        latest: new Uint8Array(buffer, at.latest, flags).slice(),
        markers: new Uint8Array(buffer, at.markers, flags).slice(),
      };
    },
  };
}

/** For each where it lies and how long it is, and behind them the names; how many there are. */
function layNames(bytes: Buffer, table: number, names: readonly string[]): number {
  let text = table + 8 * names.length;
  for (const [number, name] of names.entries()) {
    bytes.writeUInt32LE(text, table + 8 * number);
    bytes.writeUInt32LE(name.length, table + 8 * number + 4);
    text += bytes.write(name, text, 'latin1');
  }
  return names.length;
}
