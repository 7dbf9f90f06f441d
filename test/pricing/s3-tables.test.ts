import t from 'tap';
import type { S3TablesUsage } from '../../src/pricing/usage.js';
import { assumed, GB, refusal, rows } from './month.js';

const none = {
  bytes: 0n,
  objects: 0n,
  put: 0n,
  get: 0n,
  compactedObjects: 0n,
  compactedBytes: 0n,
  sort: false,
};
const tables = (more: Partial<S3TablesUsage>, region = 'us-east-1') => ({
  region,
  s3Tables: { ...none, ...more },
});
const line = (name: string, usageType: string, quantity: string, usd: string): string[] => [
  's3 tables',
  `S3 Tables, ${name}`,
  usageType,
  '',
  '',
  quantity,
  usd,
  '',
];
const all = {
  bytes: 10n * GB,
  objects: 1000n,
  put: 1000n,
  get: 1000n,
  compactedObjects: 1000n,
  compactedBytes: 10n * GB,
};

t.test('S3 Tables are billed by their own prices', async (t) => {
  const lines = [
    line('storage', 'Tables-TimedStorage-ByteHrs', '10 GB-month', '0.265'),
    line('monitoring', 'Tables-MonitoredObjects', '1000 object-month', '0.025'),
    line('PUT and LIST', 'Tables-Requests-Tier1', '1000 request', '0.005'),
    line('GET', 'Tables-Requests-Tier2', '1000 request', '0.0004'),
  ];
  t.same(rows(tables(all)), [
    ...lines,
    line('objects compacted', 'Tables-CompactedObjects', '1000 object', '0.002'),
    line('bytes compacted', 'Tables-ProcessedBytes', '10 GB', '0.05'),
  ]);
  t.same(rows(tables({ ...all, sort: true })), [
    ...lines,
    line('objects compacted', 'Tables-SortCompactedObjects', '1000 object', '0.002'),
    line('bytes compacted', 'Tables-SortProcessedBytes', '10 GB', '0.1'),
  ]);
  t.same(assumed(tables(all)), [
    'The account has no other Tables-TimedStorage-ByteHrs, so that its tiers start at zero (say otherwise with tierOffsetGB or --tier-offset).',
  ]);
});

t.test('what is not used is no line, and needs no price', async (t) => {
  t.same(rows(tables({})), []);
  t.same(rows(tables({ sort: true }, 'us-gov-west-1')), []);
  t.equal(
    refusal(() => rows(tables({ bytes: 1n }, 'us-gov-west-1'))),
    'PRICE_MISSING: There is no price for s3Tables storage per GB-month (not sold as of 2025-10-22) in us-gov-west-1.',
  );
});
