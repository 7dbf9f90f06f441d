/** One self-contained page: no script, no network, every chart with its table beneath. */
import { bytesText } from '../kernel/bytes.js';
import {
  addUsd,
  approximateUsd,
  subtractUsd,
  sumUsd,
  type Usd,
  usdFromText,
  usdRatio,
  zeroUsd,
} from '../kernel/usd.js';
import type { Finding } from '../prefixes/scan.js';
import type { Bill } from '../pricing/bill.js';
import { billTable } from './bill-view.js';
import { histogramSvg, sizeSteps, treemapSvg } from './charts.js';
import { checkNotes, checkTable } from './check-view.js';
import { hourTable, stateText } from './compaction-view.js';
import { costText } from './finding-view.js';
import { escaped, list, more, part, scrolled, shell, tableHtml } from './markup.js';
import { breakEvenText, layoutText, monthTable, outcomeTable } from './outcome-view.js';
import { listTable, requestNotes, requestTable } from './request-view.js';
import { axisBars, histogramTable, prefixTable, share } from './scan-view.js';
import { tilesOf } from './tiles.js';
import {
  type CompactionView,
  compactNumber,
  counted,
  grainWord,
  money,
  number,
  percent,
  type ReportView,
  requestsText,
  ruleLines,
} from './view.js';

const rowsAtMost = 200;
const findingsAtMost = 50;
const hoursAtMost = 2000;

