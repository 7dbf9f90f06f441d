/** The embedded engine: local copies under names of our own, one statement, files uploaded to the attempt path. */
import { randomUUID } from 'node:crypto';
import { link, mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type {
  Engine,
  ObjectStore,
  StoredObject,
  WriteJob,
  WriteResult,
  WrittenFile,
} from '../../compaction/ports.js';
import { copyStatement, outputOptions, refusalMark, rowGroupRows } from '../../compaction/sql/duckdb.js';
import { parquetCopyStatement } from '../../compaction/sql/duckdb-parquet.js';
import { raise } from '../../kernel/errors.js';
import { printable } from '../../kernel/s3.js';
import type { EngineProcess } from './process.js';

export interface DuckdbOptions {
  readonly target: ObjectStore;
  /** Private to this engine; everything it reads and writes lies there. */
  readonly folder: string;
  /** Where the spool has put a source; it was read to its end before. */
  readonly pathOf: (source: StoredObject) => string;
  /** Confined to the folder. */
  readonly worker: EngineProcess;
}

export function openDuckdbEngine(options: DuckdbOptions): Engine {
  return { name: 'duckdb', write: (job) => write(options, job) };
}

async function write(options: DuckdbOptions, job: WriteJob): Promise<WriteResult> {
  const work = join(options.folder, randomUUID());
  try {
    await mkdir(work, { recursive: true });
    const files = await inOrder(
      work,
      job.sources.map((source) => pathFor(options, job, source)),
      job.format ?? 'csv',
    );
    // Parquet is hardly ever larger than its CSV: below the target it is one file.
    const isSingle = job.expected.bytes <= job.targetFileBytes;
    const out = join(work, isSingle ? 'out.parquet' : 'out');
    const output = { ...job, isSingle, rowGroupRows: rowGroupRows(job.targetFileBytes, job.expected) };
    const statement =
      job.format === 'parquet'
        ? parquetCopyStatement({ files, columns: job.columns, options: outputOptions(output), out })
        : copyStatement({ ...output, files, out });
    const answer = await options.worker.run(statement, job.signal);
    if (job.signal.aborted) raise('INTERRUPTED', { state: `${job.partition} is as it was.` });
    if (answer.outcome !== 'rows') return refusedOr(job, answer.why);
    const made = await uploaded(options.target, job, answer.rows);
    return { outcome: 'written', files: made, requests: { put: made.length, get: 0, list: 0 } };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const pathFor = ({ pathOf }: DuckdbOptions, { cleaned }: WriteJob, source: StoredObject): string =>
  cleaned?.find((one) => one.source.key === source.key)?.path ?? pathOf(source);

/** DuckDB reads a list of files by name: under numbers the rows keep the order of the keys. */
export async function inOrder(folder: string, paths: readonly string[], ending: string): Promise<string[]> {
  const names = paths.map((_, at) => join(folder, `${String(at).padStart(9, '0')}.${ending}`));
  for (const [at, path] of paths.entries()) await link(path, names[at]!);
  return names;
}

/** DuckDB repeats the message of error() in its own words: the mark tells ours. */
function refusedOr(job: WriteJob, why: string): WriteResult {
  const at = why.indexOf(refusalMark);
  if (at < 0)
    return raise('ENGINE_FAILED', {
      engine: 'duckdb',
      partition: job.partition,
      why: printable(why.split('\n')[0]!).slice(0, 500),
    });
  const [column = '', ...value] = why
    .slice(at + refusalMark.length)
    .split('\n')[0]!
    .split(':');
  const type = job.columns.find(({ name }) => name === column)?.type ?? '';
  return {
    outcome: 'refused',
    why: `column "${column}": "${printable(value.join(':')).slice(0, 100)}" would not be kept as ${type}`,
  };
}

interface Stats {
  readonly filename: string;
  readonly count: string | number;
}

async function uploaded(
  target: ObjectStore,
  job: WriteJob,
  rows: readonly unknown[],
): Promise<WrittenFile[]> {
  const files: WrittenFile[] = [];
  const made = (rows as readonly (Stats & { readonly file_size_bytes: string | number })[]).toSorted(
    (a, b) => fileNumber(a.filename) - fileNumber(b.filename),
  );
  for (const [at, { filename, count, file_size_bytes: size }] of made.entries()) {
    const key = `${job.attemptPath}part-${at}.parquet`;
    const put = await target.upload(key, filename);
    // The path is of this attempt alone: something there already was not written by it.
    if (put.outcome !== 'written') raise('CONDITION_FAILED', { key });
    files.push({ key, size: Number(size), etag: put.etag, rows: Number(count) });
  }
  return files;
}

const fileNumber = (path: string): number => Number(/(\d+)\.parquet$/.exec(basename(path))?.[1] ?? 0);
