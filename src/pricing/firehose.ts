/** Firehose bills what is put into it, each record as whole 5 KiB, and by the byte for what it converts. */
import { KIB } from '../kernel/bytes.js';
import { count, gigabytes } from '../kernel/quantity.js';
import type { BillLine } from './bill.js';
import { type Ledger, lineIfAny } from './line.js';
import { priceOf, withPrefixAlways } from './rate-card.js';
import { grouped } from './sizes.js';
import type { FirehoseUsage } from './usage.js';

const section = 'side bills';
const recordBytes = BigInt(5 * KIB);

/** Data Firehose pricing page: "each record is rounded up to the nearest 5KB". Errors: PRICE_MISSING where no price is known. */
export function firehoseLines(ledger: Ledger, usage: FirehoseUsage): BillLine[] {
  const { bytes, records, convertFormat, vpc } = usage;
  const { card } = ledger;
  const billed = records === undefined ? bytes : roundedRecords(bytes, records);
  if (bytes > 0n)
    ledger.assumptions.add(
      records === undefined
        ? 'Firehose bills each record as whole 5 KiB: the bytes are taken as rounded already (give records).'
        : 'Records put into Firehose are taken to have one size, each billed as whole 5 KiB.',
    );
  const note =
    billed === bytes
      ? ''
      : `${grouped(records!)} records are billed as whole 5 KiB each: ${grouped(billed)} bytes for ${grouped(bytes)}.`;
  const line = (
    name: string,
    suffix: string,
    price: 'firehoseIngest' | 'firehoseConversion' | 'firehoseVpcData',
    amount: bigint,
  ): BillLine[] =>
    lineIfAny(
      ledger,
      { section, name, usageType: withPrefixAlways(card, suffix), note },
      () => priceOf(card, 'services', price),
      amount,
      gigabytes,
    );
  return [
    ...line('Firehose, ingestion', 'BilledBytes', 'firehoseIngest', billed),
    ...line(
      'Firehose, format conversion',
      'FormatConversion-Bytes',
      'firehoseConversion',
      convertFormat ? billed : 0n,
    ),
    ...line('Firehose, VPC delivery', 'VpcDelivery-Bytes', 'firehoseVpcData', vpc?.bytes ?? 0n),
    ...lineIfAny(
      ledger,
      {
        section,
        name: 'Firehose, VPC delivery hours',
        usageType: withPrefixAlways(card, 'VpcDelivery-Hours'),
      },
      () => priceOf(card, 'services', 'firehoseVpcHour'),
      vpc ? vpc.zones * vpc.hours : 0n,
      (hours) => count('hour', hours),
    ),
  ];
}

/** Each record has the average size, rounded up to whole bytes and then to whole 5 KiB. */
function roundedRecords(bytes: bigint, records: bigint): bigint {
  if (records === 0n) return bytes;
  const each = (bytes + records - 1n) / records;
  return records * ((each + recordBytes - 1n) / recordBytes) * recordBytes;
}
