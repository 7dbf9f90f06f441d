/** A month's requests as logs show them: counted for every row of a scan with what is below it, at the pace of the time observed. */
import { hoursIn, type Month } from '../kernel/day.js';
import { type Prefix, parentOf, type StorageClass } from '../kernel/s3.js';
import type { RequestRow, Requests } from '../prefixes/request-rows.js';
import type { PrefixRow, Scan } from '../prefixes/scan.js';
import {
  type RequestUsage,
  type RetrievalUsage,
  type TransitionUsage,
  transitionTargets,
} from '../pricing/usage.js';
import { classesAt, isRetrieved, type RetrievedClass, readableOf, split, writtenOf } from './class-shares.js';

/** Requests of a month, all classes together but for the bytes and counts that have a class of their own. */
export interface MonthlyRequests {
  readonly requests: readonly RequestUsage[];
  readonly retrieval: readonly RetrievalUsage[];
  readonly transitions: readonly TransitionUsage[];
  /** GET and HEAD of all classes. */
  readonly reads: bigint;
}

/** In the time observed; by class because each is priced by what lies where it was asked for. */
interface Observed {
  readonly byClass: Map<
    StorageClass,
    { put: bigint; get: bigint; head: bigint; list: bigint; delete: bigint }
  >;
  readonly retrieval: Map<RetrievedClass, bigint>;
  readonly transitions: Map<(typeof transitionTargets)[number], bigint>;
}

type Rows = Scan['prefixes'];
/** Counting anew for every row would go through all requests each time. */
const counted = new WeakMap<Requests, WeakMap<Rows, ReadonlyMap<Prefix, Observed>>>();

function countedBy(scan: Scan, requests: Requests): ReadonlyMap<Prefix, Observed> {
  const byRows = counted.get(requests) ?? new WeakMap<Rows, ReadonlyMap<Prefix, Observed>>();
  const known = byRows.get(scan.prefixes) ?? observedBy(scan, requests);
  counted.set(requests, byRows.set(scan.prefixes, known));
  return known;
}

/** Undefined where no log was read. */
export function requestsAt(
  scan: Scan,
  row: Pick<PrefixRow, 'prefix'>,
  month: Month,
): MonthlyRequests | undefined {
  const { requests } = scan;
  if (requests === undefined) return undefined;
  const observed = countedBy(scan, requests).get(row.prefix) ?? emptyObserved();
  const hours = BigInt(requests.hours);
  // Rounded half up: so many in the hours of a month.
  const monthly = (amount: bigint): bigint => (2n * amount * BigInt(hoursIn(month)) + hours) / (2n * hours);
  const usage = [...observed.byClass].map(([name, one]) => ({
    class: name,
    put: monthly(one.put),
    get: monthly(one.get),
    head: monthly(one.head),
    list: monthly(one.list),
    delete: monthly(one.delete),
  }));
  return {
    requests: usage,
    retrieval: [...observed.retrieval].map(([name, bytes]) => ({ class: name, bytes: monthly(bytes) })),
    transitions: [...observed.transitions].map(([to, objects]) => ({
      to,
      objects: monthly(objects),
      // What was moved was moved, whatever its size.
      smallObjects: 'move',
    })),
    reads: usage.reduce((sum, one) => sum + one.get + one.head, 0n),
  };
}

function observedBy(scan: Scan, requests: Requests): ReadonlyMap<Prefix, Observed> {
  const known = new Map<Prefix, Observed>(scan.prefixes.map((row) => [row.prefix, emptyObserved()]));
  const classes = classesAt(scan.prefixes);
  const root = scan.prefixes[0]?.prefix ?? '';
  for (const row of requests.rows)
    for (const at of waysUp(row.prefix, root)) {
      const observed = known.get(at);
      if (observed) note(observed, row, classes(row.prefix));
    }
  return known;
}

/** A prefix and every one above it, up to the scanned one. */
function waysUp(prefix: Prefix, root: Prefix): Prefix[] {
  const ways: Prefix[] = [];
  for (let at = prefix; at.length > root.length; at = parentOf(at)) ways.push(at);
  return [...ways, root];
}

const emptyObserved = (): Observed => ({ byClass: new Map(), retrieval: new Map(), transitions: new Map() });

function note(observed: Observed, row: RequestRow, shares: Parameters<typeof split>[1]): void {
  const add = (
    name: StorageClass,
    what: 'put' | 'get' | 'head' | 'list' | 'delete',
    amount: bigint,
  ): void => {
    const sums = observed.byClass.get(name) ?? { put: 0n, get: 0n, head: 0n, list: 0n, delete: 0n };
    sums[what] += amount;
    observed.byClass.set(name, sums);
  };
  const { operation, billed } = row;
  if (operation === 'put' || operation === 'part') add(writtenOf(shares), 'put', billed);
  else if (operation === 'list')
    add(writtenOf(shares) === 'EXPRESS_ONEZONE' ? 'EXPRESS_ONEZONE' : 'STANDARD', 'list', billed);
  else if (operation === 'delete') add(writtenOf(shares), 'delete', billed);
  else if (operation === 'get' || operation === 'head') {
    for (const [name, part] of split(billed, readableOf(shares))) add(name, operation, part);
    if (operation === 'get')
      for (const [name, bytes] of split(row.bytesSent, readableOf(shares)))
        if (isRetrieved(name)) observed.retrieval.set(name, (observed.retrieval.get(name) ?? 0n) + bytes);
  } else {
    const to = transitionTargets.find((target) => operation === `to ${target}`);
    if (to) observed.transitions.set(to, (observed.transitions.get(to) ?? 0n) + billed);
  }
}

/** "2026-11-01T00:00:00.000Z" → "2026-11-01 00:00 UTC". */
const shortly = (instant: string): string => `${instant.slice(0, 16).replace('T', ' ')} UTC`;

const assumed = new WeakMap<Requests, readonly string[]>();

/** What a month made from logs rests on: the same for every row. */
export function requestAssumptions(requests: Requests): readonly string[] {
  const known = assumed.get(requests) ?? assumptionsOf(requests);
  assumed.set(requests, known);
  return known;
}

function assumptionsOf(requests: Requests): string[] {
  const { from, to, hours, activeHours, source } = requests;
  return [
    `PUT, GET and LIST are those that ${source} shows from ${shortly(from)} to ${shortly(to)} (${hours} hours, requests in ${activeHours} of them), at the same pace for the whole month.`,
    'Logs do not say which class an object is of: reads are shared among the classes that lie at their prefix, writes go to STANDARD where it holds any object.',
    'S3 delivers logs as well as it can: what is late or missing is not in these counts.',
    ...(requests.rows.some(({ answers }) => (answers.denied ?? 0n) > 0n)
      ? [
          'Answers 403 to named requesters are billed: it is not known whether they belong to the account or its organization (from outside they are free).',
        ]
      : []),
  ];
}
