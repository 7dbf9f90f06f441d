/** A day is made of what its hours were committed with: each of them once, all of them, and anew when one of them is. */
import t from 'tap';
import { pointerKey } from '../../src/compaction/partition.js';
import type { CompactionReport } from '../../src/compaction/plan.js';
import { hoursWanted, plan, run } from '../../src/compaction/run.js';
import type { CompactionTable } from '../../src/compaction/table.js';
import { verifyHours } from '../../src/compaction/verify-again.js';
import { parseLayout } from '../../src/prefixes/partition-keys.js';
import { day, dayPorts, days, hours, planDays, recordsBelow, runDays, runHours } from './days.js';
import { fakeWorld, fill, hour, sourceKey, type World } from './fake-world.js';

const toNextDay = 13 * 3_600_000;
const state = ({ partitions }: CompactionReport) =>
  partitions.map((row) => ({
    partition: row.partition,
    state: row.state,
    reason: row.reason,
    generation: row.generation,
  }));

/** The day is over, its hours are compacted, and so is the day. */
async function settled(at: readonly number[]): Promise<World> {
  const world = fakeWorld();
  fill(world, at);
  world.advance(toNextDay);
  await runHours(world);
  const [row] = (await runDays(world)).partitions;
  if (row?.state !== 'compacted') throw new Error(`the day is ${row?.state}: ${row?.reason}`);
  return world;
}

t.test('a day is due when it is over and none of its hours is open, due or late', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [3, 4, 23]);
  t.match(state(await planDays(world)), [
    { partition: day, state: 'open', reason: 'It is closed from 2026-11-23T00:10:00.000Z on.' },
  ]);
  await runHours(world);
  world.advance(toNextDay);
  t.match(state(await planDays(world)), [
    { state: 'open', reason: `It waits for table "trips": ${hour(23)} is due there.` },
  ]);
  t.match(state(await runDays(world)), [{ state: 'open', generation: 0 }]);
  t.same(recordsBelow(world, 'days/'), []);
  await runHours(world);
  t.match(state(await planDays(world)), [{ state: 'due', reason: '' }]);
  t.match(state(await runDays(world)), [{ state: 'compacted', generation: 1 }]);
  t.same(recordsBelow(world, 'days/'), records);
  t.match(state(await runDays(world)), [{ state: 'compacted', generation: 1 }]);
});

t.test('a day with an hour that is refused waits for it', async (t) => {
  const world = fakeWorld();
  fill(world, [3, 4]);
  world.source.put(sourceKey(5, 'bad.csv'), 'id,town\nx,Ulm\n');
  world.advance(toNextDay);
  await runHours(world);
  t.match(state(await runDays(world)), [
    { state: 'open', reason: `It waits for table "trips": ${hour(5)} is refused there.` },
  ]);
});

t.test('an hour that no run will take by itself any more is named with what to do', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  world.advance(30 * 86_400_000);
  const report = await plan(dayPorts(world), days, { from: 0 });
  t.match(state(report), [
    {
      reason: `It waits for table "trips": ${hour(3)} is older than its lookback there. Compact it with --from.`,
    },
  ]);
});

t.test('a late object of an hour makes the day anew, and replaces its one file', async (t) => {
  const world = await settled([3, 4]);
  const before = recordsBelow(world, 'days/');
  world.source.put(sourceKey(4, 'late.csv'), 'id,town\n499,Late\n');
  t.match(state(await runDays(world)), [
    { state: 'late', reason: `It waits for table "trips": ${hour(4)} is late there.`, generation: 1 },
  ]);
  t.same(recordsBelow(world, 'days/'), before);
  await runHours(world);
  t.match(state(await planDays(world)), [
    { state: 'due', reason: /^1 object came or changed after the commit/ },
  ]);
  t.same(recordsBelow(world, 'days/'), before, 'until then the day is as it was');
  t.match(state(await runDays(world)), [{ state: 'compacted', generation: 2 }]);
  t.same(recordsBelow(world, 'days/'), [...before, '499,Late'].sort());
  t.equal(world.target.keys().filter((key) => key.startsWith(`days/${day}/`)).length, 1);
});

t.test('an object of an hour that was overwritten is in the day with its new rows alone', async (t) => {
  const world = await settled([3]);
  world.source.put(sourceKey(3, '0.csv'), 'id,town\n300,Other\n');
  await runHours(world);
  await runDays(world);
  t.same(recordsBelow(world, 'days/'), ['300,Other', '310,Ulm', '311,Bern', '320,Ulm', '321,Bern']);
});

