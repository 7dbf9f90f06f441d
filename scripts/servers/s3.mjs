#!/usr/bin/env node
// A real S3 server for the tests: versitygw (Apache-2.0, one Go binary, POSIX backend), on 127.0.0.1 only.
//
//   node scripts/servers/s3.mjs install      build the pinned version, if it is not there yet
//   node scripts/servers/s3.mjs start        start one, print one line of JSON, leave it running
//   node scripts/servers/s3.mjs stop <pid>   end that one and remove its data
//
// Atomic: PutObject with If-None-Match: * or If-Match (one winner in every round, 20 racers in one process and in
// four), and CompleteMultipartUpload with If-None-Match: * (10 racers in one process).
//
// Not as in S3 (v1.8.0):
//  - keys are file names: `a` and `a/b` cannot both exist (409), a marker `a/` must be empty, a key part between
//    slashes has at most 255 bytes, NUL is refused, and `//`, a leading `/`, `./` and `../` are folded away, so
//    that two keys become one;
//  - DeleteObject checks If-Match, but not in one step with the delete: a put in that instant can be lost;
//  - GetObject beside an overwrite can give the older ETag with the newer body (never the newer with the older);
//  - ignored: If-Match and If-None-Match of CopyObject's target, ETag in DeleteObjects, EncodingType (a control
//    character in a listing becomes U+FFFD), StorageClass (always STANDARD);
//  - in a versioned bucket, If-None-Match: * over a delete marker is refused;
//  - no lifecycle, inventory, encryption, replication or logging configuration.

import { spawn, spawnSync } from 'node:child_process';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.mjs';

const VERSION = 'v1.8.0';
const PACKAGE = 'github.com/versity/versitygw/cmd/versitygw';
const REGION = 'us-east-1';
const DIR_PREFIX = 'bucketwise-s3-';
const MARKER = 'bucketwise-s3-server';

/**
 * @typedef {object} S3ServerInfo
 * @property {string} endpoint `http://127.0.0.1:PORT`; use path-style addressing
 * @property {string} accessKeyId
 * @property {string} secretAccessKey
 * @property {string} region
 * @property {number} pid
 * @property {string} dir holds the data and `server.log`; removed by stop
 */

/** @typedef {S3ServerInfo & { stop: () => Promise<void> }} S3Server */

/** @returns {string} */
function cacheDir() {
  return path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'bucketwise-servers');
}

/** The version is part of the name, so a new pin never runs an old binary. @returns {string} */
function binaryPath() {
  return path.join(cacheDir(), 'bin', `versitygw-${VERSION}`);
}

/**
 * Whether the server is installed. Installs nothing.
 * @returns {boolean}
 */
