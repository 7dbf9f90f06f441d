import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { entriesOf } from '../../src/pricing/price-book-check.js';
import { type Meter, meters } from '../../src/pricing/price-meters.js';
import { withoutPrefix } from '../../src/pricing/rate-card.js';
import { cardOf } from './card.js';

const regions = readdirSync(join(import.meta.dirname, '..', '..', 'pricing')).map((name) =>
  name.replace('.json', ''),
);
const byId = new Map<string, Meter>(meters.map((meter) => [meter.id, meter]));

t.test(
  'every price of all 36 Regions that has a usage type is read from that meter, and no other is',
  async (t) => {
    t.equal(regions.length, 36);
    const wrong = regions.flatMap((region) => {
      const card = cardOf(region);
      return entriesOf(card).flatMap(([id, price]) => {
        if ('absent' in price) return [];
        const { usageType = '', operation = '' } = byId.get(id) ?? {};
        return withoutPrefix(card, price.usageType) === usageType && price.operation === operation
          ? []
          : [`${region} ${id}`];
      });
    });
    t.same(wrong, []);
  },
);

t.test('a price has one meter', async (t) => {
  t.equal(byId.size, meters.length);
  t.equal(meters.length, 102);
});

t.test('eight prices of Deep Archive are in its own offer, the other five in that of S3', async (t) => {
  const own = meters.filter(({ offer }) => offer === 'AmazonS3GlacierDeepArchive').map(({ id }) => id);
  t.same(own, [
    'DEEP_ARCHIVE.storage',
    'DEEP_ARCHIVE.put',
    'DEEP_ARCHIVE.completeMultipart',
    'DEEP_ARCHIVE.initiateMultipart',
    'DEEP_ARCHIVE.uploadPart',
    'DEEP_ARCHIVE.standardRestore',
    'DEEP_ARCHIVE.bulkRestore',
    'DEEP_ARCHIVE.earlyDelete',
  ]);
  t.equal(meters.filter(({ id }) => id.startsWith('DEEP_ARCHIVE.')).length, 13);
});

t.test('two prices share a meter only where one of them borrows it', async (t) => {
  const owners = new Map<string, string[]>();
  for (const { usageType, operation, isBorrowed, id } of meters.filter((one) => !one.isBorrowed)) {
    t.notOk(isBorrowed);
    owners.set(`${usageType} ${operation}`, [...(owners.get(`${usageType} ${operation}`) ?? []), id]);
  }
  t.same(
    [...owners.values()].filter((ids) => ids.length > 1),
    [],
  );
  t.same(
    meters.filter((one) => one.isBorrowed).map(({ id }) => id),
    ['STANDARD.list', 'EXPRESS_ONEZONE.list', 'REDUCED_REDUNDANCY.put', 'REDUCED_REDUNDANCY.get'],
  );
});

t.test('the volume type is looked at where captured lists show it', async (t) => {
  t.same(
    meters.flatMap(({ id, volumeType }) => (volumeType === undefined ? [] : [[id, volumeType]])),
    [
      ['STANDARD.storage', 'Standard'],
      ['STANDARD_IA.storage', 'Standard - Infrequent Access'],
      ['ONEZONE_IA.storage', 'One Zone - Infrequent Access'],
      ['GLACIER.storage', 'Amazon Glacier'],
      ['REDUCED_REDUNDANCY.storage', 'Reduced Redundancy'],
      ['fees.tag', 'Tags'],
      ['s3Tables.storage', 'Tables'],
    ],
  );
});