t.test('an hour that gets its first object after the day was committed is taken in', async (t) => {
  const world = await settled([3]);
  const more = fill(world, [7]);
  await runHours(world);
  t.match(state(await runDays(world)), [{ state: 'compacted', generation: 2 }]);
  t.same(recordsBelow(world, 'days/'), recordsBelow(world, 'lake/'));
  t.ok(more.every((record) => recordsBelow(world, 'days/').includes(record)));
});

t.test('sources of the hours that retire change nothing about the day', async (t) => {
  const world = await settled([3, 4]);
  const before = recordsBelow(world, 'days/');
  for (const key of world.source.keys()) world.source.drop(key);
  t.match(state(await planDays(world)), [{ state: 'compacted', generation: 1 }]);
  const first = fakeWorld();
  fill(first, [3, 4]);
  first.advance(toNextDay);
  await runHours(first);
  for (const key of first.source.keys()) first.source.drop(key);
  t.match(state(await runDays(first)), [{ state: 'compacted', generation: 1 }]);
  t.same(recordsBelow(first, 'days/'), before);
});

t.test('an hour whose journal is gone is not taken for an empty one', async (t) => {
  const world = await settled([3, 4]);
  const before = recordsBelow(world, 'days/');
  world.target.drop(pointerKey(hours, hour(4)));
  for (const key of world.source.keys()) world.source.drop(key);
  t.match(state(await runDays(world)), [
    {
      state: 'late',
      reason: `${hour(4)} has no commit in table "trips" any more; what was committed stays.`,
    },
  ]);
  t.same(recordsBelow(world, 'days/'), before);
});

t.test('a day of several files keeps what was committed, and says so', async (t) => {
  const world = fakeWorld();
  fill(world, [3, 4]);
  world.advance(toNextDay);
  await runHours(world);
  const small = { ...days, targetFileBytes: 200 };
  await runDays(world, {}, small);
  const before = recordsBelow(world, 'days/');
  world.source.put(sourceKey(4, 'late.csv'), 'id,town\n499,Late\n');
  await runHours(world);
  t.match(state(await runDays(world, {}, small)), [
    { state: 'late', reason: /its \d Parquet files cannot be replaced in one step.*larger target\.fileSize/ },
  ]);
  t.same(recordsBelow(world, 'days/'), before);
});

