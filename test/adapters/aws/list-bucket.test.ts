import { join } from 'node:path';
import t from 'tap';
import { createS3Client, type Reach } from '../../../src/adapters/aws/client.js';
import { openListBucket, plainBucket } from '../../../src/adapters/aws/list-bucket.js';
import { sdkBucket } from '../../../src/adapters/aws/list-target.js';
import { withCredentials } from './stub-server.js';

const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
const reach: Reach = { region: 'eu-central-1', endpointUrl: 'http://127.0.0.1:9000' };

const reaches: readonly Reach[] = [
  ...['http://127.0.0.1:9000', 'http://127.0.0.1:9000/', 'https://store.example', 'http://store.example:80'],
  ...['https://STORE.example:443/', 'http://[::1]:9000', 'https://s3.eu-central-1.amazonaws.com'],
].map((endpointUrl) => ({ region: 'eu-central-1', endpointUrl }));

t.test('an endpoint and keys that are named are what the SDK makes of them', async (t) => {
  withCredentials(t, { AWS_SESSION_TOKEN: 'token' });
  for (const name of ['lake', 'a.b-c.d', '127-0', 'x'.repeat(63)])
    for (const reach of reaches) {
      const client = createS3Client(reach);
      const bySdk = sdkBucket(name, client);
      const plain = plainBucket(name, reach, process.env)!;
      t.same(await plain.target(), await bySdk.target(), `${name} at ${reach.endpointUrl}`);
      t.match(await bySdk.credentials(), await plain.credentials());
      t.equal((await plain.credentials()).sessionToken, 'token');
      t.equal(plain.followsRedirects, bySdk.followsRedirects);
      client.destroy();
    }
});

t.test('what the environment says of an endpoint holds, as with the SDK', async (t) => {
  for (const extra of [
    { AWS_ENDPOINT_URL: 'http://127.0.0.1:9001', AWS_REGION: 'eu-west-1' },
    { AWS_ENDPOINT_URL: 'http://127.0.0.1:9001', AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9002' },
  ]) {
    withCredentials(t, { AWS_REGION: 'us-west-2', ...extra });
    const client = createS3Client({});
    t.same(
      await plainBucket('lake', {}, process.env)!.target(),
      await sdkBucket('lake', client).target(),
      JSON.stringify(extra),
    );
    client.destroy();
  }
});

t.test('anything else is left to the SDK', async (t) => {
  t.ok(plainBucket('lake', reach, keys));
  const others: readonly (readonly [string, Reach, Readonly<Record<string, string>>])[] = [
    ['lake', { region: 'eu-central-1' }, keys],
    ['lake', { endpointUrl: 'http://127.0.0.1:9000' }, keys],
    ['lake', { ...reach, profile: 'work' }, keys],
    ['lake', reach, { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE' }],
    ['lake', reach, { AWS_SECRET_ACCESS_KEY: 'secret' }],
    ['lake', reach, { ...keys, AWS_PROFILE: 'work' }],
    ['lake', reach, { ...keys, AWS_USE_FIPS_ENDPOINT: 'true' }],
    ['lake', reach, { ...keys, AWS_USE_DUALSTACK_ENDPOINT: 'true' }],
    ['lake', reach, { ...keys, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }],
    ['lake', { ...reach, region: 'aws-global' }, keys],
    ['lake', { ...reach, region: 'fips-us-east-1' }, keys],
    ['lake', { ...reach, region: 'us-east-1-fips' }, keys],
    ...['eu/central', '-eu', 'eu-', '', 'x'.repeat(64)].map(
      (region) => ['lake', { ...reach, region }, keys] as const,
    ),
    ...[
      '127.0.0.1:9000',
      'ftp://store.example',
      'http://store.example/base',
      'http://store.example/?a=b',
    ].map((endpointUrl) => ['lake', { ...reach, endpointUrl }, keys] as const),
    ['lake', { ...reach, endpointUrl: 'http://a:b@store.example' }, keys],
    ['lake', { ...reach, endpointUrl: 'http://store.example/#a' }, keys],
    ...[
      ...['arn:aws:s3:eu-central-1:123456789012:accesspoint/lake', 'lake--euc1-az1--x-s3', 'lake--ol-s3'],
      ...['lake-s3alias', 'Lake', 'la', '-lake', 'lake-', 'la ke', 'la/ke', '..%2f', 'x'.repeat(64), ''],
    ].map((name) => [name, reach, keys] as const),
  ];
  for (const [name, how, env] of others)
    t.equal(plainBucket(name, how, env), undefined, JSON.stringify([name, how, env]));
});

t.test('keys are those that the environment has when they are asked for', async (t) => {
  const env: Record<string, string> = { ...keys, AWS_SESSION_TOKEN: '' };
  const bucket = plainBucket('lake', reach, env)!;
  t.same(await bucket.credentials(), {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'secret',
    sessionToken: undefined,
  });
  Object.assign(env, { AWS_ACCESS_KEY_ID: 'AKIDOTHER', AWS_SESSION_TOKEN: 'token' });
  t.match(await bucket.credentials({ forceRefresh: true }), {
    accessKeyId: 'AKIDOTHER',
    sessionToken: 'token',
  });
});

t.test('a file of settings may say otherwise, and the SDK reads it', async (t) => {
  const dir = t.testdir({
    ignore: '[default]\nignore_configured_endpoint_urls = true\n',
    fips: '[default]\nuse_fips_endpoint = true\n',
  });
  const at = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9000' };
  withCredentials(t, { ...at, AWS_CONFIG_FILE: join(dir, 'ignore') });
  const ignoring = await openListBucket('lake', { region: 'eu-central-1' });
  t.match(await ignoring.target(), { host: 's3.eu-central-1.amazonaws.com' });
  for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) {
    withCredentials(t, { [name]: join(dir, 'fips') });
    await t.rejects((await openListBucket('lake', reach)).target(), /FIPS/, name);
  }
  withCredentials(t);
  t.match(await (await openListBucket('lake', reach)).target(), { host: '127.0.0.1:9000', path: '/lake/' });
});

t.test('a bucket of AWS is reached by the SDK', async (t) => {
  withCredentials(t);
  const bucket = await openListBucket('lake', { region: 'eu-central-1' });
  t.match(await bucket.target(), { host: 'lake.s3.eu-central-1.amazonaws.com', path: '/' });
  t.equal(bucket.followsRedirects, true);
  await t.rejects(openListBucket('lake', { ...reach, endpointUrl: 'nowhere' }), { code: 'ARGUMENT_INVALID' });
});

t.test('what fails there is told with the endpoint and the name', async (t) => {
  const bucket = plainBucket('lake', reach, keys)!;
  const asked = { action: 's3:ListBucket' };
  const lost = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  await t.rejects(bucket.failed(asked, lost), {
    code: 'STORE_FAILED',
    message: /http:\/\/127\.0\.0\.1:9000/,
  });
  await t.rejects(bucket.failed(asked, { Code: 'AccessDenied' }), {
    code: 'PERMISSION_DENIED',
    message: /s3:\/\/lake/,
  });
});
