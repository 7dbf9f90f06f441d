/** The account's other usage counts only under a name that is on the card: a misspelt one would price every tier too high. */
import { nearest, raise } from '../kernel/errors.js';
import { type RateCard, withoutPrefix } from './rate-card.js';

/** Errors: ARGUMENT_INVALID with the nearest name. */
export function checkOffsets(card: RateCard, offsets: Readonly<Record<string, string>>): void {
  const given = Object.keys(offsets);
  if (given.length === 0) return;
  const known = usageTypes(card);
  for (const name of given) {
    const near = nearest(name, known);
    if (!known.has(name))
      raise('ARGUMENT_INVALID', {
        field: 'tier offset',
        why: `"${name}" is not a usage type of ${card.region}${near ? `, did you mean "${near}"?` : '; write it without the prefix of the Region'}`,
      });
  }
}

function usageTypes(card: RateCard): ReadonlySet<string> {
  const prices = Object.values(card.prices).flatMap((group) => Object.values(group));
  return new Set(
    prices.flatMap((price) => ('absent' in price ? [] : [withoutPrefix(card, price.usageType)])),
  );
}
