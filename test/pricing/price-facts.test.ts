/** Where the facts the prices came from are at hand, every storage and request price is compared with them again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { exactly } from '../../src/kernel/quantity.js';
import { type StorageClass, storageClasses } from '../../src/kernel/s3.js';
import { scaleUsd, usdFromText } from '../../src/kernel/usd.js';
import { cardOf } from './card.js';

/** Us-east-1 and Seoul, from the AWS price list: GB-month, then 1,000 PUT and 1,000 GET. */
const known: Readonly<
  Record<string, Readonly<Partial<Record<StorageClass, readonly [string, string, string]>>>>
> = {
  'us-east-1': {
    STANDARD: ['0.023', '0.005', '0.0004'],
    STANDARD_IA: ['0.0125', '0.01', '0.001'],
    GLACIER_IR: ['0.004', '0.02', '0.01'],
    GLACIER: ['0.0036', '0.03', '0.0004'],
    DEEP_ARCHIVE: ['0.00099', '0.05', '0.0004'],
  },
  'ap-northeast-2': {
    STANDARD: ['0.025', '0.0045', '0.00035'],
    STANDARD_IA: ['0.0138', '0.01', '0.001'],
    DEEP_ARCHIVE: ['0.002', '0.06', '0.00035'],
  },
};

const thousand = (text: string): string => scaleUsd(usdFromText(text), 1000n).toString();

t.test('prices published by AWS stand in the cards, for one request each', async (t) => {
  for (const [region, classes] of Object.entries(known)) {
    const { prices } = cardOf(region);
    for (const [name, [storage, put, get]] of Object.entries(classes)) {
      const group = prices[name as 'STANDARD'];
      t.match(group.storage, { tiers: [{ rate: { usdPerUnit: exactly(storage) } }] }, `${region} ${name}`);
      for (const [kind, wanted] of [
        ['put', put],
        ['get', get],
      ] as const) {
        const price = group[kind];
        if ('absent' in price) t.fail(`${region} ${name} ${kind} is absent`);
        else
          t.equal(thousand(price.tiers[0]!.rate.usdPerUnit.toString()), wanted, `${region} ${name} ${kind}`);
      }
    }
  }
});

const facts = process.env.BUCKETWISE_PRICE_FACTS;

t.test(
  facts
    ? 'every price equals the facts it was made from'
    : 'no facts are at hand: only the published prices were compared',
  async (t) => {
    if (!facts) {
      t.notOk(facts);
      return;
    }
    const { regions } = JSON.parse(readFileSync(join(facts, 's3-prices.json'), 'utf8'));
    let compared = 0;
    for (const region of Object.keys(regions)) {
      const { prices } = cardOf(region);
      for (const name of storageClasses) {
        const fact = regions[region].classes[name];
        for (const kind of ['put', 'get'] as const) {
          const price = prices[name][kind];
          if (typeof fact === 'string') t.ok('absent' in price, `${region} ${name} ${kind}: ${fact}`);
          else if ('absent' in price) t.fail(`${region} ${name} ${kind} is absent`);
          else
            t.equal(
              thousand(price.tiers[0]!.rate.usdPerUnit.toString()),
              usdFromText(fact[kind].usd).toString(),
              `${region} ${name} ${kind}`,
            );
          compared += 1;
        }
      }
    }
    t.equal(compared, 36 * storageClasses.length * 2);
  },
);
