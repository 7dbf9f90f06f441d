/** Who holds an hour works on it alone; a wrong holder costs time, never a row, for the pointer is written once. */
import { type Claim, putRecord, readRecord, type Setback } from './journal.js';
import { claimKey } from './partition.js';
import type { CompactionPorts } from './ports.js';
import type { CompactionTable } from './table.js';

const leaseMs = 120_000;
const renewMs = 30_000;

export interface Held {
  readonly fence: number;
  /** What lies under the final names, and who was told, as far as the last holder knew. */
  readonly shown: Shown;
  /** What went wrong the last time. */
  readonly setback: Setback | undefined;
  /** Ends the claim; `ended` says how the work went, "" after a commit. `shown`: undefined when that is as it was. */
  release(ended: string, shown: Shown | undefined, setback: Setback | undefined): Promise<void>;
}

export type Shown = Pick<Claim, 'published' | 'shownIn'>;

/** That generation, as this table shows it. */
export const shownBy = ({ shownIn }: CompactionTable, published: number): Shown => ({
  published,
  ...(shownIn === undefined ? {} : { shownIn }),
});

/** Whether a generation lies under its final names, and the catalog's table of today was told. */
export const isShown = (table: CompactionTable, shown: Shown | undefined, generation: number): boolean =>
  (shown?.published ?? 0) >= generation && (table.shownIn === undefined || shown?.shownIn === table.shownIn);

/** So far may the clocks of two machines be apart: what a clock further ahead has written holds nothing up. */
export const skewMs = 3_600_000;

/** A lease holds until it is released, runs out, or its process is known to be dead. */
export const isHeld = (claim: Claim, { clock, ids }: Pick<CompactionPorts, 'clock' | 'ids'>): boolean =>
  !claim.released && isRunning(claim.expiresAt - clock.now()) && !ids.isDead(claim.process);

const isRunning = (leftMs: number): boolean => leftMs > 0 && leftMs <= leaseMs + skewMs;

/** Undefined when another holds it. */
export async function claimHour(
  ports: CompactionPorts,
  table: CompactionTable,
  partition: string,
  { runId, isNew }: { readonly runId: string; readonly isNew: boolean },
): Promise<Held | undefined> {
  const key = claimKey(table, partition);
  const found = await readRecord<Claim>(ports.target, key, ['fence', 'expiresAt']);
  const now = ports.clock.now();
  if (found && isHeld(found.record, ports)) return undefined;
  const claim: Claim = {
    schemaVersion: 1,
    fence: (found?.record.fence ?? 0) + 1,
    owner: ports.ids.owner,
    process: ports.ids.process,
    nonce: ports.ids.fresh(),
    runId,
    expiresAt: now + leaseMs,
    released: false,
    ended: '',
    // Whoever deletes a pointer has the hour made anew: it counts from 1 again, and nothing of it is shown.
    published: isNew ? 0 : (found?.record.published ?? 0),
    ...(isNew || found?.record.shownIn === undefined ? {} : { shownIn: found.record.shownIn }),
    ...(found?.record.setback ? { setback: found.record.setback } : {}),
  };
  const put = await putRecord(ports.target, key, claim, found ? { etag: found.etag } : 'absent');
  return put.outcome === 'written' ? holding(ports, key, claim, put.etag) : undefined;
}

function holding(ports: CompactionPorts, key: string, claim: Claim, firstEtag: string): Held {
  let etag: string | undefined = firstEtag;
  let last: Promise<void> = Promise.resolve();
  const rewrite = (change: (claim: Claim) => Claim): void => {
    // One that failed does not keep the next from trying.
    last = last
      .catch(() => undefined)
      .then(async () => {
        if (etag === undefined) return;
        const put = await putRecord(ports.target, key, change(claim), { etag });
        // Stolen: the thief's fence is higher, and the pointer decides.
        etag = put.outcome === 'written' ? put.etag : undefined;
      });
    // A renewal that fails lets the lease run out; the release below tells of it.
    last.catch(() => undefined);
  };
  const stop = ports.timer.every(renewMs, () =>
    rewrite((before) => ({ ...before, expiresAt: ports.clock.now() + leaseMs })),
  );
  return {
    fence: claim.fence,
    shown: claim,
    setback: claim.setback,
    release: async (ended, shown, setback) => {
      stop();
      rewrite(({ setback: _, shownIn, ...before }) => ({
        ...{ ...before, released: true, ended },
        ...(shown ?? (shownIn === undefined ? {} : { shownIn })),
        ...(setback ? { setback } : {}),
      }));
      await last;
    },
  };
}
