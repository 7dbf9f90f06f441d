/** The one arithmetic of the program: whole units of 10^-scale, so that sums and products are exact; a ratio has 40 digits. */
import { Decimal as Library } from 'decimal.js';

/** Never an exponent when printed. */
const Division = Library.clone({
  precision: 40,
  rounding: Library.ROUND_HALF_EVEN,
  toExpNeg: -9e15,
  toExpPos: 9e15,
});

/** units × 10^-scale. */
export class Decimal {
  readonly units: bigint;
  readonly scale: number;

  constructor(units: bigint, scale: number) {
    this.units = units;
    this.scale = scale;
  }

  toString(): string {
    return decimalText(this.units, this.scale);
  }

  toJSON(): string {
    return decimalText(this.units, this.scale);
  }

  /** What console.log shows of it. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return decimalText(this.units, this.scale);
  }
}

const powers: bigint[] = Array.from({ length: 100 }, (_, places) => 10n ** BigInt(places));
const power = (places: number): bigint => powers[places] ?? 10n ** BigInt(places);

/** The same number with so many places, which are as many as it has or more. */
export const unitsAt = ({ units, scale }: Decimal, places: number): bigint =>
  scale === places ? units : units * power(places - scale);

export function plus(a: Decimal, b: Decimal): Decimal {
  if (a.scale === b.scale) return new Decimal(a.units + b.units, a.scale);
  const scale = Math.max(a.scale, b.scale);
  return new Decimal(unitsAt(a, scale) + unitsAt(b, scale), scale);
}

export const negative = ({ units, scale }: Decimal): Decimal => new Decimal(-units, scale);

export const times = (a: Decimal, b: Decimal): Decimal => new Decimal(a.units * b.units, a.scale + b.scale);

export function compared(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const [x, y] = [unitsAt(a, scale), unitsAt(b, scale)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Half to even; a number that has no more places is returned as it is. */
export function rounded(value: Decimal, places: number): Decimal {
  if (value.scale <= places) return value;
  return new Decimal(divided(value.units, power(value.scale - places)), places);
}

/** Half to even, by a denominator above zero. */
export function divided(numerator: bigint, denominator: bigint): bigint {
  const whole = numerator / denominator;
  const left = numerator - whole * denominator;
  const twice = (left < 0n ? -left : left) * 2n;
  if (twice < denominator || (twice === denominator && (whole & 1n) === 0n)) return whole;
  return numerator < 0n ? whole - 1n : whole + 1n;
}

/** numerator ÷ denominator to 40 significant digits, half to even. */
export function dividedTo40(numerator: bigint, denominator: bigint): Decimal {
  const text = new Division(numerator.toString()).div(denominator.toString()).toFixed();
  return decimalOf(text);
}

/** Reads -?digits[.digits]; the caller has looked at the form. */
export function decimalOf(text: string): Decimal {
  const dot = text.indexOf('.');
  if (dot < 0) return new Decimal(BigInt(text), 0);
  return new Decimal(BigInt(text.slice(0, dot) + text.slice(dot + 1)), text.length - 1 - dot);
}

/** 1234, 3 → "1.234": a plain decimal without exponent and without zeros at its end. */
export function decimalText(units: bigint, scale: number): string {
  if (scale === 0) return units.toString();
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === 48) end -= 1;
  const sign = units < 0n ? '-' : '';
  return end === point
    ? `${sign}${digits.slice(0, point)}`
    : `${sign}${digits.slice(0, point)}.${digits.slice(point, end)}`;
}

/** With exactly so many places, rounded half to even. */
export function fixedText(value: Decimal, places: number): string {
  const units = unitsAt(rounded(value, places), places);
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0');
  const sign = units < 0n ? '-' : '';
  const point = digits.length - places;
  return places === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** The nearest double. */
export const approximately = (value: Decimal): number => Number(value.toString());
