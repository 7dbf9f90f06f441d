/** Sources go after their grace, by exact key and etag, and nothing that came or changed goes with them. */
import t from 'tap';
import type { Pointer, Retirement } from '../../src/compaction/journal.js';
import { pointerKey, retirementKey } from '../../src/compaction/partition.js';
import type { CompactionPorts } from '../../src/compaction/ports.js';
import { plan, run } from '../../src/compaction/run.js';
import type { CompactionTable } from '../../src/compaction/table.js';
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
const deleting: CompactionTable = { ...table, sources: { after: 'delete', graceMs: 14 * day } };
const tagging: CompactionTable = { ...table, sources: { after: 'tag', graceMs: 14 * day } };
const runs = (ports: CompactionPorts, of: CompactionTable, signal = new AbortController().signal) =>
  run(ports, of, {}, { progress: () => undefined, signal });
const pointerOf = (world: World): Pointer =>
  JSON.parse(world.target.text(pointerKey(table, hour(3)))) as Pointer;
const endsOf = (world: World): Record<string, string> => {
  const { sources } = JSON.parse(world.target.text(retirementKey(table, hour(3)))) as Retirement;
  return Object.fromEntries(sources.map(({ key, end }) => [key.slice(-5), end]));
};

/** Committed, and as old as its grace. */
async function ripe(of: CompactionTable, files = 3): Promise<{ world: World; records: string[] }> {
  const world = fakeWorld();
  const records = fill(world, [3], files);
  await runs(world.ports(), of);
  world.advance(14 * day);
  return { world, records };
}

t.test('sources are kept for ever unless the table says otherwise', async (t) => {
  const { world } = await ripe(table);
  world.advance(1000 * day);
  await runs(world.ports(), table);
  t.equal(world.source.keys().length, 3);
  t.equal(pointerOf(world).retiring, false);
});

t.test('sources are deleted when their grace has passed, not a moment before', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [3]);
  await runs(world.ports(), deleting);
  world.advance(14 * day - 1);
  t.equal((await runs(world.ports(), deleting)).partitions[0]?.state, 'compacted');
  t.equal(world.source.keys().length, 3);
  world.advance(1);
  const planned = (await plan(world.ports(), deleting, {})).partitions[0]!;
  t.equal(planned.state, 'due');
  t.equal(planned.reason, 'Committed more than 14 days ago: 3 sources are to be deleted.');
  t.equal((await runs(world.ports(), deleting)).partitions[0]?.state, 'compacted');
  t.strictSame(world.source.keys(), []);
  t.strictSame(endsOf(world), { '0.csv': 'removed', '1.csv': 'removed', '2.csv': 'removed' });
  t.equal(pointerOf(world).retiring, true);
  t.strictSame(publishedRecords(world), records);
});

t.test('the pointer says that sources may be gone before the first one goes', async (t) => {
  const { world } = await ripe(deleting);
  const blade = knife();
  await runs(world.ports({ knife: blade }), deleting);
  const mark = blade.calls.findIndex(({ action, key }) => action === 'write' && key.endsWith('pointer.json'));
  const first = blade.calls.findIndex(({ action }) => action === 'remove');
  t.ok(mark >= 0 && mark < first);
});

t.test(
  'a source that was replaced is kept, and its new bytes are added as a generation of their own',
  async (t) => {
    const { world, records } = await ripe(deleting);
    const ports = world.ports();
    const remove: typeof ports.source.remove = async (object) => {
      if (object.key.endsWith('1.csv')) world.source.put(object.key, 'id,town\n777,Ulm\n');
      return ports.source.remove(object);
    };
    await runs({ ...ports, source: { ...ports.source, remove } }, deleting);
    t.strictSame(world.source.keys(), [sourceKey(3, '1.csv')]);
    t.strictSame(endsOf(world), { '0.csv': 'removed', '1.csv': 'changed', '2.csv': 'removed' });
    const planned = (await plan(world.ports(), deleting, {})).partitions[0]!;
    t.match(
      planned.reason,
      /generation 2 takes it in\. Rows of replaced bytes stay, for sources of the hour were retired\.$/,
    );
    t.match((await runs(world.ports(), deleting)).partitions[0], { state: 'compacted', generation: 2 });
    t.strictSame(
      publishedRecords(world),
      [...records, '777,Ulm'].sort(),
      'what was committed can not be taken back',
    );
    world.advance(14 * day);
    await runs(world.ports(), deleting);
    t.strictSame(world.source.keys(), []);
    t.strictSame(publishedRecords(world), [...records, '777,Ulm'].sort());
  },
);

