/** The same lake compacted by all three engines, each through the built program: the same rows, the same digests. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import t, { type Test } from 'tap';
import { openS3Store } from '../../src/adapters/aws/object-store.js';
import { layouts, writeOrdersTable } from '../../src/adapters/files/sample-lake.js';
import { runStatement } from '../../src/adapters/trino/protocol.js';
import { startAthena } from '../athena/endpoint.js';
import { bucketwise, root } from '../e2e/bucketwise.js';
import { filesBelow } from '../e2e/rows.js';

const endpoint = process.env.BUCKETWISE_S3_ENDPOINT;
const url = process.env.BUCKETWISE_TRINO_URL;
if (!endpoint || !url) throw new Error('BUCKETWISE_S3_ENDPOINT and BUCKETWISE_TRINO_URL are not set');

const client = new S3Client({ endpoint, forcePathStyle: true });
t.teardown(() => client.destroy());
const bucket = `three-engines-${randomUUID().slice(0, 8)}`;
await client.send(new CreateBucketCommand({ Bucket: bucket }));
const store = openS3Store({ bucket, client });
const athena = await startAthena(new Map([[bucket, store]]));
t.teardown(() => athena.close());
const server = { url, catalog: 'hive', schema: 'lake', user: 'bucketwise', pause: (ms: number) => sleep(ms) };
const signal = new AbortController().signal;
await runStatement(server, { sql: 'CREATE SCHEMA IF NOT EXISTS hive.lake', session: {} }, signal);

const engines = ['duckdb', 'trino', 'athena'] as const;
type EngineName = (typeof engines)[number];

const environment = {
  ...Object.fromEntries(
    ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION'].map((name) => [
      name,
      process.env[name] ?? '',
    ]),
  ),
  AWS_ENDPOINT_URL_S3: endpoint,
  AWS_ENDPOINT_URL_ATHENA: athena.url,
};

async function upload(dir: string): Promise<void> {
  for (const path of filesBelow(join(dir, 'csv')))
    await client.send(
      new PutObjectCommand({ Bucket: bucket, Key: path.slice(dir.length + 1), Body: readFileSync(path) }),
    );
}

interface Report {
  readonly partitions: readonly {
    readonly partition: string;
    readonly state: string;
    readonly reason: string;
    readonly evidence: string;
  }[];
}

/** With Athena a table of the catalog is told of each hour, if it is there. */
async function compacted(
  dir: string,
  table: string,
  source: string,
  engine: EngineName,
  more = '',
): Promise<Report> {
  const config = join(dir, `${table}-${engine}.yaml`);
  const text = `region: us-east-1
tables:
  - name: ${table}
    source: { uri: "s3://${bucket}/csv/${table}/", ${source} }
    target: { uri: "s3://${bucket}/${engine}/${table}/"${engine === 'athena' && athena.runner.tables.has(`web.${table}`) ? `, database: web, table: ${table}` : ''} }
    engine: ${engine}
    lookback: 36500d
${more}engines:
  trino: { url: "${url}", schema: lake }
  athena: { output: "s3://${bucket}/results/" }
`;
  writeFileSync(config, text);
  const ended = await bucketwise(['compact', 'run', '--config', config, '--yes', '--json'], { environment });
  if (!ended.out) throw new Error(ended.err);
  return JSON.parse(ended.out) as Report;
}

async function bytesAt(key: string): Promise<Uint8Array> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return Body!.transformToByteArray();
}

/** Every row below a prefix that a reader of the table sees, as text, sorted: engines differ in order. */
async function rowsBelow(prefix: string): Promise<string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
  const keys = Contents.map(({ Key = '' }) => Key).filter((key) => !key.includes('/_'));
  const rows = await Promise.all(
    keys.map(async (key) =>
      parquetReadObjects({ file: Uint8Array.from(await bytesAt(key)).buffer, compressors }),
    ),
  );
  return rows
    .flat()
    .map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value)))
    .sort();
}

