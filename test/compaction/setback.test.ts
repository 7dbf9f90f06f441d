/** What fails for a lasting cause is not paid for at every tick; what an hour came to survives that its claim cannot be ended. */
import t from 'tap';
import { claimHour } from '../../src/compaction/claim.js';
import type { Claim } from '../../src/compaction/journal.js';
import { claimKey, intentsPrefix, pointerKey } from '../../src/compaction/partition.js';
import type { CompactionPorts, Engine } from '../../src/compaction/ports.js';
import { plan, run } from '../../src/compaction/run.js';
import type { CompactionTable } from '../../src/compaction/table.js';
import { type ErrorCode, raise } from '../../src/kernel/errors.js';
import { fakeWorld, fill, hour, publishedRecords, sourceKey, table, type World } from './fake-world.js';

const hourMs = 3_600_000;
const quiet = { progress: () => undefined, signal: new AbortController().signal };
const runs = (ports: CompactionPorts, of: CompactionTable = table, request = {}) =>
  run(ports, of, request, quiet);
const claimOf = (world: World): Claim => JSON.parse(world.target.text(claimKey(table, hour(3)))) as Claim;

/** An engine that fails, and how often it was asked. */
function failing(world: World, code: ErrorCode = 'ENGINE_FAILED') {
  let asked = 0;
  const engine = (inner: Engine): Engine => ({
    ...inner,
    write: async () => {
      asked += 1;
      return raise(code, { engine: 'duckdb', partition: hour(3), why: 'out of memory' });
    },
  });
  return { ports: () => world.ports({ engine }), asked: () => asked };
}

t.test('an engine that fails on the same sources is asked with pauses that grow to a day', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  const { ports, asked } = failing(world);
  const ticks: number[] = [];
  const reasons = new Set<string>();
  for (let tick = 0; tick < 80; tick++) {
    const before = asked();
    const row = (await runs(ports())).partitions[0]!;
    t.equal(row.state, 'failed');
    reasons.add(row.reason);
    if (asked() > before) ticks.push(tick);
    world.advance(hourMs);
  }
  t.strictSame(ticks, [0, 1, 2, 4, 8, 16, 32, 56]);
  t.equal(reasons.size, 1, 'the same news every time');
  t.match([...reasons][0], /failed on .*: out of memory\. .*tried again by the next run, then after pauses/);
  const { setback } = claimOf(world);
  t.match(setback, { step: 'compact', times: 8, why: /out of memory/ });
  const intents = world.target.keys().filter((key) => key.startsWith(intentsPrefix(table, hour(3))));
  t.equal(intents.length, 8, 'every attempt has its record');
});

t.test('other sources, other rules and an hour asked for by name are tried at once', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [3]);
  const { ports, asked } = failing(world);
  await runs(ports());
  await runs(ports());
  await runs(ports());
  t.equal(asked(), 2);
  t.equal((await plan(ports(), table, { partition: hour(3) })).partitions[0]?.state, 'due');
  await runs(ports(), table, { partition: hour(3) });
  t.equal(asked(), 3);
  await runs(ports(), { ...table, onBadRow: 'quarantine' });
  t.equal(asked(), 4);
  world.source.put(sourceKey(3, 'more.csv'), 'id,town\n999,Ulm\n');
  t.match((await runs(world.ports())).partitions[0], { state: 'compacted' });
  t.strictSame(publishedRecords(world), [...records, '999,Ulm'].sort());
  t.equal(claimOf(world).setback, undefined, 'what went well leaves nothing behind');
});

t.test('what may pass by itself makes no pause', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  const { ports, asked } = failing(world, 'STORE_THROTTLED');
  for (let tick = 0; tick < 5; tick++) await runs(ports());
  t.equal(asked(), 5);
});

/** The write that ends a claim does not come through. */
function unreleasable(world: World, hooks = {}): CompactionPorts {
  const ports = world.ports(hooks);
  const write: typeof ports.target.write = async (key, body, condition) =>
    new TextDecoder().decode(body).includes('"released": true')
      ? raise('STORE_THROTTLED', { what: key })
      : ports.target.write(key, body, condition);
  return { ...ports, target: { ...ports.target, write } };
}

t.test('a commit is told as a commit though its claim could not be ended', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [3]);
  const row = (await runs(unreleasable(world))).partitions[0]!;
  t.match(row, { state: 'compacted', generation: 1, target: { rows: 6 } });
  t.match(row.reason, /^Its claim could not be ended and runs out by itself in two minutes: .*slow down/);
  t.strictSame(publishedRecords(world), records);
  world.advance(120_001);
  t.match((await runs(world.ports())).partitions[0], { state: 'compacted', reason: '' });
});

t.test('the first error is told, not that of the claim that could not be ended after it', async (t) => {
  for (const [code, words] of [
    ['STORE_FAILED', /on ".*" failed: out of memory/],
    ['ENGINE_FAILED', /failed on .*: out of memory/],
  ] as const) {
    const world = fakeWorld();
    fill(world, [3]);
    const engine = (inner: Engine): Engine => ({
      ...inner,
      write: async () =>
        raise(code, { engine: 'x', action: 'put', what: 'k', partition: hour(3), why: 'out of memory' }),
    });
    const row = (await runs(unreleasable(world, { engine }))).partitions[0]!;
    t.match(row, { state: 'failed', reason: words });
  }
});

