/**
 * The digest of a set of rows does not depend on their order, and every row counts. Each value has a 64-bit hash (that of
 * DuckDB's hash(), so that a readback costs no text), a row mixes those of its values in order, and the rows' are summed
 * modulo 2^64.
 */

/** What a column holds; NULL is a field with nothing in it. */
export interface ColumnTotal {
  readonly nulls: number;
  /** The sum of its values' hashes modulo 2^64; a negative zero counts one more than zero, which has the same hash. */
  readonly digest: bigint;
}

export const added = (a: bigint, b: bigint): bigint => BigInt.asUintN(64, a + b);

/** 16 hexadecimal digits. */
export const digestText = (digest: bigint): string => digest.toString(16).padStart(16, '0');
