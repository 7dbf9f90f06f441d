/** A rate card is every price of one Region from one day on; a look-up gives the price or says why there is none. */
import type { Day } from '../kernel/day.js';
import { raise } from '../kernel/errors.js';
import type { Rate, Unit } from '../kernel/quantity.js';
import type { AccessTier, StorageClass } from '../kernel/s3.js';
import { type Group, type PriceName, priceUnits, type UnitOf } from './price-units.js';

/** One step of a graduated price. */
export interface Tier<U extends Unit> {
  /** Whole units; undefined for the last tier. */
  readonly upTo: bigint | undefined;
  readonly rate: Rate<U>;
}

/** Inferred and unconfirmed prices are named in a bill's assumptions. */
export const confidences = ['verified', 'documented', 'inferred', 'unconfirmed'] as const;
export type Confidence = (typeof confidences)[number];

export interface Price<U extends Unit> {
  /** "STANDARD_IA.put", to name it by. */
  readonly id: string;
  readonly unit: U;
  readonly tiers: readonly Tier<U>[];
  /** As AWS bills it, with the Region's prefix; "" when AWS has none. */
  readonly usageType: string;
  readonly operation: string;
  readonly sku: string;
  /** Names of the card's sources. */
  readonly source: readonly string[];
  readonly confidence: Confidence;
  readonly note: string;
}

export const absences = ['unknown', 'not-sold', 'not-possible'] as const;
/** Never zero: there is no price, and this is why. */
export interface Absent {
  readonly absent: (typeof absences)[number];
  readonly why: string;
}

export interface RateCard {
  readonly region: string;
  readonly location: string;
  /** "APN2" in "APN2-TimedStorage-ByteHrs"; "" in us-east-1. */
  readonly usageTypePrefix: string;
  /** In force from this day on. */
  readonly date: Day;
  /** Source name → what it is. */
  readonly sources: Readonly<Record<string, string>>;
  /** Later readings of AWS's prices that agree with this card. */
  readonly checks: readonly string[];
  readonly prices: {
    readonly [G in Group]: { readonly [N in PriceName<G>]: Price<UnitOf<G, N>> | Absent };
  };
}

/** Errors: PRICE_MISSING, naming the Region, the class, the price and its unit. */
export function priceOf<G extends Group, N extends PriceName<G>>(
  card: RateCard,
  group: G,
  name: N,
): Price<UnitOf<G, N>> {
  const price = card.prices[group][name] as Price<UnitOf<G, N>> | Absent;
  if (!('absent' in price)) return price;
  const unit = (priceUnits[group] as Readonly<Record<string, Unit>>)[name];
  return raise('PRICE_MISSING', {
    region: card.region,
    what: `${group} ${name} per ${unit} (${price.why})`,
  });
}

const accessTierPrices = {
  FREQUENT: 'frequentStorage',
  INFREQUENT: 'infrequentStorage',
  ARCHIVE_INSTANT: 'archiveInstantStorage',
  ARCHIVE_ACCESS: 'archiveAccessStorage',
  DEEP_ARCHIVE_ACCESS: 'deepArchiveAccessStorage',
} as const satisfies Record<AccessTier, PriceName<'INTELLIGENT_TIERING'>>;

/** The price of a GB-month; the access tier matters in INTELLIGENT_TIERING alone. Errors: PRICE_MISSING. */
export function storagePrice(
  card: RateCard,
  storageClass: StorageClass,
  accessTier: AccessTier = 'FREQUENT',
): Price<'GB-month'> {
  return storageClass === 'INTELLIGENT_TIERING'
    ? priceOf(card, storageClass, accessTierPrices[accessTier])
    : priceOf(card, storageClass, 'storage');
}

/** Every price the card has, in the order of its groups. */
export const allPrices = (card: RateCard): Price<Unit>[] =>
  Object.values(card.prices).flatMap((group) =>
    (Object.values(group) as readonly (Price<Unit> | Absent)[]).filter(
      (price): price is Price<Unit> => !('absent' in price),
    ),
  );

/** The rate of a price that has one tier, and the first tier's of one that has several. */
export const firstRate = <U extends Unit>(price: Price<U>): Rate<U> => price.tiers[0]!.rate;

/**
 * "APN2-TimedStorage-ByteHrs" → "TimedStorage-ByteHrs". us-east-1 has no prefix on its older usage types and
 * USE1 on the newer (S3 User Guide, "Understanding your AWS billing and usage reports for Amazon S3").
 */
export function withoutPrefix(card: RateCard, usageType: string): string {
  const prefix = `${billingCode(card)}-`;
  return usageType.startsWith(prefix) ? usageType.slice(prefix.length) : usageType;
}

/** The Region as usage types name it: "APN2", and "USE1" for us-east-1. */
export const billingCode = (card: RateCard): string => card.usageTypePrefix || 'USE1';

/** "DataScannedInTB" → "USE1-DataScannedInTB": services younger than S3 name us-east-1 too. */
export const withPrefixAlways = (card: RateCard, usageType: string): string =>
  `${billingCode(card)}-${usageType}`;

/** "NatGateway-Hours" → "APN2-NatGateway-Hours"; nothing stands before it in us-east-1. */
export const withPrefix = (card: RateCard, usageType: string): string =>
  card.usageTypePrefix === '' ? usageType : `${card.usageTypePrefix}-${usageType}`;
