/**
 * Objects a second and peak memory of a scan of 100,000 and of 1,000,000 generated objects, side by side.
 * Run: node --import tsx scripts/bench/scan-memory.ts
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { openTally } from '../../src/inventory/inventory-tally.js';
import { listLive } from '../../src/inventory/live-listing.js';
import { summarise } from '../../src/prefixes/prefix-rows.js';
import { prefixTreeDefaults } from '../../src/prefixes/prefix-tree.js';
import { mergeParts } from '../../src/prefixes/tree-merge.js';
import { objectNamed } from '../../test/inventory/memory-lister.js';
import { sortedPager } from '../../test/inventory/memory-pager.js';

const FILES_PER_HOUR = 25;
const HOURS_PER_TABLE = 8760;
const pad = (value: number, width: number): string => String(value).padStart(width, '0');

/** Hourly folders of small files: a table holds a year, then the next table begins. Keys ascend with the index. */
function keyAt(index: number): string {
  const hour = Math.floor(index / FILES_PER_HOUR);
  const at = new Date(Date.UTC(2025, 0, 1) + (hour % HOURS_PER_TABLE) * 3_600_000).toISOString();
  const folder = `year=${at.slice(0, 4)}/month=${at.slice(5, 7)}/day=${at.slice(8, 10)}/hour=${at.slice(11, 13)}`;
  return `csv/table-${pad(Math.floor(hour / HOURS_PER_TABLE), 4)}/${folder}/part-${pad(index % FILES_PER_HOUR, 5)}-4f0c1d7e.csv`;
}

async function scan(objects: number): Promise<void> {
  const pager = sortedPager({
    length: objects,
    at: (i) => objectNamed(keyAt(i), (i * 7919) % 300_000),
  });
  const options = { prefix: '', ...prefixTreeDefaults };
  const tally = openTally({ ...options, versions: 'all' });
  let tallying = 0n;
  const started = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  const listed = await listLive({
    pager,
    prefix: '',
    parallel: 16,
    take: (page) => {
      const began = process.hrtime.bigint();
      tally.addBatch(page, 'bench');
      tallying += process.hrtime.bigint() - began;
    },
  });
  const merged = mergeParts([tally.part()]);
  const summary = summarise(merged);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const { user, system } = process.cpuUsage(cpu);
  const row = {
    objects: Number(summary.totals[0]!.objects),
    requests: listed.pages,
    rows: summary.prefixes.length,
    partitions: summary.prefixes.reduce((sum, prefix) => sum + (prefix.partitions ?? 0), 0),
    'objects/s': Math.round(objects / seconds),
    'CPU s, with the generator': Number(((user + system) / 1e6).toFixed(2)),
    'tally s': Number((Number(tallying) / 1e9).toFixed(2)),
    'peak RSS MiB': Math.round(process.resourceUsage().maxRSS / 1024),
    'live heap MiB': Math.round(liveHeap() / 1024 ** 2),
  };
  console.log(JSON.stringify({ ...row, nodes: merged.count }));
}

/** What is still held when the scan has ended, the rows among it. */
function liveHeap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const size = Number(process.argv[2]);
if (size > 0) await scan(size);
else {
  const rows = [100_000, 1_000_000].map((objects) => {
    const args = ['--expose-gc', '--import', 'tsx', fileURLToPath(import.meta.url), String(objects)];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as Record<string, number>;
  });
  console.table(rows);
}
