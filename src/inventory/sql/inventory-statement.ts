/** What an engine is told to tally an inventory where it lies: statements are data, built once and rendered by a dialect. */
import type { TableName } from '../../kernel/sql-text.js';
import type { ColumnRole } from '../csv-columns.js';
import type { InventoryFormat } from '../manifest.js';

export interface TableColumn {
  readonly name: string;
  readonly type: 'text' | 'whole' | 'truth';
}

/** Over one folder of data files; dropping it leaves them. */
export interface InventoryTable {
  readonly table: TableName;
  readonly format: InventoryFormat;
  /** In the order of the files: some readers go by name, some by place. */
  readonly columns: readonly TableColumn[];
  /** "s3://bucket/folder/" */
  readonly location: string;
}

/** The rows of exactly these files, grouped; its answer is read by `tally-answer`. */
export interface TallyQuery {
  readonly table: TableName;
  readonly format: InventoryFormat;
  /** The names of the columns a tally needs, where the files have them. */
  readonly columns: Readonly<Partial<Record<ColumnRole, string>>> & { readonly key: string };
  /** Of CSV: the last column, which a shorter row lacks, and the one after it, which only a longer row fills. */
  readonly ends?: { readonly last: string; readonly beyond: string };
  /** "s3://bucket/key" of each file. */
  readonly paths: readonly string[];
  readonly versions: 'current' | 'all';
  readonly smallBelowBytes: number;
  /** Levels of folders that may have rows of their own. */
  readonly depth: number;
}

export type InventoryStatement =
  | ({ readonly kind: 'create inventory table' } & InventoryTable)
  | ({ readonly kind: 'tally inventory' } & TallyQuery)
  | { readonly kind: 'drop inventory table'; readonly table: TableName };

/** One function a statement. */
export type InventoryDialect = (statement: InventoryStatement) => string;
