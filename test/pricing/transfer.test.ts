import t from 'tap';
import type { TransferUsage } from '../../src/pricing/usage.js';
import { assumed, billOf, GB, refusal, rows, TB } from './month.js';

const of = (transfer: TransferUsage, region = 'us-east-1') => ({ region, transfer });

t.test('a NAT gateway costs by the hour and by the byte', async (t) => {
  const nat = of({ natGateways: { count: 2n, hours: 1000n, bytes: 100n * GB } });
  t.same(rows(nat), [
    ['transfer', 'NAT gateway, hours', 'NatGateway-Hours', '', '', '2000 hour', '90', '2 × 1,000 hours.'],
    [
      'transfer',
      'NAT gateway, bytes',
      'NatGateway-Bytes',
      '',
      '',
      '100 GB',
      '4.5',
      '100 GiB to and from S3; through a gateway endpoint they are free.',
    ],
  ]);
  t.same(assumed(nat), ['A NAT gateway charges for the bytes of both directions; they are taken as given.']);
  t.same(
    rows({ ...nat, region: 'ap-northeast-2' }).map((line) => [line[2], line[6]]),
    [
      ['APN2-NatGateway-Hours', '118'],
      ['APN2-NatGateway-Bytes', '5.9'],
    ],
  );
});

t.test('a NAT gateway that stands idle costs its hours, and none costs nothing', async (t) => {
  const idle = of({ natGateways: { count: 1n, hours: 1n, bytes: 0n } });
  t.same(
    rows(idle).map(([, name]) => name),
    ['NAT gateway, hours'],
  );
  t.same(assumed(idle), []);
  t.same(rows(of({ natGateways: { count: 0n, hours: 720n, bytes: 0n } })), []);
  t.same(rows(of({ natGateways: { count: 2n, hours: 0n, bytes: 0n } })), []);
});

t.test('an interface endpoint costs by zone and hour, and by the byte in tiers', async (t) => {
  const endpoint = of({ interfaceEndpoints: { zones: 3n, hours: 1000n, bytes: 1025n * TB } });
  t.same(rows(endpoint), [
    [
      'transfer',
      'Interface endpoint, hours',
      'VpcEndpoint-Hours',
      '',
      '',
      '3000 hour',
      '30',
      '3 zones × 1,000 hours.',
    ],
    // 1,024 TB at 0.01 and 1 TB at 0.006
    ['transfer', 'Interface endpoint, bytes', 'VpcEndpoint-Bytes', '', '', '1049600 GB', '10491.904', ''],
  ]);
  t.same(assumed(endpoint), [
    'The account has no other VpcEndpoint-Bytes, so that its tiers start at zero (say otherwise with tierOffsetGB or --tier-offset).',
  ]);
  t.same(
    rows(of({ interfaceEndpoints: { zones: 1n, hours: 0n, bytes: GB } })).map(([, name]) => name),
    ['Interface endpoint, bytes'],
  );
  t.same(
    rows(of({ interfaceEndpoints: { zones: 1n, hours: 1n, bytes: 0n } })).map(([, name]) => name),
    ['Interface endpoint, hours'],
  );
});

t.test('a gateway endpoint is free and stands on the bill', async (t) => {
  t.same(rows(of({ gatewayEndpoint: { bytes: GB } })), [
    ['transfer', 'Gateway endpoint, bytes', '', '', '', '1 GB', '0', 'A gateway endpoint is free.'],
  ]);
  t.same(rows(of({ gatewayEndpoint: { bytes: 0n } })), []);
});

const freeNote = 'The first 100 GB a month are free, over all services and Regions.';
const freeLine = (gigabytes: string) => [
  'transfer',
  'Out to the internet, free',
  'DataTransfer-Out-Bytes',
  '',
  '',
  `${gigabytes} GB`,
  '0',
  freeNote,
];
const paidLine = (gigabytes: string, usd: string) => [
  'transfer',
  'Out to the internet',
  'DataTransfer-Out-Bytes',
  '',
  '',
  `${gigabytes} GB`,
  usd,
  '',
];
const out = (bytes: bigint, more: object = {}) => ({ ...of({ internetOutBytes: bytes }), ...more });
const freeSaid =
  'The free 100 GB a month to the internet are the first of the first tier, and nothing else of the account uses them.';
const fromZero =
  'The account has no other DataTransfer-Out-Bytes, so that its tiers start at zero (say otherwise with tierOffsetGB or --tier-offset).';

