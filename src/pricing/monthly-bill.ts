/** A month's usage times a rate card is a bill: every line can be laid beside the line of the real one. */
import { type Bill, bill } from './bill.js';
import { earlyDeleteLines } from './early-deletes.js';
import { type Ledger, openLedger } from './line.js';
import { managementLines } from './management.js';
import { queryLines } from './query.js';
import type { RateCard } from './rate-card.js';
import { requestLines } from './requests.js';
import { restoreLines, retrievalLines } from './retrieval.js';
import { s3TablesLines } from './s3-tables.js';
import { sideBillLines } from './side-bills.js';
import { remainsLines, storageLines } from './storage.js';
import { type BillingCodes, transferLines } from './transfer.js';
import { transitionLines } from './transitions.js';
import type { Usage } from './usage.js';

export interface PricedMonth {
  readonly bill: Bill;
  /** The tier offsets of a bill for more usage of the same account and month. */
  readonly offsetsAfter: Readonly<Record<string, string>>;
}

/** `codes` names the Regions that bytes are sent to. Errors: PRICE_MISSING, ARGUMENT_INVALID for an unknown tier offset. */
export const monthlyBill = (usage: Usage, card: RateCard, codes: BillingCodes = {}): Bill =>
  billOf(usage, openLedger(card, usage.tierOffsetGB), codes);

/** The same, with what a next bill has to count on from. */
export function pricedMonth(usage: Usage, card: RateCard, codes: BillingCodes = {}): PricedMonth {
  const ledger = openLedger(card, usage.tierOffsetGB);
  const bill = billOf(usage, ledger, codes);
  return { bill, offsetsAfter: { ...usage.tierOffsetGB, ...ledger.counted() } };
}

function billOf(usage: Usage, ledger: Ledger, codes: BillingCodes): Bill {
  const { month, tierOffsetGB: offsets } = usage;
  const lines = [
    ...storageLines(ledger, usage.storage, month),
    ...remainsLines(ledger, usage.multipartRemains ?? [], month),
    ...requestLines(ledger, usage.requests),
    ...transitionLines(ledger, usage.transitions ?? []),
    ...retrievalLines(ledger, usage.retrieval ?? []),
    ...restoreLines(ledger, usage.restores ?? [], month),
    ...earlyDeleteLines(ledger, usage.earlyDeletes ?? [], month),
    ...(usage.transfer ? transferLines(ledger, usage.transfer, offsets, codes) : []),
    ...queryLines(ledger, usage.queries ?? []),
    ...managementLines(ledger, usage),
    ...sideBillLines(ledger, usage),
    ...(usage.s3Tables ? s3TablesLines(ledger, usage.s3Tables, month) : []),
  ];
  const head = {
    region: usage.region,
    month,
    rateCardDate: ledger.card.date,
    assumptions: [...ledger.assumptions],
    notCounted: notGiven(usage),
  };
  return bill(head, lines);
}

/** What a bill of S3 often holds, in the words people search for. */
const parts = {
  transitions: 'lifecycle transitions',
  retrieval: 'retrieval',
  restores: 'restores',
  earlyDeletes: 'early deletes',
  multipartRemains: 'unfinished multipart uploads',
  transfer: 'data transfer',
  queries: 'queries',
  kms: 'KMS',
  cloudTrailDataEvents: 'CloudTrail data events',
} as const satisfies Partial<Record<keyof Usage, string>>;

const partNames = Object.entries(parts) as readonly (readonly [keyof typeof parts, string])[];

/** Named in every bill, so that nobody takes silence for zero. */
function notGiven(usage: Usage): string[] {
  const names = partNames.filter(([part]) => usage[part] === undefined);
  return names.length === 0 ? [] : [`what was not given: ${names.map(([, name]) => name).join(', ')}`];
}
