/** S3 Tables compact by themselves: what the same lake would cost there, line by line, to compare with. */
import type { Month } from '../kernel/day.js';
import { count, gigabytes, type Quantity } from '../kernel/quantity.js';
import type { BillLine } from './bill.js';
import { type Ledger, lineIfAny, requests } from './line.js';
import type { PriceName, UnitOf } from './price-units.js';
import { priceOf } from './rate-card.js';
import { storedMonths } from './storage.js';
import type { S3TablesUsage } from './usage.js';

/** S3 pricing page, "S3 Tables". Errors: PRICE_MISSING in a Region without it. */
export function s3TablesLines(ledger: Ledger, tables: S3TablesUsage, month: Month): BillLine[] {
  const line = <N extends PriceName<'s3Tables'>>(
    name: N,
    says: string,
    amount: bigint,
    quantityOf: (amount: bigint) => Quantity<UnitOf<'s3Tables', N>>,
  ): BillLine[] =>
    lineIfAny(
      ledger,
      { section: 's3 tables', name: `S3 Tables, ${says}` },
      () => priceOf(ledger.card, 's3Tables', name),
      amount,
      quantityOf,
    );
  const { sort } = tables;
  return [
    ...line('storage', 'storage', tables.bytes, (bytes) => storedMonths(bytes, undefined, month)),
    ...line('monitoring', 'monitoring', tables.objects, (objects) => count('object-month', objects)),
    ...line('put', 'PUT and LIST', tables.put, requests),
    ...line('get', 'GET', tables.get, requests),
    ...line(
      sort ? 'sortCompactedObject' : 'compactedObject',
      'objects compacted',
      tables.compactedObjects,
      (objects) => count('object', objects),
    ),
    ...line(
      sort ? 'sortCompactedData' : 'compactedData',
      'bytes compacted',
      tables.compactedBytes,
      gigabytes,
    ),
  ];
}