async function digestsOf({ partitions }: Report): Promise<unknown[]> {
  return Promise.all(
    partitions
      .filter(({ evidence }) => evidence)
      .map(async ({ partition, evidence }) => {
        const record = JSON.parse(new TextDecoder().decode(await bytesAt(evidence)));
        return { partition, rowsIn: record.rowsIn, rowsOut: record.rowsOut, digests: record.digests };
      }),
  );
}

/** Compacts by all engines and holds rows and digests of each against the embedded one. */
async function sameByAll(
  tt: Test,
  dir: string,
  table: string,
  source: string,
  more?: string,
): Promise<number> {
  const reports = new Map<EngineName, Report>();
  for (const engine of engines) reports.set(engine, await compacted(dir, table, source, engine, more));
  const rows = await rowsBelow(`duckdb/${table}/`);
  const digests = await digestsOf(reports.get('duckdb')!);
  for (const engine of engines) {
    const { partitions } = reports.get(engine)!;
    tt.same([...new Set(partitions.map(({ state, reason }) => `${state}${reason}`))], ['compacted'], engine);
    tt.same(await rowsBelow(`${engine}/${table}/`), rows, `${engine}: the same rows`);
    tt.same(await digestsOf(reports.get(engine)!), digests, `${engine}: the same digests`);
  }
  return rows.length;
}

/** Some hours of the flight lake, which is made of real records. */
async function flightLake(dir: string): Promise<void> {
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/make-sample-lake.ts', join(dir, 'all')], {
    cwd: root,
    stdio: 'pipe',
  });
  const wanted = /flights\/.*day=28\/hour=0[6-8]\/|delays\/.*hour=0[5-6]\//;
  for (const path of filesBelow(join(dir, 'all/csv')).filter((one) => wanted.test(one))) {
    const to = join(dir, path.slice(join(dir, 'all').length));
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(path, to);
  }
  await upload(dir);
}

const delayColumns =
  'columns: [{ name: delay, type: integer }, { name: distance, type: integer }, { name: time, type: double }]';

