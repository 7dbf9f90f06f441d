/** A file with one byte changed or its end cut is refused, or read to as many rows as it says: nothing else may come of it. */

import { mostSize } from '../../../src/inventory/columnar/column-file.js';
import { BucketwiseError } from '../../../src/kernel/errors.js';
import { open, type Row, rowsOf } from './rows.js';

export type Outcome = 'refused' | 'same' | 'other rows';

/** Anything else is an error, which says what it was. */
export async function outcomeOf(
  bytes: Uint8Array,
  format: 'ORC' | 'Parquet',
  undamaged: string,
): Promise<Outcome> {
  try {
    const file = await open(bytes, format);
    const rows = await rowsOf(file);
    if (rows.length !== file.rows) throw new Error(`${rows.length} rows of ${file.rows}`);
    const odd = rows.find(isOdd);
    if (odd) throw new Error(`a row that cannot be: ${JSON.stringify(odd)}`);
    return JSON.stringify(rows) === undamaged ? 'same' : 'other rows';
  } catch (cause) {
    if (cause instanceof BucketwiseError && cause.code === 'COLUMNS_UNREADABLE') return 'refused';
    throw cause;
  }
}

const isOdd = ({ size = null, storageClass = null, accessTier = null }: Row): boolean =>
  (size !== null && !(Number.isInteger(size) && size >= 0 && size <= mostSize)) ||
  storageClass === undefined ||
  accessTier === undefined;

export const changed = (bytes: Uint8Array, at: number, by: number): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  copy[at]! ^= by;
  return copy;
};
