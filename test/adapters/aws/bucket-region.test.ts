import { Readable } from 'node:stream';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import t from 'tap';
import { watchBucketRegion } from '../../../src/adapters/aws/bucket-region.js';

/** A client that answers itself, the first time from another Region when told so. */
function clientOf(headers: Readonly<Record<string, string>>, redirected = false) {
  let sent = 0;
  const handle = async () => {
    sent += 1;
    const statusCode = redirected && sent === 1 ? 301 : 200;
    const xml =
      statusCode === 301
        ? '<Error><Code>PermanentRedirect</Code></Error>'
        : '<ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>';
    return { response: { statusCode, headers, body: Readable.from([Buffer.from(xml)]) } };
  };
  return new S3Client({
    region: 'us-east-1',
    followRegionRedirects: true,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    requestHandler: { handle } as never,
  });
}

t.test(
  'the Region a bucket says it lies in is known after the first answer, a followed redirect or not',
  async (t) => {
    for (const redirected of [false, true]) {
      const client = clientOf({ 'x-amz-bucket-region': 'eu-west-1' }, redirected);
      const region = watchBucketRegion(client);
      t.equal(region(), undefined);
      await client.send(new ListObjectsV2Command({ Bucket: 'lake' }));
      t.equal(region(), 'eu-west-1');
    }
  },
);

t.test('a server that does not say leaves it open', async (t) => {
  const client = clientOf({});
  const region = watchBucketRegion(client);
  await client.send(new ListObjectsV2Command({ Bucket: 'lake' }));
  t.equal(region(), undefined);
});
