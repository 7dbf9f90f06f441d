/** The built program reads access logs and data events from a real S3 server, in both layouts, and counts its own requests. */
import { gzipSync } from 'node:zlib';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import t from 'tap';
import type { Requests } from '../../src/prefixes/request-rows.js';
import type { Scan } from '../../src/prefixes/scan.js';
import { json } from '../e2e/bucketwise.js';
import { fixture } from '../inventory/read-logs.js';
import { client, run } from './s3-server.js';

async function bucketOf(
  Bucket: string,
  objects: Readonly<Record<string, Uint8Array | string>>,
): Promise<void> {
  await client.send(new CreateBucketCommand({ Bucket }));
  for (const [Key, Body] of Object.entries(objects))
    await client.send(new PutObjectCommand({ Bucket, Key, Body }));
}

/** The fixtures speak of a bucket called lake; on this server it has another name. */
const renamed = (text: string): string =>
  text
    .replaceAll(' lake ', ' lake-asked ')
    .replaceAll('"lake"', '"lake-asked"')
    .replaceAll('"lake/', '"lake-asked/');
const lines = renamed(fixture('lake.log').toString());
const half = lines.indexOf('\n', 3000) + 1;
const dated = (bucket: string, second: string) =>
  `all/111122223333/us-east-1/${bucket}/2026/11/22/2026-11-22-05-10-${second}-0123456789ABCDEF`;

t.before(async () => {
  await bucketOf('lake-asked', {
    'csv/year=2026/month=11/day=22/hour=05/part.csv': 'a\n1\n',
    'archive/c.csv': 'x',
  });
  await bucketOf('logs', {
    'lake2026-11-22-05-10-00-0123456789ABCDEF': lines.slice(0, half),
    'lake2026-11-22-05-10-01-0123456789ABCDEF': gzipSync(lines.slice(half)),
    [dated('lake-asked', '00')]: lines,
    [dated('other', '00')]: 'not even read',
    'trail/AWSLogs/1/CloudTrail/x.json.gz': gzipSync(
      renamed(JSON.stringify(JSON.parse(fixture('cloudtrail.json').toString()))),
    ),
  });
});

const scanned = async (...args: readonly string[]) => {
  const ended = await run(['scan', 's3://lake-asked/', '--month', '2026-11', '--json', ...args]);
  t.equal(ended.code, 0, ended.err);
  return {
    value: json(ended) as unknown as Pick<Scan, 'ownCost'> & { readonly requests: Requests },
    said: ended.err,
  };
};

t.test('a log prefix without a slash and a partitioned one say the same', async (t) => {
  const flat = await scanned('--access-logs', 's3://logs/lake');
  t.equal(flat.value.requests.files, 2);
  t.equal(flat.value.requests.lines, 18);
  t.equal(flat.value.requests.otherBuckets, 1);
  // The listing of the lake, that of the logs, and one GET a file.
  t.match(flat.value.ownCost, { requests: { put: 0, get: 2 } });
  t.match(flat.said, /Reading logs costs \$0\.0004 for each 1,000 files/);
  const partitioned = await scanned('--access-logs', 's3://logs/all/');
  t.same(partitioned.value.requests.rows, flat.value.requests.rows);
  t.equal(partitioned.value.requests.files, 1);
  t.equal(partitioned.value.requests.skippedFiles, 1);
});

t.test('data events of CloudTrail are read where they lie', async (t) => {
  const { value } = await scanned('--access-logs', 's3://logs/trail/');
  t.equal(value.requests.otherServices, 1);
  t.same(
    value.requests.rows.map((row) => [row.prefix, row.operation, row.requests]),
    [
      ['archive/', 'put', 1],
      ['csv/', 'get', 1],
      ['csv/', 'get', 2],
      ['csv/', 'list', 1],
      ['csv/', 'put', 1],
    ],
  );
});

t.test('logs of another bucket and a limit of cost end the scan', async (t) => {
  const other = await run([
    'scan',
    's3://lake-asked/',
    '--month',
    '2026-11',
    '--access-logs',
    's3://logs/none',
  ]);
  t.equal(other.code, 2);
  t.match(other.err, /s3:\/\/logs\/none hold no request[\s\S]*there is no file/);
  const dear = await run([
    ...['scan', 's3://lake-asked/', '--month', '2026-11', '--access-logs', 's3://logs/lake'],
    ...['--max-cost', '0.0000101'],
  ]);
  t.equal(dear.code, 4);
});
