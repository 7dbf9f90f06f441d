/** The hours of all rows of a part as flat arrays: tens of thousands of tables with a few hours each are one message. */
import { addPage, type HourSet } from './hour-set.js';

/** Page by page: its row, its template by number, its number in the set, and where its words end. */
export interface PackedHours {
  readonly templates: readonly string[];
  readonly rows: Int32Array;
  readonly templateNumbers: Int32Array;
  readonly pages: Int32Array;
  readonly ends: Uint32Array;
  readonly words: Uint16Array;
}

export function packHours(
  rows: readonly { readonly partitions: ReadonlyMap<string, HourSet> }[],
): PackedHours {
  const { pages: count, words: length } = extentOf(rows);
  const templates = new Map<string, number>();
  const packed = {
    rows: new Int32Array(count),
    templateNumbers: new Int32Array(count),
    pages: new Int32Array(count),
    ends: new Uint32Array(count),
    words: new Uint16Array(length),
  };
  let at = 0;
  let end = 0;
  rows.forEach(({ partitions }, row) => {
    for (const [template, set] of partitions) {
      if (!templates.has(template)) templates.set(template, templates.size);
      for (const [number, page] of set.pages) {
        packed.rows[at] = row;
        packed.templateNumbers[at] = templates.get(template)!;
        packed.pages[at] = number;
        packed.words.set(page, end);
        end += page.length;
        packed.ends[at] = end;
        at += 1;
      }
    }
  });
  return { templates: [...templates.keys()], ...packed };
}

function extentOf(rows: readonly { readonly partitions: ReadonlyMap<string, HourSet> }[]) {
  const extent = { pages: 0, words: 0 };
  for (const { partitions } of rows)
    for (const set of partitions.values())
      for (const page of set.pages.values()) {
        extent.pages += 1;
        extent.words += page.length;
      }
  return extent;
}

/** Adds them to the sets that `setOf` gives; where it gives none they are left out. */
export function unpackHours(
  { templates, rows, templateNumbers, pages, ends, words }: PackedHours,
  setOf: (row: number, template: string) => HourSet | undefined,
): void {
  for (let at = 0; at < rows.length; at++) {
    const set = setOf(rows[at]!, templates[templateNumbers[at]!]!);
    if (set) addPage(set, pages[at]!, words.subarray(at === 0 ? 0 : ends[at - 1]!, ends[at]!));
  }
}
