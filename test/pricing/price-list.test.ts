import t from 'tap';
import {
  checkOfferCode,
  offerPrice,
  placeName,
  publicationDay,
  type RawOffer,
  refusing,
  regionAt,
} from '../../src/pricing/price-list.js';
import { places } from './offers.js';

const refuse = refusing('list.json');

const dimension = { unit: 'GB-Mo', beginRange: '0', endRange: 'Inf', currency: 'USD', price: '0.0230000000' };
const tier = (beginRange: string, endRange: string, price: string) => ({
  ...dimension,
  beginRange,
  endRange,
  price,
});

const raw = (parts: Partial<RawOffer>): RawOffer => ({
  file: 'list.json',
  offerCode: 'AmazonS3',
  version: '1',
  publicationDate: publicationDay('2026-09-18', 'x', refuse),
  sku: 'SKU1',
  usageType: 'TimedStorage-ByteHrs',
  operation: '',
  volumeType: 'Standard',
  region: 'us-east-1',
  location: '',
  effectiveDate: '2026-09-01T00:00:00Z',
  dimensions: [dimension],
  ...parts,
});

t.test('tiers in no order come out sorted, as plain decimal strings', async (t) => {
  const { tiers, unit } = offerPrice(
    raw({
      dimensions: [
        tier('51200', '512000', '0.0220000000'),
        tier('512000', 'Inf', '0.0210000000'),
        tier('0', '51200', '0.0230000000'),
      ],
    }),
    refuse,
  );
  t.equal(unit, 'GB-Mo');
  t.same(tiers, [
    { beginRange: '0', endRange: '51200', usd: '0.023' },
    { beginRange: '51200', endRange: '512000', usd: '0.022' },
    { beginRange: '512000', endRange: 'Inf', usd: '0.021' },
  ]);
});

t.test('bounds are compared as numbers, beyond 2^53 and not as texts', async (t) => {
  const { tiers } = offerPrice(
    raw({
      dimensions: [
        tier('9007199254740993', 'Inf', '1'),
        tier('9', '9007199254740993', '2'),
        tier('0.0000', '9', '3'),
      ],
    }),
    refuse,
  );
  t.same(
    tiers.map(({ beginRange }) => beginRange),
    ['0', '9', '9007199254740993'],
  );
});

t.test('what the list says besides its tiers is handed on', async (t) => {
  t.match(offerPrice(raw({ operation: 'RestoreObject', location: 'EU (Ireland)' }), refuse), {
    sku: 'SKU1',
    operation: 'RestoreObject',
    location: 'EU (Ireland)',
    volumeType: 'Standard',
    publicationDate: '2026-09-18',
    effectiveDate: '2026-09-01',
  });
  t.notOk('dimensions' in offerPrice(raw({}), refuse));
});

const wrong: readonly (readonly [string, Partial<RawOffer>, RegExp])[] = [
  ['no tier', { dimensions: [] }, /: it has no price\.$/],
  ['a gap', { dimensions: [tier('0', '5', '2'), tier('6', 'Inf', '1')] }, /its tiers have a gap at 6\./],
  ['an overlap', { dimensions: [tier('0', '5', '2'), tier('4', 'Inf', '1')] }, /its tiers overlap at 4\./],
  ['a start above zero', { dimensions: [tier('1', 'Inf', '1')] }, /its tiers have a gap at 1\./],
  ['a tier twice', { dimensions: [dimension, dimension] }, /its tiers overlap at 0\./],
  ['an end', { dimensions: [tier('0', '5', '2')] }, /its last tier ends at 5, not at Inf\./],
  ['an empty tier', { dimensions: [tier('0', '0', '2')] }, /a tier ends at 0, where it begins or before\./],
  ['two units', { dimensions: [dimension, { ...dimension, unit: 'GB' }] }, /its tiers have different units/],
  ['an exponent', { dimensions: [tier('0', 'Inf', '4e-7')] }, /its price "4e-7" is not a plain decimal/],
  ['a negative price', { dimensions: [tier('0', 'Inf', '-0.1')] }, /its price "-0.1" is not a plain decimal/],
  ['no price text', { dimensions: [tier('0', 'Inf', '')] }, /its price "" is not a plain decimal/],
  ['a blank', { dimensions: [tier('0', 'Inf', ' 1')] }, /its price " 1" is not a plain decimal/],
  ['21 decimals', { dimensions: [tier('0', 'Inf', `0.${'1'.repeat(21)}`)] }, /is not a plain decimal/],
  ['16 digits', { dimensions: [tier('0', 'Inf', '1'.repeat(16))] }, /is not a plain decimal/],
  ['yuan', { dimensions: [{ ...dimension, currency: 'CNY' }] }, /its currency is CNY, not USD/],
  ['no currency', { dimensions: [{ ...dimension, currency: '' }] }, /its currency is not named, not USD/],
  ['half a bound', { dimensions: [tier('0.5', 'Inf', '1')] }, /its beginRange "0.5" is not a whole number/],
  ['a text for an end', { dimensions: [tier('0', 'inf', '1')] }, /its endRange "inf" is not a whole number/],
  ['a start at Inf', { dimensions: [tier('Inf', 'Inf', '1')] }, /its beginRange "Inf" is not a whole number/],
  ['no such day', { effectiveDate: '2026-02-30' }, /its effective date "2026-02-30" is not a day/],
  ['no month', { effectiveDate: '01/13/2026' }, /its effective date "01\/13\/2026" is not a day/],
  ['no date', { effectiveDate: 'soon' }, /its effective date "soon" is not a day/],
];

