import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import tap from 'tap';
import { readScan, scan } from '../../src/app/scan.js';
import type { Surroundings } from '../../src/app/surroundings.js';
import { compareKeys } from '../../src/kernel/s3.js';
import type { MetricCheck } from '../../src/prefixes/bucket-metrics.js';
import { createWorld } from '../../src/world.js';
import { objectNamed, sortedLister } from '../inventory/memory-lister.js';

const watch = { progress: () => undefined, note: () => undefined, signal: new AbortController().signal };

/** Ten objects of 1,000 bytes in STANDARD_IA, five in GLACIER, twenty in STANDARD; the bucket is called lake. */
const objects = [
  ...Array.from({ length: 10 }, (_, i) => objectNamed(`ia/${i}`, 1000, 'STANDARD_IA')),
  ...Array.from({ length: 5 }, (_, i) => objectNamed(`cold/${i}`, 1000, 'GLACIER')),
  ...Array.from({ length: 20 }, (_, i) => objectNamed(`a b/${i}`, 1000)),
];

const sorted = objects.toSorted((a, b) => compareKeys(a.key, b.key));

const given: Surroundings = {
  ...createWorld({ environment: {}, region: 'us-east-1' }),
  openLister: async () => ({
    lister: sortedLister({ length: sorted.length, at: (index) => sorted[index]! }),
    requests: () => ({ put: 0, get: 0, list: 1 }),
  }),
};

const checked = async (check: readonly string[], uri = 's3://lake/') =>
  (await scan(given, { uri, month: '2026-11', check }, watch)).value.comparison!;

const told = ({ name, prefix, value, scanned, percent }: MetricCheck) => [
  prefix ?? '',
  name,
  value,
  scanned,
  percent,
];

const cloudWatch = (labels: Readonly<Record<string, readonly number[]>>) =>
  JSON.stringify({
    MetricDataResults: Object.entries(labels).map(([Label, Values], at) => ({
      ...{ Id: `m${at}`, Label, Values, StatusCode: 'Complete' },
      Timestamps: Values.map((_, day) => `2026-11-2${3 - day}T00:00:00+00:00`),
    })),
  });

/** Padding: 10 × (131,072 − 1,000) = 1,300,720; overhead of five archived objects: 5 × 32,768 and 5 × 8,192. */
tap.test('the waste that CloudWatch counts is the waste that the scan counts, in percent', async (t) => {
  const file = join(t.testdir(), 'cloudwatch.json');
  writeFileSync(
    file,
    cloudWatch({
      StandardIASizeOverhead: [1_300_720, 5],
      'lake StandardStorage': [16_000],
      GlacierObjectOverhead: [163_840],
      GlacierS3ObjectOverhead: [50_000],
      NumberOfObjects: [35],
      GlacierStagingStorage: [0],
      StandardIAStorage: [0],
      OneZoneIAStorage: [0],
    }),
  );
  const { checks, notCompared } = await checked([file]);
  t.same(notCompared, ['GlacierStagingStorage']);
  t.same(checks.map(told), [
    ['', 'StandardIASizeOverhead', 1_300_720n, 1_300_720n, '0.00'],
    ['', 'StandardStorage', 16_000n, 20_000n, '25.00'],
    ['', 'GlacierObjectOverhead', 163_840n, 163_840n, '0.00'],
    ['', 'GlacierS3ObjectOverhead', 50_000n, 40_960n, '-18.08'],
    ['', 'AllStorageTypes', 35n, 35n, '0.00'],
    ['', 'StandardIAStorage', 0n, 10_000n, undefined],
    ['', 'OneZoneIAStorage', 0n, 0n, undefined],
  ]);
  t.equal(checks[0]!.at, '2026-11-23T00:00:00.000Z');
});

