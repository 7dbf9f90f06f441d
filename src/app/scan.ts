/** Lists what lies under an address, tallies it, and prices what it found; the scan's own requests are priced too. */
import { listLive } from '../inventory/live-listing.js';
import { parseBytes } from '../kernel/bytes.js';
import { instantText } from '../kernel/clock.js';
import { monthOf } from '../kernel/day.js';
import { raise } from '../kernel/errors.js';
import { type Location, locationText, parseLocation } from '../kernel/s3.js';
import { summarise } from '../prefixes/prefix-rows.js';
import { addObjects, createPrefixTree, prefixTreeDefaults } from '../prefixes/prefix-tree.js';
import { type Scan, scanOf } from '../prefixes/scan.js';
import type { Surroundings, Watch } from './surroundings.js';

export interface ScanRequest {
  readonly uri: string;
  readonly region: string;
  readonly depth?: number;
  /** As "128KiB". */
  readonly smallBelow?: string;
}

const parallelListings = 16;

/** Errors: those of the address and of the store, SOURCE_EMPTY, INTERRUPTED. */
export async function takeScan(given: Surroundings, request: ScanRequest, watch: Watch): Promise<Scan> {
  const location = parseLocation(request.uri);
  const smallBelowBytes = parseBytes(request.smallBelow ?? '128KiB');
  const tree = createPrefixTree({
    ...prefixTreeDefaults,
    prefix: location.prefix,
    smallBelowBytes,
    ...(request.depth === undefined ? {} : { depth: request.depth }),
  });
  const { lister, requests } = await given.openLister(location);
  const { objects } = await listLive({
    lister,
    prefix: location.prefix,
    parallel: location.scheme === 's3' ? parallelListings : 1,
    take: (found) => addObjects(tree, found),
    onProgress: (so) => watch.progress(`${so.objects.toLocaleString('en-US')} objects listed`),
    signal: watch.signal,
  });
  if (objects === 0) raise('SOURCE_EMPTY', { uri: request.uri });
  const head = {
    source: locationText(location),
    takenAt: instantText(given.clock.now()),
    region: request.region,
    requests: billable(location, requests()),
  };
  return scanOf(head, summarise(tree));
}

/** A folder on disk answers no requests that anybody bills. */
const billable = (location: Location, requests: Scan['ownCost']['requests']): Scan['ownCost']['requests'] =>
  location.scheme === 's3' ? requests : { put: 0, get: 0, list: 0 };

/** The Region to price for: as asked, else where the world is set, else AWS's own default. */
export function regionFor(asked: string | undefined, given: Surroundings): string {
  return asked ?? given.region ?? raise('REGION_MISSING');
}

export const monthFor = (given: Surroundings) => monthOf(given.clock.now());
