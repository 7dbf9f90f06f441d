/** Several hours of one table written by one statement, each below a folder of its own that says its partition. */
import type { Prefix } from '../../kernel/s3.js';
import type { WriteJob } from '../ports.js';
import { columnText } from '../schema.js';
import { bytesOf } from './dialect.js';
import { type Ground, hourStatements } from './hour-statements.js';
import {
  bucketsFor,
  maxBuckets,
  maxQueryBytes,
  partitionValues,
  type Rows,
  type Statement,
  temporaryStem,
} from './statement.js';

export interface GroupPart {
  readonly job: WriteJob;
  /** Where all its sources lie. */
  readonly folder: Prefix;
  /** Where its files are written: "year=2026/month=11/day=22/hour=05/" below the path of the group. */
  readonly inside: Prefix;
}

export interface GroupStatements {
  /** In any order, before anything is written. */
  readonly before: readonly Statement[];
  readonly write: Statement;
  /** In any order, whatever happened. */
  readonly after: readonly Statement[];
  readonly parts: readonly GroupPart[];
}

/**
 * Which jobs go together: alike in all that the statement says once, at most a hundred partitions and buckets, no more
 * bytes than one query may read, no longer than a query may be. A job that fits no other stands alone.
 */
export function groupsOf(
  jobs: readonly WriteJob[],
  path: Prefix,
  ground: Ground,
  mostBytes = Number.POSITIVE_INFINITY,
): (readonly WriteJob[])[] {
  const alike = new Map<string, WriteJob[]>();
  for (const job of jobs) alike.set(likeness(job), [...(alike.get(likeness(job)) ?? []), job]);
  return [...alike.values()]
    .flatMap((some) => cutBySize(some, mostBytes))
    .flatMap((some) => cutByLength(some, path, ground));
}

const likeness = ({ columns, textRule, csv, compression, targetFileBytes, expected }: WriteJob): string =>
  JSON.stringify([
    columns.map((column) => [column.name, columnText(column)]),
    ...[textRule, csv.header, csv.delimiter, compression],
    bucketsFor(columns, targetFileBytes, expected.bytes),
  ]);

function cutBySize(jobs: readonly WriteJob[], mostBytes: number): (readonly WriteJob[])[] {
  const { columns, targetFileBytes, expected } = jobs[0]!;
  const most = Math.floor(maxBuckets / (bucketsFor(columns, targetFileBytes, expected.bytes)?.count ?? 1));
  const groups: WriteJob[][] = [];
  let bytes = 0;
  for (const job of jobs) {
    const size = job.sources.reduce((sum, source) => sum + source.size, 0);
    const last = groups.at(-1);
    if (!last || last.length === most || bytes + size > mostBytes) {
      groups.push([job]);
      bytes = size;
    } else {
      last.push(job);
      bytes += size;
    }
  }
  return groups;
}

function cutByLength(jobs: readonly WriteJob[], path: Prefix, ground: Ground): (readonly WriteJob[])[] {
  const statements = jobs.length < 2 ? undefined : groupStatements(jobs, path, ground);
  if (statements === undefined && jobs.length < 2) return [jobs];
  if (statements && bytesOf(ground.dialect, statements.write) <= maxQueryBytes) return [jobs];
  const half = Math.ceil(jobs.length / 2);
  return [jobs.slice(0, half), jobs.slice(half)].flatMap((part) => cutByLength(part, path, ground));
}

/** What the names of the tables of a group begin with: with what those of the whole path do, so that a sweep of it sees them. */
export const groupStem = ({ targetBucket }: Ground, path: Prefix, number?: number): string =>
  `${temporaryStem(`s3://${targetBucket}/${path}`)}${number === undefined ? '' : `_g${number}`}`;

/** Undefined when one of them cannot be written so, and must be asked for alone to learn why. */
export function groupStatements(
  jobs: readonly WriteJob[],
  path: Prefix,
  ground: Ground,
  stem = groupStem(ground, path),
): GroupStatements | undefined {
  const place = `s3://${ground.targetBucket}/${path}`;
  const { database } = ground;
  const made = jobs.map((job, at) => partOf(job, `${stem}_source_${at}`, path, ground));
  const parts = made.filter((one) => one !== undefined);
  const [first, ...others] = parts.map(({ rows }) => rows);
  if (!first || parts.length < jobs.length) return undefined;
  const { columns, compression, targetFileBytes, expected } = jobs[0]!;
  const output = { rows: first, more: others, location: place, compression };
  const buckets = bucketsFor(columns, targetFileBytes, expected.bytes);
  const table = { database, table: `${stem}_0` };
  return {
    before: parts.map(({ source }) => source),
    write: ground.usesUnload
      ? { kind: 'unload', ...output }
      : { kind: 'create table as', table, ...(buckets ? { buckets } : {}), ...output },
    after: [...parts.map(({ rows }) => rows.table), ...(ground.usesUnload ? [] : [table])].map(
      (one): Statement => ({ kind: 'drop table', table: one }),
    ),
    parts,
  };
}

/** The folder of the hour is its table: nothing has to be registered. */
function partOf(
  job: WriteJob,
  name: string,
  path: Prefix,
  ground: Ground,
): (GroupPart & { readonly source: Statement; readonly rows: Rows }) | undefined {
  const statements = hourStatements(job, path, { ...ground, isPartitioned: false });
  if ('why' in statements || statements.outputs.length !== 1) return undefined;
  const [source] = statements.before;
  const { write } = statements.outputs[0]!;
  if (source?.kind !== 'create text table' || !('rows' in write)) return undefined;
  const names = job.columns.map(({ name }) => name);
  const keys = partitionValues(job.partition, names);
  // Other characters are written in another way in the name of a folder.
  if (!keys.every(({ value }) => /^[\w.-]+$/.test(value))) return undefined;
  const table = { database: ground.database, table: name };
  return {
    ...{ job, folder: statements.folder },
    inside: keys.map(({ name, value }) => `${name}=${value}/`).join(''),
    source: { ...source, table },
    rows: { ...write.rows, table, keys },
  };
}
