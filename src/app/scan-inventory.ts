/** Scans a bucket by a report of S3 Inventory: every row of every file is tallied, or the scan is refused; whose objects, and as of when, is said. */
import type { TallyOptions } from '../inventory/inventory-tally.js';
import type { Manifest } from '../inventory/manifest.js';
import { manifestPlace } from '../inventory/manifest-place.js';
import {
  findFiles,
  incomplete,
  type LeaveOut,
  type OpenReport,
  openReport,
  readFiles,
} from '../inventory/report.js';
import { bytesText } from '../kernel/bytes.js';
import { instantText } from '../kernel/clock.js';
import { raise } from '../kernel/errors.js';
import { compareKeys, printable } from '../kernel/s3.js';
import { addUsd } from '../kernel/usd.js';
import { type MergedRows, openMerge } from '../prefixes/merged-rows.js';
import { summarise } from '../prefixes/prefix-rows.js';
import { type MissingFile, type Scan, scanOf } from '../prefixes/scan.js';
import { addPart, mergeParts } from '../prefixes/tree-merge.js';
import type { RateCard } from '../pricing/rate-card.js';
import { counted, money, number, requestsText } from '../report/view.js';
import { requestsUsd, withinLimit } from './prices.js';
import { conclude, type Found, introduce, refuseWithoutVersions, roleName } from './report-notes.js';
import { tallyByEngine } from './scan-by-engine.js';
import { checkRegion, type ScanRequest, treeOptions } from './scan-request.js';
import type { KeptParts, OpenInventory, Surroundings, Watch } from './surroundings.js';

export interface InventoryTarget {
  readonly region: string;
  readonly card: RateCard;
}

export interface TakenInventory {
  readonly scan: Scan;
  /** The document is written: what was kept for going on is not needed. */
  readonly saved: () => Promise<void>;
}

/** Errors: those of report.ts and of the store, ARGUMENT_INVALID, COST_ABOVE_LIMIT, INTERRUPTED. */
export async function scanInventory(
  given: Surroundings,
  request: ScanRequest,
  { region, card }: InventoryTarget,
  watch: Watch,
): Promise<TakenInventory> {
  const place = manifestPlace(request.uri);
  const opened = await given.openInventory(place);
  try {
    const report = await openReport(opened.store, request.uri);
    checkRegion(region, opened.bucketRegion());
    introduce(given, place, report, watch);
    const isBilled = place.scheme === 's3';
    if (request.engine !== undefined)
      return await queried(given, request, { opened, report, region, card }, watch);
    if (isBilled) checkCost(card, request, report.manifest, watch);
    const kept =
      request.out === undefined ? undefined : await keptParts(opened, request.out, request, report);
    const scan = await tallied(opened, request, { report, region, kept }, watch);
    const requests = opened.requests();
    const usd = requestsUsd(card, requests);
    if (isBilled) watch.note(`The scan made ${requestsText(requests)}: ${money(usd)}.`);
    return {
      scan: { ...scan, ownCost: { requests, usd: usd.toString() } },
      // What is whole need not be read again when the rest has been mended.
      saved: async () => (scan.missing ? undefined : await kept?.drop()),
    };
  } finally {
    await opened.close();
  }
}

/** By an engine: nothing is read here but the manifest and, of columnar files, their ends. */
async function queried(
  given: Surroundings,
  request: ScanRequest,
  { opened, report, region, card }: InventoryTarget & { opened: OpenInventory; report: OpenReport },
  watch: Watch,
): Promise<TakenInventory> {
  if (request.partial)
    raise('ARGUMENT_INVALID', {
      field: '--partial',
      why: 'an engine leaves no file out; use it with --engine local',
    });
  const options = tallyOptions(request);
  const checkColumns = (columns: readonly string[]): void => {
    if (request.versions === 'all') refuseWithoutVersions(columns);
  };
  const place = { opened, manifest: report.manifest, region, card, options, checkColumns };
  const { part, rows, columns, unknown, usd: scanned } = await tallyByEngine(given, request, place, watch);
  const found = { rows, all: new Set(columns.map(roleName)), unknown: new Set(unknown) };
  const scan = concluded(mergeParts([part]), found, request, { opened, report, region }, watch);
  const requests = opened.requests();
  const usd = addUsd(requestsUsd(card, requests), scanned);
  watch.note(`The scan made ${requestsText(requests)}, and with what was scanned cost ${money(usd)}.`);
  return { scan: { ...scan, ownCost: { requests, usd: usd.toString() } }, saved: async () => undefined };
}

