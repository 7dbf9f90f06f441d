import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { planImport } from '../../src/app/price-import.js';
import { show } from '../../src/app/shown.js';
import { parsePriceFile } from '../../src/pricing/price-file.js';
import { createWorld } from '../../src/world.js';
import { fixture, fixturePath, samples } from '../pricing/offers.js';

const shipped = join(import.meta.dirname, '..', '..', 'pricing');
const given = createWorld({ environment: {} });
const look = { width: 120, colour: false };

/** Two Regions of the shipped book in a folder of their own. */
function book(t: { testdir(): string }, regions = ['us-east-1', 'eu-west-1']): string {
  const dir = join(t.testdir(), 'book');
  mkdirSync(dir);
  for (const region of regions) cpSync(join(shipped, `${region}.json`), join(dir, `${region}.json`));
  return dir;
}

const plan = (dir: string, files: readonly string[], more: { regions?: string[]; date?: string } = {}) =>
  planImport(given, { files: files.map(fixturePath), regions: [], dir, ...more });

const texts = (dir: string) =>
  Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'utf8')]));
const cards = (dir: string, region: string) => {
  const name = `${region}.json`;
  return parsePriceFile(readFileSync(join(dir, name), 'utf8'), name).cards;
};

t.test('a plan writes nothing; writing it changes every Region of the list that is known', async (t) => {
  const dir = book(t);
  const before = texts(dir);
  const planned = await plan(dir, ['bulk-offer.json']);
  t.equal(planned.changed, 2);
  t.equal(planned.shown.value.written, false);
  t.same(texts(dir), before);
  const done = await planned.write();
  t.equal(done.value.written, true);
  t.same({ ...done.value, written: false }, planned.shown.value);
  t.same(
    done.value.regions.map(({ region, outcome, card }) => [region, outcome, card]),
    [
      ['eu-west-1', 'checked', '2025-10-22'],
      ['us-east-1', 'new-card', '2027-01-01'],
    ],
  );
  t.same(
    cards(dir, 'us-east-1').map(({ date }) => date),
    ['2025-10-22', '2027-01-01'],
  );
  t.same(done.value.lists, [
    {
      file: fixturePath('bulk-offer.json'),
      offerCode: 'AmazonS3',
      version: '20270104120000',
      publicationDate: '2027-01-04',
      prices: 16,
    },
  ]);
  t.match(done.value.leftOut, [
    { sku: 'BWOVERHEAD000001', region: 'us-east-1', usageType: 'TimedStorage-ByteHrs' },
  ]);
  t.same(done.value.elsewhere, []);
});

t.test('the same list again writes nothing and says so', async (t) => {
  const dir = book(t);
  await (await plan(dir, ['bulk-offer.json'])).write();
  const after = texts(dir);
  const again = await plan(dir, ['bulk-offer.json']);
  t.equal(again.changed, 0);
  const done = await again.write();
  t.equal(done.value.written, false);
  t.same(texts(dir), after);
  t.ok(done.value.regions.every(({ outcome }) => outcome === 'known'));
});

t.test('both offers together make one card; the decoy of S3 is not the price of Deep Archive', async (t) => {
  const dir = book(t);
  const planned = await plan(dir, ['bulk-offer.json', 'deep-archive-offer.json'], { regions: ['us-east-1'] });
  const [region] = planned.shown.value.regions;
  t.same(
    region?.changes.map(({ id, tiers }) => [id, tiers.at(-1)?.after.toString()]),
    [
      ['STANDARD.storage', '0.0205'],
      ['STANDARD.get', '0.00000041'],
      ['INTELLIGENT_TIERING.archiveAccessExpeditedRetrieval', '0.031'],
      ['REDUCED_REDUNDANCY.get', '0.00000041'],
      ['DEEP_ARCHIVE.storage', '0.001'],
    ],
  );
  t.equal(planned.changed, 1);
  await planned.write();
  t.equal(cards(dir, 'eu-west-1').length, 1, 'the Region that was not asked for is left alone');
});

