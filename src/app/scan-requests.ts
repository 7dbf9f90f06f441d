/** Reads logs of requests beside a scan: who asked what of which prefix, priced, and what reading them cost. */
import { openRequestLogs, type RequestLogs } from '../inventory/request-log.js';
import type { RequestCell } from '../inventory/request-rates.js';
import { instantText } from '../kernel/clock.js';
import type { Month } from '../kernel/day.js';
import { raise } from '../kernel/errors.js';
import { compareKeys } from '../kernel/s3.js';
import { addUsd, type Usd, usdFromText } from '../kernel/usd.js';
import { tableOf } from '../prefixes/partition-keys.js';
import { prefixTreeDefaults } from '../prefixes/prefix-tree.js';
import { isBilled } from '../prefixes/request-rows.js';
import type { RequestCounts, Scan } from '../prefixes/scan.js';
import type { RateCard } from '../pricing/rate-card.js';
import { requestsText } from '../report/view.js';
import { type BareRequests, pricedRequests } from '../scenarios/request-costs.js';
import { requestsUsd, withinLimit } from './prices.js';
import { type FoundLogs, readLogs } from './scan-logs.js';
import type { Surroundings, Watch } from './surroundings.js';

export interface RequestsAsked {
  readonly depth?: number;
  readonly maxCost?: string;
}

/** The scan with its requests. Errors: LOG_EMPTY, LOG_UNREADABLE, COST_ABOVE_LIMIT, INTERRUPTED, those of the store. */
export async function withRequests(
  given: Surroundings,
  asked: RequestsAsked,
  scan: Scan,
  found: FoundLogs,
  { card, month }: { readonly card: RateCard; readonly month: Month },
  watch: Watch,
): Promise<Scan> {
  const { uri, files } = found;
  const bucket = /^s3:\/\/([^/]+)/.exec(scan.source)?.[1];
  const logs = openRequestLogs({
    bucket,
    prefix: scan.prefixes[0]!.prefix,
    depth: asked.depth ?? prefixTreeDefaults.depth,
    now: Math.floor(given.clock.now() / 1000),
    tableOf,
  });
  const made = (): RequestCounts => (files.isBilled ? files.requests() : none);
  const spent = (): Usd => addUsd(usdFromText(scan.ownCost.usd), requestsUsd(card, made()));
  const skipped = await readLogs(found, logs, bucket, watch, () => withinLimit(spent(), asked.maxCost));
  const requests = requestsOf(uri, logs, skipped) ?? nothingFound(uri, bucket, logs);
  for (const text of notes(requests)) watch.note(text);
  if (files.isBilled) watch.note(`Reading the logs made ${requestsText(files.requests())}.`);
  return {
    ...scan,
    requests: pricedRequests(scan, requests, card, month),
    ownCost: {
      requests: addedCounts(scan.ownCost.requests, made()),
      usd: spent().toString(),
    },
  };
}

const none: RequestCounts = { put: 0, get: 0, list: 0 };
const addedCounts = (a: RequestCounts, b: RequestCounts): RequestCounts => ({
  put: a.put + b.put,
  get: a.get + b.get,
  list: a.list + b.list,
});

function nothingFound(uri: string, bucket: string | undefined, { report }: RequestLogs): never {
  const met = report.otherBuckets > 0 ? `: they hold ${report.otherBuckets} lines of other buckets` : '';
  const misread = report.notUnderstood > 0 ? `; ${report.notUnderstood} lines were not understood` : '';
  return raise('LOG_EMPTY', {
    uri,
    what: bucket === undefined ? 'any bucket' : `bucket "${bucket}"`,
    met: met + misread,
  });
}

const hourSeconds = 3600;
/** A bucket that rests at night and at weekends is asked in a quarter of all hours. */
const manyTimes = 10;

/** Undefined when there was no request. */
function requestsOf(
  uri: string,
  { tally, report }: RequestLogs,
  skippedFiles: number,
): BareRequests | undefined {
  const summary = tally.summary();
  if (summary.first === undefined || summary.last === undefined) return undefined;
  const from = Math.floor(summary.first / hourSeconds);
  const to = Math.floor(summary.last / hourSeconds) + 1;
  return {
    source: uri,
    from: instantText(from * hourSeconds * 1000),
    to: instantText(to * hourSeconds * 1000),
    hours: to - from,
    activeHours: summary.activeHours,
    files: report.files,
    skippedFiles,
    lines: report.lines,
    notUnderstood: { lines: report.notUnderstood, examples: report.examples },
    repeated: report.repeated,
    otherBuckets: report.otherBuckets,
    otherServices: report.otherServices,
    outside: summary.outside,
    buckets: [...report.buckets].sort(compareKeys),
    guessed: summary.guessed.map((one) => ({
      operation: one.operation,
      takenFor: one.class,
      requests: one.requests,
    })),
    folded: { prefixes: summary.foldedPrefixes, requesters: summary.foldedRequesters },
    rows: rowsOf(tally.cells()),
  };
}

/** Cells of one prefix, requester and kind are a row. */
function rowsOf(cells: readonly RequestCell[]): BareRequests['rows'] {
  const rows = new Map<string, RequestCell[]>();
  for (const cell of cells) {
    const name = JSON.stringify([cell.prefix, cell.requester, cell.class]);
    rows.set(name, [...(rows.get(name) ?? []), cell]);
  }
  const sum = (of: readonly RequestCell[], what: 'requests' | 'bytesSent' | 'objectBytes'): bigint =>
    of.reduce((total, cell) => total + cell[what], 0n);
  return [...rows.values()]
    .map((of) => ({
      prefix: of[0]!.prefix,
      requester: of[0]!.requester,
      operation: of[0]!.class,
      requests: sum(of, 'requests'),
      billed: sum(
        of.filter(({ answer }) => isBilled(answer)),
        'requests',
      ),
      bytesSent: sum(of, 'bytesSent'),
      objectBytes: sum(of, 'objectBytes'),
      answers: Object.fromEntries(of.map((cell) => [cell.answer, cell.requests])),
    }))
    .sort(
      (a, b) =>
        compareKeys(a.prefix, b.prefix) ||
        compareKeys(a.operation, b.operation) ||
        compareKeys(a.requester, b.requester),
    );
}

function* notes({ notUnderstood, buckets, from, to, hours, activeHours }: BareRequests): Generator<string> {
  if (notUnderstood.lines > 0) {
    const [first] = notUnderstood.examples;
    yield `${notUnderstood.lines} lines of the logs were not understood; the first is line ${first?.line} of ${first?.file}.`;
  }
  if (buckets.length > 1)
    yield `The logs are of ${buckets.length} buckets, and all of them are counted: ${buckets.slice(0, 5).join(', ')}.`;
  if (activeHours * manyTimes <= hours)
    yield `Take care: the logs reach from ${from} to ${to}, ${hours} hours, and show requests in ${activeHours} of them. The month is taken at the pace of all ${hours}: if nothing was logged in the others, it costs ${Math.floor(hours / activeHours)} times as much. Look for lines of another time, or name logs without gaps.`;
  else if (activeHours * 2 < hours)
    yield `The logs show requests in ${activeHours} of ${hours} hours; where hours are missing from them, a month costs more than is shown.`;
}
