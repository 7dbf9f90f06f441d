#!/usr/bin/env node
// A real Trino for the tests: one node, Hive connector, file metastore, on 127.0.0.1 only, over the S3 test server.
//
//   node scripts/servers/trino.mjs install      fetch the pinned version, if it is not there yet
//
// 476 is the last release whose server came to Maven Central; it needs Java 24 or newer. Fetched are its core and its
// Hive plugin (450 MB), not the whole server (1 GB).

import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.mjs';

const VERSION = '476';
const JAVA = 24;
const FETCHER = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy';
const CORE = `io.trino:trino-server-core:${VERSION}:tar.gz`;
const HIVE = `io.trino:trino-hive:${VERSION}:zip`;

/** @typedef {{ url: string, catalog: string, version: string, java: string, pid: number, dir: string, stop: () => Promise<void> }} TrinoServer */

const cacheDir = () =>
  path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'bucketwise-servers');
const home = () => path.join(cacheDir(), `trino-${VERSION}`);

/**
 * The newest Java on this machine that is new enough: JAVA_HOME, then what Linux keeps under /usr/lib/jvm.
 * @returns {{ home: string, version: string } | undefined}
 */
export function javaForTrino() {
  const jvms = '/usr/lib/jvm';
  const homes = [
    ...(process.env.JAVA_HOME ? [process.env.JAVA_HOME] : []),
    ...(fs.existsSync(jvms) ? fs.readdirSync(jvms).map((name) => path.join(jvms, name)) : []),
  ];
  const found = homes.flatMap((dir) => {
    const release = path.join(dir, 'release');
    const version = fs.existsSync(release)
      ? /JAVA_VERSION="([^"]+)"/.exec(fs.readFileSync(release, 'utf8'))?.[1]
      : undefined;
    return version !== undefined && Number.parseInt(version, 10) >= JAVA ? [{ home: dir, version }] : [];
  });
  return found.sort((a, b) => Number.parseInt(b.version, 10) - Number.parseInt(a.version, 10))[0];
}

/** Why Trino cannot run here, or undefined when it can. @returns {string | undefined} */
export function trinoMissing() {
  if (!javaForTrino()) return `Trino ${VERSION} needs Java ${JAVA} or newer: set JAVA_HOME to one`;
  if (fs.existsSync(home())) return undefined;
  return spawnSync('mvn', ['-v'], { stdio: 'ignore' }).status === 0
    ? undefined
    : `Trino ${VERSION} is fetched with Maven, and "mvn" was not found`;
}

/**
 * Fetches the pinned version through Maven, unless it is there already.
 * @param {{ onFetch?: () => void }} [options]
 */
export async function installTrino({ onFetch } = {}) {
  if (fs.existsSync(home())) return;
  const missing = trinoMissing();
  if (missing) throw new Error(missing);
  onFetch?.();
  fs.mkdirSync(cacheDir(), { recursive: true });
  // Made aside, then renamed: two installs at once, or one cut short, leave no half server.
  const staging = fs.mkdtempSync(path.join(cacheDir(), 'trino-'));
  try {
    for (const artifact of [CORE, HIVE])
      await done('mvn', [
        '-q',
        '-B',
        '-ntp',
        FETCHER,
        `-Dartifact=${artifact}`,
        `-DoutputDirectory=${staging}`,
      ]);
    const server = path.join(staging, 'server');
    const plugin = path.join(staging, 'plugin');
    fs.mkdirSync(server);
    fs.mkdirSync(plugin);
    await done('tar', [
      '-xzf',
      path.join(staging, `trino-server-core-${VERSION}.tar.gz`),
      '-C',
      server,
      '--strip-components=1',
    ]);
    const jar = path.join(javaForTrino()?.home ?? '', 'bin', 'jar');
    await done(jar, ['xf', path.join(staging, `trino-hive-${VERSION}.zip`)], plugin);
    fs.rmSync(path.join(server, 'plugin'), { recursive: true });
    fs.mkdirSync(path.join(server, 'plugin'));
    fs.renameSync(path.join(plugin, `trino-hive-${VERSION}`), path.join(server, 'plugin', 'hive'));
    if (!fs.existsSync(home())) fs.renameSync(server, home());
  } finally {
    fs.rmSync(staging, { recursive: true, force: true });
  }
}

/**
 * Runs a command to its good end.
 * @param {string} command
 * @param {string[]} args
 * @param {string} [cwd]
 * @returns {Promise<void>}
 */
