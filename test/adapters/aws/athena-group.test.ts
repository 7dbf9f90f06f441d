/** Several hours in one CTAS or UNLOAD, through the real SDK client and an endpoint that executes. */
import t from 'tap';
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
