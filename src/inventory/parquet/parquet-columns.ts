/** Columns of a row group, batch by batch into the arrays of a batch. A null is NaN, −1 or 2. */
import type { CodedRoom, KeyRoom } from '../columnar/batch-room.js';
import { batchRows, type Refuse } from '../columnar/column-file.js';
import type { PageKernel } from '../columnar/page-kernel.js';
import { type ChunkPages, encodings, type Page } from './chunk-pages.js';
import { type Fill, filling, type Kind, spreading } from './column-filling.js';
import {
  deltaSizes,
  indexesOf,
  kernelSizes,
  plainSizes,
  sizesIn,
  type TakeSizes,
  truthsOf,
  types,
} from './page-numbers.js';
import {
  deltaTexts,
  dictionaryTexts,
  kernelTexts,
  type PageTexts,
  plainTexts,
  textDictionary,
} from './page-texts.js';
import type { ParquetColumn } from './parquet-footer.js';

/** What a page cannot be read without. */
function needed<T>(dictionary: T | undefined, name: string, page: Page, refuse: Refuse): T {
  return dictionary ?? refuse(`"${name}" has no dictionary for a page that needs one`, page.place);
}

const unknown = (name: string, page: Page, refuse: Refuse): never =>
  refuse(`"${name}" has a page in encoding ${page.encoding}, which is not read here`, page.place);

const isDictionary = ({ encoding }: Page): boolean =>
  encoding === encodings.dictionary || encoding === encodings.plainDictionary;

export function sizes(
  pages: ChunkPages,
  { name, type }: ParquetColumn,
  rows: number,
  out: Float64Array,
  kernel: PageKernel,
  refuse: Refuse,
): Fill {
  let dictionary: Float64Array | undefined;
  const plainly = (page: Page): TakeSizes => {
    if (type === types.int64) return kernelSizes(page, kernel, refuse);
    page.reach?.(page.end);
    return sizesIn(page, type!, refuse);
  };
  const kind: Kind = {
    dictionary: (page) => {
      dictionary = plainSizes(page, type!, refuse);
    },
    decode: (page) => {
      if (isDictionary(page)) {
        const of = needed(dictionary, name, page, refuse);
        const indexes = indexesOf(page, of.length, name, refuse);
        const some = new Int32Array(Math.min(rows, batchRows));
        return {
          take: (from, _, count) => {
            indexes(some, 0, count);
            for (let i = 0; i < count; i += 1) out[from + i] = of[some[i]!]!;
          },
        };
      }
      if (page.encoding === encodings.plain) {
        const takeSizes = plainly(page);
        return { take: (from, value, count) => takeSizes(out, from, value, count) };
      }
      if (page.encoding !== encodings.deltaPacked) unknown(name, page, refuse);
      const all = deltaSizes(page, refuse);
      return { take: (from, value, count) => out.set(all.subarray(value, value + count), from) };
    },
    spread: spreading(out, Number.NaN),
  };
  return filling(pages, rows, name, kind, refuse);
}

export function truths(
  pages: ChunkPages,
  { name }: ParquetColumn,
  rows: number,
  out: Uint8Array,
  refuse: Refuse,
): Fill {
  const kind: Kind = {
    dictionary: (page) => unknown(name, page, refuse),
    decode: (page) => {
      if (page.encoding !== encodings.plain && page.encoding !== encodings.runs) unknown(name, page, refuse);
      const all = truthsOf(page, name, refuse);
      return { take: (from, _, count) => all(out, from, count) };
    },
    spread: spreading(out, 2),
  };
  return filling(pages, rows, name, kind, refuse);
}

export function keys(
  pages: ChunkPages,
  { name }: ParquetColumn,
  rows: number,
  room: KeyRoom,
  kernel: PageKernel,
  refuse: Refuse,
): Fill {
  const texts = textPages(name, refuse);
  const kind: Kind = {
    dictionary: texts.dictionary,
    decode: (page) => {
      if (page.present) refuse('a row has no key', page.place);
      // What the kernel holds may have moved to make room for the page.
      room.bytes = kernel.roomBytes;
      room.offsets = kernel.roomOffsets;
      room.before = 0;
      const all =
        page.encoding === encodings.plain ? kernelTexts(page, kernel, name, refuse) : texts.decode(page);
      return {
        take: (from, _, count, isAll) => {
          // Places may stand there.
          if (from === 0) room.offsets[0] = 0;
          all.take(room, from, count, isAll);
        },
      };
    },
  };
  return filling(pages, rows, name, kind, refuse);
}

export function codes(
  pages: ChunkPages,
  { name }: ParquetColumn,
  rows: number,
  { codes, book }: CodedRoom,
  refuse: Refuse,
): Fill {
  const texts = textPages(name, refuse);
  const room: KeyRoom = {
    bytes: new Uint8Array(0),
    offsets: new Int32Array(Math.min(rows, batchRows) + 1),
    before: 0,
  };
  let codeOf: Int32Array | undefined;
  const kind: Kind = {
    dictionary: (page) => {
      const { size, bytes, offsets } = textDictionary(page, name, refuse);
      codeOf = new Int32Array(size);
      for (let i = 0; i < size; i += 1)
        codeOf[i] = book.code(bytes, offsets[i]!, offsets[i + 1]!, page.place);
    },
    decode: (page) => {
      if (isDictionary(page)) {
        const of = needed(codeOf, name, page, refuse);
        const indexes = indexesOf(page, of.length, name, refuse);
        return {
          take: (from, _, count) => {
            indexes(codes, from, count);
            lookUp(of, codes, from, from + count);
          },
        };
      }
      const all = texts.decode(page);
      return {
        take: (from, _, count) => {
          all.take(room, 0, count);
          for (let i = 0; i < count; i += 1)
            codes[from + i] = book.code(room.bytes, room.offsets[i]!, room.offsets[i + 1]!, page.place);
        },
      };
    },
    spread: spreading(codes, -1),
  };
  return filling(pages, rows, name, kind, refuse);
}

function lookUp(of: Int32Array, codes: Int32Array, from: number, to: number): void {
  for (let i = from; i < to; i += 1) codes[i] = of[codes[i]!]!;
}

function textPages(name: string, refuse: Refuse) {
  let dictionary: ReturnType<typeof textDictionary> | undefined;
  return {
    dictionary: (page: Page): void => {
      dictionary = textDictionary(page, name, refuse);
    },
    decode: (page: Page): PageTexts => {
      if (isDictionary(page)) {
        const of = needed(dictionary, name, page, refuse);
        return dictionaryTexts(of, indexesOf(page, of.size, name, refuse));
      }
      if (page.encoding === encodings.plain) return plainTexts(page, name, refuse);
      if (page.encoding === encodings.deltaLength || page.encoding === encodings.deltaBytes)
        return deltaTexts(page, name, refuse);
      return unknown(name, page, refuse);
    },
  };
}
