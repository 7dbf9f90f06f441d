/** Reading what is stored cheaply costs by the byte; what is archived is restored first, and that is paid four times. */
import { bytesText } from '../kernel/bytes.js';
import type { Month } from '../kernel/day.js';
import { gigabytes } from '../kernel/quantity.js';
import type { BillLine } from './bill.js';
import { type Ledger, lineIfAny, requests } from './line.js';
import { type Price, priceOf, type RateCard, storagePrice } from './rate-card.js';
import { grouped } from './sizes.js';
import { hasFloor, storedMonths } from './storage.js';
import type { RestoreSpeed, RestoreUsage, RetrievalUsage } from './usage.js';

/** S3 pricing page, "Data retrievals": bytes read from a class that charges for it. */
export function retrievalLines(ledger: Ledger, retrieval: readonly RetrievalUsage[]): BillLine[] {
  return retrieval
    .filter(({ bytes }) => bytes > 0n)
    .map(({ class: storageClass, bytes }) => {
      if (hasFloor(storageClass))
        ledger.assumptions.add(
          'Retrieval is charged on the bytes read, also of objects below 128 KiB; AWS does not say so directly.',
        );
      const price = priceOf(ledger.card, storageClass, 'retrieval');
      const words = {
        section: 'retrieval',
        name: `Retrieval, ${storageClass}`,
        operation: 'GetObject',
        class: storageClass,
        note: price.usageType === '' ? `Reading from ${storageClass} has no retrieval charge.` : '',
      } as const;
      return ledger.line(words, price, gigabytes(bytes));
    });
}

/**
 * S3 User Guide, restoring an archived object: a request for each object, the bytes retrieved, and a temporary copy
 * in STANDARD for the days asked; the archive itself is billed on.
 */
export function restoreLines(ledger: Ledger, restores: readonly RestoreUsage[], month: Month): BillLine[] {
  return restores.flatMap((restored) => {
    const name = [restored.class, restored.accessTier, restored.speed]
      .filter((one) => one !== undefined)
      .join(' ');
    const prices = restorePrices(ledger.card, restored);
    const words = (what: string, note: string) =>
      ({ section: 'retrieval', name: `${what}, ${name}`, class: restored.class, note }) as const;
    const note = `${grouped(restored.objects)} objects, one request each.`;
    return [
      ...lineIfAny(ledger, words('Restore requests', note), prices.request, restored.objects, requests),
      ...(prices.bytes
        ? lineIfAny(ledger, words('Restored bytes', ''), prices.bytes, restored.bytes, gigabytes)
        : []),
      ...copyLines(ledger, restored, month),
    ];
  });
}

interface RestorePrices {
  readonly request: () => Price<'request'>;
  /** Undefined where no bytes are charged and AWS has no usage type for them. */
  readonly bytes?: () => Price<'GB'>;
}

const lower = { STANDARD: 'standard', BULK: 'bulk', EXPEDITED: 'expedited' } as const;
const upper = { STANDARD: 'Standard', BULK: 'Bulk', EXPEDITED: 'Expedited' } as const;

/** The document has refused what is not offered: EXPEDITED from a deep archive, and a class without its access tier. */
function restorePrices(
  card: RateCard,
  { class: storageClass, accessTier, speed }: RestoreUsage,
): RestorePrices {
  if (storageClass === 'GLACIER')
    return {
      request: () => priceOf(card, 'GLACIER', `${lower[speed]}Restore`),
      bytes: () => priceOf(card, 'GLACIER', `${lower[speed]}Retrieval`),
    };
  if (storageClass === 'DEEP_ARCHIVE')
    return {
      request: () => priceOf(card, 'DEEP_ARCHIVE', `${lower[deepSpeed(speed)]}Restore`),
      bytes: () => priceOf(card, 'DEEP_ARCHIVE', `${lower[deepSpeed(speed)]}Retrieval`),
    };
  if (accessTier === 'DEEP_ARCHIVE_ACCESS')
    return {
      request: () =>
        priceOf(card, 'INTELLIGENT_TIERING', `deepArchiveAccess${upper[deepSpeed(speed)]}Restore`),
    };
  return {
    request: () => priceOf(card, 'INTELLIGENT_TIERING', `archiveAccess${upper[speed]}Restore`),
    bytes: () => priceOf(card, 'INTELLIGENT_TIERING', `archiveAccess${upper[speed]}Retrieval`),
  };
}

const deepSpeed = (speed: RestoreSpeed): 'STANDARD' | 'BULK' => (speed === 'BULK' ? 'BULK' : 'STANDARD');

const copyOperation = { GLACIER: 'RestoreObject', DEEP_ARCHIVE: 'DeepArchiveRestoreObject' } as const;

function copyLines(ledger: Ledger, restored: RestoreUsage, month: Month): BillLine[] {
  const { class: storageClass, bytes, copyDays } = restored;
  if (storageClass === 'INTELLIGENT_TIERING' || bytes === 0n || copyDays === 0) return [];
  if (copyDays === undefined) {
    ledger.assumptions.add(
      `The copies restored from ${storageClass} are not billed here: it is not said for how many days they are kept (give copyDays).`,
    );
    return [];
  }
  const words = {
    section: 'retrieval',
    name: `Restored copies, ${storageClass}`,
    operation: copyOperation[storageClass],
    class: storageClass,
    note: `${bytesText(bytes)} kept for ${copyDays} days in STANDARD, beside the archive.`,
  } as const;
  return [ledger.line(words, storagePrice(ledger.card, 'STANDARD'), storedMonths(bytes, copyDays, month))];
}
