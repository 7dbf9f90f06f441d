/** Trino reads the sources where they lie and writes to the attempt path; we believe the files, not the answer. */
import type { FooterReader } from '../../compaction/parquet-ports.js';
import type { Engine, ObjectStore, WriteJob, WriteResult } from '../../compaction/ports.js';
import { rendered } from '../../compaction/sql/dialect.js';
import {
  droppedByName,
  type Ground,
  type HourStatements,
  hourStatements,
  listed,
  type Output,
} from '../../compaction/sql/hour-statements.js';
import type { Statement } from '../../compaction/sql/statement.js';
import { trino } from '../../compaction/sql/trino.js';
import { raise } from '../../kernel/errors.js';
import { type Prefix, printable } from '../../kernel/s3.js';
import { checkEmpty, checkUnchanged, filesWritten } from '../remote/attempt-files.js';
import type { GroupWork } from '../remote/group-files.js';
import { misfitRefusal } from '../remote/misfits.js';
import { type Answer, goOn, type Note, runStatement, stop, type TrinoServer } from './protocol.js';

export interface TrinoOptions {
  readonly server: TrinoServer;
  readonly source: { readonly store: ObjectStore; readonly bucket: string };
  readonly target: { readonly store: ObjectStore; readonly bucket: string };
  readonly footers: FooterReader;
  readonly traitsOf: Ground['traitsOf'];
}

export function openTrinoEngine(options: TrinoOptions): Engine {
  const ground: Ground = {
    dialect: trino(options.server.catalog),
    database: options.server.schema,
    sourceBucket: options.source.bucket,
    targetBucket: options.target.bucket,
    traitsOf: options.traitsOf,
    // Registering a partition is off by default in Trino: the hour's folder is the table.
    isPartitioned: false,
    usesUnload: false,
  };
  return {
    name: 'trino',
    place: `schema ${options.server.catalog}.${options.server.schema} of ${options.server.url}`,
    fractionDigits: 3,
    write: (job) => write(options, ground, job),
    writeGroup: async (jobs, shared) => {
      const { writeGroup } = await import('../remote/group-files.js');
      return writeGroup(groupOf(options, ground), jobs, shared);
    },
    sweep: (attemptPath) => sweep(options, ground, attemptPath),
  };
}

/**
 * Effects in order: a table over the sources' folder, a table written to each output path, a second look at the
 * sources, the files listed and their footers read; whatever happened, both tables dropped. What an earlier runner
 * submitted is only waited for, or stopped where it cannot be.
 */
async function write(options: TrinoOptions, ground: Ground, job: WriteJob): Promise<WriteResult> {
  if (job.signal.aborted) raise('INTERRUPTED', { state: `${job.partition} is as it was.` });
  const statements = hourStatements(job, job.attemptPath, ground);
  if ('why' in statements) {
    job.log?.gone();
    return { outcome: 'refused', why: statements.why };
  }
  const underWay = await underWayOf(options.server, job, statements);
  if (!underWay) await checkEmpty(options.target.store, job.attemptPath);
  let isEnded = underWay === undefined;
  try {
    const result = await written(options, ground, job, statements, underWay);
    isEnded = true;
    return result;
  } finally {
    // What an earlier runner began may be at its table for a moment yet: the sweep at the end of the run looks once more.
    if ((await drop(options, ground, statements.after)) && isEnded) job.log?.gone();
  }
}

/**
 * Files are believed only when Trino says that their statement came to its good end: one that fails takes them away
 * again. So all of them must be known, or those that are known are told to stop, and the work begins anew.
 */
async function underWayOf(
  server: TrinoServer,
  { log, partition }: WriteJob,
  { outputs }: HourStatements,
): Promise<readonly string[] | undefined> {
  if (!log?.found) return undefined;
  const pages = outputs.flatMap((_, at) => log.found?.find(({ number }) => number === at)?.next ?? []);
  if (pages.length === outputs.length) return pages;
  await Promise.all(pages.map((next) => stop(server, next)));
  return raise('ENGINE_FAILED', {
    engine: 'trino',
    partition,
    why: 'an earlier runner was cut before it was submitted',
  });
}

