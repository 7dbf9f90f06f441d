/** A store that ignores a condition is found out before anything is committed on it. */
import t from 'tap';
import { probedKey } from '../../src/compaction/partition.js';
import type { ObjectStore } from '../../src/compaction/ports.js';
import { ignoredCondition } from '../../src/compaction/probe.js';
import type { CompactionTable } from '../../src/compaction/table.js';
import { fakeWorld, knife, table, type World } from './fake-world.js';

const deleting: CompactionTable = { ...table, sources: { after: 'delete', graceMs: 86_400_000 } };

/** Ports whose target does some things its own way. */
const portsOf = (world: World, change: (store: ObjectStore) => Partial<ObjectStore> = () => ({})) => {
  const ports = world.ports();
  return { ...ports, target: { ...ports.target, ...change(ports.target) } };
};

const overwriting =
  (ignored: 'absent' | 'etag') =>
  (store: ObjectStore): Partial<ObjectStore> => ({
    write: async (key, body, condition) => {
      const there = await store.read(key);
      const isIgnored = ignored === 'absent' ? condition === 'absent' : condition !== 'absent';
      return store.write(key, body, isIgnored && there ? { etag: there.etag } : condition);
    },
  });

const removing = (store: ObjectStore): Partial<ObjectStore> => ({
  remove: async (object, how) => {
    const there = await store.read(object.key);
    return store.remove(how === 'unseen' && there ? { ...object, etag: there.etag } : object);
  },
});

t.test('a store that honours every condition is fit, and holds one object more', async (t) => {
  const world = fakeWorld();
  t.equal(await ignoredCondition(portsOf(world), deleting), undefined);
  t.strictSame(world.target.keys(), [probedKey(table)]);
});

for (const [what, change] of [
  ['If-None-Match on PUT', overwriting('absent')],
  ['If-Match on PUT', overwriting('etag')],
  ['If-Match on DELETE', removing],
] as const)
  t.test(`a store that ignores ${what} is found out, each time it is asked`, async (t) => {
    const world = fakeWorld();
    for (let i = 0; i < 3; i++) t.equal(await ignoredCondition(portsOf(world, change), deleting), what);
  });

t.test('who deletes no source needs no conditional delete', async (t) => {
  t.equal(await ignoredCondition(portsOf(fakeWorld(), removing), table), undefined);
});

t.test('the answer is kept for a week and costs one read until then', async (t) => {
  const world = fakeWorld();
  const asked = async (of: CompactionTable, fresh?: boolean) => {
    const blade = knife();
    await ignoredCondition(world.ports({ knife: blade }), of, fresh);
    return blade.calls.length;
  };
  const first = await asked(table);
  t.ok(first > 4);
  t.equal(await asked(table), 1);
  t.ok((await asked(table, true)) > 4, 'doctor tries anew');
  t.ok((await asked(deleting)) > 4, 'deletes were not tried before');
  t.equal(await asked(deleting), 1);
  world.advance(7 * 86_400_000);
  t.ok((await asked(deleting)) > 4);
});
