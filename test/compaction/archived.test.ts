/** What lies in an archive is seen in the listing, before an engine passes over it without a word. */
import t from 'tap';
import type { Engine, ObjectStore } from '../../src/compaction/ports.js';
import { plan, run } from '../../src/compaction/run.js';
import { raise } from '../../src/kernel/errors.js';
import { fakeWorld, fill, knife, publishedRecords, sourceKey, table, type World } from './fake-world.js';

const { signal } = new AbortController();
const watch = { progress: () => undefined, signal };

/** The world with some of its sources in that class; they cannot be read, as in S3. */
function portsOf(
  world: World,
  name: Engine['name'],
  archived: (key: string) => boolean,
  storageClass = 'GLACIER',
) {
  const blade = knife();
  const ports = world.ports({
    knife: blade,
    engine: (inner) => ({ ...inner, name, sweep: async () => undefined }),
  });
  const source: ObjectStore = {
    ...ports.source,
    async *list(request) {
      for await (const { objects } of ports.source.list(request))
        yield { objects: objects.map((one) => (archived(one.key) ? { ...one, storageClass } : one)) };
    },
  };
  const reader = {
    ...ports.reader,
    stream: (object: Parameters<typeof ports.reader.stream>[0], gzip: 'auto' | 'gzip' | 'none') =>
      archived(object.key)
        ? raise('OBJECT_ARCHIVED', { key: object.key })
        : ports.reader.stream(object, gzip),
  };
  return { ports: { ...ports, source, reader }, calls: blade.calls };
}

const isFirst = (key: string): boolean => key.endsWith('/0.csv');

for (const name of ['athena', 'trino'] as const)
  for (const storageClass of ['GLACIER', 'DEEP_ARCHIVE'])
    t.test(
      `a source in class ${storageClass} holds its hour, which ${name} would compact without its rows`,
      async (t) => {
        const world = fakeWorld();
        fill(world, [3, 4]);
        const { ports, calls } = portsOf(world, name, (key) => key === sourceKey(3, '0.csv'), storageClass);
        const report = await run(ports, table, {}, watch);
        const [held, other] = report.partitions;
        t.equal(held?.state, 'refused');
        t.match(
          held?.reason,
          `"raw/year=2026/month=11/day=22/hour=03/0.csv" in storage class ${storageClass}, which ${name} passes over without a word: restore and copy to STANDARD first`,
        );
        t.equal(other?.state, 'compacted');
        t.notOk(
          calls.some(
            ({ store, action, key }) => store === 'source' && action !== 'list' && key.includes('hour=03'),
          ),
        );
        t.notOk(
          world.target.keys().some((key) => key.includes('hour=03')),
          'nothing is begun',
        );
      },
    );

t.test('once it is copied to STANDARD its hour is due', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [3]);
  await run(portsOf(world, 'athena', isFirst).ports, table, {}, watch);
  const report = await run(portsOf(world, 'athena', () => false).ports, table, {}, watch);
  t.equal(report.partitions[0]?.state, 'compacted');
  t.same(publishedRecords(world), records);
});

t.test('classes that answer at once are no archive', async (t) => {
  for (const storageClass of ['GLACIER_IR', 'STANDARD_IA', 'INTELLIGENT_TIERING', 'SOMETHING_NEW']) {
    const world = fakeWorld();
    fill(world, [3]);
    const { totals } = await plan(portsOf(world, 'athena', isFirst, storageClass).ports, table, {});
    t.equal(totals.due, 1, storageClass);
  }
});

t.test(
  'our own reader asks S3, which knows what is restored: what is not says so, and the hour stays as it was',
  async (t) => {
    const world = fakeWorld();
    fill(world, [3]);
    const report = await run(portsOf(world, 'duckdb', isFirst).ports, table, {}, watch);
    t.match(report.partitions[0], {
      state: 'failed',
      reason: /is archived and cannot be read before it is restored/,
    });
    t.same(publishedRecords(world), []);
  },
);

for (const name of ['duckdb', 'athena'] as const)
  t.test(
    `sources that were archived after the commit are not read again for a late one (${name})`,
    async (t) => {
      const world = fakeWorld();
      const records = fill(world, [3]);
      await run(portsOf(world, name, () => false).ports, table, {}, watch);
      world.source.put(sourceKey(3, 'late.csv'), 'id,town\n999,Ulm\n');
      const isOld = (key: string): boolean => !key.endsWith('late.csv');
      const report = await run(portsOf(world, name, isOld).ports, table, {}, watch);
      t.match(report.partitions[0], { state: 'compacted', generation: 2 });
      t.same(publishedRecords(world), [...records, '999,Ulm'].sort());
    },
  );

t.test('a late object in an archive leaves the hour as it was committed, and says why', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [3]);
  await run(portsOf(world, 'athena', () => false).ports, table, {}, watch);
  world.source.put(sourceKey(3, 'late.csv'), 'id,town\n999,Ulm\n');
  const { ports } = portsOf(world, 'athena', (key) => key.endsWith('late.csv'));
  const report = await run(ports, table, {}, watch);
  t.match(report.partitions[0], {
    state: 'late',
    generation: 1,
    reason: /late\.csv" in storage class GLACIER/,
  });
  t.same(publishedRecords(world), records);
});
