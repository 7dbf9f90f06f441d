/**
 * What an attempt has begun at an engine elsewhere is written down before it begins, and stays until nothing of it is left
 * there: a runner started anew goes on with it, and what nobody goes on with is swept.
 */
import { BucketwiseError } from '../kernel/errors.js';
import { printable } from '../kernel/s3.js';
import { isHeld } from './claim.js';
import { type Attempt, longestRunMs } from './commit.js';
import { readPointer } from './hours.js';
import { type Claim, type Found, putRecord, readRecord } from './journal.js';
import { attemptPath, claimKey, underWayKey, underWayPrefix } from './partition.js';
import type { CompactionPorts, Requests, Submission, WorkLog } from './ports.js';
import { rulesOf } from './rules.js';
import type { CompactionTable } from './table.js';

export interface UnderWay {
  readonly schemaVersion: 1;
  readonly table: string;
  readonly partition: string;
  readonly runId: string;
  readonly fence: number;
  /** Revision of the pointer that the commit replaces. */
  readonly base: number;
  readonly engine: string;
  /** Where: only there is it gone on with, or swept. Absent in records of a time when it was not kept. */
  readonly place?: string;
  /** Other rules make other statements, which are not gone on with. */
  readonly rules: string;
  readonly attemptPath: string;
  readonly startedAt: string;
  readonly statements: readonly Submission[];
  /** The runner lost its line to the engine: what it began may be at work, though the claim was ended. */
  readonly isUnsure?: true;
}

export interface Begun {
  readonly path: string;
  readonly startedAt: string;
  readonly log: WorkLog;
  /** Takes the record away, if the engine said that nothing is left. */
  end(): Promise<void>;
}

/** Errors: those of the store, before the engine is asked for anything. */
export async function begin(attempt: Attempt): Promise<Begun> {
  const { table, partition, runId, fence, generation, startedAt, ports } = attempt;
  const record: UnderWay = {
    ...{ schemaVersion: 1, table: table.name, partition, runId, fence },
    base: generation.base?.pointer.record.revision ?? 0,
    ...engineOf(ports),
    rules: attemptRules(attempt),
    attemptPath: attemptPath(table, partition, runId, fence),
    ...{ startedAt, statements: [] },
  };
  const put = await putRecord(ports.target, underWayKey(table, runId, fence), record, 'absent');
  attempt.spent.put += 1;
  return begun(attempt, { record, etag: put.outcome === 'written' ? put.etag : '' }, false);
}

export const engineOf = ({
  engine,
}: Pick<CompactionPorts, 'engine'>): Pick<UnderWay, 'engine' | 'place'> => ({
  engine: engine.name,
  ...(engine.place === undefined ? {} : { place: engine.place }),
});

const isThere = ({ engine }: Pick<CompactionPorts, 'engine'>, record: UnderWay): boolean =>
  record.engine === engine.name && (record.place === undefined || record.place === engine.place);

const attemptRules = ({ table, ports }: Attempt): string =>
  `${rulesOf(table, ports.engine.name)} ${table.compression} ${table.targetFileBytes}`;

/** What a runner that did not come to its end had begun of this very work, the latest; undefined when there is none. */
export async function leftUnderWay(attempt: Attempt): Promise<Begun | undefined> {
  const { ports, table, runId, fence, generation, spent } = attempt;
  // The first attempt since the last commit has none before it.
  if (fence - (generation.base?.pointer.record.fence ?? 0) < 2) return undefined;
  let latest: Found<UnderWay> | undefined;
  for await (const { objects } of ports.target.list({ prefix: underWayPrefix(table, runId) })) {
    spent.list += 1;
    for (const { key } of objects) {
      spent.get += 1;
      const found = await readRecord<UnderWay>(ports.target, key, ['attemptPath', 'statements']);
      if (found && isOurs(attempt, found.record) && found.record.fence > (latest?.record.fence ?? 0))
        latest = found;
    }
  }
  return latest && begun(attempt, latest, true);
}

