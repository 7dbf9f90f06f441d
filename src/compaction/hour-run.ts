/** One hour from its sources to its commit; whatever happens, its sources and what was committed before stay as they are. */
import pLimit from 'p-limit';
import { instantText } from '../kernel/clock.js';
import { raise } from '../kernel/errors.js';
import { printable } from '../kernel/s3.js';
import { type SourceCensus, takeCensus } from './census.js';
import { claimHour } from './claim.js';
import { type Attempt, commit } from './commit.js';
import { columnsFor } from './hour-schema.js';
import type { Hour } from './hours.js';
import { type Intent, type Manifest, type Pointer, putRecord, type Refusal, readRecord } from './journal.js';
import {
  attemptPath,
  frozen,
  intentKey,
  manifestKey,
  pointerKey,
  refusalKey,
  type SourceRef,
} from './partition.js';
import type { PartitionState } from './plan.js';
import type { CompactionPorts, Requests } from './ports.js';
import { publish } from './publish.js';
import { rulesOf } from './rules.js';
import { headerFault, type TableSchema } from './schema.js';
import type { CompactionTable } from './table.js';
import { verdict } from './verify.js';

export interface HourResult {
  readonly state?: PartitionState;
  readonly reason?: string;
  readonly pointer?: Pointer;
  readonly requests: Requests;
}

const readsAtOnce = 8;
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

interface Refused {
  readonly why: string;
}

async function makeCommit(attempt: Attempt): Promise<Pointer | Refused> {
  const { ports, table, partition, runId, fence } = attempt;
  const path = attemptPath(table, partition, runId, fence);
  const intent: Intent = {
    schemaVersion: 1,
    table: table.name,
    partition,
    runId,
    fence,
    owner: ports.ids.owner,
    engine: ports.engine.name,
    attemptPath: path,
    startedAt: attempt.startedAt,
  };
  await putRecord(ports.target, intentKey(table, partition, runId, fence), intent, 'absent');
  attempt.spent.put += 1;
  const counted = await countAll(attempt);
  if ('why' in counted) return refuse(attempt, counted.why);
  const schema = await columnsFor(ports, table, counted);
  if ('why' in schema) return refuse(attempt, schema.why);
  const fault = counted.map((one) => headerFaultOf(schema, one)).find((why) => why !== undefined);
  if (fault !== undefined) return refuse(attempt, fault);
  uninterrupted(attempt);
  const rows = counted.reduce((sum, one) => sum + one.rows, 0);
  const written = await ports.engine.write({
    partition,
    sources: attempt.sources,
    columns: schema.columns,
    textRule: schema.textRule,
    csv: { header: table.csv.header, delimiter: table.csv.delimiter },
    compression: table.compression,
    targetFileBytes: table.targetFileBytes,
    expected: { rows, bytes: counted.reduce((sum, one) => sum + one.bytes, 0) },
    attemptPath: path,
    signal: attempt.signal,
  });
  if (written.outcome === 'refused') return refuse(attempt, written.why);
  add(attempt, written.requests);
  const checked = await Promise.all(
    written.files.map(async (file) => ({ file, footer: await ports.footers.read(file) })),
  );
  for (const { footer } of checked) attempt.spent.get += footer.gets;
  const answer = verdict(rows, schema.columns, table.compression, checked);
  if (!answer.ok) return refuse(attempt, answer.why);
  uninterrupted(attempt);
  const codecs = [...new Set(checked.flatMap(({ footer }) => footer.codecs))];
  return commit(attempt, schema, counted, written.files, codecs);
}

/** Between effects an interrupt is obeyed; within one it waits. */
function uninterrupted({ signal, partition }: Attempt): void {
  if (signal.aborted) raise('INTERRUPTED', { state: `${partition} is as it was.` });
}

async function countAll(attempt: Attempt): Promise<SourceCensus[] | Refused> {
  const { ports, table, signal } = attempt;
  const limit = pLimit(readsAtOnce);
  const columns = table.columns === 'infer' ? undefined : table.columns.length;
  const results = await Promise.all(
    attempt.sources.map((source) =>
      limit(() => {
        if (signal.aborted) uninterrupted(attempt);
        attempt.spent.get += 1;
        return takeCensus(ports.reader, source, table.csv, columns);
      }),
    ),
  );
  const refused = results.find((one) => !one.ok);
  if (refused && !refused.ok) return refused;
  return results.flatMap((one) => (one.ok ? [one.census] : []));
}

function headerFaultOf(schema: TableSchema, { source, header, rows }: SourceCensus): string | undefined {
  if (header === null)
    return rows > 0 && schema.header !== 'none' ? `${printable(source.key)} has no header` : undefined;
  const why = headerFault(schema, header);
  return why === undefined ? undefined : `${printable(source.key)}: ${why}`;
}

/** Kept, so that the next run does not read the same bytes to the same end; other bytes or other rules are tried again. */
async function refuse(attempt: Attempt, why: string): Promise<Refused> {
  const { ports, table, partition, runId } = attempt;
  const refusal: Refusal = {
    schemaVersion: 1,
    table: table.name,
    partition,
    runId,
    why,
    refusedAt: attempt.startedAt,
  };
  await putRecord(ports.target, refusalKey(table, partition, runId, rulesOf(table)), refusal, 'absent');
  attempt.spent.put += 1;
  return { why };
}

function add({ spent }: Attempt, more: Requests): void {
  spent.put += more.put;
  spent.get += more.get;
  spent.list += more.list;
}
