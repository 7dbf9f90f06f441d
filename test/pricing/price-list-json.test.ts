import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { jsonOffers } from '../../src/pricing/price-list-json.js';
import { fixture, places, samples } from './offers.js';

const read = (value: unknown) => jsonOffers('list.json', value, places);

t.test(
  'a bulk offer gives one price for each product with on-demand terms, without a family too',
  async (t) => {
    const offers = read(fixture('bulk-offer.json'));
    t.equal(offers.length, 16);
    t.notOk(offers.some(({ sku }) => sku === 'BWRESERVED000001'));
    t.match(
      offers.find(({ sku }) => sku === 'BWSTANDARD000001'),
      {
        file: 'list.json',
        offerCode: 'AmazonS3',
        version: '20270104120000',
        publicationDate: '2027-01-04',
        effectiveDate: '2027-01-01',
        usageType: 'TimedStorage-ByteHrs',
        operation: '',
        volumeType: 'Standard',
        region: 'us-east-1',
        unit: 'GB-Mo',
        tiers: [
          { beginRange: '0', endRange: '51200', usd: '0.023' },
          { beginRange: '51200', endRange: '512000', usd: '0.022' },
          { beginRange: '512000', endRange: 'Inf', usd: '0.0205' },
        ],
      },
    );
    t.match(
      offers.find(({ sku }) => sku === 'BWGIREU000000001'),
      { region: 'eu-west-1', location: 'Europe (Ireland)', volumeType: '' },
      'a place without a code is still a Region',
    );
  },
);

t.test('GetProducts is read as texts or objects, wrapped or bare', async (t) => {
  const wrapped = fixture('get-products.json') as { PriceList: string[] };
  const offers = read(wrapped);
  t.same(
    offers.map(({ sku, version, publicationDate, effectiveDate }) => [
      sku,
      version,
      publicationDate,
      effectiveDate,
    ]),
    ['BWGPSTANDARD0001', 'BWGPTIER10000001', 'BWGPRESTORE00001'].map((sku) => [
      sku,
      '20261207080000',
      '2026-12-07',
      '2026-12-01',
    ]),
  );
  const objects = wrapped.PriceList.map((text) => JSON.parse(text));
  t.same(read(wrapped.PriceList), offers);
  t.same(read({ PriceList: objects }), offers);
  t.same(read(objects), offers);
});

t.test(
  samples ? 'the captured GetProducts answer is read' : 'no captured list is at hand: only our own was read',
  async (t) => {
    if (!samples) {
      t.notOk(samples);
      return;
    }
    const offers = read(JSON.parse(readFileSync(join(samples, 'AmazonS3.us-east-1.sample.json'), 'utf8')));
    t.equal(offers.length, 19);
    t.ok(
      offers.every(
        ({ region, publicationDate }) => region === 'us-east-1' && publicationDate === '2026-09-18',
      ),
    );
    t.same(
      offers.find(({ usageType }) => usageType === 'TimedStorage-ByteHrs')?.tiers.map(({ usd }) => usd),
      ['0.023', '0.022', '0.021'],
    );
  },
);

// biome-ignore lint/suspicious/noExplicitAny: the list is damaged on purpose, in ways its type forbids
type Damage = (list: any) => unknown;
const sku = 'BWTIER2000000001';
// biome-ignore lint/suspicious/noExplicitAny: as above
const term = (list: any) => list.terms.OnDemand[sku][`${sku}.JRTCKXETXF`];
// biome-ignore lint/suspicious/noExplicitAny: as above
const dimension = (list: any) => term(list).priceDimensions[`${sku}.JRTCKXETXF.RATE0`];

