/** What comes or changes after a commit makes a new generation, and a reader sees every row once at any moment of it. */
import t from 'tap';
import type { Evidence, Manifest, Pointer } from '../../src/compaction/journal.js';
import { manifestKey, pointerKey } from '../../src/compaction/partition.js';
import type { CompactionPorts } from '../../src/compaction/ports.js';
import { plan, run } from '../../src/compaction/run.js';
import type { Column } from '../../src/compaction/schema.js';
import type { CompactionTable } from '../../src/compaction/table.js';
import {
  fakeWorld,
  fill,
  gate,
  hour,
  isPublished,
  knife,
  type Part,
  publishedRecords,
  sourceKey,
  table,
  type World,
} from './fake-world.js';

const manyFiles: CompactionTable = { ...table, targetFileBytes: 60 };
const noTime = { progress: () => undefined, signal: new AbortController().signal };
const runs = (ports: CompactionPorts, of: CompactionTable = table) => run(ports, of, {}, noTime);
const pointerOf = (world: World, h = 3): Pointer =>
  JSON.parse(world.target.text(pointerKey(table, hour(h)))) as Pointer;
const late = (world: World, name = 'late.csv', line = '999,Ulm'): string => {
  world.source.put(sourceKey(3, name), `id,town\n${line}\n`);
  return line;
};

/** What a reader of the pointer reads. */
const pointedRecords = (world: World): string[] =>
  pointerOf(world)
    .files.flatMap(({ key }) => (JSON.parse(world.target.text(key)) as Part).records)
    .sort();

t.test(
  'an object that came late makes the hour due, and the next run makes a second generation',
  async (t) => {
    const world = fakeWorld();
    const records = fill(world, [3, 4]);
    await runs(world.ports());
    const first = pointerOf(world);
    const more = late(world);
    const planned = await plan(world.ports(), table, {});
    t.equal(planned.partitions[0]?.state, 'due');
    t.equal(
      planned.partitions[0]?.reason,
      `1 object came or changed after the commit, "${sourceKey(3, 'late.csv')}" first; generation 2 takes it in.`,
    );
    t.equal(planned.partitions[1]?.state, 'compacted');
    const report = await runs(world.ports());
    t.match(report.partitions[0], { state: 'compacted', generation: 2, target: { files: 1, rows: 7 } });
    t.strictSame(publishedRecords(world), [...records, more].sort());
    t.strictSame(pointedRecords(world), [...records.slice(0, 6), more].sort());
    t.ok(
      world.target.keys().includes(first.files[0]!.key),
      'files of the first generation stay for its readers',
    );
    t.strictSame(world.target.keys().filter(isPublished).length, 2, 'one name an hour');
    t.strictSame(
      (await runs(world.ports())).partitions.map(({ state }) => state),
      ['compacted', 'compacted'],
    );
  },
);

t.test('a changed object makes a generation of the bytes that lie there now', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  await runs(world.ports());
  late(world, '0.csv', '777,Ulm');
  await runs(world.ports());
  t.strictSame(publishedRecords(world), ['310,Ulm', '311,Bern', '320,Ulm', '321,Bern', '777,Ulm']);
  t.strictSame(pointedRecords(world), publishedRecords(world));
  const { runId } = pointerOf(world);
  const manifest = JSON.parse(world.target.text(manifestKey(table, hour(3), runId))) as Manifest;
  t.equal(manifest.sources.length, 3, 'the whole source set');
  t.equal(manifest.added, undefined);
});

