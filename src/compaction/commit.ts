/** A commit is one write; before it lies everything that proves the hour whole. */
import { instantText } from '../kernel/clock.js';
import { raise } from '../kernel/errors.js';
import { type Evidence, type Pointer, putRecord, readRecord } from './journal.js';
import { evidenceKey, pointerKey, type SourceRef } from './partition.js';
import type { CompactionPorts } from './ports.js';
import type { Proof } from './proof.js';
import type { CompactionTable } from './table.js';

/** What one attempt works with. */
export interface Attempt {
  readonly ports: CompactionPorts;
  readonly table: CompactionTable;
  readonly partition: string;
  readonly runId: string;
  readonly fence: number;
  readonly sources: readonly SourceRef[];
  readonly signal: AbortSignal;
  readonly startedAt: string;
  readonly spent: { put: number; get: number; list: number };
}

/** The evidence first, then the one write that makes the hour what it is. */
export async function commit(attempt: Attempt, proof: Proof, scannedBytes: number): Promise<Pointer> {
  const { ports, table, partition, runId, fence } = attempt;
  const committedAt = instantText(ports.clock.now());
  attempt.spent.put += 2;
  const evidence: Evidence = {
    schemaVersion: 1,
    table: table.name,
    partition,
    generation: 1,
    runId,
    engine: ports.engine.name,
    ...proof,
    ownCost: {
      requests: { ...attempt.spent },
      scannedBytes,
      usd: ports.price(attempt.spent),
    },
    startedAt: attempt.startedAt,
    committedAt,
  };
  const evidenceAt = evidenceKey(table, partition, 1, runId, fence);
  await putRecord(ports.target, evidenceAt, evidence, 'absent');
  const pointer: Pointer = {
    schemaVersion: 1,
    table: table.name,
    partition,
    generation: 1,
    runId,
    fence,
    files: proof.files,
    evidence: evidenceAt,
    committedAt,
  };
  const put = await putRecord(ports.target, pointerKey(table, partition), pointer, 'absent');
  if (put.outcome === 'written') return pointer;
  const theirs = await readRecord<Pointer>(ports.target, pointerKey(table, partition), [
    'runId',
    'files',
    'generation',
  ]);
  return theirs?.record ?? raise('CONDITION_FAILED', { key: pointerKey(table, partition) });
}
