/** Money is exact: a charge is carried to 28 decimal places, and sums never round. */
import {
  approximately,
  compared,
  Decimal,
  divided,
  fixedText,
  negative,
  plus,
  rounded,
  times,
  unitsAt,
} from './decimal.js';
import { type Exact, exactly, type Quantity, type Rate, type Unit, unwrap } from './quantity.js';

declare const usd: unique symbol;
/** US dollars. Opaque: dollars times dollars, or a float taken for dollars, does not compile. */
export interface Usd {
  readonly [usd]: true;
  toString(): string;
  toJSON(): string;
}

const chargePlaces = 28;

const wrap = (value: Decimal): Usd => value as unknown as Usd;
const open = (value: Usd): Decimal => value as unknown as Decimal;

export const zeroUsd: Usd = wrap(new Decimal(0n, 0));

/** Reads an amount given as a plain decimal string. */
export function usdFromText(text: string): Usd {
  return wrap(unwrap(exactly(text)));
}

/** rate × quantity of the same unit. */
export function charge<U extends Unit>(rate: Rate<U>, quantity: Quantity<NoInfer<U>>): Usd {
  return wrap(rounded(times(unwrap(rate.usdPerUnit), unwrap(quantity.amount)), chargePlaces));
}

export function sumUsd(amounts: Iterable<Usd>): Usd {
  let total: Decimal | undefined;
  for (const amount of amounts) total = total === undefined ? open(amount) : plus(total, open(amount));
  return total === undefined ? zeroUsd : wrap(total);
}

export const addUsd = (a: Usd, b: Usd): Usd => wrap(plus(open(a), open(b)));
export const subtractUsd = (a: Usd, b: Usd): Usd => wrap(plus(open(a), negative(open(b))));
export const compareUsd = (a: Usd, b: Usd): number => compared(open(a), open(b));

/** An amount spread over `parts` equal parts or multiplied by a whole number of months. */
export function scaleUsd(amount: Usd, numerator: bigint, denominator: bigint = 1n): Usd {
  const places = Math.max(open(amount).scale, chargePlaces);
  const units = divided(unitsAt(open(amount), places) * numerator, denominator);
  return wrap(rounded(new Decimal(units, places), chargePlaces));
}

/** For display and drawing only: rounded half to even at `places`, "-0" shown as "0". */
export function roundedUsd(amount: Usd, places: number): string {
  return fixedText(open(amount), places);
}

/** For drawing only (areas, bar heights, ratios shown in percent): never feed it back into a price. */
export const approximateUsd = (amount: Usd): number => approximately(open(amount));

/** part ÷ whole, or undefined when whole is zero. For display only. */
export function usdRatio(part: Usd, whole: Usd): number | undefined {
  return open(whole).units === 0n ? undefined : approximateUsd(part) / approximateUsd(whole);
}

/** part ÷ whole in percent, to six places; undefined when whole is zero. For display and thresholds. */
export function usdPercent(part: Usd, whole: Usd): Exact | undefined {
  const [a, b] = [open(part), open(whole)];
  if (b.units === 0n) return undefined;
  const scale = Math.max(a.scale, b.scale);
  const sign = b.units < 0n ? -1n : 1n;
  const percent = divided(unitsAt(a, scale) * 100_000_000n * sign, unitsAt(b, scale) * sign);
  return new Decimal(percent, 6) as unknown as Exact;
}

export const absoluteUsd = (amount: Usd): Usd =>
  open(amount).units < 0n ? wrap(negative(open(amount))) : amount;

export type { Exact };
