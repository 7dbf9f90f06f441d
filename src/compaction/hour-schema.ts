/** The columns of a table: as declared, or found once in the data and then kept, so that every hour has the same. */
import type { SourceCensus } from './census.js';
import { inferColumns } from './infer.js';
import { putRecord, readRecord, type SchemaRecord } from './journal.js';
import { schemaKey } from './partition.js';
import type { CompactionPorts } from './ports.js';
import { declaredSchema, type TableSchema } from './schema.js';
import type { CompactionTable } from './table.js';

export async function columnsFor(
  ports: CompactionPorts,
  table: CompactionTable,
  counted: readonly SourceCensus[],
): Promise<TableSchema | { readonly why: string }> {
  if (table.columns !== 'infer') return declaredSchema(table.columns, table.csv.header);
  const key = schemaKey(table);
  const kept = await readRecord<SchemaRecord>(ports.target, key, ['columns', 'header']);
  if (kept) return schemaOf(kept.record, table);
  const first = counted.find((one) => one.header !== null || one.rows > 0);
  const header = first?.header ?? null;
  const rows = counted.flatMap((one) => one.sample);
  const found = inferColumns(header, rows);
  if (!found.ok) return found;
  const record: SchemaRecord = {
    schemaVersion: 1,
    table: table.name,
    columns: found.columns,
    header: header ?? [],
    sampled: { files: counted.length, rows: rows.length },
  };
  const put = await putRecord(ports.target, key, record, 'absent');
  const theirs =
    put.outcome === 'written'
      ? undefined
      : await readRecord<SchemaRecord>(ports.target, key, ['columns', 'header']);
  return schemaOf(theirs?.record ?? record, table);
}

const schemaOf = (record: SchemaRecord, table: CompactionTable): TableSchema => ({
  columns: record.columns,
  header: table.csv.header ? record.header : 'none',
  textRule: 'exact',
});
