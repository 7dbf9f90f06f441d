/** The same suite over a real S3 server. Without one it fails: it is never skipped. */
import { randomUUID } from 'node:crypto';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import t from 'tap';
import { createS3Client } from '../../src/adapters/aws/client.js';
import { openS3Store } from '../../src/adapters/aws/object-store.js';
import { objectStoreSuite } from '../conformance/object-store.js';

const endpointUrl = process.env.BUCKETWISE_S3_ENDPOINT;
if (!endpointUrl) throw new Error('BUCKETWISE_S3_ENDPOINT is not set; run: npm run test:servers');

const client = createS3Client({ region: process.env.AWS_REGION ?? 'us-east-1', endpointUrl });
t.teardown(() => client.destroy());

await objectStoreSuite(t, 'an S3 server', async () => {
  const bucket = `suite-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return { store: openS3Store({ bucket, client }), close: async () => undefined };
});
