/** One hour from its sources to its commit; whatever happens, its sources and what was committed before stay as they are. */
import { instantText } from '../kernel/clock.js';
import { makeCommit } from './attempt.js';
import { claimHour } from './claim.js';
import type { Attempt } from './commit.js';
import type { Hour } from './hours.js';
import { type Manifest, type Pointer, putRecord, readRecord } from './journal.js';
import { frozen, manifestKey, pointerKey, type SourceRef } from './partition.js';
import type { PartitionState } from './plan.js';
import type { CompactionPorts, Requests } from './ports.js';
import { publish } from './publish.js';
import type { CompactionTable } from './table.js';

export interface HourResult {
  readonly state?: PartitionState;
  readonly reason?: string;
  readonly pointer?: Pointer;
  readonly requests: Requests;
}

/**
 * Effects in order: manifest (if absent), claim, intent, census (reads every source), engine (writes the attempt path),
 * footers (reads), evidence, pointer (if absent: the commit), copies under the final names, release.
 * Errors: those of the store and the engine; INTERRUPTED between effects.
 */
export async function runHour(
  ports: CompactionPorts,
  table: CompactionTable,
  hour: Hour,
  signal: AbortSignal,
): Promise<HourResult> {
  const { partition, runId } = hour;
  const sources = frozen(hour.objects);
  const spent = { put: 2, get: 2, list: 0 };
  if (!hour.pointer) await freeze(ports, table, partition, runId, sources);
  const held = await claimHour(ports, table, partition, runId);
  if (!held) return { state: 'running', reason: 'Another run took it first.', requests: spent };
  const startedAt = instantText(ports.clock.now());
  const attempt: Attempt = {
    ports,
    table,
    partition,
    runId,
    fence: held.fence,
    sources,
    signal,
    startedAt,
    spent,
  };
  let ended = 'failed';
  try {
    const result = await committed(attempt);
    ended = result.pointer ? '' : (result.reason ?? 'refused');
    return { ...result, requests: { ...spent } };
  } finally {
    await ports.reader.release(sources);
    await held.release(ended);
  }
}

async function freeze(
  ports: CompactionPorts,
  table: CompactionTable,
  partition: string,
  runId: string,
  sources: readonly SourceRef[],
) {
  const manifest: Manifest = { schemaVersion: 1, table: table.name, partition, runId, sources };
  await putRecord(ports.target, manifestKey(table, partition, runId), manifest, 'absent');
}

/** Another run may have committed between the plan and the claim: then only publishing is left. */
async function committed(attempt: Attempt): Promise<Omit<HourResult, 'requests'>> {
  const { ports, table, partition } = attempt;
  const key = pointerKey(table, partition);
  const before = await readRecord<Pointer>(ports.target, key, ['runId', 'files', 'generation']);
  const made = before ? before.record : await makeCommit(attempt);
  if ('why' in made) return { state: 'refused', reason: made.why };
  await publish(ports, table, made, attempt.spent);
  return { state: 'compacted', reason: '', pointer: made };
}
