import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parsePriceFile } from '../../src/pricing/price-file.js';
import { priceText } from './card.js';

const files = readdirSync(join(import.meta.dirname, '..', '..', 'pricing'));

t.test('every one of the 36 Regions holds every price, each with its own unit', async (t) => {
  t.equal(files.length, 36);
  for (const file of files)
    t.doesNotThrow(() => parsePriceFile(priceText(file.replace('.json', '')), file), file);
});

// biome-ignore lint/suspicious/noExplicitAny: the file is damaged on purpose, in ways its type forbids
type Damage = (file: any) => void;

const damages: readonly (readonly [string, Damage, RegExp])[] = [
  ['a missing class', (file) => delete file.cards[0].prices.GLACIER_IR, /prices lacks GLACIER_IR/],
  ['an unknown class', (file) => (file.cards[0].prices.COLD = {}), /prices holds COLD/],
  ['a missing price', (file) => delete file.cards[0].prices.STANDARD.put, /STANDARD lacks put/],
  ['an unknown price', (file) => (file.cards[0].prices.STANDARD.patch = {}), /STANDARD holds patch/],
  [
    'another unit',
    (file) => (file.cards[0].prices.STANDARD.put.unit = 'GB'),
    /STANDARD\.put is per GB, not per request/,
  ],
  [
    'a price of zero',
    (file) => (file.cards[0].prices.STANDARD.get.tiers = [['Inf', '0.000']]),
    /STANDARD\.get is zero/,
  ],
  [
    'a float',
    (file) => (file.cards[0].prices.STANDARD.get.tiers = [['Inf', 4e-7]]),
    /STANDARD\.get has a price that is no decimal/,
  ],
  ['no price', (file) => (file.cards[0].prices.STANDARD.get.tiers = []), /STANDARD\.get has no price/],
  [
    'a last tier that ends',
    (file) => (file.cards[0].prices.STANDARD.get.tiers = [['5', '1']]),
    /a tier that ends at 5/,
  ],
  [
    'tiers out of order',
    (file) =>
      (file.cards[0].prices.STANDARD.storage.tiers = [
        ['9', '3'],
        ['5', '2'],
        ['Inf', '1'],
      ]),
    /STANDARD\.storage has tiers out of order/,
  ],
  [
    'a tier that is no pair',
    (file) => (file.cards[0].prices.STANDARD.get.tiers = [null]),
    /STANDARD\.get has a price that is no decimal/,
  ],
  ['no day', (file) => (file.cards[0].date = '2026-02-30'), /"2026-02-30" is not a day/],
  ['checks that are no texts', (file) => (file.cards[0].checks = [1]), /checks is no list of texts/],
  ['checks that are no list', (file) => (file.cards[0].checks = 'x'), /checks is no list of texts/],
  ['a source that is no text', (file) => (file.cards[0].sources.memory = 1), /source memory is missing/],
  [
    'a source that is no list',
    (file) => (file.cards[0].prices.STANDARD.get.source = 'x'),
    /STANDARD\.get source is no list of texts/,
  ],
  ['no text for a Region', (file) => (file.region = 1), /region is missing/],
  [
    'an absence without reason',
    (file) => (file.cards[0].prices.STANDARD.transitionInto.absent = 'lost'),
    /STANDARD\.transitionInto is absent for no known reason: lost/,
  ],
  [
    'an absence with a price',
    (file) => (file.cards[0].prices.STANDARD.transitionInto.tiers = [['Inf', '1']]),
    /STANDARD\.transitionInto holds tiers, which is not known/,
  ],
  [
    'a confidence that is none',
    (file) => (file.cards[0].prices.STANDARD.put.confidence = 'sure'),
    /STANDARD\.put has no known confidence: sure/,
  ],
  ['a price that is null', (file) => (file.cards[0].prices.STANDARD.put = null), /STANDARD\.put is missing/],
  [
    'a middle tier that is no number',
    (file) => (file.cards[0].prices.STANDARD.storage.tiers[0][0] = '0'),
    /STANDARD\.storage has a tier that ends at 0/,
  ],
  [
    'tiers that end at the same',
    (file) => (file.cards[0].prices.STANDARD.storage.tiers[1][0] = '51200'),
    /STANDARD\.storage has tiers out of order/,
  ],
  ['a card twice', (file) => file.cards.push(file.cards[0]), /two cards have the same date/],
  ['no cards', (file) => (file.cards = []), /no cards/],
  ['another version', (file) => (file.schemaVersion = 2), /schemaVersion/],
];

for (const [what, damage, why] of damages)
  t.test(`a file with ${what} is refused by name`, async (t) => {
    const file = JSON.parse(priceText('us-east-1'));
    damage(file);
    t.throws(() => parsePriceFile(JSON.stringify(file), 'us-east-1.json'), {
      code: 'PRICE_CARD_INVALID',
      message: why,
    });
  });

t.test('a cut file is refused', async (t) => {
  t.throws(() => parsePriceFile(priceText('us-east-1').slice(0, 4000), 'us-east-1.json'), {
    code: 'PRICE_CARD_INVALID',
    message: /us-east-1\.json: it is not JSON/,
  });
});

t.test('a file that holds no object is refused', async (t) => {
  for (const text of ['[]', 'null', '"x"'])
    t.throws(() => parsePriceFile(text, 'x.json'), { message: 'Price file x.json: the file is missing.' });
});
