/** A rate card as programs read it: a flat list of prices, each with all that is known of it. */
import type { Day } from '../kernel/day.js';
import type { Exact, Unit } from '../kernel/quantity.js';
import { entriesOf } from './price-book-check.js';
import { priceUnits } from './price-units.js';
import type { Absent, Price, RateCard } from './rate-card.js';

interface TierJson {
  readonly upTo: string;
  readonly price: Exact;
}

export type PriceJson =
  | (Omit<Price<Unit>, 'tiers'> & {
      readonly group: string;
      readonly name: string;
      readonly tiers: readonly TierJson[];
    })
  | (Absent & { readonly id: string; readonly group: string; readonly name: string; readonly unit: Unit });

export interface RateCardJson {
  readonly schemaVersion: 1;
  readonly region: string;
  readonly location: string;
  readonly usageTypePrefix: string;
  /** In force from this day on. */
  readonly date: Day;
  readonly currency: 'USD';
  readonly sources: Readonly<Record<string, string>>;
  readonly checks: readonly string[];
  readonly prices: readonly PriceJson[];
}

export function rateCardJson(card: RateCard): RateCardJson {
  const { region, location, usageTypePrefix, date, sources, checks } = card;
  return {
    schemaVersion: 1,
    region,
    location,
    usageTypePrefix,
    date,
    currency: 'USD',
    sources,
    checks,
    prices: entriesOf(card).map(([id, price]) => priceJson(id, price)),
  };
}

function priceJson(id: string, price: Price<Unit> | Absent): PriceJson {
  const [group, name] = id.split('.') as [string, string];
  if (!('absent' in price)) return { ...price, group, name, tiers: tiersJson(price) };
  const unit = (priceUnits as Readonly<Record<string, Readonly<Record<string, Unit>>>>)[group]![name]!;
  return { id, group, name, unit, ...price };
}

export const tiersJson = ({ tiers }: Price<Unit>): TierJson[] =>
  tiers.map(({ upTo, rate }) => ({ upTo: upTo?.toString() ?? 'Inf', price: rate.usdPerUnit }));
