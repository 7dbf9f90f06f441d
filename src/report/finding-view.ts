/** Findings as a table and as sentences: what a prefix costs by cause, what to do, what it saves a month and costs once. */
import { addUsd, compareUsd, sumUsd, type Usd, usdFromText, zeroUsd } from '../kernel/usd.js';
import type { Finding, Scan } from '../prefixes/scan.js';
import { listed } from './bill-view.js';
import { left, right, type Table } from './table.js';
import { money, number } from './view.js';

type Cause = keyof NonNullable<Finding['costs']>;

const costOf = ({ costs = {} }: Finding, ...causes: readonly Cause[]): Usd =>
  sumUsd(causes.map((cause) => usdFromText(costs[cause] ?? '0')));

export function findingTable(scan: Scan): Table {
  return {
    columns: [
      left('Prefix'),
      ...['Small objects', 'A month', 'Padding, overhead', 'GET', 'PUT', 'LIST'].map(right),
      ...['Could save', 'Once'].map(right),
      left('Do'),
    ],
    rows: scan.findings.map((finding) => [
      finding.prefix === '' ? '(all)' : finding.prefix,
      number(finding.objects),
      money(usdFromText(finding.monthlyUsd)),
      money(costOf(finding, 'padding', 'archiveOverhead', 'monitoring')),
      money(costOf(finding, 'get', 'retrieval')),
      money(costOf(finding, 'put')),
      money(costOf(finding, 'list')),
      `${money(usdFromText(finding.savingUsd))} a month`,
      finding.oneOffUsd === undefined ? '–' : money(usdFromText(finding.oneOffUsd)),
      finding.recommendation,
    ]),
  };
}

export function findingLines(scan: Scan): string[] {
  return listed(
    'Found',
    scan.findings.map((finding) =>
      `${finding.prefix || '(all)'}: ${finding.why} ${costText(finding)}${finding.recommendation} ${savingText(finding)} (confidence: ${finding.confidence}). ${finding.certainty ?? ''}`.trimEnd(),
    ),
  );
}

const causeNames: Readonly<Record<Cause, string>> = {
  storage: 'storage',
  padding: 'padding to 128 KiB',
  archiveOverhead: 'archive overhead',
  monitoring: 'monitoring',
  put: 'PUT',
  get: 'GET',
  list: 'LIST',
  retrieval: 'retrieval',
};

/** "They cost $1.20 a month: padding to 128 KiB $0.90, GET $0.30." Causes that cost nothing are left out. */
export function costText(finding: Finding): string {
  const causes = (Object.keys(causeNames) as Cause[]).filter(
    (cause) => compareUsd(costOf(finding, cause), zeroUsd) > 0,
  );
  if (causes.length === 0) return '';
  const all = causes.reduce((sum, cause) => addUsd(sum, costOf(finding, cause)), zeroUsd);
  return `They cost ${money(all)} a month: ${causes.map((cause) => `${causeNames[cause]} ${money(costOf(finding, cause))}`).join(', ')}. `;
}

/** Work that costs as much as it saves must not look like a saving of less than a cent. */
export function savingText({ savingUsd, oneOffUsd = '0' }: Finding): string {
  const saving = usdFromText(savingUsd);
  const once = usdFromText(oneOffUsd);
  if (compareUsd(saving, zeroUsd) <= 0) return 'No saving in requests and storage is counted for it';
  return `Saves about ${money(saving)} a month${compareUsd(once, zeroUsd) > 0 ? `, for ${money(once)} once` : ''}`;
}
