/** A Parquet file page by page, as a test wants it, true or not. */
import { gzipSync } from 'node:zlib';
import { snappyOf } from '../columnar/snappy-blocks.js';

/** Field number → value: whole numbers, truth values, texts, bytes, lists of structs, structs. */
type Field = number | boolean | string | Uint8Array | readonly Struct[] | Struct;
export interface Struct {
  readonly [field: number]: Field | undefined;
}

export interface PageSpec {
  readonly kind?: 'data' | 'data2' | 'dictionary';
  readonly encoding?: number;
  readonly values: number;
  readonly body: Uint8Array;
  /** Definition levels as runs; without, every value is there. */
  readonly levels?: Uint8Array;
  readonly nulls?: number;
  /** What the header says against the truth. */
  readonly said?: { readonly length?: number; readonly stored?: number; readonly crc?: number };
}

export interface ColumnSpec {
  readonly name: string;
  readonly type: number;
  readonly isOptional?: boolean;
  readonly repetition?: number;
  readonly converted?: number;
  readonly logical?: Struct;
  /** 0 none, 1 Snappy, 2 gzip. */
  readonly codec?: 0 | 1 | 2;
  readonly saidCodec?: number;
  readonly pages: readonly PageSpec[];
}

export function writeParquet(rows: number, columns: readonly ColumnSpec[], said: Struct = {}): Buffer {
  const parts: Uint8Array[] = [Buffer.from('PAR1')];
  let at = 4;
  const chunks = columns.map((column) => {
    const bytes = Buffer.concat(column.pages.map((page) => pageBytes(page, column)));
    const hasDictionary = column.pages[0]?.kind === 'dictionary';
    const dataAt = hasDictionary ? at + pageBytes(column.pages[0]!, column).length : at;
    parts.push(bytes);
    const metadata: Struct = {
      ...{ 1: column.type, 4: column.saidCodec ?? column.codec ?? 0, 5: rows, 7: bytes.length },
      ...{ 9: dataAt, 11: hasDictionary ? at : undefined },
    };
    at += bytes.length;
    return { 3: metadata };
  });
  const elements: Struct[] = [
    { 4: 'schema', 5: columns.length },
    ...columns.map((column) => ({
      ...{ 1: column.type, 3: column.repetition ?? (column.isOptional ? 1 : 0), 4: column.name },
      ...{ 6: column.converted, 10: column.logical },
    })),
  ];
  const footer = struct({ 1: 1, 2: elements, 3: rows, 4: [{ 1: chunks, 2: 0, 3: rows }], ...said });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([...parts, footer, length, Buffer.from('PAR1')]);
}

