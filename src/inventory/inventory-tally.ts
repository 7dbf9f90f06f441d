/** From the bytes of an inventory to exact tallies for each prefix, in one pass and bounded memory. */
import type { PrefixTreeOptions } from '../prefixes/prefix-tree.js';
import type { TreePart } from '../prefixes/tree-part.js';
import type { ColumnBatch } from './column-batch.js';
import { openPlainTally } from './plain-tally.js';

export interface TallyOptions extends PrefixTreeOptions {
  /** Rows of noncurrent versions and delete markers are left out, or counted with the rest. */
  readonly versions: 'current' | 'all';
}

export interface CsvSource {
  /** For messages. */
  readonly file: string;
  /** The `fileSchema` of the manifest, split. */
  readonly columns: readonly string[];
}

/** The text of one file, in pieces of any size. */
export interface CsvScan {
  /** The bytes may be used again after it returns. Errors: INVENTORY_ROW_INVALID. */
  take(text: Uint8Array): void;
  /** The file has ended; how many rows it had. Errors: INVENTORY_ROW_INVALID. */
  end(): number;
}

export interface TallyPart extends TreePart {
  /** Rows read, counted or not. */
  readonly rows: number;
  /** Of those, the ones left out: noncurrent versions and delete markers, or keys outside the scanned prefix. */
  readonly leftOut: number;
}

/** After an error nothing of it may be used. */
export interface InventoryTally {
  /** One file at a time. Errors: INVENTORY_ROW_INVALID when the columns have no Key. */
  addCsv(source: CsvSource): CsvScan;
  /** Rows of a columnar file, whose keys stand as they are. Errors: INVENTORY_ROW_INVALID. */
  addBatch(batch: ColumnBatch, file: string): void;
  /** What was counted since the last part; the next one begins with nothing. */
  part(): TallyPart;
}

export const openTally = (options: TallyOptions): InventoryTally => openPlainTally(options);
