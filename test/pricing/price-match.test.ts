import t from 'tap';
import type { OfferPrice } from '../../src/pricing/price-list.js';
import { csvOffers } from '../../src/pricing/price-list-csv.js';
import { jsonOffers } from '../../src/pricing/price-list-json.js';
import { matchOffers } from '../../src/pricing/price-match.js';
import { fixture, flat, offer, places } from './offers.js';

/** Price → SKU it was read from. */
const skus = (offers: readonly OfferPrice[], prefix = '') =>
  Object.fromEntries([...matchOffers(offers, prefix).prices].map(([id, matched]) => [id, matched.offer.sku]));

const row = (sku: string, usageType: string, operation = '', parts: Partial<OfferPrice> = {}): OfferPrice =>
  offer({ sku, usageType, operation, ...parts });

const storage = (sku: string, usageType: string, volumeType: string, parts: Partial<OfferPrice> = {}) =>
  row(sku, usageType, '', { volumeType, unit: 'GB-Mo', tiers: flat('0.004'), ...parts });

t.test(
  'the rows of a bulk offer become prices by usage type and operation; decoys become none',
  async (t) => {
    const offers = jsonOffers('list.json', fixture('bulk-offer.json'), places);
    const own = offers.filter(({ region }) => region === 'us-east-1');
    t.same(skus(own), {
      'STANDARD.storage': 'BWSTANDARD000001',
      'STANDARD.put': 'BWTIER1000000001',
      'STANDARD.get': 'BWTIER2000000001',
      'STANDARD.list': 'BWTIER1000000001',
      'STANDARD_IA.storage': 'BWSIASTORE000001',
      'STANDARD_IA.transitionInto': 'BWTIER4SIA000001',
      'INTELLIGENT_TIERING.archiveAccessExpeditedRetrieval': 'BWEXPINTAA000001',
      'GLACIER_IR.transitionInto': 'BWTIER4GIR000001',
      'GLACIER.put': 'BWGLACPUT0000001',
      'GLACIER.expeditedRetrieval': 'BWEXPEDITE000001',
      'DEEP_ARCHIVE.stagingStorage': 'BWGDASTAGE000001',
      'REDUCED_REDUNDANCY.put': 'BWTIER1000000001',
      'REDUCED_REDUNDANCY.get': 'BWTIER2000000001',
    });
    t.match(
      matchOffers(own, '').leftOut.map(({ offer: { sku }, why }) => [sku, why]),
      [['BWOVERHEAD000001', 'its volume type "INTAAS3ObjectOverhead" is not "Standard"']],
    );
  },
);

t.test('prices come in the order of a rate card', async (t) => {
  const { prices } = matchOffers([row('B', 'Requests-Tier2'), row('A', 'Requests-Tier1')], '');
  t.same(
    [...prices.keys()],
    ['STANDARD.put', 'STANDARD.get', 'STANDARD.list', 'REDUCED_REDUNDANCY.put', 'REDUCED_REDUNDANCY.get'],
  );
  t.match(prices.get('STANDARD.put'), { unit: 'request', meter: { id: 'STANDARD.put' } });
});

t.test("a Region's prefix may be there or not, another Region's may not", async (t) => {
  const id = 'STANDARD.get';
  t.equal(skus([row('A', 'USE1-Requests-Tier2')])[id], 'A');
  t.equal(skus([row('A', 'EU-Requests-Tier2')], 'EU')[id], 'A');
  t.equal(skus([row('A', 'Requests-Tier2')], 'EU')[id], 'A');
  t.equal(skus([row('A', 'AFS1-Requests-Tier2')], 'AFS1')[id], 'A');
  t.equal(skus([row('A', 'CPT-Requests-Tier2')], 'AFS1')[id], 'A');
  t.same(skus([row('A', 'CPT-Requests-Tier2')], 'EU'), {});
  t.same(skus([row('A', 'EU-Requests-Tier2')]), {});
  t.same(skus([row('A', 'USE1-Requests-Tier2')], 'EU'), {});
  t.same(skus([row('A', 'EUxRequests-Tier2')], 'EU'), {});
});

