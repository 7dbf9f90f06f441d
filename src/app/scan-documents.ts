/** Saved scans put together, and held against each other. */
import { type Month, monthOf } from '../kernel/day.js';
import { BucketwiseError, raise } from '../kernel/errors.js';
import type { Scan } from '../prefixes/scan.js';
import { scanToJson } from '../prefixes/scan-json.js';
import { mergeScans } from '../prefixes/scan-merge.js';
import type { RateCard } from '../pricing/rate-card.js';
import { diffCsv, diffMarkdown, diffText } from '../report/scan-diff-view.js';
import { findings } from '../scenarios/findings.js';
import { defaultQueriesPerMonth } from '../scenarios/layout.js';
import { type ScanDiff, scanDiff } from '../scenarios/scan-diff.js';
import { countFrom, monthFor, rateCard } from './prices.js';
import { readScan, shownScan } from './scan.js';
import { jsonText, type Shown } from './shown.js';
import type { Surroundings, Watch } from './surroundings.js';

export interface MergeRequest {
  readonly paths: readonly string[];
  readonly month?: string;
  readonly queriesPerMonth?: string;
  readonly top?: number;
  readonly out?: string;
}

const defaultTop = 20;

/** Errors: SCANS_APART, SCAN_INVALID, FILE_MISSING, those of prices. */
export async function mergedScan(
  given: Surroundings,
  request: MergeRequest,
  watch: Watch,
): Promise<Shown<Scan>> {
  const { paths, out } = request;
  if (out !== undefined) await given.files.checkWritable(out);
  const [first, ...others] = await Promise.all(paths.map((path) => readScan(given, path)));
  if (!first || others.length === 0)
    return raise('ARGUMENT_INVALID', { field: 'scan merge', why: 'it takes two scans or more' });
  const merged = mergeScans([first, ...others]);
  if ([first, ...others].some(({ requests }) => requests))
    watch.note('What logs said of requests is of single scans, and left out of the merged one.');
  const month = monthFor(given, request.month);
  const card = await rateCard(given, merged.region, month);
  const queriesPerMonth = countFrom('--queries-per-month', request.queriesPerMonth, defaultQueriesPerMonth);
  const options = { region: merged.region, month, queriesPerMonth };
  const value: Scan = { ...merged, findings: findings(merged, card, options) };
  if (out !== undefined) {
    await given.files.write(out, jsonText(scanToJson(value)));
    watch.note(`Saved as ${out}`);
  }
  return shownScan(value, card, options, request.top ?? defaultTop);
}

export interface DiffRequest {
  readonly older: string;
  readonly newer: string;
  /** Whose prices are used; the month of the newer scan where it is absent. */
  readonly month?: string;
  readonly top?: number;
}

/** Errors: SCANS_APART, SCAN_INVALID, FILE_MISSING, those of prices. */
export async function diffOfScans(given: Surroundings, request: DiffRequest): Promise<Shown<ScanDiff>> {
  const [older, newer] = await Promise.all([readScan(given, request.older), readScan(given, request.newer)]);
  if (Date.parse(older.takenAt) > Date.parse(newer.takenAt))
    raise('SCANS_APART', {
      why: `${request.older} was taken after ${request.newer}`,
      hint: 'Name the older scan first.',
    });
  const month = request.month === undefined ? takenIn(newer) : monthFor(given, request.month);
  const card = await rateCard(given, newer.region, month);
  const value = scanDiff(older, newer, { month, card, olderCard: await olderCard(given, older, month) });
  const top = request.top ?? defaultTop;
  return {
    value,
    forms: {
      table: ({ width }) => diffText(value, top, width),
      json: () => jsonText(value),
      ndjson: () => value.lines.map((line) => `${JSON.stringify(JSON.parse(jsonText(line)))}\n`).join(''),
      csv: () => diffCsv(value),
      md: () => diffMarkdown(value, top),
    },
  };
}

const takenIn = ({ takenAt }: Scan): Month => monthOf(Date.parse(takenAt));

/** A scan may be older than the first rate card there is. */
async function olderCard(given: Surroundings, older: Scan, month: Month): Promise<RateCard> {
  try {
    return await rateCard(given, older.region, takenIn(older));
  } catch (cause) {
    if (cause instanceof BucketwiseError && cause.code === 'PRICE_CARD_MISSING')
      return await rateCard(given, older.region, month);
    throw cause;
  }
}
