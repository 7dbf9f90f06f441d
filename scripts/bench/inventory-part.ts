/**
 * One part of the inventory benchmark, built as the program is and run by Node alone: of the program, or DuckDB.
 * `node inventory-part.js gunzip|duckdb|tally|scan SETTINGS`, as inventory.ts does; says seconds and processor seconds.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { TallyOptions, TallyPart } from '../../src/inventory/inventory-tally.js';

/** What inventory.ts hands on. */
export interface PartSettings {
  readonly folder: string;
  readonly manifest: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly threads: number;
  /** Of DuckDB, which does not read ORC. */
  readonly sql?: string;
}

/** What a thread is given; `taken`: how many files were. */
export interface ThreadWork {
  readonly files: readonly string[];
  readonly columns: readonly string[];
  readonly taken: SharedArrayBuffer;
  /** Unpacked only where there are none. */
  readonly options: TallyOptions | undefined;
}

const [name = '', said = ''] = process.argv.slice(2);
const { folder, manifest, columns, rows, threads, sql } = JSON.parse(said) as PartSettings;

/** Takes the answers of the threads as they come, as a scan does; `began` is told when all threads are there to begin. */
async function inThreads<Answer>(
  options: TallyOptions | undefined,
  began: () => void,
  take: (answer: Answer) => void,
): Promise<void> {
  const data = join(folder, 'inventory', 'data');
  const files = (await readdir(data)).sort().map((file) => join(data, file));
  const workerData: ThreadWork = { files, columns, taken: new SharedArrayBuffer(4), options };
  const path = new URL('./inventory-thread.js', import.meta.url);
  const workers = Array.from({ length: threads }, () => new Worker(path, { workerData }));
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('message', resolve))));
  began();
  await Promise.all(
    workers.map(async (worker) => {
      const answer = new Promise<Answer>((resolve, reject) => {
        worker.once('message', resolve).once('error', reject);
      });
      worker.postMessage('begin');
      take(await answer);
    }),
  );
}

const objectsIn = (totals: readonly { readonly objects: bigint | number | string }[]): number =>
  Number(totals.reduce((sum, { objects }) => sum + BigInt(objects), 0n));

/** Each gives the objects that it counted. */
const parts: Readonly<Record<string, (began: () => void) => Promise<number>>> = {
  gunzip: async (began) => {
    await inThreads(undefined, began, () => undefined);
    return rows;
  },
  duckdb: async (began) => {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
    const connection = await instance.connect();
    began();
    const reader = await connection.runAndReadAll(sql!);
    return Number(reader.getRows()[0]![1]);
  },
  tally: async (began) => {
    const [{ summarise }, { openMerge }, { prefixTreeDefaults }, { addPart }] = await Promise.all([
      import('../../src/prefixes/prefix-rows.js'),
      import('../../src/prefixes/merged-rows.js'),
      import('../../src/prefixes/prefix-tree.js'),
      import('../../src/prefixes/tree-merge.js'),
    ]);
    const options = { prefix: '', ...prefixTreeDefaults };
    const merged = openMerge(options);
    await inThreads<TallyPart>({ ...options, versions: 'all' }, began, (part) => addPart(merged, part));
    return objectsIn(summarise(merged).totals);
  },
  scan: async (began) => {
    const { createApp, createWorld } = await import('../../src/index.js');
    const app = createApp(createWorld({ environment: {} }));
    const watch = { progress: () => undefined, note: () => undefined, signal: new AbortController().signal };
    began();
    const shown = await app.scan({ uri: `file://${manifest}`, region: 'us-east-1' }, watch);
    return objectsIn(shown.value.totals);
  },
};

let startedAt = 0;
let before = process.cpuUsage();
const counted = await parts[name]!(() => {
  startedAt = performance.now();
  before = process.cpuUsage();
});
const { user, system } = process.cpuUsage(before);
if (counted !== rows) throw new Error(`${name} counted ${counted} objects`);
process.stdout.write(`${(performance.now() - startedAt) / 1000} ${(user + system) / 1e6}`);
process.exit(0);
