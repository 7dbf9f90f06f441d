/** The rate card of a Region for a month, the Region and month that are meant when none is named, and what our own requests cost. */
import { firstDay, type Month, monthOf, parseMonth } from '../kernel/day.js';
import { nearest, raise } from '../kernel/errors.js';
import { count, terabytes } from '../kernel/quantity.js';
import { isDirectoryBucket, type Location } from '../kernel/s3.js';
import { addUsd, charge, compareUsd, roundedUsd, type Usd, usdFromText } from '../kernel/usd.js';
import type { RequestCounts } from '../prefixes/scan.js';
import { cardFor } from '../pricing/price-book.js';
import { parsePriceFile } from '../pricing/price-file.js';
import { billedBytes } from '../pricing/query.js';
import { firstRate, priceOf, type RateCard } from '../pricing/rate-card.js';
import type { Surroundings } from './surroundings.js';

/** Errors: REGION_UNKNOWN with the nearest name, PRICE_CARD_MISSING, PRICE_CARD_INVALID. */
export async function rateCard(given: Surroundings, region: string, month: Month): Promise<RateCard> {
  const text = (await given.rateCards(region)) ?? unknownRegion(region, await given.regions());
  return cardFor(parsePriceFile(text, `${region}.json`), firstDay(month));
}

export function unknownRegion(region: string, known: readonly string[]): never {
  const near = nearest(region, known);
  return raise('REGION_UNKNOWN', {
    region,
    near: near ? ` Did you mean "${near}"?` : '',
    known: known.join(', '),
  });
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

/** Directory buckets have prices of their own, all others those of STANDARD. */
export type BucketClass = 'STANDARD' | 'EXPRESS_ONEZONE';

export const bucketClass = (location: Location): BucketClass =>
  location.scheme === 's3' && isDirectoryBucket(location.bucket) ? 'EXPRESS_ONEZONE' : 'STANDARD';

export const listUsd = (card: RateCard, requests: number, at: BucketClass = 'STANDARD'): Usd =>
  charge(firstRate(priceOf(card, at, 'list')), count('request', requests));

/** What S3 bills for these requests. */
export function requestsUsd(
  card: RateCard,
  { put, get, list }: RequestCounts,
  at: BucketClass = 'STANDARD',
): Usd {
  const puts = charge(firstRate(priceOf(card, at, 'put')), count('request', put));
  const gets = charge(firstRate(priceOf(card, at, 'get')), count('request', get));
  return addUsd(addUsd(puts, gets), listUsd(card, list, at));
}

/** What Athena bills for what was scanned, as of one query. */
export const scanUsd = (card: RateCard, scannedBytes: number): Usd =>
  charge(firstRate(priceOf(card, 'services', 'athenaScan')), terabytes(billedBytes(BigInt(scannedBytes))));

/** The flag --max-cost, dollars. Errors: COST_ABOVE_LIMIT, NUMBER_INVALID. */
export function withinLimit(spent: Usd, limit: string | undefined): void {
  if (limit !== undefined && compareUsd(spent, usdFromText(limit)) > 0)
    raise('COST_ABOVE_LIMIT', { cost: roundedUsd(spent, 6), limit });
}
