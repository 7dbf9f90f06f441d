/** One attempt at one hour, from its intent to its commit or to the record of why it was refused. */
import { BucketwiseError } from '../kernel/errors.js';
import type { Prefix } from '../kernel/s3.js';
import { columnFault } from './base-columns.js';
import { type Attempt, commit } from './commit.js';
import { type Intent, type Pointer, putRecord, type Refusal } from './journal.js';
import { leftOutOf } from './left-out.js';
import { readParquetValues } from './parquet-values.js';
import { attemptPath, intentKey, refusalKey } from './partition.js';
import type { Requests, WorkLog, WriteJob, WrittenFile } from './ports.js';
import { digests, type Proof, proofOf, valueFault } from './proof.js';
import { cleanCopies, type Quarantine, quarantined } from './quarantine.js';
import { type Repeats, repeatedSources } from './repeated.js';
import { rulesOf } from './rules.js';
import { beginTogether } from './shared-path.js';
import { type HourValues, readValues, totalsOf, uninterrupted } from './source-values.js';
import { begin, leftUnderWay } from './under-way.js';
import { verdict } from './verify.js';

export interface Refused {
  readonly why: string;
  readonly digests?: Proof['digests'];
}

/** Nothing was written for it. */
export interface Repeated {
  readonly repeats: Repeats;
}

/**
 * Effects in order: intent, reading (every source), quarantine (if a record does not fit), what is under way (elsewhere),
 * engine (writes the attempt path), footers and values read back, evidence, pointer (if absent: the commit), what is under
 * way removed. A refusal is kept in place of evidence and pointer.
 */
export async function makeCommit(attempt: Attempt): Promise<Pointer | 'lost-race' | Refused | Repeated> {
  const { ports, table, partition, runId, fence } = attempt;
  const path = attemptPath(table, partition, runId, fence);
  const intent: Intent = {
    schemaVersion: 1,
    table: table.name,
    partition,
    runId,
    fence,
    base: attempt.generation.base?.pointer.record.revision ?? 0,
    owner: ports.ids.owner,
    engine: ports.engine.name,
    attemptPath: path,
    startedAt: attempt.startedAt,
  };
  await putRecord(ports.target, intentKey(table, partition, runId, fence), intent, 'absent');
  attempt.spent.put += 1;
  const values = await (table.format === 'parquet' ? readParquetValues : readValues)(attempt);
  if ('why' in values) return refuse(attempt, values);
  const repeats = await repeatedSources(attempt, values);
  if (repeats.size > 0) return { repeats };
  const other = await columnFault(attempt, values);
  if (other !== undefined) return refuse(attempt, { why: other });
  uninterrupted(attempt);
  const aside = await quarantined(attempt, values);
  if ('why' in aside) return refuse(attempt, aside);
  const work: Work = { attempt, values, aside, path };
  return (await goneOn(work)) ?? (await begunAnew(work));
}

interface Work {
  readonly attempt: Attempt;
  readonly values: HourValues;
  readonly aside: Quarantine;
  readonly path: Prefix;
}

/**
 * What a runner that was cut had begun is waited for and verified as if it were ours. Undefined when there is none, or
 * nothing can be made of it: then it is begun anew, under a path of its own.
 */
async function goneOn(work: Work): Promise<Pointer | 'lost-race' | undefined> {
  const { attempt } = work;
  const left = attempt.ports.engine.sweep && (await leftUnderWay(attempt));
  if (!left) return undefined;
  const earlier = { ...attempt, startedAt: left.startedAt };
  try {
    const made = await written({ ...work, attempt: earlier, path: left.path }, left.log);
    return isRefusal(made) ? undefined : made;
  } catch (error) {
    if (error instanceof BucketwiseError && ['ENGINE_FAILED', 'CONDITION_FAILED'].includes(error.code))
      return undefined;
    throw error;
  } finally {
    await left.end();
  }
}

async function begunAnew(work: Work): Promise<Pointer | 'lost-race' | Refused> {
  const { attempt } = work;
  const begun = attempt.ports.engine.sweep && (await begin(attempt));
  try {
    const made = await written(work, begun?.log, () => beginTogether(attempt));
    return isRefusal(made) ? await refuse(attempt, made) : made;
  } finally {
    await begun?.end();
  }
}

const isRefusal = (made: Pointer | 'lost-race' | Refused): made is Refused =>
  made !== 'lost-race' && 'why' in made;

