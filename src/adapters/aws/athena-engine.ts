/** Athena reads the sources where they lie and writes to the attempt path; a statement that may be tried again gets a path of its own. */
import type { AthenaClient } from '@aws-sdk/client-athena';
import pLimit from 'p-limit';
import type { FooterReader } from '../../compaction/parquet-ports.js';
import type { Engine, ObjectStore, WriteJob, WriteResult } from '../../compaction/ports.js';
import { athena } from '../../compaction/sql/athena.js';
import { rendered } from '../../compaction/sql/dialect.js';
import { type Ground, type HourStatements, hourStatements } from '../../compaction/sql/hour-statements.js';
import { attemptToken, below, type Statement } from '../../compaction/sql/statement.js';
import { BucketwiseError, raise } from '../../kernel/errors.js';
import type { Prefix } from '../../kernel/s3.js';
import { checkUnchanged, filesWritten } from '../remote/attempt-files.js';
import { misfitRefusal } from '../remote/misfits.js';
import { type AthenaService, type Execution, execute, firstRow, type Submitted } from './athena-execution.js';
import { manifestKeys } from './athena-manifest.js';
import { drop, sweep } from './athena-tables.js';
import { type Workgroup, workgroup } from './athena-workgroup.js';

export interface Place {
  readonly store: ObjectStore;
  readonly bucket: string;
}

export interface AthenaOptions extends Pick<AthenaService, 'pause' | 'jitter' | 'maxScannedBytes'> {
  readonly client: AthenaClient;
  readonly workgroup: string;
  /** Where temporary tables live for as long as an attempt runs. */
  readonly database: string;
  readonly output: string | undefined;
  readonly maxConcurrent: number;
  readonly source: Place;
  readonly target: Place;
  /** Where results and manifests go, when it is neither of the two. */
  readonly results?: Place;
  readonly footers: FooterReader;
  readonly traitsOf: Ground['traitsOf'];
  readonly fresh: () => string;
}

const maxTries = 3;

export interface Work {
  readonly options: AthenaOptions;
  readonly service: AthenaService;
  readonly ground: Ground;
  /** Submits one statement of an attempt and waits for its end. */
  run(
    statement: Statement,
    token: string,
    signal: AbortSignal,
    told?: Pick<Submitted, 'taken' | 'scanned' | 'unsure'>,
  ): Promise<Execution>;
}

export function openAthenaEngine(options: AthenaOptions): Engine {
  const limit = pLimit(options.maxConcurrent);
  let asked: Promise<Workgroup> | undefined;
  const work = async (): Promise<Work> => {
    asked ??= workgroup(options.client, options.workgroup, options.output);
    // A workgroup that could not be asked is asked again.
    const group = await asked.catch((cause: unknown) => {
      asked = undefined;
      throw cause;
    });
    const service: AthenaService = { ...options, output: group.output };
    return {
      options,
      service,
      ground: groundOf(options, group),
      run: (statement, token, signal, told) =>
        limit(() => execute(service, { sql: rendered(athena, statement).sql, token, ...told }, signal)),
    };
  };
  return {
    name: 'athena',
    place: `database ${options.database} of Athena`,
    fractionDigits: 3,
    write: async (job) => {
      if (job.signal.aborted) raise('INTERRUPTED', { state: `${job.partition} is as it was.` });
      return write(await work(), job);
    },
    writeGroup: async (jobs, shared) => {
      const open = await work();
      const [{ writeGroup }, { athenaGroup }] = await Promise.all([
        import('../remote/group-files.js'),
        import('./athena-group.js'),
      ]);
      return writeGroup(athenaGroup(open, placesOf(options)), jobs, shared);
    },
    sweep: async (attemptPath) => {
      const open = await work();
      for (let attempt = 1; attempt <= maxTries; attempt += 1)
        await sweep(open, tryPath(attemptPath, attempt));
    },
  };
}

const groundOf = (options: AthenaOptions, { usesUnload }: Workgroup): Ground => ({
  dialect: athena,
  database: options.database,
  sourceBucket: options.source.bucket,
  targetBucket: options.target.bucket,
  traitsOf: options.traitsOf,
  isPartitioned: true,
  usesUnload,
});

/** A path that may hold something is never written to again: the next try has another below the same attempt. */
const tryPath = (attemptPath: Prefix, attempt: number): Prefix =>
  attempt === 1 ? attemptPath : below(attemptPath, `try-${attempt}`);

/**
 * A path whose work is under way is gone on with by the same words: tokens follow from the path, so that every statement
 * submitted before answers with its execution.
 */
async function write(work: Work, job: WriteJob): Promise<WriteResult> {
  const left: Left = { tables: 0, isUnsure: false };
  try {
    return await tryAll(work, job, left);
  } finally {
    if (left.isUnsure) await job.log?.unsure();
    else if (left.tables === 0) job.log?.gone();
  }
}

interface Left {
  /** How many could not be dropped. */
  tables: number;
  /** A statement may still be at work: its tables stay for whoever goes on with it. */
  isUnsure: boolean;
}

