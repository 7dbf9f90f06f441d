/** What a change would cost and bring: before, after, once, month by month, and when it has paid for itself. */
import type { Month } from '../kernel/day.js';
import type { Usd } from '../kernel/usd.js';
import type { Bill } from '../pricing/bill.js';
import type { Usage } from '../pricing/usage.js';

export interface MonthRow {
  readonly month: Month;
  readonly before: Usd;
  readonly after: Usd;
  readonly oneOff: Usd;
  /** Saved so far minus spent so far; below zero until it has paid for itself. */
  readonly cumulative: Usd;
}

export interface BreakEven {
  readonly month: Month | 'never';
  /** The same answer if the saving were a fifth smaller, or a fifth larger. */
  readonly band: { readonly late: Month | 'never'; readonly early: Month | 'never' };
}

export interface Outcome {
  readonly schemaVersion: 1;
  readonly scenario: string;
  readonly before: Bill;
  readonly after: Bill;
  readonly oneOff: Bill;
  readonly monthly: { readonly before: Usd; readonly after: Usd; readonly saving: Usd };
  readonly months: readonly MonthRow[];
  readonly breakEven: BreakEven;
  readonly layout: {
    readonly before: { readonly objects: bigint; readonly bytes: bigint };
    readonly after: { readonly objects: bigint; readonly bytes: bigint };
  };
  readonly assumptions: readonly string[];
  readonly notCounted: readonly string[];
}

/** What a scenario gives: the month after, the work of getting there, and what it rests on. */
export interface Change {
  readonly name: string;
  readonly after: Usage;
  readonly oneOff: Usage;
  readonly objects: bigint;
  readonly bytes: bigint;
  readonly assumptions: readonly string[];
  readonly notCounted: readonly string[];
}
