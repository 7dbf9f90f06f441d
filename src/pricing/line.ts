/** How a quantity and a price become a line; lines of one usage type share the counting of its tiers. */
import { nearest, raise } from '../kernel/errors.js';
import {
  addQuantities,
  count as countOf,
  exactly,
  type Quantity,
  quantity,
  type Unit,
} from '../kernel/quantity.js';
import type { StorageClass } from '../kernel/s3.js';
import type { BillLine, Section } from './bill.js';
import { allPrices, type Price, type RateCard, withoutPrefix } from './rate-card.js';
import { priced } from './tiers.js';

export interface LineWords {
  readonly section: Section;
  readonly name: string;
  /** Instead of the price's own. */
  readonly operation?: string;
  /** Where the price list of AWS has none under which this price was found. */
  readonly usageType?: string;
  readonly class?: StorageClass;
  readonly note?: string;
}

const zero = exactly('0');

/** Remembers how much of each usage type was counted, and what was assumed on the way. */
export interface Ledger {
  readonly card: RateCard;
  readonly assumptions: Set<string>;
  line<U extends Unit>(words: LineWords, price: Price<U>, amount: Quantity<NoInfer<U>>): BillLine;
  /** How much was counted of each usage type with tiers, offsets included: the offsets of a bill that comes after this one. */
  counted(): Readonly<Record<string, string>>;
}

/**
 * `offsets`: the account's other usage, by usage type without the Region's prefix.
 * Errors: ARGUMENT_INVALID for an offset of a usage type that has no tiers.
 */
export function openLedger(card: RateCard, offsets: Readonly<Record<string, string>>): Ledger {
  checkOffsets(card, offsets);
  const counted = new Map<string, Quantity<Unit>>();
  const assumptions = new Set<string>();
  /** What was counted of a usage type with tiers before this amount. */
  const countOn = <U extends Unit>(usageType: string, amount: Quantity<U>): Quantity<U> => {
    const key = withoutPrefix(card, usageType);
    const offset = offsets[key];
    if (offset === undefined) assumptions.add(tiersFromZero(key));
    const start = (): Quantity<U> => quantity(amount.unit, offset === undefined ? zero : exactly(offset));
    const before = (counted.get(key) as Quantity<U> | undefined) ?? start();
    counted.set(key, addQuantities(before, amount));
    return before;
  };
  const line = <U extends Unit>(words: LineWords, price: Price<U>, amount: Quantity<U>): BillLine => {
    const usageType = words.usageType ?? price.usageType;
    const before = price.tiers.length > 1 ? countOn(usageType, amount) : quantity(price.unit, zero);
    if (price.confidence === 'inferred' || price.confidence === 'unconfirmed')
      assumptions.add(`The price ${price.id} is ${price.confidence}${price.note ? `: ${price.note}` : ''}.`);
    const { parts, price: single, amount: usd } = priced(price, amount, before);
    return {
      section: words.section,
      name: words.name,
      usageType,
      operation: words.operation ?? price.operation,
      class: words.class ?? null,
      quantity: amount.amount,
      unit: price.unit,
      tiers: parts,
      price: single,
      amount: usd,
      note: words.note ?? '',
    };
  };
  return {
    card,
    assumptions,
    line,
    counted: () => Object.fromEntries([...counted].map(([key, { amount }]) => [key, amount.toString()])),
  };
}

/** A line, or none when there is nothing to bill: then a price that is not known is not asked for. */
export function lineIfAny<U extends Unit>(
  ledger: Ledger,
  words: LineWords,
  price: () => Price<U>,
  amount: bigint,
  quantityOf: (amount: bigint) => Quantity<NoInfer<U>>,
): BillLine[] {
  return amount <= 0n ? [] : [ledger.line(words, price(), quantityOf(amount))];
}

/** So many requests. */
export const requests = (amount: bigint): Quantity<'request'> => countOf('request', amount);

const tiersFromZero = (key: string): string =>
  `The account has no other ${key}, so that its tiers start at zero (say otherwise with tierOffsetGB or --tier-offset).`;

/** Usage types this program names itself, because the prices it has come without them; all of them have tiers. */
export const ownTieredUsageTypes = [
  'DataTransfer-Out-Bytes',
  'VpcEndpoint-Bytes',
  'Lambda-GB-Second',
  'Lambda-GB-Second-ARM',
  'BilledBytes',
] as const;

/** A card is asked for these with every document. */
const knownTypes = new WeakMap<RateCard, ReadonlySet<string>>();

function tieredUsageTypes(card: RateCard): ReadonlySet<string> {
  const found = knownTypes.get(card);
  if (found) return found;
  const tiered = allPrices(card).filter((price) => price.tiers.length > 1 && price.usageType !== '');
  const names = new Set<string>([
    ...tiered.map((price) => withoutPrefix(card, price.usageType)),
    ...ownTieredUsageTypes,
  ]);
  knownTypes.set(card, names);
  return names;
}

function checkOffsets(card: RateCard, offsets: Readonly<Record<string, string>>): void {
  const known = tieredUsageTypes(card);
  const unknown = Object.keys(offsets).find((name) => !known.has(name));
  if (unknown === undefined) return;
  const near = nearest(unknown, known);
  raise('ARGUMENT_INVALID', {
    field: 'tierOffsetGB',
    why: `"${unknown}" is no usage type with tiers${near ? `, did you mean "${near}"?` : `; there are: ${[...known].join(', ')}`}`,
  });
}
