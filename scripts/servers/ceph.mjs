#!/usr/bin/env node
// A small real Ceph for benchmarks: a monitor, an OSD upon a file and a radosgw, on 127.0.0.1 only; all it has is in one folder, and is kept.
//
//   apt-get install ceph-mon ceph-osd radosgw     Debian's; where there is a systemd, "systemctl disable --now ceph.target"
//   node scripts/servers/ceph.mjs start DIR       make it in DIR, or start again what is there; print one line of JSON
//   node scripts/servers/ceph.mjs stop DIR        end its processes, keep its data
//
// One copy of everything and nobody asked for a key, for nothing but this machine can reach it. No manager: objects need none.

import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.mjs';

const BLOCK_BYTES = 16 * 2 ** 30;
const USER = { accessKeyId: 'bench', secretAccessKey: 'bench-secret' };
/**
 * Ceph's own packages run on tcmalloc, Debian's on the C library's allocator, on which a page of a listing costs the daemons a fifth
 * more; the size of its cache is that of Debian's /etc/default/ceph.
 */
const ALLOCATOR = {
  LD_PRELOAD: 'libtcmalloc.so.4',
  TCMALLOC_MAX_TOTAL_THREAD_CACHE_BYTES: String(128 * 2 ** 20),
};
const DAEMONS = [
  { name: 'mon', args: ['ceph-mon', '-i', 'a'] },
  { name: 'osd', args: ['ceph-osd', '-i', '0'] },
  { name: 'rgw', args: ['radosgw', '-n', 'client.rgw.a'] },
];

/** @param {string} dir @param {string} fsid @param {number} mon @param {number} rgw */
const configFor = (dir, fsid, mon, rgw) => `[global]
fsid = ${fsid}
mon_host = [v2:127.0.0.1:${mon}]
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_msgr1 = false
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
ms_mon_client_mode = crc
keyring = ${dir}/keyring
run_dir = ${dir}
admin_socket = ${dir}/$name.asok
log_file = ${dir}/$name.log
crash_dir = ${dir}/crash
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 8
osd_pool_default_pg_autoscale_mode = off
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
debug_ms = 0/0
debug_rgw = 0/0
debug_osd = 0/0
debug_bluestore = 0/0
debug_rocksdb = 0/0
[mon]
mon_data = ${dir}/mon
mon_cluster_log_file = ${dir}/cluster.log
[osd]
osd_data = ${dir}/osd
osd_objectstore = bluestore
osd_crush_chooseleaf_type = 0
osd_memory_target = 2147483648
bluestore_block_size = ${BLOCK_BYTES}
[client.rgw.a]
rgw_frontends = beast endpoint=127.0.0.1:${rgw}
rgw_data = ${dir}/rgw
`;

/** Ends with an error that says what the command said. @param {string} dir @param {string} command @param {...string} args */
function ceph(dir, command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, ['-c', path.join(dir, 'ceph.conf'), ...args], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (error) throw new Error(`${command}: ${error.message}; apt-get install ceph-mon ceph-osd radosgw`);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}

/** @param {string} dir @param {string} name */
const pidFile = (dir, name) => path.join(dir, `${name}.pid`);

