/** The own LIST client over a real S3 server: what is put is listed, once each, in many streams as in one. */
import { randomUUID } from 'node:crypto';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import t from 'tap';
import { openBucketLister } from '../../src/adapters/aws/bucket-lister.js';
import { createS3Client } from '../../src/adapters/aws/client.js';
import { listBucket } from '../../src/adapters/aws/s3-listing.js';
import { listLive } from '../../src/inventory/live-listing.js';
import { hostileKeys } from '../conformance/hostile-keys.js';
import { inByteOrder, keysOf } from '../inventory/memory-pager.js';

const endpointUrl = process.env.BUCKETWISE_S3_ENDPOINT;
if (!endpointUrl) throw new Error('BUCKETWISE_S3_ENDPOINT is not set; run: npm run test:servers');

const reach = { region: process.env.AWS_REGION ?? 'us-east-1', endpointUrl };
const client = createS3Client(reach);
t.teardown(() => client.destroy());

async function bucketOf(keys: readonly string[]): Promise<string> {
  const bucket = `suite-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  for (let i = 0; i < keys.length; i += 32)
    await Promise.all(
      keys
        .slice(i, i + 32)
        .map((Key) => client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }))),
    );
  return bucket;
}

async function listed(bucket: string, prefix = '', parallel = 16, hasVersions = false) {
  const { pager, requests, close } = await openBucketLister(bucket, reach, hasVersions);
  const keys: string[] = [];
  let bytes = 0;
  let markers = 0;
  const { objects, fewest } = await listLive({
    pager,
    prefix,
    parallel,
    take: (batch) => {
      keys.push(...keysOf(batch));
      for (const size of batch.size ?? []) bytes += size || 0;
      for (const marker of batch.isDeleteMarker ?? []) markers += marker;
    },
  });
  close();
  return { keys, bytes, markers, objects, fewest, requests: requests().list };
}

const pad = (i: number): string => String(i).padStart(5, '0');

t.test('hostile names come out as they were put, from one stream and from many', async (t) => {
  const names = hostileKeys.flatMap((key) => Array.from({ length: 20 }, (_, i) => `${key}-${pad(i)}`));
  const keys = [...names, ...Array.from({ length: 3200 - names.length }, (_, i) => `é/\u{1f600}/${pad(i)}`)];
  const bucket = await bucketOf(keys);
  const wanted = inByteOrder(keys);
  const one = await listed(bucket, '', 1);
  t.same(one.keys, wanted);
  t.same(one.requests, one.fewest);
  const many = await listed(bucket);
  t.same(inByteOrder(many.keys), wanted);
  t.equal(many.objects, wanted.length, 'none twice');
  t.equal(many.bytes, wanted.length);
  const below = await listed(bucket, 'é/\u{1f600}/');
  t.same(
    inByteOrder(below.keys),
    wanted.filter((key) => key.startsWith('é/\u{1f600}/')),
  );
});

t.test('flat and in folders, in many streams as by the SDK', async (t) => {
  const flat = Array.from({ length: 2000 }, (_, i) => `obj-${pad(i)}`);
  const folders = Array.from({ length: 1600 }, (_, i) => `d/${pad(Math.floor(i / 40))}/${i % 40}`);
  const bucket = await bucketOf([...flat, ...folders]);
  const bySdk: string[] = [];
  for await (const page of listBucket({ name: bucket, client, pause: async () => undefined }, { prefix: '' }))
    bySdk.push(...page.objects.map(({ key }) => key));
  const { keys } = await listed(bucket);
  t.same(inByteOrder(keys), bySdk);
  t.equal(keys.length, 3600);
});

t.test(
  'a name the server garbles is refused; a bucket that is missing and a stranger are told apart',
  async (t) => {
    await t.rejects(listed(await bucketOf(['ctrl\u0001'])), { code: 'KEY_UNSUPPORTED' });
    await t.rejects(listed('no-such-bucket-here'), { code: 'BUCKET_MISSING' });
    const { AWS_SECRET_ACCESS_KEY: secret } = process.env;
    process.env.AWS_SECRET_ACCESS_KEY = 'wrong';
    t.teardown(() => {
      process.env.AWS_SECRET_ACCESS_KEY = secret;
    });
    const { pager } = await openBucketLister(await bucketOf([]), reach, false);
    await t.rejects(pager.page({ prefix: '' }), { code: 'CREDENTIALS_UNUSABLE' });
  },
);

t.test('versions and delete markers', async (t) => {
  const bucket = await bucketOf([]);
  await client.send(
    new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  );
  for (let i = 0; i < 3; i++)
    await Promise.all(
      Array.from({ length: 40 }, (_, key) =>
        client.send(new PutObjectCommand({ Bucket: bucket, Key: `k${pad(key)}`, Body: 'xy' })),
      ),
    );
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'k00007' }));
  const all = await listed(bucket, '', 16, true);
  t.match(all, { objects: 121, bytes: 240, markers: 1 });
  t.equal(all.keys.filter((key) => key === 'k00007').length, 4);
  t.equal((await listed(bucket)).objects, 39);
});
