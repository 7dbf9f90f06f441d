/** What an attempt begins elsewhere is written down first, gone on with by the next runner of the same work, and swept at last. */
import t from 'tap';
import type { Engine, Submission, WriteJob } from '../../src/compaction/ports.js';
import { run } from '../../src/compaction/run.js';
import { raise } from '../../src/kernel/errors.js';
import { fakeWorld, fill, hour, publishedRecords, table, type World } from './fake-world.js';

const day = 86_400_000;
const afterLease = 120_001;
const records = (world: World): string[] => world.target.keys().filter((key) => key.includes('/under-way/'));

interface Elsewhere {
  readonly jobs: { readonly path: string; readonly found: readonly Submission[] | undefined }[];
  readonly swept: string[];
  /** Before the engine writes. */
  act: (job: WriteJob) => void;
  /** Whether it says that nothing is left. */
  place?: string;
  isClean: boolean;
  /** Whether it says, when it fails, that something may be at work. */
  isUnsure: boolean;
  sweeps: boolean;
}

const elsewhere = (): Elsewhere => ({
  jobs: [],
  swept: [],
  act: () => undefined,
  isClean: true,
  isUnsure: false,
  sweeps: true,
});

const engineOf =
  (state: Elsewhere) =>
  (inner: Engine): Engine => ({
    name: 'athena',
    ...(state.place === undefined ? {} : { place: state.place }),
    write: async (job) => {
      state.jobs.push({ path: job.attemptPath, found: job.log?.found });
      await job.log?.note({ number: 0, query: `query ${state.jobs.length}` });
      if (state.isUnsure) await job.log?.unsure();
      state.act(job);
      const result = await inner.write(job);
      if (state.isClean) job.log?.gone();
      return result;
    },
    sweep: async (path) => {
      if (!state.sweeps) raise('ENGINE_FAILED', { engine: 'athena', partition: path, why: 'no' });
      state.swept.push(path);
    },
  });

const runs = (world: World, state: Elsewhere, of = table) =>
  run(world.ports({ engine: engineOf(state) }), of, {}, watch());
const watch = () => ({ progress: () => undefined, signal: new AbortController().signal });

/** A runner that is killed in the middle of its write: it says nothing more, not even that it ends. */
async function killed(world: World, state: Elsewhere): Promise<void> {
  const ports = world.ports({ engine: engineOf(state) });
  let isDead = false;
  const dead = new Proxy(ports.target, {
    get: (target, name) =>
      isDead
        ? () => raise('STORE_FAILED', { action: String(name), what: '', why: 'dead' })
        : Reflect.get(target, name),
  });
  state.act = () => {
    isDead = true;
    raise('ENGINE_UNAVAILABLE', { engine: 'athena', why: 'dead', hint: '' });
  };
  await run({ ...ports, target: dead }, table, {}, watch()).catch(() => undefined);
  state.act = () => undefined;
  world.advance(afterLease);
}

t.test('an undisturbed attempt is written down while it goes on, and no longer', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  const state = elsewhere();
  state.act = () => {
    const [key = ''] = records(world);
    t.match(JSON.parse(world.target.text(key)), {
      partition: hour(3),
      attemptPath: state.jobs[0]!.path,
      statements: [{ number: 0, query: 'query 1' }],
    });
  };
  await runs(world, state);
  t.same(records(world), []);
  t.same([state.jobs[0]?.found, state.swept], [undefined, []]);
});

t.test('an engine that leaves nothing elsewhere writes nothing down', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  await run(world.ports(), table, {}, watch());
  t.notOk(world.target.writes.some(({ key }) => key.includes('/under-way/')));
});

t.test('what a killed runner had begun is gone on with, under its path', async (t) => {
  const world = fakeWorld();
  const rows = fill(world, [3]);
  const state = elsewhere();
  await killed(world, state);
  t.equal(records(world).length, 1);
  const report = await runs(world, state);
  t.equal(report.partitions[0]?.state, 'compacted');
  const [first, second] = state.jobs;
  t.equal(second?.path, first?.path);
  t.same(second?.found, [{ number: 0, query: 'query 1' }]);
  t.same(publishedRecords(world), rows);
  t.same([records(world), state.swept], [[], []]);
});

for (const code of ['ENGINE_FAILED', 'CONDITION_FAILED'] as const)
  t.test(`what ends in ${code} is begun anew under another path, and swept`, async (t) => {
    const world = fakeWorld();
    const rows = fill(world, [3]);
    const state = elsewhere();
    await killed(world, state);
    state.isClean = false;
    state.act = ({ log }) => {
      if (log?.found) raise(code, { engine: 'athena', partition: '', why: 'gone', key: '' });
    };
    const report = await runs(world, state);
    t.equal(report.partitions[0]?.state, 'compacted');
    const paths = state.jobs.map(({ path }) => path);
    t.equal(new Set(paths).size, 2);
    t.equal(state.jobs[2]?.found, undefined);
    t.same(state.swept.toSorted(), [...new Set(paths)].sort());
    t.same(publishedRecords(world), rows);
    t.same(records(world), []);
  });

