/** Many due hours in one statement: each is committed by itself, and what befalls one does not hold the others. */
import t from 'tap';
import type { Evidence, Pointer } from '../../src/compaction/journal.js';
import { attemptPath, attemptsRoot, pointerKey } from '../../src/compaction/partition.js';
import type { CompactionPorts, GroupAnswer } from '../../src/compaction/ports.js';
import { run } from '../../src/compaction/run.js';
import type { CompactionTable } from '../../src/compaction/table.js';
import { raise } from '../../src/kernel/errors.js';
import { cutEverywhere, type Group, grouping, many, ways } from './backfill.js';
import { fakeWorld, fill, hour, publishedRecords, sourceKey, table, type World } from './fake-world.js';

const quiet = { progress: () => undefined, signal: new AbortController().signal };
const runs = (ports: CompactionPorts, of: CompactionTable = many) => run(ports, of, {}, quiet);
const statesOf = ({ partitions }: Awaited<ReturnType<typeof run>>) =>
  partitions.map(({ state, reason }) => `${state}${reason && ` ${reason}`}`);
const pointerOf = (world: World, h: number): Pointer =>
  JSON.parse(world.target.text(pointerKey(many, hour(h)))) as Pointer;

t.test('due hours go by groups, each to a pointer, evidence and attempt path of its own', async (t) => {
  const world = fakeWorld();
  const hours = [1, 2, 3, 4, 5, 6];
  const records = fill(world, hours);
  const groups: Group[] = [];
  const report = await runs(grouping(world.ports(), groups));
  t.same([...new Set(statesOf(report))], ['compacted']);
  t.same(
    groups.map(({ partitions }) => partitions),
    [[1, 2, 3, 4].map(hour), [5, 6].map(hour)],
  );
  t.same(publishedRecords(world), records);
  const files = hours.map((h) => {
    const { files, runId, fence, evidence } = pointerOf(world, h);
    t.ok(files.every(({ key }) => key.startsWith(attemptPath(many, hour(h), runId, fence))));
    t.match(JSON.parse(world.target.text(evidence)) as Evidence, { rowsIn: 6, rowsOut: 6, files });
    return files.length;
  });
  const left = world.target.keys().filter((key) => key.startsWith(attemptsRoot(many)));
  t.equal(
    left.length,
    files.reduce((sum, count) => sum + count, 0),
    'nothing stays under a shared path',
  );
  t.notOk(world.target.keys().some((key) => key.includes('/under-way/')));
});

t.test('one hour, a group of one, or an engine that cannot: each by itself', async (t) => {
  for (const [hours, of] of [
    [[1], many],
    [[1, 2], { ...many, backfillHours: 1 }],
    [[1, 2], table],
  ] as const) {
    const world = fakeWorld();
    const records = fill(world, hours);
    const groups: Group[] = [];
    await runs(grouping(world.ports(), groups), of);
    t.same(groups, []);
    t.same(publishedRecords(world), records);
  }
});

t.test(
  'an hour that is refused before the engine, or held by another run, does not keep the others',
  async (t) => {
    const world = fakeWorld();
    fill(world, [1, 2, 3, 4]);
    world.source.put(sourceKey(2, '0.csv'), 'id,town\nx,Ulm\n');
    const groups: Group[] = [];
    const ports = world.ports();
    // Another run claims the third hour while the first is read.
    let isTaken = false;
    const reader: CompactionPorts['reader'] = {
      ...ports.reader,
      stream: (source, gzip) => {
        if (!isTaken) world.target.put(pointerKey(many, hour(3)).replace('pointer', 'claim'), claimed(world));
        isTaken = true;
        return ports.reader.stream(source, gzip);
      },
    };
    const report = await runs(grouping({ ...ports, reader }, groups));
    t.match(statesOf(report), ['compacted', /^refused .*0\.csv, line 2/, /^running/, 'compacted']);
    t.same(
      groups.map(({ partitions }) => partitions),
      [[1, 4].map(hour)],
    );
  },
);

