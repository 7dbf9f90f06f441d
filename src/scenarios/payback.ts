/** A change has paid for itself in the first month at whose end all that was saved is at least what was spent. */
import { addMonths, type Month } from '../kernel/day.js';
import { addUsd, compareUsd, scaleUsd, subtractUsd, type Usd, zeroUsd } from '../kernel/usd.js';
import type { BreakEven, MonthRow } from './outcome.js';

export interface Monthly {
  readonly before: Usd;
  readonly after: Usd;
  readonly oneOff: Usd;
}

const yearMonths = 12;
/** Longer than anybody waits; then it is called never. */
const patienceMonths = 600;

/** A year month by month; the one-off cost falls into the first. */
export function monthPath(first: Month, { before, after, oneOff }: Monthly): MonthRow[] {
  let cumulative = zeroUsd;
  return Array.from({ length: yearMonths }, (_, at) => {
    const once = at === 0 ? oneOff : zeroUsd;
    cumulative = addUsd(cumulative, subtractUsd(subtractUsd(before, after), once));
    return { month: addMonths(first, at), before, after, oneOff: once, cumulative };
  });
}

/** With the band of a saving a fifth smaller and a fifth larger. */
export function breakEven(first: Month, monthly: Monthly): BreakEven {
  const saving = subtractUsd(monthly.before, monthly.after);
  return {
    month: paidBack(first, saving, monthly.oneOff),
    band: {
      late: paidBack(first, scaleUsd(saving, 4n, 5n), monthly.oneOff),
      early: paidBack(first, scaleUsd(saving, 6n, 5n), monthly.oneOff),
    },
  };
}

function paidBack(first: Month, saving: Usd, oneOff: Usd): Month | 'never' {
  if (compareUsd(saving, zeroUsd) <= 0) return 'never';
  let saved = zeroUsd;
  for (let at = 0; at < patienceMonths; at++) {
    saved = addUsd(saved, saving);
    if (compareUsd(saved, oneOff) >= 0) return addMonths(first, at);
  }
  return 'never';
}
