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
import { charge, sumUsd, type Usd, zeroUsd } from '../kernel/usd.js';
import type { TierPart } from './bill.js';
import type { Price, Tier } from './rate-card.js';

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
export function priced<U extends Unit>(
  price: Price<U>,
  quantity: Quantity<NoInfer<U>>,
  offset: Quantity<NoInfer<U>>,
): Tiered {
  const [first] = price.tiers;
  if (isZero(quantity)) return { parts: [], price: first!.rate.usdPerUnit, amount: zeroUsd };
  const parts = price.tiers.length === 1 ? [part(first!, quantity)] : graduated(price, quantity, offset);
  const [only] = parts;
  return {
    parts,
    price: parts.length === 1 ? only!.price : null,
    amount: parts.length === 1 ? only!.amount : sumUsd(parts.map(({ amount }) => amount)),
  };
}

function graduated<U extends Unit>(price: Price<U>, quantity: Quantity<U>, offset: Quantity<U>): TierPart[] {
  const parts: TierPart[] = [];
  const end = addQuantities(offset, quantity);
  let from = offset;
  for (const tier of price.tiers) {
    const top = tier.upTo === undefined ? end : count(price.unit, tier.upTo);
    const to = compareQuantities(end, top) < 0 ? end : top;
    if (compareQuantities(to, from) <= 0) continue;
    // All of it in one tier keeps the digits that adding and taking away again would cost.
    parts.push(part(tier, from === offset && to === end ? quantity : subtractQuantities(to, from)));
    from = to;
  }
  return parts;
}

const part = <U extends Unit>({ upTo, rate }: Tier<U>, within: Quantity<U>): TierPart => ({
  upTo: upTo?.toString() ?? 'Inf',
  price: rate.usdPerUnit,
  quantity: within.amount,
  amount: charge(rate, within),
});
