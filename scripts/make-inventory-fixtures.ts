/**
 * Writes test/fixtures/inventory anew: the same rows by DuckDB and by Trino, in every codec each has.
 *
 *   node --import tsx scripts/make-inventory-fixtures.ts [part of a name]
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { runStatement } from '../src/adapters/trino/protocol.js';
import { selectRows } from '../test/inventory/columnar/known-rows.js';
import { startS3Server } from './servers/s3.mjs';
import { installTrino, startTrino } from './servers/trino.mjs';

const rows = 300;
const isWanted = (name: string): boolean => name.includes(process.argv[2] ?? '');
const folder = fileURLToPath(new URL('../test/fixtures/inventory/', import.meta.url));
mkdirSync(folder, { recursive: true });

async function byDuckDb(): Promise<void> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const write = async (name: string, sql: string, options: string): Promise<void> => {
    if (isWanted(name))
      await connection.run(`COPY (${sql}) TO '${join(folder, name)}' (FORMAT parquet${options})`);
  };
  const select = selectRows(`range(${rows}) AS r(i)`);
  for (const version of ['v1', 'v2'])
    for (const codec of ['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw'])
      await write(
        `duckdb-${version}-${codec}.parquet`,
        `${select} ORDER BY i`,
        `, PARQUET_VERSION ${version}, CODEC ${codec}`,
      );
  // Columns within columns beside those of an inventory.
  const nested = `SELECT [{'a': 1, 'b': ['x', NULL]}] AS before, * FROM (${select}) ORDER BY key`;
  await write('duckdb-nested.parquet', nested, '');
}

async function byTrino(): Promise<void> {
  await installTrino();
  const store = await startS3Server();
  const trino = await startTrino(store);
  const server = {
    ...{ url: trino.url, catalog: 'hive', schema: 'fixtures', user: 'bucketwise' },
    pause: (ms: number) => sleep(ms),
  };
  const ask = async (sql: string, session: Record<string, string> = {}): Promise<void> => {
    const answer = await runStatement(server, { sql, session }, new AbortController().signal);
    if (answer.outcome === 'failed') throw new Error(answer.words);
  };
  try {
    await ask(`CREATE SCHEMA hive.fixtures`);
    const write = async (format: string, name: string, sql: string, codec: string): Promise<void> => {
      if (!isWanted(name)) return;
      const place = `written/${name}`;
      await ask(
        `CREATE TABLE hive.fixtures."${name}" WITH (format = '${format}', external_location = 'local:///${place}/') AS ${sql}`,
        { 'hive.compression_codec': codec },
      );
      const written = readdirSync(join(trino.dir, place)).filter((file) => !file.startsWith('.'));
      if (written.length !== 1) throw new Error(`${name} is ${written.length} files`);
      writeFileSync(join(folder, name), readFileSync(join(trino.dir, place, written[0]!)));
    };
    const select = selectRows(`UNNEST(sequence(0, ${rows - 1})) AS r(i)`);
    for (const codec of ['NONE', 'SNAPPY', 'LZ4', 'ZSTD', 'GZIP'])
      await write('orc', `trino-${codec.toLowerCase()}.orc`, `${select} ORDER BY i`, codec);
    for (const codec of ['NONE', 'SNAPPY', 'ZSTD', 'GZIP'])
      await write('parquet', `trino-${codec.toLowerCase()}.parquet`, `${select} ORDER BY i`, codec);
    const nested = `SELECT ARRAY[MAP(ARRAY['a'], ARRAY[CAST(ROW(1, 'x') AS ROW(a integer, b varchar))])] AS before, * FROM (${select}) ORDER BY key`;
    await write('orc', 'trino-nested.orc', nested, 'GZIP');
    await write('parquet', 'trino-nested.parquet', nested, 'SNAPPY');
  } finally {
    await trino.stop();
    await store.stop();
  }
}

await byDuckDb();
await byTrino();