/** A look at each file and a read of it; the manifest and its checksum were read. */
function checkCost(card: RateCard, { maxCost }: ScanRequest, { files }: Manifest, watch: Watch): void {
  const usd = requestsUsd(card, { put: 0, get: 2 * files.length + 3, list: 0 });
  watch.note(`Reading it costs about ${money(usd)} in GET requests; within its Region the transfer is free.`);
  withinLimit(usd, maxCost);
}

const tallyOptions = (request: ScanRequest): TallyOptions => ({
  ...treeOptions(request, ''),
  versions: request.versions ?? 'all',
});

/** A part means the same only for the same report, tallied in the same way. */
const keptParts = (
  opened: OpenInventory,
  out: string,
  request: ScanRequest,
  { md5 }: OpenReport,
): Promise<KeptParts> => opened.keptParts(out, [md5, JSON.stringify(tallyOptions(request))]);

interface Tallying {
  readonly report: OpenReport;
  readonly region: string;
  readonly kept: KeptParts | undefined;
}

async function tallied(
  opened: OpenInventory,
  request: ScanRequest,
  { report, region, kept }: Tallying,
  watch: Watch,
): Promise<Scan> {
  const { manifest } = report;
  const missing: MissingFile[] = [];
  const leaveOut: LeaveOut | undefined = request.partial
    ? ({ key }, { message }) => {
        const why = printable(message);
        missing.push({ file: key, why });
        watch.note(`Left out: ${why}`);
      }
    : undefined;
  const files = await findFiles(opened.store, manifest, {
    source: request.uri,
    signal: watch.signal,
    leaveOut,
  });
  const options = tallyOptions(request);
  const merged = openMerge(options);
  const columns = { all: new Set<string>(), unknown: new Set<string>() };
  const total = bytesText(files.reduce((sum, { size }) => sum + BigInt(size), 0n));
  const { versions } = request;
  const { rows, resumed } = await readFiles({
    manifest,
    files,
    scanner: await opened.openScanner(options),
    take: (result) => {
      if (versions === 'all') refuseWithoutVersions(result.columns);
      addPart(merged, result.part);
      for (const name of result.columns) columns.all.add(roleName(name));
      for (const name of result.unknownColumns) columns.unknown.add(name);
    },
    ...(kept && { kept }),
    leaveOut,
    onProgress: (so) =>
      watch.progress(
        `${so.files} of ${files.length} files, ${number(so.rows)} rows, ${bytesText(so.bytes)} of ${total}`,
      ),
    signal: watch.signal,
  });
  if (resumed > 0) watch.note(`${counted(resumed, 'file')} had been read by a scan that was interrupted.`);
  const left = missing.toSorted((a, b) => compareKeys(a.file, b.file));
  if (left.length > 0 && left.length === manifest.files.length)
    throw incomplete(
      left.map(({ file }) => file),
      left.length,
      request.uri,
      'cannot be counted',
    );
  const scan = concluded(merged, { ...columns, rows }, request, { opened, report, region }, watch);
  return left.length === 0 ? scan : { ...scan, missing: left };
}

function concluded(
  merged: MergedRows,
  found: Found,
  request: ScanRequest,
  { opened, report, region }: Omit<Tallying, 'kept'> & { readonly opened: OpenInventory },
  watch: Watch,
): Scan {
  conclude(found, request, watch);
  const { sourceBucket, createdAt } = report.manifest;
  const head = {
    source: `s3://${sourceBucket}/`,
    takenAt: instantText(createdAt),
    region,
    requests: opened.requests(),
    unknownColumns: [...found.unknown].sort(),
  };
  return scanOf(head, summarise(merged));
}
