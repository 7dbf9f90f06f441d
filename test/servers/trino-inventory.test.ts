/** One bucket's inventory as CSV, ORC and Parquet, by this program, by a real Trino and by an Athena that executes: one document. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import pLimit from 'p-limit';
import t from 'tap';
import { openS3Store } from '../../src/adapters/aws/object-store.js';
import { runStatement } from '../../src/adapters/trino/protocol.js';
import { startAthena } from '../athena/endpoint.js';
import { bucketwise, json } from '../e2e/bucketwise.js';
import {
  csvFile,
  type InventoryRow,
  manifestKey,
  type ReportFile,
  type ReportForm,
  reportObjects,
} from '../inventory/report-files.js';

const endpoint = process.env.BUCKETWISE_S3_ENDPOINT;
const url = process.env.BUCKETWISE_TRINO_URL;
if (!endpoint || !url) throw new Error('BUCKETWISE_S3_ENDPOINT and BUCKETWISE_TRINO_URL are not set');

const client = new S3Client({ endpoint, forcePathStyle: true });
t.teardown(() => client.destroy());
const bucket = `inventories-${randomUUID().slice(0, 8)}`;
await client.send(new CreateBucketCommand({ Bucket: bucket }));
const athena = await startAthena(new Map([[bucket, openS3Store({ bucket, client })]]));
t.teardown(() => athena.close());
const schema = bucket.replace('-', '_');
const server = { url, catalog: 'hive', schema, user: 'bucketwise', pause: (ms: number) => sleep(ms) };
const ask = async (sql: string) => {
  const answer = await runStatement(server, { sql, session: {} }, new AbortController().signal);
  if (answer.outcome === 'failed') throw new Error(`${answer.name}: ${answer.words}`);
  return answer.rows;
};
await ask(`CREATE SCHEMA hive.${schema}`);
const put = (Key: string, Body: Uint8Array) =>
  client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));

const firehose = 'orders-1-2026-11-22-05-00-00-0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f';
const hostile: readonly InventoryRow[] = [
  { key: 'csv/dt=2026-11-22/hour=05/a b+c&=é😀.csv', size: 1000 },
  { key: 'csv/dt=2026-11-22/hour=06/%2F"quoted"\n.csv\n', size: 131_071 },
  { key: "it's/back\\slash.JSON", size: 131_072 },
  { key: `logs/year=2026/month=1/day=2/hour=3/${firehose}`, size: 4096 },
  { key: 'long s/x.cſv', size: 1 },
  { key: 'digits/٢٠٢٦/part-٠٠٠٠١', size: 1 },
  { key: 'deep/a/b/c/d/e/f/g/h/i/1/2026/11/22/k', size: 1024 },
  { key: 'deep/a/b/c/d/e/f/g/2026-11-22/k.txt', isDeleteMarker: true },
  { key: '//a///b', size: 2 ** 32 },
  { key: 'top', size: 5 * 2 ** 40 },
  { key: 'unsized/x' },
  { key: 'tiered/z', size: 7, storageClass: 'INTELLIGENT_TIERING', accessTier: 'ARCHIVE' },
  { key: 'mark\ufeff/\u0301combining', size: Number.MAX_SAFE_INTEGER, storageClass: 'NEW "ONE",' },
];
const many = Array.from({ length: 20_000 }, (_, at): InventoryRow => {
  const hour = `year=2026/month=11/day=${1 + (at % 28)}/hour=${at % 24}`;
  const key = at % 3 === 0 ? `t${at % 7}/${hour}/part-0000${at}.csv.gz` : `flat/${(at * 7919) % 900}/${at}`;
  return { key, size: (at * at * 31) % 3_000_000, isLatest: at % 11 !== 0 };
});
const ranges = ['0, 9999', '10000, 19999'];
const rows = [...hostile, ...many];
const halves = [rows.slice(0, 9_000), rows.slice(9_000)];

/** Files that Trino wrote of the rows, and of those it can reckon: another writer than ours, and than our readers'. */
async function written(
  format: 'ORC' | 'PARQUET',
  table: string,
  told: readonly InventoryRow[],
  reckoned: readonly string[] = [],
): Promise<ReportFile[]> {
  const name = `source_${table}_${format.toLowerCase()}`;
  const text = (of: string | undefined): string =>
    of === undefined ? 'CAST(NULL AS varchar)' : `from_utf8(from_hex('${Buffer.from(of).toString('hex')}'))`;
  const values = (some: readonly InventoryRow[]): string =>
    some
      .map(
        ({ key, size, storageClass, accessTier, isLatest = true, isDeleteMarker = false }) =>
          `(${isDeleteMarker}, ${text(key)}, CAST(${size ?? 'NULL'} AS bigint), 'x', ${isLatest}, ${isDeleteMarker ? text(undefined) : text(storageClass ?? 'STANDARD')}, ${text(accessTier)})`,
      )
      .join(', ');
  const columns =
    'is_delete_marker, key, size, new_field, is_latest, storage_class, intelligent_tiering_access_tier';
  await ask(
    `CREATE TABLE hive.${schema}.${name} WITH (format = '${format}', external_location = 's3://${bucket}/${name}/') AS SELECT * FROM (VALUES ${values(told)}) AS t (${columns})`,
  );
  const folder =
    "'t' || CAST(at % 7 AS varchar) || '/year=2026/month=11/day=' || CAST(1 + at % 28 AS varchar) || '/hour=' || CAST(at % 24 AS varchar) || '/part-0000' || CAST(at AS varchar) || '.csv.gz'";
  const flat = "'flat/' || CAST((at * 7919) % 900 AS varchar) || '/' || CAST(at AS varchar)";
  for (const range of reckoned)
    await ask(
      `INSERT INTO hive.${schema}.${name} SELECT false, if(at % 3 = 0, ${folder}, ${flat}), (at * at * 31) % 3000000, 'x', at % 11 <> 0, 'STANDARD', NULL FROM UNNEST(sequence(${range})) AS a (at)`,
    );
  const { Contents = [] } = await client.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: `${name}/` }),
  );
  return Promise.all(
    Contents.map(async ({ Key = '' }, at) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
      return { name: `${at}.${format.toLowerCase()}`, bytes: await Body!.transformToByteArray() };
    }),
  );
}

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

