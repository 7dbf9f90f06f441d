/**
 * The digest of a set of rows does not depend on their order, and every row counts. Each value has a 64-bit hash (that of
 * DuckDB's hash(), so that a readback costs no text), a row mixes those of its values in order, and the rows' are summed
 * modulo 2^64.
 */
import type { Column } from '../schema.js';

/** What a column holds; NULL is a field with nothing in it. */
export interface ColumnTotal {
  readonly nulls: number;
  /** The sum of its values' hashes modulo 2^64. */
  readonly digest: bigint;
}

export const added = (a: bigint, b: bigint): bigint => BigInt.asUintN(64, a + b);

/** 16 hexadecimal digits. */
export const digestText = (digest: bigint): string => digest.toString(16).padStart(16, '0');

/** DuckDB's hash of 128 bits is that of one half xor that of the other: of -1 unit what it is of 0. Their text is hashed instead. */
export const isHashedAsText = ({ type, precision = 18 }: Column): boolean =>
  type === 'uuid' || (type === 'decimal' && precision > 18);

/** DuckDB's hash takes -0 for 0: it counts as this number, drawn by lot. */
export const negativeZero = -1.590398847350152e-39;