tap.test('statistics of one metric are named by their file', async (t) => {
  const point = { Timestamp: '2026-11-23T00:00:00Z', Average: 10_000, Unit: 'Bytes' };
  const file = join(t.testdir(), 'StandardIAStorage.json');
  writeFileSync(file, JSON.stringify({ Label: 'BucketSizeBytes', Datapoints: [point] }));
  t.same((await checked([file])).checks.map(told), [['', 'StandardIAStorage', 10_000n, 10_000n, '0.00']]);
  const nameless = join(t.testdir(), 'x.json');
  writeFileSync(nameless, JSON.stringify({ Label: 'BucketSizeBytes', Datapoints: [point] }));
  await t.rejects(checked([nameless]), {
    code: 'CHECK_INVALID',
    message: /does not say of which StorageType/,
  });
});

const lensHeader =
  'version_number,configuration_id,report_date,aws_account_number,aws_region,storage_class,record_type,record_value,bucket_name,metric_name,metric_value';
const lens = (...rows: readonly (readonly [string, string, string, string, string, string])[]): string =>
  [
    lensHeader,
    ...rows.map(
      ([day, storageClass, type, value, bucket, metric]) =>
        `V_1,c,${day},111122223333,us-east-1,${storageClass},${type},${value},${bucket},${metric}`,
    ),
    '',
  ].join('\n');
const rows = lens(
  ['2026-11-22', 'STANDARD', 'BUCKET', '', 'lake', 'StorageBytes,1'],
  ['2026-11-23', 'STANDARD', 'BUCKET', '', 'lake', 'StorageBytes,20000'],
  ['2026-11-23', 'GLACIER', 'BUCKET', '', 'lake', 'ObjectCount,4'],
  ['2026-11-23', '', 'PREFIX', 'a+b%2F', 'lake', 'ObjectCount,20'],
  ['2026-11-23', '', 'PREFIX', 'gone%2F', 'lake', 'ObjectCount,20'],
  ['2026-11-23', 'STANDARD', 'BUCKET', '', 'other', 'StorageBytes,7'],
  ['2026-11-23', 'STANDARD', 'BUCKET', '', 'lake', 'EncryptedObjectCount,7'],
  ['2026-11-23', 'STANDARD', 'ACCOUNT', '111122223333', '', 'StorageBytes,7'],
);
const wanted = [
  ['', 'StorageBytes STANDARD', 20_000n, 20_000n, '0.00'],
  ['', 'ObjectCount GLACIER', 4n, 5n, '25.00'],
  ['a b/', 'ObjectCount', 20n, 20n, '0.00'],
];

tap.test('a Storage Lens export is compared bucket by class and prefix by prefix', async (t) => {
  const dir = t.testdir();
  writeFileSync(join(dir, 'lens.csv'), rows);
  writeFileSync(join(dir, 'lens.csv.gz'), gzipSync(rows));
  for (const name of ['lens.csv', 'lens.csv.gz']) {
    const { checks, notCompared } = await checked([join(dir, name)]);
    t.same(checks.map(told), wanted);
    t.same(notCompared, ['ObjectCount of gone/']);
  }
});

tap.test('the files of a manifest are read as Parquet too, and not where their MD5 is another', async (t) => {
  const dir = t.testdir({ 'lens.csv': rows });
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(
    `copy (select * replace (metric_value::double as metric_value) from read_csv('${dir}/lens.csv', all_varchar = true)) to '${dir}/part-0.par' (format parquet)`,
  );
  const md5 = createHash('md5')
    .update(readFileSync(`${dir}/part-0.par`))
    .digest('hex');
  const manifest = (md5Checksum: string) =>
    JSON.stringify({
      reportFormat: 'Parquet',
      reportFiles: [{ key: 'lens/dt=2026-11-23/part-0.par', size: 1, md5Checksum }],
    });
  writeFileSync(`${dir}/manifest.json`, manifest(md5));
  t.same((await checked([`${dir}/manifest.json`])).checks.map(told), wanted);
  writeFileSync(`${dir}/manifest.json`, manifest('0'.repeat(32)));
  await t.rejects(checked([`${dir}/manifest.json`]), { code: 'CHECK_INVALID', message: /its MD5 is / });
});

