/** Wherever a run is cut, the next one makes every hour whole: one pointer, all rows once, sources untouched. */
import t, { type Test } from 'tap';
import type { Evidence, Pointer } from '../../src/compaction/journal.js';
import { pointerKey } from '../../src/compaction/partition.js';
import { publishedKeys } from '../../src/compaction/publish.js';
import { run } from '../../src/compaction/run.js';
import type { CompactionTable } from '../../src/compaction/table.js';
import {
  fakeWorld,
  fill,
  hour,
  isPublished,
  knife,
  publishedRecords,
  table,
  type Way,
  type World,
} from '../compaction/fake-world.js';

/** Small enough for two files an hour, so that a cut can fall between two copies. */
const small: CompactionTable = { ...table, targetFileBytes: 60 };
const hours = [3, 4];
const afterLease = 120_001;
const ways: readonly Way[] = ['before', 'after', 'kill'];
/** All of it takes half a minute; see test/servers/all-cuts. */
const isLong = process.env.BUCKETWISE_ALL_CUTS === 'yes';
const inferred: CompactionTable = { ...small, columns: 'infer' };
const kinds: readonly CompactionTable[] = isLong ? [small, inferred] : [small];

const watch = () => ({ progress: () => undefined, signal: new AbortController().signal });

/** A run that is cut while it lists has no report. */
async function cutRun(world: World, of: CompactionTable, at: number, way: Way): Promise<boolean> {
  const blade = knife(at, way);
  await run(world.ports({ knife: blade }), of, {}, watch()).catch((error: Error) => {
    if (!error.message.includes('the line is cut')) throw error;
  });
  return blade.calls.length >= at;
}

async function effectsOf(of: CompactionTable): Promise<number> {
  const world = fakeWorld();
  fill(world, hours);
  const blade = knife();
  await run(world.ports({ knife: blade }), of, {}, watch());
  return blade.calls.length;
}

const read = <T>(world: World, key: string): T => JSON.parse(world.target.text(key)) as T;

/** Every sentence that must hold after recovery; the first that does not, or undefined. */
function fault(world: World, of: CompactionTable, records: readonly string[]): string | undefined {
  const keys = world.target.keys();
  const files: string[] = [];
  for (const h of hours) {
    const key = pointerKey(of, hour(h));
    const committed = world.target.writes.filter((put) => put.key === key && put.outcome === 'written');
    if (committed.length !== 1) return `${committed.length} pointers were written for hour ${h}`;
    const pointer = read<Pointer>(world, key);
    for (const [at, file] of pointer.files.entries()) {
      const name = publishedKeys(of, pointer)[at]!;
      files.push(name);
      if (world.target.etags()[file.key] !== file.etag) return `${file.key} is not the committed one`;
      if (!keys.includes(name) || world.target.text(name) !== world.target.text(file.key))
        return `${name} is not what was committed`;
    }
    if (pointer.files.length !== 2) return `hour ${h} has ${pointer.files.length} files`;
    const evidence = read<Evidence>(world, pointer.evidence);
    if (evidence.rowsIn !== 6 || evidence.rowsOut !== 6) return `hour ${h}: its evidence is wrong`;
    if (JSON.stringify(evidence.files) !== JSON.stringify(pointer.files))
      return `hour ${h}: the evidence tells of other files than the pointer`;
  }
  if (keys.filter(isPublished).join() !== files.sort().join()) return 'other files are published';
  if (publishedRecords(world).join() !== records.join()) return 'rows are lost or doubled';
  return undefined;
}

/** What a run after recovery does wrong, or undefined. */
async function restFault(world: World, of: CompactionTable): Promise<string | undefined> {
  const before = JSON.stringify(world.target.etags());
  const blade = knife();
  const report = await run(world.ports({ knife: blade }), of, {}, watch());
  const states = report.partitions.map(({ state }) => state).join();
  if (states !== 'compacted,compacted') return `the third run says ${states}`;
  const puts = blade.calls.filter(({ action }) => ['write', 'upload', 'copy'].includes(action));
  if (puts.length > 0) return `the third run wrote ${puts[0]!.key}`;
  if (blade.calls.some(({ store, action }) => store === 'source' && action !== 'list'))
    return 'the third run read sources';
  return JSON.stringify(world.target.etags()) === before ? undefined : 'the third run changed something';
}

