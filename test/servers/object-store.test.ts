/** The same suite over a real S3 server. Without one it fails: it is never skipped. */
import { createHash, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import t from 'tap';
import { createS3Client } from '../../src/adapters/aws/client.js';
import { openS3Store } from '../../src/adapters/aws/object-store.js';
import { objectStoreSuite, type Store } from '../conformance/object-store.js';

const endpointUrl = process.env.BUCKETWISE_S3_ENDPOINT;
if (!endpointUrl) throw new Error('BUCKETWISE_S3_ENDPOINT is not set; run: npm run test:servers');

const client = createS3Client({ region: process.env.AWS_REGION ?? 'us-east-1', endpointUrl });
t.teardown(() => client.destroy());

await objectStoreSuite(t, 'an S3 server', async () => {
  return { store: openS3Store({ bucket: await freshBucket(), client }), close: async () => undefined };
});

async function freshBucket(): Promise<string> {
  const bucket = `suite-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return bucket;
}

async function listedAll(store: Store): Promise<void> {
  for await (const page of store.list({ prefix: '' })) t.ok(page.objects.length <= 1000);
}

t.test('a missing bucket and wrong credentials are told apart', async (t) => {
  const missing = openS3Store({ bucket: 'no-such-bucket-here', client });
  await t.rejects(listedAll(missing), { code: 'BUCKET_MISSING' });
  await t.rejects(missing.read('k'), { code: 'BUCKET_MISSING' });
  await t.rejects(missing.write('k', new Uint8Array(), 'absent'), { code: 'BUCKET_MISSING' });
  const { AWS_SECRET_ACCESS_KEY: secret } = process.env;
  process.env.AWS_SECRET_ACCESS_KEY = 'wrong';
  const stranger = createS3Client({ region: process.env.AWS_REGION ?? 'us-east-1', endpointUrl });
  t.teardown(() => {
    process.env.AWS_SECRET_ACCESS_KEY = secret;
    stranger.destroy();
  });
  await t.rejects(listedAll(openS3Store({ bucket: await freshBucket(), client: stranger })), {
    code: 'CREDENTIALS_UNUSABLE',
  });
});

t.test('a key the server cannot list unharmed is refused, not counted under another name', async (t) => {
  const store = openS3Store({ bucket: await freshBucket(), client });
  t.match(await store.write('ctrl\u0001', new Uint8Array(), 'absent'), { outcome: 'written' });
  await t.rejects(listedAll(store), { code: 'KEY_UNSUPPORTED' });
  t.match(await store.read('ctrl\u0001'), { body: new Uint8Array() });
});

t.test('a large file is uploaded as it is, and refused where one stands', async (t) => {
  const local = join(t.testdir({}), 'large');
  const content = Buffer.alloc(40 * 2 ** 20, 'bucketwise ');
  writeFileSync(local, content);
  const store = openS3Store({ bucket: await freshBucket(), client });
  const answer = await store.upload('large', local);
  t.match(answer, { outcome: 'written' });
  t.same(await store.upload('large', local), { outcome: 'exists' });
  const hash = createHash('sha256');
  const etag = answer.outcome === 'written' ? answer.etag : '';
  for await (const chunk of store.stream({ key: 'large', etag })) hash.update(chunk);
  t.equal(hash.digest('hex'), createHash('sha256').update(content).digest('hex'));
});

t.test('a copy in parts has the bytes of the whole, once, and leaves no upload open', async (t) => {
  const bucket = await freshBucket();
  const partBytes = 5 * 2 ** 20;
  const store = openS3Store({ bucket, client, copies: { wholeBytes: partBytes, partBytes } });
  const content = Buffer.alloc(12 * 2 ** 20, 'bucketwise ');
  const local = join(t.testdir({}), 'large');
  writeFileSync(local, content);
  const put = await store.upload('from', local);
  const from = { key: 'from', size: content.length, etag: put.outcome === 'written' ? put.etag : '' };
  t.same(await store.copy({ ...from, etag: 'stale' }, 'to'), { outcome: 'changed' });
  const answer = await store.copy(from, 'to');
  t.match(answer, { outcome: 'written' });
  const there = await store.read('to');
  t.equal(there?.etag, answer.outcome === 'written' ? answer.etag : '');
  t.ok(content.equals(there?.body ?? new Uint8Array()));
  t.same(await store.copy(from, 'to'), { outcome: 'exists' });
  t.same(await store.uploads(''), []);
});
