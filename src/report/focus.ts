/** A bill as rows of FOCUS: an estimate was never billed, so that BilledCost and EffectiveCost are zero and the figure stands apart. */

import { addMonths, firstDay } from '../kernel/day.js';
import { raise } from '../kernel/errors.js';
import type { Unit } from '../kernel/quantity.js';
import type { Bill, BillLine, TierPart } from '../pricing/bill.js';
import { csvTable, left } from './table.js';

export const focusVersions = ['1.2', '1.3', '1.4'] as const;
export type FocusVersion = (typeof focusVersions)[number];

/** Errors: ARGUMENT_INVALID. */
export const focusVersion = (text: string): FocusVersion =>
  focusVersions.find((version) => version === text) ??
  raise('ARGUMENT_INVALID', {
    field: '--focus-version',
    why: `"${text}" is not written here; there are ${focusVersions.join(', ')}`,
  });

type Row = Readonly<Record<string, string>>;

/**
 * FOCUS specification 1.2, the mandatory columns and those of the price; 1.3 and 1.4 as their release notes say.
 * A line that touched several tiers is a row for each, because ListCost is ListUnitPrice × PricingQuantity.
 */
export function focusCsv(bill: Bill, version: FocusVersion): string {
  const rowOf = (line: BillLine, part: Part): Row => ({
    ...charge(bill, line, part),
    ...parties(version),
    ...ours(bill, line, part),
  });
  const rows = bill.lines.flatMap((line) => partsOf(line).map((part) => rowOf(line, part)));
  const names = Object.keys(rowOf(nothing, none));
  // Columns of our own come last.
  const standard = names.filter((name) => !name.startsWith('x_')).sort();
  const own = names.filter((name) => name.startsWith('x_')).sort();
  const columns = [...standard, ...own];
  return csvTable({
    columns: columns.map(left),
    rows: rows.map((row) => columns.map((name) => row[name] ?? '')),
  });
}

/** The texts a row needs of a tier: a line of nothing still has its price. */
interface Part {
  readonly price: string;
  readonly quantity: string;
  readonly amount: string;
}

function partsOf(line: BillLine): Part[] {
  const parts = line.tiers.map(
    ({ price, quantity, amount }: TierPart): Part => ({
      price: price.toString(),
      quantity: quantity.toString(),
      amount: amount.toString(),
    }),
  );
  return parts.length > 0 ? parts : [{ ...none, price: line.price?.toString() ?? '' }];
}

const none: Part = { price: '', quantity: '0', amount: '0' };
const nothing = { section: 'storage', unit: 'GB-month', name: '', usageType: '', operation: '' } as BillLine;

function charge(bill: Bill, line: BillLine, part: Part): Row {
  const from = `${firstDay(bill.month)}T00:00:00Z`;
  const to = `${firstDay(addMonths(bill.month, 1))}T00:00:00Z`;
  const service = serviceOf(line);
  return {
    BilledCost: '0',
    BillingAccountId: 'estimate',
    BillingAccountName: '',
    BillingCurrency: bill.currency,
    BillingPeriodEnd: to,
    BillingPeriodStart: from,
    ChargeCategory: 'Usage',
    ChargeClass: '',
    ChargeDescription: line.name,
    ChargeFrequency: 'Usage-Based',
    ChargePeriodEnd: to,
    ChargePeriodStart: from,
    ConsumedQuantity: part.quantity,
    ConsumedUnit: units[line.unit],
    ContractedCost: '0',
    EffectiveCost: '0',
    InvoiceIssuerName: 'Amazon Web Services, Inc.',
    ListCost: part.amount,
    ListUnitPrice: part.price,
    PricingCategory: 'Standard',
    PricingQuantity: part.quantity,
    PricingUnit: units[line.unit],
    RegionId: bill.region,
    ServiceCategory: service.category,
    ServiceName: service.name,
    SkuMeter: line.usageType,
  };
}

/** 1.3 names who provides and who hosts, 1.4 drops ProviderName and PublisherName. */
const parties = (version: FocusVersion): Row => ({
  ...(version === '1.4' ? {} : { ProviderName: 'AWS', PublisherName: 'AWS' }),
  ...(version === '1.2' ? {} : { HostProviderName: 'AWS', ServiceProviderName: 'AWS' }),
});

const ours = (bill: Bill, line: BillLine, part: Part): Row => ({
  x_EstimatedCost: part.amount,
  x_Operation: line.operation,
  x_PriceBookVersion: bill.rateCardDate,
  x_Scenario: 'baseline',
  x_Section: line.section,
  x_StorageClass: line.class ?? '',
  x_UsageType: line.usageType,
});

/** FOCUS, unit format: S3 bills gigabytes of 2^30 bytes, which FOCUS writes as GiB. */
const units: Readonly<Record<Unit, string>> = {
  'GB-month': 'GiB-Months',
  GB: 'GiB',
  TB: 'TiB',
  request: 'Requests',
  object: 'Objects',
  'object-month': 'Object-Months',
  'tag-month': 'Tag-Months',
  job: 'Jobs',
  update: 'Updates',
  event: 'Events',
  hour: 'Hours',
  'GB-second': 'GiB-Seconds',
  'DPU-hour': 'DPU-Hours',
  'key-month': 'Key-Months',
  'bucket-month': 'Bucket-Months',
};

interface Service {
  readonly name: string;
  readonly category: string;
}

const s3: Service = { name: 'Amazon Simple Storage Service', category: 'Storage' };

/** By the beginning of a line's name, for the sections that hold other services too. */
const others: readonly (readonly [begins: string, Service])[] = [
  ['Athena', { name: 'Amazon Athena', category: 'Analytics' }],
  ['KMS', { name: 'AWS Key Management Service', category: 'Security' }],
  ['CloudTrail', { name: 'AWS CloudTrail', category: 'Management and Governance' }],
  ['Firehose', { name: 'Amazon Data Firehose', category: 'Analytics' }],
  ['Lambda', { name: 'AWS Lambda', category: 'Compute' }],
  ['Glue', { name: 'AWS Glue', category: 'Analytics' }],
  ['NAT gateway', { name: 'Amazon Virtual Private Cloud', category: 'Networking' }],
  ['Interface endpoint', { name: 'Amazon Virtual Private Cloud', category: 'Networking' }],
  ['Gateway endpoint', { name: 'Amazon Virtual Private Cloud', category: 'Networking' }],
];

const serviceOf = (line: BillLine): Service =>
  others.find(([begins]) => line.name.startsWith(begins))?.[1] ?? s3;