async function recovered(t: Test, of: CompactionTable, cuts: readonly (readonly [number, Way])[]) {
  const world = fakeWorld();
  const records = fill(world, hours);
  const sources = world.source.etags();
  const name = cuts.map(([at, way]) => `${way} ${at}`).join(', ');
  let reached = true;
  for (const [at, way] of cuts) {
    reached = await cutRun(world, of, at, way);
    world.advance(afterLease);
  }
  const report = await run(world.ports(), of, {}, watch());
  const states = report.partitions.map(({ state }) => state).join();
  const wrong =
    states === 'compacted,compacted'
      ? fault(world, of, records)
      : `${states}: ${report.partitions[0]?.reason}`;
  if (wrong !== undefined) t.fail(`${name}: ${wrong}`);
  const rest = await restFault(world, of);
  if (rest !== undefined) t.fail(`${name}: ${rest}`);
  if (JSON.stringify(world.source.etags()) !== JSON.stringify(sources) || world.source.writes.length > 0)
    t.fail(`${name}: sources were touched`);
  if (world.timers() > 0) t.fail(`${name}: a timer goes on`);
  return reached;
}

t.test('an undisturbed run commits and publishes, and the next one does nothing', async (t) => {
  const world = fakeWorld();
  const records = fill(world, hours);
  await run(world.ports(), small, {}, watch());
  t.equal(fault(world, small, records), undefined);
  t.equal(await restFault(world, small), undefined);
});

for (const of of kinds)
  t.test(
    `a run cut at any call, in any of three ways, is made whole by the next (${of.columns === 'infer' ? 'inferred' : 'declared'} columns)`,
    async (t) => {
      const effects = await effectsOf(of);
      let cutPoints = 0;
      for (let at = 1; at <= effects; at++)
        for (const way of ways) if (await recovered(t, of, [[at, way]])) cutPoints += 1;
      t.equal(cutPoints, effects * ways.length, 'every cut was reached');
      t.ok(cutPoints > 60, `${cutPoints} cut points`);
      t.comment(`${cutPoints} cut points`);
    },
  );

t.test('a recovery that is killed itself is made whole by the one after it', async (t) => {
  const effects = await effectsOf(small);
  let pairs = 0;
  const [step, stride] = isLong ? [3, 5] : [7, 11];
  for (let first = 2; first <= effects; first += step)
    for (let second = 2; second <= effects; second += stride) {
      await recovered(t, small, [
        [first, 'kill'],
        [second, 'kill'],
      ]);
      pairs += 1;
    }
  t.ok(pairs > (isLong ? 60 : 10), `${pairs} pairs of cuts`);
  t.comment(`${pairs} pairs of cuts`);
});

t.test('a killed run is left alone until its lease has run out', async (t) => {
  const world = fakeWorld();
  fill(world, hours);
  const blade = knife();
  await run(world.ports({ knife: blade }), small, {}, watch());
  const claimed = blade.calls.findIndex(({ action, key }) => action === 'write' && key.includes('attempts/'));
  const other = fakeWorld();
  fill(other, hours);
  await cutRun(other, small, claimed + 1, 'kill');
  const early = await run(other.ports(), small, {}, watch());
  t.equal(early.partitions[0]?.state, 'running');
  t.match(early.partitions[0]?.reason, /^Claimed by process 1 until 2026-11-22T12:02:00/);
  other.advance(afterLease);
  const late = await run(other.ports(), small, {}, watch());
  t.strictSame(
    late.partitions.map(({ state }) => state),
    ['compacted', 'compacted'],
  );
});
