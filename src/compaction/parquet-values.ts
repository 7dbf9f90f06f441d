/** Sources that are Parquet: described without the engine, read value by value, and held against the columns of the table. */
import { printable } from '../kernel/s3.js';
import { partitionKeys } from '../prefixes/partition-keys.js';
import type { Attempt } from './commit.js';
import { keepSchema } from './hour-schema.js';
import { readRecord, type SchemaRecord } from './journal.js';
import type { ParquetFile, ParquetSources, RowTotals } from './parquet-ports.js';
import { parquetColumns } from './parquet-schema.js';
import { schemaKey } from './partition.js';
import type { StoredObject } from './ports.js';
import type { Column, TableSchema } from './schema.js';
import { eachSource, type HourValues, type Refused, type SourceValues } from './source-values.js';

interface Inspected {
  readonly source: StoredObject;
  readonly file: ParquetFile;
}

/**
 * Effects in order: every source is read to its end; the columns are kept when they are new, or more. When another run keeps
 * its own meanwhile, this hour is held against those.
 */
export async function readParquetValues(attempt: Attempt): Promise<HourValues | Refused> {
  const { ports, table } = attempt;
  const files = await inspected(attempt);
  if ('why' in files) return files;
  for (;;) {
    const kept = await readRecord<SchemaRecord>(ports.target, schemaKey(table), ['columns']);
    const found = parquetColumns(
      table.columnChanges,
      kept?.record.columns,
      files.map(({ source, file }) => ({ key: source.key, columns: file.columns })),
      partitionKeys(table.layout),
    );
    if ('why' in found) return found;
    const values = await measured(attempt, found.columns, files);
    if ('why' in values || found.columns.length === kept?.record.columns.length) return values;
    if (await keepSchema(ports, table, recordOf(attempt, found.columns, files), kept ?? 'absent'))
      return values;
  }
}

const parquetOf = ({ ports }: Attempt): ParquetSources => {
  if (!ports.parquet) throw new Error('no reader of Parquet was given');
  return ports.parquet;
};

/** A file without a row is taken for one whose writer failed; of a table of ours it is what was committed. */
async function inspected(attempt: Attempt): Promise<readonly Inspected[] | Refused> {
  const parquet = parquetOf(attempt);
  return eachSource<Inspected>(attempt, async (source) => {
    for await (const _ of attempt.ports.reader.stream(source, 'none'));
    const file = await parquet.inspect(source);
    return file.rows > 0 || attempt.table.upstream
      ? { source, file }
      : { why: `${printable(source.key)}: it has no rows` };
  });
}

async function measured(
  attempt: Attempt,
  columns: readonly Column[],
  files: readonly Inspected[],
): Promise<HourValues | Refused> {
  const { table, partition, signal } = attempt;
  const sources = files.map(({ source }) => source);
  const totals =
    table.verify === 'values'
      ? await parquetOf(attempt).totals({ partition, sources, columns, signal })
      : files.map(({ file }) => uncounted(file, columns));
  const at = files.findIndex(({ file }, i) => file.rows !== totals[i]!.rows);
  if (at >= 0)
    return {
      why: `${printable(files[at]!.source.key)}: its footer says ${files[at]!.file.rows} rows, the engine reads ${totals[at]!.rows}`,
    };
  const schema: TableSchema = { columns, header: 'none', textRule: 'exact', from: 'sources' };
  return { schema, sources: files.map((file, i) => valuesOf(file, totals[i]!)) };
}

const uncounted = ({ rows }: ParquetFile, columns: readonly Column[]): RowTotals => ({
  rows,
  digest: 0n,
  columns: columns.map(() => ({ nulls: 0, digest: 0n })),
});

const valuesOf = ({ source }: Inspected, totals: RowTotals): SourceValues => ({
  source,
  file: { ...totals, header: null, slots: null, bytes: source.size, rejected: [] },
});

const recordOf = (
  { table }: Attempt,
  columns: readonly Column[],
  files: readonly Inspected[],
): SchemaRecord => ({
  schemaVersion: 1,
  table: table.name,
  columns,
  header: [],
  sampled: { files: files.length, rows: files.reduce((sum, { file }) => sum + file.rows, 0) },
});
