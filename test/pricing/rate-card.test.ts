import t from 'tap';
import { accessTiers, storageClasses } from '../../src/kernel/s3.js';
import {
  absences,
  allPrices,
  billingCode,
  confidences,
  firstRate,
  priceOf,
  storagePrice,
  withoutPrefix,
  withPrefix,
  withPrefixAlways,
} from '../../src/pricing/rate-card.js';
import { cardOf } from './card.js';
import { refusal } from './month.js';

t.test('a price is found by its group and name', async (t) => {
  const price = priceOf(cardOf('us-east-1'), 'STANDARD_IA', 'put');
  t.equal(price.id, 'STANDARD_IA.put');
  t.equal(price.unit, 'request');
  t.equal(price.usageType, 'Requests-SIA-Tier1');
  t.equal(firstRate(price).usdPerUnit.toString(), '0.00001');
});

t.test('the first rate is the one of the first tier', async (t) => {
  t.equal(firstRate(storagePrice(cardOf('us-east-1'), 'STANDARD')).usdPerUnit.toString(), '0.023');
});

t.test(
  'a price that is not there is refused with the Region, the class, the unit and the reason',
  async (t) => {
    t.equal(
      refusal(() => priceOf(cardOf('eu-central-1'), 'EXPRESS_ONEZONE', 'put')),
      'PRICE_MISSING: There is no price for EXPRESS_ONEZONE put per request (not sold as of 2025-10-22) in eu-central-1.',
    );
    t.equal(
      refusal(() => priceOf(cardOf('us-west-2'), 'services', 'firehoseIngest')),
      'PRICE_MISSING: There is no price for services firehoseIngest per GB (no public price was found) in us-west-2.',
    );
    t.equal(
      refusal(() => priceOf(cardOf('us-east-1'), 'STANDARD', 'transitionInto')),
      'PRICE_MISSING: There is no price for STANDARD transitionInto per request (not possible) in us-east-1.',
    );
  },
);

t.test('each class and access tier is stored at its own price', async (t) => {
  const card = cardOf('us-east-1');
  const classes = storageClasses.map((name) => `${name} ${storagePrice(card, name).id}`);
  t.same(classes, [
    'STANDARD STANDARD.storage',
    'STANDARD_IA STANDARD_IA.storage',
    'ONEZONE_IA ONEZONE_IA.storage',
    'INTELLIGENT_TIERING INTELLIGENT_TIERING.frequentStorage',
    'GLACIER_IR GLACIER_IR.storage',
    'GLACIER GLACIER.storage',
    'DEEP_ARCHIVE DEEP_ARCHIVE.storage',
    'EXPRESS_ONEZONE EXPRESS_ONEZONE.storage',
    'REDUCED_REDUNDANCY REDUCED_REDUNDANCY.storage',
  ]);
  const tiers = accessTiers.map((tier) => storagePrice(card, 'INTELLIGENT_TIERING', tier).usageType);
  t.same(tiers, [
    'TimedStorage-INT-FA-ByteHrs',
    'TimedStorage-INT-IA-ByteHrs',
    'TimedStorage-INT-AIA-ByteHrs',
    'TimedStorage-INT-AA-ByteHrs',
    'TimedStorage-INT-DAA-ByteHrs',
  ]);
});

t.test('all prices are those that are there', async (t) => {
  const ids = allPrices(cardOf('us-west-2')).map(({ id }) => id);
  t.equal(new Set(ids).size, ids.length);
  t.ok(ids.includes('STANDARD.storage') && ids.includes('services.kmsKey'));
  for (const absent of ['services.firehoseIngest', 'STANDARD.transitionInto', undefined])
    t.notOk(ids.includes(absent as string), absent ?? 'nothing without an id');
});

t.test('usage types are named as the Region does', async (t) => {
  const [east, seoul] = [cardOf('us-east-1'), cardOf('ap-northeast-2')];
  t.same([billingCode(east), billingCode(seoul)], ['USE1', 'APN2']);
  t.same(
    [withPrefix(east, 'NatGateway-Hours'), withPrefix(seoul, 'NatGateway-Hours')],
    ['NatGateway-Hours', 'APN2-NatGateway-Hours'],
  );
  t.same(
    [withPrefixAlways(east, 'BilledBytes'), withPrefixAlways(seoul, 'BilledBytes')],
    ['USE1-BilledBytes', 'APN2-BilledBytes'],
  );
});

t.test('the prefix of the Region is taken off, and only that', async (t) => {
  const [east, seoul] = [cardOf('us-east-1'), cardOf('ap-northeast-2')];
  t.equal(withoutPrefix(east, 'TimedStorage-ByteHrs'), 'TimedStorage-ByteHrs');
  t.equal(withoutPrefix(east, 'USE1-StorageLens-ObjCount'), 'StorageLens-ObjCount');
  t.equal(withoutPrefix(seoul, 'APN2-TimedStorage-ByteHrs'), 'TimedStorage-ByteHrs');
  t.equal(withoutPrefix(seoul, 'APN1-TimedStorage-ByteHrs'), 'APN1-TimedStorage-ByteHrs');
  t.equal(withoutPrefix(seoul, 'X-APN2-Y'), 'X-APN2-Y');
});

t.test('the words for what is known of a price, and why there is none', async (t) => {
  t.same(confidences, ['verified', 'documented', 'inferred', 'unconfirmed']);
  t.same(absences, ['unknown', 'not-sold', 'not-possible']);
});