function isOurs(attempt: Attempt, record: UnderWay): boolean {
  const { ports, runId, fence, partition, generation } = attempt;
  return (
    record.runId === runId &&
    record.partition === partition &&
    record.fence < fence &&
    isThere(ports, record) &&
    record.rules === attemptRules(attempt) &&
    // What was written with other hours lies under their path, and is written anew.
    (record.statements.length === 0 || record.statements.some(({ number }) => number >= 0)) &&
    record.base === (generation.base?.pointer.record.revision ?? 0) &&
    isYoung(ports, record)
  );
}

/** Clean takes nothing that is younger than twice this. */
const isYoung = ({ clock }: Pick<CompactionPorts, 'clock'>, { startedAt }: UnderWay): boolean =>
  clock.now() - Date.parse(startedAt) <= longestRunMs;

function begun({ ports, table, spent }: Attempt, found: Found<UnderWay>, isResumed: boolean): Begun {
  const key = underWayKey(table, found.record.runId, found.record.fence);
  let { record, etag } = found;
  let isGone = false;
  const rewrite = async (change: Partial<UnderWay>): Promise<void> => {
    record = { ...record, ...change };
    spent.put += 1;
    const put = await putRecord(ports.target, key, record, { etag });
    if (put.outcome === 'written') etag = put.etag;
  };
  const note = (one: Submission): Promise<void> =>
    rewrite({ statements: [...record.statements.filter(({ number }) => number !== one.number), one] });
  return {
    path: record.attemptPath,
    startedAt: record.startedAt,
    log: {
      ...(isResumed ? { found: record.statements } : {}),
      // The engine works on whether or not it is known: at worst the work is done again.
      note: (one) => note(one).catch(ignored),
      gone: () => {
        isGone = true;
      },
      unsure: () => rewrite({ isUnsure: true }).catch(ignored),
    },
    end: async () => {
      if (isGone) await ports.target.remove({ key, etag }, 'unseen').catch(ignored);
    },
  };
}

/** What cannot be noted or taken away now is seen again by the sweep of a later run. */
function ignored(error: unknown): void {
  if (!(error instanceof BucketwiseError)) throw error;
}

/**
 * At the end of a run: sweeps at the engine what no runner is at and none will go on with. What cannot be swept now stays
 * written down for the next run.
 */
export async function sweepLeft(
  ports: CompactionPorts,
  table: CompactionTable,
  note: (line: string) => void = () => undefined,
): Promise<Requests> {
  const spent = { put: 0, get: 0, list: 0 };
  if (!ports.engine.sweep) return spent;
  try {
    for await (const { objects } of ports.target.list({ prefix: underWayPrefix(table) })) {
      spent.list += 1;
      for (const { key, etag } of objects) {
        spent.get += 2;
        await swept(ports, table, { key, etag }, note).catch(ignored);
      }
    }
  } catch (error) {
    ignored(error);
  }
  return spent;
}

async function swept(
  ports: CompactionPorts,
  table: CompactionTable,
  object: { readonly key: string; readonly etag: string },
  note: (line: string) => void,
): Promise<void> {
  const found = await readRecord<UnderWay>(ports.target, object.key, ['attemptPath', 'partition']);
  if (!found) return;
  const { record } = found;
  const claim = await readRecord<Claim>(ports.target, claimKey(table, record.partition), ['fence']);
  const isAtWork = claim !== undefined && isHeld(claim.record, ports);
  if (isAtWork) return;
  if (!isThere(ports, record)) return note(elsewhereText(record, object.key));
  // Whoever takes the hour next goes on with it.
  const isLeft = claim !== undefined && (!claim.record.released || record.isUnsure === true);
  const isCutOff = isLeft && isYoung(ports, record);
  if (isCutOff && (await revisionOf(ports, table, record)) === record.base) return;
  await ports.engine.sweep?.(record.attemptPath);
  await ports.target.remove(object, 'unseen');
}

const elsewhereText = ({ partition, engine, place = engine }: UnderWay, key: string): string =>
  `${partition} was begun in ${place}, which is not the engine of the config any more; its temporary tables (bucketwise_tmp_…) may be left there. Run once with that engine, or drop them and delete "${printable(key)}".`;

const revisionOf = async (
  { target }: CompactionPorts,
  table: CompactionTable,
  { partition }: UnderWay,
): Promise<number> => (await readPointer(target, table, partition))?.record.revision ?? 0;