t.test('hours of the flight lake, plain and gzip, columns inferred and declared', async (t) => {
  const dir = t.testdir();
  await flightLake(dir);
  const flights = await sameByAll(t, dir, 'flights', `partition: ${layouts.hive}`);
  t.ok(flights > 2_000, `${flights} flights`);
  const wrote = athena.statements.filter((sql) => /^CREATE TABLE .*\/athena\/flights\//.test(sql));
  t.equal(wrote.length, 1, 'by one statement in Athena, for all hours');
  const delays = await sameByAll(t, dir, 'delays', `partition: ${layouts.date}, ${delayColumns}`);
  t.ok(delays > 2_000, `${delays} delays`);
});

t.test('an awkward lake: every type, quotes, backslashes, emoji, gzip, a mark, CRLF', async (t) => {
  const dir = t.testdir();
  const folder = join(dir, 'csv/awkward/year=2026/month=10/day=01/hour=05');
  mkdirSync(folder, { recursive: true });
  const header = 'id,small,amount,ratio,on_day,at,ok,note';
  const rows = [
    '9223372036854775807,-2147483648,-0.01,1.5,2026-02-28,2026-10-01 05:00:00.123,true,"a ""b"", c"',
    '-1,0,99999999.99,-0.00005,1970-01-01,1969-12-31 23:59:59.999,false,back\\slash\\',
    '0,007,+1.5,1e3,0001-01-01,2026-10-01T05:00:00Z,TRUE,🎁 naïve 李雷',
    ',,,,,,,',
    '5,5,5,5,9999-12-31,2026-10-01 05:00:00.5,False,=SUM(A1:A9)',
    '6,6,6.00,0.30000000000000004,2024-02-29,2026-10-01 05:00:00,true,"\'; DROP TABLE x; --"',
    '7,7,7.7,-0.0,2026-10-01,2026-10-01 05:00:00,false,N/A null NULL \\N',
  ];
  const lf = `${[header, ...rows].join('\n')}\n`;
  writeFileSync(join(folder, 'plain.csv'), lf);
  writeFileSync(join(folder, 'no end of line.csv'), lf.trimEnd());
  writeFileSync(join(folder, 'crlf.csv'), lf.replaceAll('\n', '\r\n'));
  writeFileSync(join(folder, 'mark.csv'), `\ufeff${lf}`);
  writeFileSync(join(folder, 'zipped.csv.gz'), gzipSync(lf));
  writeFileSync(join(folder, 'header only.csv'), `${header}\n`);
  writeFileSync(join(folder, 'empty.csv'), '');
  await upload(dir);
  const columns =
    'columns: [{ name: id, type: bigint }, { name: small, type: integer }, { name: amount, type: "decimal(10,2)" }, { name: ratio, type: double }, { name: on_day, type: date }, { name: at, type: timestamp }, { name: ok, type: boolean }, { name: note, type: string }]';
  const keys = ['year', 'month', 'day', 'hour'].map((key) => `\`${key}\` string`);
  athena.runner.define(
    'web.awkward',
    `CREATE EXTERNAL TABLE ...\nPARTITIONED BY (\n${keys.join(',\n')})\nLOCATION\n  's3://elsewhere/'`,
  );
  t.equal(await sameByAll(t, dir, 'awkward', columns), rows.length * 5);
  const hour = 'year=2026/month=10/day=01/hour=05';
  t.same([...athena.runner.partitionsOf('web.awkward').values()], [`s3://${bucket}/athena/awkward/${hour}/`]);
});

t.test(
  'bad records are put aside by all three engines, and the digests of the others are equal',
  async (t) => {
    const dir = t.testdir();
    const folder = join(dir, 'csv/mixed/year=2026/month=10/day=01/hour=05');
    mkdirSync(folder, { recursive: true });
    const rows = ['1,1.50,Ulm', '2,,"a, b"', '3,0.5,', '4,7,back\\slash'];
    const bad = ['x,1,a', "it's,1,b", '5,1.239,c', '6,1', '7,1,d,e', '8,1,f,', '"1,5",1,g'];
    writeFileSync(
      join(folder, 'a.csv'),
      `id,amount,note\n${bad.map((line, at) => `${line}\n${rows[at] ?? '9,9,z'}`).join('\n')}\n`,
    );
    writeFileSync(join(folder, 'b.csv.gz'), gzipSync(`id,amount,note\n${[...rows, ...bad].join('\n')}\n`));
    await upload(dir);
    const columns =
      'columns: [{ name: id, type: bigint }, { name: amount, type: "decimal(10,2)" }, { name: note, type: string }]';
    t.equal(
      await sameByAll(t, dir, 'mixed', columns, '    onBadRow: quarantine\n'),
      bad.length + rows.length,
    );
  },
);

t.test('what Athena scanned stands in the evidence, with what it bills for it', async (t) => {
  const { Contents = [] } = await client.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: 'athena/awkward/_bucketwise/' }),
  );
  const evidence = Contents.map(({ Key = '' }) => Key).find((key) => key.includes('/evidence/'))!;
  const { ownCost } = JSON.parse(new TextDecoder().decode(await bytesAt(evidence)));
  t.ok(ownCost.scannedBytes > 1000 && ownCost.scannedBytes < 10_000);
  // Ten megabytes are the least a query is billed, at 5 dollars a TB, beside the requests.
  t.ok(Number(ownCost.usd) > 0.0000476, ownCost.usd);
});

t.test(
  'what a plain CSV reader would change is compacted by DuckDB and refused by the two others, by line',
  async (t) => {
    const dir = t.testdir();
    writeOrdersTable(dir, Date.UTC(2026, 9, 1));
    await upload(dir);
    for (const engine of ['trino', 'athena'] as const) {
      const { partitions } = await compacted(dir, 'orders', `partition: ${layouts.plain}`, engine);
      t.same([...new Set(partitions.map(({ state }) => state))], ['refused']);
      t.match(partitions[0]?.reason, /, line \d+: a quoted field holds a line break/);
    }
  },
);

t.test('neither engine leaves a table behind', async (t) => {
  const shown = await runStatement(server, { sql: 'SHOW TABLES FROM hive.lake', session: {} }, signal);
  t.match(shown, { outcome: 'done', rows: [] });
  t.same([...athena.runner.tables.keys()], ['web.awkward'], 'but the one that was there before');
});
