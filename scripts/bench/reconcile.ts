/**
 * Rows and megabytes a second, and peak memory, of `reconcile` over a made-up CUR 2.0 of 113 columns, of about 100 MB
 * and of about 2 GB; beside it, over the same file: csv-parse alone, DuckDB's own sum, and reading the bytes alone.
 * Run: node --import tsx scripts/bench/reconcile.ts [rows …]
 */
import { spawnSync } from 'node:child_process';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { parse } from 'csv-parse';
import { createApp, createWorld } from '../../src/index.js';

const read = [
  'bill_billing_period_start_date',
  'identity_line_item_id',
  'line_item_currency_code',
  'line_item_line_item_description',
  'line_item_line_item_type',
  'line_item_operation',
  'line_item_product_code',
  'line_item_resource_id',
  'line_item_unblended_cost',
  'line_item_usage_account_id',
  'line_item_usage_amount',
  'line_item_usage_start_date',
  'line_item_usage_type',
  'pricing_public_on_demand_cost',
  'pricing_unit',
  'product',
  'product_region_code',
  'product_sku',
  'resource_tags',
];
const columns = [
  ...read,
  ...Array.from({ length: 113 - read.length }, (_, at) => `reservation_column_${at}`),
];

/** [suffix, operation, unit, price] of us-east-1. */
const meters = [
  ['TimedStorage-ByteHrs', 'StandardStorage', 'GB-Mo', 0.023],
  ['TimedStorage-SIA-ByteHrs', 'StandardIAStorage', 'GB-Mo', 0.0125],
  ['Requests-Tier1', 'PutObject', 'Requests', 0.000005],
  ['Requests-Tier1', 'ListBucket', 'Requests', 0.000005],
  ['Requests-Tier2', 'GetObject', 'Requests', 0.0000004],
  ['Requests-Tier2', 'HeadObject', 'Requests', 0.0000004],
  ['Requests-Tier3', 'S3-GlacierTransition', 'Requests', 0.00003],
  ['DataTransfer-Out-Bytes', 'GetObject', 'GB', 0.09],
] as const;

function row(at: number): string {
  const [usageType, operation, unit, price] = meters[(at * 7) % meters.length]!;
  const quantity = ((at * 2654435761) % 1_000_003) / 1000;
  const cost = (quantity * price).toFixed(10);
  const day = String((at % 30) + 1).padStart(2, '0');
  const values: Readonly<Record<string, string>> = {
    bill_billing_period_start_date: '2026-11-01T00:00:00.000Z',
    identity_line_item_id: `kx${at.toString(36).padStart(10, '0')}aotcu3ghvtnc5wgbxkqmd7l2uzkwjkuizecqmyqdogq4`,
    line_item_currency_code: 'USD',
    line_item_line_item_description: `"$${price} per ${unit}, first tier (US East, N. Virginia)"`,
    line_item_line_item_type: 'Usage',
    line_item_operation: operation,
    line_item_product_code: 'AmazonS3',
    line_item_resource_id: `lake-${at % 997}-events-production`,
    line_item_unblended_cost: cost,
    line_item_usage_account_id: String(100_000_000_000 + (at % 17)),
    line_item_usage_amount: String(quantity),
    line_item_usage_start_date: `2026-11-${day}T${String(at % 24).padStart(2, '0')}:00:00.000Z`,
    line_item_usage_type: usageType,
    pricing_public_on_demand_cost: cost,
    pricing_unit: unit,
    product: `"{""product_name"":""Amazon Simple Storage Service"",""servicename"":""Amazon Simple Storage Service"",""availability"":""99.99%"",""storage_class"":""General Purpose"",""volume_type"":""Standard""}"`,
    product_region_code: 'us-east-1',
    product_sku: 'WP9ANXZGBYYSGJEA',
    resource_tags: `"{""user_team"":""data-platform-${at % 31}"",""user_environment"":""production""}"`,
  };
  return `${columns.map((name) => values[name] ?? (name.endsWith('7') ? '0.0' : '')).join(',')}\n`;
}

