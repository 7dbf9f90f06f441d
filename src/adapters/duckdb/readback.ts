/** The very objects that are to be committed, downloaded by their etags and read back value by value. */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pLimit from 'p-limit';
import type { Readback, RowTotals } from '../../compaction/parquet-ports.js';
import type { ObjectStore, StoredObject } from '../../compaction/ports.js';
import type { Column } from '../../compaction/schema.js';
import { readbackStatement } from '../../compaction/sql/duckdb-readback.js';
import { raise } from '../../kernel/errors.js';
import { printable } from '../../kernel/s3.js';
import type { EngineProcess } from './process.js';

const fetchesAtOnce = 8;

export interface ReadbackOptions {
  readonly store: ObjectStore;
  /** Private; the process may read below it. */
  readonly folder: string;
  readonly worker: EngineProcess;
}

export function openReadback({ store, folder, worker }: ReadbackOptions): Readback {
  return {
    read: async ({ partition, files, columns, signal }) => {
      const work = join(folder, randomUUID());
      const nothing = { put: 0, get: files.length, list: 0 };
      try {
        await mkdir(work, { recursive: true });
        const limit = pLimit(fetchesAtOnce);
        const paths = await Promise.all(
          files.map((file, at) => limit(() => fetched(store, file, join(work, `${at}.parquet`)))),
        );
        if (paths.length === 0) return { ...noTotals(columns), requests: nothing };
        const answer = await worker.run(readbackStatement(paths, columns), signal);
        if (signal.aborted) raise('INTERRUPTED', { state: `${partition} is as it was.` });
        if (answer.outcome !== 'rows')
          return raise('ENGINE_FAILED', {
            engine: 'duckdb (reading back)',
            partition,
            why: printable(answer.why.split('\n')[0]!).slice(0, 500),
          });
        return { ...totals(answer.rows[0] as Totals, columns), requests: nothing };
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    },
  };
}

export type Totals = Readonly<Record<string, string | number>>;

async function fetched(store: ObjectStore, file: StoredObject, path: string): Promise<string> {
  await pipeline(store.stream(file), createWriteStream(path, { highWaterMark: 1 << 20 }));
  return path;
}

export const noTotals = (columns: readonly Column[]): RowTotals => ({
  rows: 0,
  digest: 0n,
  columns: columns.map(() => ({ nulls: 0, digest: 0n })),
});

export function totals(row: Totals, columns: readonly Column[]): RowTotals {
  const rows = Number(row.rows);
  return {
    rows,
    digest: modulo(row.digest!),
    columns: columns.map((_, at) => ({
      nulls: rows - Number(row[`n${at}`]),
      digest: modulo(row[`d${at}`]!),
    })),
  };
}

const modulo = (sum: string | number): bigint => BigInt.asUintN(64, BigInt(sum));
