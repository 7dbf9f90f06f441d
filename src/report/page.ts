/** One self-contained page: no script, no network, every chart with its table beneath. */
import { bytesText } from '../kernel/bytes.js';
import {
  addUsd,
  approximateUsd,
  subtractUsd,
  sumUsd,
  usdFromText,
  usdRatio,
  zeroUsd,
} from '../kernel/usd.js';
import type { Finding } from '../prefixes/scan.js';
import type { Bill } from '../pricing/bill.js';
import { billTable } from './bill-view.js';
import { histogramSvg, sizeSteps, tilesOf, treemapSvg } from './charts.js';
import { hourTable, stateText } from './compaction-view.js';
import { escaped, list, part, shell, tableHtml } from './markup.js';
import { breakEvenText, layoutText, monthTable, outcomeTable } from './outcome-view.js';
import { axisBars, histogramTable, prefixTable, share } from './scan-view.js';
import {
  type CompactionView,
  money,
  number,
  percent,
  type ReportView,
  requestsText,
  ruleLines,
} from './view.js';

const rowsAtMost = 200;
const findingsAtMost = 50;

export function reportPage(view: ReportView): string {
  const { scan, bill } = view;
  const when = `Scanned ${scan.takenAt.slice(0, 16).replace('T', ' ')} UTC · ${scan.region} · prices of ${bill.rateCardDate}, month ${bill.month}`;
  return shell({ title: 'What this layout costs', lines: [scan.source, when] }, [
    figures(view),
    treemapPart(view),
    histogramPart(view),
    findingPart(view),
    billPart(bill),
    outcomePart(view),
    ...(view.compaction ?? []).map(compactionPart),
    notesPart(bill),
  ]);
}

/** A bill alone, for one that comes from a usage document. */
export function billPage(bill: Bill): string {
  const when = `${bill.region} · prices of ${bill.rateCardDate}`;
  return shell({ title: `The bill of ${bill.month}: ${money(bill.total)}`, lines: [when] }, [
    billPart(bill),
    notesPart(bill),
  ]);
}

function figures({ scan, bill, outcome }: ReportView): string {
  const objects = scan.totals.reduce((sum, tally) => sum + tally.objects, 0n);
  const small = scan.totals.reduce((sum, tally) => sum + tally.smallObjects, 0n);
  const bytes = scan.totals.reduce((sum, tally) => sum + tally.bytes, 0n);
  const requests = sumUsd(['put', 'get', 'list'].map((name) => bill.sections[name as 'put'] ?? zeroUsd));
  const saving = outcome
    ? outcome.monthly.saving
    : scan.findings.reduce((sum, finding) => addUsd(sum, usdFromText(finding.savingUsd)), zeroUsd);
  const one = (name: string, value: string, more: string): string =>
    `<div><dt>${name}</dt><dd>${value}<small>${escaped(more)}</small></dd></div>`;
  return `<dl class="figures">${[
    one('A month', money(bill.total), `${money(requests)} of it for requests`),
    one('Objects', number(objects), bytesText(bytes)),
    one('Small objects', share(small, objects), `below ${bytesText(scan.smallBelowBytes)}`),
    one('Padding and overhead', money(bill.sections.overhead ?? zeroUsd), 'billed beyond the bytes'),
    one('Compaction could save', money(approximateUsd(saving) > 0 ? saving : zeroUsd), 'a month'),
    one('This scan', money(usdFromText(scan.ownCost.usd)), requestsText(scan.ownCost.requests)),
  ].join('')}</dl>`;
}

function treemapPart(view: ReportView): string {
  const tiles = tilesOf(view.priced);
  if (tiles.length === 0) return part('Where the money is', 'Nothing here costs anything.', '');
  const legend = sizeSteps
    .map(({ name }, at) => `<li><i style="background:var(--step${at})"></i>${name}</li>`)
    .join('');
  return part(
    'Where the money is',
    'Area is dollars a month, colour the median size of the objects: the redder, the smaller.',
    `<div class="treemap wide">${treemapSvg(tiles, 1040, 420)}</div><div class="treemap narrow">${treemapSvg(tiles, 360, 420)}</div>
<ul class="legend">${legend}</ul>${tableHtml(prefixTable(view.priced, rowsAtMost))}${more(view.priced.length)}`,
  );
}

