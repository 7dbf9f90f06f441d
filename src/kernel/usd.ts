/** Money is exact: a charge is carried to 28 decimal places, so that sums never depend on their order. */
import { type Decimal, SumDecimal } from './decimal.js';
import { type Exact, exactly, type Quantity, type Rate, type Unit, unwrap } from './quantity.js';

declare const usd: unique symbol;
/** US dollars. Opaque: dollars times dollars, or a float taken for dollars, does not compile. */
export interface Usd {
  readonly [usd]: true;
  toString(): string;
  toJSON(): string;
}

/** With as many decimals at most, additions are exact within the 80 digits of the arithmetic. */
const chargePlaces = 28;

const wrap = (value: Decimal): Usd => value as unknown as Usd;
const open = (value: Usd): Decimal => value as unknown as Decimal;

export const zeroUsd: Usd = wrap(new SumDecimal(0));

/** Reads an amount given as a plain decimal string. */
export function usdFromText(text: string): Usd {
  return wrap(new SumDecimal(unwrap(exactly(text))));
}

/** rate × quantity of the same unit. */
export function charge<U extends Unit>(rate: Rate<U>, quantity: Quantity<NoInfer<U>>): Usd {
  const price = new SumDecimal(unwrap(rate.usdPerUnit));
  return wrap(price.times(unwrap(quantity.amount)).toDecimalPlaces(chargePlaces));
}

export function sumUsd(amounts: Iterable<Usd>): Usd {
  let total: Decimal | undefined;
  for (const amount of amounts) total = total?.plus(open(amount)) ?? open(amount);
  return total === undefined ? zeroUsd : wrap(total);
}

export const addUsd = (a: Usd, b: Usd): Usd => wrap(open(a).plus(open(b)));
export const subtractUsd = (a: Usd, b: Usd): Usd => wrap(open(a).minus(open(b)));
export const compareUsd = (a: Usd, b: Usd): number => open(a).comparedTo(open(b));

/** An amount spread over `parts` equal parts or multiplied by a whole number of months. */
export const scaleUsd = (amount: Usd, numerator: bigint, denominator: bigint = 1n): Usd =>
  wrap(open(amount).times(numerator.toString()).div(denominator.toString()).toDecimalPlaces(chargePlaces));

/** For display and drawing only: rounded half to even at `places`, "-0" shown as "0". */
export function roundedUsd(amount: Usd, places: number): string {
  const text = open(amount).toFixed(places);
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}

/** For drawing only (areas, bar heights, ratios shown in percent): never feed it back into a price. */
export const approximateUsd = (amount: Usd): number => open(amount).toNumber();

/** part ÷ whole, or undefined when whole is zero. For display only. */
export function usdRatio(part: Usd, whole: Usd): number | undefined {
  return open(whole).isZero() ? undefined : open(part).div(open(whole)).toNumber();
}

/** part ÷ whole in percent, to six places; undefined when whole is zero. For display and thresholds. */
export function usdPercent(part: Usd, whole: Usd): Exact | undefined {
  if (open(whole).isZero()) return undefined;
  return open(part).times(100).div(open(whole)).toDecimalPlaces(6) as unknown as Exact;
}

export const absoluteUsd = (amount: Usd): Usd => wrap(open(amount).abs());

export type { Exact };
