/** A commit is one write; before it lies everything that proves the hour whole. */
import { instantText } from '../kernel/clock.js';
import { raise } from '../kernel/errors.js';
import type { SourceCensus } from './census.js';
import { type Evidence, type Pointer, putRecord, readRecord } from './journal.js';
import { evidenceKey, pointerKey, type SourceRef } from './partition.js';
import type { CompactionPorts, WrittenFile } from './ports.js';
import { columnText, type TableSchema } from './schema.js';
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

const nullRule = 'A field with nothing in it is NULL; "" is the empty string.';

/** The evidence first, then the one write that makes the hour what it is. */
export async function commit(
  attempt: Attempt,
  schema: TableSchema,
  counted: readonly SourceCensus[],
  files: readonly WrittenFile[],
  codecs: readonly string[],
): Promise<Pointer> {
  const { ports, table, partition, runId, fence } = attempt;
  const rows = new Map(counted.map((one) => [one.source.key, one.rows]));
  const rowsIn = counted.reduce((sum, one) => sum + one.rows, 0);
  const committedAt = instantText(ports.clock.now());
  attempt.spent.put += 2;
  const evidence: Evidence = {
    schemaVersion: 1,
    table: table.name,
    partition,
    generation: 1,
    runId,
    engine: ports.engine.name,
    sources: attempt.sources.map((source) => ({ ...source, rows: rows.get(source.key) ?? 0 })),
    files,
    rowsIn,
    rowsOut: files.reduce((sum, file) => sum + file.rows, 0),
    quarantined: 0,
    digests: { rowsIn: null, rowsOut: null, perColumn: null },
    parseFailures: Object.fromEntries(
      schema.columns.filter(({ type }) => type !== 'string').map(({ name }) => [name, 0]),
    ),
    schema: schema.columns.map((column) => ({ name: column.name, type: columnText(column) })),
    textRule: schema.textRule,
    nullRule,
    codecs,
    verifyLevel: 'counts',
    ownCost: {
      requests: { ...attempt.spent },
      scannedBytes: counted.reduce((sum, one) => sum + one.bytes, 0),
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
    files,
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
