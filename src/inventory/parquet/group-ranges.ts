/** The column chunks of row groups as ranges that are read meanwhile: those of the next row group while one is counted. */
import type { ColumnSource, Refuse } from '../columnar/column-file.js';
import { type FileRange, openRange } from '../columnar/file-range.js';
import type { ChosenColumns, WantedColumn } from '../columnar/inventory-columns.js';
import type { ParquetFooter } from './parquet-footer.js';

export interface Ranges {
  readonly of: ReadonlyMap<WantedColumn, FileRange>;
  /** All of them are. */
  isRead(): boolean;
  /** Nothing of them is used any longer. */
  release(): void;
}

export interface GroupRanges {
  /** Those of a row group, all being read: those that were read ahead, if they were. */
  take(part: number): Ranges;
  /** Has the next row group read, unless somebody has it already. */
  ahead(part: number): void;
}

/** At most one row group is read ahead, of each column a piece. */
export function groupRanges(
  source: ColumnSource,
  footer: ParquetFooter,
  chosen: ChosenColumns,
  refuse: Refuse,
): GroupRanges {
  const taken = new Set<number>();
  let held: { readonly part: number; readonly ranges: Ranges } | undefined;
  const opened = (part: number): Ranges => {
    const of = new Map<WantedColumn, FileRange>();
    for (const [wanted, at] of chosen.at) {
      const { at: from, length } = footer.groups[part]!.chunk(footer.columns[at]!);
      of.set(wanted, openRange(source, from, length, refuse, true));
    }
    const all = [...of.values()];
    for (const range of all) range.ahead();
    return {
      of,
      isRead: () => all.every((range) => range.isRead()),
      release: () => {
        for (const range of all) range.release();
      },
    };
  };
  return {
    take: (part) => {
      taken.add(part);
      const ranges = held?.part === part ? held.ranges : opened(part);
      if (held?.part === part) held = undefined;
      return ranges;
    },
    ahead: (part) => {
      if (held || taken.has(part) || part >= footer.groups.length) return;
      try {
        held = { part, ranges: opened(part) };
      } catch {
        // Said when that row group is asked for.
        taken.add(part);
      }
    },
  };
}