for (const [what, parts, why] of wrong)
  t.test(`a SKU with ${what} is refused by its name`, async (t) => {
    t.throws(() => offerPrice(raw(parts), refuse), { code: 'PRICE_LIST_INVALID', message: why });
    t.throws(() => offerPrice(raw(parts), refuse), { message: /^list\.json: SKU SKU1: / });
  });

t.test('20 decimals and 15 digits are still a price', async (t) => {
  const price = `${'1'.repeat(15)}.${'1'.repeat(20)}`;
  t.equal(offerPrice(raw({ dimensions: [tier('0', 'Inf', price)] }), refuse).tiers[0]?.usd, price);
});

t.test(
  'a price takes effect on the first of a month; where that does not decide, the day is open',
  async (t) => {
    const day = (effectiveDate: string) => offerPrice(raw({ effectiveDate }), refuse).effectiveDate;
    t.equal(day('2026-09-18'), '2026-09-18');
    t.equal(day('2026-09-18T00:00:00.000Z'), '2026-09-18');
    t.equal(day('01/03/2018'), '2018-03-01');
    t.equal(day('03/01/2018'), '2018-03-01');
    t.equal(day('01/01/2018'), '2018-01-01');
    t.equal(day('02/03/2018'), undefined);
  },
);

t.test('another service is refused with its name, the two offers of S3 are not', async (t) => {
  t.throws(() => checkOfferCode('AmazonEC2', 'the file', refuse), {
    code: 'PRICE_LIST_INVALID',
    message:
      'list.json: the file: it is the price list of "AmazonEC2", not of AmazonS3 or AmazonS3GlacierDeepArchive.',
  });
  t.doesNotThrow(() => checkOfferCode('AmazonS3', 'the file', refuse));
  t.doesNotThrow(() => checkOfferCode('AmazonS3GlacierDeepArchive', 'the file', refuse));
});

t.test('a publication date is a day or an instant of one', async (t) => {
  t.equal(publicationDay('2026-09-18T17:47:47Z', 'x', refuse), '2026-09-18');
  for (const text of ['2026-09-31', '18.9.2026', '2026-09-18T17', 'x2026-09-18', '2026-09-18T17:47:47Zx'])
    t.throws(() => publicationDay(text, 'Publication Date', refuse), {
      message: `list.json: Publication Date: "${text}" is not a publication date.`,
    });
});

t.test('a Region is named by its code, else by its place under either of its names', async (t) => {
  t.equal(regionAt(places, 'eu-west-2', 'EU (Ireland)'), 'eu-west-2');
  t.equal(regionAt(places, '', 'EU (Ireland)'), 'eu-west-1');
  t.equal(regionAt(places, '', 'Europe (Ireland)'), 'eu-west-1');
  t.equal(regionAt(places, '', 'AWS GovCloud (US-West)'), 'us-gov-west-1');
  t.equal(regionAt(places, '', 'UNKNOWN'), '');
  t.equal(placeName('Northern Europe (x)'), 'Northern Europe (x)');
});
