/** The cards of every Region, found by a usage type's prefix, by its suffix and operation, by name or by SKU. */
import { firstDay, type Month } from '../kernel/day.js';
import type { Unit } from '../kernel/quantity.js';
import type { PriceFile } from '../pricing/price-file.js';
import { type Absent, type Price, type RateCard, withoutPrefix } from '../pricing/rate-card.js';
import { prefixAliases } from './vocabulary.js';

/** Region → its cards. */
export type PriceBook = ReadonlyMap<string, PriceFile>;

export interface CardIndex {
  readonly card: RateCard;
  /** Usage type without prefix → operation → price; the operation "" stands for any. */
  readonly bySuffix: ReadonlyMap<string, ReadonlyMap<string, Price<Unit>>>;
  readonly bySku: ReadonlyMap<string, Price<Unit>>;
  /** "STANDARD.put". */
  readonly byName: ReadonlyMap<string, Price<Unit> | Absent>;
}

export interface PriceIndex {
  /** "APN2" → "ap-northeast-2"; a Region's own name is one of its prefixes. */
  readonly prefixes: ReadonlyMap<string, string>;
  /** Usage types without prefix that at least one card knows. */
  readonly suffixes: ReadonlySet<string>;
  readonly regions: ReadonlySet<string>;
  /** The card in force on the month's first day; the first card where all are later, and then `isLater`. */
  at(region: string, month: Month): { readonly index: CardIndex; readonly isLater: boolean } | undefined;
}

export function priceIndex(book: PriceBook): PriceIndex {
  const known = new Map<RateCard, CardIndex>();
  const indexed = (card: RateCard): CardIndex => {
    const index = known.get(card) ?? cardIndex(card);
    known.set(card, index);
    return index;
  };
  const cards = [...book.values()].flatMap((file) => file.cards);
  return {
    prefixes: prefixesOf(book),
    suffixes: new Set(cards.flatMap((card) => [...indexed(card).bySuffix.keys()])),
    regions: new Set(book.keys()),
    at: (region, month) => {
      const file = book.get(region);
      if (file === undefined) return undefined;
      const card = file.cards.findLast(({ date }) => date <= firstDay(month));
      return { index: indexed(card ?? file.cards[0]!), isLater: card === undefined };
    },
  };
}

function prefixesOf(book: PriceBook): ReadonlyMap<string, string> {
  const prefixes = new Map<string, string>();
  for (const [alias, region] of Object.entries(prefixAliases)) prefixes.set(alias, region);
  for (const [region, { cards }] of book) {
    prefixes.set(region, region);
    const prefix = cards[0]!.usageTypePrefix;
    if (prefix !== '') prefixes.set(prefix, region);
  }
  return prefixes;
}

function cardIndex(card: RateCard): CardIndex {
  const bySuffix = new Map<string, Map<string, Price<Unit>>>();
  const bySku = new Map<string, Price<Unit>>();
  const byName = new Map<string, Price<Unit> | Absent>();
  for (const [group, prices] of Object.entries(card.prices))
    for (const [name, found] of Object.entries(prices)) {
      const price = found as Price<Unit> | Absent;
      byName.set(`${group}.${name}`, price);
      if ('absent' in price) continue;
      if (price.sku !== '' && !bySku.has(price.sku)) bySku.set(price.sku, price);
      if (price.usageType === '') continue;
      const suffix = withoutPrefix(card, price.usageType);
      const operations = bySuffix.get(suffix) ?? new Map<string, Price<Unit>>();
      // The same meter may stand under several names (STANDARD.put and STANDARD.list): the first names it.
      if (!operations.has(price.operation)) operations.set(price.operation, price);
      bySuffix.set(suffix, operations);
    }
  return { card, bySuffix, bySku, byName };
}

/** Two prices are one when every step of them is. */
export const isSamePrice = (a: Price<Unit>, b: Price<Unit>): boolean =>
  a.unit === b.unit &&
  a.tiers.length === b.tiers.length &&
  a.tiers.every(
    ({ upTo, rate }, at) =>
      upTo === b.tiers[at]!.upTo && rate.usdPerUnit.toString() === b.tiers[at]!.rate.usdPerUnit.toString(),
  );