const damages: readonly (readonly [string, Damage, RegExp])[] = [
  ['no products', (list) => delete list.products, /: products: it is missing/],
  ['products that are a list', (list) => (list.products = []), /: products: it is not an object/],
  ['no terms', (list) => delete list.terms, /: terms: it is missing/],
  ['no on-demand terms', (list) => delete list.terms.OnDemand, /: terms\.OnDemand: it is missing/],
  ['no offer code', (list) => delete list.offerCode, /: the file offerCode: it is missing/],
  [
    'another offer',
    (list) => (list.offerCode = 'AmazonEC2'),
    /: the file: it is the price list of "AmazonEC2"/,
  ],
  ['no version', (list) => delete list.version, /: the file version: it is missing/],
  ['a number for a version', (list) => (list.version = 1), /: the file version: it is not a text/],
  ['no publication', (list) => delete list.publicationDate, /: the file publicationDate: it is missing/],
  ['no real publication', (list) => (list.publicationDate = 'x'), /the file: "x" is not a publication date/],
  ['no product', (list) => (list.products[sku] = null), /: product BWTIER2000000001: it is not an object/],
  [
    'no attributes',
    (list) => delete list.products[sku].attributes,
    /SKU BWTIER2\d+ attributes: it is missing/,
  ],
  [
    'a usage type that is a number',
    (list) => (list.products[sku].attributes.usagetype = 3),
    /SKU BWTIER2\d+ usagetype: it is not a text/,
  ],
  ['a second term', (list) => (list.terms.OnDemand[sku].second = term(list)), /it has two on-demand terms/],
  ['no term', (list) => (list.terms.OnDemand[sku] = {}), /SKU BWTIER2\d+ terms\.OnDemand: it is missing/],
  [
    'no effective date',
    (list) => delete term(list).effectiveDate,
    /SKU BWTIER2\d+ effectiveDate: it is missing/,
  ],
  ['no tiers', (list) => delete term(list).priceDimensions, /SKU BWTIER2\d+ priceDimensions: it is missing/],
  [
    'a tier that is none',
    (list) => (term(list).priceDimensions.x = 'x'),
    /SKU BWTIER2\d+ priceDimensions: it is not an object/,
  ],
  ['no unit', (list) => delete dimension(list).unit, /SKU BWTIER2\d+ unit: it is missing/],
  ['no begin', (list) => delete dimension(list).beginRange, /SKU BWTIER2\d+ beginRange: it is missing/],
  ['no end', (list) => delete dimension(list).endRange, /SKU BWTIER2\d+ endRange: it is missing/],
  ['no price', (list) => delete dimension(list).pricePerUnit, /SKU BWTIER2\d+ pricePerUnit: it is missing/],
  [
    'no price in any currency',
    (list) => (dimension(list).pricePerUnit = {}),
    /SKU BWTIER2\d+: its currency is not named, not USD/,
  ],
  [
    'a price in yuan',
    (list) => (dimension(list).pricePerUnit = { CNY: '0.1' }),
    /SKU BWTIER2\d+: its currency is CNY, not USD/,
  ],
  [
    'a price that is a number',
    (list) => (dimension(list).pricePerUnit = { USD: 4e-7 }),
    /SKU BWTIER2\d+ pricePerUnit\.USD: it is not a text/,
  ],
  [
    'a tier twice',
    (list) => (term(list).priceDimensions.again = dimension(list)),
    /SKU BWTIER2\d+: its tiers overlap at 0/,
  ],
];

for (const [what, damage, why] of damages)
  t.test(`a bulk offer with ${what} is refused by name`, async (t) => {
    const list = fixture('bulk-offer.json');
    damage(list);
    t.throws(() => read(list), { code: 'PRICE_LIST_INVALID', message: why });
  });

t.test('a price beside other currencies is the one in dollars', async (t) => {
  const list = fixture('bulk-offer.json');
  dimension(list).pricePerUnit = { CNY: '9', USD: '0.5' };
  t.equal(read(list).find((one) => one.sku === sku)?.tiers[0]?.usd, '0.5');
});

const notLists: readonly (readonly [string, unknown, RegExp])[] = [
  ['nothing', null, /: the file: it is not an object/],
  ['a text', 'x', /: the file: it is not an object/],
  ['another document', { regions: {} }, /: the file: it is neither a bulk offer/],
  ['a list of numbers', [1], /: element 1: it is not an object/],
  ['a text that is cut', ['{"product"'], /: element 1: it is a text that is not JSON/],
  ['a text of a list', ['[]'], /: element 1: it is not an object/],
  ['an element without service', [{}], /: element 1 serviceCode: it is missing/],
  [
    'a second element of another service',
    [
      (fixture('get-products.json') as { PriceList: string[] }).PriceList[0],
      { serviceCode: 'AmazonEC2', version: '1', publicationDate: '2026-01-01' },
    ],
    /: element 2: it is the price list of "AmazonEC2"/,
  ],
  [
    'an element without product',
    [{ serviceCode: 'AmazonS3', version: '1', publicationDate: '2026-01-01' }],
    /: element 1 product: it is missing/,
  ],
  [
    'an element without terms',
    [{ serviceCode: 'AmazonS3', version: '1', publicationDate: '2026-01-01', product: {} }],
    /: element 1 terms: it is missing/,
  ],
  [
    'an element without SKU',
    [{ serviceCode: 'AmazonS3', version: '1', publicationDate: '2026-01-01', product: {}, terms: {} }],
    /: element 1 product\.sku: it is missing/,
  ],
];

for (const [what, value, why] of notLists)
  t.test(`${what} is no price list`, async (t) => {
    t.throws(() => read(value), { code: 'PRICE_LIST_INVALID', message: why });
  });

t.test(
  'an element that is only sold reserved is passed over, and an empty answer holds nothing',
  async (t) => {
    const reserved = {
      serviceCode: 'AmazonS3',
      version: '1',
      publicationDate: '2026-01-01',
      product: { sku: 'X' },
      terms: { Reserved: {} },
    };
    t.same(read([reserved]), []);
    t.same(read({ PriceList: [] }), []);
  },
);

t.test('a SKU called after a property of every object is only a name', async (t) => {
  const list = {
    ...(fixture('bulk-offer.json') as object),
    products: JSON.parse('{"constructor": {}, "toString": {}}'),
  };
  t.same(read(list), []);
});
