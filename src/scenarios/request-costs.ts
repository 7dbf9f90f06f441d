/** Each row of requests with its dollars, line by line as S3 bills them; logs do not name classes: those of the objects there are taken. */
import { hoursIn, type Month } from '../kernel/day.js';
import { count, gigabytes, type Quantity, type Unit } from '../kernel/quantity.js';
import type { StorageClass } from '../kernel/s3.js';
import { charge, scaleUsd, sumUsd, type Usd, usdFromText } from '../kernel/usd.js';
import type { RequestCost, RequestOperation, RequestRow, Requests } from '../prefixes/request-rows.js';
import type { Scan } from '../prefixes/scan.js';
import { firstRate, type Price, priceOf, type RateCard } from '../pricing/rate-card.js';
import {
  type ClassShare,
  classesAt,
  isArchive,
  isRetrieved,
  readableOf,
  restoredOf,
  split,
  writtenOf,
} from './class-shares.js';

/** A row before it is priced. */
export type BareRequests = Omit<Requests, 'rows'> & {
  readonly rows: readonly Omit<RequestRow, 'costs' | 'monthlyUsd'>[];
};

/** Errors: PRICE_MISSING. */
export function pricedRequests(scan: Scan, requests: BareRequests, card: RateCard, month: Month): Requests {
  const classes = classesAt(scan.prefixes);
  const rows = requests.rows.map((row) => {
    const costs = costsOf(row, classes(row.prefix), card);
    const observed = sumUsd(costs.map(({ usd }) => usd));
    const monthly = scaleUsd(observed, BigInt(hoursIn(month)), BigInt(requests.hours));
    return {
      ...row,
      costs: costs.map((cost) => ({ ...cost, usd: cost.usd.toString() })),
      monthlyUsd: monthly.toString(),
    };
  });
  return { ...requests, rows };
}

export const monthlyOf = (rows: readonly RequestRow[]): Usd =>
  sumUsd(rows.map(({ monthlyUsd }) => usdFromText(monthlyUsd)));

type Cost = Omit<RequestCost, 'usd'> & { readonly usd: Usd };

function costsOf(row: BareRequests['rows'][number], shares: readonly ClassShare[], card: RateCard): Cost[] {
  const { billed } = row;
  if (billed === 0n) return [];
  if (row.operation === 'get' || row.operation === 'head')
    return [
      ...[...split(billed, readableOf(shares))].map(([name, part]) =>
        costOf(name, priceOf(card, name, 'get'), count('request', part)),
      ),
      ...(row.operation === 'get' ? retrievalCosts(row.bytesSent, shares, card) : []),
    ];
  const target = targetOf(row.operation);
  if (target !== undefined)
    return [costOf(target, priceOf(card, target, 'transitionInto'), count('request', billed))];
  const price = singlePrice(row.operation, shares, card);
  return price === undefined ? [] : [costOf(price.class, price.price, count('request', billed))];
}

const targets = {
  'to STANDARD_IA': 'STANDARD_IA',
  'to ONEZONE_IA': 'ONEZONE_IA',
  'to INTELLIGENT_TIERING': 'INTELLIGENT_TIERING',
  'to GLACIER_IR': 'GLACIER_IR',
  'to GLACIER': 'GLACIER',
  'to DEEP_ARCHIVE': 'DEEP_ARCHIVE',
} as const;

const targetOf = (operation: RequestOperation) =>
  Object.hasOwn(targets, operation) ? targets[operation as keyof typeof targets] : undefined;

/** DELETE, expiry and what is unknown have no price; a restore is asked of archives alone, and taken to be a standard one. */
function singlePrice(
  operation: RequestOperation,
  shares: readonly ClassShare[],
  card: RateCard,
): { readonly class: StorageClass; readonly price: Price<'request'> } | undefined {
  const written = writtenOf(shares);
  if (operation === 'part' && isArchive(written))
    return { class: written, price: priceOf(card, written, 'uploadPart') };
  if (operation === 'put' || operation === 'part')
    return { class: written, price: priceOf(card, written, 'put') };
  if (operation === 'list') {
    const listed = written === 'EXPRESS_ONEZONE' ? written : 'STANDARD';
    return { class: listed, price: priceOf(card, listed, 'list') };
  }
  const archive = restoredOf(shares);
  return operation === 'restore' && archive
    ? { class: archive, price: priceOf(card, archive, 'standardRestore') }
    : undefined;
}

/** Reading from these classes costs by the byte too. */
function retrievalCosts(bytesSent: bigint, shares: readonly ClassShare[], card: RateCard): Cost[] {
  return [...split(bytesSent, readableOf(shares))]
    .flatMap(([name, bytes]) => (isRetrieved(name) ? [[name, bytes] as const] : []))
    .map(([name, bytes]) => costOf(name, priceOf(card, name, 'retrieval'), gigabytes(bytes)));
}

function costOf<U extends Unit & RequestCost['unit']>(
  storageClass: StorageClass,
  price: Price<U>,
  quantity: Quantity<U>,
): Cost {
  return {
    usageType: price.usageType,
    class: storageClass,
    unit: price.unit,
    quantity: quantity.amount.toString(),
    usd: charge(firstRate(price), quantity as never),
  };
}
