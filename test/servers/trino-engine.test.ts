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
import { temporaryTables } from '../../src/compaction/sql/statement.js';
import { memoryStore } from '../compaction/memory-store.js';
import { type EngineWorld, engineSuite, plainReader } from '../conformance/engine.js';
import { groupSuite } from '../conformance/group.js';

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

await groupSuite(t, 'Trino', open);

t.test('no temporary table is left, whatever the attempts came to', async (t) => {
  t.same(await ask('SHOW TABLES FROM hive.web'), []);
});

t.test('an interrupt cancels a long query, on the server too', async (t) => {
  const interrupt = new AbortController();
  const sql =
    'SELECT count(*) FROM UNNEST(sequence(1, 10000)) a(x) CROSS JOIN UNNEST(sequence(1, 10000)) b(y) CROSS JOIN UNNEST(sequence(1, 10000)) c(z) WHERE x * y % 7 = z';
  setTimeout(() => interrupt.abort(), 1_000);
  const startedAt = performance.now();
  await t.rejects(runStatement(server, { sql, session: {} }, interrupt.signal), { code: 'INTERRUPTED' });
  t.ok(performance.now() - startedAt < 20_000);
  const running = await ask(
    "SELECT count(*) FROM system.runtime.queries WHERE state = 'RUNNING' AND query LIKE 'SELECT count(*) FROM UNNEST(sequence(1, 10000))%'",
  );
  t.same(running, [[0]]);
});

t.test('a sweep drops what a cut attempt left, and nothing of another', async (t) => {
  const { engine } = await open();
  const location = 's3://lake/data/run-1/';
  const [mine, other] = [location, 's3://lake/data/run-2/'].map(
    (at) => temporaryTables('web', at, 0).source.table,
  );
  for (const name of [mine, other]) await ask(`CREATE TABLE hive.web.${name} (a varchar)`);
  const bucketOf = openTrinoEngine({
    server,
    source: { store: memoryStore(), bucket: 'lake' },
    target: { store: memoryStore(), bucket: 'lake' },
    footers: openFooterReader(memoryStore()),
    traitsOf: () => ({ lines: {}, controls: [], bytes: 0 }),
  });
  await engine.sweep?.('data/run-1/');
  t.equal((await ask('SHOW TABLES FROM hive.web')).length, 2, 'another bucket is another attempt');
  await bucketOf.sweep?.('data/run-1/');
  t.same(await ask('SHOW TABLES FROM hive.web'), [[other]]);
  await ask(`DROP TABLE hive.web.${other}`);
});
