/** Sources that are Parquet: looked at without the engine, then read value by value from their local copies. */
import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ParquetSources, RowTotals } from '../../compaction/parquet-ports.js';
import type { StoredObject } from '../../compaction/ports.js';
import { eachReadbackStatement } from '../../compaction/sql/duckdb-readback.js';
import { raise } from '../../kernel/errors.js';
import { printable } from '../../kernel/s3.js';
import { inspectParquet } from '../parquet-inspection.js';
import { inOrder } from './engine.js';
import type { EngineProcess } from './process.js';
import { noTotals, type Totals, totals } from './readback.js';

export interface ParquetSourceOptions {
  /** Where the spool has put a source; it was read to its end before. */
  readonly pathOf: (source: StoredObject) => string;
  /** Private; the process may read below it. */
  readonly folder: string;
  readonly worker: EngineProcess;
}

type Job = Parameters<ParquetSources['totals']>[0];

export function openParquetSources(options: ParquetSourceOptions): ParquetSources {
  return {
    inspect: (source) => inspectParquet(source, options.pathOf(source)),
    totals: async (job) => {
      const work = join(options.folder, randomUUID());
      try {
        await mkdir(work, { recursive: true });
        const paths = await inOrder(work, job.sources.map(options.pathOf), 'parquet');
        return await totalsOf(options.worker, job, paths);
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    },
  };
}

async function totalsOf(worker: EngineProcess, job: Job, paths: readonly string[]): Promise<RowTotals[]> {
  const answer = await worker.run(eachReadbackStatement(paths, job.columns), job.signal);
  if (job.signal.aborted) raise('INTERRUPTED', { state: `${job.partition} is as it was.` });
  if (answer.outcome === 'rows') {
    const found = new Map((answer.rows as Totals[]).map((row) => [basename(String(row.file)), row]));
    return paths.map((path) => {
      const row = found.get(basename(path));
      return row ? totals(row, job.columns) : noTotals(job.columns);
    });
  }
  if (answer.outcome === 'failed' && paths.length > 1) return oneByOne(worker, job, paths);
  return failed(job, answer.outcome, answer.why);
}

/** Its words do not always name the file. */
async function oneByOne(worker: EngineProcess, job: Job, paths: readonly string[]): Promise<RowTotals[]> {
  const all: RowTotals[] = [];
  for (const [at, path] of paths.entries())
    all.push(...(await totalsOf(worker, { ...job, sources: [job.sources[at]!] }, [path])));
  return all;
}

/** As DuckDB words it: the next run may go well with the same file. */
const machineFault = /^(Out of Memory|IO) Error/;

function failed({ sources, partition }: Job, outcome: 'failed' | 'ended', words: string): never {
  const why = printable(words.split('\n')[0]!).slice(0, 500);
  if (outcome === 'ended' || machineFault.test(words))
    return raise('ENGINE_FAILED', { engine: 'duckdb', partition, why });
  return raise('SOURCE_CORRUPT', { key: printable(sources[0]!.key), why: why.replace(/"\/[^"]*"/g, 'it') });
}
