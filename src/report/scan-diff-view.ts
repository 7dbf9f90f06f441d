/** What changed between two scans, as people read a diff: the most dollars first, what is not told apart said below. */
import { bytesText } from '../kernel/bytes.js';
import { printable } from '../kernel/s3.js';
import { compareUsd, zeroUsd } from '../kernel/usd.js';
import type { DiffSide, ScanDiff } from '../scenarios/scan-diff.js';
import { listed } from './bill-view.js';
import { csvTable, left, markdownTable, markdownText, right, type Table, textTable } from './table.js';
import { counted, money, number } from './view.js';

export function diffTable(diff: ScanDiff, top: number): Table {
  const row = (prefix: string, state: string, { before, after, change }: ScanDiff['totals']): string[] => [
    prefix,
    state,
    signed(change.objects, number),
    signed(change.bytes, bytesText),
    signed(change.smallObjects, number),
    signed(change.paddingBytes, bytesText),
    money(before.monthlyUsd),
    money(after.monthlyUsd),
    plus(change),
  ];
  return {
    columns: [
      ...[left('Prefix'), left('')],
      ...['Objects', 'Bytes', 'Small', 'Padding', 'Was a month', 'Is a month', 'Change'].map(right),
    ],
    rows: [
      ...diff.lines.slice(0, top).map((line) => row(line.prefix || '(top)', line.state, line)),
      row('Total', '', diff.totals),
    ],
  };
}

const signed = (amount: bigint, text: (size: bigint) => string): string => {
  if (amount === 0n) return '–';
  return amount > 0n ? `+${text(amount)}` : `−${text(-amount)}`;
};

const plus = ({ monthlyUsd }: DiffSide): string =>
  compareUsd(monthlyUsd, zeroUsd) > 0 ? `+${money(monthlyUsd)}` : money(monthlyUsd);

const headLine = ({ older, newer }: ScanDiff): string =>
  `${newer.source}: ${older.takenAt} → ${newer.takenAt}, prices of ${newer.region}, card of ${newer.rateCardDate}`;

export function diffText(diff: ScanDiff, top: number, width: number): string {
  const more = diff.lines.length - top;
  return [
    printable(headLine(diff)),
    '',
    textTable(diffTable(diff, top), width),
    ...(more > 0 ? [`… and ${counted(more, 'line')} more (--top), in the total`] : []),
    ...listed('Not told apart', untoldLines(diff)),
    ...listed('To be known', diff.notes),
    '',
  ].join('\n');
}

const mostUntold = 10;

function untoldLines({ untold }: ScanDiff): string[] {
  const lines = untold
    .slice(0, mostUntold)
    .map(
      ({ prefix, in: scan, into }) =>
        `${printable(prefix)} is a row of the ${scan} scan only, and may be counted in a row above by the other: counted in ${printable(into) || '(top)'}.`,
    );
  const more = untold.length - lines.length;
  return more > 0 ? [...lines, `${counted(more, 'row')} more (all in -o json).`] : lines;
}

export const diffMarkdown = (diff: ScanDiff, top: number): string =>
  [
    markdownText(headLine(diff)),
    '',
    markdownTable(diffTable(diff, top)),
    '',
    ...untoldLines(diff).map((line) => `- ${markdownText(line)}`),
    ...diff.notes.map((note) => `- ${markdownText(note)}`),
    '',
  ].join('\n');

const counts = ['objects', 'bytes', 'smallObjects', 'paddingBytes', 'monthlyUsd'] as const;

/** Exact amounts, a line each: for programs. */
export const diffCsv = (diff: ScanDiff): string =>
  csvTable({
    columns: [
      'prefix',
      'state',
      ...counts,
      ...counts.map((name) => `${name}Before`),
      ...counts.map((name) => `${name}After`),
    ].map(left),
    rows: diff.lines.map(({ prefix, state, change, before, after }) => [
      prefix,
      state,
      ...[change, before, after].flatMap((side) => counts.map((name) => side[name].toString())),
    ]),
  });