const claimed = (world: World): string =>
  JSON.stringify({
    ...{ schemaVersion: 1, fence: 1, owner: 'another', process: 'another', nonce: 'n', runId: '' },
    ...{ expiresAt: world.ports().clock.now() + 60_000, released: false, ended: '', published: 0 },
  });

t.test(
  'an hour whose files are not its rows is refused by itself, one that failed is tried again',
  async (t) => {
    const world = fakeWorld();
    fill(world, [1, 2, 3]);
    const readback: CompactionPorts['readback'] = {
      read: async (job) => {
        const totals = await plain.readback.read(job);
        return job.partition === hour(2) ? { ...totals, rows: totals.rows - 1 } : totals;
      },
    };
    const failing = new Set([hour(3)]);
    const plain = world.ports();
    const twist = (job: { readonly partition: string }): GroupAnswer | undefined => {
      if (!failing.delete(job.partition)) return undefined;
      try {
        return raise('OBJECT_CHANGED', { key: 'raw/x.csv' });
      } catch (error) {
        return { outcome: 'failed', error };
      }
    };
    const of = { ...many, verify: 'values' as const };
    const report = await runs(grouping({ ...plain, readback }, [], twist), of);
    t.match(statesOf(report), ['compacted', /^refused read back/, /^failed "raw\/x\.csv" was changed/]);
    t.match(statesOf(await runs(grouping({ ...plain, readback }, []), of)), [
      'compacted',
      /^refused/,
      'compacted',
    ]);
  },
);

t.test('an hour that could not be written with the others is written alone, in the same run', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [1, 2, 3]);
  const report = await runs(
    grouping(world.ports(), [], ({ partition }) =>
      partition === hour(2) ? { outcome: 'alone' } : undefined,
    ),
  );
  t.same([...new Set(statesOf(report))], ['compacted']);
  t.same(publishedRecords(world), records);
});

t.test('when the whole group fails every hour says why, and is due again', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [1, 2]);
  const ports = grouping(world.ports());
  const writeGroup = async () =>
    raise('ENGINE_UNAVAILABLE', { engine: 'athena', why: 'the workgroup is disabled', hint: '' });
  const report = await runs({ ...ports, engine: { ...ports.engine, writeGroup } });
  t.match(statesOf(report), [/^failed .*is disabled/, /^failed .*is disabled/]);
  world.advance(86_400_000);
  await runs(grouping(world.ports()));
  t.same(publishedRecords(world), records);
});

t.test('an interrupt ends the wait of all, and nothing is committed', async (t) => {
  const world = fakeWorld();
  fill(world, [1, 2, 3]);
  const stop = new AbortController();
  const ports = grouping(world.ports());
  const writeGroup: CompactionPorts['engine']['writeGroup'] = async () => {
    stop.abort();
    return raise('INTERRUPTED', { state: 'The query was stopped.' });
  };
  const report = await run(
    { ...ports, engine: { ...ports.engine, writeGroup } },
    many,
    {},
    {
      ...quiet,
      signal: stop.signal,
    },
  );
  t.same([...new Set(report.partitions.map(({ state }) => state))], ['due']);
  t.notOk(world.target.keys().some((key) => key.endsWith('pointer.json')));
});

t.test('two runs at once commit every hour once', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [1, 2, 3, 4]);
  await Promise.all([runs(grouping(world.ports())), runs(grouping(world.ports()))]);
  t.same(publishedRecords(world), records);
  for (const h of [1, 2, 3, 4]) t.equal(pointerOf(world, h).generation, 1);
});

t.test('a run cut at any call is made whole by the next, and clean takes the rest', async (t) => {
  // All three ways at each call: test/servers/all-cuts.
  const calls = await cutEverywhere(t, (at) => [ways[at % 3]!]);
  t.ok(calls > 30, `${calls} calls, each cut in one of three ways`);
});
