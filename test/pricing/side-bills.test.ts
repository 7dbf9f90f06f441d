import t from 'tap';
import type { GlueUsage, KmsUsage, LambdaUsage } from '../../src/pricing/usage.js';
import { assumed, type Parts, rows } from './month.js';

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
const kms = (more: Partial<KmsUsage>): Parts => ({ kms: { requests: 0n, keys: 0n, ...more } });
const notDeducted = (what: string) => `The free ${what} an account has each month are not deducted.`;
const noBucketKey =
  'The bucket is taken to have no bucket key: each request asks KMS (say otherwise with bucketKey).';
const withBucketKey =
  'A bucket key saves 99 of 100 requests to KMS, the most AWS names; fewer are saved where many callers take turns.';

t.test('without a bucket key each request asks KMS', async (t) => {
  const note =
    '1,000,000 requests on encrypted objects, each of which asks KMS; a bucket key saves up to 99 %.';
  const lines = [side('KMS requests', 'us-east-1-KMS-Requests', '1000000 request', '3', note)];
  t.same(rows(kms({ requests: 1_000_000n })), lines);
  t.same(assumed(kms({ requests: 1_000_000n })), [noBucketKey, notDeducted('requests to KMS')]);
  t.same(rows(kms({ requests: 1_000_000n, bucketKey: false })), lines);
  t.same(assumed(kms({ requests: 1_000_000n, bucketKey: false })), [notDeducted('requests to KMS')]);
});

t.test('with one, one request in a hundred does, rounded up', async (t) => {
  for (const [requests, asked, usd] of [
    [1n, '1', '0.000003'],
    [100n, '1', '0.000003'],
    [101n, '2', '0.000006'],
    [1_000_000n, '10000', '0.03'],
  ] as const) {
    const [line] = rows(kms({ requests, bucketKey: true }));
    t.same([line?.[5], line?.[6]], [`${asked} request`, usd]);
  }
  t.equal(
    rows(kms({ requests: 2000n, bucketKey: true }))[0]?.[7],
    '2,000 requests on encrypted objects, one in 100 of which asks KMS.',
  );
  t.same(assumed(kms({ requests: 1n, bucketKey: true })), [withBucketKey, notDeducted('requests to KMS')]);
});

t.test('free requests to KMS are deducted when they are given', async (t) => {
  t.same(rows(kms({ requests: 30_000n, freeRequests: 20_000n }))[0]?.slice(5, 7), ['10000 request', '0.03']);
  t.same(assumed(kms({ requests: 30_000n, freeRequests: 20_000n, bucketKey: false })), []);
  for (const freeRequests of [30_000n, 40_000n]) t.same(rows(kms({ requests: 30_000n, freeRequests })), []);
});

t.test('keys cost a dollar a month, and no requests say nothing', async (t) => {
  t.same(rows(kms({ keys: 3n })), [side('KMS keys', 'us-east-1-KMS-Keys', '3 key-month', '3')]);
  for (const bucketKey of [true, false]) t.same(assumed(kms({ keys: 3n, bucketKey })), []);
  t.same(assumed(kms({ keys: 3n })), []);
  t.same(rows(kms({})), []);
  t.equal(rows({ ...kms({ keys: 1n }), region: 'ap-northeast-2' })[0]?.[2], 'ap-northeast-2-KMS-Keys');
});

t.test('data events are billed one by one', async (t) => {
  t.same(rows({ cloudTrailDataEvents: 100_000n }), [
    side('CloudTrail data events', 'USE1-DataEventsRecorded', '100000 event', '0.1'),
  ]);
  t.same(rows({ cloudTrailDataEvents: 0n }), []);
});

const run = (more: Partial<LambdaUsage>): Parts => ({
  lambda: { requests: 1000n, memoryMiB: 2048n, durationMs: 5000n, architecture: 'x86', ...more },
});
const runNote = '1,000 × 5,000 ms at 2,048 MiB.';

