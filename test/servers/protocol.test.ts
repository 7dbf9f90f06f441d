/** The protocol on a real S3 server: conditional deletes, tags, uploads, a thousand starts of one hour, sources that go. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import pLimit from 'p-limit';
import t from 'tap';
import { createS3Client } from '../../src/adapters/aws/client.js';
import { openS3Store } from '../../src/adapters/aws/object-store.js';
import { pointerKey } from '../../src/compaction/partition.js';
import { ignoredCondition } from '../../src/compaction/probe.js';
import { run } from '../../src/compaction/run.js';
import type { CompactionTable } from '../../src/compaction/table.js';
import { fakeWorld, hour, sourceKey, table } from '../compaction/fake-world.js';
import { conditionsSuite } from '../conformance/conditions.js';
import { bucketwise, json } from '../e2e/bucketwise.js';

const endpointUrl = process.env.BUCKETWISE_S3_ENDPOINT;
if (!endpointUrl) throw new Error('BUCKETWISE_S3_ENDPOINT is not set; run: npm run test:servers');

const client = createS3Client({ region: process.env.AWS_REGION ?? 'us-east-1', endpointUrl });
t.teardown(() => client.destroy());

async function freshBucket(): Promise<string> {
  const bucket = `protocol-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return bucket;
}

const text = async (bucket: string, key: string): Promise<string> => {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return (await Body?.transformToString()) ?? '';
};
const put = (bucket: string, key: string, body: string) =>
  client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
const keys = async (bucket: string, prefix: string): Promise<string[]> => {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
  return Contents.map(({ Key = '' }) => Key);
};

const names = new WeakMap<object, string>();
await conditionsSuite(
  t,
  'an S3 server',
  async () => {
    const bucket = await freshBucket();
    const store = openS3Store({ bucket, client });
    names.set(store, bucket);
    return { store, close: async () => undefined };
  },
  {
    tags: true,
    tagsOf: async (store, key) => {
      const where = { Bucket: names.get(store) ?? '', Key: key };
      const { TagSet = [] } = await client.send(new GetObjectTaggingCommand(where));
      return Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value]));
    },
  },
);

t.test('an upload that was begun is found below its prefix, and gone when it is aborted', async (t) => {
  const bucket = await freshBucket();
  const store = openS3Store({ bucket, client });
  for (const key of ['a/k', 'b/k'])
    await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: key }));
  const [upload, ...others] = await store.uploads('a/');
  t.equal(upload?.key, 'a/k');
  t.ok(Math.abs((upload?.begunAt ?? 0) - Date.now()) < 60_000);
  t.equal(others.length, 0);
  await store.abort(upload!);
  await store.abort(upload!);
  t.strictSame(await store.uploads('a/'), []);
  t.equal((await store.uploads('b/')).length, 1);
});

t.test('the server honours every condition the protocol rests on', async (t) => {
  const store = openS3Store({ bucket: await freshBucket(), client });
  const of: CompactionTable = { ...table, sources: { after: 'delete', graceMs: 86_400_000 } };
  t.equal(
    await ignoredCondition(fakeWorld().ports({ stores: { source: store, target: store } }), of),
    undefined,
  );
});

t.test('of 1,000 starts of one hour exactly one commits, and every row is there once', async (t) => {
  const bucket = await freshBucket();
  const store = openS3Store({ bucket, client });
  for (const name of ['a', 'b'])
    await put(bucket, sourceKey(3, `${name}.csv`), `id,town\n1${name === 'a' ? 1 : 2},Ulm\n`);
  const world = fakeWorld();
  const limit = pLimit(50);
  const start = () =>
    run(
      world.ports({ stores: { source: store, target: store } }),
      table,
      {},
      {
        progress: () => undefined,
        signal: new AbortController().signal,
      },
    );
  const reports = await Promise.all(Array.from({ length: 1000 }, () => limit(start)));
  const committed = reports.filter(
    ({ partitions }) => partitions[0]?.ownCost && partitions[0].state === 'compacted',
  );
  t.ok(committed.length >= 1);
  const pointer = JSON.parse(await text(bucket, pointerKey(table, hour(3)))) as Record<string, unknown>;
  t.match(pointer, { generation: 1, revision: 1 });
  const evidence = await keys(bucket, `lake/_bucketwise/trips/${hour(3)}/evidence/`);
  t.strictSame(evidence, [pointer.evidence], 'one attempt came as far as its evidence');
  t.equal((await keys(bucket, 'lake/_bucketwise/trips/data/')).length, 1, 'one attempt wrote');
  const [shown, ...others] = await keys(bucket, `lake/${hour(3)}/`);
  t.strictSame(others, []);
  t.strictSame((JSON.parse(await text(bucket, shown!)) as { records: string[] }).records, [
    '11,Ulm',
    '12,Ulm',
  ]);
});

t.test(
  'sources go after their grace and only with --yes; the hour still holds, and takes in what comes late',
  async (t) => {
    const bucket = await freshBucket();
    const partition = 'year=2026/month=10/day=01/hour=05';
    for (const name of ['a', 'b'])
      await put(bucket, `csv/${partition}/${name}.csv`, `id,town\n${name},Ulm\n`);
    const config = join(t.testdir({}), 'bucketwise.yaml');
    mkdirSync(join(config, '..'), { recursive: true });
    writeFileSync(
      config,
      `region: us-east-1
tables:
  - name: clicks
    source: { uri: "s3://${bucket}/csv/" }
    target: { uri: "s3://${bucket}/parquet/" }
    lookback: 36500d
    sources: { after: delete, graceDays: 1 }
`,
    );
    const environment = Object.fromEntries(
      ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION'].map((name) => [
        name,
        process.env[name] ?? '',
      ]),
    );
    const compact = (...args: string[]) =>
      bucketwise(['compact', ...args, '--config', config, '--endpoint-url', endpointUrl], { environment });
    const first = await compact('run', '--yes');
    t.equal(first.code, 0, first.err);

    const pointer = `parquet/_bucketwise/clicks/${partition}/pointer.json`;
    const then = new Date(Date.now() - 2 * 86_400_000).toISOString();
    const aged = (await text(bucket, pointer)).replace(/"committedAt": "[^"]*"/, `"committedAt": "${then}"`);
    await put(bucket, pointer, aged);
    const asked = await compact('run');
    t.equal(asked.code, 5);
    t.match(asked.err, /2 sources are to be deleted/);
    t.equal((await keys(bucket, 'csv/')).length, 2);
    const ended = await compact('run', '--yes');
    t.equal(ended.code, 0, ended.err);
    t.strictSame(await keys(bucket, 'csv/'), []);
    t.match(json(await compact('status', '--json')), {
      partitions: [{ state: 'compacted', sources: { objects: 0 }, target: { rows: 2 } }],
    });

    await put(bucket, `csv/${partition}/late.csv`, 'id,town\nc,Ulm\n');
    const late = await compact('run', '--yes', '--json');
    t.match(json(late), {
      partitions: [{ state: 'compacted', generation: 2, target: { files: 2, rows: 3 } }],
    });
    const holds = await compact('verify');
    t.equal(holds.code, 0, holds.err);
    t.match(holds.out, /2 files, 3 rows: every one is as its evidence says/);
  },
);
