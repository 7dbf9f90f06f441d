/** PUT, GET and LIST are lines of their own; LIST costs what it costs in STANDARD, whatever the class of the objects. */
import { gigabytes } from '../kernel/quantity.js';
import type { StorageClass } from '../kernel/s3.js';
import type { BillLine, Section } from './bill.js';
import { type Ledger, lineIfAny, requests } from './line.js';
import { type Price, priceOf } from './rate-card.js';
import { grouped } from './sizes.js';
import type { RequestUsage } from './usage.js';

/** S3 pricing page: "LIST requests for any storage class are charged at the rate of S3 Standard PUT, COPY, POST". */
export function requestLines(ledger: Ledger, usage: readonly RequestUsage[]): BillLine[] {
  return [
    ...usage.flatMap((made) => [
      ...putLines(ledger, made),
      ...multipartLines(ledger, made),
      ...uploadLines(ledger, made),
      ...getLines(ledger, made),
      ...deniedLines(ledger, made),
      ...deleteLines(ledger, made),
    ]),
    ...listLines(ledger, usage),
  ];
}

interface Made {
  readonly section: Section;
  readonly name: string;
  readonly operation: string;
  readonly note?: string;
}

/** A line of requests of a class, or none. */
const made = (
  ledger: Ledger,
  words: Made,
  storageClass: StorageClass,
  price: () => Price<'request'>,
  amount: bigint,
): BillLine[] =>
  amount === 0n
    ? []
    : [
        ledger.line(
          { ...words, name: `${words.name}, ${storageClass}`, class: storageClass },
          price(),
          requests(amount),
        ),
      ];

function putLines(ledger: Ledger, { class: storageClass, put }: RequestUsage): BillLine[] {
  const words = { section: 'put', name: 'PUT, COPY, POST', operation: 'PutObject' } as const;
  return made(ledger, words, storageClass, () => priceOf(ledger.card, storageClass, 'put'), put);
}

/**
 * S3 User Guide, multipart upload overview: an upload of n parts is n + 2 requests. Into GLACIER and DEEP_ARCHIVE
 * only completing it has the price of the class.
 */
function multipartLines(ledger: Ledger, { class: storageClass, multipart }: RequestUsage): BillLine[] {
  if (!multipart) return [];
  const { card } = ledger;
  const price = (name: 'initiateMultipart' | 'uploadPart' | 'completeMultipart') => (): Price<'request'> =>
    storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE'
      ? priceOf(card, storageClass, name)
      : priceOf(card, storageClass, 'put');
  const note =
    multipart.uploads === 0n
      ? `${grouped(multipart.parts)} requests that begin uploads or carry their parts.`
      : `${grouped(multipart.uploads)} multipart uploads of ${grouped(multipart.parts)} parts are ${grouped(multipart.parts + 2n * multipart.uploads)} requests.`;
  const line = (name: string, operation: string, of: () => Price<'request'>, requests: bigint): BillLine[] =>
    made(ledger, { section: 'put', name, operation, note }, storageClass, of, requests);
  return [
    ...line('Multipart, begin', 'InitiateMultipartUpload', price('initiateMultipart'), multipart.uploads),
    ...line('Multipart, parts', 'UploadPart', price('uploadPart'), multipart.parts),
    ...line('Multipart, complete', 'CompleteMultipartUpload', price('completeMultipart'), multipart.uploads),
  ];
}

/** S3 FAQ: S3 Express One Zone charges for every byte uploaded. */
function uploadLines(ledger: Ledger, { uploadBytes = 0n }: RequestUsage): BillLine[] {
  const words = {
    section: 'put',
    name: 'Upload, EXPRESS_ONEZONE',
    class: 'EXPRESS_ONEZONE',
    operation: 'PutObject',
    note: 'EXPRESS_ONEZONE charges for every byte put, whatever the size of the object.',
  } as const;
  const price = (): Price<'GB'> => priceOf(ledger.card, 'EXPRESS_ONEZONE', 'upload');
  return lineIfAny(ledger, words, price, uploadBytes, gigabytes);
}

