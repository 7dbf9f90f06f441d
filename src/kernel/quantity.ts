/** A quantity and a rate carry their unit, so that GB-months times a price per request does not compile. */
import { BYTES_PER_GB } from './bytes.js';
import { compared, Decimal, decimalOf, dividedTo40, negative, plus, rounded } from './decimal.js';
import { raise } from './errors.js';

export type Unit =
  | 'GB-month'
  | 'GB'
  | 'TB'
  | 'request'
  | 'object'
  | 'object-month'
  | 'tag-month'
  | 'job'
  | 'update'
  | 'event'
  | 'hour'
  | 'GB-second'
  | 'DPU-hour'
  | 'key-month'
  | 'bucket-month';

declare const exact: unique symbol;
/** An exact decimal number. Opaque: only the kernel computes with it. */
export interface Exact {
  readonly [exact]: true;
  toString(): string;
  toJSON(): string;
}

export interface Quantity<U extends Unit> {
  readonly unit: U;
  readonly amount: Exact;
}

/** A price in US dollars for one unit. */
export interface Rate<U extends Unit> {
  readonly unit: U;
  readonly usdPerUnit: Exact;
}

const wrap = (value: Decimal): Exact => value as unknown as Exact;
/** For the other files of the kernel only. */
export const unwrap = (value: Exact): Decimal => value as unknown as Decimal;

const decimalText = /^-?\d+(\.\d+)?$/;

/** Reads a plain decimal such as "0.0230000000"; anything else (exponents, floats, blanks) is NUMBER_INVALID. */
export function exactly(text: string): Exact {
  if (!decimalText.test(text)) raise('NUMBER_INVALID', { value: text });
  return wrap(decimalOf(text));
}

/** A whole count of something. A number must be a safe integer: a float is never a quantity. */
export function count<U extends Unit>(unit: U, value: bigint | number): Quantity<U> {
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    raise('NUMBER_INVALID', { value: String(value) });
  return { unit, amount: wrap(new Decimal(BigInt(value), 0)) };
}

/** numerator ÷ denominator units, to 40 digits. */
export function ratio<U extends Unit>(unit: U, numerator: bigint, denominator: bigint): Quantity<U> {
  const whole = numerator / denominator;
  const amount =
    whole * denominator === numerator ? new Decimal(whole, 0) : dividedTo40(numerator, denominator);
  return { unit, amount: wrap(amount) };
}

/** 2^-30 has thirty decimals: so many units of 10^-30. */
const unitsPerByte = 5n ** 30n;
/** Below it no product with them has more than 40 digits. */
const fewBytes = 10n ** 19n;

/** Bytes in units of 2^30 of them, to 40 digits. */
export function ofGigabytes<U extends Unit>(unit: U, bytes: bigint): Quantity<U> {
  if (bytes >= fewBytes) return ratio(unit, bytes, BYTES_PER_GB);
  return { unit, amount: wrap(new Decimal(bytes * unitsPerByte, 30)) };
}

export const gigabytes = (bytes: bigint): Quantity<'GB'> => ofGigabytes('GB', bytes);
export const terabytes = (bytes: bigint): Quantity<'TB'> => ratio('TB', bytes, BYTES_PER_GB * 1024n);

export function quantity<U extends Unit>(unit: U, amount: Exact): Quantity<U> {
  return { unit, amount };
}

export function rate<U extends Unit>(unit: U, usdPerUnit: string): Rate<U> {
  return { unit, usdPerUnit: exactly(usdPerUnit) };
}

export function addQuantities<U extends Unit>(a: Quantity<U>, b: Quantity<NoInfer<U>>): Quantity<U> {
  return { unit: a.unit, amount: wrap(plus(unwrap(a.amount), unwrap(b.amount))) };
}

/** a − b; below zero is allowed, the caller says what that means. */
export function subtractQuantities<U extends Unit>(a: Quantity<U>, b: Quantity<NoInfer<U>>): Quantity<U> {
  return { unit: a.unit, amount: wrap(plus(unwrap(a.amount), negative(unwrap(b.amount)))) };
}

export function compareQuantities<U extends Unit>(a: Quantity<U>, b: Quantity<NoInfer<U>>): number {
  return compared(unwrap(a.amount), unwrap(b.amount));
}

export function isZero(value: Quantity<Unit>): boolean {
  return unwrap(value.amount).units === 0n;
}

/** For display only: at most `places` decimals, thousands in groups of three. */
export function groupedText(value: Exact, places = 6): string {
  const [whole = '0', fraction] = rounded(unwrap(value), places).toString().split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
