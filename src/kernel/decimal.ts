/** The one arithmetic of the program: 40 significant digits, 80 for sums, half to even, never an exponent when printed. */
import { Decimal as Library } from 'decimal.js';

const printing = {
  rounding: Library.ROUND_HALF_EVEN,
  // JSON.stringify of a Decimal then always gives a plain decimal string.
  toExpNeg: -9e15,
  toExpPos: 9e15,
} as const;

export const Decimal = Library.clone({ ...printing, precision: 40 });
/** For sums, which are exact: an amount of 28 decimals may have 52 digits before them, more than any count can cost. */
export const SumDecimal = Library.clone({ ...printing, precision: 80 });
export type Decimal = Library;
