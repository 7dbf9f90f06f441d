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
 *   --endpoint URL: another server that is running, whose buckets "flat" and "folders" hold the keys; credentials from the environment
 *   --latency 60: every answer comes so many milliseconds later   --server PID,PID: whose processor time is told, too
 *   --program dist/entry/cli/main.js: the whole built program, too
 *   node --import tsx scripts/bench/list.ts lay --dir DIR [--keys 200000]
 *       the keys as empty files, to fill another server: s5cmd --endpoint-url URL --numworkers 64 cp 'DIR/flat/*' s3://flat/
 *   versitygw reads the whole folder for each page: with many keys in one it is the server that is measured. Others that this was run on:
 *       Ceph (scripts/servers/ceph.mjs), and github.com/johannesboyne/gofakes3, its s3mem backend filled by a few lines of Go
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
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
import { benchServer, fill, layKeys, rowOf, runsOf, tool } from './list-beside.js';

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
    rows[`${who}, ${count} keys`] = rowOf(count, await runsOf(['list', who, endpoint, 'bucket'], times));
    child.kill();
  }
  console.log(`A stub of 60 ms, ${STREAMS} streams, shape ${shape}`);
  console.table(rows);
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
      program: { type: 'string' },
      latency: { type: 'string', default: '0' },
      endpoint: { type: 'string' },
      server: { type: 'string', default: '' },
      dir: { type: 'string' },
    },
  });
  const runs = Number(values.runs);
  const keys = Number(values.keys ?? (what === 'stub' ? 2_000_000 : 200_000));
  if (what === 'stub') await benchStub(keys, values.shape, runs);
  else if (what === 'lay' && values.dir !== undefined) layKeys(values.dir, keys);
  else if (what === 'server') {
    process.env.AWS_REGION ??= region;
    const started = values.endpoint === undefined ? await startS3Server() : undefined;
    try {
      if (started) {
        process.env.AWS_ACCESS_KEY_ID = started.accessKeyId;
        process.env.AWS_SECRET_ACCESS_KEY = started.secretAccessKey;
        await fill(started.endpoint, started.dir, keys);
      }
      await benchServer({
        ...{ keys, runs, rclone: values.rclone, s5cmd: values.s5cmd, program: values.program },
        endpoint: values.endpoint ?? started!.endpoint,
        latency: Number(values.latency),
        server: started ? [started.pid] : values.server.split(',').filter(Boolean).map(Number),
      });
    } finally {
      await started?.stop();
    }
  } else throw new Error('Say which: stub, server, or lay with --dir.');
}