t.test('Deep Archive storage is priced by its own offer alone', async (t) => {
  const s3 = storage('DECOY', 'TimedStorage-GDA-ByteHrs', 'Glacier Deep Archive', { tiers: flat('0.021') });
  const own = { ...s3, sku: 'OWN', offerCode: 'AmazonS3GlacierDeepArchive', tiers: flat('0.00099') };
  t.same(skus([s3, own]), { 'DEEP_ARCHIVE.storage': 'OWN' });
  t.same(
    matchOffers([s3], '').leftOut.map(({ why }) => why),
    ['DEEP_ARCHIVE.storage is priced by the offer AmazonS3GlacierDeepArchive alone'],
  );
  t.same(skus([row('A', 'Requests-Tier2', '', { offerCode: 'AmazonS3GlacierDeepArchive' })]), {});
});

t.test('a row without operation prices every operation of the classes the list sells', async (t) => {
  const rows = [
    row('TIER3', 'Requests-Tier3'),
    row('TIER4', 'Requests-Tier4'),
    storage('GLACIER', 'TimedStorage-GlacierByteHrs', 'Amazon Glacier'),
    storage('INT', 'TimedStorage-INT-FA-ByteHrs', ''),
  ];
  t.same(skus(rows), {
    'INTELLIGENT_TIERING.frequentStorage': 'INT',
    'INTELLIGENT_TIERING.transitionInto': 'TIER4',
    'GLACIER.storage': 'GLACIER',
    'GLACIER.transitionInto': 'TIER3',
    'GLACIER.standardRestore': 'TIER3',
  });
});

t.test('a row without operation gives way where the list names one', async (t) => {
  const glacier = storage('GLACIER', 'TimedStorage-GlacierByteHrs', 'Amazon Glacier');
  t.same(
    skus([glacier, row('ANY', 'Requests-Tier3'), row('ONE', 'Requests-Tier3', 'S3-GlacierTransition')]),
    {
      'GLACIER.storage': 'GLACIER',
      'GLACIER.transitionInto': 'ONE',
    },
  );
});

t.test('a row without operation that is a price of its own is no other price', async (t) => {
  const int = storage('INT', 'TimedStorage-INT-FA-ByteHrs', '');
  const any = row('ANY', 'Expedited-Retrieval-Bytes', '', { unit: 'GB' });
  t.same(skus([int, any]), {
    'INTELLIGENT_TIERING.frequentStorage': 'INT',
    'GLACIER.expeditedRetrieval': 'ANY',
  });
});

t.test('a row of the other offer is not taken for a price of any operation', async (t) => {
  const deep = { offerCode: 'AmazonS3GlacierDeepArchive' } as const;
  const glacier = storage('GLACIER', 'TimedStorage-GlacierByteHrs', 'Amazon Glacier');
  t.same(skus([glacier, row('ANY', 'Requests-Tier3', '', deep)]), { 'GLACIER.storage': 'GLACIER' });
});

t.test('the same price twice is one, two that differ are refused with both SKUs', async (t) => {
  const one = row('A', 'Requests-Tier2');
  t.equal(skus([one, { ...one, sku: 'B' }])['STANDARD.get'], 'A');
  const dearer = { ...one, sku: 'B', file: 'other.json', version: '2', tiers: flat('0.0000005') };
  t.throws(() => matchOffers([one, dearer], ''), {
    code: 'PRICE_LIST_INVALID',
    message:
      'other.json: SKU B: two prices for STANDARD.get (Requests-Tier2 any operation) in us-east-1: SKU A (list.json, version 20270104120000) has 0.0000004, SKU B (other.json, version 2) has 0.0000005.',
  });
  t.throws(() => matchOffers([one, { ...one, sku: 'B', unit: 'GB' }], ''), {
    message: /two prices for STANDARD\.get/,
  });
  const named = row('A', 'Requests-Tier3', 'RestoreObject');
  t.throws(() => matchOffers([named, { ...named, tiers: flat('1') }], ''), {
    message: /\(Requests-Tier3 RestoreObject\)/,
  });
});

