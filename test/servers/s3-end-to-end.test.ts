/** The built program against a real S3 server: scan and compact, as a user types them. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { parquetReadObjects } from 'hyparquet';
import t from 'tap';
import { layouts, writeOrdersTable } from '../../src/adapters/files/sample-lake.js';
import { bucketwise, json } from '../e2e/bucketwise.js';
import { client, endpoint, environment, run } from './s3-server.js';

/** Uploads the orders table of the sample lake; one of its six hours holds a file with another header. */
async function lake(t: { testdir(): string }, bucket: string): Promise<string> {
  const dir = t.testdir();
  writeOrdersTable(dir, Date.UTC(2026, 9, 1));
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  const names = readdirSync(join(dir, 'csv'), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  for (const entry of names) {
    const path = join(entry.parentPath, entry.name);
    const Key = path.slice(dir.length + 1);
    await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: readFileSync(path) }));
  }
  return dir;
}

async function keys(bucket: string, prefix: string): Promise<string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
  return Contents.map(({ Key = '' }) => Key);
}

async function rowsOf(bucket: string, key: string): Promise<Record<string, unknown>[]> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const bytes = await Body!.transformToByteArray();
  return parquetReadObjects({
    file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer,
  });
}

t.test('a bucket is scanned as the folder it was made from', async (t) => {
  const dir = await lake(t, 'scan-me');
  const fromBucket = await run(['scan', 's3://scan-me/csv/', '--json']);
  t.equal(fromBucket.code, 0, fromBucket.err);
  const fromFolder = await bucketwise(['scan', `file://${dir}/csv`, '--region', 'us-east-1', '--json']);
  t.same(json(fromBucket).totals, json(fromFolder).totals);
  const { ownCost } = json(fromBucket) as { ownCost: { requests: { list: number }; usd: string } };
  t.equal(ownCost.requests.list, 1);
  t.equal(ownCost.usd, '0.000005', 'one LIST');
});

t.test('hours of a bucket are compacted once, row for row, and the sources stay', async (t) => {
  const dir = await lake(t, 'compact-me');
  const config = join(dir, 'bucketwise.yaml');
  const text = [
    'region: us-east-1',
    'tables:',
    '  - name: orders',
    `    source: { uri: "s3://compact-me/csv/orders/", partition: ${layouts.plain} }`,
    '    target: { uri: "s3://compact-me/parquet/orders/" }',
    '    lookback: 36500d',
  ];
  writeFileSync(config, text.join('\n'));
  const before = await keys('compact-me', 'csv/');
  const first = await run(['compact', 'run', '--config', config, '--yes', '--json']);
  t.equal(first.code, 3, first.err);
  t.match(first.err, /1 hour was left as found/);
  t.match(first.err, /orders: about 54 PUT, [0-9,]+ GET and [0-9,]+ LIST requests, \$0\.00\d+ for 6 hours\./);
  t.match(first.err, /orders: it made [0-9,]+ PUT, [0-9,]+ GET and [0-9,]+ LIST requests, \$0\.00\d+\./);
  const limited = await run(['compact', 'run', '--config', config, '--yes', '--max-cost', '0']);
  t.equal(limited.code, 3, 'nothing is due any more, so nothing is over the limit');
  const report = json(first) as { partitions: { partition: string; state: string }[] };
  t.same(report.partitions.map(({ state }) => state).sort(), [
    'compacted',
    'compacted',
    'compacted',
    'compacted',
    'compacted',
    'refused',
  ]);
  t.same(await keys('compact-me', 'csv/'), before, 'every source is where it was');
  const [published = ''] = await keys('compact-me', 'parquet/orders/2026/10/01/00/');
  t.equal((await rowsOf('compact-me', published)).length, 12 * 25);
  const second = await run(['compact', 'run', '--config', config, '--yes', '--json']);
  t.match(second.err, /Nothing to do|left as found/);
  t.same(await keys('compact-me', 'parquet/orders/2026/10/01/00/'), [published], 'no second file');
});

t.test('the Region of the config is where its calls go; none at all is said', async (t) => {
  const dir = t.testdir();
  const config = join(dir, 'bucketwise.yaml');
  const withRegion = (line: string): void =>
    writeFileSync(
      config,
      `${line}tables:\n  - name: orders\n    source: { uri: "s3://compact-me/csv/orders/", partition: ${layouts.plain} }\n    target: { uri: "s3://compact-me/parquet/orders/" }\n`,
    );
  const { AWS_REGION: _, ...others } = environment;
  const plan = () =>
    bucketwise(['compact', 'plan', '--config', config, '--endpoint-url', endpoint], { environment: others });
  withRegion('region: us-east-1\n');
  t.equal((await plan()).code, 0);
  withRegion('');
  t.match(await plan(), { code: 2, err: /^REGION_MISSING/ });
});

t.test('a bucket that is not there, and credentials that are none, are named', async (t) => {
  const missing = await run(['scan', 's3://not-there/x/']);
  t.equal(missing.code, 2, missing.err);
  t.match(missing.err, /BUCKET_MISSING.*not-there/s);
  const denied = await bucketwise(['scan', 's3://scan-me/', '--endpoint-url', endpoint], {
    environment: { ...environment, AWS_SECRET_ACCESS_KEY: 'wrong' },
  });
  t.equal(denied.code, 6, denied.err);
});
