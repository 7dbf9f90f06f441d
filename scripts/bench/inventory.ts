/**
 * An inventory of generated rows (CSV.gz or Parquet, eleven columns), each part in a process of its own, one after another:
 * unpacking it (CSV only), raw DuckDB grouping it alike, the tally in threads, and the whole program's scan of its manifest.
 * Run: node --import tsx scripts/bench/inventory.ts [--rows 1000000] [--prefixes 27500 a million rows] [--format csv|parquet|orc]
 *      [--files 8] [--threads 2] [--rounds 3] [--plain: ids that count on, for 100 million rows] [--parts gunzip,duckdb,tally,scan] [--report <folder>: made once, used again]
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { DuckDBInstance } from '@duckdb/node-api';
import { threadProgram } from '../../src/adapters/inventory/thread-program.js';
import { createApp, createWorld } from '../../src/index.js';
import type { TallyOptions, TallyPart } from '../../src/inventory/inventory-tally.js';
import { summarise } from '../../src/prefixes/prefix-rows.js';
import { prefixTreeDefaults } from '../../src/prefixes/prefix-tree.js';
import { mergeParts } from '../../src/prefixes/tree-merge.js';
import { type Format, groupingSql, manifestIn, writeReport } from './inventory-report.js';
import type { ThreadWork } from './inventory-thread.js';
import { type Measured, measured, median } from './measured.js';

const script = fileURLToPath(import.meta.url);

const { values: given } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    prefixes: { type: 'string' },
    format: { type: 'string', default: 'csv' },
    files: { type: 'string', default: '8' },
    threads: { type: 'string', default: String(cpus().length) },
    rounds: { type: 'string', default: '3' },
    parts: { type: 'string' },
    report: { type: 'string' },
    plain: { type: 'boolean', default: false },
    one: { type: 'string' },
  },
});
const format = given.format as Format | 'orc';
const rows = Number(given.rows);
/** DuckDB neither writes nor reads ORC: such a report is made elsewhere and named. */
const defaultParts = { csv: 'gunzip,duckdb,tally,scan', parquet: 'duckdb,tally,scan', orc: 'tally' } as const;
const options: TallyOptions = { prefix: '', ...prefixTreeDefaults, versions: 'all' };

/** The answers of the threads; `began` is told when all of them are there to begin. */
async function inThreads<T>(only: ThreadWork['only'], folder: string, began: () => void): Promise<T[]> {
  const data = join(folder, 'inventory', 'data');
  const files = (await readdir(data)).sort().map((name) => join(data, name));
  const work: ThreadWork = { files, taken: new SharedArrayBuffer(4), only, options };
  const { execArgv } = threadProgram('');
  const path = new URL('./inventory-thread.ts', import.meta.url);
  const workers = Array.from(
    { length: Number(given.threads) },
    () => new Worker(path, { workerData: work, ...(execArgv && { execArgv }) }),
  );
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('message', resolve))));
  began();
  return await Promise.all(
    workers.map(
      (worker) =>
        new Promise<T>((resolve, reject) => {
          worker.once('message', resolve).once('error', reject);
          worker.postMessage('begin');
        }),
    ),
  );
}

const parts: Readonly<Record<string, (folder: string, began: () => void) => Promise<number>>> = {
  gunzip: async (folder, began) => {
    await inThreads('gunzip', folder, began);
    return rows;
  },
  duckdb: async (folder, began) => {
    const instance = await DuckDBInstance.create(':memory:', { threads: given.threads });
    const connection = await instance.connect();
    began();
    const reader = await connection.runAndReadAll(groupingSql(folder, format as Format));
    return Number(reader.getRows()[0]![1]);
  },
  tally: async (folder, began) => {
    const counted = await inThreads<TallyPart>('tally', folder, began);
    const { totals } = summarise(mergeParts(counted as [TallyPart, ...TallyPart[]]));
    return Number(totals.reduce((sum, tally) => sum + tally.objects, 0n));
  },
  scan: async (folder, began) => {
    const app = createApp(createWorld({ environment: {} }));
    const watch = { progress: () => undefined, note: () => undefined, signal: new AbortController().signal };
    began();
    const shown = await app.scan({ uri: `file://${manifestIn(folder)}`, region: 'us-east-1' }, watch);
    return Number(shown.value.totals.reduce((sum, tally) => sum + tally.objects, 0n));
  },
};

async function one(name: string, folder: string): Promise<void> {
  let startedAt = 0;
  let before = process.cpuUsage();
  const counted = await parts[name]!(folder, () => {
    startedAt = performance.now();
    before = process.cpuUsage();
  });
  const { user, system } = process.cpuUsage(before);
  if (counted !== rows) throw new Error(`${name} counted ${counted} objects`);
  process.stdout.write(`${(performance.now() - startedAt) / 1000} ${(user + system) / 1e6}`);
  process.exit(0);
}

async function all(): Promise<void> {
  const folder = given.report ?? (await mkdtemp(join(tmpdir(), 'bucketwise-inventory-')));
  const folders = Number(given.prefixes ?? Math.ceil(rows * 0.0275));
  if (!existsSync(manifestIn(folder)) && format !== 'orc')
    await writeReport(folder, format, { rows, folders, files: Number(given.files), isPlain: given.plain });
  const names = (given.parts ?? defaultParts[format]).split(',');
  const rounds: Record<string, Measured[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < Number(given.rounds); round++)
    for (const name of names) {
      const args = ['--one', name, '--report', folder, '--rows', given.rows, '--format', format];
      rounds[name]!.push(await measured(script, [...args, '--threads', given.threads]));
    }
  console.log(`${rows} rows, ${folders} folders, ${format}, ${given.threads} threads`);
  console.table(Object.fromEntries(names.map((name) => [name, shown(rounds, name)])));
  if (given.report === undefined) await rm(folder, { recursive: true });
}

function shown(rounds: Readonly<Record<string, readonly Measured[]>>, name: string) {
  const secondsOf = (of: string): number => median((rounds[of] ?? []).map(({ seconds }) => seconds));
  const ratio = (of: string) =>
    rounds[of] ? Number((secondsOf(of) / secondsOf(name)).toFixed(2)) : undefined;
  return {
    'rows/s': Math.round(rows / secondsOf(name)),
    seconds: Number(secondsOf(name).toFixed(2)),
    'CPU s': Number(median(rounds[name]!.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2)),
    'peak MiB': Math.round(Math.max(...rounds[name]!.map(({ peakMiB }) => peakMiB))),
    '× gunzip': ratio('gunzip'),
    '× DuckDB': ratio('duckdb'),
  };
}

if (given.one !== undefined) await one(given.one, given.report!);
else await all();
