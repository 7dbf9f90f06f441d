/** Offer prices as a list gives them, for tests: whole unless a test changes them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDay } from '../../src/kernel/day.js';
import type { OfferPrice, Places } from '../../src/pricing/price-list.js';

export const places: Places = new Map([
  ['US East (N. Virginia)', 'us-east-1'],
  ['EU (Ireland)', 'eu-west-1'],
  ['AWS GovCloud (US)', 'us-gov-west-1'],
]);

export const flat = (usd: string): OfferPrice['tiers'] => [{ beginRange: '0', endRange: 'Inf', usd }];

export const offer = (parts: Partial<OfferPrice>): OfferPrice => ({
  file: 'list.json',
  offerCode: 'AmazonS3',
  version: '20270104120000',
  publicationDate: parseDay('2027-01-04'),
  sku: 'SKU1',
  usageType: 'Requests-Tier2',
  operation: '',
  volumeType: '',
  region: 'us-east-1',
  location: 'US East (N. Virginia)',
  unit: 'Requests',
  tiers: flat('0.0000004'),
  effectiveDate: parseDay('2027-01-01'),
  ...parts,
});

export const fixturePath = (name: string): string =>
  join(import.meta.dirname, '..', 'fixtures', 'prices', name);
export const fixture = (name: string): unknown => JSON.parse(readFileSync(fixturePath(name), 'utf8'));

/** Where captured lists lie, when they are at hand. */
export const samples = process.env.BUCKETWISE_PRICE_FACTS
  ? join(process.env.BUCKETWISE_PRICE_FACTS, 'samples')
  : undefined;
