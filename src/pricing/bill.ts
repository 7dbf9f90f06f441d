/** A bill is a list of one kind of record; its total is the exact sum of its lines. */
import type { Day, Month } from '../kernel/day.js';
import type { Exact, Unit } from '../kernel/quantity.js';
import type { StorageClass } from '../kernel/s3.js';
import { addUsd, sumUsd, type Usd, zeroUsd } from '../kernel/usd.js';

export const sections = [
  'storage',
  'overhead',
  'put',
  'get',
  'list',
  'transitions',
  'retrieval',
  'transfer',
  'queries',
  'management',
  'side bills',
  's3 tables',
] as const;
export type Section = (typeof sections)[number];

export interface TierPart {
  /** End of the tier in the line's unit, "Inf" for the last. */
  readonly upTo: string;
  readonly price: Exact;
  readonly quantity: Exact;
  readonly amount: Usd;
}

export interface BillLine {
  readonly section: Section;
  /** In plain words: "Storage, STANDARD". */
  readonly name: string;
  /** As the bill of AWS shows it, with the Region's prefix: "APN2-TimedStorage-ByteHrs". */
  readonly usageType: string;
  readonly operation: string;
  readonly class: StorageClass | null;
  readonly quantity: Exact;
  readonly unit: Unit;
  readonly tiers: readonly TierPart[];
  /** The price per unit when one tier was touched, else null (see tiers). */
  readonly price: Exact | null;
  readonly amount: Usd;
  /** Explains a rule that bit (floor, overhead, prorating, monitoring) with the numbers; "" when none did. */
  readonly note: string;
}

export interface Bill {
  readonly schemaVersion: 1;
  readonly region: string;
  readonly month: Month;
  readonly currency: 'USD';
  readonly rateCardDate: Day;
  readonly lines: readonly BillLine[];
  readonly sections: Readonly<Partial<Record<Section, Usd>>>;
  readonly total: Usd;
  readonly assumptions: readonly string[];
  readonly notCounted: readonly string[];
}

export type BillHead = Pick<Bill, 'region' | 'month' | 'rateCardDate' | 'assumptions' | 'notCounted'>;

export function bill(head: BillHead, lines: readonly BillLine[]): Bill {
  return {
    schemaVersion: 1,
    region: head.region,
    month: head.month,
    currency: 'USD',
    rateCardDate: head.rateCardDate,
    lines,
    sections: sectionTotals(lines),
    total: sumUsd(lines.map((line) => line.amount)),
    assumptions: head.assumptions,
    notCounted: head.notCounted,
  };
}

/** Of the sections that have a line, in the order of all. */
function sectionTotals(lines: readonly BillLine[]): Bill['sections'] {
  const sums = new Map<Section, Usd>();
  for (const { section, amount } of lines) sums.set(section, addUsd(sums.get(section) ?? zeroUsd, amount));
  const totals: Partial<Record<Section, Usd>> = {};
  for (const section of sections) {
    const sum = sums.get(section);
    if (sum !== undefined) totals[section] = sum;
  }
  return totals;
}
