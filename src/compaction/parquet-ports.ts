/** What compaction asks of readers of Parquet: footers without the engine, and every value of given files. */
import type { Requests, StoredObject } from './ports.js';
import type { Column } from './schema.js';
import type { ColumnTotal } from './values/row-digest.js';

/** Reads a Parquet footer without the engine. */
export interface FooterReader {
  /** Errors: OBJECT_CHANGED, OBJECT_MISSING, FOOTER_UNREADABLE. */
  read(file: StoredObject): Promise<Footer>;
}

export interface Footer {
  readonly rows: number;
  /** Every codec used in any column chunk, upper case: ["SNAPPY"]. */
  readonly codecs: readonly string[];
  /** `type` as a config writes it ("bigint", "decimal(10,2)"), or Parquet's own words for a type no column has. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** GET requests this took. */
  readonly gets: number;
}

/** What a set of rows amounts to, whoever counts it: equal rows give equal totals in any order, other rows do not. */
export interface RowTotals {
  readonly rows: number;
  readonly digest: bigint;
  /** In the order of the columns. */
  readonly columns: readonly ColumnTotal[];
}

/** Reads back every value of the very files that are to be committed, whichever engine wrote them. */
export interface Readback {
  /** Errors: OBJECT_CHANGED, OBJECT_MISSING, ENGINE_FAILED, INTERRUPTED, those of the store. */
  read(job: {
    readonly partition: string;
    readonly files: readonly StoredObject[];
    readonly columns: readonly Column[];
    readonly signal: AbortSignal;
  }): Promise<RowTotals & { readonly requests: Requests }>;
}

/** A source as its own footer describes it. */
export interface ParquetFile {
  readonly rows: number;
  /** Those of the table, not what lies inside of them; a type no column has in Parquet's own words. */
  readonly columns: Footer['columns'];
}

/** Sources that are Parquet already, from the local copies that reading them to their end has left. */
export interface ParquetSources {
  /**
   * Without the engine: the footer, held against the rows that the pages of each column hold. Instants that the engine would
   * cut are a fault. Errors: SOURCE_CORRUPT.
   */
  inspect(source: StoredObject): Promise<ParquetFile>;
  /**
   * What every file holds, one by one in their order; a column it does not have is NULL there.
   * Errors: SOURCE_CORRUPT, ENGINE_FAILED, INTERRUPTED.
   */
  totals(job: {
    readonly partition: string;
    readonly sources: readonly StoredObject[];
    readonly columns: readonly Column[];
    readonly signal: AbortSignal;
  }): Promise<readonly RowTotals[]>;
}
