/** What an engine that reads where the objects lie is told: statements are data, built once and rendered by a dialect. */
import { digest } from '../../kernel/digest.js';
import type { Prefix } from '../../kernel/s3.js';
import type { TableName } from '../../kernel/sql-text.js';
import type { LeftOut } from '../ports.js';
import type { Column, TextRule } from '../schema.js';

export interface PartitionValue {
  readonly name: string;
  readonly value: string;
}

/** CSV read as text: no field is ever parsed by the reader. */
export interface TextTable {
  readonly kind: 'create text table';
  readonly table: TableName;
  readonly columns: readonly string[];
  readonly keys: readonly string[];
  /** "s3://bucket/folder/" */
  readonly location: string;
  readonly csv: { readonly header: boolean; readonly delimiter: string; readonly escape: string };
}

/** The rows of exactly these objects of one hour, cast from text. */
export interface Rows {
  readonly table: TableName;
  readonly columns: readonly Column[];
  readonly textRule: TextRule;
  /** What a field without a character is: the reader cannot tell `""` from nothing. */
  readonly emptyIs: 'null' | 'empty';
  readonly partition: readonly PartitionValue[];
  /** "s3://bucket/key" of each object of the frozen manifest. */
  readonly paths: readonly string[];
  readonly leftOut?: LeftOut;
  /** A column beyond the last, which only a row with a field too many fills; needed to leave out `otherWidths`. */
  readonly beyond?: string;
  /** Selected last, as texts: the partition that these rows are to be written to. */
  readonly keys?: readonly PartitionValue[];
}

interface Output {
  readonly rows: Rows;
  /** Written by the same statement. */
  readonly more?: readonly Rows[];
  readonly location: string;
  readonly compression: 'snappy' | 'zstd';
}

export interface Buckets {
  readonly column: string;
  readonly count: number;
}

export type Statement =
  | TextTable
  | {
      readonly kind: 'add partition';
      readonly table: TableName;
      readonly partition: readonly PartitionValue[];
      readonly location: string;
    }
  | ({ readonly kind: 'create table as'; readonly table: TableName; readonly buckets?: Buckets } & Output)
  | ({ readonly kind: 'unload' } & Output)
  /** One row: for each typed column how many fields it does not hold, and one of them. */
  | { readonly kind: 'count misfits'; readonly rows: Rows }
  | { readonly kind: 'drop table'; readonly table: TableName }
  | {
      readonly kind: 'set location';
      readonly table: TableName;
      readonly partition: readonly PartitionValue[];
      readonly location: string;
    }
  | { readonly kind: 'show table'; readonly table: TableName }
  | {
      readonly kind: 'describe partition';
      readonly table: TableName;
      readonly partition: readonly PartitionValue[];
    }
  | {
      readonly kind: 'replace columns';
      readonly table: TableName;
      readonly partition: readonly PartitionValue[];
      /** Types in Hive's own words, as the table itself shows them. */
      readonly columns: readonly { readonly name: string; readonly type: string }[];
    }
  /** One row for each table whose name begins so. */
  | { readonly kind: 'list tables'; readonly database: string; readonly stem: string };

export interface Rendered {
  readonly sql: string;
  /** Settings of this one statement, where the dialect has no words for them. */
  readonly session: Readonly<Record<string, string>>;
}

/** Athena refuses a longer query; other engines take as much. */
export const maxQueryBytes = 262_144;
/** Athena and Hive write at most so many partitions and buckets in one statement. */
export const maxBuckets = 100;

/** A value's error that holds this names it: what stands between the marks is "column:text". */
export const misfitMarks = { start: 'VALUE-DOES-NOT-FIT:', end: ':TIF-TON-SEOD-EULAV' } as const;

/** "column" and "text" of a misfit in an engine's words, or undefined when it says something else. */
export function misfitIn(words: string): { readonly column: string; readonly text: string } | undefined {
  const start = words.indexOf(misfitMarks.start);
  if (start < 0) return undefined;
  const rest = words.slice(start + misfitMarks.start.length);
  const end = rest.indexOf(misfitMarks.end);
  const [column = '', ...text] = (end < 0 ? rest : rest.slice(0, end)).split(':');
  return { column, text: text.join(':') };
}

/** What the names of all temporary tables of one place begin with. */
export const temporaryStem = (location: string): string => `bucketwise_tmp_${digest(location).slice(0, 20)}`;

/** Names that follow from where the attempt writes: whoever knows that can drop them, and no other attempt has them. */
export function temporaryTables(database: string, location: string, output: number) {
  const stem = temporaryStem(location);
  return {
    source: { database, table: `${stem}_source` },
    output: { database, table: `${stem}_${output}` },
  };
}

/** What a statement is submitted under: the same for the same attempt, whoever submits it. 64 characters. */
export const attemptToken = (location: string, number: number): string => digest(`${location}#${number}`);

/**
 * "year=2026/month=11/day=22/hour=05" → its keys as text; a folder without a name has that of its place. A key whose name a
 * column has too is called otherwise.
 */
export function partitionValues(partition: string, columns: readonly string[]): PartitionValue[] {
  const places = ['year', 'month', 'day', 'hour'];
  return partition.split('/').map((folder, at) => {
    const [, named, value] = /^([a-z_][a-z0-9_]*)=(.*)$/.exec(folder) ?? [];
    const name = named ?? places[at] ?? `part${at}`;
    return { name: columns.includes(name) ? `partition_${name}` : name, value: value ?? folder };
  });
}

/** Types Hive can bucket by, best spread first. */
const bucketTypes: readonly Column['type'][] = ['bigint', 'string', 'integer', 'date', 'double', 'boolean'];

/**
 * How many buckets bring files near the target: Parquet is about half of its CSV. One bucket is one file, where without
 * any an engine writes as many as it has writers.
 */
export function bucketsFor(
  columns: readonly Column[],
  targetFileBytes: number,
  expectedBytes: number,
): Buckets | undefined {
  const count =
    expectedBytes <= targetFileBytes
      ? 1
      : Math.min(maxBuckets, Math.ceil(expectedBytes / 2 / targetFileBytes));
  const column = bucketTypes
    .map((type) => columns.find((one) => one.type === type))
    .find((one) => one !== undefined);
  return column && { column: column.name, count };
}

/** A folder below another that bears its name too, so that no other attempt has a folder of this name. */
export const below = (path: Prefix, name: string): Prefix =>
  `${path}${path.split('/').at(-2) ?? ''}-${name}/`;

/** The paths in as few groups as the longest query allows; undefined when even one path is too many. */
export function pathGroups(
  paths: readonly string[],
  bytesOf: (paths: readonly string[]) => number,
): (readonly string[])[] | undefined {
  if (bytesOf(paths) <= maxQueryBytes) return [paths];
  if (paths.length < 2) return undefined;
  const half = Math.ceil(paths.length / 2);
  const groups = [paths.slice(0, half), paths.slice(half)].map((part) => pathGroups(part, bytesOf));
  return groups.some((group) => group === undefined) ? undefined : groups.flatMap((group) => group ?? []);
}
