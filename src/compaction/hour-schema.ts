/** The columns of a table: as declared, or found once in the data and then kept, so that every hour has the same. */
import { printable } from '../kernel/s3.js';
import { partitionKeys } from '../prefixes/partition-keys.js';
import type { SourceCensus } from './census.js';
import { inferColumns } from './infer.js';
import { putRecord, readRecord, type SchemaRecord } from './journal.js';
import { schemaKey } from './partition.js';
import type { CompactionPorts } from './ports.js';
import { declaredSchema, type TableSchema } from './schema.js';
import type { CompactionTable } from './table.js';

/** Undefined when the columns are to be inferred and no hour has shown them yet. */
export async function knownSchema(
  ports: CompactionPorts,
  table: CompactionTable,
): Promise<TableSchema | undefined> {
  if (table.columns !== 'infer') return declaredSchema(table.columns, table.csv.header);
  const kept = await keptRecord(ports, table);
  return kept && schemaOf(kept, table);
}

export type Found =
  | { readonly record: SchemaRecord; readonly schema: TableSchema }
  | { readonly why: string };

/** What the files of an hour show. Nothing is kept yet: whether all their values fit is not known. */
export function inferredSchema(table: CompactionTable, counted: readonly SourceCensus[]): Found {
  const first = counted.find((one) => one.header !== null || one.rows > 0);
  const header = first?.header ?? null;
  // One odd file must not decide for all hours to come.
  const other = counted.find((one) => one.header !== null && one.header.join('\0') !== header?.join('\0'));
  if (first && other)
    return { why: `${printable(other.source.key)} has another header than ${printable(first.source.key)}` };
  const rows = counted.flatMap((one) => one.sample);
  const found = inferColumns(header, rows, partitionKeys(table.layout));
  if (!found.ok) return found;
  const record: SchemaRecord = {
    schemaVersion: 1,
    table: table.name,
    columns: found.columns,
    header: header ?? [],
    sampled: { files: counted.length, rows: rows.length },
  };
  return { record, schema: schemaOf(record, table) };
}

/** The schema that counts from now on; another run may have kept its own first. */
export async function keepSchema(
  ports: CompactionPorts,
  table: CompactionTable,
  record: SchemaRecord,
): Promise<TableSchema> {
  const put = await putRecord(ports.target, schemaKey(table), record, 'absent');
  const theirs = put.outcome === 'written' ? undefined : await keptRecord(ports, table);
  return schemaOf(theirs ?? record, table);
}

async function keptRecord(ports: CompactionPorts, table: CompactionTable): Promise<SchemaRecord | undefined> {
  return (await readRecord<SchemaRecord>(ports.target, schemaKey(table), ['columns', 'header']))?.record;
}

const schemaOf = (record: SchemaRecord, table: CompactionTable): TableSchema => ({
  columns: record.columns,
  header: table.csv.header ? record.header : 'none',
  textRule: 'exact',
});
