/** A refusal holds under the rules it was made with: other columns or another delimiter may let the same bytes pass. */
import { digest } from '../kernel/digest.js';
import { columnText } from './schema.js';
import type { CompactionTable } from './table.js';

export function rulesOf(table: CompactionTable): string {
  const columns =
    table.columns === 'infer'
      ? 'infer'
      : table.columns.map((column) => `${column.name} ${columnText(column)}`);
  return digest(JSON.stringify([columns, table.csv, table.onBadRow, table.columnChanges])).slice(0, 8);
}
