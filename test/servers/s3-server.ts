/** The real S3 server that `npm run test:servers` has started, and the built program as a user types it there. */
import { S3Client } from '@aws-sdk/client-s3';
import { bucketwise, type Ended } from '../e2e/bucketwise.js';

const given = process.env.BUCKETWISE_S3_ENDPOINT;
if (!given) throw new Error('BUCKETWISE_S3_ENDPOINT is not set: run npm run test:servers');

export const endpoint: string = given;
export const client = new S3Client({ endpoint, forcePathStyle: true });
export const environment: Readonly<Record<string, string>> = Object.fromEntries(
  ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION'].map((name) => [name, process.env[name] ?? '']),
);

export const run = (args: readonly string[], more: Parameters<typeof bucketwise>[1] = {}): Promise<Ended> =>
  bucketwise([...args, '--endpoint-url', endpoint], { environment, ...more });
