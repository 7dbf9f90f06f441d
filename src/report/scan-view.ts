/** A scan as text and tables: where the dollars lie, how small the objects are, what to do about it. */
import { bytesText, KIB } from '../kernel/bytes.js';
import { printable } from '../kernel/s3.js';
import { approximateUsd, usdFromText } from '../kernel/usd.js';
import { upperEdges } from '../prefixes/histogram.js';
import type { Requests } from '../prefixes/request-rows.js';
import type { Scan } from '../prefixes/scan.js';
import type { Section } from '../pricing/bill.js';
import type { PricedBar, PricedPrefix } from '../scenarios/priced-rows.js';
import { listed } from './bill-view.js';
import type { Bar } from './charts.js';
import { checkNotes, checkTable } from './check-view.js';
import { findingLines, findingTable } from './finding-view.js';
import { listTable, requestCsv, requestNotes, requestTable } from './request-view.js';
import { csvTable, left, markdownTable, markdownText, right, type Table, textTable } from './table.js';
import { money, number, type ReportView, requestsText } from './view.js';

/** The scanned prefix itself first, then the rest by dollars. */
export function byDollars(priced: readonly PricedPrefix[]): PricedPrefix[] {
  const [root, ...rest] = priced;
  const sorted = rest.sort((a, b) => approximateUsd(b.monthly) - approximateUsd(a.monthly));
  return root ? [root, ...sorted] : [];
}

const requestSections: readonly Section[] = ['put', 'get', 'list'];

export function prefixTable(priced: readonly PricedPrefix[], top: number): Table {
  return {
    columns: [
      left('Prefix'),
      right('Objects'),
      right('Bytes'),
      right('Median'),
      right('Small'),
      right('Storage'),
      right('Overhead'),
      ...['PUT', 'GET', 'LIST'].map(right),
      right('A month'),
    ],
    rows: byDollars(priced)
      .slice(0, top)
      .map((row) => [
        row.prefix === '' ? '(all)' : row.prefix,
        number(row.objects),
        bytesText(row.bytes),
        bytesText(row.medianObjectBytes),
        share(row.smallObjects, row.objects),
        section(row, 'storage'),
        section(row, 'overhead'),
        ...requestSections.map((name) => section(row, name)),
        money(row.monthly),
      ]),
  };
}

const section = (row: PricedPrefix, name: Section): string => {
  const amount = row.bySection[name];
  return amount === undefined ? '–' : money(amount);
};

export const share = (part: bigint, whole: bigint): string =>
  whole === 0n ? '–' : `${Number((part * 100n) / whole)} %`;

export function histogramTable(bars: readonly PricedBar[]): Table {
  return {
    columns: [left('Object size'), right('Objects'), right('Bytes'), right('A month')],
    rows: bars.map((bar) => [
      barName(bar.upToBytes),
      number(bar.objects),
      bytesText(bar.bytes),
      money(bar.monthly),
    ]),
  };
}

export const barName = (upToBytes: number | null): string =>
  upToBytes === null ? 'larger' : upToBytes === 1 ? 'empty' : `< ${bytesText(upToBytes)}`;

/** Every size from the smallest found to beyond the target, empty ones too: so the marks stand where they belong. */
export function axisBars(bars: readonly PricedBar[], targetBytes: number): Bar[] {
  const from = upperEdges.indexOf(bars[0]?.upToBytes ?? null);
  const last = upperEdges.indexOf(bars.at(-1)?.upToBytes ?? null);
  const target = upperEdges.findIndex((edge) => edge !== null && edge > targetBytes);
  const floor = upperEdges.findIndex((edge) => edge !== null && edge >= 64 * KIB);
  return upperEdges.slice(Math.min(from, floor), Math.max(last, target) + 1).map((upToBytes) => {
    const bar = bars.find((one) => one.upToBytes === upToBytes);
    return {
      label: barName(upToBytes),
      upToBytes,
      objects: bar?.objects ?? 0n,
      dollars: bar ? approximateUsd(bar.monthly) : 0,
      money: bar ? money(bar.monthly) : '',
    };
  });
}

export function scanText(view: ReportView, top: number, width: number): string {
  const { scan, bill, priced } = view;
  return [
    printable(`${scan.source}, ${scan.takenAt}, prices of ${scan.region}`),
    '',
    textTable(prefixTable(priced, top), width),
    ...(priced.length > top ? [`… and ${number(priced.length - top)} prefixes more (--top)`] : []),
    '',
    textTable(histogramTable(view.bars), width),
    ...requestLines(scan, top, width),
    ...findingLines(scan),
    ...checkLines(scan, width),
    ...listed('Assumed', bill.assumptions),
    ...listed('Not counted', bill.notCounted),
    ...(scan.folded.prefixes > 0
      ? [
          '',
          `${number(scan.folded.prefixes)} prefixes are counted in ${number(scan.folded.into)} above them.`,
        ]
      : []),
    '',
    `This scan made ${requestsText(scan.ownCost.requests)}: ${money(usdFromText(scan.ownCost.usd))}.`,
  ].join('\n');
}

function checkLines({ comparison }: Scan, width: number): string[] {
  return comparison
    ? ['', textTable(checkTable(comparison), width), ...listed('Of these numbers', checkNotes(comparison))]
    : [];
}

function requestLines({ requests }: Scan, top: number, width: number): string[] {
  if (!requests) return [];
  const lists = listTable(requests, top);
  return [
    '',
    textTable(requestTable(requests, top), width),
    ...(requests.rows.length > top ? [`… and ${number(requests.rows.length - top)} rows more (--top)`] : []),
    ...(lists.rows.length > 0 ? ['', textTable(lists, width)] : []),
    ...listed(`Requests of ${requests.source}`, requestNotes(requests)),
  ];
}

export function scanMarkdown(view: ReportView, top: number): string {
  return [
    `**${markdownText(view.scan.source)}**, ${view.scan.takenAt}, prices of ${view.scan.region}`,
    '',
    markdownTable(prefixTable(view.priced, top)),
    '',
    markdownTable(histogramTable(view.bars)),
    '',
    ...(view.scan.requests ? requestMarkdown(view.scan.requests, top) : []),
    markdownTable(findingTable(view.scan)),
    '',
    ...(view.scan.comparison
      ? [markdownTable(checkTable(view.scan.comparison)), '', ...checkNotes(view.scan.comparison), '']
      : []),
  ].join('\n');
}

function requestMarkdown(requests: Requests, top: number): string[] {
  return [
    markdownTable(requestTable(requests, top)),
    '',
    markdownTable(listTable(requests, top)),
    '',
    ...requestNotes(requests).map((text) => `- ${markdownText(text)}`),
    '',
  ];
}

/** One row a prefix, exact amounts: for programs. Requests that logs show follow as a table of their own. */
export function scanCsv(view: ReportView): string {
  const names: readonly Section[] = ['storage', 'overhead', 'put', 'get', 'list'];
  const { requests } = view.scan;
  const prefixes = csvTable({
    columns: [
      'prefix',
      'depth',
      'objects',
      'bytes',
      'medianObjectBytes',
      'smallObjects',
      ...names,
      'monthly',
    ].map(left),
    rows: view.priced.map((row) => [
      row.prefix,
      String(row.depth),
      String(row.objects),
      String(row.bytes),
      String(row.medianObjectBytes),
      String(row.smallObjects),
      ...names.map((name) => row.bySection[name]?.toString() ?? '0'),
      row.monthly.toString(),
    ]),
  });
  return requests ? `${prefixes}\r\n${requestCsv(requests)}` : prefixes;
}
