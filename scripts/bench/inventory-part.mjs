/**
 * One part of the inventory benchmark, run by Node alone as users run it: of the built program in dist/, or DuckDB.
 * `node inventory-part.mjs gunzip|duckdb|tally|scan SETTINGS`, as inventory.ts does; says seconds and processor seconds.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

const [name, said] = process.argv.slice(2);
const { folder, manifest, columns, rows, threads, sql } = JSON.parse(said);
const built = (file) => import(new URL(`../../dist/${file}`, import.meta.url));

/** Takes the answers of the threads as they come, as a scan does; `began` is told when all threads are there to begin. */
async function inThreads(only, options, began, take) {
  const data = join(folder, 'inventory', 'data');
  const files = (await readdir(data)).sort().map((file) => join(data, file));
  const workerData = { files, columns, taken: new SharedArrayBuffer(4), only, options };
  const path = new URL('./inventory-thread.mjs', import.meta.url);
  const workers = Array.from({ length: threads }, () => new Worker(path, { workerData }));
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('message', resolve))));
  began();
  await Promise.all(
    workers.map(async (worker) => {
      const answer = new Promise((resolve, reject) => {
        worker.once('message', resolve).once('error', reject);
      });
      worker.postMessage('begin');
      take(await answer);
    }),
  );
}

const objectsIn = (totals) => Number(totals.reduce((sum, tally) => sum + tally.objects, 0n));

/** Each gives the objects that it counted. */
const parts = {
  gunzip: async (began) => {
    await inThreads('gunzip', undefined, began, () => undefined);
    return rows;
  },
  duckdb: async (began) => {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
    const connection = await instance.connect();
    began();
    const reader = await connection.runAndReadAll(sql);
    return Number(reader.getRows()[0][1]);
  },
  tally: async (began) => {
    const { summarise } = await built('prefixes/prefix-rows.js');
    const { openMerge } = await built('prefixes/merged-rows.js');
    const { prefixTreeDefaults } = await built('prefixes/prefix-tree.js');
    const { addPart } = await built('prefixes/tree-merge.js');
    const options = { prefix: '', ...prefixTreeDefaults };
    const merged = openMerge(options);
    await inThreads('tally', { ...options, versions: 'all' }, began, (part) => addPart(merged, part));
    return objectsIn(summarise(merged).totals);
  },
  scan: async (began) => {
    const { createApp, createWorld } = await built('index.js');
    const app = createApp(createWorld({ environment: {} }));
    const watch = { progress: () => undefined, note: () => undefined, signal: new AbortController().signal };
    began();
    const shown = await app.scan({ uri: `file://${manifest}`, region: 'us-east-1' }, watch);
    return objectsIn(shown.value.totals);
  },
};

let startedAt = 0;
let before = process.cpuUsage();
const counted = await parts[name](() => {
  startedAt = performance.now();
  before = process.cpuUsage();
});
const { user, system } = process.cpuUsage(before);
if (counted !== rows) throw new Error(`${name} counted ${counted} objects`);
process.stdout.write(`${(performance.now() - startedAt) / 1000} ${(user + system) / 1e6}`);
process.exit(0);
