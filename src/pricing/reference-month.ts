/** What a change of prices means in dollars is told by one fixed month of usage, priced before and after. */
import { monthOf } from '../kernel/day.js';
import { BucketwiseError } from '../kernel/errors.js';
import { subtractUsd, type Usd } from '../kernel/usd.js';
import { type Section, sections } from './bill.js';
import { monthlyBill } from './monthly-bill.js';
import type { RateCard } from './rate-card.js';
import type { RequestUsage, StorageUsage, Usage } from './usage.js';

const TIB = 1024n ** 4n;
const MIB = 1024n ** 2n;

/** 4 KiB objects beside 1 MiB ones, so that floors and archive overhead are in the month too. */
const mixed = (large: bigint, small: bigint) => ({
  objects: large + small,
  bytes: large * MIB + small * 4096n,
  sizes: [
    { objectBytes: MIB, objects: large, bytes: large * MIB },
    { objectBytes: 4096n, objects: small, bytes: small * 4096n },
  ],
});

/**
 * The reference month: 600 TiB in STANDARD (all its tiers), 10 TiB in each other class and access tier, small objects
 * where they cost more; a million PUT, ten million GET and a hundred thousand LIST in each class.
 */
export const referenceStorage: readonly StorageUsage[] = [
  { class: 'STANDARD', objects: 100_000_000n, bytes: 600n * TIB },
  { class: 'STANDARD_IA', ...mixed(10_485_760n, 1_000_000n) },
  { class: 'ONEZONE_IA', ...mixed(10_485_760n, 1_000_000n) },
  { class: 'INTELLIGENT_TIERING', accessTier: 'FREQUENT', ...mixed(10_485_760n, 1_000_000n) },
  { class: 'INTELLIGENT_TIERING', accessTier: 'INFREQUENT', ...mixed(10_485_760n, 0n) },
  { class: 'INTELLIGENT_TIERING', accessTier: 'ARCHIVE_INSTANT', ...mixed(10_485_760n, 0n) },
  { class: 'INTELLIGENT_TIERING', accessTier: 'ARCHIVE_ACCESS', ...mixed(10_485_760n, 0n) },
  { class: 'INTELLIGENT_TIERING', accessTier: 'DEEP_ARCHIVE_ACCESS', ...mixed(10_485_760n, 0n) },
  { class: 'GLACIER_IR', ...mixed(10_485_760n, 1_000_000n) },
  { class: 'GLACIER', ...mixed(10_485_760n, 1_000_000n) },
  { class: 'DEEP_ARCHIVE', ...mixed(10_485_760n, 1_000_000n) },
  { class: 'EXPRESS_ONEZONE', ...mixed(10_485_760n, 0n) },
  { class: 'REDUCED_REDUNDANCY', ...mixed(10_485_760n, 0n) },
];

export const referenceRequests: readonly RequestUsage[] = [
  ...new Set(referenceStorage.map((held) => held.class)),
].map((name) => ({ class: name, put: 1_000_000n, list: 100_000n, get: 10_000_000n, delete: 0n }));

export interface ReferenceSection {
  readonly section: Section;
  /** Null when no card was in force before. */
  readonly before: Usd | null;
  readonly after: Usd;
  readonly difference: Usd | null;
}

export interface ReferenceMonth {
  readonly sections: readonly ReferenceSection[];
  readonly before: Usd | null;
  readonly after: Usd;
  readonly difference: Usd | null;
  /** What the Region does not sell, or did not before: "EXPRESS_ONEZONE storage". */
  readonly leftOut: readonly string[];
}

/** Only what both cards price is in it: a class that is new would look like a rise. */
export function referenceMonth(before: RateCard | undefined, after: RateCard): ReferenceMonth {
  const cards = before === undefined ? [after] : [before, after];
  const isPriced = (part: Partial<Usage>): boolean => cards.every((card) => canPrice(part, card));
  const storage = referenceStorage.filter((held) => isPriced({ storage: [held] }));
  const requests = referenceRequests.filter((made) => isPriced({ requests: [made] }));
  const priced = (card: RateCard) => monthlyBill(usageFor(card, { storage, requests }), card);
  const [old, now] = [before === undefined ? undefined : priced(before), priced(after)];
  const rows = sections
    .filter((section) => now.sections[section] !== undefined)
    .map((section) => ({
      section,
      // Both bills have the same lines, so a section is in both.
      ...compared(old?.sections[section], now.sections[section]!),
    }));
  return { sections: rows, ...compared(old?.total, now.total), leftOut: leftOut(storage, requests) };
}

const compared = (before: Usd | undefined, after: Usd) => ({
  before: before ?? null,
  after,
  difference: before === undefined ? null : subtractUsd(after, before),
});

/** Whole months: how many hours the month has does not matter. */
const usageFor = (card: RateCard, parts: Partial<Usage>): Usage => ({
  region: card.region,
  month: monthOf(Date.parse(card.date)),
  tierOffsetGB: {},
  storage: [],
  requests: [],
  ...parts,
});

function canPrice(part: Partial<Usage>, card: RateCard): boolean {
  try {
    monthlyBill(usageFor(card, part), card);
    return true;
  } catch (error) {
    if (error instanceof BucketwiseError && error.code === 'PRICE_MISSING') return false;
    throw error;
  }
}

function leftOut(storage: readonly StorageUsage[], requests: readonly RequestUsage[]): readonly string[] {
  return [
    ...referenceStorage
      .filter((held) => !storage.includes(held))
      .map((held) => `${held.class}${held.accessTier ? ` ${held.accessTier}` : ''} storage`),
    ...referenceRequests.filter((made) => !requests.includes(made)).map((made) => `${made.class} requests`),
  ];
}
