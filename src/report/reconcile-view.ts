/** A bill beside the price book as people read it: worst error first, then what was set apart and what was not understood. */
import { groupedText } from '../kernel/quantity.js';
import { approximateUsd, subtractUsd } from '../kernel/usd.js';
import type { MatchedGroup, Reconciliation } from '../reconcile/reconciliation.js';
import { listed } from './bill-view.js';
import { escaped, list, part, shell, tableHtml } from './markup.js';
import { csvTable, left, markdownTable, right, type Table, textTable } from './table.js';
import { counted, money, number } from './view.js';

/** Rows of the table for people; programs get all of them. */
const groupsAtMost = 100;
const reasonsAtMost = 100;

export function matchedTable({ matched }: Reconciliation, most = groupsAtMost): Table {
  const { groups } = matched;
  const rest = groups.length - most;
  return {
    columns: [
      left('Region'),
      left('Month'),
      left('Usage type'),
      left('Price'),
      right('Quantity'),
      right('Billed'),
      right('Ours'),
      right('Difference'),
      right('Error'),
    ],
    rows: [
      ...groups
        .slice(0, most)
        .map((group) => [
          group.region,
          group.month,
          group.usageType,
          priceName(group),
          `${groupedText(group.quantity, 2)} ${group.unit}`.trimEnd(),
          money(group.listed),
          money(group.ours),
          money(group.difference),
          percentText(group.errorPercent),
        ]),
      ...(rest > 0
        ? [['', '', `and ${counted(rest, 'line')} with smaller differences`, '', '', '', '', '', '']]
        : []),
      [
        'Total',
        '',
        '',
        '',
        '',
        money(matched.listed),
        money(matched.ours),
        money(matched.difference),
        percentText(matched.errorPercent),
      ],
    ],
  };
}

const priceName = ({ price, note }: MatchedGroup): string => (price === 'free' ? `free: ${note}` : price);

/** Two places, and "< 0.01 %" for what is smaller than they show. */
function percentText(percent: MatchedGroup['errorPercent']): string {
  if (percent === null) return 'not billed';
  const value = Number(percent.toString());
  if (value !== 0 && Math.abs(value) < 0.005) return '< 0.01 %';
  return `${value < 0 ? '−' : value > 0 ? '+' : ''}${Math.abs(value).toFixed(2)} %`;
}

export function apartTable({ setApart, leftOut }: Reconciliation): Table {
  const isLeftOut = leftOut.rows > 0;
  return {
    columns: [left('Set apart'), left('Service'), right('Rows'), right('Billed')],
    rows: [
      ...setApart.entries.map((entry) => [
        entry.kind,
        entry.service,
        number(entry.rows),
        money(entry.billed),
      ]),
      ...(isLeftOut ? [['other Regions or months', '', number(leftOut.rows), money(leftOut.billed)]] : []),
    ],
  };
}

export function notUnderstoodTable({ notUnderstood }: Reconciliation): Table {
  return {
    columns: [
      left('Not understood'),
      left('Operation'),
      right('Rows'),
      right('Billed'),
      left('Why'),
      left('First at'),
    ],
    rows: [
      ...notUnderstood.entries
        .slice(0, reasonsAtMost)
        .map((entry) => [
          entry.usageType || `(${entry.service})`,
          entry.operation,
          number(entry.rows),
          money(entry.billed),
          entry.reason,
          entry.first,
        ]),
      ['Total', '', number(notUnderstood.rows), money(notUnderstood.billed), '', ''],
    ],
  };
}

/** The whole bill in one line each; its parts add up to it exactly. */
export function sumTable(value: Reconciliation): Table {
  const { matched, setApart, notUnderstood, leftOut } = value;
  const row = (name: string, part: { rows: number; billed: Reconciliation['billed'] }): string[] => [
    name,
    number(part.rows),
    money(part.billed),
  ];
  return {
    columns: [left('The bill'), right('Rows'), right('Billed')],
    rows: [
      row('compared with prices', matched),
      row('set apart', setApart),
      row('not understood', notUnderstood),
      ...(leftOut.rows > 0 ? [row('other Regions or months', leftOut)] : []),
      row('Total', value),
    ],
  };
}

