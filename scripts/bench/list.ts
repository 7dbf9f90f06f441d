/**
 * Keys a second of a live listing. Everything in processes of their own, the part that is measured alone; medians of --runs.
 *
 *   node --import tsx scripts/bench/list.ts stub   [--keys 2000000] [--shape flat|folders|hours] [--runs 3]
 *       a stub of 60 ms for each answer, 64 streams; beside it the same listing with the pages of the SDK's ListObjectsV2 (a tenth of the keys)
 *   node --import tsx scripts/bench/list.ts server [--keys 200000] [--s5cmd s5cmd] [--rclone rclone] [--runs 3]
 *       a real S3 server (versitygw): flat, and 40 in a folder; beside it rclone (Debian: apt-get install rclone) and
 *       s5cmd (go install github.com/peak/s5cmd/v2@v2.3.0; where the Go proxy has no list of its versions: go mod init x,
 *       go mod edit -require=github.com/peak/s5cmd/v2@v2.3.0, GOFLAGS=-mod=mod go build github.com/peak/s5cmd/v2)
 *       what is not installed is left out, and said
 *   --endpoint URL: another server that is running, whose buckets "flat" and "folders" hold the keys; credentials from the environment.
 *       versitygw reads the whole folder for each page: with many keys in one it is the server that is measured. One that
 *       goes to a page at once: github.com/johannesboyne/gofakes3, its s3mem backend filled by a few lines of Go
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CreateBucketCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { openBucketLister } from '../../src/adapters/aws/bucket-lister.js';
import { createS3Client } from '../../src/adapters/aws/client.js';
import { openTally } from '../../src/inventory/inventory-tally.js';
import { listLive } from '../../src/inventory/live-listing.js';
import { columnsOf } from '../../src/inventory/object-pages.js';
import type { KeyPager } from '../../src/inventory/ports.js';
import { summarise } from '../../src/prefixes/prefix-rows.js';
import { createPrefixTree, prefixTreeDefaults } from '../../src/prefixes/prefix-tree.js';
import { addPart } from '../../src/prefixes/tree-merge.js';
import { startS3Server } from '../servers/s3.mjs';
import { type Measured, measured, median } from './measured.js';

const script = fileURLToPath(import.meta.url);
const STREAMS = 64;
const region = 'us-east-1';

const clientFor = (endpointUrl: string): S3Client => createS3Client({ region, endpointUrl });

/** The pages of the SDK, so that only the client differs. */
const sdkPager = (client: S3Client, bucket: string): KeyPager => ({
  isOrdered: true,
  hasVersions: false,
  page: async ({ prefix, from, delimiter }) => {
    const answer = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        StartAfter: from?.key,
        ContinuationToken: from?.token,
        Delimiter: delimiter,
      }),
    );
    const objects = (answer.Contents ?? []).map(({ Key = '', Size = 0, StorageClass = 'STANDARD' }) => ({
      ...{ key: Key, size: Size, storageClass: StorageClass, etag: '' },
    }));
    const { NextContinuationToken: token } = answer;
    return {
      batch: columnsOf(objects),
      prefixes: (answer.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix),
      ...(token !== undefined && { next: { token } }),
    };
  },
});

/** A whole live scan but for the prices: prints seconds, processor seconds of its own, keys and requests. */
async function list(who: string, endpoint: string, bucket: string): Promise<void> {
  const client = clientFor(endpoint);
  const options = { prefix: '', ...prefixTreeDefaults };
  let requests = 0;
  const started = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  const tally = openTally({ ...options, versions: 'all' });
  const opened = openBucketLister(bucket, client, false);
  const { objects } = await listLive({
    pager: who === 'sdk' ? sdkPager(client, bucket) : opened.pager,
    prefix: '',
    parallel: STREAMS,
    take: (batch) => tally.addBatch(batch, bucket),
    onProgress: ({ pages }) => {
      requests = pages;
    },
  });
  const tree = createPrefixTree(options);
  addPart(tree, tally.part());
  const [total] = summarise(tree).totals;
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const { user, system } = process.cpuUsage(cpu);
  if (Number(total?.objects) !== objects) throw new Error(`${total?.objects} tallied of ${objects}`);
  console.error(
    `    ${who}: ${objects} keys, ${requests} pages, fewest possible ${Math.ceil(objects / 1000)}`,
  );
  console.log(`${seconds} ${(user + system) / 1e6} ${objects}`);
  opened.close();
  client.destroy();
}

/** Another program; what it prints goes nowhere. */
function tool(command: string, args: readonly string[]): void {
  const started = process.hrtime.bigint();
  const { status, stderr } = spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    // rclone refuses to start with it.
    env: { ...process.env, AWS_CA_BUNDLE: undefined },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  console.log(`${Number(process.hrtime.bigint() - started) / 1e9} 0`);
}

async function runs(parts: readonly string[], times: number): Promise<Measured> {
  const all: Measured[] = [];
  for (let i = 0; i < times; i++) all.push(await measured(script, parts));
  return {
    seconds: median(all.map(({ seconds }) => seconds)),
    cpuSeconds: median(all.map(({ cpuSeconds }) => cpuSeconds)),
    peakMiB: median(all.map(({ peakMiB }) => peakMiB)),
  };
}

