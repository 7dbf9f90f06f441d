/** A rate card, and the state of all of them, as tables: every price with where it is from and how sure it is. */
import type { Month } from '../kernel/day.js';
import type { RegionCheck } from '../pricing/price-book-check.js';
import type { PriceJson, RateCardJson } from '../pricing/rate-card-json.js';
import { listed } from './bill-view.js';
import { csvTable, left, markdownTable, right, type Table, textTable } from './table.js';

function cardTable({ prices }: RateCardJson): Table {
  return {
    columns: [
      left('Price'),
      left('Unit'),
      right('USD'),
      left('Usage type'),
      left('Operation'),
      left('Confidence'),
      left('Source'),
      left('Note'),
    ],
    rows: prices.map((price) =>
      'absent' in price
        ? [price.id, price.unit, '–', '', '', price.absent, '', price.why]
        : [
            price.id,
            price.unit,
            tiersText(price),
            price.usageType,
            price.operation,
            price.confidence,
            price.source.join(', '),
            price.note,
          ],
    ),
  };
}

/** "0.023 to 51200, 0.022 to 512000, then 0.021". */
function tiersText({ tiers }: Extract<PriceJson, { tiers: unknown }>): string {
  const texts = tiers.map(({ upTo, price }) => (upTo === 'Inf' ? `then ${price}` : `${price} to ${upTo}`));
  return tiers.length === 1 ? tiers[0]!.price.toString() : texts.join(', ');
}

const cardTitle = ({ region, location, date }: RateCardJson, month: Month): string =>
  `${region}, ${location}, ${month}: prices in USD of ${date}`;

function cardNotes({ sources, checks }: RateCardJson): string[] {
  return [
    ...listed(
      'Sources',
      Object.entries(sources).map(([name, what]) => `${name}: ${what}`),
    ),
    ...listed('Read again', checks),
  ];
}

export const cardText = (card: RateCardJson, month: Month, width: number): string =>
  [cardTitle(card, month), '', textTable(cardTable(card), width), ...cardNotes(card)].join('\n');

export const cardMarkdown = (card: RateCardJson, month: Month): string =>
  [`**${cardTitle(card, month)}**`, '', markdownTable(cardTable(card)), ...cardNotes(card), ''].join('\n');

/** One row for each tier: for programs. */
export function cardCsv({ region, date, prices }: RateCardJson): string {
  const columns = ['region', 'date', 'price', 'unit', 'upTo', 'usd', 'usageType', 'operation', 'sku'];
  return csvTable({
    columns: [...columns, 'source', 'confidence', 'note', 'absent'].map(left),
    rows: prices.flatMap((price) =>
      'absent' in price
        ? [[region, date, price.id, price.unit, '', '', '', '', '', '', '', price.why, price.absent]]
        : price.tiers.map((tier) => [
            region,
            date,
            price.id,
            price.unit,
            tier.upTo,
            tier.price.toString(),
            price.usageType,
            price.operation,
            price.sku,
            price.source.join(' '),
            price.confidence,
            price.note,
            '',
          ]),
    ),
  });
}

function checkTable(regions: readonly RegionCheck[]): Table {
  const columns = ['Age, days', 'Prices', 'Verified', 'Documented', 'Inferred', 'Unconfirmed', 'Gaps'];
  return {
    columns: [left('Region'), left('Card'), right('Cards'), left('Last read'), ...columns.map(right)],
    rows: regions.map((one) => [
      one.region,
      one.date,
      `${one.cards.length}`,
      one.lastRead,
      `${one.lastReadAgeDays}`,
      `${one.prices}`,
      `${one.confidence.verified}`,
      `${one.confidence.documented}`,
      `${one.confidence.inferred}`,
      `${one.confidence.unconfirmed}`,
      `${one.gaps.length}`,
    ]),
  };
}

function checkNotes(regions: readonly RegionCheck[]): string[] {
  const named = (names: (one: RegionCheck) => readonly string[]): string[] =>
    regions.flatMap((one) => (names(one).length > 0 ? [`${one.region}: ${names(one).join(', ')}`] : []));
  return [
    ...listed(
      'Inferred',
      named((one) => one.inferred),
    ),
    ...listed(
      'Unconfirmed',
      named((one) => one.unconfirmed),
    ),
    ...listed(
      'Gaps: no price is known',
      named((one) => one.gaps),
    ),
  ];
}

export const checkText = (today: string, regions: readonly RegionCheck[], width: number): string =>
  [`Prices on ${today}`, '', textTable(checkTable(regions), width), ...checkNotes(regions)].join('\n');

export const checkMarkdown = (today: string, regions: readonly RegionCheck[]): string =>
  [`**Prices on ${today}**`, '', markdownTable(checkTable(regions)), ...checkNotes(regions), ''].join('\n');

export const checkCsv = (regions: readonly RegionCheck[]): string =>
  csvTable({
    columns: [
      'region',
      'date',
      'ageDays',
      'lastRead',
      'lastReadAgeDays',
      'prices',
      'verified',
      'documented',
      'inferred',
      'unconfirmed',
      'gaps',
    ].map(left),
    rows: regions.map((one) => [
      one.region,
      one.date,
      `${one.ageDays}`,
      one.lastRead,
      `${one.lastReadAgeDays}`,
      `${one.prices}`,
      `${one.confidence.verified}`,
      `${one.confidence.documented}`,
      one.inferred.join(' '),
      one.unconfirmed.join(' '),
      one.gaps.join(' '),
    ]),
  });
