import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parsePriceFile } from '../../src/pricing/price-file.js';
import { priceText } from './card.js';
import { refusal } from './month.js';

const files = readdirSync(join(import.meta.dirname, '..', '..', 'pricing'));

t.test('every one of the 36 Regions holds every price, each with its own unit', async (t) => {
  t.equal(files.length, 36);
  for (const file of files)
    t.doesNotThrow(() => parsePriceFile(priceText(file.replace('.json', '')), file), file);
});

// biome-ignore lint/suspicious/noExplicitAny: the file is damaged on purpose, in ways its type forbids
type Damage = (file: any) => void;

type Case = readonly [what: string, damage: Damage, why: RegExp];

const tiersOf =
  (group: string, name: string, tiers: unknown): Damage =>
  (file) =>
    (file.cards[0].prices[group][name].tiers = tiers);

const damages: readonly Case[] = [
  [
    'a missing class',
    (file) => delete file.cards[0].prices.GLACIER_IR,
    /^Price file us-east-1\.json: prices lacks GLACIER_IR\.$/,
  ],
  [
    'an unknown class',
    (file) => (file.cards[0].prices.COLD = {}),
    /^Price file us-east-1\.json: prices holds COLD, which is not known\.$/,
  ],
  ['a missing price', (file) => delete file.cards[0].prices.STANDARD.put, /: STANDARD lacks put\.$/],
  [
    'an unknown price',
    (file) => (file.cards[0].prices.STANDARD.patch = {}),
    /: STANDARD holds patch, which is not known\.$/,
  ],
  [
    'another unit',
    (file) => (file.cards[0].prices.STANDARD.put.unit = 'GB'),
    /: STANDARD\.put is per GB, not per request\.$/,
  ],
  [
    'a price of zero',
    (file) => (file.cards[0].prices.STANDARD.get.tiers = [['Inf', '0.000']]),
    /: STANDARD\.get is zero, which it is not\.$/,
  ],
  [
    'a float',
    (file) => (file.cards[0].prices.STANDARD.get.tiers = [['Inf', 4e-7]]),
    /: STANDARD\.get has a price that is no decimal\.$/,
  ],
  ['no price', (file) => (file.cards[0].prices.STANDARD.get.tiers = []), /: STANDARD\.get has no price\.$/],
  [
    'a last tier that ends',
    (file) => (file.cards[0].prices.STANDARD.get.tiers = [['5', '1']]),
    /: STANDARD\.get has a tier that ends at 5\.$/,
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
  ['no day', (file) => (file.cards[0].date = '2026-02-30'), /"2026-02-30" is not a day/],
  ['checks that are no texts', (file) => (file.cards[0].checks = [1]), /checks is no list of texts/],
  ['a source that is no text', (file) => (file.cards[0].sources.memory = 1), /source memory is missing/],
  [
    'an absence with a price',
    (file) => (file.cards[0].prices.STANDARD.transitionInto.tiers = [['Inf', '1']]),
    /STANDARD\.transitionInto holds tiers, which is not known/,
  ],
  [
    'a first tier that does not end',
    tiersOf('STANDARD', 'storage', [
      ['Inf', '2'],
      ['Inf', '1'],
    ]),
    /^Price file us-east-1\.json: STANDARD\.storage has a tier that ends at Inf\.$/,
  ],
  [
    'a tier that ends at nothing',
    tiersOf('STANDARD', 'storage', [
      ['0', '2'],
      ['Inf', '1'],
    ]),
    /has a tier that ends at 0\.$/,
  ],
  [
    'a tier that ends at a fraction',
    tiersOf('STANDARD', 'storage', [
      ['5.5', '2'],
      ['Inf', '1'],
    ]),
    /has a tier that ends at 5\.5\.$/,
  ],
  [
    'a tier that ends after words',
    tiersOf('STANDARD', 'storage', [
      ['to 5', '2'],
      ['Inf', '1'],
    ]),
    /has a tier that ends at to 5\.$/,
  ],
  [
    'two tiers with one end',
    tiersOf('STANDARD', 'storage', [
      ['5', '3'],
      ['5', '2'],
      ['Inf', '1'],
    ]),
    /STANDARD\.storage has tiers out of order\.$/,
  ],
  [
    'a third tier before the second',
    tiersOf('STANDARD', 'storage', [
      ['5', '4'],
      ['9', '3'],
      ['7', '2'],
      ['Inf', '1'],
    ]),
    /STANDARD\.storage has tiers out of order\.$/,
  ],
  [
    'a negative price',
    tiersOf('STANDARD', 'get', [['Inf', '-1']]),
    /STANDARD\.get has a price that is no decimal\.$/,
  ],
  [
    'an exponent',
    tiersOf('STANDARD', 'get', [['Inf', '4e-7']]),
    /STANDARD\.get has a price that is no decimal\.$/,
  ],
  [
    'a price with a unit before it',
    tiersOf('STANDARD', 'get', [['Inf', 'USD 1']]),
    /STANDARD\.get has a price that is no decimal\.$/,
  ],
  [
    'a price without its decimals',
    tiersOf('STANDARD', 'get', [['Inf', '1.']]),
    /STANDARD\.get has a price that is no decimal\.$/,
  ],
  [
    'no price for a tier',
    tiersOf('STANDARD', 'get', [['Inf']]),
    /STANDARD\.get has a price that is no decimal\.$/,
  ],
  [
    'a tier that is no pair',
    tiersOf('STANDARD', 'get', [5]),
    /STANDARD\.get has a price that is no decimal\.$/,
  ],
  ['tiers that are none', tiersOf('STANDARD', 'get', 'Inf'), /STANDARD\.get has no price\.$/],
  [
    'zero without decimals',
    tiersOf('STANDARD', 'get', [['Inf', '0']]),
    /STANDARD\.get is zero, which it is not\.$/,
  ],
  [
    'a price that is null',
    (file) => (file.cards[0].prices.STANDARD.get = null),
    /: STANDARD\.get is missing\.$/,
  ],
  [
    'a price that is a number',
    (file) => (file.cards[0].prices.STANDARD.get = 4),
    /: STANDARD\.get is missing\.$/,
  ],
  [
    'an unknown word in a price',
    (file) => (file.cards[0].prices.STANDARD.get.colour = ''),
    /: STANDARD\.get holds colour, which is not known\.$/,
  ],
  [
    'another confidence',
    (file) => (file.cards[0].prices.STANDARD.get.confidence = 'sure'),
    /: STANDARD\.get has no known confidence: sure\.$/,
  ],
  [
    'another absence',
    (file) => (file.cards[0].prices.STANDARD.transitionInto.absent = 'lost'),
    /: STANDARD\.transitionInto is absent for no known reason: lost\.$/,
  ],
  [
    'an absence without a reason',
    (file) => delete file.cards[0].prices.STANDARD.transitionInto.why,
    /: STANDARD\.transitionInto lacks why\.$/,
  ],
  ...['unit', 'tiers', 'usageType', 'operation', 'sku', 'source', 'confidence', 'note'].map(
    (name): Case => [
      `a price without ${name}`,
      (file) => delete file.cards[0].prices.STANDARD.get[name],
      name === 'unit'
        ? /: STANDARD\.get is per undefined, not per request\.$/
        : new RegExp(`: STANDARD\\.get lacks ${name}\\.$`),
    ],
  ),
  ...['usageType', 'operation', 'sku', 'note'].map(
    (name): Case => [
      `a price whose ${name} is a number`,
      (file) => (file.cards[0].prices.STANDARD.get[name] = 5),
      new RegExp(`: STANDARD\\.get ${name} is missing\\.$`),
    ],
  ),
  [
    'a source that is no list',
    (file) => (file.cards[0].prices.STANDARD.get.source = 'x'),
    /: STANDARD\.get source is no list of texts\.$/,
  ],
  [
    'sources that are no texts',
    (file) => (file.cards[0].prices.STANDARD.get.source = [5]),
    /: STANDARD\.get source is no list of texts\.$/,
  ],
  ...['schemaVersion', 'region', 'location', 'usageTypePrefix', 'cards'].map(
    (name): Case => [`no ${name}`, (file) => delete file[name], new RegExp(`: the file lacks ${name}\\.$`)],
  ),
  ...['region', 'location', 'usageTypePrefix'].map(
    (name): Case => [
      `a ${name} that is a number`,
      (file) => (file[name] = 5),
      new RegExp(`: ${name} is missing\\.$`),
    ],
  ),
  [
    'a word the file does not know',
    (file) => (file.colour = 'red'),
    /: the file holds colour, which is not known\.$/,
  ],
  ...['date', 'sources', 'checks', 'prices'].map(
    (name): Case => [
      `a card without ${name}`,
      (file) => delete file.cards[0][name],
      new RegExp(`: a card lacks ${name}\\.$`),
    ],
  ),
  [
    'a word a card does not know',
    (file) => (file.cards[0].colour = 'red'),
    /: a card holds colour, which is not known\.$/,
  ],
  ['a card that is a text', (file) => (file.cards[0] = 'x'), /: a card is missing\.$/],
  ['a card that is a list', (file) => (file.cards[0] = []), /: a card is missing\.$/],
  ['prices that are a list', (file) => (file.cards[0].prices = []), /: prices is missing\.$/],
  ['sources that are a list', (file) => (file.cards[0].sources = []), /: sources is missing\.$/],
  ['checks that are a text', (file) => (file.cards[0].checks = 'x'), /: checks is no list of texts\.$/],
  ['a group that is a list', (file) => (file.cards[0].prices.STANDARD = []), /: STANDARD is missing\.$/],
  ['a date that is a number', (file) => (file.cards[0].date = 5), /: date is missing\.$/],
  ['cards that are no list', (file) => (file.cards = {}), /: it has no cards\.$/],
  [
    'a price that is a number',
    tiersOf('STANDARD', 'get', [['Inf', 1]]),
    /: STANDARD\.get has a price that is no decimal\.$/,
  ],
  ['a card twice', (file) => file.cards.push(file.cards[0]), /: two cards have the same date\.$/],
  ['no cards', (file) => (file.cards = []), /: it has no cards\.$/],
  ['another version', (file) => (file.schemaVersion = 2), /: schemaVersion is not 1\.$/],
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

for (const text of ['[]', 'null', '5', '"file"'])
  t.test(`${text} is no price file`, async (t) => {
    t.equal(
      refusal(() => parsePriceFile(text, 'a.json')),
      'PRICE_CARD_INVALID: Price file a.json: the file is missing.',
    );
  });

t.test('a card dated by no day is refused', async (t) => {
  const file = JSON.parse(priceText('us-east-1'));
  file.cards[0].date = '2025-02-30';
  t.equal(
    refusal(() => parsePriceFile(JSON.stringify(file), 'us-east-1.json')),
    'PRICE_CARD_INVALID: Price file us-east-1.json: "2025-02-30" is not a day.',
  );
});

t.test('zero is a price where AWS gives it away', async (t) => {
  const file = JSON.parse(priceText('us-east-1'));
  file.cards[0].prices.STANDARD.delete.tiers = [['Inf', '0.00']];
  t.doesNotThrow(() => parsePriceFile(JSON.stringify(file), 'us-east-1.json'));
});

t.test('a price may have many digits before its point', async (t) => {
  const file = JSON.parse(priceText('us-east-1'));
  file.cards[0].prices.STANDARD.put.tiers = [['Inf', '1234.5']];
  const { put } = parsePriceFile(JSON.stringify(file), 'us-east-1.json').cards[0]!.prices.STANDARD;
  t.equal('tiers' in put && `${put.tiers[0]?.rate.usdPerUnit}`, '1234.5');
});

t.test('cards come oldest first, whatever their order in the file', async (t) => {
  const file = JSON.parse(priceText('us-east-1'));
  const [card] = file.cards;
  file.cards = ['2025-06-01', '2026-01-01', '2025-01-01'].map((date) => ({ ...card, date }));
  const { region, cards } = parsePriceFile(JSON.stringify(file), 'us-east-1.json');
  t.equal(region, 'us-east-1');
  t.same(
    cards.map(({ date }) => date),
    ['2025-01-01', '2025-06-01', '2026-01-01'],
  );
});

t.test('a card is read whole', async (t) => {
  const file = JSON.parse(priceText('ap-northeast-2'));
  Object.assign(file.cards[0], { checks: ['checked twice'], sources: { a: 'the source' } });
  Object.assign(file.cards[0].prices.STANDARD.storage, { note: 'noted', operation: 'op', sku: 'SKU' });
  const [card] = parsePriceFile(JSON.stringify(file), 'ap-northeast-2.json').cards;
  const { prices, ...head } = card!;
  t.same(head, {
    region: 'ap-northeast-2',
    location: file.location,
    usageTypePrefix: 'APN2',
    date: '2025-10-22',
    sources: { a: 'the source' },
    checks: ['checked twice'],
  });
  t.same(JSON.parse(JSON.stringify({ ...prices.STANDARD.storage, tiers: undefined })), {
    id: 'STANDARD.storage',
    unit: 'GB-month',
    usageType: 'APN2-TimedStorage-ByteHrs',
    operation: 'op',
    sku: 'SKU',
    source: file.cards[0].prices.STANDARD.storage.source,
    confidence: 'verified',
    note: 'noted',
  });
  const { storage } = prices.STANDARD;
  t.same(
    'tiers' in storage && storage.tiers.map(({ upTo, rate }) => [upTo, rate.unit, `${rate.usdPerUnit}`]),
    [
      [51_200n, 'GB-month', '0.025'],
      [512_000n, 'GB-month', '0.024'],
      [undefined, 'GB-month', '0.023'],
    ],
  );
  t.same(prices.STANDARD.transitionInto, { absent: 'not-possible', why: 'not possible' });
});
