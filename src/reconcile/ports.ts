/** What reconciling needs of the outside: the cells of a bill, row by row, already as text. */

export interface BillFileWatch {
  /** Given the header once, answers which columns are read; their cells come in the same order. */
  readonly choose: (header: readonly string[], rowWord: RowWord) => readonly number[];
  /** `cells` is only good until the next call; `at` is the line of a CSV file or the row of a Parquet file, from 1. */
  readonly take: (cells: readonly string[], at: number) => void;
  /** `total` is unknown for standard input. */
  readonly progress: (bytes: number, total: number | undefined) => void;
  readonly signal: AbortSignal;
}

/** How a place in the file is called: CSV has lines, Parquet has rows. */
export type RowWord = 'line' | 'row';

export interface BillFiles {
  /** "-" is standard input. Errors: FILE_MISSING, PERMISSION_DENIED, STORE_FAILED, BILL_UNREADABLE, BILL_INVALID, INTERRUPTED. */
  read(path: string, watch: BillFileWatch): Promise<void>;
}