t.test('an hour of several files keeps them, and what came late is added', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [3]);
  await runs(world.ports(), manyFiles);
  const first = pointerOf(world);
  const before = world.target.keys().filter(isPublished);
  const more = late(world);
  const blade = knife();
  await runs(world.ports({ knife: blade }), manyFiles);
  const second = pointerOf(world);
  t.strictSame(second.files.slice(0, -1), first.files);
  t.strictSame(publishedRecords(world), [...records, more].sort());
  t.ok(before.every((key) => world.target.keys().includes(key)));
  const read = blade.calls.filter(({ store, action }) => store === 'source' && action === 'stream');
  t.strictSame([...new Set(read.map(({ key }) => key))], [sourceKey(3, 'late.csv')]);
  const evidence = JSON.parse(world.target.text(second.evidence)) as Evidence;
  t.match(evidence, { generation: 2, earlier: first.evidence, rowsIn: 1, rowsOut: 1 });
  late(world, 'later.csv', '1000,Ulm');
  await runs(world.ports(), manyFiles);
  t.strictSame(publishedRecords(world), [...records, more, '1000,Ulm'].sort());
});

t.test('a changed object of an hour of several files leaves the hour as it was, and says why', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [3]);
  await runs(world.ports(), manyFiles);
  late(world, '0.csv', '777,Ulm');
  const etags = world.target.etags();
  const { state, reason } = (await runs(world.ports(), manyFiles)).partitions[0]!;
  t.equal(state, 'late');
  t.match(
    reason,
    /0\.csv" was changed after the commit, and its 2 Parquet files cannot be replaced in one step/,
  );
  t.strictSame(world.target.etags(), etags);
  t.strictSame(publishedRecords(world), records);
});

t.test('sources that their owner took away are not lost when another comes late', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [3]);
  await runs(world.ports());
  for (const name of ['0.csv', '1.csv']) world.source.drop(sourceKey(3, name));
  const more = late(world);
  await runs(world.ports());
  t.strictSame(publishedRecords(world), [...records, more].sort());
  late(world, '2.csv', '777,Ulm');
  const { state, reason } = (await runs(world.ports())).partitions[0]!;
  t.equal(state, 'late');
  t.match(reason, /2\.csv" was changed after the commit, and 2 of its other sources are gone/);
  t.strictSame(publishedRecords(world), [...records, more].sort());
});

t.test('a late object that is refused leaves the first generation, and is read once', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [3]);
  await runs(world.ports());
  late(world, 'late.csv', '1,Ulm,more');
  t.match((await runs(world.ports())).partitions[0], { state: 'refused', generation: 1 });
  const blade = knife();
  t.match((await runs(world.ports({ knife: blade }))).partitions[0], { state: 'refused', generation: 1 });
  t.notOk(blade.calls.some(({ action }) => action === 'stream' || action === 'write' || action === 'copy'));
  t.strictSame(publishedRecords(world), records);
  late(world);
  t.match((await runs(world.ports())).partitions[0], { state: 'compacted', generation: 2 });
});

t.test(
  'an engine that makes several files of a later generation is refused once, not paid for every hour',
  async (t) => {
    const world = fakeWorld();
    const records = fill(world, [3]);
    await runs(world.ports());
    late(world);
    let writes = 0;
    const cannotMakeOne = world.ports({
      engine: (inner) => ({
        ...inner,
        write: (job) => {
          writes += 1;
          return inner.write({ ...job, targetFileBytes: 60 });
        },
      }),
    });
    const refused = (await runs(cannotMakeOne)).partitions[0];
    t.match(refused, {
      state: 'refused',
      generation: 1,
      reason: /in \d+ Parquet files cannot be shown in one step/,
    });
    t.match((await runs(cannotMakeOne)).partitions[0], { state: 'refused', generation: 1 });
    t.equal(writes, 1);
    t.strictSame(publishedRecords(world), records);
    const other = world.ports({ engine: (inner) => ({ ...inner, name: 'trino' }) });
    t.match(
      (await runs(other)).partitions[0],
      { state: 'compacted', generation: 2 },
      'another engine is asked anew',
    );
  },
);

