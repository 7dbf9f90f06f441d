/**
 * Megabytes a second of one core, and peak memory, of reading server access logs into requests by prefix, kind and
 * requester; beside it, over the same file: DuckDB taking the same fields by a regular expression and grouping them, and
 * counting lines alone. Run: node --import tsx scripts/bench/access-log.ts [megabytes …]
 */
import { spawnSync } from 'node:child_process';
import { createReadStream, statSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { openRequestLogs } from '../../src/inventory/request-log.js';
import { tableOf } from '../../src/prefixes/partition-keys.js';
import { measured } from './measured.js';

const owner = '7b'.repeat(32);
const operations = [
  'REST.GET.OBJECT',
  'REST.PUT.OBJECT',
  'REST.HEAD.OBJECT',
  'REST.GET.OBJECT',
  'REST.GET.BUCKET',
];

/** Tables of hourly folders, read and written by roles whose sessions change. */
function line(at: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const [table, day, hour] = [at % 200, two((at % 28) + 1), two(at % 24)];
  const operation = operations[at % operations.length]!;
  const folder = `csv/table${table}/year%253D2026/month%253D11/day%253D${day}/hour%253D${hour}/`;
  const key = operation.endsWith('BUCKET') ? '-' : `${folder}part-${at.toString(16).padStart(32, '0')}.csv`;
  const uri = `"GET /csv/table${table}/year%3D2026/?list-type=2&prefix=csv%2Ftable${table}%2F&x=${at} HTTP/1.1"`;
  return `${owner} lake [${day}/Nov/2026:${hour}:00:${two(at % 60)} +0000] 10.0.0.${at % 255} arn:aws:sts::111122223333:assumed-role/loader${at % 20}/session-${at % 5000} REQ${at.toString(36).padStart(13, '0').toUpperCase()} ${operation} ${key} ${uri} 200 - 1000 1000 12 3 "-" "aws-sdk-java/2.20 Linux/5.10 OpenJDK_64-Bit" - ${'aG9zdGlk'.repeat(9)}= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader lake.s3.us-east-1.amazonaws.com TLSv1.2 - -\n`;
}

async function write(path: string, megabytes: number): Promise<void> {
  const file = await open(path, 'w');
  for (let at = 0, size = 0; size < megabytes * 1e6; at += 2000) {
    const text = Array.from({ length: 2000 }, (_, more) => line(at + more)).join('');
    size += text.length;
    await file.write(text);
  }
  await file.close();
}

const expression = String.raw`^\S+ (\S+) \[[^\]]+\] \S+ (\S+) \S+ (\S+) (\S+) (?:"[^"]*"|-) (\S+) (\S+) (\S+) (\S+) `;

const runs: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
  bucketwise: async (path) => {
    const logs = openRequestLogs({ bucket: 'lake', prefix: '', depth: 4, now: Date.now() / 1000, tableOf });
    const file = logs.open(path);
    for await (const piece of createReadStream(path, { highWaterMark: 256 * 1024 }))
      file.take(piece as Buffer);
    file.end();
    return logs.tally.cells().length;
  },
  'DuckDB, one thread': async (path) => {
    const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
    const lines = `read_csv('${path}', header = false, columns = {'line': 'VARCHAR'}, delim = '\u0001', quote = '', escape = '', auto_detect = false)`;
    const fields = `regexp_extract(line, '${expression}', ['bucket', 'requester', 'operation', 'key', 'status', 'error', 'sent', 'size'])`;
    const folder = `regexp_replace(url_decode(url_decode(f.key)), '[^/]*$', '')`;
    return (
      await connection.runAndReadAll(
        `select count(*) from (select ${folder} folder, f.operation, f.requester, f.status, count(*), sum(try_cast(f.sent as bigint)) from (select ${fields} f from ${lines}) group by all)`,
      )
    ).getRows()[0];
  },
  'grep -c': async (path) => spawnSync('grep', ['-c', 'REST', path], { encoding: 'utf8' }).stdout.trim(),
};

const [first, second, third] = process.argv.slice(2);
if (first === '--run') {
  const began = process.hrtime.bigint();
  const before = process.cpuUsage();
  await runs[second!]!(third!);
  const { user, system } = process.cpuUsage(before);
  console.log(`${Number(process.hrtime.bigint() - began) / 1e9} ${(user + system) / 1e6}`);
} else {
  for (const megabytes of first === undefined ? [100, 1000] : process.argv.slice(2).map(Number)) {
    const path = join(tmpdir(), `bucketwise-bench-access-${megabytes}.log`);
    await write(path, megabytes);
    const size = statSync(path).size / 1e6;
    const rows: Record<string, string | number>[] = [];
    for (const name of Object.keys(runs)) {
      const { seconds, cpuSeconds, peakMiB } = await measured(fileURLToPath(import.meta.url), [
        '--run',
        name,
        path,
      ]);
      rows.push({
        what: name,
        MB: Math.round(size),
        seconds: Number(seconds.toFixed(2)),
        'CPU s': Number(cpuSeconds.toFixed(2)),
        'MB/s': Math.round(size / seconds),
        'MB a CPU second': Math.round(size / cpuSeconds),
        'peak RSS MiB': Math.round(peakMiB),
      });
    }
    console.table(rows);
    await rm(path);
  }
}
