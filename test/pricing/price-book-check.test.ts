import t from 'tap';
import { parseDay } from '../../src/kernel/day.js';
import { checkRegion, entriesOf } from '../../src/pricing/price-book-check.js';
import { type PriceFile, parsePriceFile } from '../../src/pricing/price-file.js';
import { rateCardJson } from '../../src/pricing/rate-card-json.js';
import { cardOf, priceText } from './card.js';

const file = (region = 'us-east-1'): PriceFile => parsePriceFile(priceText(region), `${region}.json`);
const day = parseDay;

t.test('a Region is told by its card in force, its age and the last day a list agreed with it', async (t) => {
  t.match(checkRegion(file(), day('2026-11-26')), {
    region: 'us-east-1',
    cards: ['2025-10-22'],
    date: '2025-10-22',
    ageDays: 400,
    lastRead: '2026-09-28',
    lastReadAgeDays: 59,
  });
});

t.test('a day named in a check counts from that day on, and only when it is a day', async (t) => {
  const { cards, region } = file();
  const checked = (checks: string[], today: string) =>
    checkRegion({ region, cards: [{ ...cards[0]!, checks }] }, day(today)).lastRead;
  t.equal(checked(['read 2026-09-18'], '2026-09-17'), '2025-10-22');
  t.equal(checked(['read 2026-09-18'], '2026-09-18'), '2026-09-18');
  t.equal(checked(['read 2026-09-31, 12026-09-01, 2026-09-011'], '2027-01-01'), '2025-10-22');
  t.equal(checked(['2026-05-01 and 2026-06-01', 'older: 2024-01-01'], '2027-01-01'), '2026-06-01');
  t.equal(checked([], '2027-01-01'), '2025-10-22');
  t.equal(checked(['a check that names no day'], '2027-01-01'), '2025-10-22');
});

t.test('the card in force is the last one not after today; before the first it is the first', async (t) => {
  const { cards, region } = file();
  const next = { ...cards[0]!, date: day('2027-01-01'), checks: [] };
  const two = { region, cards: [cards[0]!, next] };
  t.match(checkRegion(two, day('2026-12-31')), { date: '2025-10-22', cards: ['2025-10-22', '2027-01-01'] });
  t.match(checkRegion(two, day('2027-01-01')), { date: '2027-01-01', ageDays: 0 });
  t.match(checkRegion(two, day('2025-10-21')), { date: '2025-10-22', ageDays: -1 });
});

t.test('prices are counted by confidence; gaps and weak prices are named', async (t) => {
  const mexico = checkRegion(file('mx-central-1'), day('2026-11-26'));
  t.equal(
    mexico.prices,
    Object.values(mexico.confidence).reduce((sum, one) => sum + one, 0),
  );
  t.equal(mexico.confidence.inferred, mexico.inferred.length);
  t.same(mexico.inferred, [
    'DEEP_ARCHIVE.storage',
    'DEEP_ARCHIVE.put',
    'DEEP_ARCHIVE.completeMultipart',
    'DEEP_ARCHIVE.initiateMultipart',
    'DEEP_ARCHIVE.uploadPart',
    'DEEP_ARCHIVE.standardRestore',
    'DEEP_ARCHIVE.earlyDelete',
  ]);
  t.ok(mexico.gaps.includes('DEEP_ARCHIVE.bulkRestore'));
  t.notOk(mexico.gaps.includes('EXPRESS_ONEZONE.put'), 'not sold is no gap');
  const virginia = checkRegion(file(), day('2026-11-26'));
  t.same(virginia.unconfirmed, ['services.firehoseIngest', 'services.firehoseConversion']);
  t.same(virginia.gaps, ['services.firehoseVpcData', 'services.firehoseVpcHour']);
  t.same(virginia.inferred, ['fees.metadataObject']);
});

t.test('a rate card is a flat list with all that is known of each price, or why there is none', async (t) => {
  const card = rateCardJson(cardOf('us-east-1'));
  t.match(card, {
    schemaVersion: 1,
    region: 'us-east-1',
    location: 'US East (N. Virginia)',
    usageTypePrefix: '',
    date: '2025-10-22',
    currency: 'USD',
  });
  t.equal(card.prices.length, entriesOf(cardOf('us-east-1')).length);
  t.equal(card.checks.length, 2);
  t.ok(card.sources.memory);
  const plain = JSON.parse(JSON.stringify(card.prices));
  t.same(plain[0], {
    id: 'STANDARD.storage',
    unit: 'GB-month',
    tiers: [
      { upTo: '51200', price: '0.023' },
      { upTo: '512000', price: '0.022' },
      { upTo: 'Inf', price: '0.021' },
    ],
    usageType: 'TimedStorage-ByteHrs',
    operation: '',
    sku: 'WP9ANXZGBYYSGJEA',
    source: ['feed-2025-10', 'getproducts-2026-09'],
    confidence: 'verified',
    note: '',
    group: 'STANDARD',
    name: 'storage',
  });
  t.same(
    plain.find(({ id }: { id: string }) => id === 'STANDARD.transitionInto'),
    {
      id: 'STANDARD.transitionInto',
      group: 'STANDARD',
      name: 'transitionInto',
      unit: 'request',
      absent: 'not-possible',
      why: 'not possible',
    },
  );
});
