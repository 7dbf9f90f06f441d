import t from 'tap';
import { parseDay } from '../../src/kernel/day.js';
import { parsePriceFile } from '../../src/pricing/price-file.js';
import { importedRegion } from '../../src/pricing/price-import.js';
import type { OfferPrice } from '../../src/pricing/price-list.js';
import { matchOffers } from '../../src/pricing/price-match.js';
import { mergePrices } from '../../src/pricing/price-merge.js';
import { priceText } from './card.js';
import { flat, offer } from './offers.js';

function imported(offers: readonly OfferPrice[], region = 'us-east-1', date?: string) {
  const file = parsePriceFile(priceText(region), `${region}.json`);
  const { prices } = matchOffers(offers, file.cards[0]!.usageTypePrefix);
  return importedRegion(mergePrices(file, prices, date === undefined ? undefined : parseDay(date)));
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

t.test('a change is told with both prices and the percentage', async (t) => {
  const region = imported([offer({ sku: 'GET', tiers: flat('0.0000005') })]);
  t.match(region, {
    region: 'us-east-1',
    outcome: 'new-card',
    date: '2027-01-01',
    cardBefore: '2025-10-22',
    card: '2027-01-01',
    nextCard: null,
    identical: 0,
  });
  t.same(plain(region.changes[0]), {
    id: 'STANDARD.get',
    unit: 'request',
    usageType: 'Requests-Tier2',
    operation: '',
    sku: 'GET',
    absentBefore: null,
    confidence: { before: 'verified', after: 'verified' },
    tiers: [{ upTo: 'Inf', before: '0.0000004', after: '0.0000005', percent: '25.00' }],
    tiersGone: [],
  });
  t.equal(region.reference.difference?.toString(), '2');
});

t.test('tiers are compared end by end; new ones and those that are gone are told', async (t) => {
  const tiers = [
    { beginRange: '0', endRange: '51200', usd: '0.022' },
    { beginRange: '51200', endRange: '600000', usd: '0.02' },
    { beginRange: '600000', endRange: 'Inf', usd: '0.021' },
  ];
  const storage = { usageType: 'TimedStorage-ByteHrs', volumeType: 'Standard', unit: 'GB-Mo', tiers };
  const [change] = imported([offer(storage)]).changes;
  t.same(plain(change?.tiers), [
    { upTo: '51200', before: '0.023', after: '0.022', percent: '-4.35' },
    { upTo: '600000', before: null, after: '0.02', percent: null },
    { upTo: 'Inf', before: '0.021', after: '0.021', percent: '0.00' },
  ]);
  t.same(change?.tiersGone, ['512000']);
});

t.test('from nothing, and from zero, there is no percentage', async (t) => {
  const bulk = offer({ usageType: 'Requests-Tier5', tiers: flat('0.00001') });
  t.same(plain(imported([bulk]).changes[0]?.tiers), [
    { upTo: 'Inf', before: '0', after: '0.00001', percent: null },
  ]);
  const early = imported([bulk], 'us-east-1', '2018-03-01');
  t.match(early, { cardBefore: null, card: '2018-03-01', nextCard: '2025-10-22' });
  t.match(early.changes[0], {
    absentBefore: { absent: 'unknown' },
    confidence: { before: null, after: 'verified' },
    tiers: [{ before: null, percent: null }],
    tiersGone: [],
  });
});
