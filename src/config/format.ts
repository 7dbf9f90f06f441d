/** What a format of sources needs of a table, and what it leaves no room for. */
import type { RawTable } from './table-schema.js';

/** Errors: CONFIG_INVALID through `wrong`, which names the field of the table. */
export function refuseFormat(
  { source: { format, columns, compression }, engine, onBadRow }: RawTable,
  wrong: (field: string, why: string) => never,
): void {
  if (format === 'csv') return;
  if (engine !== 'duckdb') wrong('engine', `${engine} reads CSV only; use duckdb for ${format}`);
  if (format === 'jsonl' && columns === 'infer')
    wrong('source.columns', 'are needed with format jsonl: a list of { name, type }, glue or target');
  if (format === 'jsonl') return;
  if (columns !== 'infer')
    wrong('source.columns', 'are those of the files with format parquet; leave them out');
  if (compression !== 'auto')
    wrong('source.compression', 'is said by the files themselves with format parquet; leave it out');
  if (onBadRow === 'quarantine')
    wrong('onBadRow', 'a Parquet file is whole or refused, no row of it is put aside; use refuse');
}
