/** S3 Tables compact by themselves: what the same lake would cost there, line by line, to compare with. */
import { gigabytes } from '../kernel/bytes.js';
import type { Month } from '../kernel/day.js';
import { count, type Quantity, type Unit } from '../kernel/quantity.js';
import type { BillLine } from './bill.js';
import type { Ledger } from './line.js';
import type { PriceName, UnitOf } from './price-units.js';
import { priceOf } from './rate-card.js';
import { storedMonths } from './storage.js';
import type { S3TablesUsage } from './usage.js';

/** S3 pricing page, "S3 Tables". Errors: PRICE_MISSING in a Region without it. */
export function s3TablesLines(ledger: Ledger, tables: S3TablesUsage, month: Month): BillLine[] {
  const line = <N extends PriceName<'s3Tables'>>(
    name: N,
    says: string,
    amount: Quantity<UnitOf<'s3Tables', N> & Unit>,
  ): BillLine =>
    ledger.line({ section: 's3 tables', name: `S3 Tables, ${says}` }, priceOf(ledger.card, 's3Tables', name), amount);
  const { bytes, objects, put, get, compactedObjects, compactedBytes, sort } = tables;
  return [
    ...(bytes > 0n ? [line('storage', 'storage', storedMonths(bytes, undefined, month))] : []),
    ...(objects > 0n ? [line('monitoring', 'monitoring', count('object-month', objects))] : []),
    ...(put > 0n ? [line('put', 'PUT and LIST', count('request', put))] : []),
    ...(get > 0n ? [line('get', 'GET', count('request', get))] : []),
    ...(compactedObjects > 0n
      ? [
          line(
            sort ? 'sortCompactedObject' : 'compactedObject',
            'objects compacted',
            count('object', compactedObjects),
          ),
        ]
      : []),
    ...(compactedBytes > 0n
      ? [line(sort ? 'sortCompactedData' : 'compactedData', 'bytes compacted', gigabytes(compactedBytes))]
      : []),
  ];
}