const filesText = ({ files }: Reconciliation): string =>
  files.map(({ file, form, rows }) => `${file}: ${form}, ${counted(rows, 'row')}`).join('\n');

function verdict({ matched, unexplained }: Reconciliation): string {
  const inLines = subtractUsd(matched.billed, matched.listed);
  const discount =
    approximateUsd(inLines) === 0
      ? ''
      : ` What was charged differs from public prices by ${money(inLines)} in the lines themselves.`;
  const percent =
    unexplained.percent === null ? '' : ` (${percentText(unexplained.percent).replace('+', '')})`;
  return `Not explained: ${money(unexplained.amount)}${percent} of what was billed for S3 and its neighbours.${discount}`;
}

export function reconciliationText(value: Reconciliation, width: number): string {
  return [
    filesText(value),
    '',
    ...tables(value).flatMap((table) => [textTable(table, width), '']),
    verdict(value),
    ...listed('Assumed', value.assumptions),
  ].join('\n');
}

export const reconciliationMarkdown = (value: Reconciliation): string =>
  [
    ...tables(value).flatMap((table) => [markdownTable(table), '']),
    verdict(value),
    ...listed('Assumed', value.assumptions),
    '',
  ].join('\n');

function tables(value: Reconciliation): Table[] {
  return [
    ...(value.matched.groups.length > 0 ? [matchedTable(value)] : []),
    ...(value.setApart.rows + value.leftOut.rows > 0 ? [apartTable(value)] : []),
    ...(value.notUnderstood.rows > 0 ? [notUnderstoodTable(value)] : []),
    sumTable(value),
  ];
}

export function reconciliationPage(value: Reconciliation): string {
  const when = value.files.map(({ file, form, rows }) => `${file} · ${form} · ${counted(rows, 'row')}`);
  return shell({ title: 'The bill beside the price book', lines: when }, [
    part('Line by line', escaped(verdict(value)), tableHtml(matchedTable(value), true)),
    part(
      'Set apart',
      'On the bill, but not a quantity at a price of S3 or its neighbours.',
      tableHtml(apartTable(value)),
    ),
    part(
      'Not understood',
      'No price could be laid beside these rows.',
      tableHtml(notUnderstoodTable(value), true),
    ),
    part('The whole bill', 'The parts add up to it exactly.', tableHtml(sumTable(value), true)),
    part('What this rests on', '', list('Assumed', value.assumptions)),
  ]);
}

/** Amounts unrounded: one row for every group, every thing set apart and every reason. */
export function reconciliationCsv(value: Reconciliation): string {
  const names = [
    'part',
    'region',
    'month',
    'service',
    'usageType',
    'operations',
    'price',
    'quantity',
    'unit',
  ];
  const amounts = ['rows', 'billed', 'listed', 'ours', 'difference', 'errorPercent', 'reason', 'first'];
  return csvTable({
    columns: [...names, ...amounts].map(left),
    rows: [
      ...value.matched.groups.map((one) => [
        ...['matched', one.region, one.month, '', one.usageType, one.operations.join(' '), one.price],
        ...[one.quantity, one.unit, one.rows, one.billed, one.listed, one.ours, one.difference].map(String),
        ...[one.errorPercent?.toString() ?? '', one.note, ''],
      ]),
      ...value.setApart.entries.map((one) => [
        ...['set apart', '', '', one.service, '', '', '', '', '', String(one.rows), one.billed.toString()],
        ...['', '', '', '', one.kind, ''],
      ]),
      ...value.notUnderstood.entries.map((one) => [
        ...['not understood', one.region, '', one.service, one.usageType, one.operation, '', '', ''],
        ...[one.rows, one.billed, one.listed].map(String),
        ...['', '', '', one.reason, one.first],
      ]),
    ],
  });
}
