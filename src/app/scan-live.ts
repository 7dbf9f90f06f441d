/** Lists what lies under an address and tallies it; the listing's own requests are priced before and after. */
import { openTally, type TallyOptions } from '../inventory/inventory-tally.js';
import { type ListingProgress, listLive } from '../inventory/live-listing.js';
import { pagerOver } from '../inventory/object-pages.js';
import type { KeyPager } from '../inventory/ports.js';
import type { KeptPosition, ScanPosition } from '../inventory/scan-position.js';
import { instantText } from '../kernel/clock.js';
import { raise } from '../kernel/errors.js';
import { isDirectoryBucket, type Location, locationText } from '../kernel/s3.js';
import { type MergedRows, openMerge } from '../prefixes/merged-rows.js';
import { summarise } from '../prefixes/prefix-rows.js';
import { type RequestCounts, type Scan, scanOf } from '../prefixes/scan.js';
import { addPart, partOfMerged } from '../prefixes/tree-merge.js';
import type { RateCard } from '../pricing/rate-card.js';
import { money, number, requestsText } from '../report/view.js';
import { bucketClass, listUsd, requestsUsd, withinLimit } from './prices.js';
import { checkRegion, type ScanRequest, treeOptions } from './scan-request.js';
import { landmarksFrom } from './scan-seed.js';
import type { OpenLister, Surroundings, Watch } from './surroundings.js';

const parallelListings = 64;
/** At most a twentieth of the time goes into keeping the position. */
const KEEP_EVERY_MS = 1000;
const KEEP_SHARE = 20;

export interface LiveTarget {
  readonly location: Location;
  readonly region: string;
  readonly card: RateCard;
}

export interface TakenLive {
  readonly scan: Scan;
  /** The document is written: what was kept for going on is not needed. */
  readonly saved: () => Promise<void>;
}

interface Sitting {
  readonly given: Surroundings;
  readonly request: ScanRequest;
  readonly target: LiveTarget;
  readonly watch: Watch;
  readonly opened: OpenLister;
  readonly pager: KeyPager;
  readonly merged: MergedRows;
  readonly tally: ReturnType<typeof openTally>;
  readonly kept: KeptPosition | undefined;
  readonly before: ScanPosition | undefined;
  readonly startedAt: number;
}

/** Errors: those of the store, ARGUMENT_INVALID, SOURCE_EMPTY, COST_ABOVE_LIMIT, INTERRUPTED. */
export async function scanLive(
  given: Surroundings,
  request: ScanRequest,
  target: LiveTarget,
  watch: Watch,
): Promise<TakenLive> {
  const { location, card } = target;
  const hasVersions = request.versions === 'all';
  if (hasVersions) checkVersions(location);
  if (location.scheme === 's3')
    watch.note(
      `Listing costs ${money(listUsd(card, 1000, bucketClass(location)))} for each 1,000,000 ${hasVersions ? 'versions' : 'objects'}.`,
    );
  const options: TallyOptions = { ...treeOptions(request, location.prefix), versions: 'all' };
  const opened = await given.openLister(location, { hasVersions });
  const pager = 'pager' in opened ? opened.pager : pagerOver(opened.lister);
  const names = [locationText(location), JSON.stringify(options), String(hasVersions)];
  const kept =
    request.out === undefined || !pager.isOrdered ? undefined : await given.openPosition(request.out, names);
  const before = await kept?.read();
  const sitting: Sitting = {
    ...{ given, request, target, watch, opened, pager, kept, before },
    merged: openMerge(options),
    tally: openTally(options),
    startedAt: before?.startedAt ?? given.clock.now(),
  };
  if (before) goOn(sitting, before);
  try {
    return { scan: await taken(sitting, await list(sitting)), saved: async () => await kept?.drop() };
  } finally {
    opened.close?.();
  }
}

function checkVersions(location: Location): void {
  const why =
    location.scheme === 'file'
      ? 'a folder has no versions'
      : isDirectoryBucket(location.bucket)
        ? 'a directory bucket has no versions'
        : undefined;
  if (why !== undefined) raise('ARGUMENT_INVALID', { field: '--versions all', why });
}

function goOn({ merged, watch }: Sitting, { part, objects, startedAt }: ScanPosition): void {
  addPart(merged, part);
  watch.note(
    `Going on with the scan of ${instantText(startedAt)}, which was interrupted: ${number(objects)} objects were listed. What came or went among them since is not in it.`,
  );
}

