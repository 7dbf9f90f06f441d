/** The built program reads reports of S3 Inventory from a real S3 server, in every format, and refuses what it must. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import t from 'tap';
import { checkedBytes } from '../../src/adapters/inventory/file-bytes.js';
import { openReportBucket } from '../../src/adapters/inventory/report-bucket.js';
import type { FoundFile } from '../../src/inventory/report-ports.js';
import { json, startProgram } from '../e2e/bucketwise.js';
import {
  csvFile,
  keyOf,
  manifestKey,
  md5Of,
  type ReportFile,
  reportObjects,
} from '../inventory/report-files.js';
import { client, endpoint, environment, run } from './s3-server.js';

async function uploaded(bucket: string, objects: ReadonlyMap<string, Uint8Array>): Promise<string> {
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  for (const [Key, Body] of objects) await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  return `s3://${bucket}/${manifestKey}`;
}

const row = (i: number) => ({ key: `csv/day=${i % 7}/part ${i}+é.csv`, size: i });
const rowsOf = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => row(from + i));
const files = Array.from({ length: 5 }, (_, i) => csvFile(`${i}.csv.gz`, rowsOf(i * 1000, (i + 1) * 1000)));

t.test('a report in S3 is tallied, and its requests are counted and priced', async (t) => {
  const uri = await uploaded('inventory-csv', reportObjects(files));
  const ended = await run(['scan', uri, '--json']);
  t.equal(ended.code, 0, ended.err);
  const value = json(ended);
  t.match(value, { source: 's3://lake/', totals: [{ objects: 5000, bytes: (4999 * 5000) / 2 }] });
  // The manifest is looked at and read, its checksum read; each file is looked at and read.
  t.match(value.ownCost, { requests: { put: 0, get: 13, list: 0 }, usd: '0.0000052' });
  t.match(ended.err, 'written to s3://reports/; its files are read from s3://inventory-csv/');
  t.match(ended.err, /Reading it costs about \$0\.0000052 in GET requests/);
  const dear = await run(['scan', uri, '--max-cost', '0.0000051']);
  t.equal(dear.code, 4);
});

const { BUCKETWISE_SAMPLES: samples } = process.env;
const skip = samples ? false : 'BUCKETWISE_SAMPLES is not set';

t.test(
  'ORC and Parquet in S3 give what CSV gives, from local copies that do not stay',
  { skip },
  async (t) => {
    const folder = join(samples!, 's3-inventory');
    const sample = (name: string) => readFileSync(join(folder, `umccr__${name}`));
    const values = [];
    for (const [format, file] of [
      ['csv', 'csv_inventory.csv.gz'],
      ['orc', 'orc_inventory.orc'],
      ['parquet', 'parquet_inventory.parquet'],
    ] as const) {
      const bucket = `inventory-sample-${format}`;
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
      const put = (Key: string, Body: Uint8Array) =>
        client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
      await put(file, sample(file));
      await put('manifest.json', sample(`${format}_inventory_manifest.json`));
      await put('manifest.checksum', sample(`${format}_inventory_manifest.checksum`));
      const tmp = t.testdir();
      const ended = await run(['scan', `s3://${bucket}/manifest.json`, '--json'], {
        environment: { ...environment, TMPDIR: tmp },
      });
      t.equal(ended.code, 0, ended.err);
      t.same(readdirSync(tmp), []);
      values.push(json(ended));
    }
    t.match(values[0], { totals: [{ deleteMarkers: 1 }, { objects: 4, bytes: 10, noncurrentObjects: 2 }] });
    t.same(values[1], values[0]);
    t.same(values[2], values[0]);
  },
);

const broken: readonly (readonly [string, (one: ReportFile) => ReportFile, RegExp])[] = [
  [
    'bytes',
    (one) => ({ ...one, said: { MD5checksum: md5Of('other') } }),
    /INVENTORY_CORRUPT: .*3\.csv\.gz" is refused: its MD5/,
  ],
  ['size', (one) => ({ ...one, said: { size: 1 } }), /INVENTORY_CORRUPT: .*3\.csv\.gz" is refused: it has/],
  ['missing', (one) => ({ ...one, isMissing: true }), /INVENTORY_INCOMPLETE: 1 of the 5 files/],
];
for (const [what, change, message] of broken)
  t.test(
    `a report in S3 with a file of wrong ${what} is refused by name: exit 2, nothing on stdout`,
    async (t) => {
      const changed = files.map((file) => (file.name === '3.csv.gz' ? change(file) : file));
      const ended = await run([
        'scan',
        await uploaded(`inventory-${what}`, reportObjects(changed)),
        '--json',
      ]);
      t.equal(ended.code, 2);
      t.equal(ended.out, '');
      t.match(ended.err, message);
    },
  );

t.test(
  'a manifest that is not there, a bucket that is not there, and a login that is none, are said',
  async (t) => {
    const manifest = await run(['scan', 's3://inventory-csv/no/manifest.json']);
    t.equal(manifest.code, 2);
    t.match(manifest.err, 's3://inventory-csv/no/manifest.json');
    const bucket = await run(['scan', 's3://no-such-bucket/manifest.json']);
    t.equal(bucket.code, 2);
    t.match(bucket.err, /BUCKET_MISSING.*no-such-bucket/);
    const login = { ...environment, AWS_SECRET_ACCESS_KEY: 'not-the-secret' };
    const stranger = await run(['scan', 's3://inventory-csv/no/manifest.json'], { environment: login });
    t.equal(stranger.code, 6, stranger.err);
  },
);

t.test('an object that is replaced or deleted after it was looked at is refused', async (t) => {
  process.env.AWS_EC2_METADATA_DISABLED = 'true';
  const bucket = await openReportBucket(
    { scheme: 's3', endpointUrl: endpoint, region: 'us-east-1' },
    'inventory-csv',
  );
  const key = keyOf(files[0]!);
  const looked = (await bucket.look(key))!;
  t.equal(looked.size, files[0]!.bytes.length);
  const file: FoundFile = { key, at: key, root: 'inventory-csv', md5: md5Of(files[0]!.bytes), ...looked };
  const read = async (): Promise<number> => {
    let length = 0;
    for await (const bytes of checkedBytes(bucket, file, () => undefined)) length += bytes.length;
    return length;
  };
  t.equal(await read(), looked.size);
  await client.send(new PutObjectCommand({ Bucket: 'inventory-csv', Key: key, Body: files[1]!.bytes }));
  await t.rejects(read(), { code: 'INVENTORY_CHANGED', message: /0\.csv\.gz" was replaced/ });
  await t.rejects(bucket.range({ key, etag: looked.etag }, 0, 10), { code: 'OBJECT_CHANGED' });
  await client.send(new DeleteObjectCommand({ Bucket: 'inventory-csv', Key: key }));
  await t.rejects(read(), { code: 'INVENTORY_CHANGED' });
});

/** Runs the scan and kills it once another part than before is kept; true when it came to its end first. */
async function killedOnce(args: readonly string[], partial: string): Promise<boolean> {
  const parts = (): number =>
    existsSync(partial) ? readdirSync(partial).filter((name) => name.endsWith('.part')).length : 0;
  const before = parts();
  const child = startProgram([...args, '--endpoint-url', endpoint!], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
  });
  const watch = setInterval(() => parts() > before && child.kill('SIGKILL'), 1);
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(watch);
  return code === 0;
}

t.test('a scan that is killed again and again goes on to the document of one that was not', async (t) => {
  const many = Array.from({ length: 6 }, (_, i) => csvFile(`${i}.csv.gz`, rowsOf(i * 500, (i + 1) * 500)));
  const uri = await uploaded('inventory-killed', reportObjects(many));
  const whole = json(await run(['scan', uri, '--json']));
  const out = join(t.testdir(), 'scan.json');
  let kills = 0;
  while (kills < 20 && !(await killedOnce(['scan', uri, '--out', out], `${out}.partial`))) kills += 1;
  t.ok(kills > 1 && kills <= 6, `${kills} kills`);
  const { ownCost: once, ...wanted } = whole;
  const { ownCost, ...document } = JSON.parse(readFileSync(out, 'utf8'));
  t.same(document, wanted);
  t.ok(ownCost.requests.get < (once as typeof ownCost).requests.get, 'the last run did not read everything');
  t.notOk(existsSync(`${out}.partial`));
});