t.test('a function is billed by the request and by the memory it holds', async (t) => {
  t.same(rows(run({})), [
    side('Lambda requests', 'Request', '1000 request', '0.0002'),
    side('Lambda duration, x86', 'Lambda-GB-Second', '10000 GB-second', '0.166667', runNote),
  ]);
  t.same(rows(run({ architecture: 'arm' })), [
    side('Lambda requests', 'Request', '1000 request', '0.0002'),
    side('Lambda duration, arm', 'Lambda-GB-Second-ARM', '10000 GB-second', '0.133334', runNote),
  ]);
  t.same(
    rows({ ...run({}), region: 'ap-northeast-2' }).map((line) => line[2]),
    ['APN2-Request', 'APN2-Lambda-GB-Second'],
  );
});

t.test('what is free of a function is deducted when it is given', async (t) => {
  const tiers = (type: string) =>
    `The account has no other ${type}, so that its tiers start at zero (say otherwise with tierOffsetGB or --tier-offset).`;
  t.same(assumed(run({})), [
    notDeducted('requests of Lambda'),
    notDeducted('GB-seconds of Lambda'),
    tiers('Lambda-GB-Second'),
  ]);
  const free = run({ freeRequests: 400n, freeGbSeconds: 4000n });
  t.same(
    rows(free).map((line) => line[5]),
    ['600 request', '6000 GB-second'],
  );
  t.same(assumed(free), [tiers('Lambda-GB-Second')]);
  t.same(rows(run({ freeRequests: 1000n, freeGbSeconds: 10_000n })), []);
  t.same(rows(run({ freeRequests: 1001n, freeGbSeconds: 10_001n })), []);
  t.same(assumed(run({ architecture: 'arm', freeRequests: 0n, freeGbSeconds: 0n })), [
    tiers('Lambda-GB-Second-ARM'),
  ]);
});

t.test('a function that is never called says and costs nothing', async (t) => {
  t.same(rows(run({ requests: 0n })), []);
  t.same(assumed(run({ requests: 0n })), []);
});

const catalog = (more: Partial<GlueUsage>): Parts => ({
  glue: {
    requests: 0n,
    catalogObjects: 0n,
    crawlerDpuSeconds: 0n,
    etlDpuSeconds: 0n,
    optimizerDpuSeconds: 0n,
    ...more,
  },
});

t.test('Glue bills requests, objects, and hours of its workers', async (t) => {
  const all = catalog({
    requests: 2_000_000n,
    catalogObjects: 100_000n,
    crawlerDpuSeconds: 1800n,
    etlDpuSeconds: 3600n,
    optimizerDpuSeconds: 9000n,
  });
  t.same(rows(all), [
    side('Glue catalog requests', 'USE1-Catalog-Request', '2000000 request', '2'),
    side('Glue catalog objects', 'USE1-Catalog-Storage', '100000 object-month', '1'),
    side('Glue crawlers', 'USE1-Crawler-DPU-Hour', '0.5 DPU-hour', '0.22'),
    side('Glue jobs', 'USE1-ETL-DPU-Hour', '1 DPU-hour', '0.44'),
    side('Glue table optimizer', 'USE1-Optimization-DPU-Hour', '2.5 DPU-hour', '1.1'),
  ]);
  t.same(assumed(all), [
    notDeducted('requests of the Glue catalog'),
    notDeducted('objects of the Glue catalog'),
  ]);
  t.same(rows(catalog({})), []);
  t.same(assumed(catalog({})), []);
});

t.test('what is free of the catalog is deducted when it is given', async (t) => {
  const given = { requests: 10n, catalogObjects: 20n, freeRequests: 4n, freeObjects: 5n };
  t.same(
    rows(catalog(given)).map((line) => line[5]),
    ['6 request', '15 object-month'],
  );
  t.same(assumed(catalog(given)), []);
  t.same(rows(catalog({ ...given, freeRequests: 10n, freeObjects: 20n })), []);
});

t.test('side bills come in one order', async (t) => {
  const all: Parts = {
    ...catalog({ requests: 1n }),
    ...run({}),
    firehose: { bytes: 1n, convertFormat: false },
    cloudTrailDataEvents: 1n,
    ...kms({ requests: 1n }),
  };
  t.same(
    rows(all).map(([, name]) => name),
    [
      'KMS requests',
      'CloudTrail data events',
      'Firehose, ingestion',
      'Lambda requests',
      'Lambda duration, x86',
      'Glue catalog requests',
    ],
  );
});
