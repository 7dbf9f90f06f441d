/** A text is a double when the double gives its digits back; canonical are the 16 hexadecimal digits of its bits (IEEE 754). */
import { isDigit, refused } from './whole-number.js';

const zero = 0x30;
const minus = 0x2d;
const plus = 0x2b;
const dot = 0x2e;
const lowerE = 0x65;
const upperE = 0x45;
/** So many digits come back from any double, and make a whole number that a double holds. */
export const safeDigits = 15;
/** JavaScript writes no more digits than this; a longer text is refused. */
const mostDigits = 101;
/** Powers of ten that a double holds exactly: one division or product rounds once, as the standard asks. */
export const powers = Float64Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));

const value = new Float64Array(1);
const bits = new Uint32Array(value.buffer);
const hexDigits = Uint8Array.from('0123456789ABCDEF', (digit) => digit.charCodeAt(0));
const latin1 = new TextDecoder('latin1');

/**
 * `[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?`. Exact is a text without idle zeros and signs, as programs write it:
 * 12.5, 3.0, 5e-05.
 */
export function double(text: Uint8Array, from: number, to: number, isExact: boolean): number {
  const sign = text[from];
  const start = from + (sign === minus || sign === plus ? 1 : 0);
  let at = start;
  let mantissa = 0;
  let digits = 0;
  let point = -1;
  for (; at < to; at += 1) {
    const byte = text[at]!;
    if (isDigit(byte)) {
      if (digits > 0 || byte !== zero) digits += 1;
      if (digits <= safeDigits) mantissa = mantissa * 10 + byte - zero;
    } else if (byte === dot && point < 0) point = at;
    else break;
  }
  const end = at;
  if (end - start === (point < 0 ? 0 : 1)) return refused;
  if (end < to && !isExponent(text, end, to)) return refused;
  if (isExact && !isPlain(text, start, point, end, to, sign === plus)) return refused;
  const scale = point < 0 ? 0 : end - point - 1;
  if (digits <= safeDigits && end === to && scale < powers.length) {
    const size = mantissa / powers[scale]!;
    return writeBits(text, from, sign === minus ? -size : size);
  }
  const kept = keptNumber(text, from, to, isExact);
  return kept === undefined ? refused : writeBits(text, from, kept);
}

function isExponent(text: Uint8Array, from: number, to: number): boolean {
  if (text[from] !== lowerE && text[from] !== upperE) return false;
  const sign = text[from + 1];
  const start = from + 1 + (sign === minus || sign === plus ? 1 : 0);
  if (start >= to) return false;
  for (let at = start; at < to; at += 1) if (!isDigit(text[at]!)) return false;
  return true;
}

/** One spelling for a number: no idle zeros, a fraction unless there is an exponent, an exponent of two digits or three. */
function isPlain(
  text: Uint8Array,
  start: number,
  point: number,
  end: number,
  to: number,
  hasPlus: boolean,
): boolean {
  const whole = (point < 0 ? end : point) - start;
  if (hasPlus || whole === 0 || (whole > 1 && text[start] === zero)) return false;
  const idle = point >= 0 && (point === end - 1 || (text[end - 1] === zero && (end - point > 2 || end < to)));
  if (idle) return false;
  if (end === to) return point >= 0;
  const exponent = to - end - 2;
  const hasSign = text[end + 1] === minus || text[end + 1] === plus;
  const isShort = exponent === 2 || (exponent === 3 && text[end + 2] !== zero);
  return text[end] === lowerE && hasSign && isShort && whole === 1 && text[start] !== zero;
}

/** Undefined when the digits are lost: 9007199254740993 becomes …992, 1e400 infinite and 1e-400 zero. */
function keptNumber(text: Uint8Array, from: number, to: number, isExact: boolean): number | undefined {
  const spelt = latin1.decode(text.subarray(from, to));
  const number = Number(spelt);
  if (!Number.isFinite(number)) return undefined;
  const digits = significant(spelt);
  if (digits === '') return number;
  if (number === 0 || digits.length > mostDigits) return undefined;
  if (significant(String(number)) === digits) return number;
  const isKept = !isExact && significant(number.toExponential(digits.length - 1)) === digits;
  return isKept ? number : undefined;
}

/** The digits of a number's text between idle zeros. */
const significant = (text: string): string =>
  text
    .replace(/[eE].*$/, '')
    .replace(/[^0-9]/g, '')
    .replace(/^0+|0+$/g, '');

/** The end of the 16 digits. */
export function writeBits(text: Uint8Array, from: number, number: number): number {
  value[0] = number;
  let high = bits[1]!;
  let low = bits[0]!;
  for (let at = 7; at >= 0; at -= 1) {
    text[from + at] = hexDigits[high & 15]!;
    text[from + at + 8] = hexDigits[low & 15]!;
    high >>>= 4;
    low >>>= 4;
  }
  return from + 16;
}