t.test('a late object is compacted before any source goes, and starts the grace anew', async (t) => {
  const { world, records } = await ripe(deleting);
  world.source.put(sourceKey(3, 'late.csv'), 'id,town\n999,Ulm\n');
  t.match((await runs(world.ports(), deleting)).partitions[0], { state: 'compacted', generation: 2 });
  t.equal(world.source.keys().length, 4);
  world.advance(14 * day);
  await runs(world.ports(), deleting);
  t.strictSame(world.source.keys(), []);
  t.strictSame(publishedRecords(world), [...records, '999,Ulm'].sort());
});

t.test('an object that comes after the sources went is added to what is there', async (t) => {
  const { world, records } = await ripe(deleting);
  await runs(world.ports(), deleting);
  world.source.put(sourceKey(3, 'late.csv'), 'id,town\n999,Ulm\n');
  t.match((await runs(world.ports(), deleting)).partitions[0], { state: 'compacted', generation: 2 });
  t.strictSame(publishedRecords(world), [...records, '999,Ulm'].sort());
});

/** A store at which these sources are not to be deleted. */
function refusing(world: World, code: 'PERMISSION_DENIED' | 'STORE_THROTTLED', is: (key: string) => boolean) {
  const ports = world.ports();
  const asked: string[] = [];
  const remove: typeof ports.source.remove = async (object) => {
    asked.push(object.key);
    if (is(object.key)) raise(code, { action: 's3:DeleteObject', what: object.key });
    return ports.source.remove(object);
  };
  return { asked, ports: { ...ports, source: { ...ports.source, remove } } };
}

t.test('a source that cannot be deleted now is kept, its hour failed, and it is tried again', async (t) => {
  const { world, records } = await ripe(deleting);
  const { ports } = refusing(world, 'STORE_THROTTLED', (key) => key.endsWith('1.csv'));
  const report = await runs(ports, deleting);
  t.match(report.partitions[0], { state: 'failed', reason: /^1 of its sources could not be retired/ });
  t.strictSame(endsOf(world), { '0.csv': 'removed', '1.csv': 'failed', '2.csv': 'removed' });
  t.equal((await runs(world.ports(), deleting)).partitions[0]?.state, 'compacted');
  t.strictSame(endsOf(world), { '0.csv': 'removed', '1.csv': 'removed', '2.csv': 'removed' });
  t.strictSame(world.source.keys(), []);
  t.strictSame(publishedRecords(world), records);
});

t.test('where deleting is forbidden the first refusal ends the attempt, and the hour says so', async (t) => {
  const { world } = await ripe(deleting, 250);
  const { ports, asked } = refusing(world, 'PERMISSION_DENIED', () => true);
  const { state, reason } = (await runs(ports, deleting)).partitions[0]!;
  t.equal(state, 'failed');
  t.match(reason, /^Sources could not be retired; the hour stays committed\. s3:DeleteObject on .* Grant /);
  t.ok(asked.length <= 8, `${asked.length} deletes were sent`);
  t.equal(world.source.keys().length, 250);
});

t.test('a forbidden retirement is tried again with pauses that grow, or at once by name', async (t) => {
  const { world } = await ripe(deleting);
  const tried = async (request = {}): Promise<number> => {
    const { ports, asked } = refusing(world, 'PERMISSION_DENIED', () => true);
    const quiet = { progress: () => undefined, signal: new AbortController().signal };
    const [row] = (await run(ports, deleting, request, quiet)).partitions;
    t.match(row, { state: 'failed', generation: 1, reason: /s3:DeleteObject/ });
    return Math.min(1, asked.length);
  };
  const day = [];
  for (let h = 0; h < 24; h++) {
    day.push(await tried());
    world.advance(3_600_000);
  }
  t.equal(day.join(''), '111010001000000010000000');
  t.equal(await tried({ partition: hour(3) }), 1);
  t.equal(await tried(), 0);
  world.advance(24 * 3_600_000);
  t.equal((await runs(world.ports(), deleting)).partitions[0]?.state, 'compacted', 'once it is allowed');
  t.strictSame(world.source.keys(), []);
});

