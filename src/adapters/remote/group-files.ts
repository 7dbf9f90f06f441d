/**
 * Several hours in one statement: written below a path they share, told apart by the names of their folders, and copied
 * to each hour's own attempt path. What was not copied whole is nobody's, and goes with the shared path.
 */
import pLimit from 'p-limit';
import type { FooterReader } from '../../compaction/parquet-ports.js';
import type { GroupAnswer, ObjectStore, SharedPath, WriteJob, WrittenFile } from '../../compaction/ports.js';
import {
  type GroupPart,
  type GroupStatements,
  groupStatements,
  groupStem,
  groupsOf,
} from '../../compaction/sql/group-statements.js';
import type { Ground } from '../../compaction/sql/hour-statements.js';
import { below, type Statement } from '../../compaction/sql/statement.js';
import { BucketwiseError, raise } from '../../kernel/errors.js';
import { type Key, type Prefix, printable } from '../../kernel/s3.js';
import { checkUnchanged, filesWritten, type Listed } from './attempt-files.js';

export interface GroupWork {
  readonly engine: 'athena' | 'trino';
  readonly ground: Ground;
  readonly source: ObjectStore;
  readonly target: ObjectStore;
  readonly footers: FooterReader;
  /** A query may read no more. */
  readonly mostBytes: number | undefined;
  /** One statement for `job`, the nth below a path, to its good end. Errors: ENGINE_FAILED, INTERRUPTED and others. */
  run(
    statement: Statement,
    at: { readonly path: Prefix; readonly number: number; readonly job: WriteJob },
  ): Promise<{ readonly scannedBytes: number; readonly manifestAt: string | undefined }>;
  /** The files a manifest names; undefined where there is none to be read. */
  named(manifest: string | undefined, path: Prefix): Promise<ReadonlySet<Key> | undefined>;
  /** True when all of them are gone. */
  drop(statements: readonly Statement[], path: Prefix): Promise<boolean>;
}

const copiesAtOnce = 8;

/**
 * Answers in the order of the jobs. An error that would meet each of them alone as well ends it: what was written before
 * stands, and the rest is told of the error.
 */
export async function writeGroup(
  work: GroupWork,
  jobs: readonly WriteJob[],
  shared: SharedPath,
): Promise<readonly GroupAnswer[]> {
  const answers = new Map<WriteJob, GroupAnswer>();
  let isClean = true;
  let rest: GroupAnswer = { outcome: 'alone' };
  const groups = groupsOf(jobs, shared.path, work.ground, work.mostBytes);
  for (const [at, group] of groups.entries()) {
    const path = groups.length === 1 ? shared.path : below(shared.path, `group-${at}`);
    const stem = groupStem(work.ground, shared.path, groups.length === 1 ? undefined : at);
    const statements = group.length < 2 ? undefined : groupStatements(group, path, work.ground, stem);
    if (!statements) continue;
    try {
      for (const [job, answer] of await written(work, statements, path)) answers.set(job, answer);
    } catch (error) {
      if (isOfTheGroup(error)) continue;
      rest = { outcome: 'failed', error };
      // It may be at work for all that is known.
      isClean = false;
      break;
    } finally {
      isClean = (await work.drop(statements.after, path)) && isClean;
    }
  }
  if (isClean) shared.log.gone();
  return jobs.map((job) => answers.get(job) ?? rest);
}

/** One hour may be to blame, or their number: each alone will tell. */
const isOfTheGroup = (error: unknown): boolean =>
  error instanceof BucketwiseError &&
  ['ENGINE_FAILED', 'CONDITION_FAILED', 'FOOTER_UNREADABLE'].includes(error.code);

/** Effects in order: the tables of text; what is written; manifest, files and footers read; each hour by itself. */
async function written(
  work: GroupWork,
  { before, write, parts }: GroupStatements,
  path: Prefix,
): Promise<[WriteJob, GroupAnswer][]> {
  const { job } = parts[0]!;
  let number = 0;
  for (const statement of before) await work.run(statement, { path, number: number++, job });
  const { scannedBytes, manifestAt } = await work.run(write, { path, number, job });
  const named = await work.named(manifestAt, path);
  const found = await filesWritten(work.target, work.footers, path, ({ key }) => named?.has(key) ?? true);
  checkAll(
    work,
    job,
    found,
    named,
    parts.map(({ inside }) => `${path}${inside}`),
  );
  const limit = pLimit(copiesAtOnce);
  const answers = await Promise.all(
    parts.map(async (part, at): Promise<[WriteJob, GroupAnswer]> => {
      const files = found.files.filter(({ key }) => key.startsWith(`${path}${part.inside}`));
      // The query was asked in the name of the first, which bears what it read.
      return [part.job, await answerOf(work, part, files, at === 0 ? scannedBytes : 0, limit)];
    }),
  );
  await Promise.all(found.files.map((file) => limit(() => work.target.remove(file).catch(() => undefined))));
  return answers;
}

function checkAll(
  { engine }: GroupWork,
  { partition }: WriteJob,
  { files, seen }: Listed,
  named: ReadonlySet<Key> | undefined,
  folders: readonly Prefix[],
): void {
  const failed = (why: string): never => raise('ENGINE_FAILED', { engine, partition, why });
  const missing = [...(named ?? [])].find((key) => !seen.has(key));
  if (missing !== undefined) failed(`its manifest names "${printable(missing)}", which is not there`);
  const stray = files.find(({ key }) => !folders.some((folder) => key.startsWith(folder)));
  if (stray) failed(`"${printable(stray.key)}" lies in the folder of no hour`);
}

/** Nothing of an hour is used before its sources were looked at again and its rows are as many as were counted. */
async function answerOf(
  work: GroupWork,
  { job, folder }: GroupPart,
  files: readonly WrittenFile[],
  scannedBytes: number,
  limit: ReturnType<typeof pLimit>,
): Promise<GroupAnswer> {
  try {
    if (files.reduce((sum, { rows }) => sum + rows, 0) !== job.expected.rows || files.length === 0)
      return { outcome: 'alone' };
    const { lists } = await checkUnchanged(work.source, folder, job.sources);
    const copies = await Promise.all(files.map((file) => limit(() => copied(work.target, file, job))));
    // A copy is a HEAD and a COPY; the footer was read before.
    const requests = { put: files.length, get: 2 * files.length, list: lists };
    return { outcome: 'written', files: copies, requests, scannedBytes };
  } catch (error) {
    return { outcome: 'failed', error };
  }
}

async function copied(
  target: ObjectStore,
  file: WrittenFile,
  { attemptPath }: WriteJob,
): Promise<WrittenFile> {
  const key = `${attemptPath}${file.key.slice(file.key.lastIndexOf('/') + 1)}`;
  const put = await target.copy(file, key);
  // The path is of this attempt alone: something there already was not written by it.
  return put.outcome === 'written' ? { ...file, key, etag: put.etag } : raise('CONDITION_FAILED', { key });
}
