import t from 'tap';
import { minimumDays } from '../../src/pricing/early-deletes.js';
import type { EarlyDeleteUsage } from '../../src/pricing/usage.js';
import { assumed, GB, rows, size } from './month.js';

const unsaid =
  'The days left of an early delete are counted in GB-months of the billed month, and without the 40 KiB an archived object carries; AWS does not say so directly.';
const gone = (
  name: EarlyDeleteUsage['class'],
  daysStored: number,
  more: Partial<EarlyDeleteUsage> = {},
): { earlyDeletes: EarlyDeleteUsage[] } => ({
  earlyDeletes: [{ class: name, objects: 30n, bytes: 30n * GB, sizes: [size(GB, 30n)], daysStored, ...more }],
});

t.test('the least days of each class', async (t) => {
  t.same(minimumDays, { STANDARD_IA: 30, ONEZONE_IA: 30, GLACIER_IR: 90, GLACIER: 90, DEEP_ARCHIVE: 180 });
});

for (const [name, minimum, usageType, oneDay, allDays] of [
  ['STANDARD_IA', 30, 'EarlyDelete-SIA', '0.0125', '0.375'],
  ['ONEZONE_IA', 30, 'EarlyDelete-ZIA', '0.01', '0.3'],
  ['GLACIER_IR', 90, 'EarlyDelete-GIR', '0.004', '0.36'],
  ['GLACIER', 90, 'EarlyDelete-ByteHrs', '0.0036', '0.324'],
  ['DEEP_ARCHIVE', 180, 'EarlyDelete-GDA', '0.00099', '0.1782'],
] as const)
  t.test(`removed from ${name} before ${minimum} days, the days left are billed`, async (t) => {
    const line = (left: number, usd: string) => [
      'storage',
      `Early delete, ${name}`,
      usageType,
      '',
      name,
      `${left} GB-month`,
      usd,
      `Removed after ${minimum - left} of at least ${minimum} days: ${left} more are billed.`,
    ];
    t.same(rows(gone(name, minimum - 1)), [line(1, oneDay)]);
    t.same(assumed(gone(name, minimum - 1)), [unsaid]);
    t.same(rows(gone(name, 0)), [line(minimum, allDays)]);
    for (const days of [minimum, minimum + 1]) {
      t.same(rows(gone(name, days)), []);
      t.same(assumed(gone(name, days)), [
        `30 objects removed from ${name} after ${days} days cost nothing: its minimum is ${minimum} days.`,
      ]);
    }
  });

for (const name of ['STANDARD', 'INTELLIGENT_TIERING', 'EXPRESS_ONEZONE', 'REDUCED_REDUNDANCY'] as const)
  t.test(`removing from ${name} costs nothing, and the bill says so`, async (t) => {
    t.same(rows(gone(name, 0, { objects: 3000n })), []);
    t.same(assumed(gone(name, 0, { objects: 3000n })), [
      `3,000 objects removed from ${name} cost nothing: it has no minimum duration.`,
    ]);
  });

t.test('nothing removed is no line and no word', async (t) => {
  const nothing = gone('GLACIER', 0, { objects: 0n, bytes: 0n, sizes: [] });
  t.same(rows(nothing), []);
  t.same(assumed(nothing), []);
});

for (const [name, minimum, usageType, usd] of [
  ['STANDARD_IA', 30, 'EarlyDelete-SIA-SmObjects', '0.0125'],
  ['ONEZONE_IA', 30, 'EarlyDelete-ZIA-SmObjects', '0.01'],
  ['GLACIER_IR', 90, 'EarlyDelete-GIR-SmObjects', '0.004'],
] as const)
  t.test(`small objects removed early from ${name} are padded to 128 KiB`, async (t) => {
    // 30 × 16,384 objects of 64 KiB miss 64 KiB each: 30 GB, of which a day is a GB-month.
    const sizes = [size(65_536n, 491_520n), size(131_072n, 8192n)];
    const removed = gone(name, minimum - 1, { objects: 499_712n, bytes: 31n * GB, sizes });
    t.same(rows(removed)[1], [
      'overhead',
      `Early delete, padding to 128 KiB, ${name}`,
      usageType,
      '',
      name,
      '1 GB-month',
      usd,
      '491,520 objects below 128 KiB are billed as 128 KiB each: 30 GiB more.',
    ]);
    t.equal(rows(removed).length, 2);
  });

t.test('without sizes the average decides the padding, and the archives have none', async (t) => {
  const of = (name: EarlyDeleteUsage['class']) => ({
    earlyDeletes: [{ class: name, objects: 16_384n, bytes: GB, daysStored: 0 }],
  });
  t.same(assumed(of('GLACIER_IR')), [
    unsaid,
    'No sizes were given for GLACIER_IR: all 16,384 objects are taken to have the average size of 64 KiB (128 KiB floor of an early delete).',
  ]);
  t.equal(rows(of('GLACIER_IR')).length, 2);
  t.equal(rows(of('GLACIER')).length, 1);
  t.same(assumed(of('GLACIER')), [unsaid]);
});
