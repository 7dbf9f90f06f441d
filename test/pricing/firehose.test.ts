import t from 'tap';
import type { FirehoseUsage } from '../../src/pricing/usage.js';
import { assumed, GB, refusal, rows } from './month.js';

/** eu-west-2 has every price of Firehose: 0.035, 0.021, 0.01 a GB and 0.011 an hour. */
const put = (more: Partial<FirehoseUsage>, region = 'eu-west-2') => ({
  region,
  firehose: { bytes: 0n, convertFormat: false, ...more },
});
const side = (name: string, usageType: string, quantity: string, usd: string, note = ''): string[] => [
  'side bills',
  name,
  usageType,
  '',
  '',
  quantity,
  usd,
  note,
];
const rounded =
  'Firehose bills each record as whole 5 KiB: the bytes are taken as rounded already (give records).';
const oneSize = 'Records put into Firehose are taken to have one size, each billed as whole 5 KiB.';

t.test('bytes without their records are billed as they are', async (t) => {
  t.same(rows(put({ bytes: 10n * GB })), [side('Firehose, ingestion', 'EUW2-BilledBytes', '10 GB', '0.35')]);
  t.equal(assumed(put({ bytes: 10n * GB }))[0], rounded);
  t.notOk(assumed(put({ bytes: 10n * GB })).includes(oneSize));
});

t.test('each record is billed as whole 5 KiB', async (t) => {
  for (const [bytes, records, billed] of [
    [5120n * 200n, 200n, '0.00095367431640625'],
    [5120n * 200n - 1n, 200n, '0.00095367431640625'],
    [5120n * 200n + 1n, 200n, '0.0019073486328125'],
    [1n, 200n, '0.00095367431640625'],
    [10_240n * 200n, 200n, '0.0019073486328125'],
  ] as const)
    t.equal(rows(put({ bytes, records }))[0]?.[5], `${billed} GB`, `${bytes} in ${records}`);
});

t.test('rounding is explained with its numbers, and none is not', async (t) => {
  const note = '1,000 records are billed as whole 5 KiB each: 5,120,000 bytes for 1,024,000.';
  const made = put({ bytes: 1_024_000n, records: 1000n, convertFormat: true });
  t.same(
    rows(made).map((line) => [line[1], line[7]]),
    [
      ['Firehose, ingestion', note],
      ['Firehose, format conversion', note],
    ],
  );
  t.equal(assumed(made)[0], oneSize);
  t.notOk(assumed(made).includes(rounded));
  t.equal(rows(put({ bytes: 5_120_000n, records: 1000n }))[0]?.[7], '');
});

t.test('no records are no reason to round, and no bytes to say anything', async (t) => {
  t.equal(rows(put({ bytes: GB, records: 0n }))[0]?.[5], '1 GB');
  t.same(assumed(put({})), []);
  t.same(assumed(put({ records: 0n })), []);
  t.same(rows(put({})), []);
});

t.test('format conversion and delivery into a VPC are lines of their own', async (t) => {
  const all = put({ bytes: 10n * GB, convertFormat: true, vpc: { zones: 2n, hours: 100n, bytes: 5n * GB } });
  t.same(rows(all), [
    side('Firehose, ingestion', 'EUW2-BilledBytes', '10 GB', '0.35'),
    side('Firehose, format conversion', 'EUW2-FormatConversion-Bytes', '10 GB', '0.21'),
    side('Firehose, VPC delivery', 'EUW2-VpcDelivery-Bytes', '5 GB', '0.05'),
    side('Firehose, VPC delivery hours', 'EUW2-VpcDelivery-Hours', '200 hour', '2.2'),
  ]);
});

t.test('a price nobody published is an error where it is used, and only there', async (t) => {
  t.equal(
    refusal(() => rows(put({ bytes: 1n }, 'us-west-2'))),
    'PRICE_MISSING: There is no price for services firehoseIngest per GB (no public price was found) in us-west-2.',
  );
  t.same(rows(put({ convertFormat: true, vpc: { zones: 0n, hours: 720n, bytes: 0n } }, 'us-west-2')), []);
  t.equal(
    refusal(() => rows(put({ vpc: { zones: 1n, hours: 1n, bytes: 0n } }, 'us-west-2'))),
    'PRICE_MISSING: There is no price for services firehoseVpcHour per hour (no public price was found) in us-west-2.',
  );
  t.equal(
    refusal(() => rows(put({ vpc: { zones: 0n, hours: 0n, bytes: 1n } }, 'us-west-2'))),
    'PRICE_MISSING: There is no price for services firehoseVpcData per GB (no public price was found) in us-west-2.',
  );
});

t.test('a price that is not confirmed is named', async (t) => {
  t.same(assumed(put({ bytes: 1n, convertFormat: true }, 'us-east-1')), [
    rounded,
    'The account has no other BilledBytes, so that its tiers start at zero (say otherwise with tierOffsetGB or --tier-offset).',
    'The price services.firehoseIngest is unconfirmed: also in one old personal note.',
    'The price services.firehoseConversion is unconfirmed.',
  ]);
});
