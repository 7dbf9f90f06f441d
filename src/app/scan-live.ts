/** Lists what lies under an address and tallies it; the listing's own requests are priced before and after. */
import { listLive } from '../inventory/live-listing.js';
import { instantText } from '../kernel/clock.js';
import { raise } from '../kernel/errors.js';
import { type Location, locationText } from '../kernel/s3.js';
import { summarise } from '../prefixes/prefix-rows.js';
import { addObjects, createPrefixTree } from '../prefixes/prefix-tree.js';
import { type RequestCounts, type Scan, scanOf } from '../prefixes/scan.js';
import type { RateCard } from '../pricing/rate-card.js';
import { money, requestsText } from '../report/view.js';
import { listUsd, requestsUsd, withinLimit } from './prices.js';
import { checkRegion, type ScanRequest, treeOptions } from './scan-request.js';
import type { Surroundings, Watch } from './surroundings.js';

const parallelListings = 16;

export interface LiveTarget {
  readonly location: Location;
  readonly region: string;
  readonly card: RateCard;
}

/** Errors: those of the store, SOURCE_EMPTY, COST_ABOVE_LIMIT, INTERRUPTED. */
export async function scanLive(
  given: Surroundings,
  request: ScanRequest,
  target: LiveTarget,
  watch: Watch,
): Promise<Scan> {
  const { location, card } = target;
  const isBilled = location.scheme === 's3';
  if (isBilled) watch.note(`Listing costs ${money(listUsd(card, 1000))} for each 1,000,000 objects.`);
  const tree = createPrefixTree(treeOptions(request, location.prefix));
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
