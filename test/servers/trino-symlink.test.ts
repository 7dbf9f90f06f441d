/** A real Trino reads hours that are published as lists, under partition projection: one generation or another, never both. */
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import t from 'tap';
import { describeTable } from '../../src/adapters/remote/describe-table.js';
import { checkTrino } from '../../src/adapters/trino/check.js';
import { runStatement } from '../../src/adapters/trino/protocol.js';
import { bucketwise } from '../e2e/bucketwise.js';

const endpoint = process.env.BUCKETWISE_S3_ENDPOINT;
const url = process.env.BUCKETWISE_TRINO_URL;
const metastore = process.env.BUCKETWISE_TRINO_FOLDER;
if (!endpoint || !url || !metastore)
  throw new Error('BUCKETWISE_S3_ENDPOINT, BUCKETWISE_TRINO_URL and BUCKETWISE_TRINO_FOLDER are not set');

const client = new S3Client({ endpoint, forcePathStyle: true });
t.teardown(() => client.destroy());
const bucket = `lists-${randomUUID().slice(0, 8)}`;
const schema = bucket.replace('-', '_');
await client.send(new CreateBucketCommand({ Bucket: bucket }));
const server = { url, catalog: 'hive', schema, user: 'bucketwise', pause: (ms: number) => sleep(ms) };
const ask = async (sql: string) => {
  const answer = await runStatement(server, { sql, session: {} }, new AbortController().signal);
  if (answer.outcome === 'failed') throw new Error(`${answer.name}: ${answer.words}`);
  return answer.rows;
};
await ask(`CREATE SCHEMA hive.${schema}`);

const projected = (name: string, range: string, digits: number): string =>
  `${name} varchar WITH (partition_projection_type = 'integer', partition_projection_range = ARRAY[${range}], partition_projection_digits = ${digits})`;

/** Trino makes no table of lists itself: its metastore is told as Hive or Glue would have it. */
async function makeTable(): Promise<void> {
  const keys = [
    projected('year', "'2026', '2026'", 4),
    projected('month', "'10', '10'", 2),
    projected('day', "'01', '01'", 2),
    projected('hour', "'00', '23'", 2),
  ];
  await ask(
    `CREATE TABLE hive.${schema}.trips (id bigint, town varchar, ${keys.join(', ')}) WITH (format = 'PARQUET', external_location = 's3://${bucket}/parquet/', partitioned_by = ARRAY['year', 'month', 'day', 'hour'], partition_projection_enabled = true)`,
  );
  const file = join(metastore!, 'metastore', schema, 'trips/.trinoSchema');
  const { storageFormat, ...table } = JSON.parse(readFileSync(file, 'utf8'));
  t.equal(storageFormat, 'PARQUET');
  const originalStorageFormat = {
    serde: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
    inputFormat: 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat',
    outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
  };
  writeFileSync(file, JSON.stringify({ ...table, originalStorageFormat }));
}

const folder = 'year=2026/month=10/day=01/hour=05';
const put = async (hour: string, name: string, from: number, to: number): Promise<void> => {
  const lines = Array.from(
    { length: to - from },
    (_, at) => `${from + at},town number ${(from + at) * 7919}`,
  );
  const Key = `csv/${hour}/${name}`;
  await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: `id,town\n${lines.join('\n')}\n` }));
};

const environment = {
  AWS_ACCESS_KEY_ID: process.env.AWS_ACCESS_KEY_ID ?? '',
  AWS_SECRET_ACCESS_KEY: process.env.AWS_SECRET_ACCESS_KEY ?? '',
  AWS_REGION: process.env.AWS_REGION ?? '',
  AWS_ENDPOINT_URL_S3: endpoint,
};

interface Report {
  readonly partitions: readonly object[];
}

const compacted = async (dir: string, more = ''): Promise<Report> => {
  const config = join(dir, 'b.yaml');
  writeFileSync(
    config,
    `region: us-east-1
tables:
  - name: trips
    source: { uri: "s3://${bucket}/csv/", columns: [{ name: id, type: bigint }, { name: town, type: string }] }
    target: { uri: "s3://${bucket}/parquet/", fileSize: 64KiB${more} }
    lookback: 36500d
`,
  );
  const ended = await bucketwise(['compact', 'run', '--config', config, '--yes', '--json'], { environment });
  if (!ended.out) throw new Error(ended.err);
  return JSON.parse(ended.out) as Report;
};

/** What one query sees of an hour: its rows and what they add up to. */
const seen = async (hour = '05'): Promise<string> =>
  String((await ask(`SELECT count(*), sum(id) FROM hive.${schema}.trips WHERE hour = '${hour}'`))[0]);
const upTo = (n: number): string => `${n},${(n * (n - 1)) / 2}`;

t.test('an hour of several files is one list, and a query sees its rows once', async (t) => {
  await put(folder, 'a.csv', 0, 20_000);
  await put(folder.replace('05', '06'), 'a.csv', 0, 10);
  const { partitions } = await compacted(t.testdir(), ', publish: symlink');
  t.match(partitions, [{ state: 'compacted' }, { state: 'compacted', target: { files: 1 } }]);
  await makeTable();
  t.equal(await seen(), upTo(20_000));
  t.equal(await seen('06'), upTo(10));
  const [[files] = []] = await ask(
    `SELECT count(DISTINCT "$path") FROM hive.${schema}.trips WHERE hour = '05'`,
  );
  t.ok(Number(files) > 2, `${files} files`);
});

t.test('while a second generation is published, queries see the first or the second', async (t) => {
  await put(folder, 'late.csv', 20_000, 30_000);
  const answers: string[] = [];
  let isOver = false;
  const reading = (async () => {
    while (!isOver) answers.push(await seen());
  })();
  const { partitions } = await compacted(t.testdir(), ', publish: symlink').finally(() => {
    isOver = true;
  });
  await reading;
  t.match(partitions[0], { state: 'compacted', generation: 2 });
  t.ok(answers.length > 3, `${answers.length} queries meanwhile`);
  t.same(
    answers.filter((one) => one !== upTo(20_000) && one !== upTo(30_000)),
    [],
  );
  t.equal(await seen(), upTo(30_000));
});

t.test('the same target as files is refused, with what to do', async (t) => {
  await put(folder.replace('05', '07'), 'a.csv', 0, 10);
  await t.rejects(compacted(t.testdir()), {
    message: /trips: target\.publish: the hours of this target are published as symlink lists; .* of its own/,
  });
});

t.test('a real Trino is found fit, and one without the schema is not', async (t) => {
  t.match(await checkTrino(server), [
    { outcome: 'ok', what: /^Trino 476 answers at/ },
    { outcome: 'ok', what: `schema hive.${schema} is there` },
  ]);
  t.match(await checkTrino({ ...server, schema: 'nothing' }), [
    { outcome: 'ok' },
    { outcome: 'problem', what: /has no schema "nothing"/ },
  ]);
  t.match(await checkTrino({ ...server, catalog: 'nowhere' }), [{}, { outcome: 'problem', what: /nowhere/ }]);
});

t.test("columns come from Trino's catalog, without its partition keys", async (t) => {
  const of = (table: string) =>
    describeTable(
      { database: schema, table },
      { name: 'trino', url, catalog: 'hive', schema, user: 'bucketwise' },
      { name: 'trips', environment: {} },
    );
  t.same(await of('trips'), {
    columns: [
      { name: 'id', type: 'bigint' },
      { name: 'town', type: 'varchar' },
    ],
  });
  await t.rejects(of('nothing'), { code: 'COLUMNS_UNKNOWN', message: /it is not there/ });
});
