/**
 * ListObjectsV2 and ListObjectVersions by a client of our own, because the SDK's reading of XML holds a process at 30,000 keys/s.
 * Each page: take a turn, sign, send, read; on a fault wait and repeat, or correct Region, clock or credentials first.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ListedPage,
  type PageForm,
  type PageReader,
  pageEnd,
  pageReader,
} from '../../inventory/list-page-bytes.js';
import type { KeyCursor, KeyPage, KeyPageRequest, KeyPager } from '../../inventory/ports.js';
import { BucketwiseError } from '../../kernel/errors.js';
import type { ListBucket } from './list-bucket.js';
import { brokenPage, faultIn, isBilled, type ListFault, remedyFor } from './list-fault.js';
import { createPace, type Pace } from './list-pace.js';
import { listQuery } from './list-query.js';
import { signedGet } from './list-signing.js';
import type { ListTarget } from './list-target.js';
import { type ListAnswer, type ListTransport, openTransport } from './list-transport.js';

export interface ListClientOptions {
  readonly bucket: ListBucket;
  readonly hasVersions?: boolean;
  /** Requests under way at once. */
  readonly sockets?: number;
  /** A test need not open sockets, or wait. */
  readonly transport?: ListTransport;
  readonly pause?: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;
  /** Milliseconds since some moment: how long answers take. */
  readonly elapsed?: () => number;
}

export interface ListClient extends KeyPager {
  /** LIST requests so far as AWS bills them: an answer of 5xx costs nothing. */
  requests(): number;
  /** Where the bucket lies, once an answer has said so. */
  bucketRegion(): string | undefined;
  close(): void;
}

/** Twelve tries with these waits are patience for some three minutes. */
const ATTEMPTS = 12;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 20_000;
/** While other requests are answered, one that is asked to slow down has its turn at the latest after the wait of this try. */
const TRIES_IN_TURN = 4;
/** Corrections of one request, of each kind. */
const CORRECTIONS = 2;

interface Open extends Required<Omit<ListClientOptions, 'sockets'>> {
  readonly read: PageReader;
  readonly pace: Pace;
  target: Promise<ListTarget> | undefined;
  /** The server's clock less our own. */
  skewMs: number;
  /** Refreshes of the credentials so far; those under way are shared. */
  refresh: Promise<unknown> | undefined;
  billed: number;
  /** Pages that came, for any request. */
  pages: number;
  region: string | undefined;
}

export function openListClient(options: ListClientOptions): ListClient {
  const { sockets = 128, bucket, hasVersions = false } = options;
  const open: Open = {
    bucket,
    hasVersions,
    read: pageReader({ hasVersions, refuse }),
    transport: options.transport ?? openTransport(),
    pause: options.pause ?? ((milliseconds, signal) => sleep(milliseconds, undefined, { signal })),
    pace: createPace(sockets),
    elapsed: options.elapsed ?? (() => performance.now()),
    target: undefined,
    skewMs: 0,
    refresh: undefined,
    billed: 0,
    pages: 0,
    region: undefined,
  };
  return {
    isOrdered: true,
    hasVersions: open.hasVersions,
    page: (request) => patiently(open, request),
    isFull: (streams) => open.pace.isFull(streams),
    requests: () => open.billed,
    bucketRegion: () => open.region,
    close: () => open.transport.close(),
  };
}

async function patiently(open: Open, request: KeyPageRequest): Promise<KeyPage> {
  const { bucket, hasVersions } = open;
  // One signal ends as many requests as there are streams.
  if (request.signal) setMaxListeners(0, request.signal);
  const asked = { action: hasVersions ? 's3:ListBucketVersions' : 's3:ListBucket' };
  const corrected = new Map<string, number>();
  let { pages } = open;
  for (let attempt = 1; ; attempt++)
    try {
      return await once(open, request);
    } catch (cause) {
      if (cause instanceof BucketwiseError) throw cause;
      const fault = cause as ListFault;
      // A server that answers others meanwhile has not ceased to: of many streams, one may always come too late.
      if (open.pages !== pages && remedyFor(fault) === 'slow-down') {
        pages = open.pages;
        attempt = Math.min(attempt, TRIES_IN_TURN);
      }
      const isLast = request.signal?.aborted === true || attempt >= ATTEMPTS;
      if (isLast || !(await remedied(open, fault, attempt, corrected, request.signal)))
        return await bucket.failed(
          asked,
          Object.assign(fault, { $metadata: { ...fault.$metadata, attempts: attempt } }),
        );
    }
}

