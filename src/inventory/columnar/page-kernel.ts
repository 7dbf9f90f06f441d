/** The compiled part of reading pages (page-kernel.as.ts), with the memory it works in. */

import { carriedModule, wasmOf } from '../../kernel/wasm.js';
import { batchRows, mostKeyBytes } from './column-file.js';
import { pageKernelWasm } from './page-kernel-wasm.js';

export interface PageKernel {
  /** All of its memory: places are indexes in it. Another array after `begin` and `hold`, as are those below. */
  memory: Uint8Array;
  /** Keys of a batch one after the other, and where each begins. */
  roomBytes: Uint8Array;
  roomOffsets: Int32Array;
  /** Or sizes of a batch. */
  roomSizes: Float64Array;
  /** The place of what a block's `length` bytes become as far as they are reached for, or less than nothing where it says another length. */
  begin(bytes: Uint8Array, from: number, end: number, length: number): number;
  /** All before `place` is there; false where it is no Snappy block, known for certain once its end is reached. */
  reach(place: number): boolean;
  /** The same at once: less than nothing where it is no Snappy block of that length. */
  unsnap(bytes: Uint8Array, from: number, end: number, length: number): number;
  /** The place of these bytes in its own memory, all of them there. */
  hold(bytes: Uint8Array): number;
  /** Texts of [from, end), each after its length, into the room after its first `first`; where the next one begins. */
  split(from: number, end: number, first: number, count: number): Split;
  /** The same texts left where they lie, their lengths before each: the offsets of the room become places in memory. */
  mark(from: number, end: number, count: number): Split;
  /** Whole numbers of eight bytes from `from` on, into the room: how many of them are sizes, up to the first that is none; less than nothing where the block is none. */
  sizes(from: number, count: number): number;
  /** Another reader may use its memory. */
  release(): void;
}

export interface Split {
  readonly at: number;
  readonly fault: 'none' | 'cut' | 'long' | 'snappy';
  /** Of the text that is too long. */
  readonly length: number;
}

interface Exports {
  readonly fault: { readonly value: number };
  readonly faultLength: { readonly value: number };
  unsnap(from: number, end: number, out: number, outEnd: number): number;
  begin(...given: number[]): void;
  reach(place: number): number;
  split(...given: number[]): number;
  mark(...given: number[]): number;
  sizes(...given: number[]): number;
}

const pageBytes = 65_536;
/** What the module itself keeps lies below. */
const offsetsAt = 4096;
const roomAt = 65_536;
/** Up to 128 bytes are copied at a time, some of them beyond the end. */
export const copySlack = 128;
const roomBytes = batchRows * mostKeyBytes;
const sourceAt = roomAt + roomBytes + copySlack;
/** A larger one is given back to the system. */
const mostPooledBytes = 64 << 20;
const mostPooled = 4;

const moduleOf = carriedModule(pageKernelWasm);
const pool: PageKernel[] = [];

/** The reader of Snappy alone, within a memory of others: the elements [from, end) into exactly [out, outEnd), or not. */
export type Unsnap = (from: number, end: number, out: number, outEnd: number) => boolean;

export function openUnsnap(memory: object): Unsnap {
  const wasm = new (wasmOf().Instance)(moduleOf(), { env: { memory } }).exports as unknown as Exports;
  return (...places) => wasm.unsnap(...places) !== 0;
}

export function openPageKernel(): PageKernel {
  return pool.pop() ?? newKernel();
}

function newKernel(): PageKernel {
  const { Memory, Instance } = wasmOf();
  // Untouched memory is none: the room takes what keys were put into it.
  const memory = new Memory({ initial: Math.ceil((sourceAt + copySlack) / pageBytes) });
  const wasm = new Instance(moduleOf(), { env: { memory } }).exports as unknown as Exports;
  const reserve = (bytes: number): void => {
    const lacking = sourceAt + bytes - memory.buffer.byteLength;
    if (lacking > 0) memory.grow(Math.ceil(lacking / pageBytes));
    if (kernel.memory.buffer === memory.buffer) return;
    kernel.memory = new Uint8Array(memory.buffer);
    kernel.roomBytes = new Uint8Array(memory.buffer, roomAt, roomBytes);
    kernel.roomOffsets = new Int32Array(memory.buffer, offsetsAt, batchRows + 1);
    kernel.roomSizes = new Float64Array(memory.buffer, roomAt, batchRows);
  };
  const put = (bytes: Uint8Array, more: number): void => {
    reserve(bytes.length + copySlack + more);
    kernel.memory.set(bytes, sourceAt);
  };
  const stopped = (at: number): Split => ({
    at,
    fault: (['none', 'cut', 'long', 'snappy'] as const)[wasm.fault.value]!,
    length: wasm.faultLength.value >>> 0,
  });
  const kernel: PageKernel = {
    memory: new Uint8Array(0),
    roomBytes: new Uint8Array(0),
    roomOffsets: new Int32Array(0),
    roomSizes: new Float64Array(0),
    hold: (bytes) => {
      put(bytes, 0);
      const end = sourceAt + bytes.length;
      wasm.begin(end, end, end, end);
      return sourceAt;
    },
    begin: (bytes, from, end, length) => {
      const start = afterLength(bytes, from, end, length);
      if (start < 0) return -1;
      put(bytes.subarray(start, end), length + copySlack);
      const sourceEnd = sourceAt + end - start;
      const out = sourceEnd + copySlack;
      wasm.begin(sourceAt, sourceEnd, out, out + length);
      return out;
    },
    reach: (place) => wasm.reach(place) !== 0,
    unsnap: (bytes, from, end, length) => {
      const out = kernel.begin(bytes, from, end, length);
      return out >= 0 && kernel.reach(out + length) ? out : -1;
    },
    split: (from, end, first, count) =>
      stopped(wasm.split(from, end, roomAt, offsetsAt, first, count, mostKeyBytes)),
    mark: (from, end, count) => stopped(wasm.mark(from, end, offsetsAt, count, mostKeyBytes)),
    sizes: (from, count) => wasm.sizes(from, count, roomAt),
    release: () => {
      const isSmall = memory.buffer.byteLength <= mostPooledBytes;
      if (isSmall && pool.length < mostPooled && !pool.includes(kernel)) pool.push(kernel);
    },
  };
  reserve(copySlack);
  return kernel;
}

/** Where the elements of a Snappy block begin, or less than nothing when it says another length. */
export function afterLength(bytes: Uint8Array, from: number, end: number, length: number): number {
  let said = 0;
  for (let at = from, scale = 1; at < end && at < from + 5; at += 1, scale *= 128) {
    const byte = bytes[at]!;
    said += (byte & 0x7f) * scale;
    if (byte < 0x80) return said === length ? at + 1 : -1;
  }
  return -1;
}
