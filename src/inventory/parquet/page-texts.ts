/** Texts of a page, in any of Parquet's encodings, put one after the other. https://parquet.apache.org/docs/file-format/data-pages/encodings/ */
import { type KeyRoom, reserveKeyBytes } from '../columnar/batch-room.js';
import { batchRows, mostKeyBytes, type Refuse } from '../columnar/column-file.js';
import type { PageKernel } from '../columnar/page-kernel.js';
import { encodings, type Page } from './chunk-pages.js';
import { type Deltas, decodeDeltas } from './delta-runs.js';
import type { TakeSome } from './page-numbers.js';

export interface PageTexts {
  /** The next `count` after text `from` of the room, whose offsets go up to there. `isAll`: no others come beside them, and until they are done with none are taken; they may stay where they lie. */
  take(room: KeyRoom, from: number, count: number, isAll?: boolean): void;
}

/** `name` of the column, for refusals. */
export function plainTexts(page: Page, name: string, refuse: Refuse): PageTexts {
  const { bytes, end } = page;
  let at = page.at;
  return {
    take: (room, from, count) => {
      const { offsets } = room;
      let used = offsets[from]!;
      for (let row = from; row < from + count; row += 1) {
        if (end - at < 4) refuse(`the texts of "${name}" are cut`, page.place);
        const length = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
        at += 4;
        checkLength(length, name, page, refuse);
        if (length > end - at) refuse(`the texts of "${name}" are cut`, page.place);
        if (used + length > room.bytes.length) reserveKeyBytes(room, used, length);
        copy(bytes, at, room.bytes, used, length);
        at += length;
        used += length;
        offsets[row + 1] = used;
      }
    },
  };
}

/** Short ones byte by byte: a view for each would cost more. */
function copy(from: Uint8Array, at: number, to: Uint8Array, used: number, length: number): void {
  for (let i = 0; i < length; i += 1) to[used + i] = from[at + i]!;
}

function checkLength(length: number, name: string, page: Page, refuse: Refuse): void {
  if (!(length >= 0 && length <= mostKeyBytes))
    refuse(
      `a text of "${name}" has ${length} bytes, and none in S3 has more than ${mostKeyBytes}`,
      page.place,
    );
}

export interface TextDictionary {
  readonly size: number;
  readonly bytes: Uint8Array;
  readonly offsets: Int32Array;
}

/** The same of a page that lies in the memory of `kernel`, there or in the room that lies there too. */
export function kernelTexts(page: Page, kernel: PageKernel, name: string, refuse: Refuse): PageTexts {
  let { at } = page;
  let left = page.values;
  return {
    take: (room, from, count, isAll) => {
      const { end } = page;
      const split = isAll ? kernel.mark(at, end, count) : kernel.split(at, end, from, count);
      if (split.fault === 'cut') refuse(`the texts of "${name}" are cut`, page.place);
      if (split.fault === 'long') checkLength(split.length, name, page, refuse);
      at = split.at;
      left -= count;
      // There its refusal is told, and damage behind the last text is seen.
      if (split.fault === 'snappy' || left === 0) page.reach?.(end);
      room.bytes = isAll ? kernel.memory : kernel.roomBytes;
      room.before = isAll ? 4 : 0;
    },
  };
}

/** Kept apart from the page. */
export function textDictionary(page: Page, name: string, refuse: Refuse): TextDictionary {
  if (page.rows > (page.end - page.at) / 4) refuse(`the dictionary of "${name}" is cut`, page.place);
  const room: KeyRoom = {
    bytes: new Uint8Array(page.end - page.at),
    offsets: new Int32Array(page.rows + 1),
    before: 0,
  };
  plainTexts(page, name, refuse).take(room, 0, page.rows);
  return { size: page.rows, ...room };
}

/** `indexes`: those of the page, each below the size of the dictionary. */
export function dictionaryTexts(dictionary: TextDictionary, indexes: TakeSome<Int32Array>): PageTexts {
  const some = new Int32Array(batchRows);
  return {
    take: (room, from, count) => {
      indexes(some, 0, count);
      let used = room.offsets[from]!;
      for (let i = 0; i < count; i += 1) {
        const index = some[i]!;
        const at = dictionary.offsets[index]!;
        const length = dictionary.offsets[index + 1]! - at;
        if (used + length > room.bytes.length) reserveKeyBytes(room, used, length);
        copy(dictionary.bytes, at, room.bytes, used, length);
        used += length;
        room.offsets[from + i + 1] = used;
      }
    },
  };
}

/** All lengths, then all texts; with `prefixes`, what each has in common with the one before goes ahead of it. */
export function deltaTexts(page: Page, name: string, refuse: Refuse): PageTexts {
  const fault = (why: string): never => refuse(`the lengths of "${name}": ${why}`, page.place);
  const hasPrefixes = page.encoding === encodings.deltaBytes;
  const prefixes = hasPrefixes
    ? decodeDeltas(page.bytes, page.at, page.end, page.values, fault)
    : { values: undefined, at: page.at };
  const lengths = decodeDeltas(page.bytes, prefixes.at, page.end, page.values, fault);
  const previous = new Uint8Array(mostKeyBytes);
  let previousLength = 0;
  let at = lengths.at;
  let next = 0;
  if (!hasPrefixes) return lengthTexts(page, lengths, name, refuse);
  return {
    take: (room, from, count) => {
      let used = room.offsets[from]!;
      for (let row = from; row < from + count; row += 1, next += 1) {
        const length = lengths.values[next]!;
        const shared = prefixes.values?.[next] ?? 0;
        checkLength(length, name, page, refuse);
        if (!(shared >= 0 && shared <= previousLength)) fault(`${shared} bytes of a text that has fewer`);
        checkLength(shared + length, name, page, refuse);
        if (length > page.end - at) refuse(`the texts of "${name}" are cut`, page.place);
        if (used + shared + length > room.bytes.length) reserveKeyBytes(room, used, shared + length);
        copy(previous, 0, room.bytes, used, shared);
        copy(page.bytes, at, room.bytes, used + shared, length);
        copy(page.bytes, at, previous, shared, length);
        previousLength = shared + length;
        at += length;
        used += shared + length;
        room.offsets[row + 1] = used;
      }
    },
  };
}

/** They lie together already. */
function lengthTexts(page: Page, lengths: Deltas, name: string, refuse: Refuse): PageTexts {
  let at = lengths.at;
  let next = 0;
  return {
    take: (room, from, count) => {
      const start = room.offsets[from]!;
      let used = start;
      for (let row = from; row < from + count; row += 1, next += 1) {
        const length = lengths.values[next]!;
        checkLength(length, name, page, refuse);
        used += length;
        room.offsets[row + 1] = used;
      }
      if (used - start > page.end - at) refuse(`the texts of "${name}" are cut`, page.place);
      reserveKeyBytes(room, start, used - start);
      room.bytes.set(page.bytes.subarray(at, at + used - start), start);
      at += used - start;
    },
  };
}