t.test('one offer after the other comes to the same prices as both together', async (t) => {
  const [apart, together] = [book(t, ['us-east-1']), join(t.testdirName, 'together')];
  cpSync(apart, together, { recursive: true });
  await (await plan(apart, ['bulk-offer.json'])).write();
  await (await plan(apart, ['deep-archive-offer.json'])).write();
  await (await plan(together, ['deep-archive-offer.json', 'bulk-offer.json'])).write();
  const prices = (dir: string) => cards(dir, 'us-east-1').map(({ date, prices }) => [date, prices]);
  t.same(prices(apart), prices(together));
});

t.test('--date decides the day of the card', async (t) => {
  const dir = book(t);
  await (await plan(dir, ['bulk-offer.json'], { date: '2027-03-01', regions: ['us-east-1'] })).write();
  t.equal(cards(dir, 'us-east-1').at(-1)?.date, '2027-03-01');
  await t.rejects(plan(dir, ['bulk-offer.json'], { date: '2027-3-1' }), { code: 'DAY_INVALID' });
});

t.test('an old CSV goes in before the first card and leaves it alone', async (t) => {
  const dir = book(t);
  const [first] = cards(dir, 'eu-west-1');
  const planned = await plan(dir, ['bulk-offer.csv']);
  t.match(planned.shown.value, {
    regions: [
      {
        region: 'eu-west-1',
        outcome: 'new-card',
        card: '2024-06-01',
        nextCard: '2025-10-22',
        cardBefore: null,
      },
    ],
    elsewhere: [{ place: 'Atlantis', prices: 1 }],
    leftOut: [{ sku: 'BWCSVNAME0000001' }],
  });
  await planned.write();
  const after = cards(dir, 'eu-west-1');
  t.same(
    after.map(({ date }) => date),
    ['2024-06-01', '2025-10-22'],
  );
  t.same(after[1], first);
});

t.test('every form tells the change', async (t) => {
  const { shown } = await plan(book(t), ['bulk-offer.json', 'deep-archive-offer.json']);
  const table = show(shown, 'table', look);
  for (const words of [
    'AmazonS3, version 20270104120000, published 2027-01-04, 16 on-demand prices',
    'us-east-1: a new card of 2027-01-01 after the card of 2025-10-22',
    '11 prices identical, 5 changed; 86 prices not in the lists, kept as before',
    'eu-west-1: the card of 2025-10-22 agrees with the lists of 2027-01-01; one line says so in it',
    /STANDARD\.get +request +\$0\.0000004 +\$0\.00000041 +\+2\.50 % +Requests-Tier2/,
    /STANDARD\.storage +GB-month +51200 +\$0\.023 +\$0\.023 {2,}TimedStorage-ByteHrs/,
    /STANDARD\.storage +GB-month +\$0\.021 +\$0\.0205 +−2\.38 % +TimedStorage-ByteHrs/,
    /GET requests +\$140\.30 +\$140\.50 +\$0\.20/,
    'Left out, because they are no price of a rate card',
    'SKU BWOVERHEAD000001, TimedStorage-ByteHrs in us-east-1: its volume type "INTAAS3ObjectOverhead" is not "Standard"',
  ])
    t.match(table, words);
  t.match(show(shown, 'md', look), /\| STANDARD\.get \| request \|/);
  const csv = show(shown, 'csv', look).split('\r\n');
  t.equal(csv[0], 'region,card,price,unit,upTo,before,after,percent,usageType,operation,sku');
  t.equal(
    csv.find((line) => line.includes(',STANDARD.get,')),
    'us-east-1,2027-01-01,STANDARD.get,request,Inf,0.0000004,0.00000041,2.50,Requests-Tier2,,BWTIER2000000001',
  );
  t.match(JSON.parse(show(shown, 'json', look)), { schemaVersion: 1, written: false });
  t.throws(() => show(shown, 'html', look), { code: 'FORMAT_UNKNOWN' });
});

