/**
 * A path that several hours share for one statement.
 *
 * How the journal names it: every hour keeps what it has alone: claim, manifest, intent and an attempt path of its own, in
 * which all files lie that it ever commits. The shared path is one path more of the attempt of the first hour among them:
 * an intent and a record of what is under way are written for it, under that hour's run and fence, before the engine is
 * asked. The engine writes below it, tells the hours apart by the names of folders, and copies each hour's files, by
 * etag and if absent, to that hour's own attempt path. Then every hour is verified and committed by itself, with its own
 * evidence, and what befalls one does not concern the others.
 *
 * What a cut leaves: no pointer ever names a file below the shared path, so that clean takes it away as it takes any path
 * of an attempt that cannot commit any more; the tables of the statement are swept like those of any attempt. A copy that
 * was made lies in a path that only its own run can commit, and a fence is given once. Nobody goes on with a shared
 * statement: the hours are begun anew, each with a fence of its own.
 */
import { BucketwiseError } from '../kernel/errors.js';
import type { Attempt } from './commit.js';
import { type Intent, putRecord } from './journal.js';
import { attemptPath, intentKey, underWayKey } from './partition.js';
import type { SharedPath } from './ports.js';
import { engineOf, type UnderWay } from './under-way.js';

export interface BegunTogether extends SharedPath {
  /** Takes the record away, if the engine said that nothing is left. */
  end(): Promise<void>;
}

/** Errors: those of the store, before the engine is asked for anything. */
export async function beginTogether(attempt: Attempt): Promise<BegunTogether> {
  const { ports, table, partition, runId, fence, startedAt, spent } = attempt;
  const path = `${attemptPath(table, partition, runId, fence).slice(0, -1)}-group/`;
  const common = {
    ...{ schemaVersion: 1 as const, table: table.name, partition, runId, fence, startedAt },
    base: attempt.generation.base?.pointer.record.revision ?? 0,
    engine: ports.engine.name,
    attemptPath: path,
  };
  const intent: Intent = { ...common, owner: ports.ids.owner };
  await putRecord(ports.target, intentKey(table, partition, runId, `${fence}-group`), intent, 'absent');
  // By these rules no attempt is made, so that none goes on with it.
  const record: UnderWay = { ...common, ...engineOf(ports), rules: 'group', statements: [] };
  const key = underWayKey(table, runId, `${fence}-group`);
  const put = await putRecord(ports.target, key, record, 'absent');
  spent.put += 2;
  let isGone = false;
  return {
    path,
    log: {
      gone: () => {
        isGone = true;
      },
    },
    end: async () => {
      if (!isGone || put.outcome !== 'written') return;
      await ports.target.remove({ key, etag: put.etag }, 'unseen').catch((error: unknown) => {
        // The sweep of a later run sees it again.
        if (!(error instanceof BucketwiseError)) throw error;
      });
    },
  };
}
