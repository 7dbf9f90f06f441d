/** A live listing gives every key under a prefix exactly once, in several streams, holding no more than a page of each. */
import pLimit, { type LimitFunction } from 'p-limit';
import { BucketwiseError } from '../kernel/errors.js';
import type { Key, ObjectRecord, Prefix } from '../kernel/s3.js';
import { type KeyRange, rangePrefix, tile, withinRange } from './key-ranges.js';
import type { ListPage, ListRequest, ObjectLister } from './ports.js';

export interface ListingProgress {
  /** Objects given so far. */
  readonly objects: number;
  /** LIST requests so far: pages received. */
  readonly requests: number;
}

export interface LiveListing {
  readonly lister: ObjectLister;
  readonly prefix: Prefix;
  /** LIST requests in flight at most. */
  readonly parallel: number;
  /** Receives the objects page by page: in order within a page, the pages in any order. */
  readonly take: (objects: readonly ObjectRecord[]) => void;
  /** Called after every page. */
  readonly onProgress?: (progress: ListingProgress) => void;
  readonly signal?: AbortSignal;
}

/** Pages read in one stream before parting the rest: a small prefix costs no request more than it must. */
const HEAD_PAGES = 4;
/** Ranges for each stream, so that a long one does not end alone. */
const RANGES_PER_STREAM = 4;
/** Pages of one level of folders that are looked at for cuts. */
const PROBE_PAGES = 4;
/** Levels of folders that are looked into for cuts. */
const PROBE_LEVELS = 16;
/** Pages spent on looking for cuts, for each range wanted. */
const PROBES_PER_RANGE = 2;

interface Run {
  readonly listing: LiveListing;
  objects: number;
  requests: number;
  stopped: boolean;
}

/**
 * Lists everything under the prefix. After it settles `take` is not called again.
 * Errors: those of the lister, of `take`, and INTERRUPTED.
 */
export async function listLive(listing: LiveListing): Promise<ListingProgress> {
  const run: Run = { listing, objects: 0, requests: 0, stopped: false };
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      run.stopped = true;
      reject(interrupted(run));
    };
    listing.signal?.addEventListener('abort', onAbort);
  });
  try {
    if (listing.signal?.aborted) onAbort();
    await Promise.race([aborted, listAll(run)]);
  } finally {
    run.stopped = true;
    listing.signal?.removeEventListener('abort', onAbort);
  }
  return { objects: run.objects, requests: run.requests };
}

const interrupted = (run: Run): BucketwiseError =>
  new BucketwiseError('INTERRUPTED', { state: `${run.objects} objects were listed; nothing was changed.` });

async function listAll(run: Run): Promise<void> {
  const { parallel } = run.listing;
  const head = await listHead(run);
  if (head.ended) return;
  const limit = pLimit(parallel);
  const wanted = parallel * RANGES_PER_STREAM;
  const cuts = await findCuts(run, wanted, limit);
  const ranges = tile(head.last, cuts, wanted);
  await Promise.all(ranges.map((range) => limit(() => listRange(run, range))));
}

async function listHead(run: Run): Promise<{ readonly ended: boolean; readonly last: Key | undefined }> {
  const { parallel, prefix } = run.listing;
  let pages = 0;
  let last: Key | undefined;
  const ended = await eachPage(run, { prefix }, ({ objects }) => {
    deliver(run, objects);
    last = objects.at(-1)?.key ?? last;
    pages += 1;
    return parallel === 1 || pages < HEAD_PAGES;
  });
  return { ended, last };
}

async function listRange(run: Run, range: KeyRange): Promise<void> {
  const { after } = range;
  const prefix = rangePrefix(run.listing.prefix, range);
  await eachPage(run, { prefix, ...(after !== undefined && { after }) }, (page) => {
    const { objects, ended } = withinRange(page.objects, range);
    deliver(run, objects);
    return !ended;
  });
}

/** Folders, level by level, until there are enough to cut at. Where they lie decides speed only, never what is listed. */
async function findCuts(run: Run, wanted: number, limit: LimitFunction): Promise<readonly Prefix[]> {
  const budget = { pages: wanted * PROBES_PER_RANGE };
  const leaves: Prefix[] = [];
  let level: readonly Prefix[] = [run.listing.prefix];
  for (let depth = 0; depth < PROBE_LEVELS && level.length > 0; depth++) {
    const below = await Promise.all(level.map((prefix) => limit(() => foldersIn(run, prefix, budget))));
    leaves.push(...level.filter((_, i) => below[i]!.length === 0));
    level = below.flat();
    if (leaves.length + level.length >= wanted) break;
  }
  return [...leaves, ...level];
}

async function foldersIn(run: Run, prefix: Prefix, budget: { pages: number }): Promise<readonly Prefix[]> {
  const folders: Prefix[] = [];
  let pages = 0;
  if (budget.pages <= 0) return folders;
  await eachPage(run, { prefix, delimiter: '/' }, (page) => {
    folders.push(...page.prefixes);
    budget.pages -= 1;
    pages += 1;
    return page.prefixes.length > 0 && pages < PROBE_PAGES && budget.pages > 0;
  });
  return folders;
}

function deliver(run: Run, objects: readonly ObjectRecord[]): void {
  if (objects.length > 0) run.listing.take(objects);
  run.objects += objects.length;
}

/** Reads pages until `use` says no more; true when the listing came to its end first. */
async function eachPage(run: Run, request: ListRequest, use: (page: ListPage) => boolean): Promise<boolean> {
  if (run.stopped) return false;
  for await (const page of run.listing.lister.list(request)) {
    if (run.stopped) return false;
    run.requests += 1;
    const more = use(page);
    run.listing.onProgress?.({ objects: run.objects, requests: run.requests });
    if (!more) return false;
  }
  return true;
}