type Document = Readonly<
  Record<'ownCost' | 'unknown' | 'takenAt', { readonly columns?: readonly string[] }>
> & {
  readonly prefixes: readonly {
    readonly prefix: string;
    readonly format?: string;
    readonly writer?: string;
  }[];
};

async function documentOf(uri: string, args: readonly string[]): Promise<Document> {
  const ended = await bucketwise(['scan', uri, '--json', ...args], { environment });
  if (ended.code !== 0) throw new Error(ended.err);
  return json(ended) as unknown as Document;
}

/** What a document says of the bucket; unknown columns are the files' own. */
function textOf({ ownCost: _, unknown: __, ...rest }: Document): string {
  return JSON.stringify(rest);
}

const engines = ['local', 'trino', 'athena'] as const;

function engineConfig(folder: string): string {
  const config = join(folder, 'engines.yaml');
  writeFileSync(
    config,
    `engines:\n  trino: { url: "${url}", schema: ${schema} }\n  athena: { output: "s3://${bucket}/results/", database: ${schema} }\n`,
  );
  return config;
}

const by = (engine: (typeof engines)[number], config: string): readonly string[] => [
  ...['--engine', engine],
  ...(engine === 'local' ? [] : ['--config', config]),
];

/** The address of a report that lies in a folder of its own, put there first where it is new. */
async function reported(
  folder: string,
  files: readonly ReportFile[],
  form: ReportForm,
  isNew = true,
): Promise<string> {
  if (isNew)
    for (const [key, bytes] of reportObjects(files, { ...form, checksum: false }))
      await put(key.replace('inventory/', `inventory-${folder}/`), moved(bytes, folder));
  return `s3://${bucket}/${manifestKey.replace('inventory/', `inventory-${folder}/`)}`;
}

