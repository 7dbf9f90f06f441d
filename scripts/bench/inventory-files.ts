/** Inventories of the benchmarks: objects of hourly folders in all the columns S3 gives, by DuckDB and by the ORC writer of the tests. */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { type Column, orcWriter } from '../../test/inventory/orc/write-orc.js';

/** Eleven columns; keys of 117 bytes with a random UUID, 25 to an hour of 365 tables. */
const select = (rows: number): string => `SELECT 'my-bucket' AS bucket,
  printf('data/table-%04d/year=2025/month=%02d/day=%02d/hour=%02d/part-%05d-%s.c000.snappy.parquet',
    i // 219000, i // 18250 % 12 + 1, i // 600 % 30 + 1, i // 25 % 24, i % 25, uuid()) AS key,
  '' AS version_id, true AS is_latest, false AS is_delete_marker,
  CAST(hash(i) % 300000 AS BIGINT) AS size,
  TIMESTAMP '2025-01-01' + i * INTERVAL 1 SECOND AS last_modified_date,
  md5(CAST(i AS VARCHAR)) AS e_tag,
  CASE i // 50000 % 4 WHEN 2 THEN 'STANDARD_IA' WHEN 3 THEN 'GLACIER' ELSE 'STANDARD' END AS storage_class,
  false AS is_multipart_uploaded, CAST(NULL AS VARCHAR) AS intelligent_tiering_access_tier
FROM range(${rows}) AS r(i)`;

const columns: readonly Column[] = [
  { name: 'bucket', kind: 'string', encoding: 'dictionary' },
  { name: 'key', kind: 'string' },
  { name: 'version_id', kind: 'string' },
  { name: 'is_latest', kind: 'boolean' },
  { name: 'is_delete_marker', kind: 'boolean' },
  { name: 'size', kind: 'bigint' },
  { name: 'last_modified_date', kind: 'timestamp' },
  { name: 'e_tag', kind: 'string' },
  { name: 'storage_class', kind: 'string', encoding: 'dictionary' },
  { name: 'is_multipart_uploaded', kind: 'boolean' },
  { name: 'intelligent_tiering_access_tier', kind: 'string', encoding: 'dictionary' },
];

export async function writeParquet(path: string, rows: number): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  await connection.run(`COPY (${select(rows)}) TO '${path}' (FORMAT parquet, CODEC snappy)`);
  connection.closeSync();
  instance.closeSync();
}

const stripeRows = 200_000;

/** The rows of the Parquet file. */
export async function writeOrcOf(parquet: string, path: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  const result = await connection.stream(
    `SELECT * REPLACE (epoch_ms(last_modified_date) AS last_modified_date) FROM read_parquet('${parquet}')`,
  );
  const writer = orcWriter(columns);
  const out = createWriteStream(path);
  const put = async (bytes: Uint8Array): Promise<void> => {
    if (!out.write(bytes)) await once(out, 'drain');
  };
  await put(writer.head);
  let held: unknown[][] = columns.map(() => []);
  const flush = async (): Promise<void> => {
    if (held[0]!.length > 0) await put(writer.stripe(held as (string | number | boolean | null)[][]));
    held = columns.map(() => []);
  };
  for (
    let chunk = await result.fetchChunk();
    chunk && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    for (const [at, values] of chunk.getColumns().entries())
      for (const value of values) held[at]!.push(typeof value === 'bigint' ? Number(value) : value);
    if (held[0]!.length >= stripeRows) await flush();
  }
  await flush();
  out.end(writer.tail());
  await finished(out);
  connection.closeSync();
  instance.closeSync();
}
