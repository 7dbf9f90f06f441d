/** A live listing gives every key under a prefix exactly once, in several streams, holding no more than a page of each. */
import { BucketwiseError, raise } from '../kernel/errors.js';
import { compareKeys, type Prefix } from '../kernel/s3.js';
import type { ColumnBatch } from './column-batch.js';
import { evenCuts, type Known, type Landmark } from './key-cuts.js';
import { afterPage, firstProbe, isDue, learned, type Probe, questionOf } from './key-probe.js';
import { disorderIn, firstRows, type KeyRange, keyAt, rowsUpTo, tile } from './key-ranges.js';
import { advance, chooseCut, cutOff, prefixFor, rangeOf, type Stretch, stretchOf } from './key-stretches.js';
import { begunAnew, isOnePlace, strayed } from './key-trail.js';
import type { KeyCursor, KeyPage, KeyPageRequest, KeyPager } from './ports.js';

export interface ListingProgress {
  /** Objects given so far. */
  readonly objects: number;
  /** Pages received so far. */
  readonly pages: number;
  /** Pages that the same objects would take in one stream. */
  readonly fewest: number;
  /** What is not listed yet; together with what was given it is the whole prefix. */
  readonly remaining: () => readonly KeyRange[];
}

export interface LiveListing {
  readonly pager: KeyPager;
  readonly prefix: Prefix;
  /** Requests in flight at most. */
  readonly parallel: number;
  /** Receives the rows page by page: in order within a page, the pages in any order. A batch is valid during the call. */
  readonly take: (batch: ColumnBatch) => void;
  /** Called after every page. */
  readonly onProgress?: (progress: ListingProgress) => void;
  /** Only these ranges: what an earlier listing had left. */
  readonly ranges?: readonly KeyRange[];
  /** What an earlier scan saw, in order of keys: the ranges are cut there first. */
  readonly landmarks?: readonly Landmark[];
  readonly signal?: AbortSignal;
}

const PAGE_KEYS = 1000;
/** Pages read in one stream before anything is parted: a small prefix costs no request more than it must. */
const HEAD_PAGES = 3;
/** Once every stream has had a range, another cut for each so many pages. */
const PAGES_PER_CUT = 4;
/** A server that seems full may have room after all: so many pages after the last cut one more is tried. */
const PAGES_PER_TRIAL = 32;

interface Run {
  readonly listing: LiveListing;
  /** Not begun yet. */
  readonly waiting: Stretch[];
  readonly running: Set<Stretch>;
  readonly known: Known;
  /** What is to be asked for folders to cut at. */
  probe: Probe | undefined;
  objects: number;
  cuts: number;
  /** Full pages there were at the last of them. */
  cutAfter: number;
  /** Pages that more followed: what a cut may cost is measured by them, not by pages that cuts left empty. */
  fullPages: number;
  inFlight: number;
  stopped: boolean;
  /** Whatever is under way then is of no use. */
  readonly ended: AbortSignal;
  readonly finish: () => void;
  readonly fail: (cause: unknown) => void;
}

/**
 * Lists everything under the prefix. After it settles `take` is not called again.
 * Errors: those of the pager, of `take`, and INTERRUPTED.
 */
export function listLive(listing: LiveListing): Promise<ListingProgress> {
  return new Promise((resolve, reject) => {
    const { signal, landmarks = [] } = listing;
    const ended = new AbortController();
    const end = (): void => {
      run.stopped = true;
      ended.abort();
      signal?.removeEventListener('abort', onAbort);
    };
    const run: Run = {
      listing,
      waiting: startingRanges(listing).map(stretchOf),
      running: new Set(),
      known: { landmarks, words: new Set(), pages: 0 },
      probe: landmarks.length > 0 || !listing.pager.isOrdered ? undefined : firstProbe(listing.prefix),
      ...{ objects: 0, cuts: 0, cutAfter: 0, fullPages: 0, inFlight: 0, stopped: false },
      ended: ended.signal,
      finish: () => {
        end();
        resolve(progressOf(run));
      },
      fail: (cause) => {
        end();
        reject(cause);
      },
    };
    const onAbort = (): void => run.fail(interrupted(run));
    if (signal?.aborted) return onAbort();
    signal?.addEventListener('abort', onAbort);
    pump(run);
  });
}

const interrupted = (run: Run): BucketwiseError =>
  new BucketwiseError('INTERRUPTED', { state: `${run.objects} objects were listed; nothing was changed.` });

/** An earlier scan tells beforehand how much there is. */
function startingRanges({ ranges, landmarks = [], parallel, pager }: LiveListing): readonly KeyRange[] {
  if (ranges) return ranges;
  const objects = landmarks.reduce((sum, landmark) => sum + (landmark.objects ?? 0), 0);
  const pieces = pager.isOrdered ? Math.min(parallel, Math.floor(objects / PAGE_KEYS / HEAD_PAGES)) : 1;
  return pieces > 1 ? tile(evenCuts(landmarks, pieces)) : [{ from: {} }];
}

const progressOf = (run: Run): ListingProgress => ({
  objects: run.objects,
  pages: run.known.pages,
  fewest: Math.max(1, Math.ceil(run.objects / PAGE_KEYS)),
  remaining: () => [...run.running, ...run.waiting].map(rangeOf),
});