t.test('an engine that cannot be reached keeps what is under way for the run after', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  const state = elsewhere();
  await killed(world, state);
  state.isClean = false;
  state.sweeps = false;
  state.act = () => raise('ENGINE_UNAVAILABLE', { engine: 'athena', why: 'down', hint: '' });
  t.equal((await runs(world, state)).partitions[0]?.state, 'failed');
  t.equal(records(world).length, 1, 'and nothing was begun beside it');
  Object.assign(state, { act: () => undefined, isClean: true });
  t.equal((await runs(world, state)).partitions[0]?.state, 'compacted');
  t.equal(new Set(state.jobs.map(({ path }) => path)).size, 1);
  t.same(records(world), []);
});

t.test('another object in the hour, or another rule, is other work: it is begun anew', async (t) => {
  for (const of of [table, { ...table, targetFileBytes: 1 << 20 }]) {
    const world = fakeWorld();
    fill(world, [3]);
    const state = elsewhere();
    await killed(world, state);
    if (of === table) fill(world, [3], 4);
    await runs(world, state, of);
    t.equal(state.jobs[1]?.found, undefined);
    t.same(state.swept, [state.jobs[0]?.path]);
    t.same(records(world), []);
  }
});

t.test('what is left behind is swept by the first run that can', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  const state = elsewhere();
  Object.assign(state, { isClean: false, sweeps: false });
  t.equal((await runs(world, state)).partitions[0]?.state, 'compacted');
  t.equal(records(world).length, 1);
  state.sweeps = true;
  await runs(world, state);
  t.same([state.swept, records(world)], [[state.jobs[0]?.path], []]);
  await runs(world, state);
  t.equal(state.swept.length, 1);
});

t.test('what a live runner is at, or the next run of its hour goes on with, is not swept', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  const state = elsewhere();
  await killed(world, state);
  const later = { ...table, settleMs: 30 * day };
  world.advance(-afterLease);
  await runs(world, state);
  t.equal(records(world).length, 1, 'its lease holds');
  world.advance(afterLease);
  await runs(world, state, later);
  t.same([state.swept, records(world).length], [[], 1], 'this run does not do its hour');
  world.advance(4 * day);
  await runs(world, state, later);
  t.same([state.swept.length, records(world)], [1, []], 'it is too old to be gone on with');
});

t.test(
  'what may still be at work is gone on with, and not swept, though its runner ended in order',
  async (t) => {
    const world = fakeWorld();
    const rows = fill(world, [3]);
    const state = elsewhere();
    state.isClean = false;
    state.isUnsure = true;
    state.act = () => raise('ENGINE_UNAVAILABLE', { engine: 'athena', why: 'no answer', hint: 'Wait.' });
    for (let n = 0; n < 2; n++) {
      const [row] = (await runs(world, state)).partitions;
      t.match(row, { state: 'failed', reason: /no answer\. Wait\.$/ });
      t.same([state.swept, records(world).length], [[], 1]);
    }
    Object.assign(state, { isClean: true, isUnsure: false, act: () => undefined });
    t.equal((await runs(world, state)).partitions[0]?.state, 'compacted');
    t.equal(new Set(state.jobs.map(({ path }) => path)).size, 1, 'nothing was begun beside it');
    t.same(publishedRecords(world), rows);
    t.same([state.swept, records(world)], [[], []]);
  },
);

t.test(
  'what was begun in another place is not gone on with, nor swept here, and is told until it is gone',
  async (t) => {
    const world = fakeWorld();
    const rows = fill(world, [3]);
    const state = elsewhere();
    state.place = 'schema hive.old of http://trino';
    await killed(world, state);
    state.place = 'schema hive.new of http://trino';
    const notes: string[] = [];
    const again = () =>
      run(
        world.ports({ engine: engineOf(state) }),
        table,
        {},
        { ...watch(), note: (line) => void notes.push(line) },
      );
    t.equal((await again()).partitions[0]?.state, 'compacted');
    t.same(publishedRecords(world), rows);
    t.equal(state.jobs[1]?.found, undefined, 'begun anew');
    t.same([state.swept, records(world).length], [[], 1]);
    t.match(notes, [/hour=03 was begun in schema hive\.old of http:\/\/trino, .* delete "lake.*under-way/]);
    state.place = 'schema hive.old of http://trino';
    await again();
    t.same([state.swept, records(world)], [[state.jobs[0]?.path], []], 'once the config names it again');
    t.equal(notes.length, 1);
  },
);