async function written(
  options: TrinoOptions,
  ground: Ground,
  job: WriteJob,
  { before, outputs, folder }: HourStatements,
  underWay: readonly string[] | undefined,
): Promise<WriteResult> {
  const run = (statement: Statement, note?: Note): Promise<Answer> =>
    runStatement(options.server, rendered(ground.dialect, statement), job.signal, note);
  for (const statement of underWay ? [] : before) {
    const answer = await run(statement);
    if (answer.outcome === 'failed') return failed(job, answer);
  }
  let rows = 0;
  let scannedBytes = 0;
  for (const [number, output] of outputs.entries()) {
    const note: Note = async (query, next) => job.log?.note({ number, query, next });
    const page = underWay?.[number];
    const answer = page ? await goOn(options.server, page, job.signal, note) : await run(output.write, note);
    if (answer === 'gone') {
      await Promise.all((underWay ?? []).slice(number + 1).map((next) => stop(options.server, next)));
      return failed(job, forgotten);
    }
    if (answer.outcome === 'failed') return refusedOr(job, answer, output, run);
    rows += answer.updateCount ?? 0;
    scannedBytes += answer.scannedBytes;
  }
  const { lists } = await checkUnchanged(options.source.store, folder, job.sources);
  const found = await filesWritten(options.target.store, options.footers, job.attemptPath);
  if (found.rows !== rows || rows !== job.expected.rows)
    raise('ENGINE_FAILED', {
      engine: 'trino',
      partition: job.partition,
      why: `it succeeded and says it wrote ${rows} of ${job.expected.rows} rows; its files hold ${found.rows}`,
    });
  const requests = { put: 0, get: found.gets, list: 1 + lists + found.lists };
  return { outcome: 'written', files: found.files, requests, scannedBytes };
}

const forgotten: Failed = {
  outcome: 'failed',
  name: 'GONE',
  words: 'the server has forgotten the statement of an earlier runner',
};

type Failed = Extract<Answer, { outcome: 'failed' }>;

/** How many values do not fit is asked only once one is known: a good hour is read once. */
async function refusedOr(
  job: WriteJob,
  answer: Failed,
  output: Output,
  run: (statement: Statement) => Promise<Answer>,
): Promise<WriteResult> {
  if (!misfitRefusal(job, answer.words)) return failed(job, answer);
  const counted = await run(output.misfits);
  const counts = counted.outcome === 'done' ? counted.rows[0] : undefined;
  return misfitRefusal(job, answer.words, counts) ?? failed(job, answer);
}

function failed({ partition, attemptPath }: WriteJob, { name, words }: Failed): never {
  if (name === 'HIVE_PATH_ALREADY_EXISTS') raise('CONDITION_FAILED', { key: attemptPath });
  if (name === 'PERMISSION_DENIED')
    raise('PERMISSION_DENIED', { action: 'the statement', what: printable(words).slice(0, 300) });
  if (name === 'CATALOG_NOT_FOUND' || name === 'SCHEMA_NOT_FOUND')
    raise('ENGINE_UNAVAILABLE', {
      engine: 'trino',
      why: printable(words).slice(0, 300),
      hint: 'Check catalog and schema of engines.trino in the config.',
    });
  return raise('ENGINE_FAILED', {
    engine: 'trino',
    partition,
    why: `${name}: ${printable(words).slice(0, 500)}`,
  });
}

/** Several hours in one statement; those it does not bring are written by themselves. */
const groupOf = (options: TrinoOptions, ground: Ground): GroupWork => ({
  ...{ engine: 'trino', ground, footers: options.footers },
  source: options.source.store,
  target: options.target.store,
  mostBytes: undefined,
  run: async (statement, { path, job }) => {
    const answer = await runStatement(options.server, rendered(ground.dialect, statement), job.signal);
    if (answer.outcome === 'failed') return failed({ ...job, attemptPath: path }, answer);
    return { scannedBytes: answer.scannedBytes, manifestAt: undefined };
  },
  named: async () => undefined,
  drop: (statements) => drop(options, ground, statements),
});

/** The tables are named after the attempt: one that stays is in nobody's way and goes with `sweep`. True when none stays. */
async function drop(
  options: TrinoOptions,
  ground: Ground,
  statements: readonly Statement[],
): Promise<boolean> {
  const signal = AbortSignal.timeout(60_000);
  let isClean = true;
  for (const statement of statements) {
    const answer = await runStatement(options.server, rendered(ground.dialect, statement), signal).catch(
      () => undefined,
    );
    isClean = isClean && answer?.outcome === 'done';
  }
  return isClean;
}

async function sweep(options: TrinoOptions, ground: Ground, attemptPath: Prefix): Promise<void> {
  const statement = rendered(ground.dialect, listed(ground, attemptPath));
  const found = await runStatement(options.server, statement, AbortSignal.timeout(60_000));
  const names = found.outcome === 'done' ? found.rows.map(([name]) => String(name)) : [];
  const drops = droppedByName(ground, attemptPath, names);
  if (found.outcome === 'failed' || !(await drop(options, ground, drops)))
    raise('ENGINE_FAILED', {
      engine: 'trino',
      partition: attemptPath,
      why: 'temporary tables could not be dropped; the next run tries again',
    });
}