/** Gives every idle stream something to do, where there is something worth a request. */
function pump(run: Run): void {
  if (run.stopped) return;
  while (run.inFlight < run.listing.parallel) {
    const stretch = run.waiting.shift() ?? parted(run);
    if (!stretch) break;
    run.running.add(stretch);
    inFlight(run, listStretch(run, stretch));
  }
  if (run.inFlight === 0) run.finish();
}

function inFlight(run: Run, work: Promise<void>): void {
  run.inFlight += 1;
  work.then(() => {
    run.inFlight -= 1;
    pump(run);
  }, run.fail);
}

function parted(run: Run): Stretch | undefined {
  const { pager, parallel, prefix } = run.listing;
  if (!pager.isOrdered || parallel === 1 || run.fullPages < HEAD_PAGES) return undefined;
  // Each range ends within a page that is read in vain beyond it: no more of them than are of use.
  if (run.running.size > 0 && run.fullPages < run.cutAfter + PAGES_PER_TRIAL && pager.isFull?.(run.inFlight))
    return undefined;
  if (run.probe && run.running.size > 0 && isDue(run.probe, run.inFlight, pager)) {
    inFlight(run, probed(run, run.probe));
    if (run.inFlight >= parallel) return undefined;
  }
  if (run.cuts > run.fullPages - HEAD_PAGES || run.cuts > parallel + run.fullPages / PAGES_PER_CUT)
    return undefined;
  const choice = chooseCut(run.running, prefix, run.known);
  if (!choice) return undefined;
  run.cuts += 1;
  run.cutAfter = run.fullPages;
  return cutOff(choice.stretch, choice.cut);
}

async function probed(run: Run, probe: Probe): Promise<void> {
  run.probe = undefined;
  const page = await ask(run, questionOf(probe));
  if (run.stopped || !page) return;
  run.known.pages += 1;
  const { landmarks, next } = learned(probe, page);
  run.known.landmarks = [...run.known.landmarks, ...landmarks];
  run.probe = next;
}

async function listStretch(run: Run, stretch: Stretch): Promise<void> {
  for (let isOpen = true; isOpen && !run.stopped; pump(run)) {
    const { from } = stretch;
    const page = await ask(run, { prefix: prefixFor(stretch, run.listing.prefix), from });
    if (run.stopped || !page) return;
    isOpen = receive(run, stretch, page);
    if (isOpen) run.fullPages += 1;
    else run.running.delete(stretch);
    run.listing.onProgress?.(progressOf(run));
  }
}

async function ask(run: Run, request: KeyPageRequest): Promise<KeyPage> {
  return run.listing.pager.page({ ...request, signal: run.ended });
}

/** Hands on what lies in the stretch; whether more follows. */
function receive(run: Run, stretch: Stretch, page: KeyPage): boolean {
  const { take, pager } = run.listing;
  const { batch, next } = page;
  run.known.pages += 1;
  if (next) checkPlace(run, stretch, batch, next);
  if (!pager.isOrdered) {
    run.objects += batch.rows;
    if (batch.rows > 0) take(batch);
    stretch.from = next ?? {};
    return next !== undefined;
  }
  checkOrder(run, stretch, batch);
  const rows = rowsUpTo(batch, stretch.upToBytes);
  run.objects += rows;
  if (rows > 0) take(firstRows(batch, rows));
  if (next === undefined || rows < batch.rows) return false;
  if (rows === 0) {
    // The last key tells the order of what follows; a version belongs to the key it came with.
    stretch.from = { ...(stretch.from.key !== undefined && { key: stretch.from.key }), ...next };
    return true;
  }
  // The last page of the first that are read, which are in one stream where no ranges are left from before.
  if (run.probe && run.fullPages === HEAD_PAGES - 1 && !run.listing.ranges)
    run.probe = afterPage(run.probe, batch);
  const last = keyAt(batch.key, rows - 1);
  advance(stretch, keyAt(batch.key, 0), last, run.running, run.known);
  // The last key of a page says as much as a token, and holds when the prefix gets narrower or the program is begun anew.
  stretch.from = pager.hasVersions ? next : { key: last };
  return pager.hasVersions || last !== stretch.upTo;
}

/** A server that leads back would be asked for ever, or its keys given twice. */
function checkPlace(run: Run, { from, trail }: Stretch, { rows, key }: ColumnBatch, next: KeyCursor): void {
  const { isOrdered } = run.listing.pager;
  const last = rows > 0 && isOrdered ? keyAt(key, rows - 1) : from.key;
  if (isOnePlace(next, from)) failed(run, 'more follows, and from where it was asked for');
  if (isOrdered && next.key !== undefined && last !== undefined && compareKeys(next.key, last) < 0)
    failed(run, 'more follows, and from before what was listed');
  const why = isOrdered && last !== from.key ? begunAnew(trail) : strayed(trail, next);
  if (why !== undefined) failed(run, why);
}

/** Ranges of keys are counted on this order; a page that goes back would be counted twice. */
function checkOrder(run: Run, { from }: Stretch, batch: ColumnBatch): void {
  const { hasVersions } = run.listing.pager;
  const after = from.key === undefined ? undefined : new TextEncoder().encode(from.key);
  if (disorderIn(batch, after, hasVersions) < 0) return;
  failed(run, 'pages do not come in order of keys, as in a directory bucket');
}

function failed({ listing }: Run, why: string): never {
  return raise('STORE_FAILED', {
    action: listing.pager.hasVersions ? 's3:ListBucketVersions' : 's3:ListBucket',
    what: listing.prefix === '' ? 'the bucket' : listing.prefix,
    why,
  });
}
