/** Money is exact: a charge is carried to 28 decimal places, so that sums never depend on their order. */
import { Decimal } from './decimal.js';
import { type Exact, exactly, type Quantity, type Rate, type Unit, unwrap } from './quantity.js';

declare const usd: unique symbol;
/** US dollars. Opaque: dollars times dollars, or a float taken for dollars, does not compile. */
export interface Usd {
  readonly [usd]: true;
  toString(): string;
  toJSON(): string;
}

/** 12 integer digits and 28 decimals are the 40 digits of the arithmetic: additions of such amounts are exact. */
const chargePlaces = 28;

const wrap = (value: Decimal): Usd => value as unknown as Usd;
const open = (value: Usd): Decimal => value as unknown as Decimal;

export const zeroUsd: Usd = wrap(new Decimal(0));

/** Reads an amount given as a plain decimal string. */
export function usdFromText(text: string): Usd {
  return wrap(unwrap(exactly(text)));
}

/** rate × quantity of the same unit. */
export function charge<U extends Unit>(rate: Rate<U>, quantity: Quantity<NoInfer<U>>): Usd {
  return wrap(unwrap(rate.usdPerUnit).times(unwrap(quantity.amount)).toDecimalPlaces(chargePlaces));
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
  wrap(
    open(amount)
      .times(numerator.toString())
      .div(new Decimal(denominator.toString()))
      .toDecimalPlaces(chargePlaces),
  );

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

export type { Exact };
