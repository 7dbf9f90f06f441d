/** An hour shown by a list of its files: a reader sees one generation or another, at every moment of a run and of its recovery. */
import t from 'tap';
import { clean, cleanAfterMs, planClean } from '../../src/compaction/clean.js';
import type { Pointer } from '../../src/compaction/journal.js';
import { attemptsRoot, pointerKey } from '../../src/compaction/partition.js';
import type { CompactionPorts } from '../../src/compaction/ports.js';
import { hoursWanted, run } from '../../src/compaction/run.js';
import { type ListedTable, listKey } from '../../src/compaction/symlink.js';
import { verifyHours } from '../../src/compaction/verify-again.js';
import {
  fakeWorld,
  fill,
  gate,
  hour,
  isPublished,
  knife,
  type Part,
  sourceKey,
  table,
  type Way,
  type World,
} from './fake-world.js';

/** Two files an hour. */
const listed: ListedTable = { ...table, targetFileBytes: 60, listedFrom: 's3://lake/' };
const quiet = { progress: () => undefined, signal: new AbortController().signal };
const runs = (ports: CompactionPorts, of = listed) => run(ports, of, {}, quiet);
const list = listKey(listed, hour(3));
const afterLease = 120_001;

/** What a query on a table of symlink lists reads; undefined while the hour is not there. Errors: a file that is gone. */
function rowsSeen(world: World): string[] | undefined {
  if (!world.target.keys().includes(list)) return undefined;
  return world.target
    .text(list)
    .trimEnd()
    .split('\n')
    .flatMap((line) => (JSON.parse(world.target.text(line.replace('s3://lake/', ''))) as Part).records)
    .sort();
}

const late = (world: World): string => {
  world.source.put(sourceKey(3, 'late.csv'), 'id,town\n999,Ulm\n');
  return '999,Ulm';
};

t.test(
  'an hour of several files is shown by one object that names them, and nothing is copied',
  async (t) => {
    const world = fakeWorld();
    const records = fill(world, [3]);
    const blade = knife();
    t.match((await runs(world.ports({ knife: blade }))).partitions, [{ state: 'compacted' }]);
    const { files } = JSON.parse(world.target.text(pointerKey(listed, hour(3)))) as Pointer;
    t.equal(files.length, 2);
    t.equal(world.target.text(list), files.map(({ key }) => `s3://lake/${key}\n`).join(''));
    t.same(rowsSeen(world), records);
    t.notOk(blade.calls.some(({ action }) => action === 'copy'));
    t.same(world.target.keys().filter(isPublished), []);
  },
);

t.test(
  'late and overwritten objects remake an hour of several files, and no reader sees two states at once',
  async (t) => {
    const world = fakeWorld();
    const before = fill(world, [3]);
    const seen = new Set<string | undefined>();
    const pause = async () => void seen.add(rowsSeen(world)?.join(';'));
    await runs(world.ports({ pause }));
    const more = late(world);
    world.source.put(sourceKey(3, '0.csv'), 'id,town\n7,Ulm\n');
    await runs(world.ports({ pause }));
    const after = [...before.filter((line) => !line.startsWith('30')), '7,Ulm', more].sort();
    t.same(rowsSeen(world), after);
    t.same([...seen].sort(), [before.join(';'), after.join(';'), undefined].sort());
  },
);

t.test('a run cut at any call, leaves one generation whole and is recovered', async (t) => {
  const probe = fakeWorld();
  const before = fill(probe, [3]);
  await runs(probe.ports());
  const more = late(probe);
  const blade = knife();
  await runs(probe.ports({ knife: blade }));
  const states = [before, [...before, more].sort()].map(String);
  const ways: readonly Way[] = ['before', 'after', 'kill'];
  for (let at = 1; at <= blade.calls.length; at++)
    // All three ways at each call: test/servers/all-cuts.
    for (const way of process.env.BUCKETWISE_ALL_CUTS ? ways : [ways[at % 3]!]) {
      const world = fakeWorld();
      fill(world, [3]);
      await runs(world.ports());
      late(world);
      await runs(world.ports({ knife: knife(at, way) })).catch(() => undefined);
      if (!states.includes(String(rowsSeen(world)))) t.fail(`${way} ${at}: a reader sees ${rowsSeen(world)}`);
      world.advance(afterLease);
      await runs(world.ports());
      if (String(rowsSeen(world)) !== states[1])
        t.fail(`${way} ${at}: recovered, a reader sees ${rowsSeen(world)}`);
      const etags = JSON.stringify(world.target.etags());
      await runs(world.ports());
      if (JSON.stringify(world.target.etags()) !== etags)
        t.fail(`${way} ${at}: another run changed something`);
    }
  t.ok(blade.calls.length > 20, `${blade.calls.length} calls`);
});

