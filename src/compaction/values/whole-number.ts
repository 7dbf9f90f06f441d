/** Integers and decimals as text: what a column keeps of them, and their one canonical spelling. Nothing else is a number here. */

/** Why a text is refused; every check answers with the new end of the text, or with this. */
export const refused = -1;

const zero = 0x30;
const nine = 0x39;
const minus = 0x2d;
const plus = 0x2b;
const dot = 0x2e;

const largest = {
  integer: { positive: digitsOf('2147483647'), negative: digitsOf('2147483648') },
  bigint: { positive: digitsOf('9223372036854775807'), negative: digitsOf('9223372036854775808') },
} as const;

function digitsOf(text: string): Uint8Array {
  return Uint8Array.from(text, (digit) => digit.charCodeAt(0));
}

/** `[+-]?[0-9]+` within the type's range becomes a number without plus and idle zeros. */
export function wholeNumber(
  text: Uint8Array,
  from: number,
  to: number,
  type: 'integer' | 'bigint',
  isExact: boolean,
): number {
  const sign = text[from];
  let first = from + (sign === minus || sign === plus ? 1 : 0);
  if (first === to) return refused;
  const start = first;
  for (let at = first; at < to; at += 1) if (!isDigit(text[at]!)) return refused;
  while (first < to - 1 && text[first] === zero) first += 1;
  const isZero = text[first] === zero;
  const isNegative = sign === minus && !isZero;
  const limit = isNegative ? largest[type].negative : largest[type].positive;
  if (to - first >= limit.length && isBeyond(text, first, to, limit)) return refused;
  if (first === start && (start === from || isNegative)) return to;
  if (isExact) return refused;
  const begin = from + (isNegative ? 1 : 0);
  text.copyWithin(begin, first, to);
  return begin + to - first;
}

function isBeyond(text: Uint8Array, from: number, to: number, limit: Uint8Array): boolean {
  if (to - from > limit.length) return true;
  for (let at = 0; at < limit.length; at += 1) {
    const difference = text[from + at]! - limit[at]!;
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/** `[+-]?[0-9]+(\.[0-9]{0,scale}0*)?` with no more digits than the precision allows becomes all digits of the scale. */
export function decimal(
  text: Uint8Array,
  from: number,
  to: number,
  precision: number,
  scale: number,
  isExact: boolean,
): number {
  const sign = text[from];
  let first = from + (sign === minus || sign === plus ? 1 : 0);
  let at = first;
  while (at < to && isDigit(text[at]!)) at += 1;
  const point = at;
  if (point === first || (point < to && text[point] !== dot)) return refused;
  for (at = point + 1; at < to; at += 1) if (!isDigit(text[at]!)) return refused;
  const kept = point + 1 + scale;
  for (at = kept; at < to; at += 1) if (text[at] !== zero) return refused;
  const start = first;
  while (first < point - 1 && text[first] === zero) first += 1;
  const digits = text[first] === zero ? 0 : point - first;
  if (digits > precision - scale) return refused;
  const isNegative = sign === minus && !isAllZero(text, first, Math.min(to, kept));
  const end = scale === 0 ? point : kept;
  if (first === start && to === end && (start === from || isNegative)) return to;
  return isExact ? refused : respelt(text, from, to, first, point, scale, isNegative);
}

/** Moves the digits to the front and fills up the fraction. */
function respelt(
  text: Uint8Array,
  from: number,
  to: number,
  first: number,
  point: number,
  scale: number,
  isNegative: boolean,
): number {
  const begin = from + (isNegative ? 1 : 0);
  const fraction = Math.min(Math.max(0, to - point - 1), scale);
  text.copyWithin(begin, first, point + 1 + fraction);
  let at = begin + point - first;
  if (scale === 0) return at;
  text[at] = dot;
  at += 1 + fraction;
  text.fill(zero, at, at + scale - fraction);
  return at + scale - fraction;
}

function isAllZero(text: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (text[at] !== zero && text[at] !== dot) return false;
  return true;
}

export const isDigit = (byte: number): boolean => byte >= zero && byte <= nine;
