/** The card in force on a day is the last one dated not after it; a day before the first card has no prices. */
import type { Day } from '../kernel/day.js';
import { raise } from '../kernel/errors.js';
import type { PriceFile } from './price-file.js';
import type { RateCard } from './rate-card.js';

/** Errors: PRICE_CARD_MISSING. */
export function cardFor(file: PriceFile, day: Day): RateCard {
  const card = file.cards.findLast(({ date }) => date <= day);
  return card ?? raise('PRICE_CARD_MISSING', { region: file.region, day, first: file.cards[0]!.date });
}