async function write(path: string, rows: number): Promise<void> {
  const file = await open(path, 'w');
  await file.write(`${columns.join(',')}\n`);
  for (let at = 0; at < rows; at += 2000)
    await file.write(Array.from({ length: Math.min(2000, rows - at) }, (_, more) => row(at + more)).join(''));
  await file.close();
}

const runs: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
  reconcile: async (path) => {
    const watch = { progress: () => undefined, note: () => undefined, signal: new AbortController().signal };
    const { value } = await createApp(createWorld({ environment: {} })).reconcile({ bills: [path] }, watch);
    return [value.rows, value.billed];
  },
  'bytes alone': async (path) => {
    let lines = 0;
    for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 }))
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1;
    return [lines - 1];
  },
  'DuckDB sum': async (path) => {
    const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
    const sum = `select count(*), sum(line_item_unblended_cost) from (select line_item_usage_type t, line_item_operation o, count(*) n, sum(line_item_unblended_cost::decimal(38,10)) line_item_unblended_cost from read_csv('${path}', header = true, all_varchar = true) group by all)`;
    return (await (await connection.runAndReadAll(sum)).getRowsJson())[0];
  },
  'csv-parse alone': async (path) => {
    let rows = 0;
    for await (const _ of createReadStream(path).pipe(parse())) rows += 1;
    return [rows - 1];
  },
};

/** The same rows as Parquet, as a data export writes it. */
async function writeParquet(path: string): Promise<void> {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '2' })).connect();
  await connection.run(
    `copy (select * from read_csv('${path}', header = true, all_varchar = true)) to '${path}.parquet' (format parquet, compression snappy)`,
  );
}

/** In a process of its own: its peak memory is its own. */
async function measure(name: string, path: string): Promise<void> {
  const began = process.hrtime.bigint();
  const result = await runs[name]!(path);
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const { user, system } = process.cpuUsage();
  // Not resourceUsage().maxRSS: that begins at what the parent held when it forked.
  const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
  console.log(JSON.stringify({ seconds, cpu: (user + system) / 1e6, peak, result: String(result) }));
}

interface Measured {
  readonly seconds: number;
  /** Of all threads: what a busy machine does not change. */
  readonly cpu: number;
  readonly peak: number;
  readonly result: string;
}

function compare(path: string, rows: number): Record<string, string | number>[] {
  const names = Object.keys(runs).filter((name) => name !== 'csv-parse alone' || rows <= 200_000);
  return [...names, 'reconcile, Parquet'].map((name) => {
    const [run, file] = name.endsWith('Parquet') ? ['reconcile', `${path}.parquet`] : [name, path];
    const megabytes = statSync(file).size / 1e6;
    const args = ['--import', 'tsx', fileURLToPath(import.meta.url), '--run', run, file];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (stdout === '') throw new Error(stderr);
    const { seconds, cpu, peak, result } = JSON.parse(stdout) as Measured;
    return {
      what: name,
      MB: Math.round(megabytes),
      rows,
      seconds: Number(seconds.toFixed(2)),
      'CPU s': Number(cpu.toFixed(2)),
      'rows/s': Math.round(rows / seconds),
      'MB/s': Math.round(megabytes / seconds),
      'peak RSS MiB': Math.round(peak),
      result,
    };
  });
}

const args = process.argv.slice(2);
if (args[0] === '--run') await measure(args[1]!, args[2]!);
else {
  const sizes = args.length > 0 ? args.map(Number) : [140_000, 2_800_000];
  for (const rows of sizes) {
    const path = join(tmpdir(), `bucketwise-bench-cur-${rows}.csv`);
    await write(path, rows);
    await writeParquet(path);
    console.table(compare(path, rows));
    await rm(path);
    await rm(`${path}.parquet`);
  }
}
