/** Trino tallies an inventory: its answer comes page by page, and no page is held. */
import type { QueryEngine } from '../../inventory/query-ports.js';
import { trinoInventory } from '../../inventory/sql/dialects.js';
import type { InventoryStatement } from '../../inventory/sql/inventory-statement.js';
import { raise } from '../../kernel/errors.js';
import { printable } from '../../kernel/s3.js';
import { runStatement, type TakeRow, type TrinoServer } from './protocol.js';

export function openTrinoQueries(server: TrinoServer): QueryEngine {
  const render = trinoInventory(server.catalog);
  const ran = async (statement: InventoryStatement, signal: AbortSignal, take?: TakeRow): Promise<number> => {
    const sql = render(statement);
    const answer = await runStatement(server, { sql, session: {} }, signal, undefined, take);
    return answer.outcome === 'done'
      ? answer.scannedBytes
      : raise('QUERY_FAILED', {
          engine: 'trino',
          why: printable(`${answer.name}: ${answer.words}`).slice(0, 500),
        });
  };
  return {
    name: 'trino',
    database: server.schema,
    run: async (statement, signal) => void (await ran(statement, signal)),
    ask: async (statement, take, signal) => ({ scannedBytes: await ran(statement, signal, take) }),
    close: () => undefined,
  };
}
