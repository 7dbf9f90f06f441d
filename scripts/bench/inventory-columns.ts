/**
 * Rows a second of reading the columns of a tally from inventories in Parquet and ORC, by one thread, beside DuckDB adding up
 * the same columns of the Parquet file by one thread and by two.
 *
 *   node --import tsx scripts/bench/inventory-columns.ts [rows, 1000000 if not said]
 */
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { columnCodecs } from '../../src/adapters/inventory/column-codecs.js';
import type { ColumnSource } from '../../src/inventory/columnar/column-file.js';
import { openOrc } from '../../src/inventory/orc/read-orc.js';
import { openParquet } from '../../src/inventory/parquet/read-parquet.js';
import { writeOrcOf, writeParquet } from './inventory-files.js';
import { measured, median } from './measured.js';

const rounds = 3;

async function decode(path: string): Promise<void> {
  const handle = await open(path);
  const source: ColumnSource = {
    name: path,
    size: (await handle.stat()).size,
    read: async (from, length) => {
      const bytes = new Uint8Array(length);
      await handle.read(bytes, 0, length, from);
      return bytes;
    },
  };
  const file = await (path.endsWith('.orc') ? openOrc : openParquet)(source, columnCodecs);
  let [rows, bytes, size, latest] = [0, 0, 0, 0];
  for (let part = 0; part < file.parts.length; part += 1)
    for await (const batch of file.batches(part)) {
      rows += batch.rows;
      bytes += batch.key.offsets[batch.rows]! - batch.key.offsets[0]!;
      for (let i = 0; i < batch.rows; i += 1) {
        size += batch.size![i]!;
        latest += batch.isLatest![i]!;
      }
    }
  await handle.close();
  if (rows !== file.rows || latest !== rows || bytes === 0 || size === 0) throw new Error('not all was read');
}

async function byDuckDb(path: string, threads: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads });
  const connection = await instance.connect();
  await connection.run(
    `SELECT storage_class, intelligent_tiering_access_tier, is_latest, is_delete_marker, count(key), sum(length(key)), sum(size)
     FROM read_parquet('${path}') GROUP BY ALL`,
  );
}

async function timed(work: () => Promise<void>): Promise<void> {
  const cpu = process.cpuUsage();
  const began = process.hrtime.bigint();
  await work();
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const { user, system } = process.cpuUsage(cpu);
  console.log(`${seconds} ${(user + system) / 1e6}`);
}

async function compare(rows: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bucketwise-columns-'));
  try {
    const [parquet, orc] = [join(folder, 'inventory.parquet'), join(folder, 'inventory.orc')];
    await writeParquet(parquet, rows);
    await writeOrcOf(parquet, orc);
    const table: Record<string, Record<string, number>> = {};
    for (const [name, parts, path] of [
      ['Parquet', ['decode', parquet], parquet],
      ['ORC', ['decode', orc], orc],
      ['DuckDB, Parquet, 1 thread', ['duckdb', parquet, '1'], parquet],
      ['DuckDB, Parquet, 2 threads', ['duckdb', parquet, '2'], parquet],
    ] as const) {
      const runs = [];
      for (let round = 0; round < rounds; round += 1)
        runs.push(await measured(fileURLToPath(import.meta.url), parts));
      table[name] = {
        MB: Math.round((await stat(path)).size / 1e6),
        'rows/s': Math.round(rows / median(runs.map(({ seconds }) => seconds))),
        'rows/CPU s': Math.round(rows / median(runs.map(({ cpuSeconds }) => cpuSeconds))),
        'peak MiB': Math.round(median(runs.map(({ peakMiB }) => peakMiB))),
      };
    }
    console.table(table);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const [part, path = '', threads = '1'] = process.argv.slice(2);
if (part === 'decode') await timed(() => decode(path));
else if (part === 'duckdb') await timed(() => byDuckDb(path, threads));
else await compare(Number(part ?? 1_000_000));
