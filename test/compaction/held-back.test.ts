/** What would double rows is held back and said; everything else that came late is taken in. */
import t from 'tap';
import type { CompactionPorts } from '../../src/compaction/ports.js';
import { plan, run } from '../../src/compaction/run.js';
import type { Column } from '../../src/compaction/schema.js';
import type { CompactionTable } from '../../src/compaction/table.js';
import { fakeWorld, fill, knife, publishedRecords, sourceKey, table, type World } from './fake-world.js';

const day = 86_400_000;
const manyFiles: CompactionTable = { ...table, targetFileBytes: 60 };
const deleting: CompactionTable = { ...table, sources: { after: 'delete', graceMs: day } };
const valued: CompactionTable = { ...deleting, verify: 'values' };
const runs = (ports: CompactionPorts, of: CompactionTable = table) =>
  run(ports, of, {}, { progress: () => undefined, signal: new AbortController().signal });
const late = (world: World, name = 'late.csv', line = '999,Ulm'): string => {
  world.source.put(sourceKey(3, name), `id,town\n${line}\n`);
  return line;
};
const rename = (world: World, name: string, to: string): void =>
  world.source.rename(sourceKey(3, name), sourceKey(3, to));

async function committed(of: CompactionTable): Promise<{ world: World; records: string[] }> {
  const world = fakeWorld();
  const records = fill(world, [3]);
  await runs(world.ports(), of);
  return { world, records };
}

