/** The columns of a table: as declared, or found once in the data and then kept, so that every hour has the same. */
import { printable } from '../kernel/s3.js';
import { partitionKeys } from '../prefixes/partition-keys.js';
import type { SourceCensus } from './census.js';
import { inferColumns, looksLikeName } from './infer.js';
import { putRecord, readRecord, type SchemaRecord } from './journal.js';
import { schemaKey } from './partition.js';
import type { CompactionPorts } from './ports.js';
import { columnName, declaredSchema, headerFault, type TableSchema } from './schema.js';
import type { CompactionTable } from './table.js';

/** What counts for an hour, and with which etag it is kept where it may change. */
export interface KnownSchema {
  readonly schema: TableSchema;
  readonly kept?: { readonly record: SchemaRecord; readonly etag: string };
}

/** Undefined when the columns are to be inferred and no hour has shown them yet. */
export async function knownSchema(
  ports: CompactionPorts,
  table: CompactionTable,
): Promise<KnownSchema | undefined> {
  const { columns, csv, columnsFrom } = table;
  if (columns !== 'infer') return { schema: declaredSchema(columns, csv.header, columnsFrom) };
  const kept = await readRecord<SchemaRecord>(ports.target, schemaKey(table), ['columns', 'header']);
  return kept && { schema: schemaOf(kept.record, table), kept };
}

export type Found =
  | { readonly record: SchemaRecord; readonly schema: TableSchema }
  | { readonly why: string };

/** What the files of an hour show. Nothing is kept yet: whether all their values fit is not known. */
export function inferredSchema(table: CompactionTable, counted: readonly SourceCensus[]): Found {
  const first = counted.find((one) => one.header !== null || one.rows > 0);
  const header = first?.header ?? null;
  const alike = counted.filter((one) => one.header?.join('\0') === header?.join('\0'));
  const rows = alike.flatMap((one) => one.sample);
  const found = inferColumns(header, rows, partitionKeys(table.layout));
  if (!found.ok) return found;
  const record: SchemaRecord = {
    schemaVersion: 1,
    table: table.name,
    columns: found.columns,
    header: header ?? [],
    sampled: { files: alike.length, rows: rows.length },
  };
  const schema = schemaOf(record, table);
  // One odd file must not decide for all hours to come.
  const other = counted.find((one) => one.header !== null && !alike.includes(one));
  if (!other || table.columnChanges !== 'refuse') return { record, schema };
  return { why: `${printable(other.source.key)}: ${headerFault(schema, other.header ?? [])}` };
}

/** Keeps a record in place of the one with this etag, or of none; false when another run was first. */
export async function keepSchema(
  ports: CompactionPorts,
  table: CompactionTable,
  record: SchemaRecord,
  over: 'absent' | { readonly etag: string },
): Promise<boolean> {
  return (await putRecord(ports.target, schemaKey(table), record, over)).outcome === 'written';
}

/** New columns come last and are text: what they hold was never seen before. */
export function widened(table: CompactionTable, record: SchemaRecord, added: readonly string[]): Found {
  const columns = added.map((text) => ({ name: columnName(text) ?? '', type: 'string' as const }));
  const odd = added.find((text, at) => columns[at]!.name === '' || !looksLikeName(text));
  if (odd !== undefined) return { why: `"${printable(odd)}" in the header is no name of a column` };
  const key = columns.find(({ name }) => partitionKeys(table.layout).includes(name));
  if (key) return { why: `the new column "${key.name}" has the name of a partition key` };
  const wider = { ...record, columns: [...record.columns, ...columns], header: [...record.header, ...added] };
  return { record: wider, schema: schemaOf(wider, table) };
}

const schemaOf = (record: SchemaRecord, table: CompactionTable): TableSchema => ({
  columns: record.columns,
  header: table.csv.header ? record.header : 'none',
  textRule: 'exact',
  from: 'sources',
});
