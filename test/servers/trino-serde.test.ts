/** The reader of the in-project Athena is OpenCSVSerDe as Trino has it: the same fields of the same lines, faults and all. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import t from 'tap';
import { createS3Client } from '../../src/adapters/aws/client.js';
import { runStatement } from '../../src/adapters/trino/protocol.js';
import { splitRecords } from '../../src/compaction/csv-fields.js';
import { traitScanner } from '../../src/compaction/csv-traits.js';
import { readable } from '../../src/compaction/sql/readable.js';
import { serdeRows } from '../athena/open-csv.js';

const endpointUrl = process.env.BUCKETWISE_S3_ENDPOINT;
const url = process.env.BUCKETWISE_TRINO_URL;
if (!endpointUrl || !url) throw new Error('BUCKETWISE_S3_ENDPOINT and BUCKETWISE_TRINO_URL are not set');

const client = createS3Client({ region: 'us-east-1', endpointUrl });
t.teardown(() => client.destroy());
const Bucket = `serde-${randomUUID()}`;
await client.send(new CreateBucketCommand({ Bucket }));
const server = {
  url,
  catalog: 'hive',
  schema: 'serde',
  user: 'bucketwise',
  pause: (ms: number) => sleep(ms),
};
const signal = new AbortController().signal;
const ask = async (sql: string) => {
  const answer = await runStatement(server, { sql, session: {} }, signal);
  if (answer.outcome === 'failed') throw new Error(`${answer.name}: ${answer.words}`);
  return answer.rows;
};
await ask('CREATE SCHEMA IF NOT EXISTS hive.serde');

const columns = ['a', 'b', 'c'];

/** Each text is an object of its own; the rows come back by the name of their object. */
async function rowsByTrino(
  texts: readonly string[],
  escapeBy: string,
): Promise<Map<string, (string | null)[][]>> {
  const folder = randomUUID();
  for (const [at, Body] of texts.entries())
    await client.send(new PutObjectCommand({ Bucket, Key: `${folder}/${at}`, Body }));
  const table = `hive.serde.t${folder.replaceAll('-', '')}`;
  await ask(
    `CREATE TABLE ${table} (${columns.map((name) => `${name} varchar`).join(', ')}) WITH (format = 'CSV', external_location = 's3://${Bucket}/${folder}/', csv_escape = ${escapeBy})`,
  );
  const rows = await ask(`SELECT "$path", ${columns.join(', ')} FROM ${table}`);
  await ask(`DROP TABLE ${table}`);
  const found = new Map<string, (string | null)[][]>();
  for (const [path, ...fields] of rows) {
    const name = String(path).split('/').at(-1)!;
    found.set(name, [...(found.get(name) ?? []), fields as (string | null)[]]);
  }
  return found;
}

const pieces = ['a', 'b c', ' ', '"', '""', '\\', '\\"', ',', ',,', '\n', '\r\n', '\t', 'é', '🎁', '\u0001'];
const wild = fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((parts) => parts.join(''));
const inOrder = (rows: (string | null)[][]): string[] => rows.map((row) => JSON.stringify(row)).sort();

t.test('150 wild texts, with the backslash as escape and with a character that does not occur', async (t) => {
  const texts = fc.sample(wild, { numRuns: 150, seed: 20261126 });
  for (const [sql, char] of [
    ["'\\'", '\\'],
    ["U&'\\0002'", '\u0002'],
  ] as const) {
    const byTrino = await rowsByTrino(texts, sql);
    for (const [at, text] of texts.entries())
      t.same(
        inOrder(byTrino.get(String(at)) ?? []),
        inOrder(serdeRows(text, { separator: ',', quote: '"', escape: char }, 3, 0)),
        JSON.stringify(text),
      );
  }
});

/** RFC 4180 as anybody writes it. */
const field = fc
  .array(fc.constantFrom('a', '"', ',', '\\', ' ', '\n', 'é', "'", '\u0001', ''), { maxLength: 5 })
  .map((parts) => parts.join(''));
const record = fc.tuple(field, field, field, fc.boolean());
const csvText = fc
  .array(record, { minLength: 1, maxLength: 4 })
  .map((records) =>
    records
      .map(([a, b, c, all]) =>
        [a, b, c]
          .map((text) => (all || /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text))
          .join(','),
      )
      .join('\n'),
  );

t.test('what is let through is read by Trino as RFC 4180 reads it', async (t) => {
  const texts = fc.sample(csvText, { numRuns: 400, seed: 20261126 });
  const csv = { header: false, delimiter: ',' };
  const passed = texts.filter((text) => {
    const scanner = traitScanner(csv);
    const bytes = new TextEncoder().encode(text);
    scanner.take(bytes);
    const source = { key: 'k', size: bytes.length, etag: '' };
    const read = readable([{ source, traits: scanner.end() }], csv);
    return read.ok && !text.includes('\u0002') && text !== '';
  });
  t.ok(passed.length > 50, `${passed.length} of 400`);
  const byTrino = await rowsByTrino(passed, "U&'\\0002'");
  for (const [at, text] of passed.entries())
    t.same(
      inOrder(byTrino.get(String(at)) ?? []),
      inOrder(splitRecords(text, ',').map((one) => one.map((each) => each.text))),
      JSON.stringify(text),
    );
});
