/** The one arithmetic of the program: 40 significant digits, half to even, never an exponent when printed. */
import { Decimal as Library } from 'decimal.js';

export const Decimal = Library.clone({
  precision: 40,
  rounding: Library.ROUND_HALF_EVEN,
  // JSON.stringify of a Decimal then always gives a plain decimal string.
  toExpNeg: -9e15,
  toExpPos: 9e15,
});
export type Decimal = Library;
