/** A price file as it lies on disk: one price a line in a fixed order, so that a change reads as a change. */
import type { Unit } from '../kernel/quantity.js';
import type { PriceFile } from './price-file.js';
import { priceUnits } from './price-units.js';
import type { Absent, Price, RateCard } from './rate-card.js';

/** What parsePriceFile read comes out byte for byte. */
export function priceFileText({ region, cards }: PriceFile): string {
  const { location, usageTypePrefix } = cards[0]!;
  return `{
 "schemaVersion": 1,
 "region": ${JSON.stringify(region)},
 "location": ${JSON.stringify(location)},
 "usageTypePrefix": ${JSON.stringify(usageTypePrefix)},
 "cards": [${cards.map(cardText).join(', ')}]
}
`;
}

function cardText(card: RateCard): string {
  const sources = Object.entries(card.sources).map(([name, what]) => pairText('   ', name, what));
  const groups = Object.entries(priceUnits).map(([group, units]) => {
    const own = card.prices[group as 'fees'] as Readonly<Record<string, Price<Unit> | Absent>>;
    const lines = Object.entries(units).map(([name, unit]) =>
      pairText('    ', name, priceJson(own[name]!, unit)),
    );
    return `   ${JSON.stringify(group)}: {\n${lines.join(',\n')}\n   }`;
  });
  return `{
  "date": ${JSON.stringify(card.date)},
  "sources": {\n${sources.join(',\n')}\n  },
  "checks": ${JSON.stringify(card.checks)},
  "prices": {\n${groups.join(',\n')}\n  }
 }`;
}

const pairText = (indent: string, name: string, value: unknown): string =>
  `${indent}${JSON.stringify(name)}: ${JSON.stringify(value)}`;

function priceJson(price: Price<Unit> | Absent, unit: Unit): object {
  if ('absent' in price) return { unit, absent: price.absent, why: price.why };
  const { tiers, usageType, operation, sku, source, confidence, note } = price;
  return {
    unit,
    tiers: tiers.map(({ upTo, rate }) => [upTo?.toString() ?? 'Inf', rate.usdPerUnit.toString()]),
    usageType,
    operation,
    sku,
    source,
    confidence,
    note,
  };
}
