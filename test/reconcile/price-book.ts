/** The shipped price book, read once, for tests. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parsePriceFile } from '../../src/pricing/price-file.js';
import type { PriceBook } from '../../src/reconcile/price-index.js';
import { priceText } from '../pricing/card.js';

const folder = join(import.meta.dirname, '..', '..', 'pricing');

export const regionNames: readonly string[] = readdirSync(folder)
  .map((name) => name.replace('.json', ''))
  .sort();

export const book: PriceBook = new Map(
  regionNames.map((region) => [region, parsePriceFile(priceText(region), `${region}.json`)]),
);
