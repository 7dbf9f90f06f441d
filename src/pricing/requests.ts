/** PUT, GET and LIST are lines of their own; LIST costs what it costs in STANDARD, whatever the class of the objects. */
import { count } from '../kernel/quantity.js';
import type { StorageClass } from '../kernel/s3.js';
import type { BillLine } from './bill.js';
import type { Ledger } from './line.js';
import { priceOf } from './rate-card.js';
import type { RequestUsage } from './usage.js';

/** S3 pricing page: "LIST requests for any storage class are charged at the rate of S3 Standard PUT, COPY, POST". */
export function requestLines(ledger: Ledger, requests: readonly RequestUsage[]): BillLine[] {
  return [
    ...requests.flatMap((made) => [
      ...putLine(ledger, made),
      ...getLine(ledger, made),
      ...deleteLine(ledger, made),
    ]),
    ...listLines(ledger, requests),
  ];
}

function putLine(ledger: Ledger, made: RequestUsage): BillLine[] {
  if (made.put === 0n) return [];
  const words = {
    section: 'put',
    name: `PUT, COPY, POST, ${made.class}`,
    class: made.class,
    operation: 'PutObject',
  } as const;
  return [ledger.line(words, priceOf(ledger.card, made.class, 'put'), count('request', made.put))];
}

function getLine(ledger: Ledger, made: RequestUsage): BillLine[] {
  if (made.get === 0n) return [];
  const words = {
    section: 'get',
    name: `GET, HEAD, ${made.class}`,
    class: made.class,
    operation: 'GetObject',
  } as const;
  return [ledger.line(words, priceOf(ledger.card, made.class, 'get'), count('request', made.get))];
}

function deleteLine(ledger: Ledger, made: RequestUsage): BillLine[] {
  if (made.delete === 0n) return [];
  const note = 'DELETE and CANCEL requests are free; removing an object before its minimum duration is not.';
  const words = {
    section: 'put',
    name: `DELETE, ${made.class}`,
    class: made.class,
    operation: 'DeleteObject',
    note,
  } as const;
  return [ledger.line(words, priceOf(ledger.card, made.class, 'delete'), count('request', made.delete))];
}

/** One line for all classes but EXPRESS_ONEZONE, whose directory buckets have a price row of their own. */
function listLines(ledger: Ledger, requests: readonly RequestUsage[]): BillLine[] {
  const express = requests.filter((made) => made.class === 'EXPRESS_ONEZONE');
  const others = requests.filter((made) => made.class !== 'EXPRESS_ONEZONE');
  return [...listLine(ledger, 'STANDARD', others), ...listLine(ledger, 'EXPRESS_ONEZONE', express)];
}

function listLine(
  ledger: Ledger,
  priceClass: 'STANDARD' | 'EXPRESS_ONEZONE',
  requests: readonly RequestUsage[],
): BillLine[] {
  const lists = requests.reduce((sum, made) => sum + made.list, 0n);
  if (lists === 0n) return [];
  const elsewhere = new Set<StorageClass>(
    requests.filter((made) => made.list > 0n && made.class !== priceClass).map((made) => made.class),
  );
  if (priceClass === 'EXPRESS_ONEZONE')
    ledger.assumptions.add(
      'LIST of a directory bucket is priced by its own Tier1 row, which AWS titles "PUT, COPY, POST, LIST".',
    );
  const note =
    elsewhere.size > 0
      ? `LIST is billed at the price of STANDARD, also for ${[...elsewhere].join(', ')}.`
      : '';
  const words = {
    section: 'list',
    name: 'LIST',
    class: priceClass === 'STANDARD' ? null : priceClass,
    operation: 'ListBucket',
    note,
  } as const;
  return [ledger.line(words, priceOf(ledger.card, priceClass, 'list'), count('request', lists))];
}
