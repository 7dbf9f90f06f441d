/** An attempt through Athena cut at every call it makes, in three ways: no wrong row, no second run, nothing left over. */
import t from 'tap';
import type { WriteResult } from '../../src/compaction/ports.js';
import { type AthenaWorld, athenaWorld } from '../athena/world.js';
import { rowsOf, written } from '../conformance/engine.js';

const files = { 'csv/a.csv': 'id,town\n1,Ulm\n', 'csv/b.csv': 'id,town\n2,Bern\n' };
const rows = [
  { id: 1n, town: 'Ulm' },
  { id: 2n, town: 'Bern' },
];
const attempts = [1, 2].map((fence) => `lake/_bucketwise/t/data/hour=05/run-${fence}/`);

/** The sources lie there from the first time on. */
const again = (world: AthenaWorld): AthenaWorld => ({
  ...world,
  engine: world.again(),
  source: {
    ...world.store,
    write: async (key, body, condition) => {
      const put = await world.store.write(key, body, condition);
      return put.outcome === 'written' ? put : { outcome: 'written', etag: world.store.etags()[key]! };
    },
  },
});

const writesOf = (world: AthenaWorld, path: string): number =>
  world.athena.statements.filter((sql) => sql.startsWith('CREATE TABLE') && sql.includes(path)).length;

async function callsOfOne(): Promise<number> {
  const world = await athenaWorld(t);
  await written(world, files);
  await world.close();
  return world.athena.calls.length;
}

const calls = await callsOfOne();
t.comment(`${calls} calls an attempt, each cut in three ways`);

for (const way of ['before', 'after', 'dead'] as const)
  t.test(
    `cut at each of ${calls} calls (${way}): the attempt goes on or fails, the next one is whole`,
    async (t) => {
      let ended = 0;
      for (let at = 1; at <= calls; at += 1) {
        const world = await athenaWorld(t);
        world.athena.cut(at, way);
        const isRight = async (result: WriteResult | undefined): Promise<void> => {
          if (!result) return;
          const read = await rowsOf(world.target, result);
          t.same(
            read.toSorted((a, b) => Number(a.id) - Number(b.id)),
            rows,
            `call ${at}`,
          );
        };
        const job = (attemptPath: string) => written(again(world), files, { attemptPath });
        const first = await job(attempts[0]!).catch(() => undefined);
        await isRight(first);
        world.athena.cut(undefined);
        // The same attempt by a process started anew: it finds what was submitted, and submits nothing twice.
        const resumed = await job(attempts[0]!).catch(() => undefined);
        await isRight(resumed);
        if (first && resumed) ended += 1;
        t.ok(writesOf(world, attempts[0]!) <= 1, `call ${at}: written at most once`);
        const next = await job(attempts[1]!);
        await isRight(next);
        t.equal(next.outcome, 'written');
        await world.engine.sweep?.(attempts[0]!);
        t.same([...world.athena.runner.tables.keys()], [], `call ${at}: no table is left`);
        await world.close();
      }
      t.comment(`${ended} of ${calls} attempts ended as if nothing had happened`);
      if (way !== 'dead') t.ok(ended > calls / 2);
    },
  );
