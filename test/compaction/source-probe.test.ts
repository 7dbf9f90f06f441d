/** Whether the store that is deleted from heeds conditions is seen on the first source that is due, before any other goes. */
import t from 'tap';
import type { Retirement } from '../../src/compaction/journal.js';
import { provenKey, retirementKey } from '../../src/compaction/partition.js';
import type { CompactionPorts } from '../../src/compaction/ports.js';
import { run } from '../../src/compaction/run.js';
import type { CompactionTable } from '../../src/compaction/table.js';
import { fakeWorld, fill, hour, publishedRecords, table, type World } from './fake-world.js';

const day = 86_400_000;
const deleting: CompactionTable = { ...table, sources: { after: 'delete', graceMs: day } };
const runs = (ports: CompactionPorts, of = deleting) =>
  run(ports, of, {}, { progress: () => undefined, signal: new AbortController().signal });

async function ripe(hours: readonly number[]): Promise<{ world: World; records: string[] }> {
  const world = fakeWorld();
  const records = fill(world, hours);
  await runs(world.ports());
  world.advance(day);
  return { world, records };
}

/** Deletes that were sent to the source store; `heeds` says what becomes of one. */
function watched(world: World, heeds = true) {
  const ports = world.ports();
  const asked: { key: string; isTrial: boolean }[] = [];
  const remove: typeof ports.source.remove = async (object, how) => {
    asked.push({ key: object.key, isTrial: how === 'unseen' });
    const there = world.source.etags()[object.key];
    return ports.source.remove(!heeds && there ? { ...object, etag: there } : object, how);
  };
  return { asked, ports: { ...ports, source: { ...ports.source, remove } } };
}

t.test(
  'one due source is asked to go if it were other bytes, once a week, and nothing is put there',
  async (t) => {
    const { world, records } = await ripe([3, 4]);
    const first = watched(world);
    await runs(first.ports);
    t.equal(first.asked.filter(({ isTrial }) => isTrial).length >= 1, true);
    t.equal(first.asked[0]?.isTrial, true, 'before the first delete');
    t.strictSame(world.source.keys(), []);
    t.strictSame(world.source.writes, []);
    t.ok(world.target.keys().includes(provenKey(table)));
    t.strictSame(publishedRecords(world), records);
    fill(world, [5]);
    await runs(world.ports());
    world.advance(day);
    const second = watched(world);
    await runs(second.ports);
    t.notOk(second.asked.some(({ isTrial }) => isTrial));
    fill(world, [6]);
    await runs(world.ports());
    world.advance(8 * day);
    const third = watched(world);
    await runs(third.ports);
    t.equal(third.asked.filter(({ isTrial }) => isTrial).length, 1);
    t.strictSame(world.source.keys(), []);
  },
);

t.test('a store that heeds no condition loses the one source that was due, and no other', async (t) => {
  const { world, records } = await ripe([3]);
  const { ports } = watched(world, false);
  const row = (await runs(ports)).partitions[0]!;
  t.equal(row.state, 'failed');
  t.match(
    row.reason,
    /s3:\/\/raw\/raw\/, which ignored If-Match on DELETE of ".*0\.csv" \(due, and the only one\)/,
  );
  t.equal(world.source.keys().length, 2);
  const { sources } = JSON.parse(world.target.text(retirementKey(table, hour(3)))) as Retirement;
  t.match(sources, [{ key: /0\.csv/, end: 'removed' }]);
  t.strictSame(publishedRecords(world), records);
});

t.test('it is not tried on a source that changed or went since it was listed', async (t) => {
  const { world } = await ripe([3]);
  const { ports, asked } = watched(world, false);
  const range: typeof ports.source.range = async (object, start, end) => {
    if (object.key.endsWith('0.csv')) world.source.put(object.key, 'id,town\n7,Ulm\n');
    if (object.key.endsWith('1.csv')) world.source.drop(object.key);
    return world.source.range(object, start, end);
  };
  await runs({ ...ports, source: { ...ports.source, range } });
  t.strictSame(
    asked.map(({ key }) => key.slice(-5)),
    ['2.csv'],
  );
  t.equal(world.source.keys().length, 1, 'what was changed stays');
});

t.test('what was seen of one place says nothing of another', async (t) => {
  const { world } = await ripe([3]);
  await runs(world.ports());
  fill(world, [4]);
  const elsewhere: CompactionTable = {
    ...deleting,
    source: { ...table.source, uri: 's3://other/raw/', formerly: [table.source.uri] },
  };
  await runs(world.ports(), elsewhere);
  world.advance(day);
  const { ports, asked } = watched(world);
  await runs(ports, elsewhere);
  t.ok(asked[0]?.isTrial);
});
