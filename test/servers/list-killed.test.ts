/** A live scan of a slow, throttling and unreliable bucket, killed at random: the same document in the end. Needs no server, only time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { bucketwise, type Ended, root, startProgram } from '../e2e/bucketwise.js';

async function stub(t: Test, ...options: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const args = ['--import', 'tsx', 'scripts/servers/list-stub.ts', '--shape', 'hours', ...options];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
  t.teardown(() => child.kill());
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL: line.toString().trim(),
    AWS_REGION: 'us-east-1',
  };
}

const scanOf = (out: string): string[] => ['scan', 's3://bucket/', '--month', '2026-11', '--out', out];

/** What a document says of the objects. */
function found(path: string): Record<string, unknown> {
  const { takenAt: _, ownCost: __, ...rest } = JSON.parse(readFileSync(path, 'utf8'));
  return rest;
}

const writtenAt = (path: string): number => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** Kills a scan at a random moment after it has kept its position; false when it ended before. */
async function killed(out: string, environment: Readonly<Record<string, string>>): Promise<boolean> {
  const position = join(`${out}.partial`, 'listing.part');
  const before = writtenAt(position);
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...environment };
  const child = startProgram(scanOf(out), { cwd: root, env });
  let isOver = false;
  const ended = once(child, 'exit').then(() => {
    isOver = true;
  });
  child.stdout.resume();
  child.stderr.resume();
  while (!isOver && writtenAt(position) === before) await sleep(20);
  await sleep(Math.random() * 700);
  const isAlive = !isOver;
  child.kill('SIGKILL');
  await ended;
  return isAlive;
}

t.test('a scan killed ten times goes on to the document it would have given at once', async (t) => {
  const dir = t.testdir({});
  const whole = join(dir, 'whole.json');
  const out = join(dir, 'scan.json');
  const keys = ['--keys', '400000'];
  const quick = await stub(t, ...keys, '--latency', '1');
  const undisturbed: Ended = await bucketwise(scanOf(whole), { environment: quick });
  t.equal(undisturbed.code, 0, undisturbed.err);
  const slow = await stub(t, ...keys, '--latency', '60', '--faults', '0.15', '--most', '25');
  for (let i = 1; i <= 10; i++) t.ok(await killed(out, slow), `killed ${i} times`);
  const last = await bucketwise(scanOf(out), { environment: slow });
  t.equal(last.code, 0, last.err);
  t.match(last.err, /Going on with the scan of/);
  t.same(found(out), found(whole));
  t.notOk(existsSync(`${out}.partial`));
  const { ownCost } = JSON.parse(readFileSync(out, 'utf8'));
  t.comment(`${ownCost.requests.list} requests were billed for 400 pages`);
});