/** Objects of all sittings. */
async function list(sitting: Sitting): Promise<ListingProgress> {
  const { given, request, target, watch, opened, pager, tally, before, kept } = sitting;
  const { location } = target;
  const isBilled = location.scheme === 's3';
  const landmarks = request.seed === undefined ? [] : await landmarksFrom(given, request.seed, location);
  const keep = keeper(sitting);
  let last: ListingProgress | undefined;
  /** A page that could not be tallied is neither counted nor left to be listed. */
  let isWhole = true;
  try {
    return await listLive({
      pager,
      prefix: location.prefix,
      parallel: isBilled ? parallelListings : 1,
      take: (batch) => {
        isWhole = false;
        tally.addBatch(batch, locationText(location));
        isWhole = true;
      },
      onProgress: (now) => {
        last = now;
        checkRegion(target.region, opened.bucketRegion?.());
        watch.progress(`${number(now.objects + (before?.objects ?? 0))} objects listed`);
        if (isBilled)
          withinLimit(requestsUsd(target.card, requestsOf(sitting), bucketClass(location)), request.maxCost);
        keep.soon(now);
      },
      ...(before && { ranges: before.ranges }),
      landmarks,
      signal: watch.signal,
    });
  } catch (cause) {
    if (kept && last && isWhole && (await keep.now(last)))
      watch.note('What was listed so far is kept: the same command goes on from there.');
    throw cause;
  } finally {
    await keep.settled();
  }
}

/** Requests of all sittings, as billed. */
function requestsOf({ opened, before }: Sitting): RequestCounts {
  const { put, get, list } = opened.requests();
  return { put, get, list: list + (before?.requests ?? 0) };
}

/** Keeps the position every few seconds, one at a time. A disk that cannot take it does not end the scan. */
function keeper(sitting: Sitting) {
  const { given, kept, watch } = sitting;
  let next = given.clock.now() + KEEP_EVERY_MS;
  let writing: Promise<void> | undefined;
  let isNoted = false;
  const write = async (now: ListingProgress): Promise<boolean> => {
    try {
      await kept?.keep(positionOf(sitting, now));
      return true;
    } catch (cause) {
      if (!isNoted)
        watch.note(`The scan cannot be gone on with if it is interrupted: ${(cause as Error).message}`);
      isNoted = true;
      return false;
    }
  };
  return {
    soon: (now: ListingProgress): void => {
      const begun = given.clock.now();
      if (!kept || writing || begun < next) return;
      writing = write(now).then(() => {
        writing = undefined;
        next = given.clock.now() + Math.max(KEEP_EVERY_MS, KEEP_SHARE * (given.clock.now() - begun));
      });
    },
    now: async (now: ListingProgress): Promise<boolean> => {
      await writing;
      return write(now);
    },
    settled: async (): Promise<void> => await writing,
  };
}

function positionOf(sitting: Sitting, now: ListingProgress): ScanPosition {
  const { merged, tally, before, startedAt } = sitting;
  addPart(merged, tally.part());
  return {
    ranges: now.remaining(),
    part: partOfMerged(merged),
    objects: now.objects + (before?.objects ?? 0),
    requests: requestsOf(sitting).list,
    startedAt,
  };
}

async function taken(sitting: Sitting, { objects }: ListingProgress): Promise<Scan> {
  const { merged, tally, target, request, before, watch, startedAt } = sitting;
  const { location, card, region } = target;
  const all = objects + (before?.objects ?? 0);
  if (all === 0) raise('SOURCE_EMPTY', { uri: request.uri });
  addPart(merged, tally.part());
  const isBilled = location.scheme === 's3';
  const requests = isBilled ? requestsOf(sitting) : { put: 0, get: 0, list: 0 };
  const usd = requestsUsd(card, requests, bucketClass(location));
  if (isBilled)
    watch.note(
      `The scan made ${requestsText(requests)}: ${money(usd)}. One stream alone would have made ${number(Math.ceil(all / 1000))}.`,
    );
  const head = { source: locationText(location), takenAt: instantText(startedAt), region, requests };
  return { ...scanOf(head, summarise(merged)), ownCost: { requests, usd: usd.toString() } };
}
