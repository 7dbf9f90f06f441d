/** An hour that was committed is shown, also when its sources vanish before that. */
import t from 'tap';
import type { CompactionPorts } from '../../src/compaction/ports.js';
import { plan, run } from '../../src/compaction/run.js';
import { raise } from '../../src/kernel/errors.js';
import {
  fakeWorld,
  fill,
  hour,
  knife,
  publishedRecords,
  sourceKey,
  table,
  type World,
} from './fake-world.js';

const day = 86_400_000;
const runs = (ports: CompactionPorts) =>
  run(ports, table, {}, { progress: () => undefined, signal: new AbortController().signal });
const marks = ({ target }: World): string[] => target.keys().filter((key) => key.includes('/unshown-'));

function notCopying(world: World): CompactionPorts {
  const ports = world.ports();
  const copy: typeof ports.target.copy = async (from) =>
    raise('STORE_FAILED', { action: 's3:PutObject', what: from.key, why: 'cut' });
  return { ...ports, target: { ...ports.target, copy } };
}

function lifecycle({ source }: World): void {
  for (const key of source.keys()) source.drop(key);
}

t.test('an hour committed and not shown is shown by the next run though its sources are gone', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [3]);
  t.match((await runs(notCopying(world))).partitions[0], { state: 'failed' });
  t.equal(marks(world).length, 1);
  world.advance(20 * day);
  lifecycle(world);
  t.match((await plan(world.ports(), table, {})).partitions, [
    { partition: hour(3), state: 'due', reason: 'Committed, not yet under its final names.' },
  ]);
  t.match((await runs(world.ports())).partitions, [{ state: 'compacted', generation: 1 }]);
  t.strictSame(publishedRecords(world), records);
  t.strictSame(marks(world), []);
  t.strictSame((await runs(world.ports())).partitions, [], 'then it is quiet again');
});

t.test('wherever a run is cut, no committed hour is forgotten and no mark is left in the end', async (t) => {
  const probe = fakeWorld();
  fill(probe, [3]);
  const whole = knife();
  await runs(probe.ports({ knife: whole }));
  let shown = 0;
  for (let at = 1; at <= whole.calls.length; at++)
    for (const way of ['before', 'after', 'kill'] as const) {
      const world = fakeWorld();
      const records = fill(world, [3]);
      await runs(world.ports({ knife: knife(at, way) })).catch((error: Error) =>
        t.match(error.message, /cut/),
      );
      lifecycle(world);
      world.advance(day);
      await runs(world.ports());
      const isCommitted = world.target.keys().some((key) => key.endsWith('pointer.json'));
      if (isCommitted) shown += 1;
      const expected = isCommitted ? records : [];
      if (publishedRecords(world).join() !== expected.join()) t.fail(`${way} ${at}: it is not shown`);
      world.advance(3 * day);
      await runs(world.ports());
      if (marks(world).length > 0) t.fail(`${way} ${at}: ${marks(world)} is left`);
    }
  t.ok(shown > 9, `${shown} of the cuts fell after the commit`);
});

t.test('a run lists the marks once, and a quiet one reads nothing of them', async (t) => {
  const world = fakeWorld();
  fill(world, [3, 4]);
  await runs(world.ports());
  const blade = knife();
  await runs(world.ports({ knife: blade }));
  const calls = blade.calls.filter(({ key }) => key.includes('/unshown-'));
  t.strictSame(
    calls.map(({ action }) => action),
    ['list'],
  );
});

t.test(
  'a mark of an attempt that was refused or broke off before its commit goes when it is old',
  async (t) => {
    const world = fakeWorld();
    fill(world, [3]);
    const blade = knife();
    await runs(world.ports({ knife: blade }));
    const at =
      blade.calls.findIndex(({ action, key }) => action === 'write' && key.endsWith('pointer.json')) + 1;
    const cut = fakeWorld();
    fill(cut, [3]);
    await runs(cut.ports({ knife: knife(at, 'kill') }));
    t.equal(marks(cut).length, 1);
    lifecycle(cut);
    cut.advance(3 * day);
    t.strictSame(
      (await runs(cut.ports())).partitions,
      [],
      'nothing was committed, so there is nothing to show',
    );
    t.equal(marks(cut).length, 1, 'its runner may still be at it');
    cut.advance(day);
    await runs(cut.ports());
    t.strictSame(marks(cut), []);
  },
);

