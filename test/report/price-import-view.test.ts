import t from 'tap';
import { parseDay } from '../../src/kernel/day.js';
import { parsePriceFile } from '../../src/pricing/price-file.js';
import { importedRegion, type PriceImport } from '../../src/pricing/price-import.js';
import type { OfferPrice } from '../../src/pricing/price-list.js';
import { matchOffers } from '../../src/pricing/price-match.js';
import { mergePrices } from '../../src/pricing/price-merge.js';
import { importCsv, importMarkdown, importText } from '../../src/report/price-import-view.js';
import { priceText } from '../pricing/card.js';
import { flat, offer } from '../pricing/offers.js';

const file = (region: string) => parsePriceFile(priceText(region), `${region}.json`);

function done(offers: readonly OfferPrice[], date?: string, of = file('us-east-1')): PriceImport {
  const { prices } = matchOffers(offers, of.cards[0]!.usageTypePrefix);
  const merge = mergePrices(of, prices, date === undefined ? undefined : parseDay(date));
  const lists: PriceImport['lists'] = [];
  return {
    schemaVersion: 1,
    written: false,
    lists,
    regions: [importedRegion(merge)],
    leftOut: [],
    elsewhere: [],
  };
}

t.test(
  'a change reads as before, after and percent; what it means in dollars stands beneath, section by section',
  async (t) => {
    // By hand: PUT 5 + 10 + 10 + 5 + 20 + 30 + 50 + 1.13 + 5, LIST 8 × 0.5 + 0.113, GET as in reference-month.test.
    const text = importText(done([offer({ tiers: flat('0.0000003') })]), 120);
    t.equal(
      text,
      `
us-east-1: a new card of 2027-01-01 after the card of 2025-10-22
  0 prices identical, 2 changed; 100 prices not in the lists, kept as before

Price                   Unit     Up to      Before       After    Change  Usage type
──────────────────────  ───────  ─────  ──────────  ──────────  ────────  ──────────────
STANDARD.get            request         $0.0000004  $0.0000003  −25.00 %  Requests-Tier2
REDUCED_REDUNDANCY.get  request         $0.0000004  $0.0000003  −25.00 %  Requests-Tier2

A reference month (600 TiB STANDARD, 10 TiB in each other class, requests in each), a month:

Section                   Before       After  Difference
────────────────────  ──────────  ──────────  ──────────
Storage               $15,604.12  $15,604.12       $0.00
Padding and overhead     $144.32     $144.32       $0.00
PUT requests             $136.13     $136.13       $0.00
GET requests             $140.30     $138.30      −$2.00
LIST requests              $4.11       $4.11       $0.00
Total                 $16,028.99  $16,026.99      −$2.00`,
    );
  },
);

t.test('a list that agrees, and one that was read before, are one sentence without a table', async (t) => {
  const same = [offer({})];
  const of = file('us-east-1');
  t.equal(
    importText(done(same), 120),
    '\nus-east-1: the card of 2025-10-22 agrees with the lists of 2027-01-01; one line says so in it\n  2 prices identical, 0 changed; 100 prices not in the lists, kept as before',
  );
  const read = mergePrices(of, matchOffers(same, '').prices, undefined).file;
  t.match(
    importText(done(same, undefined, read), 120),
    'us-east-1: the card of 2025-10-22 holds these lists already',
  );
});

t.test('a first card and a card that changes in place say so, and until when', async (t) => {
  const dearer = [offer({ tiers: flat('0.0000005') })];
  const first = importText(done(dearer, '2018-03-01'), 120);
  t.match(
    first,
    'us-east-1: a first card of 2018-03-01, holding only what the lists hold, in force until the card of 2025-10-22\n  0 prices identical, 2 changed\n',
  );
  t.match(first, /STANDARD\.get +request +unknown +\$0\.0000005 {10}Requests-Tier2/);
  t.match(first, /Total +\$0\.00\n/, 'there is no bill before, and none after');
  t.match(first, /Not in the reference month:\n {2}- STANDARD storage\n/);
  const inPlace = importText(done(dearer, '2025-10-22'), 120);
  t.match(inPlace, 'us-east-1: new prices in the card of 2025-10-22\n');
  const two = mergePrices(file('us-east-1'), matchOffers(dearer, '').prices, undefined).file;
  const between = importText(done([offer({ tiers: flat('0.0000006') })], '2026-05-01', two), 120);
  t.match(
    between,
    'us-east-1: a new card of 2026-05-01 after the card of 2025-10-22, in force until the card of 2027-01-01\n',
  );
});

