/** Runs in a process of its own: DuckDB under limits, locked to one folder; a crash here leaves the parent standing. */
import { DuckDBInstance } from '@duckdb/node-api';
import { literal } from '../../kernel/sql-text.js';

export interface WorkerSettings {
  /** Everything read and written lies below this folder. */
  readonly folder: string;
  readonly memory: string;
  readonly threads: number;
}

export interface WorkerJob {
  readonly id: number;
  readonly sql: string;
}

export type WorkerAnswer =
  | { readonly id: number; readonly ok: true; readonly rows: readonly unknown[] }
  | { readonly id: number; readonly ok: false; readonly why: string };

const settings = JSON.parse(process.argv[2] ?? '{}') as WorkerSettings;
const instance = await DuckDBInstance.create(':memory:', {
  threads: String(settings.threads),
  memory_limit: settings.memory,
  temp_directory: `${settings.folder}/spill`,
});
const first = await instance.connect();
for (const statement of [
  `SET allowed_directories = [${literal(`${settings.folder}/`)}]`,
  'SET enable_external_access = false',
  'SET lock_configuration = true',
])
  await first.run(statement);

process.on('message', (job: WorkerJob) => {
  run(job).then(
    (answer) => process.send?.(answer),
    (error: Error) => process.send?.({ id: job.id, ok: false, why: error.message }),
  );
});
// The parent is gone: nobody waits for an answer.
process.on('disconnect', () => process.exit(0));
process.send?.({ id: 0, ok: true, rows: [] } satisfies WorkerAnswer);

async function run({ id, sql }: WorkerJob): Promise<WorkerAnswer> {
  const connection = await instance.connect();
  try {
    const result = await connection.runAndReadAll(sql);
    return { id, ok: true, rows: result.getRowObjectsJson() };
  } finally {
    connection.closeSync();
  }
}
