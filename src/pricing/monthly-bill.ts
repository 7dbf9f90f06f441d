/** A month's usage times a rate card is a bill: every line can be laid beside the line of the real one. */
import { type Bill, bill } from './bill.js';
import { openLedger } from './line.js';
import type { RateCard } from './rate-card.js';
import { requestLines } from './requests.js';
import { storageLines } from './storage.js';
import { checkOffsets } from './tier-offsets.js';
import type { Usage } from './usage.js';

/** Named in every bill: what this model does not price yet, so that nobody takes silence for zero. */
const notPriced =
  'lifecycle transitions, retrieval and restores, early deletes, data transfer, and the bills of other services';

/** Errors: PRICE_MISSING, ARGUMENT_INVALID. */
export function monthlyBill(usage: Usage, card: RateCard): Bill {
  checkOffsets(card, usage.tierOffsetGB);
  const ledger = openLedger(card, usage.tierOffsetGB);
  const lines = [
    ...storageLines(ledger, usage.storage, usage.month),
    ...requestLines(ledger, usage.requests),
  ];
  return bill(
    {
      region: usage.region,
      month: usage.month,
      rateCardDate: card.date,
      assumptions: [...ledger.assumptions],
      notCounted: [notPriced],
    },
    lines,
  );
}
