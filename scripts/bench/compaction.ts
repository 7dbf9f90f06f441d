/**
 * Megabytes of CSV a second and peak memory of `compact run` through the whole program (a folder for a bucket), at level
 * counts and at level values, and of the engine's part of it alone (write: statement and upload, nothing verified), each
 * beside DuckDB's own COPY of the same files by hours in the same process tree.
 * Run: node --import tsx scripts/bench/compaction.ts [--files 20] [--mb 10] [--hours 2] [--rounds 3] [--levels write,counts,values]
 */
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pLimit from 'p-limit';
import { openDuckdbEngine } from '../../src/adapters/duckdb/engine.js';
import { engineProcess } from '../../src/adapters/duckdb/process.js';
import { openFileStore } from '../../src/adapters/files/object-store.js';
import type { Engine } from '../../src/compaction/ports.js';
import { hoursAtOnce } from '../../src/compaction/run.js';
import { createApp, createWorld } from '../../src/index.js';
import { columns, hourPath, rawCopy, writeLake } from './csv-lake.js';
import { type Measured, measured, median } from './measured.js';

const script = fileURLToPath(import.meta.url);

const { values: options } = parseArgs({
  options: {
    files: { type: 'string', default: '20' },
    mb: { type: 'string', default: '10' },
    hours: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    levels: { type: 'string', default: 'write,counts,values' },
    one: { type: 'string' },
    lake: { type: 'string' },
    'hour-rows': { type: 'string', default: '0' },
  },
});

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

/** As a run calls the engine once every value was looked at: so many hours at once, their rows counted. */
async function written(lake: string): Promise<void> {
  const target = openFileStore({ root: join(lake, 'parquet'), create: true });
  await mkdir(join(lake, 'engine'), { recursive: true });
  const worker = engineProcess({ folder: lake, memory: '1GiB', threads: 2 });
  const folder = join(lake, 'engine');
  const engine = openDuckdbEngine({ target, folder, pathOf: ({ key }) => join(lake, 'csv', key), worker });
  const limit = pLimit(hoursAtOnce);
  const hours = Array.from({ length: Number(options.hours) }, (_, hour) => hourPath(hour));
  await Promise.all(hours.map((hour) => limit(() => hourWritten(engine, lake, hour))));
  worker.close();
}

async function hourWritten(engine: Engine, lake: string, hour: string): Promise<void> {
  const names = (await readdir(join(lake, 'csv', hour))).sort();
  const sources = await Promise.all(
    names.map(async (name) => {
      const key = `${hour}/${name}`;
      return { key, etag: name, size: (await stat(join(lake, 'csv', key))).size };
    }),
  );
  const { outcome } = await engine.write({
    partition: hour,
    sources,
    columns: columns.map(([name, type]) => ({ name, type })),
    textRule: 'equivalent',
    isChecked: true,
    csv: { header: true, delimiter: ',' },
    compression: 'snappy',
    targetFileBytes: 2 ** 30,
    expected: {
      rows: Number(options['hour-rows']),
      bytes: sources.reduce((sum, { size }) => sum + size, 0),
    },
    attemptPath: `attempts/${hour}/`,
    signal: new AbortController().signal,
  });
  if (outcome !== 'written') throw new Error(`${hour} was not written`);
}

async function one(what: string, lake: string): Promise<void> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  if (what === 'raw') await rawCopy(lake, Number(options.hours));
  else if (what === 'write') await written(lake);
  else await compacted(lake, what);
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(`${(performance.now() - startedAt) / 1000} ${(user + system) / 1e6}`);
  process.exit(0);
}

async function all(): Promise<void> {
  const lake = await mkdtemp(join(tmpdir(), 'bucketwise-bench-'));
  try {
    const { bytes, hourRows } = await writeLake(
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
        results
          .get(what)!
          .push(
            await measured(script, [
              ...process.argv.slice(2),
              ...['--one', what, '--lake', lake, '--hour-rows', String(hourRows)],
            ]),
          );
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
      const name =
        { raw: 'DuckDB COPY', write: 'engine alone, not verified' }[what] ?? `compact run, verify: ${what}`;
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