/** S3 pricing page: GET and HEAD have one price. */
function getLines(ledger: Ledger, { class: storageClass, get, head = 0n }: RequestUsage): BillLine[] {
  const price = (): Price<'request'> => priceOf(ledger.card, storageClass, 'get');
  const name = head === 0n ? 'GET, HEAD' : 'GET';
  return [
    ...made(ledger, { section: 'get', name, operation: 'GetObject' }, storageClass, price, get),
    ...made(
      ledger,
      { section: 'get', name: 'HEAD', operation: 'HeadObject', note: 'HEAD is billed as GET.' },
      storageClass,
      price,
      head,
    ),
  ];
}

/** S3 User Guide, ErrorCodeBilling: since May 2024 a 403 is free when it was asked from outside the account and organization. */
function deniedLines(ledger: Ledger, { class: storageClass, accessDenied }: RequestUsage): BillLine[] {
  if (!accessDenied) return [];
  const { own, outside, unknown } = accessDenied;
  if (unknown > 0n)
    ledger.assumptions.add(
      `${grouped(unknown)} answers 403 of ${storageClass} are billed: it is not known who asked (from outside the account and organization they are free).`,
    );
  const free = outside > 0n ? ` ${grouped(outside)} more, asked from outside, are free.` : '';
  return made(
    ledger,
    {
      section: 'get',
      name: 'Access denied (403)',
      operation: 'GetObject',
      note: `Answers 403 to the own account are billed as GET.${free}`,
    },
    storageClass,
    () => priceOf(ledger.card, storageClass, 'get'),
    own + unknown,
  );
}

/** S3 pricing page: "DELETE and CANCEL requests are free". */
function deleteLines(ledger: Ledger, { class: storageClass, delete: deletes }: RequestUsage): BillLine[] {
  if (deletes > 0n)
    ledger.assumptions.add(
      'A DeleteObjects request is taken to be free like DELETE; AWS does not say so of it.',
    );
  const words = {
    section: 'put',
    name: 'DELETE',
    operation: 'DeleteObject',
    note: 'DELETE and CANCEL requests are free; removing an object before its minimum duration is not.',
  } as const;
  return made(ledger, words, storageClass, () => priceOf(ledger.card, storageClass, 'delete'), deletes);
}

/** One line for all classes but EXPRESS_ONEZONE, whose directory buckets have a price row of their own. */
function listLines(ledger: Ledger, usage: readonly RequestUsage[]): BillLine[] {
  const express = usage.filter((one) => one.class === 'EXPRESS_ONEZONE');
  const others = usage.filter((one) => one.class !== 'EXPRESS_ONEZONE');
  return [...listLine(ledger, 'STANDARD', others), ...listLine(ledger, 'EXPRESS_ONEZONE', express)];
}

function listLine(
  ledger: Ledger,
  priceClass: 'STANDARD' | 'EXPRESS_ONEZONE',
  usage: readonly RequestUsage[],
): BillLine[] {
  const listed = usage.filter(({ list }) => list > 0n);
  if (listed.length === 0) return [];
  const isExpress = priceClass === 'EXPRESS_ONEZONE';
  if (isExpress)
    ledger.assumptions.add(
      'LIST of a directory bucket is priced by its own Tier1 row, which AWS titles "PUT, COPY, POST, LIST".',
    );
  const elsewhere = new Set(listed.map((one) => one.class).filter((name) => name !== priceClass));
  const words = {
    section: 'list',
    name: isExpress ? 'LIST, EXPRESS_ONEZONE' : 'LIST',
    ...(isExpress ? { class: priceClass } : {}),
    operation: 'ListBucket',
    note:
      elsewhere.size > 0
        ? `LIST is billed at the price of STANDARD, also for ${[...elsewhere].join(', ')}.`
        : '',
  } as const;
  const lists = listed.reduce((sum, one) => sum + one.list, 0n);
  return [ledger.line(words, priceOf(ledger.card, priceClass, 'list'), requests(lists))];
}