t.test('what cannot be taken writes nothing and says which file and what', async (t) => {
  const dir = book(t);
  const before = texts(dir);
  const other = join(t.testdirName, 'other.json');
  const bulk = fixture('bulk-offer.json') as { products: object; terms: object; offerCode: string };
  const write = (value: unknown) => writeFileSync(other, JSON.stringify(value));
  const refused = async (more: { regions?: string[] }, code: string, message: RegExp) => {
    const request = { files: [fixturePath('deep-archive-offer.json'), other], regions: [], dir, ...more };
    await t.rejects(planImport(given, request), { code, message });
    t.same(texts(dir), before);
  };
  write({ ...bulk, offerCode: 'AmazonEC2' });
  await refused({}, 'PRICE_LIST_INVALID', /other\.json: the file: it is the price list of "AmazonEC2"/);
  writeFileSync(other, '{"products": ');
  await refused({}, 'PRICE_LIST_UNREADABLE', /other\.json: it is not whole JSON/);
  write(bulk);
  await refused({ regions: ['mars-1'] }, 'REGION_UNKNOWN', /"mars-1"/);
  await refused({ regions: ['us-esat-1'] }, 'REGION_UNKNOWN', /Did you mean "us-east-1"\?/);
  await t.rejects(planImport(given, { files: ['/nowhere.json'], regions: [], dir }), {
    code: 'FILE_MISSING',
  });
});

t.test('a list without a known Region, or without the one asked for, is refused', async (t) => {
  const dir = book(t, ['us-west-2', 'us-east-1']);
  await t.rejects(plan(dir, ['bulk-offer.csv']), {
    code: 'PRICE_LIST_INVALID',
    message:
      /bulk-offer\.csv: the Regions bucketwise has price files for: it holds no price that a rate card has\./,
  });
  await t.rejects(plan(dir, ['get-products.json'], { regions: ['us-west-2'] }), {
    code: 'PRICE_LIST_INVALID',
    message: /get-products\.json: Region us-west-2: it holds no price that a rate card has\./,
  });
});

t.test('a Region of which a list holds only what no rate card does is refused', async (t) => {
  const dir = book(t);
  const path = join(t.testdirName, 'one.json');
  const { PriceList } = fixture('get-products.json') as { PriceList: string[] };
  const nowhere = PriceList[2]!.replace(
    '"regionCode": "us-east-1", "location": "US East (N. Virginia)"',
    '"location": ""',
  );
  writeFileSync(path, JSON.stringify([PriceList[1]!, nowhere]));
  t.same((await planImport(given, { files: [path], regions: [], dir })).shown.value.elsewhere, [
    { place: 'no place', prices: 1 },
  ]);
  writeFileSync(path, JSON.stringify([PriceList[1]!.replaceAll('Requests-Tier1', 'Requests-Tier9')]));
  for (const regions of [[], ['us-east-1']])
    await t.rejects(planImport(given, { files: [path], regions, dir }), {
      code: 'PRICE_LIST_INVALID',
      message: /one\.json: (Region us-east-1|the Regions bucketwise has price files for): it holds no price/,
    });
  const elsewhere = [path, fixturePath('bulk-offer.csv')];
  const { shown } = await planImport(given, { files: elsewhere, regions: [], dir });
  t.same(
    shown.value.regions.map(({ region }) => region),
    ['eu-west-1'],
    'beside another Region it is passed over',
  );
});

t.test('a price file that is not of its Region, or changed since the plan, is not written', async (t) => {
  const dir = book(t);
  const planned = await plan(dir, ['bulk-offer.json']);
  const changed = `${texts(dir)['eu-west-1.json']}\n`;
  writeFileSync(join(dir, 'eu-west-1.json'), changed);
  const before = texts(dir);
  await t.rejects(planned.write(), { code: 'CONDITION_FAILED', message: /eu-west-1\.json/ });
  t.same(texts(dir), before);
  cpSync(join(dir, 'us-east-1.json'), join(dir, 'us-west-2.json'));
  await t.rejects(plan(dir, ['bulk-offer.json']), {
    code: 'PRICE_CARD_INVALID',
    message: /us-west-2\.json: it is of the Region "us-east-1"/,
  });
});

t.test(
  samples ? 'the captured lists change nothing that they agree with' : 'no captured lists are at hand',
  async (t) => {
    if (!samples) {
      t.notOk(samples);
      return;
    }
    const dir = book(t);
    const files = ['AmazonS3.us-east-1.sample.json', 'AmazonS3-eu-west-1.index.csv'].map((name) =>
      join(samples!, name),
    );
    const { shown } = await planImport(given, { files, regions: [], dir });
    t.match(shown.value, {
      regions: [
        { region: 'eu-west-1', outcome: 'new-card', card: '2018-03-01', identical: 0 },
        { region: 'us-east-1', outcome: 'checked', identical: 18, changes: [] },
      ],
      leftOut: [{ sku: 'INVALID NAME' }],
      elsewhere: [{ place: 'UNKNOWN', prices: 1 }],
    });
    t.equal(shown.value.regions[0]?.changes.length, 35);
  },
);

