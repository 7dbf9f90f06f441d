/** What a run will cost is said before it begins: requests, and what a billed engine scans. */
import t from 'tap';
import { billed } from '../../src/compaction/commit.js';
import type { Engine } from '../../src/compaction/ports.js';
import { plan, run } from '../../src/compaction/run.js';
import { raise } from '../../src/kernel/errors.js';
import { fakeWorld, fill, hour, sourceKey, table, type World } from './fake-world.js';

const as =
  (name: Engine['name'], write?: Engine['write']) =>
  (inner: Engine): Engine => ({ ...inner, name, ...(write ? { write } : {}), sweep: async () => undefined });
/** Shows what is billed in place of dollars. */
const portsOf = (world: World, engine: (inner: Engine) => Engine) => ({
  ...world.ports({ engine }),
  price: (_: unknown, scans: readonly number[] = []) => scans.join('+') || 'no scan',
});
const { signal } = new AbortController();
const watch = { progress: () => undefined, signal };

t.test('Athena scans every due hour once; the other engines are not billed by that', async (t) => {
  const world = fakeWorld();
  fill(world, [3, 4]);
  const { partitions, ownCost } = await plan(portsOf(world, as('athena')), table, {});
  const bytes = partitions.map(({ sources }) => sources.bytes);
  t.match(ownCost.before, { scannedBytes: bytes[0]! + bytes[1]!, usd: bytes.join('+') });
  for (const name of ['duckdb', 'trino'] as const) {
    const other = await plan(portsOf(world, as(name)), table, {});
    t.equal(other.ownCost.before.usd, 'no scan');
    t.notOk('scannedBytes' in other.ownCost.before);
  }
});

t.test(
  'hours that are done are not scanned, of a late generation only what came late where the rest stays',
  async (t) => {
    const world = fakeWorld();
    fill(world, [3], 2);
    const small = { ...table, targetFileBytes: 40 };
    await run(world.ports(), small, {}, watch);
    const done = await plan(portsOf(world, as('athena')), small, {});
    t.match(done.ownCost.before, { scannedBytes: 0, usd: 'no scan' });
    const late = 'id,town\n999,Ulm\n';
    world.source.put(sourceKey(3, 'late.csv'), late);
    const next = await plan(portsOf(world, as('athena')), small, {});
    t.match(next.ownCost.before, { scannedBytes: late.length, usd: String(late.length) });
  },
);

t.test('many long names take several queries, each with its least charge', async (t) => {
  const world = fakeWorld();
  for (let n = 0; n < 600; n += 1) world.source.put(sourceKey(3, `${'n'.repeat(900)}${n}.csv`), 'id,town\n');
  const { ownCost } = await plan(portsOf(world, as('athena')), table, {});
  t.equal(ownCost.before.usd.split('+').length, 3);
});

t.test('an engine elsewhere takes a few requests more', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  const [near, far] = await Promise.all(
    (['duckdb', 'athena'] as const).map(async (name) => {
      const { ownCost } = await plan(portsOf(world, as(name)), table, {});
      return ownCost.before.requests;
    }),
  );
  t.ok(far!.put > near!.put && far!.list > near!.list);
});

t.test('what queries read stands in the row, the report and the evidence of an hour', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  const engine = (inner: Engine): Engine => ({
    ...as('athena')(inner),
    write: async (job) => {
      job.scanned?.({ bytes: 5, isFree: true });
      job.scanned?.({ bytes: 70, isFree: false });
      return inner.write(job);
    },
  });
  const report = await run(portsOf(world, engine), table, {}, watch);
  t.match(report.partitions[0]?.ownCost, { scannedBytes: 75, usd: '70' });
  t.match(report.ownCost, { scannedBytes: 75, usd: '70' });
  t.match(JSON.parse(world.target.text(report.partitions[0]!.evidence!)).ownCost, {
    scannedBytes: 75,
    usd: '70',
  });
});

t.test('an hour that fails or is refused costs what it did until then', async (t) => {
  for (const [state, end] of [
    ['failed', () => raise('ENGINE_FAILED', { engine: 'athena', partition: '', why: 'no' })],
    ['refused', () => ({ outcome: 'refused', why: 'no' }) as const],
  ] as const) {
    const world = fakeWorld();
    fill(world, [3]);
    const write: Engine['write'] = async ({ scanned }) => {
      scanned?.({ bytes: 70, isFree: false });
      return end();
    };
    const report = await run(portsOf(world, as('athena', write)), table, {}, watch);
    const [row] = report.partitions;
    t.match(row, { partition: hour(3), state, ownCost: { scannedBytes: 70, usd: '70' } });
    t.ok(row!.ownCost!.requests.put >= 3 && row!.ownCost!.requests.get >= 4);
    t.equal(report.ownCost.usd, '70');
  }
});

t.test('only what is not free is billed', (t) => {
  t.same(
    billed([
      { bytes: 1, isFree: true },
      { bytes: 2, isFree: false },
    ]),
    [2],
  );
  t.end();
});
