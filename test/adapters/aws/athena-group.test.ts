/** Several hours in one CTAS or UNLOAD, through the real SDK client and an endpoint that executes. */
import t, { type Test } from 'tap';
import type { Told } from '../../athena/endpoint.js';
import { athenaWorld } from '../../athena/world.js';
import { jobFor } from '../../conformance/engine.js';

t.test('a workgroup that decides where tables go gets one UNLOAD for all hours', async (t) => {
  const world = await athenaWorld(t);
  t.teardown(() => world.close());
  world.athena.set({ enforced: true, output: 's3://lake/results/' });
  const scans: string[] = [];
  const jobs = [];
  for (const h of [1, 2])
    jobs.push(
      await jobFor(
        world,
        { [`csv/hour=0${h}/a.csv`]: `id,town\n${h},Ulm\n` },
        {
          partition: `hour=0${h}`,
          attemptPath: `p/${h}/`,
          scanned: ({ bytes, isFree }) => void scans.push(`hour ${h}: ${bytes > 0} ${isFree}`),
        },
      ),
    );
  const answers = await world.engine.writeGroup!(jobs, { path: 'p/group/', log: { gone: () => undefined } });
  t.match(answers, [
    { outcome: 'written', files: [{ key: /^p\/1\//, rows: 1 }] },
    { outcome: 'written', files: [{ key: /^p\/2\//, rows: 1 }] },
  ]);
  t.equal(world.athena.statements.filter((sql) => /^(UNLOAD|CREATE TABLE)/.test(sql)).length, 1);
  t.ok((answers[0] as { scannedBytes: number }).scannedBytes > 0);
  t.equal((answers[1] as { scannedBytes: number }).scannedBytes, 0, 'what was read once is told once');
  t.same(scans, ['hour 1: true false']);
});

t.test('files that a manifest does not name are published by nobody', async (t) => {
  for (const how of ['straggler', 'requeued'] as const) {
    const world = await athenaWorld(t);
    world.athena.tell({ on: /^CREATE TABLE/, how });
    const jobs = [];
    for (const h of [1, 2])
      jobs.push(
        await jobFor(
          world,
          { [`csv/hour=0${h}/a.csv`]: `id,town\n${h},Ulm\n` },
          { partition: `hour=0${h}`, attemptPath: `p/${h}/` },
        ),
      );
    const answers = await world.engine.writeGroup!(jobs, {
      path: 'p/group/',
      log: { gone: () => undefined },
    });
    t.match(answers, [
      { outcome: 'written', files: [{ rows: 1 }] },
      { outcome: 'written', files: [{ rows: 1 }] },
    ]);
    await world.close();
  }
});

const failure = (type: number, words: string): Told['how'] => ({
  state: 'FAILED',
  fault: { category: 1, type, retryable: false, words },
});

/** Two groups of two hours, for they are to be compressed in two ways. */
async function twoGroups(t: Test) {
  const world = await athenaWorld(t);
  t.teardown(() => world.close());
  const jobs = [];
  for (const h of [1, 2, 3, 4])
    jobs.push(
      await jobFor(
        world,
        { [`csv/hour=0${h}/a.csv`]: `id,town\n${h},Ulm\n` },
        { partition: `hour=0${h}`, attemptPath: `p/${h}/`, compression: h < 3 ? 'snappy' : 'zstd' },
      ),
    );
  return { world, jobs, shared: { path: 'p/x-group/', log: { gone: () => undefined } } };
}

t.test('tables of several groups below one path go with a sweep of that path', async (t) => {
  const { world, jobs, shared } = await twoGroups(t);
  for (let n = 0; n < 6; n += 1)
    world.athena.tell({ on: /^DROP/, how: failure(204, 'HIVE_METASTORE_ERROR') });
  t.match(await world.engine.writeGroup!(jobs, shared), Array(4).fill({ outcome: 'written' }));
  t.equal(world.athena.runner.tables.size, 6);
  await world.engine.sweep!(shared.path);
  t.equal(world.athena.runner.tables.size, 0);
});

t.test('an outage at the second group leaves what the first has written', async (t) => {
  const { world, jobs, shared } = await twoGroups(t);
  world.athena.tell({ on: /^CREATE TABLE .*ZSTD/s, how: failure(1500, 'Access denied') });
  t.match(await world.engine.writeGroup!(jobs, shared), [
    { outcome: 'written' },
    { outcome: 'written' },
    { outcome: 'failed', error: { code: 'PERMISSION_DENIED' } },
    { outcome: 'failed', error: { code: 'PERMISSION_DENIED' } },
  ]);
});