const units: readonly (readonly [string, string, string])[] = [
  ['TimedStorage-GIR-ByteHrs', 'GB-Mo', 'GLACIER_IR.storage'],
  ['Retrieval-GIR', 'GB', 'GLACIER_IR.retrieval'],
  ['Requests-GIR-Tier1', 'Requests', 'GLACIER_IR.put'],
  ['Inventory-ObjectsListed', 'Objects', 'fees.inventory'],
  ['StorageAnalytics-ObjCount', 'Objects', 'fees.classAnalysis'],
  ['TagStorage-TagHrs', 'Tag-Mo', 'fees.tag'],
  ['BatchOperations-Jobs', 'Jobs', 'fees.batchJob'],
  ['Metadata-Updates', 'Updates', 'fees.metadataUpdate'],
  ['Metadata-Updates', 'Objects', 'fees.metadataUpdate'],
  ['Metadata-Updates', 'Requests', 'fees.metadataUpdate'],
  ['Metadata-Updates', 'Count', 'fees.metadataUpdate'],
];

t.test('each price is per the unit the list names it by, any other is refused', async (t) => {
  for (const [usageType, unit, id] of units) {
    const volumeType = id === 'fees.tag' ? 'Tags' : '';
    t.same(skus([row('A', usageType, '', { unit, volumeType })]), { [id]: 'A' }, `${usageType} per ${unit}`);
    t.throws(() => matchOffers([row('A', usageType, '', { unit: 'Quarts', volumeType })], ''), {
      code: 'PRICE_LIST_INVALID',
      message: new RegExp(
        `^list\\.json: SKU A: its unit is Quarts, but ${id.replace('.', '\\.')} is per [a-zA-Z-]+\\.$`,
      ),
    });
  }
});

t.test('a price of zero is refused where AWS gives nothing away, and taken where it does', async (t) => {
  t.throws(() => matchOffers([row('A', 'Requests-Tier2', '', { tiers: flat('0') })], ''), {
    code: 'PRICE_LIST_INVALID',
    message: 'list.json: SKU A: STANDARD.get is zero, which it is not.',
  });
  t.same(skus([row('A', 'Requests-Tier5', '', { tiers: flat('0') })]), { 'GLACIER.bulkRestore': 'A' });
});

t.test(
  'an old CSV: restores and transitions of what was sold then, and nothing of another name or place',
  async (t) => {
    const { parse } = await import('csv-parse/sync');
    const { readFileSync } = await import('node:fs');
    const { fixturePath } = await import('./offers.js');
    const cells = parse(readFileSync(fixturePath('bulk-offer.csv')), {
      relax_column_count: true,
    }) as string[][];
    const rows = cells.map((own, at) => ({ line: at + 1, cells: own }));
    const offers = csvOffers('list.csv', rows, () => rows, places).filter(
      ({ region }) => region === 'eu-west-1',
    );
    t.same(skus(offers, 'EU'), {
      'STANDARD.storage': 'BWCSVSTANDARD001',
      'STANDARD.put': 'BWCSVTIER1000001',
      'STANDARD.get': 'BWCSVTIER2000001',
      'STANDARD.list': 'BWCSVTIER1000001',
      'GLACIER.storage': 'BWCSVGLACIER0001',
      'GLACIER.transitionInto': 'BWCSVTIER3000001',
      'GLACIER.standardRestore': 'BWCSVTIER3000001',
      'REDUCED_REDUNDANCY.put': 'BWCSVTIER1000001',
      'REDUCED_REDUNDANCY.get': 'BWCSVTIER2000001',
    });
    t.same(
      matchOffers(offers, 'EU').leftOut.map(({ offer: { sku } }) => sku),
      ['BWCSVNAME0000001'],
    );
  },
);
