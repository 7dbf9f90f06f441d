/** Inventories in ORC and Parquet as Trino writes them are read to the same rows; what the writer of the tests makes, Trino reads. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import t from 'tap';
import { createS3Client } from '../../src/adapters/aws/client.js';
import { runStatement } from '../../src/adapters/trino/protocol.js';
import { rowOf, selectRows, wrongRows } from '../inventory/columnar/known-rows.js';
import { type Row, readRows } from '../inventory/columnar/rows.js';
import { type Column, writeOrc } from '../inventory/orc/write-orc.js';

const endpointUrl = process.env.BUCKETWISE_S3_ENDPOINT;
const url = process.env.BUCKETWISE_TRINO_URL;
if (!endpointUrl || !url) throw new Error('BUCKETWISE_S3_ENDPOINT and BUCKETWISE_TRINO_URL are not set');

const client = createS3Client({ region: 'us-east-1', endpointUrl });
t.teardown(() => client.destroy());
const Bucket = `columns-${randomUUID()}`;
await client.send(new CreateBucketCommand({ Bucket }));
const server = {
  ...{ url, catalog: 'hive', schema: 'columns', user: 'bucketwise' },
  pause: (ms: number) => sleep(ms),
};
const signal = new AbortController().signal;
const ask = async (sql: string, session: Record<string, string> = {}) => {
  const answer = await runStatement(server, { sql, session }, signal);
  if (answer.outcome === 'failed') throw new Error(`${answer.name}: ${answer.words}`);
  return answer.rows;
};
await ask('CREATE SCHEMA IF NOT EXISTS hive.columns');

const rows = 30_000;
const select = selectRows(
  '(SELECT a * 3000 + b AS i FROM UNNEST(sequence(0, 9)) AS s(a) CROSS JOIN UNNEST(sequence(0, 2999)) AS r(b))',
);

async function objectsUnder(prefix: string): Promise<Uint8Array[]> {
  const listed = await client.send(new ListObjectsV2Command({ Bucket, Prefix: prefix }));
  const found: Uint8Array[] = [];
  for (const { Key } of listed.Contents ?? []) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    found.push(await Body!.transformToByteArray());
  }
  return found;
}

for (const [format, codecs] of [
  ['ORC', ['NONE', 'SNAPPY', 'LZ4', 'ZSTD', 'GZIP']],
  ['PARQUET', ['NONE', 'SNAPPY', 'ZSTD', 'GZIP']],
] as const)
  for (const codec of codecs)
    t.test(`${format} in ${codec}, as Trino writes it, has the rows that were written`, async (t) => {
      const folder = randomUUID();
      const table = `hive.columns.t${folder.replaceAll('-', '')}`;
      await ask(
        `CREATE TABLE ${table} WITH (format = '${format}', external_location = 's3://${Bucket}/${folder}/') AS ${select}`,
        { 'hive.compression_codec': codec },
      );
      const files = await objectsUnder(`${folder}/`);
      const read: Row[] = [];
      for (const file of files) read.push(...(await readRows(file, format === 'ORC' ? 'ORC' : 'Parquet')));
      t.same(wrongRows(read, rows).slice(0, 3), []);
    });

const columns: readonly Column[] = [
  { name: 'bucket', kind: 'string', encoding: 'dictionary' },
  { name: 'key', kind: 'string' },
  { name: 'size', kind: 'bigint' },
  { name: 'last_modified_date', kind: 'timestamp' },
  { name: 'storage_class', kind: 'string', encoding: 'dictionary' },
  { name: 'intelligent_tiering_access_tier', kind: 'string', encoding: 'dictionary' },
  { name: 'is_latest', kind: 'boolean' },
  { name: 'is_delete_marker', kind: 'boolean' },
];

t.test('what the writer of the tests makes of the same rows, Trino reads as the same table', async (t) => {
  const all = Array.from({ length: rows }, (_, i) => rowOf(i));
  const values = [
    all.map(() => 'bucket'),
    all.map(({ key }) => key),
    all.map(({ size }) => size!),
    all.map((_, i) => Date.UTC(2026, 0, 1) + i * 1000),
    all.map(({ storageClass }) => storageClass!),
    all.map(({ accessTier }) => accessTier!),
    all.map(({ isLatest }) => isLatest!),
    all.map(({ isDeleteMarker }) => isDeleteMarker!),
  ];
  const folder = randomUUID();
  for (const compression of ['NONE', 'ZLIB'] as const)
    for (const version of [1, 2] as const)
      await client.send(
        new PutObjectCommand({
          Bucket,
          Key: `${folder}/${compression}${version}/one.orc`,
          Body: writeOrc(columns, values, { compression, version }),
        }),
      );
  for (const form of ['NONE1', 'NONE2', 'ZLIB1', 'ZLIB2']) {
    const table = `hive.columns.w${form.toLowerCase()}`;
    await ask(
      `CREATE TABLE ${table} (bucket varchar, key varchar, size bigint, last_modified_date timestamp(3), storage_class varchar, intelligent_tiering_access_tier varchar, is_latest boolean, is_delete_marker boolean)
       WITH (format = 'ORC', external_location = 's3://${Bucket}/${folder}/${form}/')`,
    );
    t.same(
      await ask(`SELECT count(*) FROM (SELECT * FROM ${table} EXCEPT (${select}))`),
      [[0]],
      `${form}: no other`,
    );
    t.same(
      await ask(`SELECT count(*) FROM ((${select}) EXCEPT SELECT * FROM ${table})`),
      [[0]],
      `${form}: all`,
    );
    t.same(await ask(`SELECT count(*) FROM ${table}`), [[rows]], `${form}: none twice`);
  }
});
