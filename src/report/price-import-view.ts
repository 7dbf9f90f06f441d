/** The preview of an import as tables: every price that changes, and a reference month by the card before and after. */
import type { ImportedPrice, ImportedRegion, PriceImport, TierChange } from '../pricing/price-import.js';
import type { ReferenceMonth } from '../pricing/reference-month.js';
import { listed } from './bill-view.js';
import { csvTable, left, markdownTable, right, type Table, textTable } from './table.js';
import { counted, money, sectionNames } from './view.js';

export const importText = (done: PriceImport, width: number): string =>
  importLines(done, (table) => textTable(table, width)).join('\n');

export const importMarkdown = (done: PriceImport): string =>
  `${importLines(done, markdownTable).join('\n')}\n`;

function importLines(done: PriceImport, laidOut: (table: Table) => string): string[] {
  return [
    ...done.lists.map(
      ({ file, offerCode, version, publicationDate, prices }) =>
        `${file}: ${offerCode}, version ${version}, published ${publicationDate}, ${counted(prices, 'on-demand price')}`,
    ),
    ...done.regions.flatMap((region) => ['', ...regionLines(region, laidOut)]),
    ...listed('Left out, because they are no price of a rate card', leftOutLines(done)),
    ...listed('Not of a Region there is a price file for', elsewhereLines(done)),
  ];
}

const leftOutLines = ({ leftOut }: PriceImport): string[] =>
  leftOut.map(
    ({ sku, usageType, operation, region, why }) =>
      `SKU ${sku}, ${usageType}${operation ? ` ${operation}` : ''} in ${region}: ${why}`,
  );

const elsewhereLines = ({ elsewhere }: PriceImport): string[] =>
  elsewhere.map(({ place, prices }) => `${place}: ${counted(prices, 'price')}`);

function regionLines(region: ImportedRegion, laidOut: (table: Table) => string): string[] {
  const kept = region.kept.length;
  return [
    `${region.region}: ${outcomeText(region)}`,
    `  ${counted(region.identical, 'price')} identical, ${region.changes.length} changed` +
      (kept > 0 ? `; ${counted(kept, 'price')} not in the lists, kept as before` : ''),
    ...(region.changes.length > 0 ? changeLines(region, laidOut) : []),
  ];
}

function outcomeText({ outcome, card, cardBefore, date, nextCard }: ImportedRegion): string {
  const until = nextCard === null ? '' : `, in force until the card of ${nextCard}`;
  const texts = {
    'new-card':
      cardBefore === null
        ? `a first card of ${card}, holding only what the lists hold${until}`
        : `a new card of ${card} after the card of ${cardBefore}${until}`,
    'new-prices': `new prices in the card of ${card}${until}`,
    checked: `the card of ${card} agrees with the lists of ${date}; one line says so in it`,
    known: `the card of ${card} holds these lists already`,
  };
  return texts[outcome];
}

function changeLines(region: ImportedRegion, laidOut: (table: Table) => string): string[] {
  const gone = region.changes.filter(({ tiersGone }) => tiersGone.length > 0);
  return [
    '',
    laidOut(changeTable(region.changes)),
    ...gone.map(({ id, tiersGone }) => `${id}: there is no tier up to ${tiersGone.join(', ')} any more`),
    '',
    'A reference month (600 TiB STANDARD, 10 TiB in each other class, requests in each), a month:',
    '',
    laidOut(referenceTable(region.reference)),
    ...listed('Not in the reference month', region.reference.leftOut),
  ];
}

function changeTable(changes: readonly ImportedPrice[]): Table {
  return {
    columns: [
      left('Price'),
      left('Unit'),
      left('Up to'),
      right('Before'),
      right('After'),
      right('Change'),
      left('Usage type'),
    ],
    rows: changes.flatMap((price) =>
      price.tiers.map((tier) => [
        price.id,
        price.unit,
        tier.upTo === 'Inf' ? '' : tier.upTo,
        beforeText(price, tier),
        `$${tier.after}`,
        changeText(price, tier),
        `${price.usageType}${price.operation ? ` ${price.operation}` : ''}`,
      ]),
    ),
  };
}

const beforeText = ({ absentBefore }: ImportedPrice, { before }: TierChange): string =>
  before === null ? (absentBefore?.absent ?? '') : `$${before}`;

function changeText({ confidence }: ImportedPrice, { percent }: TierChange): string {
  const raised =
    confidence.before !== null && confidence.before !== confidence.after ? `was ${confidence.before}` : '';
  const moved = percent === null || Number(percent) === 0 ? '' : `${signed(percent)} %`;
  return [moved, raised].filter((text) => text !== '').join(', ');
}

const signed = (percent: string): string =>
  percent.startsWith('-') ? `−${percent.slice(1)}` : `+${percent}`;

function referenceTable(month: ReferenceMonth): Table {
  const row = (name: string, { before, after, difference }: Omit<ReferenceMonth, 'sections' | 'leftOut'>) => [
    name,
    before === null ? '' : money(before),
    money(after),
    difference === null ? '' : money(difference),
  ];
  return {
    columns: [left('Section'), right('Before'), right('After'), right('Difference')],
    rows: [
      ...month.sections.map((section) => row(sectionNames[section.section], section)),
      row('Total', month),
    ],
  };
}

/** Every changed tier, unrounded: for programs. */
export const importCsv = ({ regions }: PriceImport): string =>
  csvTable({
    columns: [
      'region',
      'card',
      'price',
      'unit',
      'upTo',
      'before',
      'after',
      'percent',
      'usageType',
      'operation',
      'sku',
    ].map(left),
    rows: regions.flatMap(({ region, card, changes }) =>
      changes.flatMap(({ id, unit, tiers, usageType, operation, sku }) =>
        tiers.map(({ upTo, before, after, percent }) => [
          region,
          card,
          id,
          unit,
          upTo,
          before?.toString() ?? '',
          after.toString(),
          percent ?? '',
          usageType,
          operation,
          sku,
        ]),
      ),
    ),
  });