const more = (rows: number): string =>
  rows > rowsAtMost ? `<p class="soft">and ${number(rows - rowsAtMost)} prefixes more</p>` : '';

function histogramPart(view: ReportView): string {
  if (view.bars.length === 0) return '';
  const bars = axisBars(view.bars, view.targetFileBytes);
  return part(
    'How small is small',
    'Objects and their dollars (storage and reads) by size. Marked: 128 KiB, where padding ends, and the size of compacted files.',
    `<div class="histogram scroll">${histogramSvg(bars, view.targetFileBytes)}</div>${tableHtml(histogramTable(view.bars))}`,
  );
}

function findingPart({ scan }: ReportView): string {
  if (scan.findings.length === 0) return '';
  const one = (finding: Finding): string =>
    `<li><b>${escaped(finding.prefix === '' ? '(all)' : finding.prefix)}</b><span class="good">saves ${money(usdFromText(finding.savingUsd))} a month</span><p>${escaped(finding.recommendation)}</p><p class="soft">${escaped(finding.why)} Confidence: ${finding.confidence}.</p></li>`;
  const shown = scan.findings.slice(0, findingsAtMost);
  return part(
    'What to do',
    'Ranked by what it saves.',
    `<ol class="findings">${shown.map(one).join('')}</ol>`,
  );
}

function billPart(bill: Bill): string {
  return part(
    'The bill, line by line',
    'Storage, overhead, PUT, GET and LIST apart, under the usage types of the AWS bill.',
    `${tableHtml(billTable(bill), true)}${list('Rules that applied', ruleLines(bill.lines))}`,
  );
}

function outcomePart({ outcome, bill }: ReportView): string {
  if (!outcome) return '';
  const { before, saving, after } = outcome.monthly;
  const ratio = percent(usdRatio(subtractUsd(after, before), before));
  return part(
    'What if every hour were compacted',
    `${escaped(layoutText(outcome))}.`,
    `<p class="steps"><span>${money(before)}</span> → <span class="${approximateUsd(saving) > 0 ? 'good' : 'bad'}">${money(after)} a month</span> <span class="soft">${ratio}</span></p>
<p>${escaped(breakEvenText(outcome))}</p>${tableHtml(outcomeTable(outcome), true)}
<details><summary>Month by month</summary>${tableHtml(monthTable(outcome))}</details>${list('Assumed besides', beside(outcome.assumptions, bill.assumptions))}${list('Not counted besides', beside(outcome.notCounted, bill.notCounted))}`,
  );
}

const beside = (all: readonly string[], said: readonly string[]): string[] =>
  all.filter((text) => !said.includes(text));

function compactionPart(report: CompactionView): string {
  const { sources, target } = report.totals;
  const says =
    target.files > 0
      ? `${number(sources.objects)} objects, ${bytesText(sources.bytes)} → ${number(target.files)} Snappy Parquet files, ${bytesText(target.bytes)}; ${number(target.rows)} rows verified. Sources kept.`
      : `${number(sources.objects)} source objects, ${bytesText(sources.bytes)}.`;
  const refused = report.partitions.filter(({ state }) => state === 'refused' || state === 'failed');
  return part(
    `Compaction of ${escaped(report.table)}: ${stateText(report)}`,
    says,
    `${list(
      'Left as found',
      refused.map((row) => `${row.partition}: ${row.reason}`),
    )}<details><summary>Every hour</summary>${tableHtml(hourTable({ ...report, partitions: report.partitions.slice(0, 2000) }))}</details>`,
  );
}

const notesPart = (bill: Bill): string =>
  part(
    'What this rests on',
    '',
    `${list('Assumed', bill.assumptions)}${list('Not counted', bill.notCounted)}`,
  );
