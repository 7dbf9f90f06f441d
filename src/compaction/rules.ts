/** A refusal holds under the rules it was made with: other columns, another delimiter or engine may let the same bytes pass. */
import { digest } from '../kernel/digest.js';
import type { Engine } from './ports.js';
import { columnText } from './schema.js';
import type { CompactionTable } from './table.js';

export function rulesOf(table: CompactionTable, engine: Engine['name']): string {
  const columns =
    table.columns === 'infer'
      ? 'infer'
      : table.columns.map((column) => `${column.name} ${columnText(column)}`);
  const { csv, format, onBadRow, columnChanges, verify, source } = table;
  const rules = [columns, format ?? csv, onBadRow, columnChanges, verify, source.sameBytes, engine];
  return digest(JSON.stringify(rules)).slice(0, 8);
}