/** The process of this name that was started in this folder, while it lives. @param {string} dir @param {string} name */
function pidOf(dir, name) {
  try {
    const pid = Number(fs.readFileSync(pidFile(dir, name), 'utf8'));
    const isOurs = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${dir}/ceph.conf\0`);
    return isOurs ? pid : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A library that is not there to be loaded is passed over with a word in the daemon's output, and a daemon that runs keeps what it
 * began with. @param {string} dir @param {string} name
 */
function runsOnTcmalloc(dir, name) {
  const pid = pidOf(dir, name);
  if (!pid) throw new Error(`${name} does not run; see ${path.join(dir, `${name}.out`)}`);
  return fs.readFileSync(`/proc/${pid}/maps`, 'utf8').includes(ALLOCATOR.LD_PRELOAD);
}

/** @param {string} dir @param {{ name: string, args: string[] }} daemon */
function launch(dir, { name, args }) {
  if (pidOf(dir, name)) return;
  const log = fs.openSync(path.join(dir, `${name}.out`), 'a');
  const [command = '', ...rest] = args;
  const child = spawn(command, ['-c', `${dir}/ceph.conf`, ...rest, '-f'], {
    detached: true,
    env: { ...process.env, ...ALLOCATOR },
    stdio: ['ignore', log, log],
  });
  fs.writeFileSync(pidFile(dir, name), String(child.pid));
  child.unref();
}

/** @param {string} dir */
async function make(dir) {
  const [mon, rgw] = [await freePort(), await freePort()];
  const fsid = randomUUID();
  for (const name of ['mon', 'osd', 'rgw', 'crash']) fs.mkdirSync(path.join(dir, name), { recursive: true });
  fs.writeFileSync(path.join(dir, 'ceph.conf'), configFor(dir, fsid, mon, rgw));
  const everything = ['--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *'];
  const keyring = ['ceph-authtool', '--create-keyring', path.join(dir, 'keyring'), '--gen-key', '-n', 'mon.'];
  spawnSync(keyring[0] ?? '', [...keyring.slice(1), ...everything]);
  const map = path.join(dir, 'monmap');
  ceph(dir, 'monmaptool', '--create', '--fsid', fsid, '--addv', 'a', `[v2:127.0.0.1:${mon}]`, map);
  ceph(dir, 'ceph-mon', '--mkfs', '-i', 'a', '--monmap', map);
}

/** @param {string} dir */
function makeOsd(dir) {
  if (fs.existsSync(path.join(dir, 'osd', 'ready'))) return;
  const id = randomUUID();
  ceph(dir, 'ceph', '--connect-timeout', '30', 'osd', 'new', id);
  ceph(dir, 'ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', id);
}

/** @param {string} dir */
async function start(dir) {
  if (!fs.existsSync(path.join(dir, 'ceph.conf'))) await make(dir);
  const [mon, osd, rgw] = DAEMONS;
  launch(dir, /** @type {typeof DAEMONS[number]} */ (mon));
  makeOsd(dir);
  launch(dir, /** @type {typeof DAEMONS[number]} */ (osd));
  if (!ceph(dir, 'radosgw-admin', 'user', 'list').includes('"bench"'))
    ceph(
      ...[dir, 'radosgw-admin', 'user', 'create', '--uid', 'bench', '--display-name', 'bench'],
      ...['--access-key', USER.accessKeyId, '--secret-key', USER.secretAccessKey],
    );
  launch(dir, /** @type {typeof DAEMONS[number]} */ (rgw));
  const port = /endpoint=127\.0\.0\.1:(\d+)/.exec(fs.readFileSync(path.join(dir, 'ceph.conf'), 'utf8'))?.[1];
  const endpoint = `http://127.0.0.1:${port}`;
  for (let tries = 0; !(await fetch(endpoint).catch(() => undefined)); tries++) {
    if (tries > 300) throw new Error(`radosgw does not answer; see ${path.join(dir, 'client.rgw.a.log')}`);
    await sleep(100);
  }
  const pids = DAEMONS.map(({ name }) => pidOf(dir, name));
  const isTcmalloc = DAEMONS.every(({ name }) => runsOnTcmalloc(dir, name));
  process.stdout.write(`${JSON.stringify({ endpoint, ...USER, pids, isTcmalloc })}\n`);
}

/** @param {string} dir */
async function stop(dir) {
  for (const { name } of DAEMONS.toReversed()) {
    const begun = Date.now();
    for (let pid = pidOf(dir, name), sent = false; pid; pid = pidOf(dir, name)) {
      if (!sent) process.kill(pid, 'SIGTERM');
      sent = true;
      if (Date.now() - begun > 60_000) throw new Error(`process ${pid} (${name}) does not end`);
      await sleep(50);
    }
    fs.rmSync(pidFile(dir, name), { force: true });
  }
}

const [command, dir] = process.argv.slice(2);
if (!dir || !(command === 'start' || command === 'stop')) {
  process.stderr.write('usage: node scripts/servers/ceph.mjs start | stop DIR\n');
  process.exitCode = 1;
} else await (command === 'start' ? start : stop)(path.resolve(dir));
