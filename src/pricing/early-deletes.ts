/** What is removed before its minimum duration is billed for the days that are left, at a price of its own. */
import { bytesText } from '../kernel/bytes.js';
import type { Month } from '../kernel/day.js';
import type { StorageClass } from '../kernel/s3.js';
import type { BillLine } from './bill.js';
import type { Ledger } from './line.js';
import { priceOf } from './rate-card.js';
import { belowFloor, floorBytes, grouped } from './sizes.js';
import { hasFloor, storedMonths } from './storage.js';
import type { EarlyDeleteUsage } from './usage.js';

/** S3 User Guide, storage classes; INTELLIGENT_TIERING has none since September 2021. */
export const minimumDays: Readonly<Partial<Record<StorageClass, number>>> = {
  STANDARD_IA: 30,
  ONEZONE_IA: 30,
  GLACIER_IR: 90,
  GLACIER: 90,
  DEEP_ARCHIVE: 180,
};

type Minimal = 'STANDARD_IA' | 'ONEZONE_IA' | 'GLACIER_IR' | 'GLACIER' | 'DEEP_ARCHIVE';

/** S3 pricing page: "a pro-rated charge equal to the storage charge for the remaining days". */
export function earlyDeleteLines(
  ledger: Ledger,
  deletes: readonly EarlyDeleteUsage[],
  month: Month,
): BillLine[] {
  return deletes.flatMap((gone) => {
    if (gone.objects === 0n) return [];
    const days = (minimumDays[gone.class] ?? 0) - gone.daysStored;
    if (days <= 0) {
      ledger.assumptions.add(nothingLeft(gone));
      return [];
    }
    ledger.assumptions.add(
      'The days left of an early delete are counted in GB-months of the billed month, and without the 40 KiB an archived object carries; AWS does not say so directly.',
    );
    return [bytesLine(ledger, gone, days, month), ...paddingLines(ledger, gone, days, month)];
  });
}

function nothingLeft({ class: storageClass, objects, daysStored }: EarlyDeleteUsage): string {
  const minimum = minimumDays[storageClass];
  return minimum === undefined
    ? `${grouped(objects)} objects removed from ${storageClass} cost nothing: it has no minimum duration.`
    : `${grouped(objects)} objects removed from ${storageClass} after ${daysStored} days cost nothing: its minimum is ${minimum} days.`;
}

function bytesLine(ledger: Ledger, gone: EarlyDeleteUsage, days: number, month: Month): BillLine {
  const storageClass = gone.class as Minimal;
  const words = {
    section: 'storage',
    name: `Early delete, ${storageClass}`,
    class: storageClass,
    note: `Removed after ${gone.daysStored} of at least ${minimumDays[storageClass]} days: ${days} more are billed.`,
  } as const;
  const price = priceOf(ledger.card, storageClass, 'earlyDelete');
  return ledger.line(words, price, storedMonths(gone.bytes, days, month));
}

function paddingLines(ledger: Ledger, gone: EarlyDeleteUsage, days: number, month: Month): BillLine[] {
  if (!hasFloor(gone.class)) return [];
  const { objects, bytes } = belowFloor(ledger, gone, '128 KiB floor of an early delete');
  if (objects === 0n) return [];
  const padding = objects * floorBytes - bytes;
  const words = {
    section: 'overhead',
    name: `Early delete, padding to 128 KiB, ${gone.class}`,
    class: gone.class,
    note: `${grouped(objects)} objects below 128 KiB are billed as 128 KiB each: ${bytesText(padding)} more.`,
  } as const;
  const price = priceOf(ledger.card, gone.class, 'earlyDeleteSmall');
  return [ledger.line(words, price, storedMonths(padding, days, month))];
}
