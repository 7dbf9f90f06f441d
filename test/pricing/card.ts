/** The shipped card of a Region, for tests; each is read once. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstDay, parseMonth } from '../../src/kernel/day.js';
import { cardFor } from '../../src/pricing/price-book.js';
import { parsePriceFile } from '../../src/pricing/price-file.js';
import type { RateCard } from '../../src/pricing/rate-card.js';

export const priceText = (region: string): string =>
  readFileSync(join(import.meta.dirname, '..', '..', 'pricing', `${region}.json`), 'utf8');

export const november = parseMonth('2026-11');

const cards = new Map<string, RateCard>();

export function cardOf(region: string): RateCard {
  const read = () => cardFor(parsePriceFile(priceText(region), `${region}.json`), firstDay(november));
  const card = cards.get(region) ?? read();
  cards.set(region, card);
  return card;
}
