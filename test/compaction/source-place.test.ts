/** An hour was made of objects of one place: the same config with another place doubles no row and deletes nothing there. */
import t from 'tap';
import type { Manifest, Pointer } from '../../src/compaction/journal.js';
import { manifestKey, pointerKey } from '../../src/compaction/partition.js';
import type { CompactionPorts } from '../../src/compaction/ports.js';
import { plan, run } from '../../src/compaction/run.js';
import type { CompactionTable } from '../../src/compaction/table.js';
import { parseLayout } from '../../src/prefixes/partition-keys.js';
import { fakeWorld, fill, hour, publishedRecords, sourceKey, table, type World } from './fake-world.js';
import { type MemoryStore, memoryStore } from './memory-store.js';

const day = 86_400_000;
const runs = (ports: CompactionPorts, of: CompactionTable) =>
  run(ports, of, {}, { progress: () => undefined, signal: new AbortController().signal });

/** The config after its source.uri was edited. */
const moved: CompactionTable = {
  ...table,
  source: { ...table.source, uri: 's3://other/csv/' },
  sourcePrefix: 'csv/',
};
const followed: CompactionTable = { ...moved, source: { ...moved.source, formerly: [table.source.uri] } };
const from = (world: World, source: MemoryStore): CompactionPorts =>
  world.ports({ stores: { source, target: world.target } });
const keyThere = (name: string): string => `csv/${hour(3)}/${name}`;

async function committed(of = table): Promise<{ world: World; records: string[]; other: MemoryStore }> {
  const world = fakeWorld();
  const records = fill(world, [3]);
  await runs(world.ports(), of);
  return { world, records, other: memoryStore() };
}

/** As a copy from bucket to bucket leaves it. */
async function copyAll(world: World, other: MemoryStore, isSameEtag: boolean): Promise<void> {
  other.put('elsewhere', 'another etag each');
  const names = ['0.csv', '1.csv', '2.csv'];
  for (const name of names) other.put(keyThere(name), world.source.text(sourceKey(3, name)));
  if (!isSameEtag) return;
  const list = other.list;
  const etags = world.source.etags();
  other.list = async function* (request) {
    for await (const { objects } of list(request))
      yield {
        objects: objects.map((one) => ({ ...one, etag: etags[one.key.replace('csv/', 'raw/')] ?? one.etag })),
      };
  };
}

t.test('the manifest tells where its sources lie', async (t) => {
  const { world } = await committed();
  const { runId } = JSON.parse(world.target.text(pointerKey(table, hour(3)))) as Pointer;
  const manifest = JSON.parse(world.target.text(manifestKey(table, hour(3), runId))) as Manifest;
  t.strictSame(manifest.source, { uri: 's3://raw/raw/', prefix: 'raw/' });
});

t.test(
  'an edited source.uri doubles no row: the hour is held, with the reason and the ways out',
  async (t) => {
    const { world, records, other } = await committed();
    await copyAll(world, other, false);
    const row = (await runs(from(world, other), moved)).partitions[0]!;
    t.equal(row.state, 'late');
    t.match(
      row.reason,
      'made from s3://raw/raw/, and source.uri is s3://other/csv/ now: 3 objects there are',
    );
    t.match(row.reason, `"${keyThere('0.csv')}" first`);
    for (const way of ['Set source.uri back', 'source.formerly', 'another target']) t.match(row.reason, way);
    t.strictSame(publishedRecords(world), records);
    t.match((await runs(world.ports(), table)).partitions[0], { state: 'compacted', generation: 1 });
  },
);

t.test('two configs that differ in their source take one hour once, and others freely', async (t) => {
  const { world, records, other } = await committed();
  other.put(keyThere('x.csv'), 'id,town\n1,Ulm\n');
  other.put(`csv/${hour(4)}/x.csv`, 'id,town\n2,Ulm\n');
  const states = (await runs(from(world, other), moved)).partitions.map(({ state }) => state);
  t.strictSame(states, ['late', 'compacted']);
  t.strictSame(publishedRecords(world), [...records, '2,Ulm'].sort());
});

t.test(
  'what was copied byte for byte under its names is the same data, and nothing is to be done',
  async (t) => {
    const { world, records, other } = await committed();
    await copyAll(world, other, true);
    t.match((await runs(from(world, other), moved)).partitions[0], { state: 'compacted', generation: 1 });
    t.strictSame(publishedRecords(world), records);
  },
);

t.test('nothing is deleted at a place the commit was not made from', async (t) => {
  const deleting = { after: 'delete', graceMs: day } as const;
  const { world, other } = await committed({ ...table, sources: deleting });
  await copyAll(world, other, true);
  world.advance(2 * day);
  await runs(from(world, other), { ...moved, sources: deleting });
  t.equal(other.keys().length, 4);
});

t.test('a place that is said to follow the old one is read in its stead', async (t) => {
  const { world, records, other } = await committed();
  await copyAll(world, other, false);
  other.put(keyThere('late.csv'), 'id,town\n999,Ulm\n');
  t.match((await runs(from(world, other), followed)).partitions[0], { state: 'compacted', generation: 2 });
  t.strictSame(publishedRecords(world), [...records, '999,Ulm'].sort());
  t.match((await runs(from(world, other), moved)).partitions[0], { state: 'compacted', generation: 2 });
});

t.test('a manifest of a time when the place was not kept counts for any', async (t) => {
  const { world, records } = await committed();
  const { runId } = JSON.parse(world.target.text(pointerKey(table, hour(3)))) as Pointer;
  const key = manifestKey(table, hour(3), runId);
  const { source: _, ...older } = JSON.parse(world.target.text(key)) as Manifest;
  world.target.put(key, JSON.stringify(older));
  t.equal((await plan(world.ports(), table, {})).partitions[0]?.state, 'compacted');
  world.source.put(sourceKey(3, 'late.csv'), 'id,town\n999,Ulm\n');
  t.match((await runs(world.ports(), table)).partitions[0], { state: 'compacted', generation: 2 });
  t.strictSame(publishedRecords(world), [...records, '999,Ulm'].sort());
});

for (const [field, other] of [
  ['name', { ...table, name: 'journeys' }],
  ['source.partition', { ...table, layout: parseLayout('year=YYYY/month=MM/day=DD') }],
] as const)
  t.test(
    `a target that was begun with another ${field} is refused: its rows would be there twice`,
    async (t) => {
      const { world, records } = await committed();
      const before = world.target.etags();
      for (const act of [plan(world.ports(), other, {}), runs(world.ports(), other)])
        await t.rejects(act, { code: 'TARGET_TAKEN', message: `was begun with ${field}:` });
      t.strictSame(world.target.etags(), before);
      t.strictSame(publishedRecords(world), records);
    },
  );

t.test('of two tables that begin one target at once only one does', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  const { read } = world.target;
  // Both have looked before either writes.
  world.target.read = async (key) => (key.endsWith('target.json') && !isTaken ? undefined : read(key));
  let isTaken = false;
  const ports = world.ports();
  const write: typeof ports.target.write = async (key, body, condition) => {
    isTaken = true;
    return ports.target.write(key, body, condition);
  };
  await runs({ ...ports, target: { ...ports.target, write } }, table);
  isTaken = false;
  const late = world.ports();
  const lateWrite: typeof write = async (key, body, condition) => {
    isTaken = true;
    return late.target.write(key, body, condition);
  };
  const other = { ...table, name: 'journeys' };
  await t.rejects(runs({ ...late, target: { ...late.target, write: lateWrite } }, other), {
    code: 'TARGET_TAKEN',
  });
  t.notOk(world.target.keys().some((key) => key.includes('journeys')));
});
