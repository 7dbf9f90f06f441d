/**
 * Megabytes of CSV a second and peak memory of `compact run` through the whole program (a folder for a bucket), at level
 * counts and at level values, each beside DuckDB's own COPY of the same files by hours in the same process tree.
 * Run: node --import tsx scripts/bench/compaction.ts [--files 20] [--mb 10] [--hours 2] [--rounds 3] [--levels counts,values]
 */
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { createApp, createWorld } from '../../src/index.js';

const { values: options } = parseArgs({
  options: {
    files: { type: 'string', default: '20' },
    mb: { type: 'string', default: '10' },
    hours: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    levels: { type: 'string', default: 'counts,values' },
    one: { type: 'string' },
    lake: { type: 'string' },
  },
});

const columns = [
  ['id', 'bigint', 'BIGINT'],
  ['user_id', 'integer', 'INTEGER'],
  ['amount', 'double', 'DOUBLE'],
  ['lat', 'double', 'DOUBLE'],
  ['at', 'timestamp', 'TIMESTAMP'],
  ['kind', 'string', 'VARCHAR'],
  ['page', 'string', 'VARCHAR'],
  ['note', 'string', 'VARCHAR'],
  ['items', 'integer', 'INTEGER'],
] as const;
const kinds = ['view', 'click', 'purchase', 'refund', 'signup'];

/** About 95 bytes; one text in ten is quoted. */
function line(n: number): string {
  const hash = Math.imul(n, 2_654_435_761) >>> 0;
  const at = new Date(Date.UTC(2026, 10, 22, 5) + (n % 3_600_000)).toISOString();
  const note = n % 10 === 0 ? `"said ""yes"", then no"` : `plain note ${hash % 1000}`;
  const amount = ((hash % 1_000_000) / 100).toFixed(2);
  const lat = (47 + (hash % 9_999_991) / 1e7).toFixed(7);
  return `${1_000_000_000 + n},${hash % 100_000},${amount},${lat},${at.slice(0, 10)} ${at.slice(11, 23)},${kinds[hash % 5]},/shop/item/${hash % 50_000},${note},${n % 17}\n`;
}

async function writeLake(root: string, hours: number, files: number, bytes: number): Promise<number> {
  let n = 0;
  let total = 0;
  for (let hour = 0; hour < hours; hour += 1) {
    const folder = join(root, 'csv', hourPath(hour));
    await mkdir(folder, { recursive: true });
    for (let file = 0; file < files / hours; file += 1) {
      const out = createWriteStream(join(folder, `part-${String(file).padStart(4, '0')}.csv`));
      let text = `${columns.map(([name]) => name).join(',')}\n`;
      for (let size = 0; size < bytes; ) {
        const one = line(n++);
        size += one.length;
        text += one;
      }
      total += Buffer.byteLength(text);
      out.end(text);
      await finished(out);
    }
  }
  return total;
}

const hourPath = (hour: number): string => `year=2026/month=11/day=22/hour=${String(hour).padStart(2, '0')}`;
/** The limits of the program's own engine process. */
const limits = { threads: '2', memory_limit: '1GiB' };

async function rawCopy(lake: string): Promise<void> {
  const connection = await (await DuckDBInstance.create(':memory:', limits)).connect();
  const types = columns.map(([name, , type]) => `'${name}': '${type}'`).join(', ');
  const out = join(lake, 'raw');
  await mkdir(out, { recursive: true });
  for (let hour = 0; hour < Number(options.hours); hour += 1)
    await connection.run(
      `COPY (FROM read_csv('${join(lake, 'csv', hourPath(hour))}/*.csv', columns = {${types}}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"')) TO '${join(out, `${hour}.parquet`)}' (FORMAT PARQUET, COMPRESSION snappy)`,
    );
}

async function compacted(lake: string, level: string): Promise<void> {
  const config = join(lake, 'bucketwise.json');
  const table = {
    name: 'events',
    source: {
      uri: `file://${lake}/csv/`,
      columns: columns.map(([name, type]) => ({ name, type })),
    },
    target: { uri: `file://${lake}/parquet/`, fileSize: '1GiB' },
    verify: level,
  };
  await writeFile(config, JSON.stringify({ tables: [table] }));
  const app = createApp(createWorld({ environment: {} }));
  const request = { config, from: '2026-11-22', to: '2026-11-23' };
  const watch = { progress: () => undefined, note: () => undefined, signal: new AbortController().signal };
  const shown = await app.compact('run', request, watch);
  const rows = shown.value[0]!.partitions;
  const failed = rows.find(({ state }) => state !== 'compacted');
  if (failed || rows.length !== Number(options.hours))
    throw new Error(failed?.reason ?? 'no hour was compacted');
}

