/** What it costs to get at bytes where that has a price of its own, beside the requests. */
import type { StorageClass } from '../kernel/s3.js';
import type { RestoreUsage, RetrievalUsage, Usage } from '../pricing/usage.js';
import { isRetrieved } from './class-shares.js';

interface Taken {
  readonly class: StorageClass;
  readonly objects: bigint;
  readonly bytes: bigint;
}

/** Archives are restored in bulk, for a day. */
export function taking(parts: readonly Taken[]): Pick<Usage, 'retrieval' | 'restores'> {
  const retrieval = parts.flatMap((one): RetrievalUsage[] =>
    isRetrieved(one.class) ? [{ class: one.class, bytes: one.bytes }] : [],
  );
  const restores = parts.flatMap((one): RestoreUsage[] =>
    one.class === 'GLACIER' || one.class === 'DEEP_ARCHIVE'
      ? [{ class: one.class, speed: 'BULK', objects: one.objects, bytes: one.bytes, copyDays: 1 }]
      : [],
  );
  return { retrieval, restores };
}