t.test('the first 100 GB to the internet are free, and count in the tiers', async (t) => {
  t.same(rows(out(99n * GB)), [freeLine('99')]);
  t.same(rows(out(100n * GB)), [freeLine('100')]);
  t.same(rows(out(101n * GB)), [freeLine('100'), paidLine('1', '0.09')]);
  // 10,240 − 100 at 0.09, then 10 at 0.085
  t.same(rows(out(10_250n * GB)), [freeLine('100'), paidLine('10150', '913.45')]);
  t.same(assumed(out(GB)), [freeSaid, fromZero]);
  t.same(rows(out(0n)), []);
  t.same(assumed(out(0n)), []);
  t.same(rows(of({})), []);
});

t.test('what is free has its price of zero in each tier it touches', async (t) => {
  const [free, paid] = billOf(out(101n * GB)).lines;
  t.same([free?.price?.toString(), paid?.price?.toString()], ['0', '0.09']);
  t.same(
    free?.tiers.map((tier) => [tier.upTo, `${tier.price}`, `${tier.quantity}`]),
    [['10240', '0', '100']],
  );
});

t.test('an account with other traffic has used up what is free', async (t) => {
  const other = (offset: string) => ({ tierOffsetGB: { 'DataTransfer-Out-Bytes': offset } });
  t.same(rows(out(2n * GB, other('10239'))), [paidLine('2', '0.175')]);
  t.same(assumed(out(2n * GB, other('10239'))), []);
  t.same(rows(out(2n * GB, other('0'))), [paidLine('2', '0.18')]);
});

t.test('GovCloud has nothing free', async (t) => {
  for (const [region, type] of [
    ['us-gov-west-1', 'UGW1-DataTransfer-Out-Bytes'],
    ['us-gov-east-1', 'UGE1-DataTransfer-Out-Bytes'],
  ] as const) {
    const lines = rows(out(GB, { region }));
    t.same(
      lines.map((line) => [line[1], line[2], line[5]]),
      [['Out to the internet', type, '1 GB']],
    );
    t.same(assumed(out(GB, { region })), [fromZero]);
  }
});

const codes = { 'us-west-2': 'USW2', 'us-east-1': 'USE1', 'us-east-2': 'USE2', 'eu-west-1': 'EU' };
const send = (from: string, to: string, bytes = 100n * GB) => of({ crossRegion: [{ to, bytes }] }, from);
const onePrice = (from: string) =>
  `Bytes from ${from} to other Regions have one price here; AWS has one for each pair, which can differ for the newest Regions.`;

for (const [from, to, usageType, usd, says] of [
  ['us-east-1', 'us-west-2', 'USE1-USW2-AWS-Out-Bytes', '2', true],
  ['us-east-1', 'us-east-2', 'USE1-USE2-AWS-Out-Bytes', '1', false],
  ['us-east-2', 'us-east-1', 'USE2-USE1-AWS-Out-Bytes', '1', false],
  ['us-east-2', 'eu-west-1', 'USE2-EU-AWS-Out-Bytes', '2', true],
  ['us-west-2', 'us-east-1', 'USW2-USE1-AWS-Out-Bytes', '2', true],
  ['eu-west-1', 'mars-1', 'EU-mars-1-AWS-Out-Bytes', '2', true],
] as const)
  t.test(`bytes from ${from} to ${to}`, async (t) => {
    t.same(rows(send(from, to), codes), [['transfer', `To ${to}`, usageType, '', '', '100 GB', usd, '']]);
    t.same(assumed(send(from, to)), says ? [onePrice(from)] : []);
    t.same(rows(send(from, to, 0n), codes), []);
    t.same(assumed(send(from, to, 0n)), []);
  });

t.test('transfer comes in one order', async (t) => {
  const all = of({
    crossRegion: [
      { to: 'us-west-2', bytes: GB },
      { to: 'us-east-2', bytes: GB },
    ],
    internetOutBytes: 200n * GB,
    gatewayEndpoint: { bytes: GB },
    interfaceEndpoints: { zones: 1n, hours: 1n, bytes: GB },
    natGateways: { count: 1n, hours: 1n, bytes: GB },
  });
  t.same(
    rows(all).map(([, name]) => name),
    [
      'NAT gateway, hours',
      'NAT gateway, bytes',
      'Interface endpoint, hours',
      'Interface endpoint, bytes',
      'Gateway endpoint, bytes',
      'Out to the internet, free',
      'Out to the internet',
      'To us-west-2',
      'To us-east-2',
    ],
  );
});

t.test('between Regions elsewhere a price only us-east has is not asked for', async (t) => {
  t.equal(
    refusal(() => rows(send('us-west-2', 'us-west-2'))),
    'nothing was refused',
  );
});
