/** A real Trino over a real S3 server does what every engine must. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import t from 'tap';
import { createS3Client } from '../../src/adapters/aws/client.js';
import { openS3Store } from '../../src/adapters/aws/object-store.js';
import { openFooterReader } from '../../src/adapters/parquet-footer.js';
import { openTraitReader } from '../../src/adapters/remote/trait-reader.js';
import { openTrinoEngine } from '../../src/adapters/trino/engine.js';
import { runStatement, type TrinoServer } from '../../src/adapters/trino/protocol.js';
import { type EngineWorld, engineSuite, plainReader } from '../conformance/engine.js';

const endpointUrl = process.env.BUCKETWISE_S3_ENDPOINT;
const url = process.env.BUCKETWISE_TRINO_URL;
if (!endpointUrl || !url) throw new Error('BUCKETWISE_S3_ENDPOINT and BUCKETWISE_TRINO_URL are not set');

const client = createS3Client({ region: 'us-east-1', endpointUrl });
t.teardown(() => client.destroy());
const server: TrinoServer = {
  url,
  catalog: 'hive',
  schema: 'web',
  user: 'bucketwise',
  pause: (milliseconds) => sleep(milliseconds),
};
const signal = new AbortController().signal;
const ask = async (sql: string) => {
  const answer = await runStatement(server, { sql, session: {} }, signal);
  if (answer.outcome === 'failed') throw new Error(`${answer.name}: ${answer.words}`);
  return answer.rows;
};
await ask('CREATE SCHEMA IF NOT EXISTS hive.web');

async function open(): Promise<EngineWorld> {
  const bucket = `engine-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  const store = openS3Store({ bucket, client });
  const reader = openTraitReader(plainReader(store), { header: true, delimiter: ',' });
  const engine = openTrinoEngine({
    server,
    source: { store, bucket },
    target: { store, bucket },
    footers: openFooterReader(store),
    traitsOf: reader.traitsOf,
  });
  return { source: store, target: store, reader, engine, close: async () => undefined };
}

await engineSuite(t, 'Trino', open, { keepsOrder: false, reader: 'OpenCSVSerDe', refusesIdleDigits: true });

t.test('no temporary table is left, whatever the attempts came to', async (t) => {
  t.same(await ask('SHOW TABLES FROM hive.web'), []);
});
