/** Who holds an hour works on it alone; a wrong holder costs time, never a row, for the pointer is written once. */
import { type Claim, putRecord, readRecord } from './journal.js';
import { claimKey } from './partition.js';
import type { CompactionPorts } from './ports.js';
import type { CompactionTable } from './table.js';

const leaseMs = 120_000;
const renewMs = 30_000;

export interface Held {
  readonly fence: number;
  /** Ends the claim; `ended` says how the work went, "" after a commit. */
  release(ended: string): Promise<void>;
}

/** Undefined when another holds it. */
export async function claimHour(
  ports: CompactionPorts,
  table: CompactionTable,
  partition: string,
  runId: string,
): Promise<Held | undefined> {
  const key = claimKey(table, partition);
  const found = await readRecord<Claim>(ports.target, key, ['fence', 'expiresAt']);
  const now = ports.clock.now();
  if (found && !found.record.released && found.record.expiresAt > now) return undefined;
  const claim: Claim = {
    schemaVersion: 1,
    fence: (found?.record.fence ?? 0) + 1,
    owner: ports.ids.owner,
    nonce: ports.ids.fresh(),
    runId,
    expiresAt: now + leaseMs,
    released: false,
    ended: '',
  };
  const put = await putRecord(ports.target, key, claim, found ? { etag: found.etag } : 'absent');
  return put.outcome === 'written' ? holding(ports, key, claim, put.etag) : undefined;
}

function holding(ports: CompactionPorts, key: string, claim: Claim, firstEtag: string): Held {
  let etag: string | undefined = firstEtag;
  let last: Promise<void> = Promise.resolve();
  const rewrite = (change: Partial<Claim>): void => {
    last = last.then(async () => {
      if (etag === undefined) return;
      const put = await putRecord(ports.target, key, { ...claim, ...change }, { etag });
      // Stolen: the thief's fence is higher, and the pointer decides.
      etag = put.outcome === 'written' ? put.etag : undefined;
    });
    // A renewal that fails lets the lease run out; the release below tells of it.
    last.catch(() => undefined);
  };
  const stop = ports.timer.every(renewMs, () => rewrite({ expiresAt: ports.clock.now() + leaseMs }));
  return {
    fence: claim.fence,
    release: async (ended) => {
      stop();
      rewrite({ released: true, ended });
      await last;
    },
  };
}