/** Whether another try may go better. */
async function remedied(
  open: Open,
  fault: ListFault,
  attempt: number,
  corrected: Map<string, number>,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const remedy = remedyFor(fault);
  if (remedy === 'none') return false;
  if (remedy === 'wait' || remedy === 'slow-down') {
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
    await open.pause(longest * (0.5 + Math.random() / 2), signal);
    return true;
  }
  const times = (corrected.get(remedy) ?? 0) + 1;
  corrected.set(remedy, times);
  if (times > CORRECTIONS) return false;
  if (remedy === 'clock') open.skewMs = fault.serverTime! - Date.now();
  else if (remedy === 'credentials') await refreshed(open);
  else return redirected(open, fault);
  return true;
}

/** The default chain keeps what it has until shortly before it expires; an answer that it has expired goes before that. */
async function refreshed(open: Open): Promise<void> {
  open.refresh ??= open.bucket.credentials({ forceRefresh: true });
  try {
    await open.refresh;
  } finally {
    open.refresh = undefined;
  }
}

async function redirected(open: Open, { region, host }: ListFault): Promise<boolean> {
  if (!open.bucket.followsRedirects) return false;
  const before = await targetOf(open);
  if (region !== undefined && region !== before.region) open.target = open.bucket.target(region);
  else if (host !== undefined && host !== before.hostname && /\.amazonaws\.com(?:\.cn)?$/.test(host))
    open.target = Promise.resolve({ ...before, host, hostname: host, port: undefined });
  else return false;
  return true;
}

async function targetOf(open: Open): Promise<ListTarget> {
  open.target ??= open.bucket.target();
  try {
    return await open.target;
  } catch (cause) {
    open.target = undefined;
    throw cause;
  }
}

async function once(open: Open, request: KeyPageRequest): Promise<KeyPage> {
  const { pace, transport, bucket } = open;
  const target = await targetOf(open);
  const credentials = await bucket.credentials();
  await pace.enter();
  const begun = open.elapsed();
  let answeredAfterMs: number | undefined;
  let wentWell = false;
  let isAnswered = false;
  const read = (answer: ListAnswer): KeyPage => {
    isAnswered = true;
    const tookMs = open.elapsed() - begun;
    const page = pageIn(open, answer);
    // The last page of a range may be short, and soon there.
    if (page.next) answeredAfterMs = tookMs;
    return page;
  };
  try {
    const now = new Date(Date.now() + open.skewMs);
    const query = listQuery(request, open.hasVersions);
    const { pathAndQuery, headers } = signedGet(
      { host: target.host, path: target.path, query },
      { credentials, region: target.region, now },
    );
    const end = pageEnd(open.hasVersions);
    const page = await transport.send(target, { pathAndQuery, headers, read, end, signal: request.signal });
    wentWell = true;
    open.pages += 1;
    return page;
  } catch (cause) {
    // What was sent may have been answered on its way.
    if (!isAnswered && isBilled(cause as ListFault)) open.billed += 1;
    if (!(cause instanceof BucketwiseError) && remedyFor(cause as ListFault) === 'slow-down') pace.slower();
    throw cause;
  } finally {
    pace.leave(wentWell, answeredAfterMs);
  }
}

function pageIn(open: Open, answer: ListAnswer): KeyPage {
  const region = answer.headers['x-amz-bucket-region'];
  if (typeof region === 'string') open.region = region;
  if (answer.status !== 200) {
    const fault = faultIn(answer);
    open.billed += isBilled(fault) ? 1 : 0;
    throw fault;
  }
  open.billed += 1;
  const page = open.read(answer.body);
  const next = nextCursor(page);
  return { batch: page.batch, prefixes: page.prefixes, ...(next && { next }) };
}

const refuse: PageForm['refuse'] = (why) => {
  throw brokenPage(why);
};

function nextCursor({ isTruncated, token, nextKey, nextVersion }: ListedPage): KeyCursor | undefined {
  if (!isTruncated) return undefined;
  if (token !== undefined) return { token };
  if (nextKey === undefined) return refuse('more follows, and it does not say where');
  return { key: nextKey, ...(nextVersion !== undefined && { version: nextVersion }) };
}
