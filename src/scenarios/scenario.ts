/** A scenario's change becomes an outcome: both months and the one-off work priced by the same card. */
import type { Month } from '../kernel/day.js';
import { subtractUsd } from '../kernel/usd.js';
import type { Bill } from '../pricing/bill.js';
import { monthlyBill } from '../pricing/monthly-bill.js';
import type { RateCard } from '../pricing/rate-card.js';
import type { Usage } from '../pricing/usage.js';
import type { Layout } from './layout.js';
import type { Change, Outcome } from './outcome.js';
import { breakEven, monthPath } from './payback.js';

export function outcome(layout: Layout, change: Change, card: RateCard, first: Month): Outcome {
  const before = billOf(layout.usage, card, layout);
  const after = billOf(change.after, card, change);
  const oneOff = monthlyBill(change.oneOff, card);
  const monthly = { before: before.total, after: after.total, oneOff: oneOff.total };
  return {
    schemaVersion: 1,
    scenario: change.name,
    before,
    after,
    oneOff,
    monthly: {
      before: before.total,
      after: after.total,
      saving: subtractUsd(before.total, after.total),
    },
    months: monthPath(first, monthly),
    breakEven: breakEven(first, monthly),
    layout: {
      before: { objects: layout.objects, bytes: layout.bytes },
      after: { objects: change.objects, bytes: change.bytes },
    },
    assumptions: unique([
      ...layout.assumptions,
      ...change.assumptions,
      ...before.assumptions,
      ...after.assumptions,
    ]),
    notCounted: unique([...layout.notCounted, ...change.notCounted, ...before.notCounted]),
  };
}

/** The bill of a described usage says what the description assumed. */
export function billOf(
  usage: Usage,
  card: RateCard,
  basis: { readonly assumptions: readonly string[]; readonly notCounted: readonly string[] },
): Bill {
  const bill = monthlyBill(usage, card);
  return {
    ...bill,
    assumptions: unique([...basis.assumptions, ...bill.assumptions]),
    notCounted: unique([...basis.notCounted, ...bill.notCounted]),
  };
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