t.test(
  "a race lost to another runner's mark is no commit: the hour is looked at again at once",
  async (t) => {
    const world = fakeWorld();
    const records = fill(world, [3]);
    await runs(world.ports());
    world.source.put(sourceKey(3, 'late.csv'), 'id,town\n999,Ulm\n');
    let writes = 0;
    const marking = world.ports({
      engine: (inner) => ({
        ...inner,
        write: async (job) => {
          writes += 1;
          const key = pointerKey(table, hour(3));
          const pointer = JSON.parse(world.target.text(key)) as Record<string, unknown>;
          const marked = { ...pointer, retiring: true, revision: Number(pointer.revision) + 1 };
          if (writes === 1) world.target.put(key, JSON.stringify(marked));
          return inner.write(job);
        },
      }),
    });
    const row = (await runs(marking)).partitions[0]!;
    t.match(row, { state: 'compacted', generation: 2, target: { rows: 7 } });
    t.equal(writes, 2);
    t.strictSame(publishedRecords(world), [...records, '999,Ulm'].sort());
  },
);

t.test('who loses every race says so and leaves the hour due', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  await runs(world.ports());
  world.source.put(sourceKey(3, 'late.csv'), 'id,town\n999,Ulm\n');
  const marking = world.ports({
    engine: (inner) => ({
      ...inner,
      write: async (job) => {
        const key = pointerKey(table, hour(3));
        const pointer = JSON.parse(world.target.text(key)) as Record<string, unknown>;
        world.target.put(key, JSON.stringify({ ...pointer, revision: Number(pointer.revision) + 1 }));
        return inner.write(job);
      },
    }),
  });
  const row = (await runs(marking)).partitions[0]!;
  t.match(row, { state: 'due', generation: 1, reason: /^Another run changed its pointer first/ });
  t.match((await runs(world.ports())).partitions[0], { state: 'compacted', generation: 2 });
});

const farAhead = (ports: CompactionPorts): CompactionPorts => ({
  ...ports,
  clock: { now: () => ports.clock.now() + 400 * 24 * hourMs },
});

t.test('a claim of a dead runner whose clock was far ahead holds nothing up', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [3]);
  const of = { runId: 'x', isNew: true };
  t.ok(await claimHour(farAhead(world.ports()), table, hour(3), of));
  t.match((await runs(world.ports())).partitions[0], { state: 'compacted' });
  t.strictSame(publishedRecords(world), records);
  const other = fakeWorld();
  fill(other, [3]);
  const near = other.ports();
  const clock = { now: () => near.clock.now() + hourMs / 2 };
  t.ok(await claimHour({ ...near, clock }, table, hour(3), of));
  t.match((await runs(other.ports())).partitions[0], { state: 'running' }, 'half an hour is no fault');
});

t.test('a failure that a clock far ahead has written makes no pause', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  const { ports, asked } = failing(world);
  const late = { ...table, lookbackMs: 1e13 };
  for (let n = 0; n < 2; n++) await runs(farAhead(ports()), late);
  t.equal(asked(), 2);
  world.advance(130_000);
  await runs(ports(), late);
  t.equal(asked(), 3, 'tried by the right clock');
  await runs(ports(), late);
  t.equal(asked(), 3, 'and paused from then on');
});

t.test('a failure that may pass by itself says what to do too', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  const engine = (inner: Engine): Engine => ({
    ...inner,
    write: async () => raise('ENGINE_UNAVAILABLE', { engine: 'trino', why: 'no answer', hint: 'Start it.' }),
  });
  const [row] = (await runs(world.ports({ engine }))).partitions;
  t.match(row, { state: 'failed', reason: /^Engine "trino" is not available: no answer\. Start it\.$/ });
});

t.test(
  'an hour that failed until it was older than lookback stays in sight and is tried by name',
  async (t) => {
    const world = fakeWorld();
    const records = fill(world, [3, 4]);
    const engine = (inner: Engine): Engine => ({
      ...inner,
      write: async (job) =>
        job.partition === hour(3)
          ? raise('ENGINE_FAILED', { engine: 'duckdb', partition: job.partition, why: 'out of memory' })
          : inner.write(job),
    });
    await runs(world.ports({ engine }));
    fill(world, [5]);
    world.advance(8 * 24 * hourMs);
    for (let n = 0; n < 2; n++) {
      const { partitions } = await runs(world.ports());
      t.strictSame(
        partitions.map(({ partition, state }) => [partition, state]),
        [
          [hour(3), 'failed'],
          [hour(4), 'compacted'],
        ],
        'one that was never tried is not',
      );
      t.match(
        partitions[0]?.reason,
        /^It is older than lookback and is tried only when named by --partition or --from\. It failed: .*out of memory\. [^.]*\.[^.]*\.$/,
      );
    }
    t.match((await runs(world.ports(), table, { partition: hour(3) })).partitions, [{ state: 'compacted' }]);
    t.strictSame(publishedRecords(world), records);
  },
);
