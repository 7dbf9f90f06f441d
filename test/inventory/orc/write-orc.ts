/** A small writer of ORC for tests and benchmarks: what it writes Trino reads too (test/servers/trino-orc.test.ts). */
import { deflateRawSync } from 'node:zlib';
import { bytesField, packedField, textField, wholeField } from './protobuf-fields.js';
import { numberRuns, truthRuns } from './write-runs.js';

export type Kind = 'bigint' | 'boolean' | 'string' | 'timestamp';

export interface Column {
  readonly name: string;
  readonly kind: Kind;
  readonly encoding?: 'direct' | 'dictionary';
}

/** Timestamps are whole milliseconds since 1970. */
export type Values = readonly (string | number | boolean | null)[];

export interface Settings {
  readonly compression: 'NONE' | 'ZLIB';
  /** Of numbers in runs. */
  readonly version: 1 | 2;
  readonly chunkBytes: number;
  /** What is not true: a stream before it is compressed, numbers of the footer and of the postscript. */
  readonly lies?: {
    readonly stream?: (kind: string, column: number, bytes: Uint8Array) => Uint8Array;
    readonly rows?: number;
    readonly stripeRows?: number;
    readonly stripeOffset?: number;
    readonly dataLength?: number;
    readonly footerLength?: number;
    readonly compression?: number;
    readonly blockBytes?: number;
    readonly dictionarySize?: number;
  };
}

export const settings: Settings = { compression: 'ZLIB', version: 2, chunkBytes: 1 << 18 };

const kinds: Readonly<Record<Kind, number>> = { boolean: 0, bigint: 4, string: 7, timestamp: 9 };
const struct = 12;
const streams = { present: 0, data: 1, length: 2, dictionary: 3, secondary: 5 } as const;
/** Seconds of ORC's timestamps begin here. */
const epoch = Date.UTC(2015, 0, 1) / 1000;

interface Stream {
  readonly kind: keyof typeof streams;
  readonly column: number;
  readonly bytes: Uint8Array;
}

interface Encoded {
  readonly streams: readonly Omit<Stream, 'column'>[];
  readonly dictionarySize?: number;
}

export interface OrcWriter {
  readonly head: Uint8Array;
  /** The values of each column; the bytes that come next in the file. */
  stripe(values: readonly Values[]): Uint8Array;
  tail(): Uint8Array;
}

export function orcWriter(columns: readonly Column[], given: Partial<Settings> = {}): OrcWriter {
  const set = { ...settings, ...given };
  const { lies = {} } = set;
  const head = Buffer.from('ORC');
  const stripes: Uint8Array[] = [];
  let at = head.length;
  let rows = 0;
  const stripe = (values: readonly Values[]): Uint8Array => {
    const encoded = columns.map((column, i) => encode(column, values[i]!, set));
    const all = encoded.flatMap((one, i) =>
      one.streams.map((stream) => ({
        ...stream,
        column: i + 1,
        bytes: chunks(lies.stream?.(stream.kind, i + 1, stream.bytes) ?? stream.bytes, set),
      })),
    );
    const footer = chunks(stripeFooter(columns, encoded, all, set), set);
    const data = Buffer.concat(all.map(({ bytes }) => bytes));
    const count = lies.stripeRows ?? values[0]!.length;
    stripes.push(
      Buffer.concat([
        ...[
          wholeField(1, lies.stripeOffset ?? at),
          wholeField(2, 0),
          wholeField(3, lies.dataLength ?? data.length),
        ],
        ...[wholeField(4, footer.length), wholeField(5, count)],
      ]),
    );
    at += data.length + footer.length;
    rows += count;
    return Buffer.concat([data, footer]);
  };
  return { head, stripe, tail: () => tailOf(columns, stripes, at, rows, set) };
}

/** A whole file with one stripe. */
export function writeOrc(
  columns: readonly Column[],
  values: readonly Values[],
  given?: Partial<Settings>,
): Buffer {
  const writer = orcWriter(columns, given);
  return Buffer.concat([writer.head, writer.stripe(values), writer.tail()]);
}

function encode(column: Column, values: Values, { version }: Settings): Encoded {
  const there = values.filter((value) => value !== null);
  const present =
    there.length === values.length
      ? []
      : [{ kind: 'present' as const, bytes: truthRuns(values.map((value) => value !== null)) }];
  const data = (bytes: Uint8Array) => ({ kind: 'data' as const, bytes });
  switch (column.kind) {
    case 'boolean':
      return { streams: [...present, data(truthRuns(there as boolean[]))] };
    case 'bigint':
      return { streams: [...present, data(numberRuns(there as number[], version, true))] };
    case 'timestamp': {
      const seconds = (there as number[]).map((ms) => Math.floor(ms / 1000) - epoch);
      // Thousandths of a second: six zeros are taken off and said in three bits.
      const nanos = (there as number[]).map((ms) => (ms % 1000 === 0 ? 0 : (ms % 1000) * 8 + 5));
      const secondary = { kind: 'secondary' as const, bytes: numberRuns(nanos, version, false) };
      return { streams: [...present, data(numberRuns(seconds, version, true)), secondary] };
    }
    default:
      return column.encoding === 'dictionary'
        ? dictionary(there as string[], present, version)
        : direct(there as string[], present, version);
  }
}