t.test('a changed object is held, and what came late beside it is taken in all the same', async (t) => {
  const { world, records } = await committed(manyFiles);
  late(world, '0.csv', '777,Ulm');
  const more = late(world);
  const planned = (await plan(world.ports(), manyFiles, {})).partitions[0]!;
  t.equal(planned.state, 'due');
  t.match(planned.reason, /generation 2 takes 1 of them in\. "[^"]*0\.csv" was changed after the commit/);
  const row = (await runs(world.ports(), manyFiles)).partitions[0]!;
  t.match(row, { state: 'late', generation: 2, reason: /0\.csv" was changed.*keeps what was committed/ });
  t.strictSame(publishedRecords(world), [...records, more].sort());
  const etags = world.target.etags();
  t.match((await runs(world.ports(), manyFiles)).partitions[0], {
    state: 'late',
    generation: 2,
    reason: /0\.csv" was changed/,
  });
  t.strictSame(world.target.etags(), etags, 'the next run has nothing to do');
});

for (const [name, of] of [
  ['one file', table],
  ['several files', manyFiles],
] as const)
  t.test(`a renamed source of an hour of ${name} adds no row, and the reason says what to do`, async (t) => {
    const { world, records } = await committed(of);
    rename(world, '0.csv', 'new-name.csv');
    const row = (await runs(world.ports(), of)).partitions[0]!;
    t.match(row, { state: 'late', generation: 1 });
    t.match(row.reason, /new-name\.csv" has the bytes of what was compacted as "[^"]*\/0\.csv"/);
    t.match(row.reason, /Move it back or delete it; .* set source\.sameBytes: add\.$/);
    t.strictSame(publishedRecords(world), records);
    const more = late(world);
    t.match((await runs(world.ports(), of)).partitions[0], { state: 'late', generation: 2 });
    t.strictSame(publishedRecords(world), [...records, more].sort(), 'what is new is taken in');
    rename(world, 'new-name.csv', '0.csv');
    t.match((await runs(world.ports(), of)).partitions[0], { state: 'compacted', generation: 2 });
  });

t.test('a name that was given to new bytes does not hide that the old ones were renamed', async (t) => {
  const { world, records } = await committed(manyFiles);
  rename(world, '0.csv', 'new-name.csv');
  late(world, '0.csv', '777,Ulm');
  t.match((await runs(world.ports(), manyFiles)).partitions[0], { state: 'late', generation: 1 });
  t.strictSame(publishedRecords(world), records);
});

t.test('an hour of one file whose names are all there is made anew of what lies there', async (t) => {
  const { world, records } = await committed(table);
  rename(world, '0.csv', 'new-name.csv');
  const more = late(world, '0.csv', '777,Ulm');
  t.match((await runs(world.ports(), table)).partitions[0], { state: 'compacted', generation: 2 });
  t.strictSame(publishedRecords(world), [...records, more].sort());
});

t.test('the bytes of a retired source under another name are held', async (t) => {
  const { world, records } = await committed(deleting);
  world.source.copyTo(sourceKey(3, '0.csv'), 'elsewhere/kept');
  world.advance(2 * day);
  await runs(world.ports(), deleting);
  world.source.copyTo('elsewhere/kept', sourceKey(3, 'again.csv'));
  t.match((await runs(world.ports(), deleting)).partitions[0], { state: 'late', reason: /again\.csv" has/ });
  t.strictSame(publishedRecords(world), records);
});

t.test('the same bytes beside those that were compacted are rows of their own', async (t) => {
  const { world, records } = await committed(manyFiles);
  world.source.copyTo(sourceKey(3, '0.csv'), sourceKey(3, 'copy.csv'));
  t.match((await runs(world.ports(), manyFiles)).partitions[0], { state: 'compacted', generation: 2 });
  t.strictSame(publishedRecords(world), [...records, '300,Ulm', '301,Bern'].sort());
});

t.test('who says that the same bytes are other rows has them added', async (t) => {
  const adding: CompactionTable = { ...table, source: { ...table.source, sameBytes: 'add' } };
  const { world, records } = await committed(adding);
  rename(world, '0.csv', 'new-name.csv');
  t.match((await runs(world.ports(), adding)).partitions[0], { state: 'compacted', generation: 2 });
  t.strictSame(publishedRecords(world), [...records, '300,Ulm', '301,Bern'].sort());
});

t.test('a rename by copy and deletion is noticed before the copy is committed', async (t) => {
  const { world, records } = await committed(manyFiles);
  world.source.copyTo(sourceKey(3, '0.csv'), sourceKey(3, 'new-name.csv'));
  const ports = world.ports({
    engine: (inner) => ({
      ...inner,
      write: async (job) => {
        world.source.drop(sourceKey(3, '0.csv'));
        return inner.write(job);
      },
    }),
  });
  t.match((await runs(ports, manyFiles)).partitions[0], { state: 'failed', reason: /0\.csv/ });
  t.match((await runs(world.ports(), manyFiles)).partitions[0], { state: 'late', generation: 1 });
  t.strictSame(publishedRecords(world), records);
});

/** Retired, and then put again: the same bytes, another etag. */
async function reuploaded(of: CompactionTable, name = '0.csv') {
  const { world, records } = await committed(of);
  const body = world.source.text(sourceKey(3, '0.csv'));
  world.advance(2 * day);
  await runs(world.ports(), of);
  world.source.put(sourceKey(3, name), body);
  return { world, records };
}

for (const [level, of] of [
  ['counts', deleting],
  ['values', valued],
] as const)
  t.test(`level ${level}: rows that come back under another etag are not added a second time`, async (t) => {
    const { world, records } = await reuploaded(of);
    const row = (await runs(world.ports(), of)).partitions[0]!;
    t.match(row, { state: 'refused', generation: 1 });
    t.match(
      row.reason,
      /0\.csv" has the rows of what was compacted as "[^"]*0\.csv".*set source\.sameBytes: add/,
    );
    t.strictSame(publishedRecords(world), records);
    const blade = knife();
    t.match((await runs(world.ports({ knife: blade }), of)).partitions[0], { state: 'refused' });
    t.notOk(
      blade.calls.some(({ action }) => action === 'stream'),
      'they are read once',
    );
    const more = late(world);
    const second = (await runs(world.ports(), of)).partitions[0]!;
    t.match(second, { state: 'late', generation: 2, reason: /0\.csv" has the rows/ });
    t.strictSame(publishedRecords(world), [...records, more].sort(), 'what is new is taken in');
    t.match((await runs(world.ports(), of)).partitions[0], { state: 'refused', generation: 2 });
    t.strictSame(publishedRecords(world), [...records, more].sort());
    const adding = { ...of, source: { ...of.source, sameBytes: 'add' } } as const;
    t.match((await runs(world.ports(), adding)).partitions[0], { state: 'compacted', generation: 3 });
  });

t.test('level values: such rows are known under another name too', async (t) => {
  const { world, records } = await reuploaded(valued, 'other.csv');
  t.match((await runs(world.ports(), valued)).partitions[0], { state: 'refused', generation: 1 });
  t.strictSame(publishedRecords(world), records);
});

t.test(
  'level values: other rows of the same size under the name of a retired source are added',
  async (t) => {
    const { world, records } = await reuploaded(valued, 'other.csv');
    world.source.drop(sourceKey(3, 'other.csv'));
    world.source.put(sourceKey(3, '0.csv'), 'id,town\n300,Ulm\n302,Bern\n');
    t.match((await runs(world.ports(), valued)).partitions[0], { state: 'compacted', generation: 2 });
    t.strictSame(publishedRecords(world), [...records, '300,Ulm', '302,Bern'].sort());
  },
);

t.test('rows that come back while their source is only being retired are not added either', async (t) => {
  const { world, records } = await committed(valued);
  world.advance(2 * day);
  const ports = world.ports();
  const remove: typeof ports.source.remove = async (object, how) => {
    if (object.key.endsWith('1.csv') && how !== 'unseen')
      world.source.put(object.key, world.source.text(object.key));
    return ports.source.remove(object, how);
  };
  await runs({ ...ports, source: { ...ports.source, remove } }, valued);
  t.strictSame(world.source.keys(), [sourceKey(3, '1.csv')]);
  t.match((await runs(world.ports(), valued)).partitions[0], { state: 'refused', generation: 1 });
  t.strictSame(publishedRecords(world), records);
});

t.test('rows that come back at a place that follows the old one are known as well', async (t) => {
  for (const of of [deleting, valued]) {
    const { world, records } = await committed(of);
    const body = world.source.text(sourceKey(3, '0.csv'));
    world.advance(2 * day);
    await runs(world.ports(), of);
    const moved: CompactionTable = {
      ...of,
      source: { ...of.source, uri: 's3://raw/csv/', formerly: [of.source.uri] },
      sourcePrefix: 'csv/',
    };
    world.source.put(sourceKey(3, '0.csv').replace('raw/', 'csv/'), body);
    t.match((await runs(world.ports(), moved)).partitions[0], { state: 'refused', generation: 1 });
    t.strictSame(publishedRecords(world), records);
  }
});

const text = [
  { name: 'id', type: 'string' },
  { name: 'town', type: 'string' },
] as const;
const wider = [...(valued.columns as readonly Column[]), { name: 'note', type: 'string' }] as const;
const unlike: readonly (readonly [string, CompactionTable, CompactionTable])[] = [
  ['verify was values and is counts', valued, deleting],
  ['verify was counts and is values', deleting, valued],
  ['a column has another type', valued, { ...valued, columns: text }],
  ['there is a column more', valued, { ...valued, columnChanges: 'add-null', columns: wider }],
];
for (const [why, before, now] of unlike)
  t.test(`rows that come back are held by their number where ${why}, and what to do is said`, async (t) => {
    const { world, records } = await reuploaded(before);
    const row = (await runs(world.ports(), now)).partitions[0]!;
    t.match(row, { state: 'refused', generation: 1 });
    t.match(
      row.reason,
      /0\.csv" has as many rows as .* cannot be told, .* other rows, set source\.sameBytes: add/,
    );
    t.strictSame(publishedRecords(world), records);
  });

t.test('rows that come back are known although the columns were inferred wider meanwhile', async (t) => {
  const widening: CompactionTable = { ...valued, columns: 'infer', columnChanges: 'widen' };
  const { world, records } = await committed(widening);
  const body = world.source.text(sourceKey(3, '0.csv'));
  world.advance(2 * day);
  await runs(world.ports(), widening);
  world.source.put(sourceKey(4, 'a.csv'), 'id,town,note\n5,Ulm,x\n');
  await runs(world.ports(), widening);
  world.source.put(sourceKey(3, '0.csv'), body);
  t.match((await runs(world.ports(), widening)).partitions[0], { state: 'refused', generation: 1 });
  t.strictSame(publishedRecords(world), [...records, '5,Ulm,x'].sort());
});
