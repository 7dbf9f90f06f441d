import { spawnSync } from 'node:child_process';
import t from 'tap';
import { createS3Client } from '../../../src/adapters/aws/client.js';
import { withCredentials } from './stub-server.js';

t.test('an endpoint is addressed by path, whether given or found in the environment', async (t) => {
  withCredentials(t);
  t.equal(createS3Client({ region: 'us-east-1' }).config.forcePathStyle, false);
  t.equal(
    createS3Client({ region: 'us-east-1', endpointUrl: 'http://127.0.0.1:1' }).config.forcePathStyle,
    true,
  );
  for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3'])
    await t.test(name, async (t) => {
      withCredentials(t, { [name]: 'http://127.0.0.1:1' });
      t.equal(createS3Client({ region: 'us-east-1' }).config.forcePathStyle, true);
    });
});

t.test('an endpoint that is no address is refused before it is asked', async (t) => {
  withCredentials(t);
  for (const endpointUrl of ['nonsense', '127.0.0.1:9000', 'localhost:9000', 'ftp://x/'])
    t.throws(() => createS3Client({ region: 'us-east-1', endpointUrl }), { code: 'ARGUMENT_INVALID' });
  withCredentials(t, { AWS_ENDPOINT_URL: 'nonsense' });
  t.throws(() => createS3Client({ region: 'us-east-1' }), { message: /AWS_ENDPOINT_URL: "nonsense"/ });
});

t.test('a variable set to nothing hides no other', async (t) => {
  withCredentials(t, { AWS_ENDPOINT_URL_S3: '', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
  t.equal(createS3Client({ region: 'us-east-1' }).config.forcePathStyle, true);
});

t.test('the Region is the one given, else the one of the environment', async (t) => {
  withCredentials(t, { AWS_REGION: 'eu-central-1' });
  t.equal(await createS3Client({ region: 'ap-northeast-2' }).config.region(), 'ap-northeast-2');
  t.equal(await createS3Client({}).config.region(), 'eu-central-1');
});

t.test('no warning about the version of Node reaches the person', async (t) => {
  const module = new URL('../../../src/adapters/aws/client.ts', import.meta.url).href;
  const script = `import('${module}').then(({ createS3Client }) => createS3Client({ region: 'us-east-1' }))`;
  const { stderr, status } = spawnSync(process.execPath, ['--import=tsx', '-e', script], {
    encoding: 'utf8',
  });
  t.equal(status, 0);
  t.equal(stderr, '');
});
