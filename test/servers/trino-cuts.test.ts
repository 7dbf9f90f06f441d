/** A sample of cuts of whole runs through a real Trino over a real S3 server; all of them are made through the stub (engine-cuts). */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import t from 'tap';
import { createS3Client } from '../../src/adapters/aws/client.js';
import { openS3Store } from '../../src/adapters/aws/object-store.js';
import { openFooterReader } from '../../src/adapters/parquet-footer.js';
import { openTrinoEngine } from '../../src/adapters/trino/engine.js';
import { runStatement } from '../../src/adapters/trino/protocol.js';
import type { ObjectStore } from '../../src/compaction/ports.js';
import { type Call, fakeWorld, fill, type World } from '../compaction/fake-world.js';
import {
  afterLease,
  type EngineWay,
  hourFault,
  runOnce,
  type Server,
  withReadback,
} from '../crash/remote.js';

const endpointUrl = process.env.BUCKETWISE_S3_ENDPOINT;
const trinoUrl = process.env.BUCKETWISE_TRINO_URL;
if (!endpointUrl || !trinoUrl) throw new Error('BUCKETWISE_S3_ENDPOINT and BUCKETWISE_TRINO_URL are not set');

const client = createS3Client({ region: 'us-east-1', endpointUrl });
t.teardown(() => client.destroy());
// Beside other suites on two processors it takes minutes.
t.setTimeout(900_000);
withReadback(t);

const schema = 'cuts';
const settings = { catalog: 'hive', schema, user: 'bucketwise', pause: (ms: number) => sleep(ms) };
const { signal } = new AbortController();
const ask = async (sql: string) => {
  const answer = await runStatement({ ...settings, url: trinoUrl }, { sql, session: {} }, signal);
  if (answer.outcome === 'failed') throw new Error(`${answer.name}: ${answer.words}`);
  return answer.rows;
};
await ask(`CREATE SCHEMA IF NOT EXISTS hive.${schema}`);
const tables = async (): Promise<string[]> =>
  (await ask(`SHOW TABLES FROM hive.${schema}`)).map(([name]) => String(name));

async function bucketOf(name: string): Promise<{ bucket: string; store: ObjectStore }> {
  const bucket = `${name}-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return { bucket, store: openS3Store({ bucket, client }) };
}

interface Real extends Server {
  readonly world: World;
  readonly records: string[];
}

/** Trino behind a line that is cut when told to. */
async function realTrino(): Promise<Real> {
  const world = fakeWorld();
  const records = fill(world, [3], 2);
  const [source, target] = [await bucketOf('raw'), await bucketOf('lake')];
  for (const key of world.source.keys())
    await source.store.write(key, new TextEncoder().encode(world.source.text(key)), 'absent');
  const statements: string[] = [];
  const queries = new Map<string, string>();
  let judge: Parameters<Server['judge']>[0] = () => undefined;
  const line = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const sql = Buffer.concat(chunks).toString();
      const id = /\/(\d{8}_\d{6}_\d{5}_\w+)\//.exec(request.url ?? '')?.[1] ?? '';
      const method = request.method as 'POST' | 'GET' | 'DELETE';
      const fate = judge(method, sql || (queries.get(id) ?? ''));
      if (fate === 'before') return void request.socket.destroy();
      const headers = Object.fromEntries(
        Object.entries(request.headers).filter(([name]) => name.startsWith('x-trino')),
      ) as Record<string, string>;
      const answer = await fetch(`${trinoUrl}${request.url}`, {
        method,
        headers,
        ...(method === 'POST' ? { body: sql } : {}),
      });
      const text = await answer.text();
      if (method === 'POST') {
        statements.push(sql);
        queries.set((JSON.parse(text) as { id: string }).id, sql);
      }
      if (fate === 'after') return void request.socket.destroy();
      response.writeHead(fate === 'bad gateway' ? 502 : answer.status);
      return void response.end(fate === 'bad gateway' ? '' : text);
    });
  });
  await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(line.address() as AddressInfo).port}`;
  return {
    ...{ name: 'trino', world, records, url, statements },
    stores: { source: source.store, target: target.store },
    open: (ports, traitsOf) =>
      openTrinoEngine({
        server: { ...settings, url, pause: (ms) => sleep(Math.min(ms, 50)) },
        source: { store: ports.source, bucket: source.bucket },
        target: { store: ports.target, bucket: target.bucket },
        footers: openFooterReader(ports.target),
        traitsOf,
      }),
    judge: (of) => {
      judge = of;
    },
    tables: () => [],
    writes: () => statements.filter((sql) => sql.startsWith('CREATE TABLE "')),
    refuse: () => undefined,
    hold: () => undefined,
    close: async () => {
      line.closeAllConnections();
      await new Promise((resolve) => line.close(resolve));
    },
  };
}

const ways: readonly EngineWay[] = ['kill', 'after', 'bad gateway', 'before'];

const long = { timeout: 800_000 };

t.test(
  'a run through a real Trino, cut at a sample of its calls, is made whole by the next',
  long,
  async (t) => {
    const probe = await realTrino();
    const { calls } = await runOnce(probe.world, probe);
    t.equal(await hourFault(probe.stores!.target, probe.records), undefined);
    await probe.close();
    let points = 0;
    for (let at = 2; at <= calls.length; at += 3) {
      const { store, action, key } = calls[at - 1]!;
      const way = ways[points % ways.length]!;
      const trino = await realTrino();
      const name = `call ${at} (${action} at the ${store}: ${key.slice(0, 60)}), ${way}`;
      await runOnce(trino.world, trino, at, way);
      trino.world.advance(afterLease);
      const { report } = await runOnce(trino.world, trino);
      t.equal(report?.partitions[0]?.state, 'compacted', name);
      t.equal(await hourFault(trino.stores!.target, trino.records), undefined, name);
      const said = trino.statements.length;
      t.equal((await runOnce(trino.world, trino)).report?.partitions[0]?.state, 'compacted', name);
      t.equal(trino.statements.length, said, `${name}: a third run asks nothing`);
      t.same(await tables(), [], `${name}: no table is left`);
      await trino.close();
      points += 1;
    }
    t.comment(`${points} cut points at a real Trino, of ${calls.length} calls a run`);
    t.ok(points > 10);
  },
);

t.test('killed after its statement was submitted, the next run goes on with that statement', async (t) => {
  const trino = await realTrino();
  t.teardown(() => trino.close());
  // Not at a number: how often earlier statements are polled is Trino's affair.
  const isNoted = (calls: readonly Call[]): boolean => {
    const submitted = calls.findIndex(({ key }) => key.startsWith('CREATE TABLE "'));
    const noted = calls.findIndex(
      ({ key, action }, at) => at > submitted && action === 'write' && key.includes('/under-way/'),
    );
    return submitted >= 0 && noted >= 0 && calls.length > noted + 1;
  };
  const cut = await runOnce(trino.world, trino, isNoted, 'kill');
  t.not(cut.report?.partitions[0]?.state, 'compacted', 'it was cut');
  t.equal(trino.writes().length, 1);
  trino.world.advance(afterLease);
  const { report } = await runOnce(trino.world, trino);
  t.match(report?.partitions[0], { state: 'compacted', reason: '' });
  t.equal(trino.writes().length, 1, 'one statement wrote');
  t.equal(await hourFault(trino.stores!.target, trino.records), undefined);
  t.same(await tables(), []);
});
