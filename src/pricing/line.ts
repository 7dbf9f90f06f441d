/** How a quantity and a price become a line; lines of one usage type share the counting of its tiers. */
import { addQuantities, exactly, type Quantity, quantity, type Unit } from '../kernel/quantity.js';
import type { StorageClass } from '../kernel/s3.js';
import type { BillLine, Section } from './bill.js';
import { type Price, type RateCard, withoutPrefix } from './rate-card.js';
import { priced } from './tiers.js';

export interface LineWords {
  readonly section: Section;
  readonly name: string;
  /** Instead of the price's own. */
  readonly operation?: string;
  readonly class: StorageClass | null;
  readonly note?: string;
}

/** Remembers how much of each usage type was counted, and what was assumed on the way. */
export interface Ledger {
  readonly card: RateCard;
  readonly assumptions: Set<string>;
  line<U extends Unit>(words: LineWords, price: Price<U>, amount: Quantity<U>): BillLine;
}

/** `offsets`: the account's other usage, by usage type without the Region's prefix. */
export function openLedger(card: RateCard, offsets: Readonly<Record<string, string>>): Ledger {
  const counted = new Map<string, Quantity<Unit>>();
  const assumptions = new Set<string>();
  const line = <U extends Unit>(words: LineWords, price: Price<U>, amount: Quantity<U>): BillLine => {
    const key = withoutPrefix(card, price.usageType);
    const start = exactly(price.tiers.length > 1 ? (offsets[key] ?? '0') : '0');
    const before = (counted.get(key) as Quantity<U> | undefined) ?? quantity(price.unit, start);
    counted.set(key, addQuantities(before, amount));
    if (price.confidence === 'inferred' || price.confidence === 'unconfirmed')
      assumptions.add(`The price ${price.id} is ${price.confidence}${price.note ? `: ${price.note}` : ''}.`);
    const { parts, price: single, amount: usd } = priced(price, amount, before);
    return {
      section: words.section,
      name: words.name,
      usageType: price.usageType,
      operation: words.operation ?? price.operation,
      class: words.class,
      quantity: amount.amount,
      unit: price.unit,
      tiers: parts,
      price: single,
      amount: usd,
      note: words.note ?? '',
    };
  };
  return { card, assumptions, line };
}
