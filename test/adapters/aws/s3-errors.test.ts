import t from 'tap';
import { createS3Client } from '../../../src/adapters/aws/client.js';
import { openS3Store } from '../../../src/adapters/aws/object-store.js';
import { faultOf } from '../../../src/adapters/aws/s3-errors.js';
import type { ListPage } from '../../../src/inventory/ports.js';
import { refuse, stubbed, withCredentials } from './stub-server.js';

const body = new TextEncoder().encode('x');

async function all(pages: AsyncIterable<ListPage>): Promise<ListPage[]> {
  const found: ListPage[] = [];
  for await (const page of pages) found.push(page);
  return found;
}

t.test('every refusal of S3 becomes one error that says what to do', async (t) => {
  for (const [status, code, expected] of [
    [
      403,
      'AccessDenied',
      { code: 'PERMISSION_DENIED', details: { action: 's3:ListBucket', what: 's3://bucket' } },
    ],
    [403, 'SomethingNew', { code: 'PERMISSION_DENIED' }],
    [404, 'NoSuchBucket', { code: 'BUCKET_MISSING', details: { bucket: 'bucket' } }],
    [404, 'SomethingNew', { code: 'BUCKET_MISSING' }],
    [400, 'InvalidBucketName', { code: 'BUCKET_INVALID' }],
    [400, 'ExpiredToken', { code: 'CREDENTIALS_UNUSABLE' }],
    [403, 'InvalidAccessKeyId', { code: 'CREDENTIALS_UNUSABLE' }],
    [403, 'SignatureDoesNotMatch', { code: 'CREDENTIALS_UNUSABLE' }],
    [400, 'InvalidArgument', { code: 'STORE_FAILED', details: { why: 'InvalidArgument: words (HTTP 400)' } }],
  ] as const) {
    const { store } = await stubbed(t, (_, response) => refuse(response, status, code, 'words'));
    await t.rejects(all(store.list({ prefix: '' })), expected, code);
  }
});

t.test('reads and writes name the permission they take and the object they were after', async (t) => {
  const { store } = await stubbed(t, (_, response) => refuse(response, 403, 'AccessDenied'));
  const object = { key: 'a/\u001b[31m', etag: 'e' };
  const what = 's3://bucket/a/\\u001b[31m';
  const denied = (action: string) => ({ code: 'PERMISSION_DENIED', details: { action, what } });
  await t.rejects(store.read(object.key), denied('s3:GetObject and s3:ListBucket'));
  await t.rejects(store.range(object, 0, 1), denied('s3:GetObject'));
  await t.rejects(store.range(object, 0, 0), denied('s3:GetObject and s3:ListBucket'), 'HEAD has no body');
  await t.rejects(store.write(object.key, body, 'absent'), denied('s3:PutObject'));
});

t.test('an object in an archive is told apart from one that may not be read', async (t) => {
  const { store } = await stubbed(t, (_, response) => refuse(response, 403, 'InvalidObjectState'));
  await t.rejects(store.range({ key: 'k', etag: 'e' }, 0, 1), {
    code: 'OBJECT_ARCHIVED',
    details: { key: 'k' },
  });
});

t.test('a server that goes on asking to slow down is STORE_THROTTLED', async (t) => {
  const { store, received } = await stubbed(t, (_, response) => refuse(response, 503, 'SlowDown'));
  await t.rejects(all(store.list({ prefix: '' })), {
    code: 'STORE_THROTTLED',
    details: { what: 's3://bucket' },
  });
  t.ok(received.length > 1, 'it was asked more than once');
});

t.test('a server that asks to slow down once is asked again', async (t) => {
  const { store } = await stubbed(t, (_, response, number) => {
    if (number === 1) refuse(response, 503, 'SlowDown');
    else response.writeHead(200, { etag: '"e"' }).end('body');
  });
  t.match(await store.read('k'), { etag: 'e' });
});

t.test('an endpoint that does not answer is named', async (t) => {
  withCredentials(t);
  const client = createS3Client({ region: 'us-east-1', endpointUrl: 'http://127.0.0.1:9', attempts: 2 });
  t.teardown(() => client.destroy());
  const store = openS3Store({ bucket: 'bucket', client, pause: async () => undefined });
  const failure = { code: 'STORE_FAILED', details: { why: /http:\/\/127\.0\.0\.1:9: .*ECONNREFUSED/ } };
  await t.rejects(all(store.list({ prefix: '' })), failure);
  await t.rejects(store.read('k'), failure);
  await t.rejects(store.write('k', body, 'absent'), failure);
});

t.test('missing credentials and a missing Region are told before anything is sent', async (t) => {
  const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
  withCredentials(t, { ...none, AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined });
  const opened = (options: Parameters<typeof createS3Client>[0]) =>
    openS3Store({ bucket: 'bucket', client: createS3Client(options) });
  const endpointUrl = 'http://127.0.0.1:9';
  await t.rejects(opened({ region: 'us-east-1', endpointUrl }).read('k'), { code: 'CREDENTIALS_MISSING' });
  await t.rejects(opened({ region: 'us-east-1', endpointUrl, profile: 'nobody' }).read('k'), {
    code: 'CREDENTIALS_UNUSABLE',
    details: { why: /nobody/ },
  });
  withCredentials(t, { AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined });
  await t.rejects(opened({ endpointUrl }).read('k'), { code: 'REGION_MISSING' });
});

t.test('a mistake of the program is not called a lost connection', async (t) => {
  t.equal(faultOf(new TypeError('x is not a function')), 'other');
  t.equal(faultOf(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })), 'lost');
  t.equal(faultOf(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })), 'lost');
  t.equal(faultOf(Object.assign(new Error(''), { name: 'TimeoutError' })), 'lost');
});