t.test('three formats by three engines are one document', { timeout: 200_000 }, async (t) => {
  const config = engineConfig(t.testdir());
  const reports = {
    CSV: halves.map((some, at) => csvFile(`${at}.csv.gz`, some)),
    ORC: await written('ORC', 'many', hostile, ranges),
    Parquet: await written('PARQUET', 'many', hostile, ranges),
  };
  for (const args of [[], ['--versions', 'current', '--depth', '2', '--small-below', '1MiB']]) {
    const texts = new Map<string, string>();
    for (const [format, files] of Object.entries(reports) as [keyof typeof reports, ReportFile[]][]) {
      const folder = format.toLowerCase();
      if (args.length > 0 && format !== 'CSV') continue;
      const uri = await reported(folder, files, { format }, args.length === 0);
      for (const engine of engines) {
        const document = await documentOf(uri, [...args, ...by(engine, config)]);
        t.same(document.unknown.columns, format === 'CSV' ? [] : ['new_field'], `${format} by ${engine}`);
        texts.set(`${format} by ${engine}`, textOf(document));
      }
    }
    const first = texts.get('CSV by local')!;
    t.match(first, /Amazon Data Firehose/);
    for (const [what, text] of texts) t.ok(text === first, `${what} ${args.join(' ')}`);
  }
  t.same(
    (await ask(`SHOW TABLES FROM hive.${schema}`))
      .flat()
      .filter((name) => !String(name).startsWith('source_')),
    [],
    'no table is left',
  );
});

/** What a bucket holds; who was asked when, and at what cost, is the scan's own. */
function heldIn({ ownCost: _, unknown: __, takenAt: ___, ...rest }: Document): string {
  return JSON.stringify(rest);
}

t.test(
  'a bucket listed live and its reports by every way are one document',
  { timeout: 200_000 },
  async (t) => {
    const lake = `lake-${bucket}`;
    await client.send(new CreateBucketCommand({ Bucket: lake }));
    const objects = Array.from({ length: 600 }, (_, at): InventoryRow => {
      const hour = `year=2026/month=11/day=${1 + (at % 5)}/hour=${at % 24}`;
      const key =
        at % 2 === 0
          ? `events/${hour}/part-0000${at} é+&%41😀.csv`
          : `users/${(at * 31) % 90}/it's-${at}.json`;
      return { key, size: (at * 977) % 200_000 };
    });
    const limit = pLimit(16);
    await Promise.all(
      objects.map(({ key: Key, size = 0 }) =>
        limit(() => client.send(new PutObjectCommand({ Bucket: lake, Key, Body: new Uint8Array(size) }))),
      ),
    );
    const config = engineConfig(t.testdir());
    const files = {
      CSV: [csvFile('1.csv.gz', objects.slice(0, 200)), csvFile('2.csv.gz', objects.slice(200))],
      ORC: await written('ORC', 'lake', objects),
      Parquet: await written('PARQUET', 'lake', objects),
    };
    const month = ['--month', '2026-11'];
    const listed = heldIn(await documentOf(`s3://${lake}/`, month));
    t.match(listed, /"partitions":60,/);
    for (const format of ['CSV', 'ORC', 'Parquet'] as const) {
      const uri = await reported(`lake-${format.toLowerCase()}`, files[format], { format, of: lake });
      for (const engine of engines)
        t.equal(
          heldIn(await documentOf(uri, [...month, ...by(engine, config)])),
          listed,
          `${format} by ${engine}`,
        );
    }
  },
);

/** A manifest names its files by the folder it lies in. */
function moved(bytes: Uint8Array, folder: string): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1');
  return text.startsWith('{')
    ? Buffer.from(text.replaceAll('"inventory/', `"inventory-${folder}/`), 'latin1')
    : bytes;
}
