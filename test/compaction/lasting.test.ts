/** What may not change once a table has hours: the form they are shown in, and where its journal lies. */
import t from 'tap';
import { forbiddenChange, lastingKey } from '../../src/compaction/lasting.js';
import { controlPrefix } from '../../src/compaction/partition.js';
import { run } from '../../src/compaction/run.js';
import { fakeWorld, fill, publishedRecords, table, type World } from './fake-world.js';

const listed = { ...table, listedFrom: 's3://lake/' };
const apart = { ...table, statePrefix: 'state/_bucketwise/trips-1/' };
const quiet = { progress: () => undefined, signal: new AbortController().signal };
const change = async (world: World, of = table, hasCommits = false) =>
  forbiddenChange(world.ports().target, of, hasCommits);

t.test('files and a journal under the target need no record', async (t) => {
  const world = fakeWorld();
  t.equal(await change(world), undefined);
  t.same(world.target.keys(), []);
});

t.test('a table is published in one form for ever', async (t) => {
  const world = fakeWorld();
  t.match(await change(world, listed, true), {
    field: 'target.publish',
    why: /are published as files; .* of its own/,
  });
  t.equal(await change(world, listed), undefined);
  t.same(world.target.keys(), [lastingKey(table)]);
  t.equal(await change(world, listed, true), undefined);
  t.match(await change(world), { field: 'target.publish', why: /are published as symlink lists/ });
});

t.test('the form is known from the first run on, also where the plan shows no hour of it', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  await run(world.ports(), table, {}, quiet);
  const why = /are published as files/;
  t.match(
    await change(world, listed, false),
    { field: 'target.publish', why },
    'only a new hour is asked for',
  );
  for (const key of world.source.keys()) world.source.drop(key);
  t.match(await change(world, listed, false), { field: 'target.publish', why }, 'the sources retired');
  t.equal(await change(world), undefined);
});

t.test('a journal lies where it lay, and a run there leaves nothing of it under the target', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [3, 4]);
  t.equal(await change(world, apart), undefined);
  await run(world.ports(), apart, {}, quiet);
  t.same(publishedRecords(world), records);
  const below = (prefix: string) => world.target.keys().filter((key) => key.startsWith(prefix));
  t.same(below(controlPrefix(table)), [lastingKey(table)]);
  t.ok(below('state/_bucketwise/trips-1/').some((key) => key.endsWith('pointer.json')));
  t.equal(below('state/_bucketwise/trips-1/data/').length, 2, 'what engines write lies there too');
  t.equal(await change(world, apart, true), undefined);
  t.match(await change(world, table), { field: 'state', why: /lies under "state\/_bucketwise\/trips-1\/"/ });
  t.match(await change(world, { ...table, statePrefix: 'elsewhere/' }), {
    field: 'state',
    why: /set it back/,
  });
});

t.test('a table whose journal lies under its target keeps it there', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  await run(world.ports(), table, {}, quiet);
  t.match(await change(world, apart), { field: 'state', why: /lies under "lake\/_bucketwise\/trips\/"/ });
  t.notOk(world.target.keys().includes(lastingKey(table)));
});

t.test('of two first runs with other settings one decides', async (t) => {
  const world = fakeWorld();
  const ports = world.ports();
  let isFirst = true;
  const read: typeof ports.target.read = async (key) => {
    const found = await ports.target.read(key);
    if (isFirst) {
      isFirst = false;
      await change(world, apart);
    }
    return found;
  };
  t.match(await forbiddenChange({ ...ports.target, read }, listed, false), { field: 'state' });
});
