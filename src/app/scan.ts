/** Lists what lies under an address, tallies it, and prices what it found; the scan's own requests are priced too. */
import { parseJson } from '../documents.js';
import { listLive } from '../inventory/live-listing.js';
import { parseBytes } from '../kernel/bytes.js';
import { instantText } from '../kernel/clock.js';
import { raise } from '../kernel/errors.js';
import { type Location, locationText, parseLocation } from '../kernel/s3.js';
import { zeroUsd } from '../kernel/usd.js';
import { summarise } from '../prefixes/prefix-rows.js';
import { addObjects, createPrefixTree, prefixTreeDefaults } from '../prefixes/prefix-tree.js';
import { type RequestCounts, type Scan, scanOf } from '../prefixes/scan.js';
import { scanFromJson, scanToJson } from '../prefixes/scan-json.js';
import type { RateCard } from '../pricing/rate-card.js';
import { reportPage } from '../report/page.js';
import { scanCsv, scanMarkdown, scanText } from '../report/scan-view.js';
import { money, type ReportView, requestsText } from '../report/view.js';
import { compactDefaults } from '../scenarios/compact.js';
import { findings, pricedBars, pricedPrefixes } from '../scenarios/findings.js';
import { defaultQueriesPerMonth, describe, type LayoutOptions } from '../scenarios/layout.js';
import { billOf } from '../scenarios/scenario.js';
import { countFrom, listUsd, monthFor, rateCard, regionFor, requestsUsd, withinLimit } from './prices.js';
import { jsonText, type Shown } from './shown.js';
import type { Surroundings, Watch } from './surroundings.js';

export interface ScanRequest {
  readonly uri: string;
  readonly region?: string;
  readonly month?: string;
  readonly depth?: number;
  readonly top?: number;
  /** As "128KiB". */
  readonly smallBelow?: string;
  readonly queriesPerMonth?: string;
  /** Where the scan is saved. */
  readonly out?: string;
  readonly maxCost?: string;
}

const parallelListings = 16;
const defaultTop = 20;

/** Errors: those of the address and of the store, SOURCE_EMPTY, COST_ABOVE_LIMIT, INTERRUPTED. */
export async function scan(given: Surroundings, request: ScanRequest, watch: Watch): Promise<Shown<Scan>> {
  const location = parseLocation(request.uri);
  const region = regionOf(given, request, location);
  const month = monthFor(given, request.month);
  const card = await rateCard(given, region, month);
  const queriesPerMonth = countFrom('--queries-per-month', request.queriesPerMonth, defaultQueriesPerMonth);
  await checkBefore(given, request);
  const taken = await take(given, request, { location, region, card }, watch);
  const options = { region, month, queriesPerMonth };
  const value: Scan = { ...taken, findings: findings(taken, card, options) };
  if (request.out !== undefined) {
    await given.files.write(request.out, jsonText(scanToJson(value)));
    watch.note(`Saved as ${request.out}`);
  }
  const view = reportView(value, card, options);
  const top = request.top ?? defaultTop;
  return {
    value,
    forms: {
      table: ({ width }) => scanText(view, top, width),
      json: () => jsonText(scanToJson(value)),
      ndjson: () => value.prefixes.map((row) => `${JSON.stringify(JSON.parse(jsonText(row)))}\n`).join(''),
      csv: () => scanCsv(view),
      md: () => scanMarkdown(view, top),
      html: () => reportPage(view),
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

interface Target {
  readonly location: Location;
  readonly region: string;
  readonly card: RateCard;
}

async function take(given: Surroundings, request: ScanRequest, target: Target, watch: Watch): Promise<Scan> {
  const { location, card } = target;
  const isBilled = location.scheme === 's3';
  if (isBilled) watch.note(`Listing costs ${money(listUsd(card, 1000))} for each 1,000,000 objects.`);
  const tree = createPrefixTree({
    ...prefixTreeDefaults,
    prefix: location.prefix,
    smallBelowBytes: parseBytes(request.smallBelow ?? '128KiB'),
    ...(request.depth === undefined ? {} : { depth: request.depth }),
  });
  const { lister, requests, bucketRegion } = await given.openLister(location);
  const { objects } = await listLive({
    lister,
    prefix: location.prefix,
    parallel: isBilled ? parallelListings : 1,
    take: (found) => addObjects(tree, found),
    onProgress: (so) => {
      checkRegion(target.region, bucketRegion?.());
      watch.progress(`${so.objects.toLocaleString('en-US')} objects listed`);
      if (isBilled) withinLimit(requestsUsd(card, requests()), request.maxCost);
    },
    signal: watch.signal,
  });
  if (objects === 0) raise('SOURCE_EMPTY', { uri: request.uri });
  const made: RequestCounts = isBilled ? requests() : { put: 0, get: 0, list: 0 };
  const usd = requestsUsd(card, made);
  if (isBilled) watch.note(`The scan made ${requestsText(made)}: ${money(usd)}.`);
  const head = {
    source: locationText(location),
    takenAt: instantText(given.clock.now()),
    region: target.region,
    requests: made,
  };
  const document = scanOf(head, summarise(tree));
  return { ...document, ownCost: { requests: made, usd: usd.toString() } };
}

/** A redirect finds the bucket in any Region, and the prices of another would be taken for its own. */
function checkRegion(priced: string, actual: string | undefined): void {
  if (actual !== undefined && actual !== priced)
    raise('ARGUMENT_INVALID', {
      field: '--region',
      why: `the bucket lies in ${actual}, and prices of ${priced} are not its own; give --region ${actual}`,
    });
}

/** A folder on disk has no Region: it is priced as if it lay in us-east-1, and the scan says so. */
const regionOf = (given: Surroundings, request: ScanRequest, location: Location): string =>
  location.scheme === 'file'
    ? (request.region ?? given.region ?? 'us-east-1')
    : regionFor(given, request.region);

/** Errors: FILE_MISSING, DOCUMENT_UNREADABLE, SCAN_INVALID. */
export async function readScan(given: Surroundings, path: string): Promise<Scan> {
  return scanFromJson(parseJson(await given.files.read(path), path), path);
}