export function reportPage(view: ReportView): string {
  const { scan, bill } = view;
  const when = `Scanned ${scan.takenAt.slice(0, 16).replace('T', ' ')} UTC · ${scan.region} · prices of ${bill.rateCardDate}, month ${bill.month}`;
  return shell({ title: 'What this layout costs', lines: [scan.source, when] }, [
    figures(view),
    treemapPart(view),
    histogramPart(view),
    requestPart(view),
    findingPart(view),
    billPart(bill),
    checkPart(view),
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
  return `<dl class="figures">${[
    dollarFigure('A month', bill.total, `${money(requests)} of it for requests`),
    figure('Objects', number(objects), compactNumber(Number(objects)), bytesText(bytes)),
    figure('Small objects', share(small, objects), '', `below ${bytesText(scan.smallBelowBytes)}`),
    dollarFigure('Padding and overhead', bill.sections.overhead ?? zeroUsd, 'billed beyond the bytes'),
    dollarFigure('Compaction could save', approximateUsd(saving) > 0 ? saving : zeroUsd, 'a month'),
    dollarFigure('This scan', usdFromText(scan.ownCost.usd), requestsText(scan.ownCost.requests)),
  ].join('')}</dl>`;
}

const dollarFigure = (name: string, amount: Usd, beneath: string): string =>
  figure(name, money(amount), `$${compactNumber(approximateUsd(amount))}`, beneath);

/** What a card of a phone holds in one line. */
const figureLetters = 11;

function figure(name: string, value: string, short: string, beneath: string): string {
  const [shown, small] = value.length <= figureLetters ? [value, beneath] : [short, `${value}; ${beneath}`];
  return `<div><dt>${name}</dt><dd>${shown}<small>${escaped(small)}</small></dd></div>`;
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
<ul class="legend">${legend}</ul>${tableHtml('Prefixes by dollars', prefixTable(view.priced, rowsAtMost))}${more(view.priced.length, rowsAtMost, 'prefix')}`,
  );
}

function histogramPart(view: ReportView): string {
  if (view.bars.length === 0) return '';
  const bars = axisBars(view.bars, view.targetFileBytes);
  return part(
    'How small is small',
    'Objects and their dollars (storage and reads) by size. Marked: 128 KiB, where padding ends, and the size of compacted files.',
    `<div class="histogram">${scrolled('Chart of object sizes', histogramSvg(bars, view.targetFileBytes))}</div>${tableHtml('Objects by size', histogramTable(view.bars))}`,
  );
}

function requestPart({ scan: { requests } }: ReportView): string {
  if (!requests) return '';
  return part(
    'Who asks for it',
    `Requests that ${escaped(requests.source)} shows, by prefix, kind and requester, by dollars.`,
    `${tableHtml('Requests by dollars', requestTable(requests, rowsAtMost))}${more(requests.rows.length, rowsAtMost, 'row')}<h3>Who causes the LISTs</h3>${tableHtml('LISTs by requester', listTable(requests, rowsAtMost))}${list('What these counts are', requestNotes(requests))}`,
  );
}

function findingPart({ scan }: ReportView): string {
  if (scan.findings.length === 0) return '';
  const one = (finding: Finding): string =>
    `<li><b>${escaped(finding.prefix === '' ? '(all)' : finding.prefix)}</b><span class="good">saves ${money(usdFromText(finding.savingUsd))} a month</span><p>${escaped(finding.recommendation)}</p><p class="soft">${escaped(`${finding.why} ${costText(finding)}${onceText(finding)}Confidence: ${finding.confidence}. ${finding.certainty ?? ''}`.trimEnd())}</p></li>`;
  const saving = scan.findings.filter(({ savingUsd }) => approximateUsd(usdFromText(savingUsd)) > 0);
  const shown = saving.slice(0, findingsAtMost).map(one);
  return part(
    'What to do',
    'Ranked by what it saves.',
    `${shown.length === 0 ? '' : `<ol class="findings">${shown.join('')}</ol>`}${more(saving.length, findingsAtMost, 'finding')}${idle(scan.findings.length - saving.length, saving.length > 0)}`,
  );
}

const onceText = ({ oneOffUsd = '0' }: Finding): string =>
  approximateUsd(usdFromText(oneOffUsd)) > 0 ? `Doing it costs ${money(usdFromText(oneOffUsd))} once. ` : '';

/** Small objects that nobody reads often enough. */
function idle(count: number, isBesides: boolean): string {
  if (count === 0) return '';
  const what = `${counted(count, 'prefix')}${isBesides ? ' more' : ''}`;
  const [hold, them] = count === 1 ? ['holds', 'it'] : ['hold', 'them'];
  return `<p class="soft">${what} ${hold} small objects, but compacting ${them} saves nothing at this use.</p>`;
}

function billPart(bill: Bill): string {
  return part(
    'The bill, line by line',
    'Storage, overhead, PUT, GET and LIST apart, under the usage types of the AWS bill.',
    `${tableHtml('The bill', billTable(bill), true)}${list('Rules that applied', ruleLines(bill.lines))}`,
  );
}

function checkPart({ scan: { comparison } }: ReportView): string {
  if (!comparison) return '';
  return part(
    'Held against AWS',
    'What CloudWatch and Storage Lens count of the same bucket.',
    `${tableHtml('Held against AWS', checkTable(comparison))}${list('Of these numbers', checkNotes(comparison))}`,
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
<p>${escaped(breakEvenText(outcome))}</p>${tableHtml('Before and after', outcomeTable(outcome), true)}
<details><summary>Month by month</summary>${tableHtml('Month by month', monthTable(outcome))}</details>${list('Assumed besides', beside(outcome.assumptions, bill.assumptions))}${list('Not counted besides', beside(outcome.notCounted, bill.notCounted))}`,
  );
}

const beside = (all: readonly string[], said: readonly string[]): string[] =>
  all.filter((text) => !said.includes(text));

function compactionPart(report: CompactionView): string {
  const { sources, target } = report.totals;
  const says =
    target.files > 0
      ? `${number(sources.objects)} objects, ${bytesText(sources.bytes)} → ${number(target.files)} Parquet files, ${bytesText(target.bytes)}; ${number(target.rows)} rows verified. Sources kept.`
      : `${number(sources.objects)} source objects, ${bytesText(sources.bytes)}.`;
  const refused = report.partitions.filter(({ state }) => state === 'refused' || state === 'failed');
  return part(
    `Compaction of ${escaped(report.table)}: ${stateText(report)}`,
    says,
    `${list(
      'Left as found',
      refused.map((row) => `${row.partition}: ${row.reason}`),
    )}<details><summary>Every ${grainWord(report)}</summary>${tableHtml(`Every ${grainWord(report)} of ${report.table}`, hourTable({ ...report, partitions: report.partitions.slice(0, hoursAtMost) }))}${more(report.partitions.length, hoursAtMost, grainWord(report))}</details>`,
  );
}

const notesPart = (bill: Bill): string =>
  part(
    'What this rests on',
    '',
    `${list('Assumed', bill.assumptions)}${list('Not counted', bill.notCounted)}`,
  );