t.test('a price that becomes sure, and a tier that is no more, are told', async (t) => {
  const of = file('mx-central-1');
  const before = of.cards[0]!.prices.DEEP_ARCHIVE.standardRestore;
  if ('absent' in before) throw new Error('it has a price');
  const restore = offer({
    offerCode: 'AmazonS3GlacierDeepArchive',
    usageType: 'MXC1-Requests-GDA-Tier3',
    tiers: flat(`${before.tiers[0]!.rate.usdPerUnit}`),
  });
  t.match(
    importText(done([restore], undefined, of), 140),
    /DEEP_ARCHIVE\.standardRestore +request +(\$[\d.]+) +\1 +was inferred +MXC1-Requests-GDA-Tier3/,
  );
  const storage = { usageType: 'TimedStorage-ByteHrs', volumeType: 'Standard', unit: 'GB-Mo' };
  const text = importText(done([offer({ ...storage, tiers: flat('0.02') })]), 120);
  t.match(text, 'STANDARD.storage: there is no tier up to 51200, 512000 any more\n');
  t.match(text, /STANDARD\.storage +GB-month +\$0\.021 +\$0\.02 +−4\.76 % /);
});

t.test('lists, rows left out and places elsewhere are named', async (t) => {
  const value: PriceImport = {
    ...done([offer({})]),
    lists: [
      {
        file: 'a.json',
        offerCode: 'AmazonS3',
        version: '1',
        publicationDate: parseDay('2027-01-04'),
        prices: 1,
      },
    ],
    leftOut: [
      {
        file: 'a.json',
        sku: 'X',
        region: 'us-east-1',
        usageType: 'Requests-Tier3',
        operation: 'RestoreObject',
        why: 'so',
      },
      {
        file: 'a.json',
        sku: 'Y',
        region: 'us-east-1',
        usageType: 'Requests-Tier2',
        operation: '',
        why: 'it is',
      },
    ],
    elsewhere: [
      { place: 'Atlantis', prices: 1 },
      { place: 'cn-north-1', prices: 2 },
    ],
  };
  const text = importText(value, 120);
  t.match(text, /^a\.json: AmazonS3, version 1, published 2027-01-04, 1 on-demand price\n\nus-east-1/);
  t.match(
    text,
    `
Left out, because they are no price of a rate card:
  - SKU X, Requests-Tier3 RestoreObject in us-east-1: so
  - SKU Y, Requests-Tier2 in us-east-1: it is

Not of a Region there is a price file for:
  - Atlantis: 1 price
  - cn-north-1: 2 prices`,
  );
});

t.test('an operation stands beside its usage type; Markdown has the same tables', async (t) => {
  const restore = [
    offer({ usageType: 'Requests-Tier3', operation: 'RestoreObject', tiers: flat('0.00006') }),
  ];
  t.match(importText(done(restore), 140), /\+20\.00 % +Requests-Tier3 RestoreObject\n/);
  const markdown = importMarkdown(done(restore));
  t.match(
    markdown,
    '| GLACIER.standardRestore | request |  | $0.00005 | $0.00006 | +20.00 % | Requests-Tier3 RestoreObject |',
  );
  t.match(markdown, /\n$/);
});

t.test('CSV has a row for each changed tier, with empty cells where nothing was', async (t) => {
  const rows = importCsv(done([offer({ sku: 'GET', tiers: flat('0.0000005') })], '2018-03-01')).split('\r\n');
  t.same(rows, [
    'region,card,price,unit,upTo,before,after,percent,usageType,operation,sku',
    'us-east-1,2018-03-01,STANDARD.get,request,Inf,,0.0000005,,Requests-Tier2,,GET',
    'us-east-1,2018-03-01,REDUCED_REDUNDANCY.get,request,Inf,,0.0000005,,Requests-Tier2,,GET',
    '',
  ]);
});
