import t from 'tap';
import { reconciled } from './reconciled.js';
import { rowOf } from './synthetic-bill.js';

const storage = (quantity: string, listCost: string, operation = 'StandardStorage') =>
  rowOf({ usageType: 'TimedStorage-ByteHrs', operation, quantity, listCost, unit: 'GB-Mo' });

t.test('a thousand PUTs cost half a cent, and the error is nothing', async (t) => {
  const { matched, unexplained } = reconciled([rowOf()]);
  t.match(matched.groups[0], {
    region: 'us-east-1',
    month: '2026-11',
    usageType: 'Requests-Tier1',
    operations: ['PutObject'],
    price: 'STANDARD.put',
    rateCardDate: '2025-10-22',
    unit: 'request',
  });
  t.same(JSON.parse(JSON.stringify([matched.ours, matched.difference, matched.errorPercent, unexplained])), [
    '0.005',
    '0',
    '0',
    { amount: '0', percent: '0' },
  ]);
});

t.test('tiers are counted over all rows of a usage type, whatever their operation', async (t) => {
  // 51,200 × 0.023 + 800 × 0.022 = 1,177.6 + 17.6
  const rows = [
    storage('30000', '690'),
    storage('21200', '487.6', 'GlacierS3ObjectOverhead'),
    storage('800', '17.6', 'RestoreObject'),
  ];
  const { groups } = reconciled(rows).matched;
  t.equal(groups.length, 1);
  t.match(groups[0]!.operations, ['GlacierS3ObjectOverhead', 'RestoreObject', 'StandardStorage']);
  t.equal(groups[0]!.ours.toString(), '1195.2');
  t.equal(groups[0]!.difference.toString(), '0');
  t.same(
    groups[0]!.tiers.map(({ upTo, quantity }) => [upTo, quantity.toString()]),
    [
      ['51200', '51200'],
      ['512000', '800'],
    ],
  );
});

t.test('each month and each Region counts its own tiers', async (t) => {
  const rows = [
    storage('51200', '1177.6'),
    { ...storage('51200', '1177.6'), month: '2026-10' },
    { ...storage('51200', '1280'), usageType: 'APN2-TimedStorage-ByteHrs' },
  ];
  const { groups, difference } = reconciled(rows).matched;
  t.equal(groups.length, 3);
  t.equal(difference.toString(), '0');
});

t.test('other usage of the account fills the tiers first', async (t) => {
  const row = storage('100', '2.2');
  const offset = reconciled([row], { offsets: { 'TimedStorage-ByteHrs': '51200' } });
  t.equal(offset.matched.ours.toString(), '2.2');
  t.match(offset.assumptions.join(), '51200 of TimedStorage-ByteHrs were used elsewhere');
  const seoul = { ...storage('100', '2.4'), usageType: 'APN2-TimedStorage-ByteHrs' };
  const own = reconciled([row, seoul], { offsets: { 'APN2-TimedStorage-ByteHrs': '51200' } });
  t.same(
    own.matched.groups.map((one) => [one.region, one.ours.toString()]).sort(),
    [
      ['ap-northeast-2', '2.4'],
      ['us-east-1', '2.3'],
    ],
    'with a prefix it holds in that Region alone',
  );
  const none = reconciled([row], { offsets: { 'TimedStorage-ByteHours': '5' } });
  t.match(none.assumptions.join(), 'No row here is of a usage type TimedStorage-ByteHours');
});

t.test('a wrong charge is a difference with its percent, and the worst comes first', async (t) => {
  const rows = [
    rowOf({ listCost: '0.004' }),
    rowOf({ usageType: 'Requests-Tier2', quantity: '1000000', listCost: '0.5' }),
    rowOf({ usageType: 'StorageObjectCount', quantity: '7', listCost: '0' }),
  ];
  const { matched, unexplained } = reconciled(rows);
  t.same(
    matched.groups.map((one) => [one.usageType, one.difference.toString(), String(one.errorPercent)]),
    [
      ['Requests-Tier2', '-0.1', '-20'],
      ['Requests-Tier1', '0.001', '25'],
      ['StorageObjectCount', '0', '0'],
    ],
  );
  t.equal(matched.difference.toString(), '-0.099');
  t.equal(unexplained.amount.toString(), '0.101', 'errors of two signs do not cancel out');
  t.equal(String(unexplained.percent), '20.039683');
});

