/** Requests that logs show, as tables: what each prefix is asked and by whom, and who causes the LISTs. */
import { bytesText } from '../kernel/bytes.js';
import { approximateUsd, sumUsd, type Usd, usdFromText } from '../kernel/usd.js';
import type { RequestOperation, RequestRow, Requests } from '../prefixes/request-rows.js';
import { csvTable, left, right, type Table } from './table.js';
import { counted, money, number } from './view.js';

const operationNames: Readonly<Record<RequestOperation, string>> = {
  put: 'PUT, COPY, POST',
  part: 'multipart parts',
  list: 'LIST',
  get: 'GET',
  head: 'HEAD',
  delete: 'DELETE',
  expiry: 'lifecycle expiry',
  restore: 'restore',
  'to STANDARD_IA': 'lifecycle to STANDARD_IA',
  'to ONEZONE_IA': 'lifecycle to ONEZONE_IA',
  'to INTELLIGENT_TIERING': 'lifecycle to INTELLIGENT_TIERING',
  'to GLACIER_IR': 'lifecycle to GLACIER_IR',
  'to GLACIER': 'lifecycle to GLACIER',
  'to DEEP_ARCHIVE': 'lifecycle to DEEP_ARCHIVE',
  unknown: 'not known',
};

const monthly = (row: RequestRow): Usd => usdFromText(row.monthlyUsd);
const observed = (row: RequestRow): Usd => sumUsd(row.costs.map(({ usd }) => usdFromText(usd)));
const byDollars = (a: RequestRow, b: RequestRow): number =>
  approximateUsd(monthly(b)) - approximateUsd(monthly(a)) || Number(b.requests - a.requests);

/** By dollars; the requests are those observed, the last column is for a month. */
export function requestTable({ rows }: Requests, top: number): Table {
  return {
    columns: [
      left('Prefix'),
      left('Requests'),
      left('Asked by'),
      ...['Observed', 'Not billed', 'Sent', 'Cost', 'A month'].map(right),
    ],
    rows: rows
      .toSorted(byDollars)
      .slice(0, top)
      .map((row) => [
        row.prefix === '' ? '(all)' : row.prefix,
        operationNames[row.operation],
        requesterText(row.requester),
        number(row.requests),
        number(row.requests - row.billed),
        bytesText(row.bytesSent),
        money(observed(row)),
        money(monthly(row)),
      ]),
  };
}

/** One row for each requester and prefix that lists. */
export function listTable({ rows }: Requests, top: number): Table {
  const lists = rows.filter(({ operation }) => operation === 'list').sort(byDollars);
  return {
    columns: [left('Who lists'), left('What'), ...['LISTs observed', 'A month'].map(right)],
    rows: lists
      .slice(0, top)
      .map((row) => [
        requesterText(row.requester),
        row.prefix === '' ? '(all)' : row.prefix,
        number(row.requests),
        money(monthly(row)),
      ]),
  };
}

/** "arn:aws:sts::123456:assumed-role/loader" → "role loader (123456)"; CSV and JSON hold it whole. */
function requesterText(name: string): string {
  if (name === '-') return '(nobody named)';
  const [, account, kind, rest] = /^arn:[^:]*:(?:iam|sts)::(\d*):([a-z-]+)\/(.+)$/.exec(name) ?? [];
  return rest === undefined ? name : `${kind!.replace('assumed-', '')} ${rest} (${account})`;
}

/** "Requests of file:///logs, …" and every count that is not in the tables. */
export function requestNotes(requests: Requests): string[] {
  const { notUnderstood, skippedFiles, repeated, otherBuckets, otherServices, outside, folded } = requests;
  const said = (amount: number | bigint, text: string): string[] => (amount > 0 ? [text] : []);
  return [
    `${counted(requests.lines, 'line')} of ${counted(requests.files, 'file')}, ${requests.from.slice(0, 16)} to ${requests.to.slice(0, 16)} UTC: ${counted(requests.hours, 'hour')}, requests in ${number(requests.activeHours)} of them. A month is the same pace for all its hours.`,
    ...said(notUnderstood.lines, `${counted(notUnderstood.lines, 'line')} not understood and not counted:`),
    ...notUnderstood.examples.map(({ file, line, text }) => `${file}, line ${line}: ${text}`),
    ...said(
      repeated,
      `${counted(repeated, 'line')} with the request id, operation and key of one before; S3 may deliver a line twice. They are counted.`,
    ),
    ...said(otherBuckets, `${counted(otherBuckets, 'line')} of other buckets, not counted.`),
    ...said(otherServices, `${counted(otherServices, 'event')} of other services, not counted.`),
    ...said(
      skippedFiles,
      `${counted(skippedFiles, 'file')} of other buckets, or without events, left unread.`,
    ),
    ...said(outside, `${counted(outside, 'request')} outside of the scanned prefix, not counted.`),
    ...requests.guessed.map(({ operation, takenFor, requests: made }) =>
      takenFor === 'unknown'
        ? `${operation}: ${counted(made, 'request')} of an operation that is not known, not priced.`
        : `${operation}: ${counted(made, 'request')} of an operation that is not known, priced as ${operationNames[takenFor]}.`,
    ),
    ...said(folded.prefixes, `${counted(folded.prefixes, 'folder')} counted in one above.`),
    ...said(folded.requesters, `${counted(folded.requesters, 'requester')} counted together as (others).`),
  ];
}

/** Exact, one line for each usage type of a row: for programs. */
export function requestCsv({ rows }: Requests): string {
  return csvTable({
    columns: [
      ...['requestPrefix', 'operation', 'requester', 'requests', 'billed', 'bytesSent', 'usageType', 'class'],
      ...['unit', 'quantity', 'usd', 'monthlyUsd'],
    ].map(left),
    rows: rows.flatMap((row) => {
      const head = [row.prefix, row.operation, row.requester, row.requests, row.billed, row.bytesSent].map(
        String,
      );
      const costs = row.costs.map((cost) => [cost.usageType, cost.class, cost.unit, cost.quantity, cost.usd]);
      // The month stands once, so that a column adds up.
      return (costs.length === 0 ? [['', '', '', '0', '0']] : costs).map((cost, at) => [
        ...head,
        ...cost,
        at === 0 ? row.monthlyUsd : '0',
      ]);
    }),
  });
}
