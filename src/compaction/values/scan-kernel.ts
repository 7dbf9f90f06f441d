/** The compiled reader of usual records (scan-kernel.as.ts), with the memory it reads in. */

import { carriedModule, wasmOf } from '../../kernel/wasm.js';
import type { Column, TextRule } from '../schema.js';
import { type ColumnTotal, isHashedAsText } from './row-digest.js';
import { scanKernelWasm } from './scan-kernel-wasm.js';

export interface ScanSettings {
  readonly columns: readonly Column[];
  /** One ASCII character that is no part of a number, an instant or a truth value. */
  readonly delimiter: number;
  readonly textRule: TextRule;
  readonly fractionDigits: number;
  readonly digests: boolean;
  readonly maxRecordBytes: number;
  /** An unusually spelt value, or undefined when its column does not hold it. */
  readonly odd: (column: number, spelt: Uint8Array) => KeptValue | undefined;
}

/** The bits a column keeps of a value, or its text where that is hashed. */
export type KeptValue = bigint | string;

export interface ScanTotals {
  readonly rows: number;
  readonly digest: bigint;
  readonly columns: readonly ColumnTotal[];
}

export interface ScanKernel {
  /** The text to read, and a text of one's own, both as long as was reserved; other arrays after `reserve` and `begin`. */
  source: Uint8Array;
  text: Uint8Array;
  /** Keeps the bytes of `source`. */
  reserve(longest: number): void;
  start(settings: ScanSettings): void;
  /** For every field of a record the column it fills; without, all columns in their order. */
  arrange(slots: Int32Array): void;
  /** Takes usual records in [from, end) of `source`, whose lines end in `newline`; where the first one begins that is left. */
  run(from: number, end: number, newline: 'LF' | 'CRLF'): { readonly at: number; readonly lines: number };
  /** A record taken elsewhere: begun, filled value by value, and kept. */
  beginRecord(): void;
  putValue(column: number, value: KeptValue): void;
  /** The first `length` bytes of `text`. */
  putText(column: number, length: number): void;
  keepRecord(): void;
  totals(): ScanTotals;
  /** Another scan may use its memory. */
  release(): void;
}

interface Exports {
  readonly scratch: { readonly value: number };
  readonly newline: { value: number };
  readonly rows: { readonly value: number };
  readonly lines: { value: number };
  setup(...given: number[]): void;
  arrange(fields: number): void;
  setText(at: number): void;
  run(from: number, end: number): number;
  begin(): void;
  keep(): void;
  put(column: number): void;
  putText(column: number, from: number, length: number): void;
  total(): bigint;
}

const pageBytes = 65_536;
const columnBytes = 32;
/** What the module itself keeps lies below. */
const tableAt = 4096;
/** A value is read in words of eight bytes, perhaps beyond its end. */
const slack = 64;
const firstBytes = 1 << 20;
/** A larger one is given back to the system. */
const mostPooledBytes = 8 << 20;

const kinds: Partial<Record<Column['type'], number>> = {
  string: 1,
  integer: 2,
  bigint: 2,
  double: 3,
  timestamp: 4,
  date: 5,
  boolean: 6,
  decimal: 7,
};
const kindWide = 8;
const narrow = 0;
const single = 1;

const encoder = new TextEncoder();
const moduleOf = carriedModule(scanKernelWasm);
const pool: ScanKernel[] = [];

export function openScanKernel(): ScanKernel {
  return pool.pop() ?? newKernel();
}

function newKernel(): ScanKernel {
  const { Memory, Instance } = wasmOf();
  const memory = new Memory({ initial: 1 });
  let settings: ScanSettings;
  let slotsAt = tableAt;
  let sourceAt = tableAt;
  let capacity = 0;
  /** The length of a text. */
  const hand = (value: KeptValue): number => {
    if (typeof value === 'string') return encoder.encodeInto(value, kernel.text).written;
    new BigUint64Array(memory.buffer, wasm.scratch.value, 1)[0] = BigInt.asUintN(64, value);
    return 0;
  };
  const odd = (column: number, from: number, to: number): number => {
    const value = settings.odd(column, kernel.source.subarray(from - sourceAt, to - sourceAt));
    return value === undefined ? 0 : 1 + hand(value);
  };
  const instance = new Instance(moduleOf(), { env: { memory, odd } });
  const wasm = instance.exports as unknown as Exports;

  const reserve = (longest: number): void => {
    capacity = Math.max(capacity, longest);
    const needed = sourceAt + 2 * (capacity + slack);
    if (needed > memory.buffer.byteLength)
      memory.grow(Math.ceil((needed - memory.buffer.byteLength) / pageBytes));
    kernel.source = new Uint8Array(memory.buffer, sourceAt, capacity);
    kernel.text = new Uint8Array(memory.buffer, sourceAt + capacity + slack, capacity);
    wasm.setText(sourceAt + capacity + slack);
  };
  const kernel: ScanKernel = {
    source: new Uint8Array(0),
    text: new Uint8Array(0),
    reserve,
    start: (given) => {
      settings = given;
      const { columns } = given;
      slotsAt = tableAt + columns.length * columnBytes;
      sourceAt = (slotsAt + columns.length * 4 + slack) & ~15;
      reserve(firstBytes);
      new Uint8Array(memory.buffer, tableAt, sourceAt - tableAt).set(columns.flatMap(columnRow));
      wasm.setup(
        columns.length,
        tableAt,
        slotsAt,
        given.delimiter,
        given.textRule === 'exact' ? 1 : 0,
        given.fractionDigits,
        given.digests ? 1 : 0,
        given.maxRecordBytes,
      );
      kernel.arrange(Int32Array.from(columns.keys()));
    },
    arrange: (slots) => {
      new Int32Array(memory.buffer, slotsAt, slots.length).set(slots);
      wasm.arrange(slots.length);
    },
    run: (from, end, newline) => {
      wasm.newline.value = newline === 'LF' ? 1 : 2;
      wasm.lines.value = 0;
      const at = wasm.run(sourceAt + from, sourceAt + end) - sourceAt;
      return { at, lines: wasm.lines.value };
    },
    beginRecord: () => wasm.begin(),
    putValue: (column, value) => {
      const length = hand(value);
      if (typeof value === 'string') kernel.putText(column, length);
      else wasm.put(column);
    },
    putText: (column, length) => wasm.putText(column, kernel.text.byteOffset, length),
    keepRecord: () => wasm.keep(),
    totals: () => ({
      rows: wasm.rows.value,
      digest: BigInt.asUintN(64, wasm.total()),
      columns: settings.columns.map((_, column) => {
        const words = new BigUint64Array(memory.buffer, tableAt + column * columnBytes, columnBytes / 8);
        return { nulls: Number(words[2]), digest: words[3]! };
      }),
    }),
    release: () => {
      if (memory.buffer.byteLength <= mostPooledBytes && !pool.includes(kernel)) pool.push(kernel);
    },
  };
  return kernel;
}

/** As the module lays it out; its counts begin at zero. */
function columnRow(column: Column): number[] {
  const row = new Array<number>(columnBytes).fill(0);
  const { type, precision = 18, scale = 0 } = column;
  row[0] = isHashedAsText(column) ? kindWide : (kinds[type] ?? 0);
  row[1] = precision - scale;
  row[2] = scale;
  row[3] = widthOf(type, precision);
  return row;
}

function widthOf(type: Column['type'], precision: number): number {
  if (type === 'decimal') return precision <= 9 ? narrow : single;
  return type === 'integer' || type === 'date' ? narrow : single;
}