export function s3ServerAvailable() {
  try {
    fs.accessSync(binaryPath(), fs.constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Builds the pinned version through the Go module proxy, unless it is there already.
 * @param {{ onBuild?: () => void }} [options] `onBuild` is called when a build, of about a minute, begins
 * @returns {Promise<{ binary: string, installed: boolean }>} `installed` is false when nothing had to be done
 */
export async function installS3Server({ onBuild } = {}) {
  const binary = binaryPath();
  if (s3ServerAvailable()) return { binary, installed: false };

  if (spawnSync('go', ['version'], { stdio: 'ignore' }).status !== 0) {
    throw new Error(
      `the S3 test server needs Go (https://go.dev/dl) to build ${PACKAGE}@${VERSION}, and "go" was not found`,
    );
  }
  onBuild?.();
  fs.mkdirSync(path.dirname(binary), { recursive: true });
  // Built aside, then renamed: two installs at once, or one cut short, leave no half binary.
  const staging = fs.mkdtempSync(path.join(cacheDir(), 'build-'));
  try {
    const child = spawn(
      'go',
      ['install', '-p=2', '-trimpath', `-ldflags=-s -w -X main.Version=${VERSION}`, `${PACKAGE}@${VERSION}`],
      {
        cwd: staging,
        env: { ...process.env, GOBIN: staging, CGO_ENABLED: '0' },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let tail = '';
    child.stderr.on('data', (chunk) => {
      tail = (tail + chunk).slice(-4000);
    });
    const code = await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    if (code !== 0) {
      const last = tail.trim().split('\n').pop();
      throw new Error(
        `building ${PACKAGE}@${VERSION} failed: ${last || `go install ended with code ${code}`}`,
      );
    }
    fs.renameSync(path.join(staging, process.platform === 'win32' ? 'versitygw.exe' : 'versitygw'), binary);
  } finally {
    fs.rmSync(staging, { recursive: true, force: true });
  }
  return { binary, installed: true };
}

/**
 * Starts a server on a free port of 127.0.0.1 with fresh data and random credentials, and waits until it answers.
 * Needs `installS3Server()` to have run once. Without `detached` the server ends with this process, at the latest.
 * @param {{ detached?: boolean, timeoutMs?: number }} [options]
 * @returns {Promise<S3Server>}
 */
export async function startS3Server({ detached = false, timeoutMs = 15_000 } = {}) {
  if (!s3ServerAvailable()) {
    throw new Error('the S3 test server is not installed: run "node scripts/servers/s3.mjs install"');
  }
  // Object metadata lives in extended attributes, which an older tmpfs refuses: then the cache folder holds the data.
  let base = os.tmpdir();
  let reason = '';
  for (let attempt = 0; attempt < 5; attempt++) {
    const started = await tryStart(base, detached, timeoutMs);
    if ('server' in started) return started.server;
    reason = started.reason;
    if (/xattr/i.test(reason) && base !== cacheDir()) base = cacheDir();
    else if (!/address already in use/i.test(reason)) break;
  }
  throw new Error(`the S3 test server did not start: ${reason}`);
}

/**
 * @param {string} base
 * @param {boolean} detached
 * @param {number} timeoutMs
 * @returns {Promise<{ server: S3Server } | { reason: string }>}
 */
async function tryStart(base, detached, timeoutMs) {
  fs.mkdirSync(base, { recursive: true });
  const dir = fs.mkdtempSync(path.join(fs.realpathSync(base), DIR_PREFIX));
  fs.writeFileSync(path.join(dir, MARKER), '');
  const data = path.join(dir, 'data');
  const versions = path.join(dir, 'versions');
  fs.mkdirSync(data);
  fs.mkdirSync(versions);

  const accessKeyId = `BWTEST${randomBytes(7).toString('hex').toUpperCase()}`;
  const secretAccessKey = randomBytes(20).toString('hex');
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const logFile = path.join(dir, 'server.log');
  const log = fs.openSync(logFile, 'a', 0o600);
  const child = spawn(
    binaryPath(),
    [
      '--port',
      `127.0.0.1:${port}`,
      '--region',
      REGION,
      '--keep-alive',
      '--quiet',
      'posix',
      '--versioning-dir',
      versions,
      data,
    ],
    {
      cwd: dir,
      detached,
      // Nothing else from the environment: VGW_PORT and its like would open further listeners.
      env: {
        PATH: process.env.PATH,
        HOME: dir,
        TMPDIR: dir,
        ROOT_ACCESS_KEY_ID: accessKeyId,
        ROOT_SECRET_ACCESS_KEY: secretAccessKey,
      },
      stdio: ['ignore', log, log],
    },
  );
  fs.closeSync(log);
  child.unref();

  /** @type {string | undefined} */
  let ended;
  const closed = new Promise((resolve) => {
    child.once('error', (error) => {
      ended = error.message;
      resolve(ended);
    });
    child.once('exit', (code, signal) => {
      ended = `it ended with ${signal ?? `code ${code}`}`;
      resolve(ended);
    });
  });
  const release = detached || child.pid === undefined ? undefined : guard(child.pid, dir);

  const stop = async () => {
    if (ended === undefined) {
      child.ref();
      child.kill('SIGTERM'); // through the handle: never reaches another process that got the same id
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await closed;
      clearTimeout(timer);
    }
    await fs.promises.rm(dir, { recursive: true, force: true, maxRetries: 5 });
    release?.();
  };

  const deadline = Date.now() + timeoutMs;
  while (ended === undefined && Date.now() < deadline) {
    // A signed request: another server that got the port first does not know our random key.
    if (await answers(endpoint, accessKeyId, secretAccessKey)) {
      return {
        server: { endpoint, accessKeyId, secretAccessKey, region: REGION, pid: Number(child.pid), dir, stop },
      };
    }
    await sleep(20);
  }
  const lastLine = fs.readFileSync(logFile, 'utf8').trim().split('\n').pop() || 'no output';
  const reason = `${ended ?? `no answer within ${timeoutMs} ms`}: ${lastLine}`;
  await stop();
  return { reason };
}

/**
 * Ends the server and removes its data when this process is gone, however it went: a shell waits on a pipe that only
 * we hold open. It checks that the id still belongs to the server of that folder.
 * @param {number} pid
 * @param {string} dir
 * @returns {() => void} lets the shell go
 */
function guard(pid, dir) {
  const script = [
    'read -r _',
    '{ cat "/proc/$1/cmdline" 2>/dev/null || ps -ww -o args= -p "$1"; } | grep -qF -- "$2/data" && kill -9 "$1" && sleep 1',
    'rm -rf -- "$2"',
  ].join('\n');
  const shell = spawn('sh', ['-c', script, 'sh', String(pid), dir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ignore = () => undefined; // no shell here: then only stop() ends the server
  shell.on('error', ignore);
  shell.stdin.on('error', ignore);
  shell.unref();
  /** @type {import('node:net').Socket} */ (shell.stdin).unref();
  return () => shell.stdin.end();
}

/**
 * Ends a server that `start` left running, and removes its data. Refuses any other process.
 * @param {number} pid
 * @returns {Promise<void>}
 */
export async function stopS3Server(pid) {
  const dir = serverDirOf(pid);
  if (dir === undefined) throw new Error(`process ${pid} is not a running S3 test server of this script`);
  process.kill(pid, 'SIGTERM');
  const begun = Date.now();
  while (serverDirOf(pid) === dir) {
    const waited = Date.now() - begun;
    if (waited > 10_000) throw new Error(`process ${pid} does not end; its data is in ${dir}`);
    if (waited > 5_000) process.kill(pid, 'SIGKILL');
    await sleep(20);
  }
  await fs.promises.rm(dir, { recursive: true, force: true, maxRetries: 5 });
}

/**
 * The folder of the server with this id, or undefined when the process is not one of ours.
 * @param {number} pid
 * @returns {string | undefined}
 */
function serverDirOf(pid) {
  if (!Number.isSafeInteger(pid) || pid < 2) return undefined;
  let args;
  try {
    args = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch {
    return undefined;
  }
  const data = args.at(-1) ?? '';
  const dir = path.dirname(data);
  const ours =
    path.basename(args[0] ?? '').startsWith('versitygw') &&
    args.includes('posix') &&
    path.basename(data) === 'data' &&
    path.basename(dir).startsWith(DIR_PREFIX) &&
    fs.existsSync(path.join(dir, MARKER));
  return ours ? dir : undefined;
}

/**
 * Whether ListBuckets, signed (Signature Version 4), succeeds.
 * @param {string} endpoint
 * @param {string} accessKeyId
 * @param {string} secretAccessKey
 * @returns {Promise<boolean>}
 */
async function answers(endpoint, accessKeyId, secretAccessKey) {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/${REGION}/s3/aws4_request`;
  const hash = (/** @type {string} */ text) => createHash('sha256').update(text).digest('hex');
  const empty = hash('');
  const names = 'host;x-amz-content-sha256;x-amz-date';
  const headers = `host:${new URL(endpoint).host}\nx-amz-content-sha256:${empty}\nx-amz-date:${time}\n`;
  const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash(`GET\n/\n\n${headers}\n${names}\n${empty}`)}`;
  const key = scope
    .split('/')
    .reduce(
      (/** @type {string | Buffer} */ k, part) => createHmac('sha256', k).update(part).digest(),
      `AWS4${secretAccessKey}`,
    );
  const signature = createHmac('sha256', key).update(toSign).digest('hex');
  try {
    const answer = await fetch(endpoint, {
      headers: {
        'x-amz-content-sha256': empty,
        'x-amz-date': time,
        authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
        connection: 'close',
      },
      signal: AbortSignal.timeout(2_000),
    });
    return answer.ok && (await answer.text()).includes('ListAllMyBucketsResult');
  } catch {
    return false;
  }
}

/** @param {string[]} args */
async function main([command, ...rest]) {
  if (command === 'install' && rest.length === 0) {
    await installS3Server({
      onBuild: () => process.stderr.write(`building versitygw ${VERSION} (about a minute)\n`),
    });
  } else if (command === 'start' && rest.length === 0) {
    const { stop: _, ...info } = await startS3Server({ detached: true });
    process.stdout.write(`${JSON.stringify(info)}\n`);
  } else if (command === 'stop' && rest.length === 1) {
    const [pid = ''] = rest;
    if (!/^\d+$/.test(pid)) throw new Error(`not a process id: ${pid}`);
    await stopS3Server(Number(pid));
  } else {
    throw new Error('usage: node scripts/servers/s3.mjs install | start | stop <pid>');
  }
}

if (process.argv[1] && fs.realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  main(process.argv.slice(2)).catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
