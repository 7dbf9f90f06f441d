/** Rows of an inventory column by column, as a columnar file holds them; a batch is valid until the next one is asked for. */

/** Keys, mostly different in every row: row i is bytes[offsets[i], offsets[i + 1]) as the file has them, never null, at most 1,024 bytes. The first need not begin at 0. */
export interface KeyColumn {
  readonly bytes: Uint8Array;
  readonly offsets: Int32Array;
  /** Of a columnar file: row i begins at offsets[i] + before, for its length lies there. */
  readonly before?: number;
}

/** Texts of which few are different, such as the storage class: row i is values[codes[i]], or null where the code is −1. A code keeps its value in all batches of a part. */
export interface CodedColumn {
  readonly codes: Int32Array;
  readonly values: readonly string[];
}

/** What a tally needs of an inventory; a column the file does not have is absent. */
export interface ColumnBatch {
  readonly rows: number;
  readonly key: KeyColumn;
  /** Bytes; NaN where the file says nothing. */
  readonly size?: Float64Array;
  readonly storageClass?: CodedColumn;
  readonly accessTier?: CodedColumn;
  /** 0 false, 1 true, 2 nothing said. */
  readonly isLatest?: Uint8Array;
  readonly isDeleteMarker?: Uint8Array;
}
