/** A bill beside the price book: every dollar is matched with a price, set apart, not understood, or left out by a filter. */
import type { Day, Month } from '../kernel/day.js';
import type { Exact } from '../kernel/quantity.js';
import type { Usd } from '../kernel/usd.js';
import type { TierPart } from '../pricing/bill.js';
import type { BillForm } from './bill-lines.js';
import type { ApartEntry } from './match.js';

export interface BillFile {
  readonly file: string;
  readonly form: BillForm;
  readonly rows: number;
}

/** Rows and what was charged for them. */
export interface Amounts {
  readonly rows: number;
  readonly billed: Usd;
}

export interface MatchedGroup extends Amounts {
  readonly region: string;
  readonly month: Month;
  readonly usageType: string;
  readonly operations: readonly string[];
  /** "STANDARD.storage"; "free" where nothing is charged. */
  readonly price: string;
  readonly rateCardDate: Day | null;
  readonly quantity: Exact;
  readonly unit: string;
  readonly tiers: readonly TierPart[];
  /** What was billed at public prices: this is compared. */
  readonly listed: Usd;
  readonly ours: Usd;
  /** ours − listed. */
  readonly difference: Usd;
  /** difference ÷ listed; null when nothing was billed and we expect something. */
  readonly errorPercent: Exact | null;
  /** Why it is free, or what was assumed; "" when there is nothing to say. */
  readonly note: string;
}

export interface SetApart extends Amounts {
  readonly kind: ApartEntry['kind'];
  readonly service: string;
}

export interface NotUnderstoodEntry extends Amounts {
  readonly service: string;
  readonly usageType: string;
  readonly operation: string;
  readonly region: string;
  readonly reason: string;
  readonly listed: Usd;
  /** "bill.csv, line 17". */
  readonly first: string;
}

export interface Reconciliation {
  readonly schemaVersion: 1;
  readonly currency: 'USD';
  readonly files: readonly BillFile[];
  /** All rows of all files. */
  readonly rows: number;
  /** matched + set apart + not understood + left out, exactly. */
  readonly billed: Usd;
  readonly matched: Amounts & {
    readonly listed: Usd;
    readonly ours: Usd;
    readonly difference: Usd;
    readonly errorPercent: Exact | null;
    /** Worst first. */
    readonly groups: readonly MatchedGroup[];
  };
  readonly setApart: Amounts & { readonly entries: readonly SetApart[] };
  readonly notUnderstood: Amounts & {
    readonly listed: Usd;
    readonly entries: readonly NotUnderstoodEntry[];
  };
  /** Rows of other Regions or months than asked for. */
  readonly leftOut: Amounts;
  /** Every difference without its sign, and all that is not understood: errors do not cancel out. */
  readonly unexplained: { readonly amount: Usd; readonly percent: Exact | null };
  readonly assumptions: readonly string[];
}