t.test('a day whose hours change while it is written is not committed', async (t) => {
  const world = fakeWorld();
  fill(world, [3, 4]);
  world.advance(toNextDay);
  await runHours(world);
  const report = await runDays(world, {
    engine: (inner) => ({
      ...inner,
      write: async (job) => {
        const result = await inner.write(job);
        world.source.put(sourceKey(4, 'late.csv'), 'id,town\n499,Late\n');
        await runHours(world);
        return result;
      },
    }),
  });
  t.match(state(report), [{ state: 'failed', reason: /There is no object ".*hour=04/ }]);
  t.same(recordsBelow(world, 'days/'), []);
  await runDays(world);
  t.same(recordsBelow(world, 'days/'), recordsBelow(world, 'lake/'));
});

t.test('a committed day can be verified against its evidence', async (t) => {
  const world = await settled([3, 4]);
  const ports = dayPorts(world);
  const verdicts = await verifyHours(ports, days, await hoursWanted(ports, days, {}), {
    progress: () => undefined,
    signal: new AbortController().signal,
  });
  t.match(verdicts, [{ partition: day, rows: 12, faults: [] }]);
});

const csvDays: CompactionTable = (({ upstream: _, format: __, ...rest }) => ({
  ...rest,
  columns: hours.columns,
  sourcePrefix: hours.sourcePrefix,
}))(days);

t.test('hours of CSV that nobody compacts become days at once', async (t) => {
  const world = fakeWorld();
  const records = [...fill(world, [3, 4, 23])].sort();
  world.source.put('raw/year=2026/month=11/day=23/hour=00/x.csv', 'id,town\n9000,Next\n');
  world.advance(toNextDay);
  const report = await run(
    world.ports(),
    csvDays,
    {},
    { progress: () => undefined, signal: new AbortController().signal },
  );
  t.match(state(report), [
    { partition: day, state: 'compacted' },
    { partition: 'year=2026/month=11/day=23', state: 'open' },
  ]);
  t.same(recordsBelow(world, 'days/'), records);
});

t.test(
  'sources of a day that vanished and others that came may be the same rows: the day stays',
  async (t) => {
    const world = fakeWorld();
    fill(world, [3, 4]);
    world.advance(toNextDay);
    const watch = { progress: () => undefined, signal: new AbortController().signal };
    await run(world.ports(), csvDays, {}, watch);
    const before = recordsBelow(world, 'days/');
    world.source.drop(sourceKey(3, '0.csv'));
    t.match(state(await plan(world.ports(), csvDays, {})), [{ state: 'compacted' }]);
    world.source.put(sourceKey(3, 'merged.csv'), 'id,town\n300,Ulm\n301,Bern\n');
    t.match(state(await run(world.ports(), csvDays, {}, watch)), [
      {
        state: 'late',
        reason: '1 of its sources is gone, and what came may stand in their place; what was committed stays.',
      },
    ]);
    t.same(recordsBelow(world, 'days/'), before);
  },
);

t.test('days of folders that share no folder of a day are found all the same', async (t) => {
  const world = fakeWorld();
  const table: CompactionTable = { ...csvDays, sourceLayout: parseLayout('dt=YYYY-MM-DD-HH') };
  world.source.put('raw/dt=2026-11-22-03/a.csv', 'id,town\n1,Ulm\n');
  world.source.put('raw/dt=2026-11-22-23/a.csv', 'id,town\n2,Bern\n');
  world.source.put('raw/dt=2026-11-23-00/a.csv', 'id,town\n3,Next\n');
  world.advance(toNextDay);
  await run(world.ports(), table, {}, { progress: () => undefined, signal: new AbortController().signal });
  t.same(recordsBelow(world, 'days/'), ['1,Ulm', '2,Bern']);
});

t.test('quarters of an hour become hours, and those become days', async (t) => {
  const world = fakeWorld();
  const watch = { progress: () => undefined, signal: new AbortController().signal };
  const quarters = parseLayout('year=YYYY/month=MM/day=DD/hour=HH/minute=mm', 900_000);
  const byHour: CompactionTable = { ...hours, sourceLayout: quarters };
  const byDay: CompactionTable = { ...days, upstream: { table: byHour, engine: 'duckdb' } };
  for (const minute of ['00', '15', '45'])
    world.source.put(`raw/${hour(11)}/minute=${minute}/a.csv`, `id,town\n11${minute},Ulm\n`);
  world.source.put(`raw/${hour(12)}/minute=00/a.csv`, 'id,town\n1200,Ulm\n');
  const rows = async () => state(await run(world.ports(), byHour, {}, watch));
  t.match(await rows(), [{ state: 'open' }, { state: 'open' }], 'the hour before noon has not settled');
  world.advance(600_000);
  t.match(await rows(), [{ partition: hour(11), state: 'compacted' }, { state: 'open' }]);
  world.advance(toNextDay);
  t.match(state(await run(dayPorts(world), byDay, {}, watch)), [
    { partition: day, state: 'open', reason: `It waits for table "trips": ${hour(12)} is due there.` },
  ]);
  await rows();
  await run(dayPorts(world), byDay, {}, watch);
  t.same(recordsBelow(world, 'days/'), ['1100,Ulm', '1115,Ulm', '1145,Ulm', '1200,Ulm']);
});

t.test('a quarter of an hour is due when it is over and settled', async (t) => {
  const world = fakeWorld();
  const layout = parseLayout('YYYY/MM/DD/HH/mm', 900_000);
  const table: CompactionTable = { ...hours, layout };
  world.source.put('raw/2026/11/22/11/30/a.csv', 'id,town\n1,Ulm\n');
  world.source.put('raw/2026/11/22/11/45/a.csv', 'id,town\n2,Bern\n');
  const planned = async () => state(await plan(world.ports(), table, {}));
  t.match(await planned(), [
    { partition: '2026/11/22/11/30', state: 'due' },
    {
      partition: '2026/11/22/11/45',
      state: 'open',
      reason: 'It is closed from 2026-11-22T12:10:00.000Z on.',
    },
  ]);
  const watch = { progress: () => undefined, signal: new AbortController().signal };
  await run(world.ports(), table, {}, watch);
  t.same(recordsBelow(world, 'lake/'), ['1,Ulm']);
});