t.test('what is not understood counts as unexplained', async (t) => {
  const { unexplained } = reconciled([rowOf(), rowOf({ usageType: 'Odd', listCost: '0.005' })]);
  t.equal(String(unexplained.percent), '50');
});

t.test('what should have cost something and was not billed has no percent', async (t) => {
  const { matched, unexplained } = reconciled([rowOf({ listCost: '0' })]);
  t.equal(matched.groups[0]!.errorPercent, null);
  t.equal(matched.groups[0]!.difference.toString(), '0.005');
  t.equal(unexplained.percent, null);
});

t.test('what is free and was charged is an error', async (t) => {
  const { groups } = reconciled([rowOf({ usageType: 'CloudFront-Out-Bytes', listCost: '3' })]).matched;
  t.match(groups[0], { price: 'free', note: 'transfer to CloudFront is free' });
  t.equal(groups[0]!.difference.toString(), '-3');
});

t.test('what is free of egress lies inside the first tier', async (t) => {
  const egress = (quantity: string, listCost: string, description: string) =>
    rowOf({ usageType: 'DataTransfer-Out-Bytes', operation: 'GetObject', quantity, listCost, description });
  // 10,240 GB in the first tier: 100 of them free, 10,140 × 0.09; then 60 × 0.085.
  const rows = [
    egress('100', '0', '$0.000 per GB - data transfer out under the monthly global free tier'),
    egress(
      '10140',
      '912.6',
      '$0.090 per GB - first 10 TB / month data transfer out beyond the global free tier',
    ),
    egress('60', '5.1', '$0.085 per GB - next 40 TB / month data transfer out'),
  ];
  const { matched, assumptions } = reconciled(rows);
  t.equal(matched.difference.toString(), '0');
  t.same(matched.groups.map((one) => one.price).sort(), ['free', 'network.internetOut']);
  t.match(assumptions.join(), 'inside a free tier');
});

t.test('public prices are compared where the bill has them, and what was charged beside', async (t) => {
  const discounted = rowOf({ listCost: '0.005', billedCost: '0.004' });
  const { matched, billed } = reconciled([discounted]);
  t.equal(matched.difference.toString(), '0');
  t.same(
    [matched.listed.toString(), matched.billed.toString(), billed.toString()],
    ['0.005', '0.004', '0.004'],
  );
  const none = reconciled([rowOf({ listCost: '', billedCost: '0.005' })]);
  t.equal(none.matched.difference.toString(), '0');
  t.match(none.assumptions.join(), '1 matched rows have no cost at public prices');
});

t.test('two spellings of one meter share their tiers', async (t) => {
  const rows = [
    rowOf({ usageType: 'Requests-Tier1' }),
    rowOf({ usageType: 'USE1-Requests-Tier1' }),
    rowOf({ usageType: 'Requests-Tier1', operation: 'ListBucket' }),
  ];
  const { groups } = reconciled(rows).matched;
  t.equal(groups.length, 1);
  t.equal(groups[0]!.rows, 3);
});

t.test('a month before the first rate card is said to be compared with a later one', async (t) => {
  const { assumptions, matched } = reconciled([rowOf({ month: '2024-09' })]);
  t.equal(matched.difference.toString(), '0');
  t.match(assumptions.join(), /first rate card of us-east-1 is of 2025-10-22: 2024-09/);
});

t.test('an empty bill is nothing, not an error', async (t) => {
  const { billed, rows, unexplained } = reconciled([]);
  t.same([billed.toString(), rows, String(unexplained.percent)], ['0', 0, '0']);
});
