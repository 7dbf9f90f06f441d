/** The columns of a table whose sources are Parquet: those of its files, by name, each with the one type it has in all of them. */
import { printable } from '../kernel/s3.js';
import type { Footer } from './parquet-ports.js';
import { type Column, columnText, columnTypes, parquetTypes } from './schema.js';
import type { CompactionTable } from './table.js';

/** One source as its footer describes it. */
export interface Described {
  readonly key: string;
  readonly columns: Footer['columns'];
}

export type FoundColumns = { readonly columns: readonly Column[] } | { readonly why: string };

/**
 * `known`: the columns that the hours before have, none for the first hour. A column that a file lacks, or has besides, is
 * what `columnChanges` says of it; another type is refused always, because no value may change.
 */
export function parquetColumns(
  changes: CompactionTable['columnChanges'],
  known: readonly Column[] | undefined,
  files: readonly Described[],
  partitionKeys: readonly string[],
): FoundColumns {
  let columns = known;
  for (const file of files) {
    const its = columnsOf(file, partitionKeys);
    if ('why' in its) return its;
    columns ??= its.columns;
    const fault = faultOf(changes, columns, its.columns);
    if (fault !== undefined) return { why: `${printable(file.key)}: ${fault}` };
    columns = [...columns, ...without(its.columns, columns)];
  }
  return { columns: columns ?? [] };
}

function columnsOf(file: Described, partitionKeys: readonly string[]): FoundColumns {
  const columns = file.columns.map(({ name, type }) => columnOf(name, type));
  const names = file.columns.map(({ name }) => name.toLowerCase());
  const refused = (why: string): FoundColumns => ({ why: `${printable(file.key)}: ${why}` });
  const at = columns.indexOf(undefined);
  const odd = file.columns[at];
  if (odd) return refused(typeFault(odd.name, odd.type));
  if (names.length === 0) return refused('it has no columns');
  if (names.includes('')) return refused('one of its columns has no name');
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    return refused(
      `its column "${printable(twice)}" is there twice; letter case does not tell columns apart`,
    );
  const key = names.find((name) => partitionKeys.includes(name));
  if (key !== undefined)
    return refused(`its column "${key}" has the name of a partition key, which readers take from the path`);
  return { columns: columns.filter((column) => column !== undefined) };
}

const typeFault = (name: string, type: string): string =>
  `its column "${printable(name)}" has type ${printable(type)}, ${
    type.startsWith('nested ')
      ? 'and values inside of values are not compared'
      : 'which would not be kept as it is'
  }; types that are: ${[...columnTypes, ...parquetTypes].join(', ')}`;

/** Undefined for a type that would not be kept exactly. */
function columnOf(name: string, type: string): Column | undefined {
  const decimal = /^decimal\((\d+),(\d+)\)$/.exec(type);
  if (decimal) {
    const [precision, scale] = [Number(decimal[1]), Number(decimal[2])];
    // Of more digits DuckDB makes doubles.
    return precision >= 1 && precision <= 38 && scale <= precision
      ? { name, type: 'decimal', precision, scale }
      : undefined;
  }
  const known = [...columnTypes, ...parquetTypes].find((one) => one === type && one !== 'decimal');
  return known && { name, type: known };
}

function faultOf(
  changes: CompactionTable['columnChanges'],
  columns: readonly Column[],
  its: readonly Column[],
): string | undefined {
  const other = its.find(({ name, ...type }) => {
    const known = columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
    return known && (known.name !== name || columnText(known) !== columnText({ name, ...type }));
  });
  if (other) {
    const known = columns.find(({ name }) => name.toLowerCase() === other.name.toLowerCase())!;
    return `its column "${printable(other.name)}" is ${columnText(other)} where the table has "${printable(known.name)}" ${columnText(known)}`;
  }
  const [missing] = without(columns, its);
  if (missing && changes === 'refuse') return `it lacks the column "${printable(missing.name)}" of the table`;
  const [more] = without(its, columns);
  return more && changes !== 'widen'
    ? `its column "${printable(more.name)}" is not one of the table`
    : undefined;
}

const without = (some: readonly Column[], others: readonly Column[]): Column[] =>
  some.filter(({ name }) => !others.some((other) => other.name === name));
