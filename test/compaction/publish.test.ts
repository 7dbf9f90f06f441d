/** What stands under a final name is taken for ours only when it is ours to the last byte. */
import t from 'tap';
import type { Pointer } from '../../src/compaction/journal.js';
import { pointerKey } from '../../src/compaction/partition.js';
import { isPublishedKey, publish, publishedKeys } from '../../src/compaction/publish.js';
import { run } from '../../src/compaction/run.js';
import { fakeWorld, fill, hour, knife, publishedRecords, table, type World } from './fake-world.js';

const quiet = { progress: () => undefined, signal: new AbortController().signal };
const pointerOf = (world: World): Pointer =>
  JSON.parse(world.target.text(pointerKey(table, hour(3)))) as Pointer;

async function committed(): Promise<{ world: World; records: string[]; pointer: Pointer; name: string }> {
  const world = fakeWorld();
  const records = fill(world, [3]);
  await run(world.ports(), table, {}, quiet);
  const pointer = pointerOf(world);
  return { world, records, pointer, name: publishedKeys(table, pointer)[0]! };
}

t.test("somebody else's object of the same size under a final name is not taken for ours", async (t) => {
  const { world, pointer, name } = await committed();
  const ours = world.target.text(name);
  const theirs = `${ours.slice(0, -1)}!`;
  world.target.put(name, theirs);
  const spent = { put: 0, get: 0, list: 0 };
  await t.rejects(publish(world.ports(), table, pointer, spent), { code: 'OBJECT_CHANGED', message: name });
  t.equal(world.target.text(name), theirs, 'and is left alone');
});

t.test(
  'our own copy is known by its bytes though its etag is another, and is not written again',
  async (t) => {
    const { world, records, pointer, name } = await committed();
    t.not(world.target.etags()[name], pointer.files[0]!.etag);
    const before = world.target.etags();
    const blade = knife();
    const spent = { put: 0, get: 0, list: 0 };
    await publish(world.ports({ knife: blade }), table, pointer, spent);
    t.strictSame(world.target.etags(), before);
    t.equal(blade.calls.filter(({ action }) => action === 'range').length, 2);
    t.strictSame(publishedRecords(world), records);
  },
);

t.test('where etags are equal no byte is read', async (t) => {
  const { world, pointer, name } = await committed();
  world.target.copyTo(pointer.files[0]!.key, name);
  const blade = knife();
  await publish(world.ports({ knife: blade }), table, pointer, { put: 0, get: 0, list: 0 });
  t.notOk(blade.calls.some(({ action }) => action === 'range'));
});

t.test('final names are told from others of the same folder', async (t) => {
  const { pointer } = await committed();
  for (const key of publishedKeys(table, pointer)) t.ok(isPublishedKey(table, key), key);
  for (const name of ['trips-0a1b-7-0.parquet.tmp', 'trips2.parquet', 'trips-x.parquet', 'other.parquet'])
    t.notOk(isPublishedKey(table, `lake/${hour(3)}/${name}`), name);
  t.notOk(isPublishedKey(table, 'lake/trips.parquet'));
});

t.test('an hour that was committed and could not be published is shown with its generation', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  world.target.put(`lake/${hour(3)}/trips.parquet`, 'somebody else');
  const { partitions } = await run(world.ports(), table, {}, quiet);
  const row = partitions.find(({ partition }) => partition === hour(3))!;
  t.equal(row.state, 'failed');
  t.equal(row.generation, 1);
  t.equal(row.evidence, pointerOf(world).evidence);
});