/** Committed and not shown, and then an object came late. */
async function unshownAndLate(): Promise<{ world: World; records: string[] }> {
  const world = fakeWorld();
  const records = fill(world, [3]);
  await runs(notCopying(world));
  world.advance(130_000);
  world.source.put(sourceKey(3, 'late.csv'), 'id,town\n999,Rom\n');
  return { world, records };
}

t.test(
  'a committed generation is shown although the next one keeps failing, which waits longer each time',
  async (t) => {
    const { world, records } = await unshownAndLate();
    let tries = 0;
    const broken = () =>
      world.ports({
        engine: (inner) => ({
          ...inner,
          write: async ({ partition }) => {
            tries += 1;
            return raise('ENGINE_FAILED', { engine: 'duckdb', partition, why: 'the disk is full' });
          },
        }),
      });
    const seen: number[] = [];
    for (let h = 0; h < 8; h++) {
      const [row] = (await runs(broken())).partitions;
      t.match(row, { state: 'failed', generation: 1, reason: /the disk is full/ });
      t.strictSame(publishedRecords(world), records);
      seen.push(tries);
      world.advance(3_600_000);
    }
    t.strictSame(seen, [1, 2, 3, 3, 4, 4, 4, 4]);
    t.strictSame(marks(world), []);
  },
);

t.test('a run shows the generation before and takes the late object in', async (t) => {
  const { world, records } = await unshownAndLate();
  t.match((await runs(world.ports())).partitions[0], { state: 'compacted', generation: 2 });
  t.strictSame(publishedRecords(world), [...records, '999,Rom'].sort());
  const etags = world.target.etags();
  await runs(world.ports());
  t.strictSame(world.target.etags(), etags);
});

t.test('a generation that cannot be shown keeps no late object out', async (t) => {
  const { world } = await unshownAndLate();
  const catalog: CompactionPorts['catalog'] = {
    register: async (partition) =>
      raise('CATALOG_REFUSED', { table: 'web.trips', partition, why: 'it is not there', hint: 'Make it.' }),
    isProjected: async () => false,
  };
  for (let h = 0; h < 3; h++) await runs({ ...world.ports(), catalog });
  world.advance(60_000);
  const [row] = (await runs({ ...world.ports(), catalog })).partitions;
  t.match(row, { state: 'failed', generation: 2, reason: /it is not there/ });
  world.advance(25 * 3_600_000);
  t.match((await runs(world.ports())).partitions[0], { state: 'compacted', generation: 2 });
});

t.test('a catalog whose table is named, or named anew, later is told of the hours before', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  await runs(world.ports());
  fill(world, [4]);
  const told: string[] = [];
  const catalog: CompactionPorts['catalog'] = {
    register: async (partition) => {
      told.push(partition);
      return 'registered';
    },
    isProjected: async () => false,
  };
  const shownIn = (name: string) => ({ ...table, shownIn: name });
  const signal = new AbortController().signal;
  const tell = (of: typeof table, request = {}) =>
    run({ ...world.ports(), catalog }, of, request, { progress: () => undefined, signal });
  const planned = (await plan(world.ports(), shownIn('web.trips'), {})).partitions;
  t.match(planned[0], {
    state: 'due',
    reason: 'Committed, and table "web.trips" of the catalog was not told yet.',
  });
  await tell(shownIn('web.trips'));
  t.strictSame(told.sort(), [hour(3), hour(4)]);
  await tell(shownIn('web.trips'));
  t.equal(told.length, 2, 'once');
  lifecycle(world);
  await tell(shownIn('web.rides'));
  t.equal(told.length, 2, 'hours without sources are found by recovery');
  await tell(shownIn('web.rides'), { leftBehind: true, withRetired: true });
  t.strictSame(told.slice(2).sort(), [hour(3), hour(4)]);
  await tell(shownIn('web.rides'), { leftBehind: true, withRetired: true });
  t.equal(told.length, 4);
});
