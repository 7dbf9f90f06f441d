/** Which field of a file fills which column: by position and name, or by name alone where the table lets its headers change. */
import { printable } from '../kernel/s3.js';
import { columnName, headerFault, type TableSchema } from './schema.js';
import type { CompactionTable } from './table.js';
import type { Arrangement } from './values/value-scan.js';

export function arrangement(
  schema: TableSchema,
  header: readonly string[],
  changes: CompactionTable['columnChanges'],
): Arrangement {
  const why = headerFault(schema, header);
  if (why === undefined) return { ok: true, slots: header.map((_, at) => at) };
  return changes === 'refuse' ? { ok: false, why } : byName(schema, header);
}

function byName({ columns }: TableSchema, header: readonly string[]): Arrangement {
  const names = header.map(columnName);
  const slots = names.map((name) => columns.findIndex((column) => column.name === name));
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) return { ok: false, why: `two of its columns are named "${twice}"` };
  const added = header.filter((_, at) => slots[at] === -1);
  if (added.length === 0) return { ok: true, slots };
  const why = `its column "${printable(added[0]!)}" is new to the table`;
  // A header that shares nothing with the table is no change of it, but another table's, or none.
  return added.length === header.length ? { ok: false, why } : { ok: false, why, newColumns: added };
}
