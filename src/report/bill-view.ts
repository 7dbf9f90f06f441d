/** A bill as tables: line by line, and as text with what it rests on beneath. */
import { groupedText } from '../kernel/quantity.js';
import { printable } from '../kernel/s3.js';
import { type Bill, type BillLine, sections } from '../pricing/bill.js';
import { csvTable, left, markdownTable, markdownText, right, type Table, textTable } from './table.js';
import { money, ruleLines, sectionNames } from './view.js';

export function billTable(bill: Bill): Table {
  return {
    columns: [
      left('Section'),
      left('Line'),
      left('Usage type'),
      right('Quantity'),
      left('Unit'),
      right('Price'),
      right('Amount'),
    ],
    rows: [
      ...bill.lines.map((line) => [
        sectionNames[line.section],
        line.name,
        line.usageType,
        groupedText(line.quantity),
        line.unit,
        priceText(line),
        money(line.amount),
      ]),
      ['Total', '', '', '', '', '', money(bill.total)],
    ],
  };
}

export const priceText = (line: BillLine): string =>
  line.price === null ? `${line.tiers.length} tiers` : `$${line.price}`;

export function sectionTable(bill: Bill): Table {
  return {
    columns: [left('Section'), right('A month')],
    rows: [
      ...sections.flatMap((section) => {
        const amount = bill.sections[section];
        return amount === undefined ? [] : [[sectionNames[section], money(amount)]];
      }),
      ['Total', money(bill.total)],
    ],
  };
}

export function billText(bill: Bill, width: number): string {
  return [
    `${bill.region}, ${bill.month}, in USD; prices of ${bill.rateCardDate}`,
    '',
    textTable(billTable(bill), width),
    ...notes(bill),
  ].join('\n');
}

function notes(bill: Bill, shown = printable): string[] {
  return [
    ...listed('Rules that applied', ruleLines(bill.lines), shown),
    ...listed('Assumed', bill.assumptions, shown),
    ...listed('Not counted', bill.notCounted, shown),
  ];
}

/** Lines may name keys and classes, which are what a stranger wrote. */
export const listed = (title: string, lines: readonly string[], shown = printable): string[] =>
  lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  - ${shown(line)}`)];

export function billMarkdown(bill: Bill): string {
  return [
    `**${bill.region}, ${bill.month}**: ${money(bill.total)} (prices of ${bill.rateCardDate})`,
    '',
    markdownTable(billTable(bill)),
    ...notes(bill, markdownText),
    '',
  ].join('\n');
}

/** Amounts unrounded: for programs. */
export function billCsv(bill: Bill): string {
  return csvTable({
    columns: [
      'section',
      'name',
      'usageType',
      'operation',
      'class',
      'quantity',
      'unit',
      'price',
      'amount',
      'note',
    ].map(left),
    rows: bill.lines.map((line) => [
      line.section,
      line.name,
      line.usageType,
      line.operation,
      line.class ?? '',
      line.quantity.toString(),
      line.unit,
      line.price?.toString() ?? '',
      line.amount.toString(),
      line.note,
    ]),
  });
}
