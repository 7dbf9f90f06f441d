/** A lifecycle transition is billed by the object, at the price of the class it goes to; the size does not matter. */
import type { BillLine } from './bill.js';
import { type Ledger, lineIfAny, requests } from './line.js';
import { priceOf } from './rate-card.js';
import { floorBytes, grouped, portion } from './sizes.js';
import type { TransitionUsage } from './usage.js';

/** S3 pricing page, "Lifecycle Transition requests into"; the operation tells targets of one usage type apart. */
export function transitionLines(ledger: Ledger, transitions: readonly TransitionUsage[]): BillLine[] {
  return transitions.flatMap((named) => {
    const { to } = named;
    const skipped = skippedObjects(ledger, named);
    const moved = named.objects - skipped;
    if (named.objects > 0n)
      ledger.assumptions.add(
        'A lifecycle transition carries no retrieval charge; AWS does not say so directly.',
      );
    const note =
      skipped === 0n
        ? ''
        : `${grouped(skipped)} of ${grouped(named.objects)} objects are below 128 KiB and stay where they are.`;
    const words = { section: 'transitions', name: `Transition into ${to}`, class: to, note } as const;
    return lineIfAny(ledger, words, () => priceOf(ledger.card, to, 'transitionInto'), moved, requests);
  });
}

/**
 * S3 User Guide, lifecycle transition considerations: since September 2024 a rule skips objects below 128 KB unless
 * it has a size filter or the bucket is set to varies_by_storage_class.
 */
function skippedObjects(ledger: Ledger, { to, objects, sizes, smallObjects }: TransitionUsage): bigint {
  if (smallObjects === 'move' || objects === 0n) return 0n;
  if (!sizes) {
    ledger.assumptions.add(
      `All ${grouped(objects)} objects named go to ${to}: without their sizes it is not known how many are below 128 KiB, which a rule made since September 2024 skips (give sizes).`,
    );
    return 0n;
  }
  const small = portion(sizes.filter(({ objectBytes }) => objectBytes < floorBytes)).objects;
  if (small > 0n && smallObjects === undefined)
    ledger.assumptions.add(
      `Objects below 128 KiB are not moved to ${to}, as lifecycle rules made since September 2024 do (say otherwise with smallObjects: move).`,
    );
  return small;
}
