/** Parquet files for tests, written by DuckDB: a writer that is not the reader. */
import { DuckDBInstance } from '@duckdb/node-api';

export async function parquetOf(path: string, query: string, options = ''): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run(
    `copy (${query}) to '${path}' (format parquet${options === '' ? '' : `, ${options}`})`,
  );
  connection.closeSync();
  instance.closeSync();
}