t.test('a slow runner never puts the list of an earlier generation back', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  const atList = gate();
  const go = gate();
  const slow = world.ports();
  const target: CompactionPorts['target'] = {
    ...slow.target,
    write: async (key, body, condition) => {
      if (key === list) {
        atList.open();
        await go.opened;
      }
      return slow.target.write(key, body, condition);
    },
  };
  const slowly = runs({ ...slow, target });
  await atList.opened;
  world.advance(afterLease);
  late(world);
  await runs(world.ports());
  const newer = world.target.text(list);
  t.equal(rowsSeen(world)?.length, 7);
  go.open();
  await slowly;
  t.equal(world.target.text(list), newer);
});

t.test('what others put into the folder is left alone and fails the hour with its name', async (t) => {
  for (const name of ['other.parquet', 'symlink.txt']) {
    const world = fakeWorld();
    fill(world, [3]);
    const key = list.replace('symlink.txt', name);
    world.target.put(key, 's3://lake/somewhere/else\n');
    t.match((await runs(world.ports())).partitions[0], {
      state: 'failed',
      reason: `"${key}" lies where an hour is shown by its list alone. Move it out of that folder`,
    });
    t.equal(world.target.text(key), 's3://lake/somewhere/else\n');
    world.target.drop(key);
    t.match((await runs(world.ports())).partitions[0], { state: 'compacted' });
  }
});

t.test('verify finds a list that names other files, or none', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  await runs(world.ports());
  const faults = async () => {
    const ports = world.ports();
    const hours = await hoursWanted(ports, listed, {});
    return (await verifyHours(ports, listed, hours, quiet))[0]?.faults;
  };
  t.same(await faults(), []);
  world.target.put(list, world.target.text(list).split('\n')[0]!);
  t.same(await faults(), [`${list} names other files than the pointer`]);
  world.target.drop(list);
  t.same(await faults(), [`${list} is missing`]);
});

t.test('files of an earlier generation stay as long as a list names them, and seven days more', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  await runs(world.ports());
  const first = rowsSeen(world);
  late(world);
  const blade = knife();
  const probe = world.ports({ knife: blade });
  // The commit is made, and its list is not written.
  const write: typeof probe.target.write = async (key, body, condition) => {
    if (key === list) throw new Error('the line is cut');
    return probe.target.write(key, body, condition);
  };
  await runs({ ...probe, target: { ...probe.target, write } });
  const cleaned = async (): Promise<number> => {
    const ports = world.ports();
    return (await clean(ports, await planClean(ports, listed), quiet.signal)).removed;
  };
  world.advance(2 * cleanAfterMs);
  t.equal(await cleaned(), 0, 'readers still see the first generation');
  t.same(rowsSeen(world), first);
  await runs(world.ports());
  t.equal(rowsSeen(world)?.length, 7);
  t.equal(await cleaned(), 0, 'a query may have begun before the list was replaced');
  world.advance(cleanAfterMs + afterLease + 1);
  t.equal(await cleaned(), 2);
  t.equal(rowsSeen(world)?.length, 7);
  t.equal(world.target.keys().filter((key) => key.startsWith(attemptsRoot(listed))).length, 2);
});

t.test(
  'a table with partition projection gets an hour in one file, or as a list, or not at all',
  async (t) => {
    const told: string[] = [];
    const catalog: CompactionPorts['catalog'] = {
      register: async (_, __, form) => {
        told.push(form);
        return 'projected';
      },
      isProjected: async () => true,
    };
    const several = { ...table, targetFileBytes: 60 };
    const world = fakeWorld();
    fill(world, [3]);
    const made = await run({ ...world.ports(), catalog }, several, {}, quiet);
    t.match(made.partitions[0], { state: 'compacted', target: { files: 1, rows: 6 } });
    const other = fakeWorld();
    fill(other, [3]);
    t.match((await runs({ ...other.ports(), catalog })).partitions[0], { target: { files: 2, rows: 6 } });
    t.same(told, ['files', 'symlink']);
    const engine = (inner: CompactionPorts['engine']): CompactionPorts['engine'] => ({
      ...inner,
      write: (job) => inner.write({ ...job, targetFileBytes: 60 }),
    });
    const third = fakeWorld();
    fill(third, [3]);
    const refused = await run({ ...third.ports({ engine }), catalog }, several, {}, quiet);
    t.match(refused.partitions[0], {
      state: 'refused',
      reason: /in 2 Parquet files cannot be shown in one step: .* partition projection, .*publish: symlink/,
    });
    t.same(third.target.keys().filter(isPublished), []);
  },
);

t.test('the empty list of an hour without a row is ours, and is replaced when rows come', async (t) => {
  const world = fakeWorld();
  world.source.put(sourceKey(3, '0.csv'), 'id,town\n');
  const ports = () =>
    world.ports({
      engine: (inner) => ({
        ...inner,
        write: async (job) =>
          job.expected.rows === 0
            ? { outcome: 'written', files: [], requests: { put: 0, get: 0, list: 0 } }
            : inner.write(job),
      }),
    });
  await runs(ports());
  t.equal(world.target.text(list), '');
  const records = fill(world, [3]);
  t.match((await runs(ports())).partitions, [{ state: 'compacted', generation: 2 }]);
  t.same(rowsSeen(world), records);
});
