/** Athena bills what each query scans, rounded up to the megabyte and at least ten; what is free is said. */
import { bytesText, MIB } from '../kernel/bytes.js';
import { terabytes } from '../kernel/quantity.js';
import type { BillLine } from './bill.js';
import type { Ledger } from './line.js';
import { priceOf, withPrefixAlways } from './rate-card.js';
import { grouped } from './sizes.js';
import type { QueryUsage } from './usage.js';

const roundedToBytes = BigInt(MIB);
const leastBytes = 10n * roundedToBytes;

/** Athena pricing page: "rounded up to the nearest megabyte, with a 10 MB minimum per query"; DDL and failed queries are free. */
export function queryLines(ledger: Ledger, queries: readonly QueryUsage[]): BillLine[] {
  return queries.flatMap(({ count: asked, bytesScannedEach: scanned }) => {
    if (asked === 0n) return [];
    if (scanned === 0n) {
      ledger.assumptions.add(
        `${grouped(asked)} Athena queries that scan nothing are taken for DDL or failed ones, which are free.`,
      );
      return [];
    }
    ledger.assumptions.add(
      'Athena counts MB and TB as powers of 1,024; its S3 and Glue requests are billed apart.',
    );
    const billed = billedBytes(scanned);
    const words = {
      section: 'queries',
      name: 'Athena, bytes scanned',
      usageType: withPrefixAlways(ledger.card, 'DataScannedInTB'),
      note:
        billed === scanned
          ? ''
          : `Each of ${grouped(asked)} queries scans ${bytesText(scanned)} and is billed as ${bytesText(billed)}.`,
    } as const;
    return [ledger.line(words, priceOf(ledger.card, 'services', 'athenaScan'), terabytes(asked * billed))];
  });
}

export function billedBytes(scanned: bigint): bigint {
  const rounded = ((scanned + roundedToBytes - 1n) / roundedToBytes) * roundedToBytes;
  return rounded < leastBytes ? leastBytes : rounded;
}