t.test('hundreds of sources go in batches, and an interrupt stops between two of them', async (t) => {
  const { world } = await ripe(deleting, 250);
  const interrupt = new AbortController();
  const ports = world.ports();
  const remove: typeof ports.source.remove = async (object, how) => {
    if (how !== 'unseen') interrupt.abort();
    return ports.source.remove(object, how);
  };
  await runs({ ...ports, source: { ...ports.source, remove } }, deleting, interrupt.signal);
  t.equal(world.source.keys().length, 150);
  await runs(world.ports(), deleting);
  t.equal(world.source.keys().length, 0);
  t.equal(Object.keys(endsOf(world)).length > 0, true);
});

t.test('tagged sources stay, are tagged once, and go when the lifecycle rule takes them', async (t) => {
  const { world, records } = await ripe(tagging);
  await runs(world.ports(), tagging);
  t.strictSame(Object.values(world.source.tags()), Array(3).fill({ bucketwise: 'compacted' }));
  t.strictSame(endsOf(world), { '0.csv': 'tagged', '1.csv': 'tagged', '2.csv': 'tagged' });
  const blade = knife();
  t.equal((await runs(world.ports({ knife: blade }), tagging)).partitions[0]?.state, 'compacted');
  t.notOk(blade.calls.some(({ action }) => action === 'tag' || action === 'write'));
  world.source.drop(sourceKey(3, '0.csv'));
  world.source.put(sourceKey(3, 'late.csv'), 'id,town\n999,Ulm\n');
  await runs(world.ports(), tagging);
  t.strictSame(publishedRecords(world), [...records, '999,Ulm'].sort());
  world.advance(14 * day);
  const again = knife();
  await runs(world.ports({ knife: again }), tagging);
  t.strictSame(
    again.calls.filter(({ action }) => action === 'tag').map(({ key }) => key),
    [sourceKey(3, 'late.csv')],
  );
});

const listed: CompactionTable = { ...deleting, listedFrom: 's3://lake/' };
const losses = [
  { what: 'a committed file', of: listed, is: /\/part-0\.parquet$/ },
  { what: 'the list of an hour', of: listed, is: /symlink\.txt$/ },
  { what: 'a committed file that was copied', of: deleting, is: /\/part-0\.parquet$/ },
  { what: 'a final name', of: deleting, is: /\/trips\.parquet$/ },
];
for (const { what, of, is } of losses)
  t.test(`no source goes when ${what} is gone, and the hour says which and what to do`, async (t) => {
    const { world, records } = await ripe(of);
    const key = world.target.keys().find((one) => is.test(one)) ?? '';
    world.target.drop(key);
    const { state, reason } = (await runs(world.ports(), of)).partitions[0]!;
    t.equal(state, 'failed');
    t.match(reason.replaceAll('"', ''), `${key} is missing. Its sources are kept. Restore that object, or`);
    t.match(reason, `delete "${pointerKey(of, hour(3))}"`);
    t.equal(world.source.keys().length, 3);
    t.equal(pointerOf(world).retiring, false);
    for (const one of [
      pointerKey(of, hour(3)),
      ...world.target.keys().filter((k) => /trips\.parquet$/.test(k)),
    ])
      world.target.drop(one);
    const quiet = { progress: () => undefined, signal: new AbortController().signal };
    const [row] = (await run(world.ports(), of, { partition: hour(3) }, quiet)).partitions;
    t.match(row, { state: 'compacted', generation: 1 });
    const shown = pointerOf(world).files.flatMap((file) => JSON.parse(world.target.text(file.key)).records);
    t.strictSame(shown.sort(), records, 'made anew as it said');
    if (of === deleting) t.strictSame(publishedRecords(world), records);
    else t.match(world.target.text(`lake/${hour(3)}/symlink.txt`), pointerOf(world).files[0]!.key);
  });

t.test(
  'a committed file with other bytes keeps the sources too; once some are gone it must be restored',
  async (t) => {
    const { world } = await ripe(deleting);
    const { ports } = refusing(world, 'STORE_THROTTLED', (key) => key.endsWith('1.csv'));
    await runs(ports, deleting);
    const { key } = pointerOf(world).files[0]!;
    world.target.put(key, 'other bytes');
    const { state, reason } = (await runs(world.ports(), deleting)).partitions[0]!;
    t.equal(state, 'failed');
    t.match(reason, /is not what was committed \(11 bytes, .* for some of its sources are gone already/);
    t.strictSame(world.source.keys(), [sourceKey(3, '1.csv')]);
  },
);
