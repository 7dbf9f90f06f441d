/** The rate card of a Region for a month, and the Region and month that are meant when none is named. */
import { firstDay, type Month, monthOf, parseMonth } from '../kernel/day.js';
import { nearest, raise } from '../kernel/errors.js';
import { cardFor } from '../pricing/price-book.js';
import { parsePriceFile } from '../pricing/price-file.js';
import type { RateCard } from '../pricing/rate-card.js';
import type { Surroundings } from './surroundings.js';

/** Errors: REGION_UNKNOWN with the nearest name, PRICE_CARD_MISSING, PRICE_CARD_INVALID. */
export async function rateCard(given: Surroundings, region: string, month: Month): Promise<RateCard> {
  const text = await given.rateCards(region);
  if (text === undefined) {
    const known = await given.regions();
    const near = nearest(region, known);
    return raise('REGION_UNKNOWN', {
      region,
      near: near ? ` Did you mean "${near}"?` : '',
      known: known.join(', '),
    });
  }
  return cardFor(parsePriceFile(text, `${region}.json`), firstDay(month));
}

/** As asked, else where the world is set. Errors: REGION_MISSING. */
export const regionFor = (given: Surroundings, asked: string | undefined): string =>
  asked ?? given.region ?? raise('REGION_MISSING');

/** As asked, else the month of the clock. Errors: MONTH_INVALID. */
export const monthFor = (given: Surroundings, asked: string | undefined): Month =>
  asked === undefined ? monthOf(given.clock.now()) : parseMonth(asked);

/** A count from a flag or a body. Errors: ARGUMENT_INVALID. */
export function countFrom(field: string, value: string | number | undefined, fallback: bigint): bigint {
  if (value === undefined) return fallback;
  const text = String(value);
  if (!/^\d{1,18}$/.test(text)) raise('ARGUMENT_INVALID', { field, why: `"${text}" is not a whole number` });
  return BigInt(text);
}
