/** A running sum of decimals that never rounds, whatever their number, size or order. */
import { decimalText } from './decimal.js';
import { type Exact, exactly } from './quantity.js';
import { type Usd, usdFromText } from './usd.js';

/** units × 10^-scale. */
export interface PlainDecimal {
  /** A bigint where a number would not be exact. */
  readonly units: number | bigint;
  readonly scale: number;
}

export interface ExactSum {
  /** By scale: what fits a number, because adding numbers is many times faster than adding bigints. */
  readonly small: number[];
  /** By scale: the rest. A map, so that one number of 400 places is no array of 400. */
  readonly large: Map<number, bigint>;
}

/** The longest number a bill writes has some 40 characters; a longer one is no number but an attack. */
const maxCharacters = 80;
/** Beyond it a bill has no more than stray numbers. */
const maxSmallScale = 40;
/** The smallest double is 5e-324. */
const maxExponent = 400;
const form = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

export const zeroDecimal: PlainDecimal = { units: 0, scale: 0 };

/** "0.0230", "-1.1E-7", ".5" → the same number, exactly; undefined when it is none. */
export function readDecimal(text: string): PlainDecimal | undefined {
  return plainDecimal(text) ?? anyDecimal(text);
}

/** The common case by hand: digits, at most one dot, at most 15 digits. */
function plainDecimal(text: string): PlainDecimal | undefined {
  const { length } = text;
  if (length === 0 || length > 16) return undefined;
  let units = 0;
  let dot = -1;
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) units = units * 10 + (code - 48);
    else if (code === 46 && dot < 0) dot = at;
    else return undefined;
  }
  if (dot < 0) return length === 16 ? undefined : { units, scale: 0 };
  return length === 1 ? undefined : { units, scale: length - 1 - dot };
}

function anyDecimal(text: string): PlainDecimal | undefined {
  if (text.length > maxCharacters) return undefined;
  const [, sign, whole = '', fraction = '', exponentText = '0'] = form.exec(text) ?? [];
  const exponent = Number(exponentText);
  if (sign === undefined || whole + fraction === '' || Math.abs(exponent) > maxExponent) return undefined;
  const scale = fraction.length - exponent;
  const units = BigInt(`${whole}${fraction}`) * 10n ** BigInt(Math.max(0, -scale));
  return decimalOf(sign === '-' ? -units : units, Math.max(0, scale));
}

const decimalOf = (units: bigint, scale: number): PlainDecimal => {
  const number = Number(units);
  return { units: Number.isSafeInteger(number) ? number : units, scale };
};

export const isNegative = ({ units }: PlainDecimal): boolean => units < 0;
export const isNothing = ({ units }: PlainDecimal): boolean => Number(units) === 0;

export const createSum = (): ExactSum => ({ small: [], large: new Map() });

export function addTo(sum: ExactSum, { units, scale }: PlainDecimal): void {
  if (typeof units === 'number' && scale <= maxSmallScale) {
    const next = (sum.small[scale] ?? 0) + units;
    if (Number.isSafeInteger(next)) {
      sum.small[scale] = next;
      return;
    }
  }
  sum.large.set(scale, (sum.large.get(scale) ?? 0n) + BigInt(units));
}

export function addSum(to: ExactSum, more: ExactSum): void {
  more.small.forEach((units, scale) => {
    addTo(to, { units, scale });
  });
  more.large.forEach((units, scale) => {
    addTo(to, { units, scale });
  });
}

/** A plain decimal without exponent and without zeros at its end. */
export function sumText(sum: ExactSum): string {
  const places = Math.max(1, sum.small.length, ...[...sum.large.keys()].map((scale) => scale + 1));
  let units = 0n;
  // Horner from the coarsest scale to the finest, so that every step is one multiplication by ten.
  for (let scale = 0; scale < places; scale += 1)
    units = units * 10n + BigInt(sum.small[scale] ?? 0) + (sum.large.get(scale) ?? 0n);
  return decimalText(units, places - 1);
}

export const usdOfSum = (sum: ExactSum): Usd => usdFromText(sumText(sum));
export const exactOfSum = (sum: ExactSum): Exact => exactly(sumText(sum));