function pageBytes(page: PageSpec, column: ColumnSpec): Buffer {
  const { kind = 'data', encoding = 0, values, body, levels, nulls = 0, said = {} } = page;
  const known = levels ?? (column.isOptional ? hybridRun(values, 1, 1) : Buffer.alloc(0));
  const compress = (bytes: Uint8Array): Uint8Array =>
    column.codec === 2 ? gzipSync(bytes) : column.codec === 1 ? snappyOf(bytes) : bytes;
  const withLength =
    column.isOptional && kind === 'data' ? Buffer.concat([uint32(known.length), known, body]) : body;
  const stored = kind === 'data2' ? Buffer.concat([known, compress(body)]) : compress(withLength);
  const length = kind === 'data2' ? known.length + body.length : withLength.length;
  const header = struct({
    ...{ 1: kind === 'dictionary' ? 2 : kind === 'data' ? 0 : 3 },
    ...{ 2: said.length ?? length, 3: said.stored ?? stored.length, 4: said.crc },
    5: kind === 'data' ? { 1: values, 2: encoding, 3: 3, 4: 3 } : undefined,
    7: kind === 'dictionary' ? { 1: values, 2: encoding } : undefined,
    8:
      kind === 'data2'
        ? { 1: values, 2: nulls, 3: values, 4: encoding, 5: known.length, 6: 0, 7: (column.codec ?? 0) !== 0 }
        : undefined,
  });
  return Buffer.concat([header, stored]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

/** Texts, each after its length. */
export const plainTexts = (texts: readonly string[]): Buffer =>
  Buffer.concat(texts.flatMap((text) => [uint32(Buffer.byteLength(text)), Buffer.from(text)]));

export const plainLongs = (values: readonly (number | bigint)[]): Buffer => {
  const bytes = Buffer.alloc(8 * values.length);
  for (const [i, value] of values.entries()) bytes.writeBigInt64LE(BigInt(value), 8 * i);
  return bytes;
};

/** `count` times the same number of `width` bits. */
export const hybridRun = (count: number, value: number, width: number): Buffer =>
  Buffer.concat([varint(BigInt(count * 2)), uint32(value).subarray(0, (width + 7) >> 3)]);

/** Numbers packed by bits, eight to a group. */
export function hybridPacked(values: readonly number[], width: number): Buffer {
  const groups = Math.ceil(values.length / 8);
  return Buffer.concat([varint(BigInt(groups * 2 + 1)), packed(values.map(BigInt), width, groups * 8)]);
}

function packed(values: readonly bigint[], width: number, count: number): Buffer {
  let all = 0n;
  for (const [i, value] of values.entries()) all |= value << BigInt(i * width);
  return Buffer.from(
    Array.from({ length: (count * width) / 8 }, (_, i) => Number((all >> BigInt(8 * i)) & 255n)),
  );
}

/** DELTA_BINARY_PACKED in blocks of 128 numbers and four parts. */
export function deltas(values: readonly number[]): Buffer {
  const big = values.map(BigInt);
  const parts: Uint8Array[] = [
    varint(128n),
    varint(4n),
    varint(BigInt(values.length)),
    varint(zigzag(big[0] ?? 0n)),
  ];
  const differences = big.slice(1).map((value, i) => value - big[i]!);
  for (let at = 0; at < differences.length; at += 128) {
    const block = differences.slice(at, at + 128);
    const least = block.toSorted((a, b) => (a < b ? -1 : 1))[0]!;
    const minis = [0, 32, 64, 96].map((from) => block.slice(from, from + 32).map((one) => one - least));
    const widths = minis.map((mini) => mini.reduce((most, one) => Math.max(most, one.toString(2).length), 0));
    parts.push(varint(zigzag(least)), Buffer.from(widths));
    for (const [i, mini] of minis.entries()) if (mini.length > 0) parts.push(packed(mini, widths[i]!, 32));
  }
  return Buffer.concat(parts);
}

const zigzag = (value: bigint): bigint => (value < 0n ? -value * 2n - 1n : value * 2n);

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.of(...bytes, Number(rest));
}

/** Thrift's compact protocol; every whole number as an i64, which readers by field do not mind. */
function struct(fields: Struct): Buffer {
  const parts: Uint8Array[] = [];
  let last = 0;
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const field = Number(name);
    const [type, bytes] = encoded(value);
    const isNear = field - last < 16;
    parts.push(
      isNear
        ? Buffer.of(((field - last) << 4) | type)
        : Buffer.concat([Buffer.of(type), varint(BigInt(field * 2))]),
    );
    parts.push(bytes);
    last = field;
  }
  return Buffer.concat([...parts, Buffer.of(0)]);
}

function encoded(value: Field): readonly [number, Uint8Array] {
  if (typeof value === 'boolean') return [value ? 1 : 2, Buffer.alloc(0)];
  if (typeof value === 'number') return [6, varint(zigzag(BigInt(value)))];
  if (typeof value === 'string') return encoded(Buffer.from(value));
  if (value instanceof Uint8Array) return [8, Buffer.concat([varint(BigInt(value.length)), value])];
  if (!Array.isArray(value)) return [12, struct(value as Struct)];
  const list = value as readonly Struct[];
  const head =
    list.length < 15
      ? Buffer.of((list.length << 4) | 12)
      : Buffer.concat([Buffer.of(0xfc), varint(BigInt(list.length))]);
  return [9, Buffer.concat([head, ...list.map(struct)])];
}
