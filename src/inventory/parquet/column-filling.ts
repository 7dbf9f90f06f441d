/** A column of a row group page by page into the arrays of a batch, whatever its values are: which rows have one, and that there are as many as rows. */
import type { Refuse } from '../columnar/column-file.js';
import type { ChunkPages, Page } from './chunk-pages.js';

/** Reads the next `count` rows of a column. */
export type Fill = (count: number) => Promise<void>;

/** What is made of a page: `take` puts the next values at `from`; `value` is the first of them in the page; `isAll`: they fill the batch, and the page is read on. */
export interface Decoded {
  take(from: number, value: number, count: number, isAll: boolean): void;
}

export interface Kind {
  /** Keeps a dictionary; what it was before is forgotten. */
  dictionary(page: Page): void;
  decode(page: Page): Decoded;
  /** Moves values that lie together in [from, …) to their rows: those whose `present` is 1. */
  spread?(from: number, values: number, present: Uint8Array): void;
}

/** Page by page; `rows` of the group, all of which its pages must have and no more. */
export function filling(pages: ChunkPages, rows: number, name: string, kind: Kind, refuse: Refuse): Fill {
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
      decoded!.take(filled, value, there, taken === count && row + taken < page.rows);
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

export const spreading =
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
