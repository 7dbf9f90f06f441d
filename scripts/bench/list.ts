/**
 * Keys a second of a live listing by the built program (list-part.ts, built with it; npm run build comes first). Everything in processes of
 * their own, the part that is measured alone; medians of --runs.
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
import { startS3Server } from '../servers/s3.mjs';
import { builtParts, requireBuilt } from './built-program.js';
import { benchServer, fill, layKeys, listed, rowOf, runsOf, tool } from './list-beside.js';

const STREAMS = 64;
const region = 'us-east-1';

async function benchStub(part: string, keys: number, shape: string, times: number): Promise<void> {
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
    rows[`${who}, ${count} keys`] = rowOf(
      count,
      await runsOf(listed(part, who, endpoint, 'bucket', STREAMS), times),
    );
    child.kill();
  }
  console.log(`A stub of 60 ms, ${STREAMS} streams, shape ${shape}`);
  console.table(rows);
}

const [what, ...rest] = process.argv.slice(2);
if (what === 'tool') tool(rest[0]!, rest.slice(1));
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
  requireBuilt();
  const part = await builtParts(['list-part']);
  const keys = Number(values.keys ?? (what === 'stub' ? 2_000_000 : 200_000));
  if (what === 'stub') await benchStub(part, keys, values.shape, runs);
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
        ...{ part, keys, runs, rclone: values.rclone, s5cmd: values.s5cmd, program: values.program },
        endpoint: values.endpoint ?? started!.endpoint,
        streams: STREAMS,
        latency: Number(values.latency),
        server: started ? [started.pid] : values.server.split(',').filter(Boolean).map(Number),
      });
    } finally {
      await started?.stop();
    }
  } else throw new Error('Say which: stub, server, or lay with --dir.');
}
