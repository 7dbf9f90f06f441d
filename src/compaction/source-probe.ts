/** Whether the source store heeds If-Match on DELETE is found out with what deleting needs and nothing more: no object is put there. */
import { instantText } from '../kernel/clock.js';
import { BucketwiseError } from '../kernel/errors.js';
import { putRecord, readRecord } from './journal.js';
import { provenKey, type SourceRef } from './partition.js';
import type { CompactionPorts } from './ports.js';
import { goodForMs, otherEtag } from './probe.js';
import type { CompactionTable } from './table.js';

type Ports = Pick<CompactionPorts, 'source' | 'target' | 'clock' | 'ids'>;

/**
 * A delete of nothing, on a condition that cannot hold. It shows early what is not allowed or not understood at all; it
 * does not show that the condition is heeded. In words: why sources cannot be deleted as yet. Errors: CONDITION_UNSUPPORTED.
 */
export async function deletionRefused(ports: Ports, table: CompactionTable): Promise<string | undefined> {
  try {
    await removeNothing(ports, table);
    return undefined;
  } catch (error) {
    if (error instanceof BucketwiseError && error.code === 'PERMISSION_DENIED') return error.message;
    throw error;
  }
}

/** A name nobody has, hidden to readers, under a condition that no object meets. */
export async function removeNothing(
  { source, ids }: Pick<Ports, 'source' | 'ids'>,
  { sourcePrefix }: CompactionTable,
): Promise<void> {
  const key = `${sourcePrefix}_bucketwise-probe-${ids.fresh()}`;
  await source.remove({ key, etag: otherEtag }, 'unseen');
}

interface Proven {
  readonly schemaVersion: 1;
  /** The place that it was seen at. */
  readonly source: string;
  readonly provenAt: string;
  readonly nonce: string;
}

/**
 * Tried on a source that is to be deleted now and is still what was compacted: it is asked to go if it were other bytes.
 * One that goes all the same shows that the store heeds no condition; it was due, and it is the only one. Kept for a week.
 */
export async function disobedience(
  ports: Ports,
  table: CompactionTable,
  due: readonly SourceRef[],
): Promise<SourceRef | undefined> {
  const key = provenKey(table);
  const found = await readRecord<Proven>(ports.target, key, ['source', 'provenAt']);
  const { source: at, provenAt } = found?.record ?? { source: '', provenAt: '1970-01-01T00:00:00.000Z' };
  if (at === table.source.uri && ports.clock.now() - Date.parse(provenAt) < goodForMs) return undefined;
  for (const source of due) {
    const answer = await asked(ports, source);
    if (answer === 'removed') return source;
    if (answer !== 'changed') continue;
    const proven: Proven = {
      ...{ schemaVersion: 1, source: table.source.uri, nonce: ports.ids.fresh() },
      provenAt: instantText(ports.clock.now()),
    };
    // Whoever was faster has found the same.
    await putRecord(ports.target, key, proven, found ? { etag: found.etag } : 'absent');
    return undefined;
  }
  return undefined;
}

/** What changed or went since it was listed is no object to try on. */
async function asked({ source }: Ports, object: SourceRef): Promise<'removed' | 'changed' | 'gone'> {
  try {
    await source.range(object, 0, 0);
  } catch (error) {
    if (error instanceof BucketwiseError && ['OBJECT_CHANGED', 'OBJECT_MISSING'].includes(error.code))
      return 'gone';
    throw error;
  }
  return source.remove({ key: object.key, etag: otherEtag }, 'unseen');
}
