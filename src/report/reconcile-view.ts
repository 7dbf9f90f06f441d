/** A bill beside the price book as people and programs read it: text, Markdown, a page, CSV. */
import { approximateUsd, subtractUsd } from '../kernel/usd.js';
import type { Reconciliation } from '../reconcile/reconciliation.js';
import { listed } from './bill-view.js';
import { escaped, list, part, shell, tableHtml } from './markup.js';
import {
  apartTable,
  heading,
  matchedTable,
  notUnderstoodTable,
  percentText,
  reasons,
  sumTable,
} from './reconcile-tables.js';
import { csvTable, left, markdownTable, type Table, textTable } from './table.js';
import { counted, money } from './view.js';

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
  const blocks = tables(value, width < wideEnough).map(({ table, why }) => [
    textTable(table, width),
    ...listed('Why', why),
  ]);
  return [
    filesText(value),
    ...headed(value, blocks),
    '',
    verdict(value),
    ...listed('Assumed', value.assumptions),
  ].join('\n');
}

export function reconciliationMarkdown(value: Reconciliation): string {
  const blocks = tables(value).map(({ table, why }) => [
    markdownTable(table),
    ...listed(
      'Why',
      why.map((text) => text.replace(/[\\`*_<>[\]|]/g, '\\$&')),
    ),
  ]);
  return [...headed(value, blocks), '', verdict(value), ...listed('Assumed', value.assumptions), ''].join(
    '\n',
  );
}

const headed = (value: Reconciliation, blocks: readonly (readonly string[])[]): string[] => [
  ...(value.matched.groups.length > 0 ? [heading(value)] : []),
  ...blocks.flatMap((block) => ['', ...block]),
];

interface Block {
  readonly table: Table;
  readonly why: readonly string[];
}

/** Columns of a terminal that show Regions beside usage types. */
const wideEnough = 130;

function tables(value: Reconciliation, isNarrow = false): Block[] {
  const plain = (table: Table): Block => ({ table, why: [] });
  return [
    ...(value.matched.groups.length > 0 ? [plain(matchedTable(value, isNarrow))] : []),
    ...(value.setApart.rows + value.leftOut.rows > 0 ? [plain(apartTable(value))] : []),
    ...(value.notUnderstood.rows > 0 ? [{ table: notUnderstoodTable(value), why: reasons(value) }] : []),
    plain(sumTable(value)),
  ];
}

export function reconciliationPage(value: Reconciliation): string {
  const when = value.files.map(({ file, form, rows }) => `${file} · ${form} · ${counted(rows, 'row')}`);
  return shell({ title: 'The bill beside the price book', lines: when }, [
    part('Line by line', escaped(verdict(value)), tableHtml('Line by line', matchedTable(value), true)),
    part(
      'Set apart',
      'On the bill, but not a quantity at a price of S3 or its neighbours.',
      tableHtml('Set apart', apartTable(value)),
    ),
    part(
      'Not understood',
      'No price could be laid beside these rows.',
      `${tableHtml('Not understood', notUnderstoodTable(value), true)}${list('Why', reasons(value))}`,
    ),
    part(
      'The whole bill',
      'The parts add up to it exactly.',
      tableHtml('The whole bill', sumTable(value), true),
    ),
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