t.test(
  samples ? 'a bulk offer of all 36 Regions made from the facts confirms every card' : 'no facts are at hand',
  async (t) => {
    if (!samples) {
      t.notOk(samples);
      return;
    }
    const dir = t.testdir();
    writeOffers(dir);
    const files = ['AmazonS3', 'AmazonS3GlacierDeepArchive'].map((code) => join(dir, `${code}.json`));
    const { shown } = await planImport(given, { files, regions: [] });
    const { regions } = shown.value;
    t.equal(regions.length, 36);
    const changes = regions.flatMap((one) => one.changes);
    t.equal(changes.length, 6, 'the one price whose unit was inferred is confirmed where it is sold');
    for (const { id, confidence, tiers } of changes) {
      t.equal(id, 'fees.metadataObject');
      t.same(confidence, { before: 'inferred', after: 'verified' });
      for (const tier of tiers) t.equal(String(tier.after), String(tier.before));
    }
    const kept = regions.flatMap((one) => one.kept.map((id) => `${one.region} ${id}`));
    t.equal(kept.length, 28, 'only the inferred prices of Deep Archive are in no list');
    t.ok(kept.every((one) => /^(ap-east-2|ap-southeast-[67]|mx-central-1) DEEP_ARCHIVE\./.test(one)));
    t.equal(
      regions.reduce((sum, { identical }) => sum + identical, 0),
      3368,
    );
    const virginia = regions.find(({ region }) => region === 'us-east-1');
    t.equal(virginia?.identical, 101);
  },
);

interface Facts {
  readonly regions: Readonly<
    Record<
      string,
      Readonly<Record<string, { unit: string; rates: [string, string, string][]; sku?: string }>>
    >
  >;
}

/** What the facts of each Region would look like as the two bulk offers of AWS. */
function writeOffers(dir: string): void {
  const facts = JSON.parse(readFileSync(join(samples!, '..', 'usage-type-prices.json'), 'utf8')) as Facts;
  for (const code of ['AmazonS3', 'AmazonS3GlacierDeepArchive']) {
    const products: Record<string, object> = {};
    const OnDemand: Record<string, object> = {};
    for (const [regionCode, prices] of Object.entries(facts.regions))
      for (const [meter, { unit, rates }] of Object.entries(prices)) {
        const [usagetype = '', operation = ''] = meter.split(':');
        const isDeep = /GDA-(ByteHrs|Tier[135])|EarlyDelete-GDA/.test(usagetype);
        if (isDeep !== (code === 'AmazonS3GlacierDeepArchive')) continue;
        const sku = `${regionCode} ${meter}`;
        products[sku] = {
          sku,
          attributes: { usagetype, operation, regionCode, volumeType: volumeOf(usagetype) },
        };
        const dimensions = rates.map(([beginRange, endRange, USD]) => ({
          unit: unit === 'not-transcribed' ? (usagetype.endsWith('-Objects') ? 'Objects' : 'Updates') : unit,
          beginRange,
          endRange,
          pricePerUnit: { USD },
        }));
        OnDemand[sku] = { term: { effectiveDate: '2026-09-01', priceDimensions: { ...dimensions } } };
      }
    const list = {
      offerCode: code,
      version: '1',
      publicationDate: '2026-09-18',
      products,
      terms: { OnDemand },
    };
    writeFileSync(join(dir, `${code}.json`), JSON.stringify(list));
  }
}

function volumeOf(usageType: string): string {
  const names: readonly (readonly [RegExp, string])[] = [
    [/Tables-/, 'Tables'],
    [/TagStorage/, 'Tags'],
    [/SIA-ByteHrs/, 'Standard - Infrequent Access'],
    [/ZIA-ByteHrs/, 'One Zone - Infrequent Access'],
    [/RRS/, 'Reduced Redundancy'],
    [/GlacierByteHrs/, 'Amazon Glacier'],
    [/TimedStorage-ByteHrs/, 'Standard'],
  ];
  return names.find(([pattern]) => pattern.test(usageType))?.[1] ?? '';
}
