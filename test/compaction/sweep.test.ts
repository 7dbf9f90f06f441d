/** Only what attempts since the last commit may have left is swept, and only where an engine can leave something. */
import t from 'tap';
import type { Attempt } from '../../src/compaction/commit.js';
import { attemptPath, intentKey } from '../../src/compaction/partition.js';
import { sweepEarlier } from '../../src/compaction/sweep.js';
import type { CompactionTable } from '../../src/compaction/table.js';
import { memoryStore } from './memory-store.js';

const table = { name: 't', targetPrefix: 'lake/' } as CompactionTable;
const partition = 'hour=05';
const [first, second] = ['a'.repeat(64), 'b'.repeat(64)];

async function swept(fence: number, committed: number | undefined, sweeps = true): Promise<string[]> {
  const target = memoryStore();
  for (const [runId, number] of [
    [first, 1],
    [first, 2],
    [second, 3],
    [second, 4],
    [second, 5],
  ] as const)
    target.put(intentKey(table, partition, runId, number), '{}');
  const paths: string[] = [];
  const sweep = async (path: string): Promise<void> => void paths.push(path);
  const engine = { name: 'athena', write: async () => undefined, ...(sweeps ? { sweep } : {}) };
  const base = committed === undefined ? undefined : { pointer: { record: { fence: committed } } };
  const attempt = {
    ports: { engine, target },
    table,
    partition,
    fence,
    generation: { base },
    spent: { list: 0 },
  };
  await sweepEarlier(attempt as unknown as Attempt);
  return paths;
}

t.test('every attempt before this one and after the last commit is swept', async (t) => {
  const path = (runId: string, fence: number) => attemptPath(table, partition, runId, fence);
  t.same(await swept(4, undefined), [path(first, 1), path(first, 2), path(second, 3)]);
  t.same(await swept(5, 2), [path(second, 3), path(second, 4)]);
});

t.test(
  'the first attempt, the first after a commit, and an engine that leaves nothing: nothing is swept',
  async (t) => {
    t.same(await swept(1, undefined), []);
    t.same(await swept(3, 2), []);
    t.same(await swept(5, undefined, false), []);
  },
);
