/** The live listing beside rclone and s5cmd on one server: seconds of each, and the processor's part of the server. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { createS3Client } from '../../src/adapters/aws/client.js';
import { startFar } from '../servers/far.js';
import { type Measured, measured, median } from './measured.js';

const script = fileURLToPath(new URL('./list.ts', import.meta.url));
const region = 'us-east-1';

export interface Beside {
  /** list-part.ts, built. */
  readonly part: string;
  readonly endpoint: string;
  readonly keys: number;
  readonly streams: number;
  readonly runs: number;
  readonly rclone: string;
  readonly s5cmd: string;
  /** The built program, which is measured too when it is named. */
  readonly program: string | undefined;
  /** Milliseconds that every answer is held back. */
  readonly latency: number;
  /** Processes of the server. */
  readonly server: readonly number[];
}

/** Another program; what it prints goes nowhere. Prints its seconds. */
export function tool(command: string, args: readonly string[]): void {
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

/** What is run, by Node with these options. */
interface Command {
  readonly script: string;
  readonly parts: readonly string[];
  readonly execArgv?: readonly string[];
}

/** A listing by ours, or by the pages of the SDK, in a process that only has the built program. */
export const listed = (
  part: string,
  who: 'ours' | 'sdk',
  endpoint: string,
  bucket: string,
  streams: number,
): Command => ({
  script: part,
  parts: [who, endpoint, bucket, String(streams)],
  execArgv: [],
});

interface Run extends Measured {
  readonly serverSeconds: number;
}

async function runOf(command: Command, server: readonly number[]): Promise<Run> {
  const before = processorSeconds(server);
  const run = await measured(command.script, command.parts, [], command.execArgv);
  return { ...run, serverSeconds: processorSeconds(server) - before };
}

/** The medians of so many runs, each in a process of its own. */
export async function runsOf(command: Command, times: number): Promise<Run> {
  const all: Run[] = [];
  for (let i = 0; i < times; i++) all.push(await runOf(command, []));
  return medians(all);
}

function medians(all: readonly Run[]): Run {
  const middle = (of: (run: Run) => number): number => median(all.map(of));
  return {
    seconds: middle(({ seconds }) => seconds),
    cpuSeconds: middle(({ cpuSeconds }) => cpuSeconds),
    peakMiB: middle(({ peakMiB }) => peakMiB),
    serverSeconds: middle(({ serverSeconds }) => serverSeconds),
  };
}

/** Of the processor, so far; clock ticks are hundredths of a second (Linux). */
function processorSeconds(pids: readonly number[]): number {
  const ticks = pids.flatMap((pid) =>
    readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ').slice(11, 13).map(Number),
  );
  return ticks.reduce((sum, tick) => sum + tick, 0) / 100;
}

export const rowOf = (keys: number, { seconds, cpuSeconds, peakMiB }: Measured) => ({
  'keys/s': Math.round(keys / seconds),
  seconds: Number(seconds.toFixed(2)),
  'CPU s': Number(cpuSeconds.toFixed(2)),
  'peak MiB': Math.round(peakMiB),
});

/** Empty files laid where versitygw keeps its objects. */
export async function fill(endpoint: string, dir: string, keys: number): Promise<void> {
  const client = createS3Client({ region, endpointUrl: endpoint });
  for (const Bucket of ['flat', 'folders']) await client.send(new CreateBucketCommand({ Bucket }));
  client.destroy();
  layKeys(join(dir, 'data'), keys);
}

/** The keys of both buckets as empty files below a folder. */
export function layKeys(dir: string, keys: number): void {
  const pad = (value: number, width: number): string => String(value).padStart(width, '0');
  const lay = (...path: string[]): void => closeSync(openSync(join(dir, ...path), 'w'));
  for (const bucket of ['flat', 'folders']) mkdirSync(join(dir, bucket), { recursive: true });
  for (let i = 0; i < keys; i++) lay('flat', `obj-${pad(i, 8)}.csv`);
  for (let folder = 0; folder < keys / 40; folder++) {
    mkdirSync(join(dir, 'folders', `f${pad(folder, 5)}`));
    for (let i = 0; i < 40; i++) lay('folders', `f${pad(folder, 5)}`, `part-${pad(i, 5)}.csv`);
  }
}

/** Each by the name its row has. rclone does the same without --fast-list, whatever its --checkers. */
function commandsFor(
  { rclone, s5cmd, program }: Beside,
  endpoint: string,
  bucket: string,
): Readonly<Record<string, readonly string[]>> {
  const remote = `:s3,provider=Other,env_auth=true,region=${region},endpoint="${endpoint}":${bucket}`;
  const s5 = [s5cmd, '--endpoint-url', endpoint];
  const where = ['--region', region, '--endpoint-url', endpoint];
  return {
    ...(program !== undefined && {
      'the program': [process.execPath, program, 'scan', `s3://${bucket}`, '--json', ...where],
    }),
    'rclone lsf': [rclone, 'lsf', '-R', '--fast-list', remote],
    'rclone size': [rclone, 'size', '--fast-list', remote],
    's5cmd ls': [...s5, 'ls', `s3://${bucket}/*`],
    's5cmd du': [...s5, 'du', `s3://${bucket}/*`],
  };
}

/** All in turn, as often as there are runs: a machine that gets slower meanwhile does so for each. */
export async function benchServer(beside: Beside): Promise<void> {
  const { part, keys, streams, runs, latency, server } = beside;
  const far = latency > 0 ? await startFar(beside.endpoint, latency) : undefined;
  const endpoint = far?.endpoint ?? beside.endpoint;
  for (const bucket of ['flat', 'folders']) {
    const contest = [
      { name: 'ours', command: listed(part, 'ours', endpoint, bucket, streams), all: [] as Run[] },
    ];
    for (const [name, command] of Object.entries(commandsFor(beside, endpoint, bucket))) {
      const isThere = !spawnSync(command[0]!, ['version'], { stdio: 'ignore' }).error;
      console.error(`    ${isThere ? '' : 'left out, not installed: '}${command.join(' ')}`);
      if (isThere) contest.push({ name, command: { script, parts: ['tool', ...command] }, all: [] });
    }
    for (let i = 0; i < runs; i++)
      for (const { command, all } of contest) all.push(await runOf(command, server));
    const ours = medians(contest[0]!.all).seconds;
    const rows = contest.map(({ name, all }) => {
      const run = medians(all);
      const row = {
        ...rowOf(keys, run),
        ...(server.length > 0 && { 'server CPU s': Number(run.serverSeconds.toFixed(2)) }),
        'least s': Number(Math.min(...all.map(({ seconds }) => seconds)).toFixed(2)),
        'ours is': name === 'ours' ? '' : `${(run.seconds / ours).toFixed(2)} ×`,
      };
      return [name, row] as const;
    });
    console.log(`${keys} keys, ${bucket}, at ${endpoint}, ${latency} ms farther away`);
    console.table(Object.fromEntries(rows));
  }
  far?.close();
}
