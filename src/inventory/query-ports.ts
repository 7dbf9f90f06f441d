/** What tallying a report by an engine asks of the world. Two implementations: Athena and Trino. */
import type { InventoryStatement } from './sql/inventory-statement.js';

export interface QueryEngine {
  readonly name: 'athena' | 'trino';
  /** Where its temporary tables lie. */
  readonly database: string;
  /** A statement that answers nothing. Errors: QUERY_FAILED, INTERRUPTED, those of the engine. */
  run(statement: InventoryStatement, signal: AbortSignal): Promise<void>;
  /** Hands over each row of the answer as it comes. Errors: QUERY_FAILED, INTERRUPTED, those of the engine. */
  ask(
    statement: InventoryStatement,
    take: (row: readonly unknown[]) => void,
    signal: AbortSignal,
  ): Promise<Answered>;
  close(): void;
}

export interface Answered {
  /** As the engine bills it. */
  readonly scannedBytes: number;
}
