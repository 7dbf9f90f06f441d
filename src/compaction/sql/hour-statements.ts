/** All statements of one attempt at one hour, or why there are none. */
import { type Prefix, printable } from '../../kernel/s3.js';
import type { StoredObject, TextTraits, WriteJob } from '../ports.js';
import { bytesOf, type Dialect } from './dialect.js';
import { readable } from './readable.js';
import {
  below,
  bucketsFor,
  maxQueryBytes,
  type PartitionValue,
  partitionValues,
  pathGroups,
  type Rows,
  type Statement,
  temporaryStem,
  temporaryTables,
} from './statement.js';

export interface Ground {
  readonly dialect: Dialect;
  /** Where its temporary tables live for as long as the statements run. */
  readonly database: string;
  readonly sourceBucket: string;
  readonly targetBucket: string;
  /** Of a source that was read to its end before. */
  readonly traitsOf: (source: StoredObject) => TextTraits;
  /** Whether the source table has the keys of the hour, so that a query names them; else it is the folder itself. */
  readonly isPartitioned: boolean;
  /** Writes without a table, where the workgroup says itself where tables go. */
  readonly usesUnload: boolean;
}

export interface Output {
  /** In the target; nothing else is written there. */
  readonly prefix: Prefix;
  readonly write: Statement;
  readonly misfits: Statement;
}

export interface HourStatements {
  /** In this order, before anything is written. */
  readonly before: readonly Statement[];
  readonly outputs: readonly Output[];
  /** In any order, whatever happened. */
  readonly after: readonly Statement[];
  /** The folder all sources lie in. */
  readonly folder: Prefix;
}

/** `path` lies under the attempt path of the job: an engine that tries again takes another. */
export function hourStatements(
  job: WriteJob,
  path: Prefix,
  ground: Ground,
): HourStatements | { readonly why: string } {
  const read = readable(
    job.sources.map((source) => ({ source, traits: ground.traitsOf(source) })),
    job.csv,
  );
  if (!read.ok) return read;
  const folder = folderOf(job.sources);
  if (typeof folder !== 'string') return folder;
  const { database, dialect } = ground;
  const names = job.columns.map(({ name }) => name);
  const partition = ground.isPartitioned ? partitionValues(job.partition, names) : [];
  const source = temporaryTables(database, placeOf(ground, path), 0).source;
  const location = `s3://${ground.sourceBucket}/${folder}`;
  const { leftOut } = job;
  const beyond = leftOut?.otherWidths ? freeName(names) : undefined;
  const rowsOf = (paths: readonly string[]): Rows => ({
    table: source,
    columns: job.columns,
    textRule: job.textRule,
    emptyIs: read.emptyIs,
    partition,
    paths,
    ...(leftOut ? { leftOut } : {}),
    ...(beyond === undefined ? {} : { beyond }),
  });
  const groups = pathGroups(
    job.sources.map(({ key }) => `s3://${ground.sourceBucket}/${key}`),
    (paths) => bytesOf(dialect, outputOf(job, path, ground, rowsOf(paths), 0, 1).write),
  );
  if (!groups) return { why: `${tooLong(job)} make a query of more than ${maxQueryBytes} bytes` };
  const outputs = groups.map((paths, at) => outputOf(job, path, ground, rowsOf(paths), at, groups.length));
  return {
    folder,
    before: [
      {
        kind: 'create text table',
        table: source,
        columns: beyond === undefined ? names : [...names, beyond],
        keys: partition.map(({ name }) => name),
        location,
        csv: { ...job.csv, escape: read.escape },
      },
      ...registered(source, partition, location),
    ],
    outputs,
    after: dropped(ground, path, groups.length),
  };
}

const freeName = (taken: readonly string[], name = 'beyond'): string =>
  taken.includes(name) ? freeName(taken, `${name}_`) : name;

function tooLong({ columns, leftOut }: WriteJob): string {
  const texts = (leftOut?.values ?? []).reduce((sum, value) => sum + value.texts.length, 0);
  return `${columns.length} columns${texts === 0 ? '' : ` and ${texts} values that do not fit`}`;
}

const registered = (
  table: Rows['table'],
  partition: readonly PartitionValue[],
  location: string,
): Statement[] => (partition.length === 0 ? [] : [{ kind: 'add partition', table, partition, location }]);

const placeOf = ({ targetBucket }: Ground, path: Prefix): string => `s3://${targetBucket}/${path}`;

/** What lists the temporary tables of a place, and what drops one of them. */
export const listed = (ground: Ground, path: Prefix): Statement => ({
  kind: 'list tables',
  database: ground.database,
  stem: temporaryStem(placeOf(ground, path)),
});
/** Of the names a server lists only ours go, whatever it makes of the pattern it was asked with. */
export const droppedByName = (ground: Ground, path: Prefix, names: readonly string[]): Statement[] =>
  names
    .filter((name) => name.startsWith(temporaryStem(placeOf(ground, path))))
    .map((table) => ({ kind: 'drop table', table: { database: ground.database, table } }));

/** Dropping a table that was never made is no fault. */
const dropped = (ground: Ground, path: Prefix, outputs: number): Statement[] => [
  { kind: 'drop table', table: temporaryTables(ground.database, placeOf(ground, path), 0).source },
  ...(ground.usesUnload
    ? []
    : Array.from(
        { length: outputs },
        (_, at): Statement => ({
          kind: 'drop table',
          table: temporaryTables(ground.database, placeOf(ground, path), at).output,
        }),
      )),
];

function outputOf(job: WriteJob, path: Prefix, ground: Ground, rows: Rows, at: number, of: number): Output {
  const prefix = of === 1 ? path : below(path, `part-${at}`);
  const output = { rows, location: placeOf(ground, prefix), compression: job.compression };
  const buckets = bucketsFor(job.columns, job.targetFileBytes, job.expected.bytes / of);
  const { output: table } = temporaryTables(ground.database, placeOf(ground, path), at);
  return {
    prefix,
    misfits: { kind: 'count misfits', rows },
    write: ground.usesUnload
      ? { kind: 'unload', ...output }
      : { kind: 'create table as', table, ...(buckets ? { buckets } : {}), ...output },
  };
}

/** An engine lists one folder; what lies below another it would miss, or read twice. */
function folderOf(sources: readonly StoredObject[]): Prefix | { readonly why: string } {
  const [first, ...others] = [...new Set(sources.map(({ key }) => key.slice(0, key.lastIndexOf('/') + 1)))];
  if (others[0] !== undefined)
    return {
      why: `its sources lie in several folders ("${printable(first ?? '')}" and "${printable(others[0])}"), and the engine reads one`,
    };
  return first ?? '';
}
