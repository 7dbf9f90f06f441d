/** A month to price in tests: on empty ground, and its bill as rows to be compared whole. */
import { BucketwiseError } from '../../src/kernel/errors.js';
import type { Bill, BillLine } from '../../src/pricing/bill.js';
import { monthlyBill } from '../../src/pricing/monthly-bill.js';
import type { SizeRow, Usage } from '../../src/pricing/usage.js';
import { cardOf, november } from './card.js';

export const KB = 2n ** 10n;
export const GB = 2n ** 30n;
export const TB = 2n ** 40n;

export type Parts = Partial<Usage>;

/** Nothing but what is given, of an account whose tiers start at zero and that says so. */
export const usage = (parts: Parts): Usage => ({
  region: 'us-east-1',
  month: november,
  tierOffsetGB: { 'TimedStorage-ByteHrs': '0', 'TimedStorage-INT-FA-ByteHrs': '0' },
  storage: [],
  requests: [],
  ...parts,
});

export function billOf(parts: Parts, codes: Readonly<Record<string, string>> = {}): Bill {
  const given = usage(parts);
  return monthlyBill(given, cardOf(given.region), codes);
}

/** Section, name, usage type, operation, class, quantity with its unit, amount, note. */
export const row = (line: BillLine): string[] => [
  line.section,
  line.name,
  line.usageType,
  line.operation,
  line.class ?? '',
  `${line.quantity} ${line.unit}`,
  line.amount.toString(),
  line.note,
];

export const rows = (parts: Parts, codes: Readonly<Record<string, string>> = {}): string[][] =>
  billOf(parts, codes).lines.map(row);

export const assumed = (parts: Parts): readonly string[] => billOf(parts).assumptions;

export const size = (objectBytes: bigint, objects: bigint): SizeRow => ({
  objectBytes,
  objects,
  bytes: objectBytes * objects,
});

/** Code and message of what is refused, so that they are compared whole. */
export function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof BucketwiseError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'nothing was refused';
}
