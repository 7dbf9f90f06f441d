/**
 * Megabytes of CSV a second, processor time and peak memory of `compact run` through a real Trino and through DuckDB on the
 * same real S3 server, beside DuckDB's own COPY of the same files on disk and Trino's own CTAS of them, which checks nothing. The servers' part is counted too. Trino runs with
 * the settings of the tests (one node, 1.5 GB of heap), but compiles as a server does.
 * Run: node --import tsx scripts/bench/compaction-trino.ts [--files 40] [--mb 10] [--hours 1]
 */
import { createReadStream, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { runStatement } from '../../src/adapters/trino/protocol.js';
import { createApp, createWorld } from '../../src/index.js';
import { installS3Server, startS3Server } from '../servers/s3.mjs';
import { installTrino, startTrino } from '../servers/trino.mjs';
import { columns, hourPath, rawCopy, writeLake } from './csv-lake.js';
import { measured } from './measured.js';

const { values: options } = parseArgs({
  options: {
    files: { type: 'string', default: '40' },
    mb: { type: 'string', default: '10' },
    hours: { type: 'string', default: '1' },
    one: { type: 'string' },
    lake: { type: 'string' },
    trino: { type: 'string' },
  },
});
const script = fileURLToPath(import.meta.url);
const hours = Number(options.hours);
const bucket = 'bench';
const names: Readonly<Record<string, string>> = {
  raw: 'DuckDB COPY of local files',
  plain: 'Trino CTAS, S3, unchecked',
};
const trinoTypes = {
  bigint: 'bigint',
  integer: 'integer',
  double: 'double',
  timestamp: 'timestamp(3)',
  string: 'varchar',
} as const;

async function compacted(lake: string, engine: string): Promise<void> {
  const config = join(lake, `${engine}.json`);
  const table = {
    name: 'events',
    source: { uri: `s3://${bucket}/csv/`, columns: columns.map(([name, type]) => ({ name, type })) },
    target: { uri: `s3://${bucket}/${engine}/`, fileSize: '1GiB' },
    engine,
  };
  const engines = { trino: { url: options.trino!, catalog: 'hive', schema: 'lake', user: 'bench' } };
  await writeFile(config, JSON.stringify({ region: 'us-east-1', tables: [table], engines }));
  const shown = await createApp(createWorld({ environment: process.env })).compact(
    'run',
    { config, from: '2026-11-22', to: '2026-11-23' },
    { progress: () => undefined, note: () => undefined, signal: new AbortController().signal },
  );
  const rows = shown.value[0]!.partitions;
  const failed = rows.find(({ state }) => state !== 'compacted');
  if (failed || rows.length !== hours) throw new Error(failed?.reason ?? 'no hour was compacted');
}

/** What Trino itself takes: no value is checked before, within or after. */
async function plainCtas(): Promise<void> {
  const server = { url: options.trino!, catalog: 'hive', schema: 'lake', user: 'bench', pause: sleep };
  const run = (sql: string) => runStatement(server, { sql, session: {} }, new AbortController().signal);
  const texts = columns.map(([name]) => `"${name}" varchar`).join(', ');
  const values = columns
    .map(([name, type]) => `CAST("${name}" AS ${trinoTypes[type]}) AS "${name}"`)
    .join(', ');
  for (let hour = 0; hour < hours; hour += 1) {
    const at = `external_location = 's3://${bucket}/csv/${hourPath(hour)}/'`;
    await run(`CREATE TABLE csv_${hour} (${texts}) WITH (format = 'CSV', ${at}, skip_header_line_count = 1)`);
    await run(`CREATE TABLE plain_${hour} WITH (format = 'PARQUET') AS SELECT ${values} FROM csv_${hour}`);
  }
}

async function one(what: string, lake: string): Promise<void> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  if (what === 'raw') await rawCopy(lake, hours);
  else if (what === 'plain') await plainCtas();
  else await compacted(lake, what);
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(`${(performance.now() - startedAt) / 1000} ${(user + system) / 1e6}`);
  process.exit(0);
}

async function all(): Promise<void> {
  await installS3Server();
  await installTrino();
  const lake = await mkdtemp(join(tmpdir(), 'bucketwise-bench-'));
  await mkdir(join(lake, 'csv'));
  const s3 = await startS3Server();
  const trino = await startTrino(s3, { forLongStatements: true });
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
    AWS_REGION: s3.region,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
  });
  try {
    const { bytes } = await writeLake(lake, hours, Number(options.files), Number(options.mb) * 1e6);
    await upload(lake, s3.endpoint);
    const server = { url: trino.url, catalog: 'hive', schema: 'lake', user: 'bench', pause: sleep };
    const sql = 'CREATE SCHEMA IF NOT EXISTS hive.lake';
    await runStatement(server, { sql, session: {} }, new AbortController().signal);
    console.log(
      `${options.files} files, ${(bytes / 1e6).toFixed(0)} MB of CSV in ${hours} hours, Trino ${trino.version}`,
    );
    const given = ['--lake', lake, '--trino', trino.url];
    let base = 0;
    for (const [what, beside] of [
      ['raw', []],
      ['duckdb', [s3.pid]],
      ['plain', [s3.pid, trino.pid]],
      ['trino', [s3.pid, trino.pid]],
    ] as const) {
      const { seconds, cpuSeconds, peakMiB } = await measured(
        script,
        [...process.argv.slice(2), ...given, '--one', what],
        beside,
      );
      if (what === 'raw') base = seconds;
      const name = names[what] ?? `compact run, ${what}, S3, values`;
      console.log(
        `${name.padEnd(32)} ${seconds.toFixed(2).padStart(7)} s ${(bytes / 1e6 / seconds).toFixed(0).padStart(5)} MB/s  ${(base / seconds).toFixed(2)} × COPY  ${cpuSeconds.toFixed(2).padStart(6)} s of processor  peak ${peakMiB.toFixed(0)} MiB${beside.length > 0 ? ' with the servers' : ''}`,
      );
    }
  } finally {
    await trino.stop();
    await s3.stop();
    await rm(lake, { recursive: true, force: true });
  }
}

async function upload(lake: string, endpoint: string): Promise<void> {
  const client = new S3Client({ endpoint, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  for (let hour = 0; hour < hours; hour += 1)
    for (const name of readdirSync(join(lake, 'csv', hourPath(hour)))) {
      const path = join(lake, 'csv', hourPath(hour), name);
      const { size } = await stat(path);
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: `csv/${hourPath(hour)}/${name}`,
          Body: createReadStream(path),
          ContentLength: size,
        }),
      );
    }
  client.destroy();
}

if (options.one === undefined) await all();
else await one(options.one, options.lake!);
