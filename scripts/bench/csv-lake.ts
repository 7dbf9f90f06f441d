/** The lake of the compaction benchmarks: hours of CSV files of nine columns, one text in ten quoted. */
import { createWriteStream } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { DuckDBInstance } from '@duckdb/node-api';

export const columns = [
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

/** `files` in all. Every hour holds the rows of the first. */
export async function writeLake(
  root: string,
  hours: number,
  files: number,
  bytes: number,
): Promise<{ readonly bytes: number; readonly hourRows: number }> {
  const first = join(root, 'csv', hourPath(0));
  await mkdir(first, { recursive: true });
  let n = 0;
  let total = 0;
  for (let file = 0; file < files / hours; file += 1) {
    const out = createWriteStream(join(first, `part-${String(file).padStart(4, '0')}.csv`));
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
  for (let hour = 1; hour < hours; hour += 1)
    await cp(first, join(root, 'csv', hourPath(hour)), { recursive: true });
  return { bytes: total * hours, hourRows: n };
}

export const hourPath = (hour: number): string =>
  `year=2026/month=11/day=22/hour=${String(hour).padStart(2, '0')}`;

/** The limits of the program's own engine process. */
const limits = { threads: '2', memory_limit: '1GiB' };

/** Every hour of a lake on disk, each into one file. */
export async function rawCopy(lake: string, hours: number): Promise<void> {
  const connection = await (await DuckDBInstance.create(':memory:', limits)).connect();
  const types = columns.map(([name, , type]) => `'${name}': '${type}'`).join(', ');
  const out = join(lake, 'raw');
  await mkdir(out, { recursive: true });
  for (let hour = 0; hour < hours; hour += 1)
    await connection.run(
      `COPY (FROM read_csv('${join(lake, 'csv', hourPath(hour))}/*.csv', columns = {${types}}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"')) TO '${join(out, `${hour}.parquet`)}' (FORMAT PARQUET, COMPRESSION snappy)`,
    );
}
