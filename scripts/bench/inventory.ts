/**
 * An inventory of generated rows (CSV.gz or Parquet, eleven columns), each part in a process of its own, one after another:
 * unpacking it (CSV only), raw DuckDB grouping it alike, the tally in threads, and the whole program's scan of its manifest.
 * What runs is the built program in dist/, by Node alone, as users run it: `npm run build` first.
 * Run: node --import tsx scripts/bench/inventory.ts [--rows 1000000] [--prefixes 27500 a million rows] [--format csv|parquet|orc]
 *      [--files 8] [--threads 2] [--rounds 3] [--plain: ids that count on, for 100 million rows] [--parts gunzip,duckdb,tally,scan] [--report <folder>: made once, used again]
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { builtParts, requireBuilt } from './built-program.js';
import type { PartSettings } from './inventory-part.js';
import { type Format, groupingSql, manifestIn, schema, writeReport } from './inventory-report.js';
import { type Measured, measured, median } from './measured.js';

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
  },
});
const format = given.format as Format | 'orc';
const rows = Number(given.rows);
/** DuckDB neither writes nor reads ORC: such a report is made elsewhere and named. */
const defaultParts = { csv: 'gunzip,duckdb,tally,scan', parquet: 'duckdb,tally,scan', orc: 'tally' } as const;

async function all(script: string): Promise<void> {
  const folder = given.report ?? (await mkdtemp(join(tmpdir(), 'bucketwise-inventory-')));
  const folders = Number(given.prefixes ?? Math.ceil(rows * 0.0275));
  if (!existsSync(manifestIn(folder)) && format !== 'orc')
    await writeReport(folder, format, { rows, folders, files: Number(given.files), isPlain: given.plain });
  const names = (given.parts ?? defaultParts[format]).split(',');
  const partSettings: PartSettings = {
    ...{ folder, manifest: manifestIn(folder), columns: schema, rows, threads: Number(given.threads) },
    ...(format !== 'orc' && { sql: groupingSql(folder, format) }),
  };
  const settings = JSON.stringify(partSettings);
  const rounds: Record<string, Measured[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < Number(given.rounds); round++)
    for (const name of names) rounds[name]!.push(await measured(script, [name, settings], [], []));
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

requireBuilt();
await all(await builtParts(['inventory-part', 'inventory-thread']));
