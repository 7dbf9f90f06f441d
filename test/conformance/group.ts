/** What an engine that writes several hours by one statement must do: to each hour its own rows, in its own attempt path. */
import type { Test } from 'tap';
import type { GroupAnswer, WriteJob } from '../../src/compaction/ports.js';
import { type EngineWorld, jobFor, rowsOf } from './engine.js';

const partition = (h: number): string => `year=2026/month=11/day=22/hour=0${h}`;
const root = 'lake/_bucketwise/t/data';
const shared = `${root}/${partition(1)}/run-1-group/`;

const hourJob = (
  world: EngineWorld,
  h: number,
  text: string,
  job: Partial<WriteJob> = {},
): Promise<WriteJob> =>
  jobFor(
    world,
    { [`csv/${partition(h)}/a.csv`]: text },
    { partition: partition(h), attemptPath: `${root}/${partition(h)}/run-1/`, ...job },
  );

export async function groupSuite(t: Test, name: string, open: () => Promise<EngineWorld>): Promise<void> {
  const test = (what: string, act: (t: Test, world: EngineWorld) => Promise<void>) =>
    t.test(`${name}, several hours: ${what}`, async (t) => {
      const world = await open();
      t.teardown(() => world.close());
      await act(t, world);
    });
  const asked = async ({ engine, target }: EngineWorld, jobs: readonly WriteJob[]) => {
    let isGone = false;
    const gone = (): void => {
      isGone = true;
    };
    const answers = await engine.writeGroup!(jobs, { path: shared, log: { gone } });
    const left: string[] = [];
    for await (const { objects } of target.list({ prefix: shared }))
      left.push(...objects.map(({ key }) => key));
    return { answers, left, isGone };
  };
  const read = async (
    { target }: EngineWorld,
    answer: GroupAnswer | undefined,
    { attemptPath }: WriteJob,
  ) => {
    if (answer?.outcome !== 'written') throw new Error(JSON.stringify(answer));
    const stray = answer.files.find(({ key }) => !key.startsWith(attemptPath));
    if (stray) throw new Error(`${stray.key} is not below ${attemptPath}`);
    const rows = await rowsOf(target, answer);
    return rows.map(({ id, town }) => `${id},${town}`).sort();
  };

  await test('each gets its rows, whatever else its texts hold, and nothing stays where they were written', async (t, world) => {
    const jobs = [
      await hourJob(world, 1, 'id,town\n1,Ulm\n2,\n'),
      await hourJob(world, 2, 'id,town\n3,""\n4,back\\slash\\\n'),
      await hourJob(
        world,
        3,
        'id,town\n5,"it\'s; DROP TABLE x, --"\n\u0001,control\n'.replace('\u0001,', '6,\u0001'),
      ),
    ];
    const { answers, left, isGone } = await asked(world, jobs);
    t.same(await read(world, answers[0], jobs[0]!), ['1,Ulm', '2,null']);
    t.same(await read(world, answers[1], jobs[1]!), ['3,', '4,back\\slash\\']);
    t.same(await read(world, answers[2], jobs[2]!), ["5,it's; DROP TABLE x, --", '6,\u0001control']);
    t.same(left, []);
    t.ok(isGone, 'no table is left');
  });

  await test("large ones become several files each, and no row is lost, doubled or another hour's", async (t, world) => {
    const lines = (from: number): string[] =>
      Array.from(
        { length: 12_000 },
        (_, n) => `${from + n},${Math.imul(n, 2_654_435_761) >>> 0}-${n * 7919}`,
      );
    const how = { targetFileBytes: 100_000, expected: { rows: 12_000, bytes: 280_000 } };
    const texts = [0, 100_000].map(lines);
    const jobs = await Promise.all(
      texts.map((rows, at) => hourJob(world, at + 1, `id,town\n${rows.join('\n')}\n`, how)),
    );
    const { answers } = await asked(world, jobs);
    for (const [at, answer] of answers.entries()) {
      t.same(await read(world, answer, jobs[at]!), texts[at]!.toSorted());
      if (answer.outcome === 'written') t.ok(answer.files.length >= 2, `${answer.files.length} files`);
    }
  });

  await test('a value that does not fit one leaves all to be written alone', async (t, world) => {
    const jobs = [await hourJob(world, 1, 'id,town\n1,Ulm\n'), await hourJob(world, 2, 'id,town\nx,Ulm\n')];
    const { answers, isGone } = await asked(world, jobs);
    t.same(answers, [{ outcome: 'alone' }, { outcome: 'alone' }]);
    t.ok(isGone);
    const result = await world.engine.write(jobs[1]!);
    t.match(result, { outcome: 'refused', why: /"id": "x" would not be kept as bigint/ });
    t.match(await world.engine.write(jobs[0]!), { outcome: 'written' }, 'its attempt path is as it was');
  });

  await test('one that a plain reader would change is left out, the others go on', async (t, world) => {
    const jobs = [
      await hourJob(world, 1, 'id,town\n1,Ulm\n'),
      await hourJob(world, 2, 'id,town\n2,"a\nb"\n'),
      await hourJob(world, 3, 'id,town\n3,Bern\n'),
      await hourJob(world, 4, 'id,town\n4,Bonn\n'),
    ];
    const { answers } = await asked(world, jobs);
    t.equal(answers[1]?.outcome, 'alone');
    t.same(await read(world, answers[2], jobs[2]!), ['3,Bern']);
    t.same(await read(world, answers[3], jobs[3]!), ['4,Bonn']);
  });

  await test('one with other rows than were counted, or a changed source, is not brought; the others are', async (t, world) => {
    const jobs = [
      await hourJob(world, 1, 'id,town\n1,Ulm\n'),
      await hourJob(world, 2, 'id,town\n2,Ulm\n', { expected: { rows: 2, bytes: 16 } }),
      await hourJob(world, 3, 'id,town\n3,Ulm\n'),
    ];
    const [{ key, etag } = { key: '', etag: '' }] = jobs[2]!.sources;
    await world.source.write(key, new TextEncoder().encode('id,town\n4,Rom\n'), { etag });
    const { answers } = await asked(world, jobs);
    t.same(await read(world, answers[0], jobs[0]!), ['1,Ulm']);
    t.same(answers[1], { outcome: 'alone' });
    t.match(answers[2], { outcome: 'failed', error: { code: 'OBJECT_CHANGED' } });
  });

  await test('an interrupt is told to each as one', async (t, world) => {
    const { signal } = { signal: AbortSignal.abort() };
    const jobs = [
      await hourJob(world, 1, 'id,town\n1,Ulm\n', { signal }),
      await hourJob(world, 2, 'id,town\n2,Ulm\n', { signal }),
    ];
    const told = { outcome: 'failed', error: { code: 'INTERRUPTED' } };
    t.match((await asked(world, jobs)).answers, [told, told]);
  });
}
