/** What earlier attempts at an hour left outside the store, because they were cut, goes before the next one begins. */
import type { Attempt } from './commit.js';
import { attemptPath, intentsPrefix } from './partition.js';

/** Those between the last commit and this attempt: the others were swept by the attempt after them. */
export async function sweepEarlier({
  ports,
  table,
  partition,
  fence,
  generation,
  spent,
}: Attempt): Promise<void> {
  const { engine, target } = ports;
  const committed = generation.base?.pointer.record.fence ?? 0;
  if (!engine.sweep || fence - committed < 2) return;
  const prefix = intentsPrefix(table, partition);
  for await (const { objects } of target.list({ prefix })) {
    spent.list += 1;
    for (const { key } of objects) {
      const [, runId = '', number = ''] = /^([0-9a-f]+)\/(\d+)\.json$/.exec(key.slice(prefix.length)) ?? [];
      const earlier = Number(number);
      if (runId !== '' && earlier > committed && earlier < fence)
        await engine.sweep(attemptPath(table, partition, runId, earlier));
    }
  }
}
