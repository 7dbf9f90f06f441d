/** Tallies what lies under an address, live or by an inventory report, and prices what it found; the scan's own requests are priced too. */
import { parseJson } from '../documents.js';
import { isManifest } from '../inventory/manifest-place.js';
import { raise } from '../kernel/errors.js';
import { parseLocation, printable } from '../kernel/s3.js';
import { zeroUsd } from '../kernel/usd.js';
import type { Scan } from '../prefixes/scan.js';
import { scanFromJson, scanToJson } from '../prefixes/scan-json.js';
import type { RateCard } from '../pricing/rate-card.js';
import { reportPage } from '../report/page.js';
import { scanCsv, scanMarkdown, scanText } from '../report/scan-view.js';
import { counted, type ReportView } from '../report/view.js';
import { compactDefaults } from '../scenarios/compact.js';
import { findings } from '../scenarios/findings.js';
import { defaultQueriesPerMonth, describe, type LayoutOptions } from '../scenarios/layout.js';
import { pricedBars, pricedPrefixes } from '../scenarios/priced-rows.js';
import { billOf } from '../scenarios/scenario.js';
import { countFrom, monthFor, rateCard, withinLimit } from './prices.js';
import { openChecks, withChecks } from './scan-checks.js';
import { scanInventory } from './scan-inventory.js';
import { scanLive } from './scan-live.js';
import { findLogs } from './scan-logs.js';
import { checkFlags, regionOf, type ScanRequest } from './scan-request.js';
import { withRequests } from './scan-requests.js';
import { jsonText, type Shown } from './shown.js';
import type { Surroundings, Watch } from './surroundings.js';

const defaultTop = 20;

/** Errors: those of the address and of the store, SOURCE_EMPTY, COST_ABOVE_LIMIT, INTERRUPTED. */
export async function scan(given: Surroundings, request: ScanRequest, watch: Watch): Promise<Shown<Scan>> {
  const location = parseLocation(request.uri);
  checkFlags(request);
  const region = regionOf(given, request, location.scheme);
  const month = monthFor(given, request.month);
  const card = await rateCard(given, region, month);
  const queriesPerMonth = countFrom('--queries-per-month', request.queriesPerMonth, defaultQueriesPerMonth);
  await checkBefore(given, request);
  const checks = await openChecks(given, request.check);
  const logs = await findLogs(given, request, card, watch);
  const { scan: found, saved } = isManifest(request.uri)
    ? await scanInventory(given, request, { region, card }, watch)
    : await scanLive(given, request, { location, region, card }, watch);
  const options = { region, month, queriesPerMonth };
  const save = async (value: Scan): Promise<void> => {
    if (request.out !== undefined) await given.files.write(request.out, jsonText(scanToJson(value)));
  };
  // Logs and checks may fail after hours: what was scanned is kept.
  if (logs || checks.length > 0) await save({ ...found, findings: findings(found, card, options) });
  const asked = logs ? await withRequests(given, request, found, logs, { card, month }, watch) : found;
  const taken = await withChecks(given, checks, asked, watch);
  const value: Scan = { ...taken, findings: findings(taken, card, options) };
  await save(value);
  if (request.out !== undefined) {
    await saved?.();
    watch.note(`Saved as ${request.out}`);
  }
  return shownScan(value, card, options, request.top ?? defaultTop);
}

export function shownScan(value: Scan, card: RateCard, options: LayoutOptions, top: number): Shown<Scan> {
  let priced: ReportView | undefined;
  // Pricing ten thousand rows takes seconds, and the document alone has no use for it.
  const view = (): ReportView => (priced ??= reportView(value, card, options));
  return {
    value,
    forms: {
      table: ({ width }) => scanText(view(), top, width),
      json: () => jsonText(scanToJson(value)),
      ndjson: () => value.prefixes.map((row) => `${JSON.stringify(JSON.parse(jsonText(row)))}\n`).join(''),
      csv: () => scanCsv(view()),
      md: () => scanMarkdown(view(), top),
      html: () => reportPage(view()),
    },
  };
}

/** What would fail after an hour of listing fails before it. */
async function checkBefore(given: Surroundings, { maxCost, out }: ScanRequest): Promise<void> {
  withinLimit(zeroUsd, maxCost);
  if (out !== undefined) await given.files.checkWritable(out);
}

/** What the pages and tables show of a scan. */
export function reportView(value: Scan, card: RateCard, options: LayoutOptions): ReportView {
  const layout = describe(value, value.prefixes[0]!, options);
  return {
    scan: value,
    bill: billOf(layout.usage, card, layout),
    priced: pricedPrefixes(value, card, options),
    bars: pricedBars(value, card, options),
    targetFileBytes: compactDefaults.targetFileBytes,
  };
}

/** Errors: INVENTORY_PARTIAL. */
export function checkScan({ missing = [] }: Scan): void {
  const [first] = missing;
  if (first)
    raise('INVENTORY_PARTIAL', { files: counted(missing.length, 'file'), file: printable(first.file) });
}

/** Errors: FILE_MISSING, DOCUMENT_UNREADABLE, SCAN_INVALID. */
export async function readScan(given: Surroundings, path: string): Promise<Scan> {
  return scanFromJson(parseJson(await given.files.read(path), path), path);
}
