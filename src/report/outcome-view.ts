/** A what-if as people read a diff: before → after line by line, what it costs once, and when it has paid for itself. */
import { bytesText } from '../kernel/bytes.js';
import { subtractUsd, usdRatio, zeroUsd } from '../kernel/usd.js';
import { sections } from '../pricing/bill.js';
import type { Outcome } from '../scenarios/outcome.js';
import { listed } from './bill-view.js';
import { csvTable, left, markdownTable, markdownText, right, type Table, textTable } from './table.js';
import { money, number, percent, sectionNames } from './view.js';

export function outcomeTable({ before, after, monthly }: Outcome): Table {
  const names = sections.filter((name) => before.sections[name] || after.sections[name]);
  const row = (name: string, was = zeroUsd, is = zeroUsd): string[] => [
    name,
    money(was),
    money(is),
    money(subtractUsd(is, was)),
    percent(usdRatio(subtractUsd(is, was), was)),
  ];
  return {
    columns: [left('A month'), right('Before'), right('After'), right('Change'), right('In percent')],
    rows: [
      ...names.map((name) => row(sectionNames[name], before.sections[name], after.sections[name])),
      row('Total', monthly.before, monthly.after),
    ],
  };
}

export function monthTable(outcome: Outcome): Table {
  return {
    columns: [left('Month'), right('Before'), right('After'), right('Once'), right('Saved so far')],
    rows: outcome.months.map((row) => [
      row.month,
      money(row.before),
      money(row.after),
      money(row.oneOff),
      money(row.cumulative),
    ]),
  };
}

export function breakEvenText({ breakEven, oneOff }: Outcome): string {
  const { month, band } = breakEven;
  if (month === 'never') return `One-time cost ${money(oneOff.total)}. At this use it never pays for itself.`;
  const between = band.late === band.early ? '' : ` (between ${band.early} and ${band.late})`;
  return `One-time cost ${money(oneOff.total)}, paid back in ${month}${between}.`;
}

export function layoutText({ layout }: Outcome): string {
  const one = (at: Outcome['layout']['before']): string =>
    `${number(at.objects)} objects, ${bytesText(at.bytes)}`;
  return `${one(layout.before)} → ${one(layout.after)} to read`;
}

export function outcomeText(outcome: Outcome, width: number): string {
  const { monthly } = outcome;
  const change = subtractUsd(monthly.after, monthly.before);
  const ratio = percent(usdRatio(change, monthly.before));
  return [
    `~ ${outcome.scenario}   ${money(monthly.before)} → ${money(monthly.after)} a month   ${money(change)}${ratio ? ` (${ratio})` : ''}`,
    `  ${layoutText(outcome)}`,
    '',
    textTable(outcomeTable(outcome), width),
    '',
    breakEvenText(outcome),
    ...listed('Assumed', outcome.assumptions),
    ...listed('Not counted', outcome.notCounted),
  ].join('\n');
}

export const outcomeMarkdown = (outcome: Outcome): string =>
  [
    `**${outcome.scenario}**: ${layoutText(outcome)}. ${breakEvenText(outcome)}`,
    '',
    markdownTable(outcomeTable(outcome)),
    ...listed('Assumed', outcome.assumptions, markdownText),
    ...listed('Not counted', outcome.notCounted, markdownText),
    '',
  ].join('\n');

export const outcomeCsv = (outcome: Outcome): string =>
  csvTable({
    columns: ['month', 'before', 'after', 'oneOff', 'cumulative'].map(left),
    rows: outcome.months.map((row) =>
      [row.month, row.before, row.after, row.oneOff, row.cumulative].map(String),
    ),
  });