function done(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...(cwd ? { cwd } : {}), stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        said = (said + chunk).slice(-2000);
      });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ${args[0]} failed: ${said.trim()}`)),
    );
  });
}

/**
 * Starts a server on a free port with a fresh catalog "hive" over the S3 server, and waits until it answers.
 * @param {{ endpoint: string, accessKeyId: string, secretAccessKey: string, region: string }} s3
 * For long statements it compiles as a server does; for short ones that costs more than it gains.
 * @param {{ timeoutMs?: number, forLongStatements?: boolean }} [options]
 * @returns {Promise<TrinoServer>}
 */
export async function startTrino(s3, { timeoutMs = 180_000, forLongStatements = false } = {}) {
  const java = javaForTrino();
  if (!java) throw new Error(trinoMissing());
  const dir = await fs.promises.mkdtemp(path.join(os.tmpdir(), 'bucketwise-trino-'));
  const port = await freePort();
  writeSettings(dir, port, s3);
  const log = fs.openSync(path.join(dir, 'server.log'), 'a');
  const child = spawn(path.join(java.home, 'bin', 'java'), javaArguments(dir, forLongStatements), {
    cwd: dir,
    stdio: ['ignore', log, log],
    env: { ...process.env, TRINO_S3_ACCESS_KEY: s3.accessKeyId, TRINO_S3_SECRET_KEY: s3.secretAccessKey },
  });
  fs.closeSync(log);
  let ended = false;
  const closed = new Promise((resolve) => {
    child.on('close', () => {
      ended = true;
      resolve(undefined);
    });
  });
  // Whatever happens to this process, the server does not outlive it.
  const last = () => child.kill('SIGKILL');
  process.on('exit', last);
  const stop = async () => {
    process.off('exit', last);
    if (!ended) child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await closed;
    clearTimeout(timer);
    await fs.promises.rm(dir, { recursive: true, force: true, maxRetries: 5 });
  };
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + timeoutMs;
  while (!ended && Date.now() < deadline) {
    if (await isReady(url))
      return {
        url,
        catalog: 'hive',
        version: VERSION,
        java: java.version,
        pid: Number(child.pid),
        dir,
        stop,
      };
    await sleep(250);
  }
  const said = fs.readFileSync(path.join(dir, 'server.log'), 'utf8').split('\n');
  const why = said.filter((line) => /ERROR|Caused|^\d+\) /.test(line)).slice(0, 5);
  await stop();
  throw new Error(`Trino ${VERSION} did not start: ${(why.length > 0 ? why : said.slice(-5)).join('\n')}`);
}

/**
 * @param {string} dir
 * @param {number} port
 * @param {{ endpoint: string, region: string }} s3
 */
function writeSettings(dir, port, { endpoint, region }) {
  const files = {
    'config.properties': [
      'node.environment=test',
      'node.id=one',
      'node.bind-ip=127.0.0.1',
      'node.internal-address=127.0.0.1',
      'coordinator=true',
      'node-scheduler.include-coordinator=true',
      `http-server.http.port=${port}`,
      `discovery.uri=http://127.0.0.1:${port}`,
      `catalog.config-dir=${dir}/catalog`,
      `plugin.dir=${home()}/plugin`,
      'catalog.management=static',
      'query.max-memory-per-node=600MB',
      'memory.heap-headroom-per-node=300MB',
      'task.max-worker-threads=4',
    ],
    'catalog/hive.properties': [
      'connector.name=hive',
      'hive.metastore=file',
      'hive.metastore.catalog.dir=local:///metastore',
      'hive.metastore.disable-location-checks=true',
      'hive.non-managed-table-writes-enabled=true',
      'hive.parquet.time-zone=UTC',
      'hive.partition-projection-enabled=true',
      'fs.hadoop.enabled=false',
      'fs.native-local.enabled=true',
      `local.location=${dir}`,
      'fs.native-s3.enabled=true',
      `s3.endpoint=${endpoint}`,
      `s3.region=${region}`,
      's3.path-style-access=true',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Trino's own form for a secret from the environment
      's3.aws-access-key=${ENV:TRINO_S3_ACCESS_KEY}',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as above
      's3.aws-secret-key=${ENV:TRINO_S3_SECRET_KEY}',
    ],
    'log.properties': ['io.trino=WARN', 'io.airlift=WARN', 'org=WARN'],
  };
  fs.mkdirSync(path.join(dir, 'catalog'));
  fs.mkdirSync(path.join(dir, 'metastore'));
  for (const [name, lines] of Object.entries(files))
    fs.writeFileSync(path.join(dir, name), `${lines.join('\n')}\n`);
}

/** @param {string} dir @param {boolean} forLongStatements @returns {string[]} */
const javaArguments = (dir, forLongStatements) => [
  '-Xmx1500m',
  ...(forLongStatements ? ['-XX:+UseParallelGC'] : ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']),
  '-XX:+ExitOnOutOfMemoryError',
  '-XX:ReservedCodeCacheSize=256M',
  '-Djdk.attach.allowAttachSelf=true',
  '-Dfile.encoding=UTF-8',
  '-Duser.timezone=UTC',
  '--enable-native-access=ALL-UNNAMED',
  '--sun-misc-unsafe-memory-access=allow',
  '--add-modules=jdk.incubator.vector',
  `-Dconfig=${dir}/config.properties`,
  `-Dlog.levels-file=${dir}/log.properties`,
  '-cp',
  `${home()}/lib/*`,
  'io.trino.server.TrinoServer',
];

/** @param {string} url @returns {Promise<boolean>} */
async function isReady(url) {
  try {
    const answer = await fetch(`${url}/v1/info`, { signal: AbortSignal.timeout(2_000) });
    const info = await answer.json();
    return answer.ok && info.starting === false;
  } catch {
    return false;
  }
}

if (process.argv[1] && fs.realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  installTrino({ onFetch: () => process.stderr.write(`fetching Trino ${VERSION}\n`) }).catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
