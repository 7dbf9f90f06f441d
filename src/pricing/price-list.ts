/** An AWS price list in any of its forms becomes one neutral list of offer prices, whose tiers tile from zero to infinity. */
import { type Day, dayFromText } from '../kernel/day.js';
import { raise } from '../kernel/errors.js';
import { exactly } from '../kernel/quantity.js';

/** A price file of AWS as it was read, not yet understood: a JSON value, or the rows of a CSV file. */
export type PriceListDocument =
  | { readonly file: string; readonly kind: 'json'; readonly value: unknown }
  | {
      readonly file: string;
      readonly kind: 'csv';
      /** The first rows alone: enough to see whose list it is before the rest is read. */
      readonly head: readonly CsvRow[];
      readonly rows: () => readonly CsvRow[];
    };

export interface CsvRow {
  /** In the file, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** One step of a price; plain decimal strings, the last `endRange` is "Inf". */
export interface OfferTier {
  readonly beginRange: string;
  readonly endRange: string;
  readonly usd: string;
}

export interface OfferPrice {
  readonly file: string;
  readonly offerCode: string;
  readonly version: string;
  readonly publicationDate: Day;
  readonly sku: string;
  /** As AWS bills it, with the Region's prefix. */
  readonly usageType: string;
  /** "" prices every operation. */
  readonly operation: string;
  readonly volumeType: string;
  /** "" where the list names neither a Region nor a place that is one's. */
  readonly region: string;
  readonly location: string;
  readonly unit: string;
  readonly tiers: readonly OfferTier[];
  /** Undefined where a day such as 02/03/2018 can be read two ways. */
  readonly effectiveDate: Day | undefined;
}

/** What a form has to bring for one SKU; nothing in it is trusted yet. */
export interface RawOffer extends Omit<OfferPrice, 'unit' | 'tiers' | 'effectiveDate'> {
  readonly effectiveDate: string;
  readonly dimensions: readonly RawDimension[];
}

export interface RawDimension {
  readonly unit: string;
  readonly beginRange: string;
  readonly endRange: string;
  readonly currency: string;
  readonly price: string;
}

/** Region code by the name of its place, as AWS writes it: "EU (Ireland)" → "eu-west-1". */
export type Places = ReadonlyMap<string, string>;

/** Raises PRICE_LIST_INVALID with the place in the file and what is wrong there. */
export type RefuseList = (where: string, why: string) => never;

export const refusing =
  (file: string): RefuseList =>
  (where, why) =>
    raise('PRICE_LIST_INVALID', { file, where, why });

/** The offers whose prices a rate card holds. Deep Archive has one of its own. */
export const offerCodes = ['AmazonS3', 'AmazonS3GlacierDeepArchive'] as const;
export type OfferCode = (typeof offerCodes)[number];

export function checkOfferCode(code: string, where: string, refuse: RefuseList): void {
  if (!(offerCodes as readonly string[]).includes(code))
    refuse(where, `it is the price list of "${code}", not of ${offerCodes.join(' or ')}`);
}

/** "2026-09-18T17:47:47Z" → its day. */
export function publicationDay(text: string, where: string, refuse: RefuseList): Day {
  return isoDay(text) ?? refuse(where, `"${text.slice(0, 40)}" is not a publication date`);
}

/** AWS has renamed places; both names are one. */
export function regionAt(places: Places, code: string, location: string): string {
  return code || (places.get(placeName(location)) ?? '');
}

export const placeName = (location: string): string =>
  location.replace(/^Europe \(/, 'EU (').replace(/^AWS GovCloud \(US-West\)$/, 'AWS GovCloud (US)');

export function offerPrice(raw: RawOffer, refuse: RefuseList): OfferPrice {
  const { dimensions, effectiveDate, ...named } = raw;
  const where = `SKU ${raw.sku}`;
  const [first] = dimensions;
  if (!first) return refuse(where, 'it has no price');
  if (dimensions.some(({ unit }) => unit !== first.unit)) refuse(where, 'its tiers have different units');
  return {
    ...named,
    unit: first.unit,
    tiers: tiersOf(dimensions, where, refuse),
    effectiveDate: effectiveDay(effectiveDate, where, refuse),
  };
}

/** `priceDimensions` is a map in no order. */
function tiersOf(dimensions: readonly RawDimension[], where: string, refuse: RefuseList): OfferTier[] {
  const tiers = dimensions
    .map((dimension) => tierOf(dimension, where, refuse))
    .toSorted((a, b) => (BigInt(a.beginRange) < BigInt(b.beginRange) ? -1 : 1));
  let next = '0';
  for (const { beginRange, endRange } of tiers) {
    if (beginRange !== next) refuse(where, `${tilingFault(beginRange, next)} at ${beginRange}`);
    next = endRange;
  }
  if (next !== 'Inf') refuse(where, `its last tier ends at ${next}, not at Inf`);
  return tiers;
}

const tilingFault = (begin: string, next: string): string =>
  next !== 'Inf' && BigInt(begin) > BigInt(next) ? 'its tiers have a gap' : 'its tiers overlap';

function tierOf(dimension: RawDimension, where: string, refuse: RefuseList): OfferTier {
  const { currency, price } = dimension;
  if (currency !== 'USD') refuse(where, `its currency is ${currency || 'not named'}, not USD`);
  // A price of AWS has ten decimals; what is far longer is none, and would be slow to compute with.
  if (!/^\d{1,15}(\.\d{1,20})?$/.test(price))
    refuse(where, `its price "${price.slice(0, 40)}" is not a plain decimal`);
  const beginRange = bound(dimension.beginRange, 'beginRange', where, refuse);
  const endRange =
    dimension.endRange === 'Inf' ? 'Inf' : bound(dimension.endRange, 'endRange', where, refuse);
  if (endRange !== 'Inf' && BigInt(endRange) <= BigInt(beginRange))
    refuse(where, `a tier ends at ${endRange}, where it begins or before`);
  return { beginRange, endRange, usd: exactly(price).toString() };
}

function bound(text: string, field: string, where: string, refuse: RefuseList): string {
  if (!/^\d{1,20}(\.0+)?$/.test(text))
    refuse(where, `its ${field} "${text.slice(0, 40)}" is not a whole number`);
  return BigInt(text.split('.')[0]!).toString();
}

/**
 * A price takes effect on the first of a month, so 01/03/2018 is 1 March and not 3 January; where that does not tell
 * day from month the day stays open.
 */
function effectiveDay(text: string, where: string, refuse: RefuseList): Day | undefined {
  const [, first, second, year] = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text) ?? [];
  if (first !== '01' && second !== '01' && year !== undefined) return undefined;
  const month = first === '01' ? second : first;
  const iso = year === undefined ? text : `${year}-${month}-01`;
  return isoDay(iso) ?? refuse(where, `its effective date "${text.slice(0, 40)}" is not a day`);
}

/** The day of "2026-09-18" or "2026-09-18T17:47:47Z", or undefined when it is none. */
function isoDay(text: string): Day | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})(?:T\d\d:\d\d:\d\d(?:\.\d+)?Z)?$/.exec(text);
  return match ? dayFromText(match[1]!) : undefined;
}
