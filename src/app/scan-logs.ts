/** The files of logs: found before anything is scanned, so that a wrong address costs nothing, and read when the scan is done. */
import { mayHold, type RequestLogs } from '../inventory/request-log.js';
import { raise } from '../kernel/errors.js';
import type { ObjectRecord } from '../kernel/s3.js';
import type { RateCard } from '../pricing/rate-card.js';
import { money } from '../report/view.js';
import { requestsUsd, withinLimit } from './prices.js';
import type { OpenLogs, Surroundings, Watch } from './surroundings.js';

export interface FoundLogs {
  readonly uri: string;
  readonly files: OpenLogs;
  /** Every file once; the first of them are listed already. */
  readonly pages: AsyncIterable<readonly ObjectRecord[]>;
}

interface Asked {
  readonly accessLogs?: string;
  readonly maxCost?: string;
}

/** Files read side by side: most logs of S3 are small, and each is a request that must be waited for. */
const readTogether = 16;

/** Undefined where no logs are asked for. Errors: LOG_EMPTY, COST_ABOVE_LIMIT, those of the store. */
export async function findLogs(
  given: Surroundings,
  { accessLogs: uri, maxCost }: Asked,
  card: RateCard,
  watch: Watch,
): Promise<FoundLogs | undefined> {
  if (uri === undefined) return undefined;
  const files = await given.openLogs(uri);
  if (files.isBilled)
    watch.note(
      `Reading logs costs ${money(requestsUsd(card, { put: 0, get: 1000, list: 1 }))} for each 1,000 files.`,
    );
  const listing = files.list()[Symbol.asyncIterator]();
  const first = await firstFiles(listing);
  if (first.length === 0) raise('LOG_EMPTY', { uri, what: 'any bucket', met: ': there is no file' });
  if (files.isBilled) withinLimit(requestsUsd(card, files.requests()), maxCost);
  return { uri, files, pages: pagesFrom(first, listing) };
}

type Listing = AsyncIterator<{ readonly objects: readonly ObjectRecord[] }>;

/** A page may be empty though more follow. */
async function firstFiles(listing: Listing): Promise<readonly ObjectRecord[]> {
  for (let page = await listing.next(); !page.done; page = await listing.next())
    if (page.value.objects.length > 0) return page.value.objects;
  return [];
}

async function* pagesFrom(
  first: readonly ObjectRecord[],
  listing: Listing,
): AsyncGenerator<readonly ObjectRecord[]> {
  yield first;
  for (let page = await listing.next(); !page.done; page = await listing.next()) yield page.value.objects;
}

/** How many files were left unread. */
export async function readLogs(
  { files, pages }: FoundLogs,
  logs: RequestLogs,
  bucket: string | undefined,
  watch: Watch,
  checkCost: () => void,
): Promise<number> {
  let skipped = 0;
  for await (const objects of pages) {
    const wanted = objects.filter(({ key }) => mayHold(key, bucket)).values();
    await Promise.all(Array.from({ length: readTogether }, () => readSome(files, logs, wanted, watch)));
    skipped += objects.filter(({ key }) => !mayHold(key, bucket)).length;
    checkCost();
  }
  return skipped;
}

async function readSome(
  files: OpenLogs,
  logs: RequestLogs,
  wanted: IterableIterator<ObjectRecord>,
  watch: Watch,
): Promise<void> {
  for (const object of wanted) {
    const file = logs.open(object.key);
    for await (const piece of files.read(object)) {
      if (watch.signal.aborted) raise('INTERRUPTED');
      file.take(piece);
    }
    file.end();
    watch.progress(`${logs.report.lines.toLocaleString('en-US')} lines of ${logs.report.files} logs read`);
  }
}
