/** Tiers are graduated: each unit costs what the tier it falls into costs, counted over all usage of its usage type. */
import {
  addQuantities,
  compareQuantities,
  count,
  type Exact,
  isZero,
  type Quantity,
  subtractQuantities,
  type Unit,
} from '../kernel/quantity.js';
import { charge, sumUsd, type Usd } from '../kernel/usd.js';
import type { TierPart } from './bill.js';
import type { Price } from './rate-card.js';

export interface Tiered {
  readonly parts: readonly TierPart[];
  /** The one price, or null when several tiers were touched. */
  readonly price: Exact | null;
  readonly amount: Usd;
}

/**
 * Prices `quantity` above an `offset` of the same usage type that was counted before.
 * S3 pricing page: tiers count the account's whole usage of a Region and usage type.
 */
export function priced<U extends Unit>(price: Price<U>, quantity: Quantity<U>, offset: Quantity<U>): Tiered {
  const end = addQuantities(offset, quantity);
  let from = offset;
  const parts: TierPart[] = [];
  for (const { upTo, rate } of price.tiers) {
    const top = upTo === undefined ? undefined : count(price.unit, upTo);
    const to = top === undefined || compareQuantities(end, top) < 0 ? end : top;
    if (compareQuantities(to, from) <= 0) continue;
    const within = subtractQuantities(to, from);
    const amount = charge(rate, within);
    parts.push({ upTo: upTo?.toString() ?? 'Inf', price: rate.usdPerUnit, quantity: within.amount, amount });
    from = to;
  }
  const single = isZero(quantity)
    ? price.tiers[0]!.rate.usdPerUnit
    : parts.length === 1
      ? parts[0]!.price
      : null;
  return { parts, price: single, amount: sumUsd(parts.map((part) => part.amount)) };
}
