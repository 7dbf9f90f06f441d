/** Columns of a row group, batch by batch into the arrays of a batch. A null is NaN, −1 or 2. */
import type { CodedRoom, KeyRoom } from '../columnar/batch-room.js';
import { batchRows, type Refuse } from '../columnar/column-file.js';
import type { PageKernel } from '../columnar/page-kernel.js';
import { type ChunkPages, encodings, type Page } from './chunk-pages.js';
import { deltaSizes, indexesOf, plainSizes, sizesIn, truthsOf } from './page-numbers.js';
import {
  deltaTexts,
  dictionaryTexts,
  kernelTexts,
  type PageTexts,
  plainTexts,
  textDictionary,
} from './page-texts.js';
import type { ParquetColumn } from './parquet-footer.js';

/** Reads the next `count` rows of a column. */
export type Fill = (count: number) => Promise<void>;

/** What is made of a page: `take` puts the next values at `from`; `value` is the first of them in the page. */
interface Decoded {
  take(from: number, value: number, count: number): void;
}

interface Kind {
  /** Keeps a dictionary; what it was before is forgotten. */
  dictionary(page: Page): void;
  decode(page: Page): Decoded;
  /** Moves values that lie together in [from, …) to their rows: those whose `present` is 1. */
  spread?(from: number, values: number, present: Uint8Array): void;
}

/** Page by page; `rows` of the group, all of which its pages must have and no more. */
function filling(pages: ChunkPages, rows: number, name: string, kind: Kind, refuse: Refuse): Fill {
  let page: Page | undefined;
  let decoded: Decoded | undefined;
  let row = 0;
  let value = 0;
  let left = rows;
  let levels = new Uint8Array(0);
  const nextPage = async (): Promise<void> => {
    page = await pages.next();
    if (!page) return;
    if (page.kind === 'dictionary') kind.dictionary(page);
    else if (page.rows > left) refuse(`"${name}" has more values than its row group has rows`, page.place);
    else decoded = kind.decode(page);
    row = page.kind === 'dictionary' ? page.rows : 0;
    value = 0;
  };
  return async (count) => {
    for (let filled = 0; filled < count; ) {
      while (!page || row === page.rows) {
        await nextPage();
        if (!page) refuse(`"${name}" has fewer values than its row group has rows`);
      }
      const taken = Math.min(count - filled, page.rows - row);
      let there = taken;
      if (page.present) {
        if (levels.length < taken) levels = new Uint8Array(taken);
        page.present.take(levels, 0, taken);
        there = sumOf(levels, taken);
      }
      decoded!.take(filled, value, there);
      if (there < taken) kind.spread?.(filled, there, levels.subarray(0, taken));
      row += taken;
      value += there;
      filled += taken;
      left -= taken;
    }
    if (left > 0) return;
    while (page && (row === page.rows || page.rows === 0)) await nextPage();
    if (page) refuse(`"${name}" has more values than its row group has rows`, page.place);
  };
}

function sumOf(levels: Uint8Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i += 1) sum += levels[i]!;
  return sum;
}

const spreading =
  (out: Float64Array | Int32Array | Uint8Array, nothing: number): NonNullable<Kind['spread']> =>
  (from, values, present) => {
    if (values === 0) out.fill(nothing, from, from + present.length);
    else
      for (let i = present.length - 1, value = values - 1; i >= 0; i -= 1) {
        if (present[i] === 1) {
          out[from + i] = out[from + value]!;
          value -= 1;
        } else out[from + i] = nothing;
      }
  };

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
  refuse: Refuse,
): Fill {
  let dictionary: Float64Array | undefined;
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
        const takeSizes = sizesIn(page, type!, refuse);
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
      const all =
        page.encoding === encodings.plain ? kernelTexts(page, kernel, name, refuse) : texts.decode(page);
      return { take: (from, _, count) => all.take(room, from, count) };
    },
  };
  kernel.roomOffsets[0] = 0;
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
  const room: KeyRoom = { bytes: new Uint8Array(0), offsets: new Int32Array(Math.min(rows, batchRows) + 1) };
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