/** From the engine to the commit. */
async function written(
  { attempt, values, aside, path }: Work,
  log: WorkLog | undefined,
  together?: WriteJob['together'],
): Promise<Pointer | 'lost-race' | Refused> {
  const result = await attempt.ports.engine.write({
    ...jobOf(attempt, values, path),
    ...(await withoutRejected(attempt, values)),
    ...(log ? { log } : {}),
    scanned: (scan) => void attempt.scans.push(scan),
    ...(together ? { together } : {}),
  });
  if (result.outcome === 'refused') return result;
  add(attempt, result.requests);
  const proof = await proven(attempt, values, aside, result.files);
  if ('why' in proof) return proof;
  uninterrupted(attempt);
  const ofQueries = attempt.scans.reduce((sum, { bytes }) => sum + bytes, 0);
  const read = attempt.scans.length > 0 ? ofQueries : result.scannedBytes;
  return commit(attempt, proof, read ?? bytesOf(values));
}

const bytesOf = ({ sources }: HourValues): number => sources.reduce((sum, { file }) => sum + file.bytes, 0);

/** An engine here is given copies without them, one elsewhere is told how to know them. */
async function withoutRejected(
  attempt: Attempt,
  values: HourValues,
): Promise<Pick<WriteJob, 'cleaned' | 'leftOut'>> {
  const { ports, table } = attempt;
  if (ports.engine.sweep) {
    const leftOut = leftOutOf(values, table.csv.delimiter);
    return leftOut ? { leftOut } : {};
  }
  const cleaned = await cleanCopies(attempt, values);
  return cleaned.length > 0 ? { cleaned } : {};
}

function jobOf({ table, partition, sources, signal }: Attempt, values: HourValues, path: string): WriteJob {
  return {
    partition,
    sources,
    columns: values.schema.columns,
    textRule: values.schema.textRule,
    isChecked: true,
    ...(table.format === undefined ? {} : { format: table.format }),
    csv: { header: table.csv.header, delimiter: table.csv.delimiter },
    compression: table.compression,
    targetFileBytes: table.targetFileBytes,
    expected: { rows: totalsOf(values).rows, bytes: bytesOf(values) },
    attemptPath: path,
    signal,
  };
}

/** The footers always, every value at level values: what was written is held against what was read. */
async function proven(
  attempt: Attempt,
  values: HourValues,
  aside: Quarantine,
  files: readonly WrittenFile[],
): Promise<Proof | Refused> {
  const { ports, table, partition, signal } = attempt;
  const { schema } = values;
  const checked = await Promise.all(
    files.map(async (file) => ({ file, footer: await ports.footers.read(file) })),
  );
  for (const { footer } of checked) attempt.spent.get += footer.gets;
  const totals = totalsOf(values);
  const answer = verdict(totals.rows, schema.columns, table.compression, checked);
  if (!answer.ok) return answer;
  uninterrupted(attempt);
  const { columns } = schema;
  const readBack =
    table.verify === 'values' ? await ports.readback.read({ partition, files, columns, signal }) : undefined;
  if (readBack) add(attempt, readBack.requests);
  const why = readBack && valueFault(schema, totals, readBack);
  if (readBack && why !== undefined) return { why, digests: digests(schema, totals, readBack) };
  const codecs = [...new Set(checked.flatMap(({ footer }) => footer.codecs))];
  return proofOf({ values, refs: attempt.sources, aside, files, codecs, format: table.format, readBack });
}

/** Kept, so that the next run does not read the same bytes to the same end; other bytes or other rules are tried again. */
export async function refuse(attempt: Attempt, { why, digests: both }: Refused): Promise<Refused> {
  const { ports, table, partition, runId } = attempt;
  const refusal: Refusal = {
    schemaVersion: 1,
    table: table.name,
    partition,
    runId,
    why,
    ...(both === undefined ? {} : { digests: both }),
    refusedAt: attempt.startedAt,
  };
  await putRecord(
    ports.target,
    refusalKey(table, partition, runId, rulesOf(table, ports.engine.name)),
    refusal,
    'absent',
  );
  attempt.spent.put += 1;
  return { why };
}

function add({ spent }: Attempt, more: Requests): void {
  spent.put += more.put;
  spent.get += more.get;
  spent.list += more.list;
}