interface Measured {
  readonly seconds: number;
  /** Of the processor, all processes together: what a busy machine does not change. */
  readonly cpuSeconds: number;
  readonly peakMiB: number;
}

/** A process of its own, its children with it, watched four times a second. */
async function measured(what: string, lake: string): Promise<Measured> {
  const args = [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const child = spawn(process.execPath, [...args, '--one', what, '--lake', lake], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  let peak = 0;
  const below = new Map<number, number>();
  const watch = setInterval(() => {
    const tree = processTree(child.pid!);
    peak = Math.max(
      peak,
      tree.reduce((sum, { kib }) => sum + kib, 0),
    );
    for (const { pid, cpu } of tree) if (pid !== child.pid) below.set(pid, cpu);
  }, 100);
  const code = await new Promise((resolve) => child.on('exit', resolve));
  clearInterval(watch);
  if (code !== 0) throw new Error(`${what} ended with ${code}`);
  const [seconds = 0, own = 0] = said.split(' ').map(Number);
  return {
    seconds,
    cpuSeconds: [...below.values()].reduce((sum, cpu) => sum + cpu, own),
    peakMiB: peak / 1024,
  };
}

/** A process and all below it, with resident memory and processor time (Linux). */
function processTree(root: number): readonly { pid: number; kib: number; cpu: number }[] {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const stats = processes.flatMap((pid) => {
    const path = `/proc/${pid}/status`;
    if (!existsSync(path)) return [];
    try {
      const text = readFileSync(path, 'utf8');
      const field = (name: string): number =>
        Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
      const ticks = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ').slice(11, 13);
      const cpu = ticks.reduce((sum, one) => sum + Number(one) / 100, 0);
      return [{ pid: Number(pid), parent: field('PPid'), kib: field('VmRSS'), cpu }];
    } catch {
      return [];
    }
  });
  const within = new Set([root]);
  for (let before = 0; before < within.size; ) {
    before = within.size;
    for (const { pid, parent } of stats) if (within.has(parent)) within.add(pid);
  }
  return stats.filter(({ pid }) => within.has(pid));
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;

async function one(what: string, lake: string): Promise<void> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  if (what === 'raw') await rawCopy(lake);
  else await compacted(lake, what);
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(`${(performance.now() - startedAt) / 1000} ${(user + system) / 1e6}`);
  process.exit(0);
}

async function all(): Promise<void> {
  const lake = await mkdtemp(join(tmpdir(), 'bucketwise-bench-'));
  try {
    const bytes = await writeLake(
      lake,
      Number(options.hours),
      Number(options.files),
      Number(options.mb) * 1e6,
    );
    const whats = ['raw', ...options.levels!.split(',')];
    const results = new Map<string, Measured[]>(whats.map((what) => [what, []]));
    for (let round = 0; round < Number(options.rounds); round += 1)
      for (const what of whats) {
        await rm(join(lake, 'parquet'), { recursive: true, force: true });
        await rm(join(lake, 'raw'), { recursive: true, force: true });
        results.get(what)!.push(await measured(what, lake));
      }
    const base = median(results.get('raw')!.map(({ seconds }) => seconds));
    const baseCpu = median(results.get('raw')!.map(({ cpuSeconds }) => cpuSeconds));
    console.log(
      `${options.files} files, ${(bytes / 1e6).toFixed(0)} MB of CSV in ${options.hours} hours, median of ${options.rounds}`,
    );
    for (const [what, runs] of results) {
      const seconds = median(runs.map((run) => run.seconds));
      const cpu = median(runs.map(({ cpuSeconds }) => cpuSeconds));
      const peak = Math.max(...runs.map((run) => run.peakMiB));
      const name = what === 'raw' ? 'DuckDB COPY' : `compact run, verify: ${what}`;
      console.log(
        `${name.padEnd(30)} ${seconds.toFixed(2).padStart(7)} s ${(bytes / 1e6 / seconds).toFixed(0).padStart(5)} MB/s  ${(base / seconds).toFixed(2)} × COPY  ${cpu.toFixed(2).padStart(6)} s of processor, ${(baseCpu / cpu).toFixed(2)} × COPY  peak ${peak.toFixed(0)} MiB`,
      );
    }
  } finally {
    await rm(lake, { recursive: true, force: true });
  }
}

if (options.one === undefined) await all();
else await one(options.one, options.lake!);
