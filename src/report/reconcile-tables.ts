/** The tables of a reconciliation: lines worst first, what was set apart, what was not understood, and the sum of all. */
import { groupedText } from '../kernel/quantity.js';
import { approximateUsd, type Usd } from '../kernel/usd.js';
import type { MatchedGroup, Reconciliation } from '../reconcile/reconciliation.js';
import { left, right, type Table } from './table.js';
import { counted, money, number } from './view.js';

/** Rows of the table for people; programs get all of them. */
const groupsAtMost = 100;
const reasonsAtMost = 100;

/**
 * Columns that would hold the same in every row are left out: the heading says it. Where room is short the Region
 * is left to the prefix of the usage type, which names it as well.
 */
export function matchedTable({ matched }: Reconciliation, isNarrow = false, most = groupsAtMost): Table {
  const { groups } = matched;
  const rest = groups.length - most;
  const several = {
    region: !isNarrow && onlyOne(groups, 'region') === '',
    month: onlyOne(groups, 'month') === '',
  };
  const lead = (region: string, month: string, name: string): string[] => [
    ...(several.region ? [region] : []),
    ...(several.month ? [month] : []),
    name,
  ];
  const shared = new Set(groups.map(meterOf).filter((meter, at, all) => all.indexOf(meter) !== at));
  return {
    columns: [
      ...lead('Region', 'Month', 'Usage type').map(left),
      ...['Quantity', 'Billed', 'Ours', 'Difference', 'Error'].map(right),
    ],
    rows: [
      ...groups
        .slice(0, most)
        .map((group) => [
          ...lead(group.region, group.month, nameOf(group, shared.has(meterOf(group)))),
          `${quantityText(group.quantity)} ${group.unit}`.trimEnd(),
          ...amountsOf(group),
        ]),
      ...(rest > 0 ? [[...lead('', '', `and ${counted(rest, 'line')} more`), '', '', '', '', '']] : []),
      [...lead('', '', 'Total'), '', ...amountsOf(matched)],
    ],
  };
}

const meterOf = ({ region, month, usageType }: MatchedGroup): string => `${region} ${month} ${usageType}`;

/** A usage type that has several prices is told apart by its operation. */
const nameOf = ({ usageType, operations, price }: MatchedGroup, isShared: boolean): string =>
  `${usageType}${isShared && operations.length > 0 ? ` ${operations[0]}` : ''}${price === 'free' ? ' (free)' : ''}`;

const amountsOf = (of: Pick<MatchedGroup, 'listed' | 'ours' | 'difference' | 'errorPercent'>): string[] => [
  smallMoney(of.listed),
  smallMoney(of.ours),
  smallMoney(of.difference),
  percentText(of.errorPercent),
];

/** A bill cuts its amounts at ten places or so: what is about as small is shown as small, not digit by digit. */
function smallMoney(amount: Usd): string {
  const size = Math.abs(approximateUsd(amount));
  return size > 0 && size < 0.00001 ? '< $0.00001' : money(amount);
}

/** Two places from one on, six below. */
function quantityText(quantity: MatchedGroup['quantity']): string {
  const text = groupedText(quantity, Math.abs(Number(quantity.toString())) < 1 ? 6 : 2);
  return text === '0' && quantity.toString() !== '0' ? '< 0.000001' : text;
}

function onlyOne(groups: readonly MatchedGroup[], key: 'region' | 'month'): string {
  const [first, ...more] = groups;
  return first !== undefined && more.every((group) => group[key] === first[key]) ? first[key] : '';
}

export const heading = ({ matched: { groups } }: Reconciliation): string =>
  [
    onlyOne(groups, 'region') || 'several Regions',
    onlyOne(groups, 'month') || 'several months',
    'in USD',
  ].join(', ');

/** Two places, and "< 0.01 %" for what is smaller than they show. */
export function percentText(percent: MatchedGroup['errorPercent']): string {
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
    columns: [left('Not understood'), left('Operation'), right('Rows'), right('Billed')],
    rows: [
      ...notUnderstood.entries
        .slice(0, reasonsAtMost)
        .map((entry) => [
          entry.usageType || `(${entry.service})`,
          entry.operation,
          number(entry.rows),
          money(entry.billed),
        ]),
      ['Total', '', number(notUnderstood.rows), money(notUnderstood.billed)],
    ],
  };
}

/** In the order of the table: a reason is too long for a column. */
export const reasons = ({ notUnderstood }: Reconciliation): string[] =>
  notUnderstood.entries
    .slice(0, reasonsAtMost)
    .map(
      ({ usageType, operation, service, reason, first }) =>
        `${[usageType || service, operation].filter((text) => text !== '').join(' ')}: ${reason} (first at ${first})`,
    );

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
