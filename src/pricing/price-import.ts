/** What an import of price lists changes, told for programs and tables: prices old and new, and a reference month in dollars. */
import type { Day } from '../kernel/day.js';
import type { Exact, Unit } from '../kernel/quantity.js';
import { subtractUsd, usdFromText, usdRatio } from '../kernel/usd.js';
import type { Merge, MergeOutcome, PriceChange } from './price-merge.js';
import type { Absent, Confidence, Price } from './rate-card.js';
import { type ReferenceMonth, referenceMonth } from './reference-month.js';

export interface PriceImport {
  readonly schemaVersion: 1;
  readonly written: boolean;
  readonly lists: readonly ReadList[];
  readonly regions: readonly ImportedRegion[];
  /** Rows under the usage type of a price that are not that price. */
  readonly leftOut: readonly LeftOutRow[];
  /** Places in the lists that there is no price file for. */
  readonly elsewhere: readonly { readonly place: string; readonly prices: number }[];
}

export interface ReadList {
  readonly file: string;
  readonly offerCode: string;
  readonly version: string;
  readonly publicationDate: Day;
  readonly prices: number;
}

export interface LeftOutRow {
  readonly file: string;
  readonly sku: string;
  readonly region: string;
  readonly usageType: string;
  readonly operation: string;
  readonly why: string;
}

export interface ImportedRegion {
  readonly region: string;
  readonly outcome: MergeOutcome;
  readonly date: Day;
  /** The card that was in force on that day; null when the file began later. */
  readonly cardBefore: Day | null;
  readonly card: Day;
  /** The first card after it: until then this one is in force. */
  readonly nextCard: Day | null;
  readonly identical: number;
  readonly changes: readonly ImportedPrice[];
  readonly kept: readonly string[];
  readonly reference: ReferenceMonth;
}

export interface ImportedPrice {
  readonly id: string;
  readonly unit: Unit;
  readonly usageType: string;
  readonly operation: string;
  readonly sku: string;
  /** Null when there was a price. */
  readonly absentBefore: Absent | null;
  readonly confidence: { readonly before: Confidence | null; readonly after: Confidence };
  readonly tiers: readonly TierChange[];
  /** Ends of tiers that there were and are no more. */
  readonly tiersGone: readonly string[];
}

export interface TierChange {
  readonly upTo: string;
  /** Null when no tier ended there. */
  readonly before: Exact | null;
  readonly after: Exact;
  /** To two decimals, as "-4.35"; null where there was no price or a price of zero. */
  readonly percent: string | null;
}

export function importedRegion(merge: Merge): ImportedRegion {
  const { region, outcome, date, before, after, changes, identical, kept, file } = merge;
  return {
    region,
    outcome,
    date,
    cardBefore: before?.date ?? null,
    card: after.date,
    nextCard: file.cards.find((card) => card.date > after.date)?.date ?? null,
    identical,
    changes: changes.map(importedPrice),
    kept,
    reference: referenceMonth(before, after),
  };
}

function importedPrice({ id, unit, before, after }: PriceChange): ImportedPrice {
  const old = 'absent' in before ? undefined : before;
  const ends = after.tiers.map(endOf);
  return {
    id,
    unit,
    usageType: after.usageType,
    operation: after.operation,
    sku: after.sku,
    absentBefore: 'absent' in before ? before : null,
    confidence: { before: old?.confidence ?? null, after: after.confidence },
    tiers: after.tiers.map((tier) => tierChange(tier, old)),
    tiersGone: (old?.tiers ?? []).map(endOf).filter((end) => !ends.includes(end)),
  };
}

type Tier = Price<Unit>['tiers'][number];
const endOf = ({ upTo }: Tier): string => upTo?.toString() ?? 'Inf';

function tierChange(tier: Tier, old: Price<Unit> | undefined): TierChange {
  const before = old?.tiers.find((one) => endOf(one) === endOf(tier))?.rate.usdPerUnit ?? null;
  const after = tier.rate.usdPerUnit;
  return { upTo: endOf(tier), before, after, percent: before && percentOf(before, after) };
}

function percentOf(before: Exact, after: Exact): string | null {
  const [old, now] = [usdFromText(before.toString()), usdFromText(after.toString())];
  const ratio = usdRatio(subtractUsd(now, old), old);
  return ratio === undefined ? null : (ratio * 100).toFixed(2);
}