tap.test('numbers of the whole bucket are not held against a scan of a part of it', async (t) => {
  const file = join(t.testdir(), 'cloudwatch.json');
  writeFileSync(file, cloudWatch({ StandardStorage: [20_000] }));
  const { checks, notCompared } = await checked([file], 's3://lake/ia/');
  t.same(checks, []);
  t.same(notCompared, ['StandardStorage']);
});

const faulty: readonly (readonly [string, string, RegExp])[] = [
  ['a.json', '{"a":1}', /neither of CloudWatch nor a Storage Lens manifest/],
  [
    'a.json',
    cloudWatch({ StandardStorage: [-1] }),
    /StandardStorage has a value that is no number from 0 on/,
  ],
  [
    'a.json',
    '{"MetricDataResults":[{"Label":"StandardStorage","Timestamps":["x"],"Values":[1]}]}',
    /a time stamp that is none/,
  ],
  [
    'a.json',
    '{"MetricDataResults":[{"Label":"StandardStorage","Timestamps":[],"Values":[1]}]}',
    /not as many values/,
  ],
  ['a.json', '{"MetricDataResults":[]}', /holds no metric of bucket "lake"/],
  ['a.csv', 'a,b\n1,2\n', /it has no column record_type/],
  [
    'a.csv',
    lens(['2026-11-23', '', 'BUCKET', '', 'lake', 'StorageBytes,much']),
    /row 2: metric_value "much" is no whole number/,
  ],
  [
    'a.csv',
    lens(['2026-11-23', '', 'BUCKET', '', 'other', 'StorageBytes,1']),
    /holds no metric of bucket "lake"/,
  ],
];

for (const [name, text, message] of faulty)
  tap.test(`a file to check by that is wrong is refused: ${message.source}`, async (t) => {
    const file = join(t.testdir(), name);
    writeFileSync(file, text);
    await t.rejects(checked([file]), { code: 'CHECK_INVALID', message });
  });

tap.test('a saved scan keeps its comparison, and every form shows it', async (t) => {
  const dir = t.testdir();
  writeFileSync(`${dir}/lens.csv`, rows);
  const request = {
    uri: 's3://lake/',
    month: '2026-11',
    check: [`${dir}/lens.csv`],
    out: `${dir}/scan.json`,
  };
  const { value, forms } = await scan(given, request, watch);
  t.same((await readScan(given, request.out)).comparison, value.comparison);
  for (const form of ['table', 'md', 'html'] as const)
    t.match(forms[form]!({ width: 200, colour: false }), /Storage Lens/, form);
});

tap.test('a file that cannot be a check is refused before anything is listed', async (t) => {
  const folder = t.testdir({ 'other.json': '{"a":1}', 'broken.json': '{' });
  const unlisted: Surroundings = {
    ...given,
    openLister: async () => {
      throw new Error('it was listed');
    },
  };
  for (const [name, code] of [
    ['other.json', 'CHECK_INVALID'],
    ['broken.json', 'DOCUMENT_UNREADABLE'],
    ['none.json', 'FILE_MISSING'],
    ['none.csv', 'FILE_MISSING'],
  ] as const)
    await t.rejects(
      scan(unlisted, { uri: 's3://lake/', month: '2026-11', check: [join(folder, name)] }, watch),
      { code },
      name,
    );
});

tap.test('a check that fails after the scan leaves the scan where it was to be saved', async (t) => {
  const folder = t.testdir({ 'bill.csv': 'a,b\n1,2\n' });
  const out = join(folder, 'scan.json');
  const request = { uri: 's3://lake/', month: '2026-11', check: [join(folder, 'bill.csv')], out };
  await t.rejects(scan(given, request, watch), { code: 'CHECK_INVALID' });
  const kept = await readScan(given, out);
  t.equal(
    kept.totals.reduce((sum, { objects: held }) => sum + held, 0n),
    35n,
  );
});
