import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { bucketwise, root } from '../e2e/bucketwise.js';

const program = join(root, 'dist', 'entry', 'cli', 'main.js');
const usage = '{"region":"us-east-1","month":"2026-11","requests":[{"class":"STANDARD","get":5}]}';

/** Runs with a stream on a device that is always full. */
function onFullDisk(args: readonly string[], stream: 'stdout' | 'stderr') {
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['pipe', stream === 'stdout' ? full : 'pipe', stream === 'stderr' ? full : 'pipe'],
  });
  closeSync(full);
  let text = '';
  for (const open of [child.stdout, child.stderr])
    open?.on('data', (chunk: Buffer) => {
      text += chunk;
    });
  child.stdin?.end(usage);
  return new Promise<{ code: number | null; text: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, text })),
  );
}

const fullDisk = { skip: existsSync('/dev/full') ? false : 'there is no /dev/full here' };

t.test('an output that cannot be written is said in a sentence, and is a failure', fullDisk, async (t) => {
  const { code, text } = await onFullDisk(['cost', '--usage', '-', '--json'], 'stdout');
  t.equal(code, 1, text);
  t.match(text, /^OUTPUT_FAILED: .*ENOSPC/);
  t.notMatch(text, /\n\s+at |node:internal/);
});

t.test(
  'sentences that cannot be written change neither the answer nor the exit code',
  fullDisk,
  async (t) => {
    const good = await onFullDisk(['cost', '--usage', '-', '--json'], 'stderr');
    t.equal(good.code, 0);
    t.equal(JSON.parse(good.text).total, '0.000002');
    const bad = await onFullDisk(['cost', '--usage', '/nowhere.json'], 'stderr');
    t.equal(bad.code, 2);
  },
);

t.test('an interrupt ends a scan at once, though a server owes an answer', async (t) => {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const asked = new Promise((resolve) => server.once('request', resolve));
  const child = spawn(process.execPath, [program, 'scan', 's3://lake/'], {
    env: {
      PATH: process.env.PATH,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk;
  });
  await asked;
  child.kill('SIGINT');
  // Long before the time limit of a connection, two minutes.
  const late = setTimeout(() => child.kill('SIGKILL'), 30_000);
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearTimeout(late);
  t.equal(code, 130, err);
  t.match(err, /INTERRUPTED: Interrupted\. 0 objects were listed/);
  t.notMatch(err, /where this one stopped/, 'a scan begins anew');
});

t.test('an output of no kind is refused before anything is listed', async (t) => {
  const { code, err } = await bucketwise(['scan', 'file:///nowhere/at/all', '-o', 'pdf']);
  t.equal(code, 2);
  t.match(err, /FORMAT_UNKNOWN: "pdf"/);
});