function direct(texts: readonly string[], present: Encoded['streams'], version: 1 | 2): Encoded {
  const bytes = Buffer.from(texts.join(''));
  const lengths = texts.map((text) => Buffer.byteLength(text));
  return {
    streams: [
      ...present,
      { kind: 'data', bytes },
      { kind: 'length', bytes: numberRuns(lengths, version, false) },
    ],
  };
}

function dictionary(texts: readonly string[], present: Encoded['streams'], version: 1 | 2): Encoded {
  const values = [...new Set(texts)].sort();
  const codes = new Map(values.map((value, code) => [value, code]));
  const indexes = texts.map((text) => codes.get(text)!);
  const lengths = values.map((text) => Buffer.byteLength(text));
  return {
    dictionarySize: values.length,
    streams: [
      ...present,
      { kind: 'data', bytes: numberRuns(indexes, version, false) },
      { kind: 'length', bytes: numberRuns(lengths, version, false) },
      { kind: 'dictionary', bytes: Buffer.from(values.join('')) },
    ],
  };
}

function stripeFooter(
  columns: readonly Column[],
  encoded: readonly Encoded[],
  all: readonly Stream[],
  { version, lies }: Settings,
): Uint8Array {
  const isVersioned = (column: Column): boolean => column.kind !== 'boolean';
  const encoding = (column: Column, { dictionarySize }: Encoded): Uint8Array =>
    Buffer.concat([
      wholeField(1, (isVersioned(column) && version === 2 ? 2 : 0) + (dictionarySize === undefined ? 0 : 1)),
      dictionarySize === undefined ? Buffer.alloc(0) : wholeField(2, lies?.dictionarySize ?? dictionarySize),
    ]);
  return Buffer.concat([
    ...all.map(({ kind, column, bytes }) =>
      bytesField(
        1,
        Buffer.concat([wholeField(1, streams[kind]), wholeField(2, column), wholeField(3, bytes.length)]),
      ),
    ),
    bytesField(2, wholeField(1, 0)),
    ...columns.map((column, i) => bytesField(2, encoding(column, encoded[i]!))),
    textField(3, 'UTC'),
  ]);
}

function tailOf(
  columns: readonly Column[],
  stripes: readonly Uint8Array[],
  contentLength: number,
  rows: number,
  set: Settings,
): Uint8Array {
  const root = Buffer.concat([
    wholeField(1, struct),
    packedField(
      2,
      columns.map((_, i) => i + 1),
    ),
    ...columns.map(({ name }) => textField(3, name)),
  ]);
  const footer = chunks(
    Buffer.concat([
      ...[wholeField(1, 3), wholeField(2, contentLength)],
      ...stripes.map((stripe) => bytesField(3, stripe)),
      ...[root, ...columns.map(({ kind }) => wholeField(1, kinds[kind]))].map((type) => bytesField(4, type)),
      wholeField(6, set.lies?.rows ?? rows),
      wholeField(8, 0),
    ]),
    set,
  );
  const post = Buffer.concat([
    wholeField(1, set.lies?.footerLength ?? footer.length),
    wholeField(2, set.lies?.compression ?? (set.compression === 'NONE' ? 0 : 1)),
    ...(set.compression === 'NONE' ? [] : [wholeField(3, set.lies?.blockBytes ?? set.chunkBytes)]),
    packedField(4, [0, 12]),
    wholeField(5, 0),
    textField(8000, 'ORC'),
  ]);
  return Buffer.concat([footer, post, Buffer.of(post.length)]);
}

function chunks(bytes: Uint8Array, { compression, chunkBytes }: Settings): Uint8Array {
  if (compression === 'NONE') return bytes;
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const original = bytes.subarray(at, at + chunkBytes);
    const small = deflateRawSync(original);
    const isOriginal = small.length >= original.length;
    const kept = isOriginal ? original : small;
    const header = kept.length * 2 + (isOriginal ? 1 : 0);
    parts.push(Buffer.of(header & 0xff, (header >> 8) & 0xff, header >> 16), kept);
  }
  return Buffer.concat(parts);
}
