/** The usage document as users write it, and how it becomes a Usage; what contradicts itself is refused by field. */
import { daysIn, type Month, parseMonth } from '../kernel/day.js';
import { raise } from '../kernel/errors.js';
import { type AccessTier, accessTiers, type StorageClass, storageClasses } from '../kernel/s3.js';
import type { RequestUsage, StorageUsage, Usage } from './usage.js';

type Count = number | string;

export interface UsageDocument {
  readonly region: string;
  readonly month: string;
  readonly tierOffsetGB?: Readonly<Record<string, string>>;
  readonly storage?: readonly StorageDocument[];
  readonly requests?: readonly {
    readonly class: StorageClass;
    readonly put?: Count;
    readonly list?: Count;
    readonly get?: Count;
    readonly delete?: Count;
  }[];
}

interface StorageDocument {
  readonly class: StorageClass;
  readonly accessTier?: AccessTier;
  readonly objects: Count;
  readonly bytes: Count;
  readonly sizes?: readonly { readonly objectBytes: Count; readonly objects: Count }[];
  readonly days?: number;
  readonly noncurrent?: boolean;
}

const count = {
  anyOf: [
    { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    { type: 'string', pattern: '^\\d{1,30}$' },
  ],
  description: 'A whole number; beyond 2^53 as a decimal string.',
} as const;

const storageClass = { enum: storageClasses } as const;

/** JSON Schema of what is priced. Sizes in bytes. */
export const usageSchema = {
  $id: 'usage',
  type: 'object',
  additionalProperties: false,
  required: ['region', 'month'],
  properties: {
    region: { type: 'string', description: 'AWS Region, as us-east-1.' },
    month: { type: 'string', description: 'As 2026-11; decides the hours of a GB-month and the rate card.' },
    tierOffsetGB: {
      type: 'object',
      additionalProperties: { type: 'string', pattern: '^\\d+(\\.\\d+)?$' },
      description: "The account's other usage in GB, by usage type without the Region's prefix.",
    },
    storage: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['class', 'objects', 'bytes'],
        properties: {
          class: storageClass,
          accessTier: { enum: accessTiers, description: 'Only for INTELLIGENT_TIERING; default FREQUENT.' },
          objects: count,
          bytes: count,
          sizes: {
            type: 'array',
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['objectBytes', 'objects'],
              properties: { objectBytes: count, objects: count },
            },
            description: 'Exact sizes; objects and bytes must add up to the totals.',
          },
          days: {
            type: 'integer',
            minimum: 0,
            maximum: 31,
            description: 'Days held; default the whole month.',
          },
          noncurrent: { type: 'boolean' },
        },
      },
    },
    requests: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['class'],
        properties: { class: storageClass, put: count, list: count, get: count, delete: count },
      },
    },
  },
} as const;

/** Parts of the document that will be priced later: refused by name until then, for silence would make a bill too small. */
export const notYetPriced = [
  'multipartRemains',
  'transitions',
  'retrieval',
  'restores',
  'earlyDeletes',
  'transfer',
  'queries',
  'kms',
  'cloudTrailDataEvents',
  'firehose',
  'inventoryObjects',
  'tags',
] as const;

/** `source` names the document in messages. Errors: MONTH_INVALID, DOCUMENT_INVALID with the field. */
export function usageFromDocument(document: UsageDocument, source: string): Usage {
  const month = parseMonth(document.month);
  return {
    region: document.region,
    month,
    tierOffsetGB: document.tierOffsetGB ?? {},
    storage: (document.storage ?? []).map((held, at) => storageOf(held, month, source, `storage.${at}`)),
    requests: (document.requests ?? []).map(
      (made): RequestUsage => ({
        class: made.class,
        put: BigInt(made.put ?? 0),
        list: BigInt(made.list ?? 0),
        get: BigInt(made.get ?? 0),
        delete: BigInt(made.delete ?? 0),
      }),
    ),
  };
}

function storageOf(held: StorageDocument, month: Month, source: string, field: string): StorageUsage {
  const refuse = (name: string, why: string): never =>
    raise('DOCUMENT_INVALID', { source, field: `${field}.${name}`, why, hint: 'Correct it and run again.' });
  const objects = BigInt(held.objects);
  const bytes = BigInt(held.bytes);
  if (objects === 0n && bytes > 0n) refuse('objects', `is 0, but bytes is ${bytes}`);
  if (held.accessTier !== undefined && held.class !== 'INTELLIGENT_TIERING')
    refuse('accessTier', `belongs to INTELLIGENT_TIERING, not to ${held.class}`);
  if (held.days !== undefined && held.days > daysIn(month))
    refuse('days', `is ${held.days}, but ${month} has ${daysIn(month)}`);
  const sizes = held.sizes?.map((row) => ({
    objectBytes: BigInt(row.objectBytes),
    objects: BigInt(row.objects),
    bytes: BigInt(row.objectBytes) * BigInt(row.objects),
  }));
  const sum = (name: 'objects' | 'bytes'): bigint =>
    (sizes ?? []).reduce((total, row) => total + row[name], 0n);
  if (sizes && sum('objects') !== objects)
    refuse('sizes', `holds ${sum('objects')} objects, but objects is ${objects}`);
  if (sizes && sum('bytes') !== bytes) refuse('sizes', `holds ${sum('bytes')} bytes, but bytes is ${bytes}`);
  return {
    class: held.class,
    objects,
    bytes,
    ...(held.accessTier === undefined ? {} : { accessTier: held.accessTier }),
    ...(sizes === undefined ? {} : { sizes }),
    ...(held.days === undefined ? {} : { days: held.days }),
    ...(held.noncurrent === undefined ? {} : { noncurrent: held.noncurrent }),
  };
}
