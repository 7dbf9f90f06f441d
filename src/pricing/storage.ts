/** Storage as S3 bills it: the bytes, and apart from them what is billed beyond the bytes. */
import { bytesText } from '../kernel/bytes.js';
import { daysIn, gbMonths, type Month } from '../kernel/day.js';
import { ofGigabytes, type Quantity, ratio } from '../kernel/quantity.js';
import type { StorageClass } from '../kernel/s3.js';
import type { BillLine } from './bill.js';
import type { Ledger } from './line.js';
import { priceOf, storagePrice } from './rate-card.js';
import { belowFloor, floorBytes, fromFloor, grouped } from './sizes.js';
import type { MultipartRemains, StorageUsage } from './usage.js';

type Floored = 'STANDARD_IA' | 'ONEZONE_IA' | 'GLACIER_IR';
export const hasFloor = (storageClass: StorageClass): storageClass is Floored =>
  storageClass === 'STANDARD_IA' || storageClass === 'ONEZONE_IA' || storageClass === 'GLACIER_IR';

/** S3 pricing page: 32 KB of index at the archive's price and 8 KB of name and metadata at STANDARD's, for each object. */
const archiveIndexBytes = 32_768n;
const archiveNameBytes = 8_192n;

/** As operations name the archives: "GlacierStorage", "DeepArchiveObjectOverhead". */
type ArchiveWord = 'Glacier' | 'DeepArchive';

/** The lines of everything stored in a month, in the order given, overhead after its storage. */
export function storageLines(ledger: Ledger, storage: readonly StorageUsage[], month: Month): BillLine[] {
  return storage.flatMap((held) => [
    bytesLine(ledger, held, month),
    ...paddingLines(ledger, held, month),
    ...archiveLines(ledger, held, month),
    ...monitoringLines(ledger, held, month),
  ]);
}

/** "Storage, INTELLIGENT_TIERING FREQUENT, noncurrent versions" */
function bytesLine(ledger: Ledger, held: StorageUsage, month: Month): BillLine {
  const archive = archiveOf(held);
  const words = {
    section: 'storage',
    name: `Storage, ${nameOf(held)}`,
    operation: archive && held.class !== 'INTELLIGENT_TIERING' ? `${archive}Storage` : 'StandardStorage',
    class: held.class,
    note: prorated(held, month),
  } as const;
  const price = storagePrice(ledger.card, held.class, held.accessTier);
  return ledger.line(words, price, storedMonths(held.bytes, held.days, month));
}

function nameOf({ class: storageClass, accessTier, noncurrent }: StorageUsage): string {
  const tier = storageClass === 'INTELLIGENT_TIERING' ? ` ${accessTier ?? 'FREQUENT'}` : '';
  return `${storageClass}${tier}${noncurrent ? ', noncurrent versions' : ''}`;
}

function paddingLines(ledger: Ledger, held: StorageUsage, month: Month): BillLine[] {
  if (!hasFloor(held.class)) return [];
  const { objects, bytes } = belowFloor(ledger, held, '128 KiB floor');
  if (objects === 0n) return [];
  const padding = objects * floorBytes - bytes;
  const words = {
    section: 'overhead',
    name: `Padding to 128 KiB, ${nameOf(held)}`,
    class: held.class,
    note: `${grouped(objects)} objects below 128 KiB (${bytesText(bytes)}) are billed as 128 KiB each: ${bytesText(padding)} more.`,
  } as const;
  const price = priceOf(ledger.card, held.class, 'smallObjectTopUp');
  return [ledger.line(words, price, storedMonths(padding, held.days, month))];
}

/** Which archive's overhead an object carries; the instant tiers and classes carry none. */
function archiveOf({ class: storageClass, accessTier }: StorageUsage): ArchiveWord | undefined {
  if (storageClass === 'GLACIER' || accessTier === 'ARCHIVE_ACCESS') return 'Glacier';
  if (storageClass === 'DEEP_ARCHIVE' || accessTier === 'DEEP_ARCHIVE_ACCESS') return 'DeepArchive';
  return undefined;
}

function archiveLines(ledger: Ledger, held: StorageUsage, month: Month): BillLine[] {
  const archive = archiveOf(held);
  if (archive === undefined || held.objects === 0n) return [];
  const line = (what: string, kib: string, bytes: bigint, operation: string, at: 'archive' | 'STANDARD') =>
    ledger.line(
      {
        section: 'overhead',
        name: `Archive ${what}, ${nameOf(held)}`,
        operation,
        class: held.class,
        note: `${kib} for each of ${grouped(held.objects)} objects, at the price of ${at === 'archive' ? 'the archive' : at}.`,
      },
      at === 'archive'
        ? storagePrice(ledger.card, held.class, held.accessTier)
        : storagePrice(ledger.card, 'STANDARD'),
      storedMonths(held.objects * bytes, held.days, month),
    );
  return [
    line('index', '32 KiB', archiveIndexBytes, `${archive}ObjectOverhead`, 'archive'),
    line('names', '8 KiB', archiveNameBytes, `${archive}S3ObjectOverhead`, 'STANDARD'),
  ];
}

/** S3 pricing page: INTELLIGENT_TIERING monitors objects of 128 KB and more; smaller ones are free of the fee and never move. */
function monitoringLines(ledger: Ledger, held: StorageUsage, month: Month): BillLine[] {
  if (held.class !== 'INTELLIGENT_TIERING') return [];
  const { objects } = fromFloor(ledger, held, 'monitoring of objects from 128 KiB');
  if (objects === 0n) return [];
  const words = {
    section: 'overhead',
    name: `Monitoring, ${nameOf(held)}`,
    class: held.class,
    note: `${grouped(objects)} of ${grouped(held.objects)} objects are 128 KiB or larger and are monitored.`,
  } as const;
  const days = BigInt(held.days ?? daysIn(month));
  const watched = ratio('object-month', objects * days, BigInt(daysIn(month)));
  return [ledger.line(words, priceOf(ledger.card, 'INTELLIGENT_TIERING', 'monitoring'), watched)];
}

/**
 * S3 User Guide, multipart upload overview: parts are billed until the upload is completed or aborted. Those of the
 * archive classes have a staging price of their own.
 */
export function remainsLines(ledger: Ledger, remains: readonly MultipartRemains[], month: Month): BillLine[] {
  return remains
    .filter(({ bytes }) => bytes > 0n)
    .map(({ class: storageClass, bytes, days }) => {
      const isArchive = storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE';
      const words = {
        section: 'overhead',
        name: `Unfinished multipart uploads, ${storageClass}`,
        operation: 'StandardStorage',
        class: storageClass,
        note: `${bytesText(bytes)} of parts that no listing shows; abort them (lifecycle: AbortIncompleteMultipartUpload).`,
      } as const;
      const price = isArchive
        ? priceOf(ledger.card, storageClass, 'stagingStorage')
        : storagePrice(ledger.card, storageClass);
      return ledger.line(words, price, storedMonths(bytes, days, month));
    });
}

/** Bytes held for so many days of the month; all of it when undefined. */
export function storedMonths(bytes: bigint, days: number | undefined, month: Month): Quantity<'GB-month'> {
  return days === undefined ? ofGigabytes('GB-month', bytes) : gbMonths(bytes * BigInt(days * 24), month);
}

const prorated = ({ days }: StorageUsage, month: Month): string =>
  days === undefined || days === daysIn(month)
    ? ''
    : `Held for ${days} of the ${daysIn(month)} days of ${month}.`;
