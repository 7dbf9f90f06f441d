/** One attempt at one hour, from its intent to its commit or to the record of why it was refused. */
import pLimit from 'p-limit';
import { raise } from '../kernel/errors.js';
import { printable } from '../kernel/s3.js';
import { type SourceCensus, takeCensus } from './census.js';
import { type Attempt, commit } from './commit.js';
import { columnsFor } from './hour-schema.js';
import { type Intent, type Pointer, putRecord, type Refusal } from './journal.js';
import { attemptPath, intentKey, refusalKey } from './partition.js';
import type { Requests } from './ports.js';
import { rulesOf } from './rules.js';
import { headerFault, type TableSchema } from './schema.js';
import { verdict } from './verify.js';

const readsAtOnce = 8;

export interface Refused {
  readonly why: string;
}

/**
 * Effects in order: intent, census (reads every source), engine (writes the attempt path), footers (reads),
 * evidence, pointer (if absent: the commit). A refusal is kept in place of the last two.
 */
export async function makeCommit(attempt: Attempt): Promise<Pointer | Refused> {
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
