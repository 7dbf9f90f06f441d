import t from 'tap';
import { parseDay } from '../../src/kernel/day.js';
import type { Usd } from '../../src/kernel/usd.js';
import { parsePriceFile } from '../../src/pricing/price-file.js';
import type { OfferPrice } from '../../src/pricing/price-list.js';
import { matchOffers } from '../../src/pricing/price-match.js';
import { mergePrices } from '../../src/pricing/price-merge.js';
import type { RateCard } from '../../src/pricing/rate-card.js';
import { referenceMonth, referenceRequests, referenceStorage } from '../../src/pricing/reference-month.js';
import { cardOf, priceText } from './card.js';
import { flat, offer } from './offers.js';

const card = cardOf('us-east-1');
const text = (amount: Usd | null): string | undefined => amount?.toString();

function changed(parts: Partial<OfferPrice>, date = '2027-01-01'): RateCard {
  const file = parsePriceFile(priceText('us-east-1'), 'us-east-1.json');
  return mergePrices(file, matchOffers([offer(parts)], '').prices, parseDay(date)).after;
}

t.test('the reference month is fixed', async (t) => {
  const tenTib = 10n * 1024n ** 4n;
  const small = 1_000_000n * 4096n;
  t.same(
    referenceStorage.map(({ class: name, accessTier = '', objects, bytes }) => [
      name,
      accessTier,
      objects,
      bytes,
    ]),
    [
      ['STANDARD', '', 100_000_000n, 60n * tenTib],
      ['STANDARD_IA', '', 11_485_760n, tenTib + small],
      ['ONEZONE_IA', '', 11_485_760n, tenTib + small],
      ['INTELLIGENT_TIERING', 'FREQUENT', 11_485_760n, tenTib + small],
      ['INTELLIGENT_TIERING', 'INFREQUENT', 10_485_760n, tenTib],
      ['INTELLIGENT_TIERING', 'ARCHIVE_INSTANT', 10_485_760n, tenTib],
      ['INTELLIGENT_TIERING', 'ARCHIVE_ACCESS', 10_485_760n, tenTib],
      ['INTELLIGENT_TIERING', 'DEEP_ARCHIVE_ACCESS', 10_485_760n, tenTib],
      ['GLACIER_IR', '', 11_485_760n, tenTib + small],
      ['GLACIER', '', 11_485_760n, tenTib + small],
      ['DEEP_ARCHIVE', '', 11_485_760n, tenTib + small],
      ['EXPRESS_ONEZONE', '', 10_485_760n, tenTib],
      ['REDUCED_REDUNDANCY', '', 10_485_760n, tenTib],
    ],
  );
  t.same(referenceStorage[1]!.sizes, [
    { objectBytes: 1_048_576n, objects: 10_485_760n, bytes: tenTib },
    { objectBytes: 4096n, objects: 1_000_000n, bytes: small },
  ]);
  t.equal(referenceRequests.length, 9);
  t.ok(
    referenceRequests.every(
      ({ put, get, list }) => put === 1_000_000n && get === 10_000_000n && list === 100_000n,
    ),
  );
});

t.test(
  'a dearer GET moves the section GET by exactly what it adds to ten million of each class that pays it',
  async (t) => {
    const month = referenceMonth(card, changed({ tiers: flat('0.0000005') }));
    t.same(
      month.sections.map(({ section, difference }) => [section, text(difference)]),
      [
        ['storage', '0'],
        ['overhead', '0'],
        ['put', '0'],
        // STANDARD and REDUCED_REDUNDANCY, ten million each, at 0.0000001 more.
        ['get', '2'],
        ['list', '0'],
      ],
    );
    t.equal(text(month.difference), '2');
    const get = month.sections.find(({ section }) => section === 'get')!;
    // (4 + 10 + 10 + 4 + 100 + 4 + 4 + 0.3 + 4) dollars of GET
    t.same([text(get.before), text(get.after)], ['140.3', '142.3']);
    t.same(month.leftOut, []);
  },
);

t.test('a section that falls is a difference below zero', async (t) => {
  const month = referenceMonth(card, changed({ usageType: 'Requests-Tier1', tiers: flat('0.000004') }));
  const of = (name: string) => text(month.sections.find(({ section }) => section === name)!.difference);
  t.equal(of('put'), '-2');
  // LIST of eight classes is STANDARD's price: 800,000 at 0.000001 less.
  t.equal(of('list'), '-0.8');
  t.equal(text(month.difference), '-2.8');
});

t.test('without a card before there is nothing to compare with', async (t) => {
  const month = referenceMonth(undefined, card);
  t.equal(month.before, null);
  t.equal(month.difference, null);
  t.same(
    month.sections.map(({ before, difference }) => [before, difference]),
    Array(5).fill([null, null]),
  );
  t.ok(Number(month.after) > 15_000);
});

t.test('what one of the two cards cannot price is left out of both and named', async (t) => {
  const early = changed({ tiers: flat('0.0000005') }, '2018-03-01');
  const expected = [
    'STANDARD storage',
    'STANDARD_IA storage',
    'ONEZONE_IA storage',
    'INTELLIGENT_TIERING FREQUENT storage',
    'INTELLIGENT_TIERING INFREQUENT storage',
    'INTELLIGENT_TIERING ARCHIVE_INSTANT storage',
    'INTELLIGENT_TIERING ARCHIVE_ACCESS storage',
    'INTELLIGENT_TIERING DEEP_ARCHIVE_ACCESS storage',
    'GLACIER_IR storage',
    'GLACIER storage',
    'DEEP_ARCHIVE storage',
    'EXPRESS_ONEZONE storage',
    'REDUCED_REDUNDANCY storage',
    ...referenceRequests.map((made) => `${made.class} requests`),
  ];
  for (const month of [
    referenceMonth(early, card),
    referenceMonth(card, early),
    referenceMonth(undefined, early),
  ]) {
    t.same(month.leftOut, expected);
    t.same(month.sections, []);
    t.equal(text(month.after), '0');
  }
  const mexico = cardOf('mx-central-1');
  t.ok(referenceMonth(mexico, mexico).leftOut.includes('EXPRESS_ONEZONE storage'));
});

t.test('a card that is broken is no card without a price', async (t) => {
  const broken = { ...card, prices: { ...card.prices, STANDARD: undefined } } as unknown as RateCard;
  t.throws(() => referenceMonth(undefined, broken), TypeError);
});
