import fc from 'fast-check';
import t from 'tap';
import { type StorageClass, storageClasses } from '../../src/kernel/s3.js';
import { approximateUsd, compareUsd, subtractUsd, sumUsd } from '../../src/kernel/usd.js';
import { monthlyBill } from '../../src/pricing/monthly-bill.js';
import type { StorageUsage, Usage } from '../../src/pricing/usage.js';
import { cardOf, november } from './card.js';

const card = cardOf('us-east-1');
const usage = (parts: Partial<Usage>): Usage => ({
  region: 'us-east-1',
  month: november,
  tierOffsetGB: {},
  storage: [],
  requests: [],
  ...parts,
});
const held = (
  name: StorageClass,
  objects: bigint,
  bytes: bigint,
  more: Partial<StorageUsage> = {},
): StorageUsage => ({
  class: name,
  objects,
  bytes,
  ...more,
});

const anyClass = fc.constantFrom(...storageClasses);
const anyStorage = fc
  .tuple(
    anyClass,
    fc.bigInt(1n, 10n ** 13n),
    fc.bigInt(0n, 5n * 2n ** 60n),
    fc.option(fc.integer({ min: 0, max: 30 })),
  )
  .map(([name, objects, bytes, days]) => held(name, objects, bytes, days === null ? {} : { days }));
const anyRequests = fc
  .tuple(anyClass, fc.bigInt(0n, 10n ** 13n), fc.bigInt(0n, 10n ** 13n), fc.bigInt(0n, 10n ** 13n))
  .map(([name, put, get, list]) => ({ class: name, put, get, list, delete: 7n }));
const anyUsage = fc
  .tuple(fc.array(anyStorage, { maxLength: 6 }), fc.array(anyRequests, { maxLength: 6 }))
  .map(([storage, requests]) => usage({ storage, requests }));

t.test('a total is exactly the sum of its lines, in any order, and of its sections', async (t) => {
  fc.assert(
    fc.property(anyUsage, (made) => {
      const { total, lines, sections } = monthlyBill(made, card);
      const amounts = lines.map((line) => line.amount);
      t.equal(total.toString(), sumUsd(amounts.toReversed()).toString());
      t.equal(total.toString(), sumUsd(Object.values(sections)).toString());
    }),
  );
});

t.test('a line is exactly the sum of its tiers', async (t) => {
  fc.assert(
    fc.property(anyUsage, (made) => {
      for (const line of monthlyBill(made, card).lines)
        t.equal(line.amount.toString(), sumUsd(line.tiers.map((tier) => tier.amount)).toString());
    }),
  );
});

t.test('more bytes never cost less, and tiers have no jumps', async (t) => {
  const cost = (bytes: bigint) => monthlyBill(usage({ storage: [held('STANDARD', 1n, bytes)] }), card).total;
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 60n), fc.bigInt(0n, 2n ** 40n), (bytes, more) => {
      const step = subtractUsd(cost(bytes + more), cost(bytes));
      t.ok(approximateUsd(step) >= 0);
      t.ok(approximateUsd(step) <= (Number(more) / 2 ** 30) * 0.023 + 1e-9);
    }),
  );
});

t.test('the archive overhead of 8 KiB counts in the tiers of STANDARD', async (t) => {
  const gigabyte = 2n ** 30n;
  const storage = [held('STANDARD', 1n, 51_200n * gigabyte), held('GLACIER', 131_072n, 131_072n)];
  const names = monthlyBill(usage({ storage }), card).lines.find((line) =>
    line.name.startsWith('Archive names'),
  );
  t.equal(names?.usageType, 'TimedStorage-ByteHrs');
  t.equal(names?.operation, 'GlacierS3ObjectOverhead');
  // 131,072 × 8 KiB = 1 GB, all of it above the first 50 TB.
  t.equal(names?.amount.toString(), '0.022');
});

t.test('without sizes the average is assumed, and the bill says so', async (t) => {
  const { assumptions, sections } = monthlyBill(
    usage({ storage: [held('STANDARD_IA', 10n, 10_240n)] }),
    card,
  );
  t.match(assumptions.join(), /10 objects are taken to have the average size of 1 KiB/);
  t.ok(sections.overhead, 'padded');
});

t.test('a floor is explained with its numbers', async (t) => {
  const sizes = [
    { objectBytes: 10_240n, objects: 3n, bytes: 30_720n },
    { objectBytes: 200_000n, objects: 1n, bytes: 200_000n },
  ];
  const { lines } = monthlyBill(usage({ storage: [held('GLACIER_IR', 4n, 230_720n, { sizes })] }), card);
  t.match(
    lines.find((line) => line.section === 'overhead'),
    {
      usageType: 'TimedStorage-GIR-SmObjects',
      note: '3 objects below 128 KiB (30 KiB) are billed as 128 KiB each: 354 KiB more.',
    },
  );
});

t.test('DELETE is a line of nothing, and says why', async (t) => {
  const requests = [{ class: 'STANDARD' as const, put: 0n, list: 0n, get: 0n, delete: 5n }];
  const [line] = monthlyBill(usage({ requests }), card).lines;
  t.equal(line?.amount.toString(), '0');
  t.match(line?.note, 'free');
});

t.test('a class that is not sold in a Region is an error that names both, never zero', async (t) => {
  const made = usage({ region: 'eu-central-1', storage: [held('EXPRESS_ONEZONE', 1n, 1n)] });
  t.throws(() => monthlyBill(made, cardOf('eu-central-1')), {
    code: 'PRICE_MISSING',
    message: /EXPRESS_ONEZONE.*eu-central-1/,
  });
});

t.test('Seoul bills under its own prefix', async (t) => {
  const { lines } = monthlyBill(
    { ...usage({ storage: [held('STANDARD', 1n, 2n ** 30n)] }), region: 'ap-northeast-2' },
    cardOf('ap-northeast-2'),
  );
  t.equal(lines[0]?.usageType, 'APN2-TimedStorage-ByteHrs');
  t.equal(lines[0]?.amount.toString(), '0.025');
});

t.test('half a month costs half', async (t) => {
  const whole = monthlyBill(usage({ storage: [held('STANDARD', 1n, 2n ** 30n)] }), card).total;
  const half = monthlyBill(usage({ storage: [held('STANDARD', 1n, 2n ** 30n, { days: 15 })] }), card);
  t.equal(half.total.toString(), '0.0115');
  t.ok(compareUsd(half.total, whole) < 0);
  t.match(half.lines[0]?.note, 'Held for 15 of the 30 days of 2026-11.');
});