const rowOf = (keys: number, { seconds, cpuSeconds, peakMiB }: Measured) => ({
  'keys/s': Math.round(keys / seconds),
  seconds: Number(seconds.toFixed(2)),
  'CPU s': Number(cpuSeconds.toFixed(2)),
  'peak MiB': Math.round(peakMiB),
});

async function benchStub(keys: number, shape: string, times: number): Promise<void> {
  process.env.AWS_ACCESS_KEY_ID ??= 'AKIDEXAMPLE';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'secret';
  const rows: Record<string, ReturnType<typeof rowOf>> = {};
  for (const [who, count] of [
    ['ours', keys],
    ['sdk', keys / 10],
  ] as const) {
    const stub = join(fileURLToPath(new URL('../servers/', import.meta.url)), 'list-stub.ts');
    const args = ['--import', 'tsx', stub, '--keys', String(count), '--shape', shape, '--latency', '60'];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const endpoint = line.toString().trim();
    rows[`${who}, ${count} keys`] = rowOf(count, await runs(['list', who, endpoint, 'bucket'], times));
    child.kill();
  }
  console.log(`A stub of 60 ms, ${STREAMS} streams, shape ${shape}`);
  console.table(rows);
}

/** Empty files laid where the server keeps its objects. */
async function fill(endpoint: string, dir: string, keys: number): Promise<void> {
  const client = clientFor(endpoint);
  for (const Bucket of ['flat', 'folders']) await client.send(new CreateBucketCommand({ Bucket }));
  client.destroy();
  const pad = (value: number, width: number): string => String(value).padStart(width, '0');
  const lay = (...path: string[]): void => closeSync(openSync(join(dir, 'data', ...path), 'w'));
  for (let i = 0; i < keys; i++) lay('flat', `obj-${pad(i, 8)}.csv`);
  for (let folder = 0; folder < keys / 40; folder++) {
    mkdirSync(join(dir, 'data', 'folders', `f${pad(folder, 5)}`));
    for (let i = 0; i < 40; i++) lay('folders', `f${pad(folder, 5)}`, `part-${pad(i, 5)}.csv`);
  }
}

interface Tools {
  readonly rclone: string;
  readonly s5cmd: string;
}

async function benchServer(endpoint: string, keys: number, times: number, tools: Tools): Promise<void> {
  const remote = `:s3,provider=Other,env_auth=true,region=${region},endpoint="${endpoint}":`;
  for (const bucket of ['flat', 'folders']) {
    const others: readonly (readonly string[])[] = [
      [tools.rclone, 'lsf', '-R', '--fast-list', `${remote}${bucket}`],
      [tools.rclone, 'size', '--fast-list', `${remote}${bucket}`],
      [tools.s5cmd, '--endpoint-url', endpoint, 'ls', `s3://${bucket}/*`],
      [tools.s5cmd, '--endpoint-url', endpoint, 'du', `s3://${bucket}/*`],
    ];
    const ours = await runs(['list', 'ours', endpoint, bucket], times);
    const rows: Record<string, ReturnType<typeof rowOf> & { readonly 'ours is': string }> = {
      ours: { ...rowOf(keys, ours), 'ours is': '' },
    };
    for (const command of others) {
      if (spawnSync(command[0]!, ['version'], { stdio: 'ignore' }).error) {
        console.error(`    left out, not installed: ${command.join(' ')}`);
        continue;
      }
      console.error(`    ${command.join(' ')}`);
      const other = await runs(['tool', ...command], times);
      const name = `${command[0]!.split('/').at(-1)} ${command.find((word) => /^(?:lsf|size|ls|du)$/.test(word))}`;
      rows[name] = { ...rowOf(keys, other), 'ours is': `${(other.seconds / ours.seconds).toFixed(1)} ×` };
    }
    console.log(`${keys} keys, ${bucket}, at ${endpoint}`);
    console.table(rows);
  }
}

const [what, ...rest] = process.argv.slice(2);
if (what === 'list') await list(rest[0]!, rest[1]!, rest[2]!);
else if (what === 'tool') tool(rest[0]!, rest.slice(1));
else {
  const { values } = parseArgs({
    args: rest,
    options: {
      keys: { type: 'string' },
      shape: { type: 'string', default: 'flat' },
      runs: { type: 'string', default: '3' },
      rclone: { type: 'string', default: 'rclone' },
      s5cmd: { type: 'string', default: 's5cmd' },
      endpoint: { type: 'string' },
    },
  });
  const times = Number(values.runs);
  if (what === 'stub') await benchStub(Number(values.keys ?? 2_000_000), values.shape, times);
  else if (what === 'server') {
    const keys = Number(values.keys ?? 200_000);
    process.env.AWS_REGION ??= region;
    const server = values.endpoint === undefined ? await startS3Server() : undefined;
    try {
      if (server) {
        process.env.AWS_ACCESS_KEY_ID = server.accessKeyId;
        process.env.AWS_SECRET_ACCESS_KEY = server.secretAccessKey;
        await fill(server.endpoint, server.dir, keys);
      }
      await benchServer(values.endpoint ?? server!.endpoint, keys, times, values);
    } finally {
      await server?.stop();
    }
  } else throw new Error('Say which: stub or server.');
}