async function tryAll(work: Work, job: WriteJob, left: Left): Promise<WriteResult> {
  let spent = 0;
  for (let attempt = 1; ; attempt += 1) {
    const tried = await tryOnce(work, job, tryPath(job.attemptPath, attempt), left);
    if (tried.outcome === 'refused') return tried;
    spent += tried.scannedBytes ?? 0;
    if (tried.outcome === 'written') return { ...tried, scannedBytes: spent };
    if (attempt === maxTries) failed(job, tried.why);
    await work.service.pause(15_000 * attempt * (1 + work.service.jitter()), job.signal);
    if (job.signal.aborted) raise('INTERRUPTED', { state: `${job.partition} is as it was.` });
  }
}

type Tried = WriteResult | { readonly outcome: 'again'; readonly why: string; readonly scannedBytes: number };

/**
 * Effects in order: a table of text, its hour registered, what is written, a second look at the sources, manifest, files
 * and footers read; whatever happened, the tables dropped.
 */
async function tryOnce(work: Work, job: WriteJob, path: Prefix, left: Left): Promise<Tried> {
  const statements = hourStatements(job, path, work.ground);
  if ('why' in statements) return { outcome: 'refused', why: statements.why };
  const place = `s3://${work.options.target.bucket}/${path}`;
  let number = 0;
  const token = (): string => attemptToken(place, number++);
  try {
    return await tried(work, job, path, statements, token, left);
  } catch (error) {
    // What was under way before is asked for by the same words, and these had no answer.
    const isAway = error instanceof BucketwiseError && error.code === 'ENGINE_UNAVAILABLE';
    left.isUnsure ||= isAway && job.log?.found !== undefined;
    throw error;
  } finally {
    if (!left.isUnsure) left.tables += await drop(work, statements.after, token);
  }
}

async function tried(
  work: Work,
  job: WriteJob,
  path: Prefix,
  { before, outputs, folder }: HourStatements,
  token: () => string,
  left: Left,
): Promise<Tried> {
  let scannedBytes = 0;
  const manifests: string[] = [];
  for (const statement of [...before, ...outputs.map(({ write }) => write)]) {
    const number = outputs.findIndex(({ write }) => write === statement);
    const taken = async (query: string): Promise<void> => job.log?.note({ number, query });
    const unsure = (): void => {
      left.isUnsure = true;
    };
    const told = number < 0 ? { unsure } : { taken, unsure, ...scannedOf(job) };
    const execution = await work.run(statement, token(), job.signal, told);
    scannedBytes += execution.scannedBytes;
    if (execution.manifestAt !== undefined) manifests.push(execution.manifestAt);
    if (execution.state === 'SUCCEEDED') continue;
    const output = outputs[number];
    const refusal = output && (await refusalOf(work, job, execution, output.misfits, token));
    return refusal ?? againOr(job, path, execution, scannedBytes);
  }
  const { source, target } = work.options;
  const { lists } = await checkUnchanged(source.store, folder, job.sources);
  const named = await manifestKeys(placesOf(work.options), manifests, { bucket: target.bucket, path });
  const found = await filesWritten(
    target.store,
    work.options.footers,
    path,
    ({ key }) => named?.has(key) ?? true,
  );
  const missing = [...(named ?? [])].find((key) => !found.seen.has(key));
  if (missing !== undefined) failed(job, `its manifest names "${missing}", which is not there`);
  if (found.rows !== job.expected.rows)
    failed(job, `it succeeded, and its files hold ${found.rows} of ${job.expected.rows} rows`);
  const requests = { put: 0, get: found.gets + manifests.length, list: lists + found.lists };
  return { outcome: 'written', files: found.files, requests, scannedBytes };
}

const placesOf = ({ source, target, results }: AthenaOptions): Place[] => [
  target,
  source,
  ...(results ? [results] : []),
];

/** How many values do not fit is asked only once one is known: a good hour is read once. */
async function refusalOf(
  work: Work,
  job: WriteJob,
  { error }: Execution,
  misfits: Statement,
  token: () => string,
): Promise<WriteResult | undefined> {
  if (!misfitRefusal(job, error.words)) return undefined;
  const counted = await work.run(misfits, token(), job.signal, scannedOf(job));
  const counts = counted.state === 'SUCCEEDED' ? await firstRow(work.service, counted.id) : undefined;
  return misfitRefusal(job, error.words, counts);
}

/** Athena User Guide, "Athena error catalog". Too large a query for the resources is one for the next time too. */
function againOr(job: WriteJob, path: Prefix, { state, error }: Execution, scannedBytes: number): Tried {
  const { type, retryable, words } = error;
  if (/HIVE_PATH_ALREADY_EXISTS/.test(words)) raise('CONDITION_FAILED', { key: path });
  if (type === 1500 || type === 1501)
    raise('PERMISSION_DENIED', { action: 'the query', what: words.slice(0, 300) });
  if (state === 'CANCELLED') failed(job, `the query was cancelled: ${words}`);
  const isExhausted = type !== undefined && type >= 0 && type <= 8;
  const why = `${type === undefined ? '' : `error ${type}: `}${words.slice(0, 500)}`;
  return retryable && !isExhausted ? { outcome: 'again', why, scannedBytes } : failed(job, why);
}

/** Only what reads is billed: DDL is free. */
const scannedOf = ({ scanned }: WriteJob): Pick<Submitted, 'scanned'> => (scanned ? { scanned } : {});

const failed = ({ partition }: WriteJob, why: string): never =>
  raise('ENGINE_FAILED', { engine: 'athena', partition, why });