for (const [name, of] of [
  ['one file', table],
  ['several files', manyFiles],
] as const)
  t.test(
    `at every moment of a second generation a reader of ${name} sees all old rows or all new`,
    async (t) => {
      const world = fakeWorld();
      const records = fill(world, [3]);
      await runs(world.ports(), of);
      const whole = [...records, late(world)].sort();
      const seen = new Set<string>();
      const look = async (): Promise<void> => {
        seen.add(publishedRecords(world).join()).add(pointedRecords(world).join());
      };
      await runs(world.ports({ pause: look }), of);
      t.strictSame(seen, new Set([records.join(), whole.join()]));
    },
  );

t.test('a publisher that slept while a newer generation was published leaves that alone', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [3]);
  await runs(world.ports());
  const second = late(world);
  const wake = gate();
  const asleep = gate();
  const ports = world.ports();
  const copy: typeof ports.target.copy = async (from, to, over) => {
    if (over) {
      asleep.open();
      await wake.opened;
    }
    return ports.target.copy(from, to, over);
  };
  const sleeper = runs({ ...ports, target: { ...ports.target, copy } });
  await asleep.opened;
  world.advance(120_001);
  const third = late(world, 'later.csv', '1000,Ulm');
  t.match((await runs(world.ports())).partitions[0], { state: 'compacted', generation: 3 });
  wake.open();
  await sleeper;
  t.strictSame(publishedRecords(world), [...records, second, third].sort());
});

t.test("somebody else's object under the one name of an hour is never replaced", async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  await runs(world.ports());
  const name = world.target.keys().find(isPublished)!;
  world.target.put(name, 'somebody else');
  late(world);
  const { state, reason } = (await runs(world.ports())).partitions[0]!;
  t.equal(state, 'failed');
  t.match(reason, name);
  t.equal(world.target.text(name), 'somebody else');
});

const idText = { name: 'id', type: 'string' } as const;
const town = { name: 'town', type: 'string' } as const;
const note = { name: 'note', type: 'string' } as const;
for (const [what, columns] of [
  ['another type', [idText, town]],
  ['another name', [{ name: 'key', type: 'bigint' }, town]],
  ['a column before the last', [(table.columns as readonly Column[])[0]!, note, town]],
  ['a column less', [(table.columns as readonly Column[])[0]!]],
] as const)
  t.test(`files are not added to an hour of other columns: ${what}`, async (t) => {
    const world = fakeWorld();
    const records = fill(world, [3]);
    await runs(world.ports());
    world.source.drop(sourceKey(3, '0.csv'));
    const header = columns.map(({ name }) => name).join();
    const line = '1,2,3'.slice(0, columns.length * 2 - 1);
    world.source.put(sourceKey(3, 'late.csv'), `${header}\n${line}\n`);
    const changed: CompactionTable = { ...table, columns };
    const { state, generation, reason } = (await runs(world.ports(), changed)).partitions[0]!;
    t.match({ state, generation }, { state: 'refused', generation: 1 });
    t.match(
      reason,
      /have the columns id bigint, town string, and the config has now .* Set the columns back/,
    );
    t.strictSame(publishedRecords(world), records);
    const blade = knife();
    await runs(world.ports({ knife: blade }), changed);
    t.notOk(
      blade.calls.some(({ action }) => action === 'stream'),
      'told once, not read again',
    );
    world.source.put(sourceKey(3, 'late.csv'), 'id,town\n999,Ulm\n');
    t.match((await runs(world.ports())).partitions[0], { state: 'compacted', generation: 2 }, 'set back');
  });

t.test('a new column after the last may be added to an hour', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [3]);
  await runs(world.ports());
  world.source.drop(sourceKey(3, '0.csv'));
  world.source.put(sourceKey(3, 'late.csv'), 'id,town,note\n999,Ulm,x\n');
  const wider: CompactionTable = { ...table, columns: [...(table.columns as readonly Column[]), note] };
  t.match((await runs(world.ports(), wider)).partitions[0], { state: 'compacted', generation: 2 });
  t.strictSame(publishedRecords(world), [...records, '999,Ulm,x'].sort());
});
