/** Storage as S3 bills it: the bytes, and apart from them what is billed beyond the bytes. */
import { bytesText } from '../kernel/bytes.js';
import { daysIn, gbMonths, hoursIn, type Month } from '../kernel/day.js';
import { groupedText, type Quantity, ratio } from '../kernel/quantity.js';
import type { StorageClass } from '../kernel/s3.js';
import type { BillLine } from './bill.js';
import type { Ledger } from './line.js';
import { priceOf, storagePrice } from './rate-card.js';
import type { StorageUsage } from './usage.js';

/** S3 User Guide, storage classes: STANDARD_IA, ONEZONE_IA and GLACIER_IR bill every object as at least 128 KB. */
const floorBytes = 131_072n;
const floored: readonly StorageClass[] = ['STANDARD_IA', 'ONEZONE_IA', 'GLACIER_IR'];

/** S3 pricing page: 32 KB of index at the archive's price and 8 KB of name and metadata at STANDARD's, for each object. */
const archiveIndexBytes = 32_768n;
const archiveNameBytes = 8_192n;

const archived = { GLACIER: 'Glacier', DEEP_ARCHIVE: 'DeepArchive' } as const;

/** The lines of everything stored in a month, in the order given, overhead after its storage. */
export function storageLines(ledger: Ledger, storage: readonly StorageUsage[], month: Month): BillLine[] {
  return storage.flatMap((held) => [
    bytesLine(ledger, held, month),
    ...paddingLines(ledger, held, month),
    ...archiveLines(ledger, held, month),
    ...monitoringLines(ledger, held, month),
  ]);
}

function bytesLine(ledger: Ledger, held: StorageUsage, month: Month): BillLine {
  const tier = held.class === 'INTELLIGENT_TIERING' ? ` ${held.accessTier ?? 'FREQUENT'}` : '';
  const words = {
    section: 'storage',
    name: `Storage, ${held.class}${tier}${held.noncurrent ? ', noncurrent versions' : ''}`,
    operation: storageOperation(held.class),
    class: held.class,
    note: prorated(held, month),
  } as const;
  return ledger.line(
    words,
    storagePrice(ledger.card, held.class, held.accessTier),
    months(held.bytes, held, month),
  );
}

const storageOperation = (storageClass: StorageClass): string =>
  storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE'
    ? `${archived[storageClass]}Storage`
    : 'StandardStorage';

function paddingLines(ledger: Ledger, held: StorageUsage, month: Month): BillLine[] {
  if (!floored.includes(held.class)) return [];
  const { objects, bytes } = belowFloor(ledger, held);
  const padding = objects * floorBytes - bytes;
  if (padding <= 0n) return [];
  const name = held.class as 'STANDARD_IA';
  const note = `${grouped(objects)} objects below 128 KiB (${bytesText(bytes)}) are billed as 128 KiB each: ${bytesText(padding)} more.`;
  const words = {
    section: 'overhead',
    name: `Padding to 128 KiB, ${held.class}`,
    class: held.class,
    note,
  } as const;
  return [ledger.line(words, priceOf(ledger.card, name, 'smallObjectTopUp'), months(padding, held, month))];
}

/** Exact from the sizes; without them every object is taken to have the average size, which is said. */
function belowFloor(
  ledger: Ledger,
  held: StorageUsage,
): { readonly objects: bigint; readonly bytes: bigint } {
  const rows = held.sizes ?? averageRow(ledger, held, '128 KiB floor');
  const small = rows.filter(({ objectBytes }) => objectBytes < floorBytes);
  return { objects: total(small.map((row) => row.objects)), bytes: total(small.map((row) => row.bytes)) };
}

function averageRow(ledger: Ledger, held: StorageUsage, rule: string) {
  if (held.objects === 0n) return [];
  const objectBytes = held.bytes / held.objects;
  ledger.assumptions.add(
    `No sizes were given for ${held.class}: all ${grouped(held.objects)} objects are taken to have the average size of ${bytesText(objectBytes)} (${rule}).`,
  );
  return [{ objectBytes, objects: held.objects, bytes: held.bytes }];
}

function archiveLines(ledger: Ledger, held: StorageUsage, month: Month): BillLine[] {
  const tier = held.class === 'INTELLIGENT_TIERING' ? held.accessTier : undefined;
  const isArchive =
    held.class === 'GLACIER' || held.class === 'DEEP_ARCHIVE' || tier?.endsWith('ARCHIVE_ACCESS');
  if (!isArchive || tier === 'ARCHIVE_INSTANT' || held.objects === 0n) return [];
  const kind = held.class === 'DEEP_ARCHIVE' || tier === 'DEEP_ARCHIVE_ACCESS' ? 'DeepArchive' : 'Glacier';
  const name = `${held.class}${tier ? ` ${tier}` : ''}`;
  const index = held.objects * archiveIndexBytes;
  const names = held.objects * archiveNameBytes;
  return [
    ledger.line(
      {
        section: 'overhead',
        name: `Archive index, ${name}`,
        operation: `${kind}ObjectOverhead`,
        class: held.class,
        note: `32 KiB for each of ${grouped(held.objects)} objects, at the price of the archive.`,
      },
      storagePrice(ledger.card, held.class, held.accessTier),
      months(index, held, month),
    ),
    ledger.line(
      {
        section: 'overhead',
        name: `Archive names, ${name}`,
        operation: `${kind}S3ObjectOverhead`,
        class: held.class,
        note: `8 KiB for each of ${grouped(held.objects)} objects, at the price of STANDARD.`,
      },
      storagePrice(ledger.card, 'STANDARD'),
      months(names, held, month),
    ),
  ];
}

/** S3 pricing page: INTELLIGENT_TIERING monitors objects of 128 KB and more; smaller ones are free of the fee and never move. */
function monitoringLines(ledger: Ledger, held: StorageUsage, month: Month): BillLine[] {
  if (held.class !== 'INTELLIGENT_TIERING') return [];
  const rows = held.sizes ?? averageRow(ledger, held, 'monitoring of objects from 128 KiB');
  const watched = total(rows.filter((row) => row.objectBytes >= floorBytes).map((row) => row.objects));
  if (watched === 0n) return [];
  const note = `${grouped(watched)} of ${grouped(held.objects)} objects are 128 KiB or larger and are monitored.`;
  const words = {
    section: 'overhead',
    name: 'Monitoring, INTELLIGENT_TIERING',
    class: held.class,
    note,
  } as const;
  const days = BigInt(held.days ?? daysIn(month));
  return [
    ledger.line(
      words,
      priceOf(ledger.card, 'INTELLIGENT_TIERING', 'monitoring'),
      ratio('object-month', watched * days, BigInt(daysIn(month))),
    ),
  ];
}

function months(bytes: bigint, held: StorageUsage, month: Month): Quantity<'GB-month'> {
  const hours = held.days === undefined ? hoursIn(month) : held.days * 24;
  return gbMonths(bytes * BigInt(hours), month);
}

const prorated = ({ days }: StorageUsage, month: Month): string =>
  days === undefined || days === daysIn(month)
    ? ''
    : `Held for ${days} of the ${daysIn(month)} days of ${month}.`;

const total = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);
const grouped = (objects: bigint): string => groupedText(ratio('object', objects, 1n).amount);
