/** Whether a store does what the protocol rests on is found out by trying, on a throw-away object under the control prefix. */
import { instantText } from '../kernel/clock.js';
import { raise } from '../kernel/errors.js';
import { readRecord } from './journal.js';
import { probedKey, probeKey } from './partition.js';
import type { CompactionPorts, ObjectStore } from './ports.js';
import type { CompactionTable } from './table.js';

/** What was seen to be honoured; written only after every trial went well. */
export interface Probed {
  readonly schemaVersion: 1;
  readonly removes: boolean;
  readonly probedAt: string;
  readonly nonce: string;
}

/** An endpoint may be exchanged for another behind its name. */
export const goodForMs = 7 * 86_400_000;

type Ports = Pick<CompactionPorts, 'target' | 'clock' | 'ids'>;

/** Undefined when the store is fit; else the condition that it ignored. `fresh`: an earlier record is not taken for an answer. */
export async function ignoredCondition(
  { target, clock, ids }: Ports,
  table: CompactionTable,
  fresh = false,
): Promise<string | undefined> {
  const needsRemove = table.sources.after === 'delete';
  const key = probedKey(table);
  const before = await readRecord<Probed>(target, key, ['removes', 'probedAt']);
  if (before && !fresh && isGood(before.record, needsRemove, clock.now())) return undefined;
  const nonce = ids.fresh();
  const ignored =
    (await ignoredWrite(target, key, nonce)) ??
    (needsRemove ? await ignoredRemove(target, probeKey(table, nonce)) : undefined);
  if (ignored !== undefined) return ignored;
  const record: Probed = {
    ...{ schemaVersion: 1, removes: needsRemove, nonce },
    probedAt: instantText(clock.now()),
  };
  const found = await target.read(key);
  // Whoever was faster has found the same.
  if (found) await target.write(key, bytesOf(record), { etag: found.etag });
  return undefined;
}

const isGood = ({ removes, probedAt }: Probed, needsRemove: boolean, now: number): boolean =>
  now - Date.parse(probedAt) < goodForMs && (removes || !needsRemove);

const bytesOf = (value: object): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value)}\n`);

/** No etag of anything. */
export const otherEtag = '0123456789abcdef0123456789abcdef';

/** The record itself is the object that is tried on, so that a fit store holds one more object, not two. */
async function ignoredWrite(target: ObjectStore, key: string, nonce: string): Promise<string | undefined> {
  const trial = (step: string) =>
    bytesOf({ schemaVersion: 1, removes: false, probedAt: '1970-01-01T00:00:00.000Z', nonce, step });
  await target.write(key, trial('first'), 'absent');
  if ((await target.write(key, trial('second'), 'absent')).outcome !== 'exists')
    return 'If-None-Match on PUT';
  if ((await target.write(key, trial('third'), { etag: otherEtag })).outcome !== 'changed')
    return 'If-Match on PUT';
  return undefined;
}

async function ignoredRemove(target: ObjectStore, key: string): Promise<string | undefined> {
  const put = await target.write(key, bytesOf({ throwAway: true }), 'absent');
  if (put.outcome !== 'written') return raise('CONDITION_FAILED', { key });
  const wrong = await target.remove({ key, etag: otherEtag }, 'unseen');
  const isThere = (await target.read(key)) !== undefined;
  if (isThere) await target.remove({ key, etag: put.etag });
  return wrong === 'changed' && isThere ? undefined : 'If-Match on DELETE';
}
