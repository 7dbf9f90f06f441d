/** What dead runs left is found and cleaned, what they left half done is finished, and a committed hour can be checked again. */
import t from 'tap';
import { clean, cleanAfterMs, planClean } from '../../src/compaction/clean.js';
import type { Pointer } from '../../src/compaction/journal.js';
import { attemptsRoot, pointerKey } from '../../src/compaction/partition.js';
import type { CompactionPorts } from '../../src/compaction/ports.js';
import { hoursWanted, plan, run } from '../../src/compaction/run.js';
import type { CompactionTable } from '../../src/compaction/table.js';
import { verifyHour, verifyHours } from '../../src/compaction/verify-again.js';
import {
  fakeWorld,
  fill,
  hour,
  isPublished,
  knife,
  publishedRecords,
  sourceKey,
  table,
  type World,
} from './fake-world.js';

const day = 86_400_000;
const { signal } = new AbortController();
const quiet = { progress: () => undefined, signal };
const runs = (ports: CompactionPorts, of: CompactionTable = table) => run(ports, of, {}, quiet);
const recovers = (ports: CompactionPorts, of: CompactionTable = table) =>
  run(ports, of, { leftBehind: true }, quiet);
const pointerOf = (world: World, h = 3): Pointer =>
  JSON.parse(world.target.text(pointerKey(table, hour(h)))) as Pointer;
const late = (world: World): string => {
  world.source.put(sourceKey(3, 'late.csv'), 'id,town\n999,Ulm\n');
  return '999,Ulm';
};
const attempted = (world: World): string[] =>
  world.target.keys().filter((key) => key.startsWith(attemptsRoot(table)));

/** The call at which an undisturbed first run does this. */
async function callOf(is: (call: { action: string; key: string }) => boolean): Promise<number> {
  const world = fakeWorld();
  fill(world, [3]);
  const blade = knife();
  await runs(world.ports({ knife: blade }));
  return blade.calls.findIndex(is) + 1;
}

const isCopy = ({ action }: { action: string }): boolean => action === 'copy';
const isPointer = ({ action, key }: { action: string; key: string }): boolean =>
  action === 'write' && key.endsWith('pointer.json');

/** A first run that died with its output written, a second that committed, and a late object's generation. */
async function withGarbage(): Promise<World> {
  const world = fakeWorld();
  fill(world, [3]);
  await runs(world.ports({ knife: knife(await callOf(isPointer), 'kill') }));
  world.advance(120_001);
  await runs(world.ports());
  late(world);
  await runs(world.ports());
  return world;
}

t.test(
  'dead attempts and superseded files are cleaned when nothing can commit or read them any more',
  async (t) => {
    const world = await withGarbage();
    t.equal(attempted(world).length, 3, 'of the dead run, of both generations');
    world.advance(cleanAfterMs);
    t.match(await planClean(world.ports(), table), { attempts: [], kept: 2 });
    world.advance(1);
    const found = await planClean(world.ports(), table);
    t.equal(found.attempts.length, 2);
    t.equal(found.kept, 0);
    t.equal(attempted(world).length, 3, 'looking deletes nothing');
    t.match(await clean(world.ports(), found, signal), { removed: 2, left: 0, aborted: 0 });
    t.strictSame(
      attempted(world),
      pointerOf(world).files.map(({ key }) => key),
    );
    t.match(await planClean(world.ports(), table), { attempts: [], kept: 0 });
    t.equal((await runs(world.ports())).partitions[0]?.state, 'compacted');
  },
);

t.test(
  'what an attempt at the present revision wrote stays however old it is: its run may only be slow',
  async (t) => {
    const [world, copy] = [fakeWorld(), fakeWorld()];
    for (const one of [world, copy]) {
      fill(one, [3]);
      await runs(one.ports());
      late(one);
    }
    const blade = knife();
    await runs(copy.ports({ knife: blade }));
    await runs(world.ports({ knife: knife(blade.calls.findIndex(isPointer) + 1, 'kill') }));
    world.advance(100 * day);
    t.match(await planClean(world.ports(), table), { attempts: [], kept: 1 });
  },
);

t.test(
  'where nothing was ever committed an attempt is dead by its age, and no run commits one that old',
  async (t) => {
    const world = fakeWorld();
    fill(world, [3]);
    await runs(world.ports({ knife: knife(await callOf(isPointer), 'kill') }));
    world.advance(cleanAfterMs);
    t.match(await planClean(world.ports(), table), { attempts: [], kept: 1 });
    world.advance(1);
    t.match(await planClean(world.ports(), table), { attempts: [{ partition: hour(3) }], kept: 0 });
    const slow = world.ports({
      engine: (inner) => ({
        ...inner,
        write: async (job) => {
          const written = await inner.write(job);
          world.advance(cleanAfterMs / 2 + 1);
          return written;
        },
      }),
    });
    const { state, reason } = (await run(slow, table, { partition: hour(3) }, quiet)).partitions[0]!;
    t.match([state, reason], ['failed', /it took more than 84 hours/]);
    t.notOk(world.target.keys().includes(pointerKey(table, hour(3))));
  },
);

t.test(
  'an object that changed after it was listed is not deleted, and uploads are ended when they are old',
  async (t) => {
    const world = await withGarbage();
    world.target.begin(`${attemptsRoot(table)}${hour(3)}/x-1/part`, Date.UTC(2026, 10, 22));
    world.target.begin('elsewhere/part', 0);
    const names = ['trips.parquet', 'trips-0a1b-7-0.parquet', 'strips.parquet', 'trips-of-mine.parquet'];
    for (const name of names) world.target.begin(`lake/${hour(3)}/${name}`, Date.UTC(2026, 10, 22));
    t.equal((await planClean(world.ports(), table)).uploads.length, 0);
    world.advance(cleanAfterMs + 1);
    const found = await planClean(world.ports(), table);
    t.equal(found.uploads.length, 3, 'of an attempt, and of copies to final names');
    const [changed, gone] = found.attempts.map(({ objects }) => objects[0]!.key);
    world.target.put(changed!, 'a straggler');
    world.target.drop(gone!);
    t.match(await clean(world.ports(), found, signal), { removed: 0, left: 2, aborted: 3 });
    t.equal(world.target.text(changed!), 'a straggler');
    t.strictSame(
      (await world.target.uploads('')).map(({ key }) => key.split('/').at(-1)),
      ['part', 'strips.parquet', 'trips-of-mine.parquet'],
    );
  },
);

t.test(
  'recovery finishes what a killed run left, begins nothing new, and the second does nothing',
  async (t) => {
    for (const [at, state] of [
      [await callOf(isCopy), 'Committed, not yet under its final names.'],
      [await callOf(isPointer), 'An earlier run of it broke off.'],
    ] as const) {
      const world = fakeWorld();
      const records = fill(world, [3]);
      await runs(world.ports({ knife: knife(at, 'kill') }));
      fill(world, [4]);
      const held = await recovers(world.ports());
      t.strictSame(
        held.partitions.map((row) => row.state),
        ['running'],
      );
      world.advance(120_001);
      const planned = await plan(world.ports(), table, { leftBehind: true });
      t.strictSame(
        planned.partitions.map((row) => [row.state, row.reason]),
        [['due', state]],
      );
      t.strictSame(
        (await recovers(world.ports())).partitions.map((row) => row.state),
        ['compacted'],
      );
      t.strictSame(publishedRecords(world), records);
      const etags = world.target.etags();
      t.strictSame((await recovers(world.ports())).partitions, []);
      t.strictSame(world.target.etags(), etags);
      t.strictSame(
        (await runs(world.ports())).partitions.map((row) => row.state),
        ['compacted', 'compacted'],
      );
    }
  },
);

t.test('only what lies in the folder of an attempt is cleaned, whatever it is named after', async (t) => {
  const world = await withGarbage();
  const strange = [
    `${attemptsRoot(table)}stray`,
    `${attemptsRoot(table)}${hour(3)}/stray`,
    `${attemptsRoot(table)}${hour(3)}/1234567890abcdef-1/of nobody`,
    `${attemptsRoot(table)}${hour(3)}0/1234567890abcdef-1/of another hour`,
    `${attemptsRoot(table).slice(0, -1)}2/of another table`,
  ];
  for (const key of strange) world.target.put(key, 'x');
  world.advance(cleanAfterMs + 1);
  const plans = await planClean(world.ports(), table);
  t.ok(plans.attempts.length > 0);
  await clean(world.ports(), plans, signal);
  for (const key of strange) t.ok(world.target.keys().includes(key), key);
});

t.test('recovery publishes a committed hour whose owner took its sources away meanwhile', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [3]);
  await runs(world.ports({ knife: knife(await callOf(isCopy), 'kill') }));
  for (const key of world.source.keys()) world.source.drop(key);
  for (const key of world.target.keys()) if (key.includes('/unshown-')) world.target.drop(key);
  world.advance(120_001);
  t.strictSame((await runs(world.ports())).partitions, [], 'a run goes by what is listed or marked');
  const found = await run(world.ports(), table, { leftBehind: true, withRetired: true }, quiet);
  t.strictSame(
    found.partitions.map((row) => row.state),
    ['compacted'],
  );
  t.strictSame(publishedRecords(world), records);
});

t.test('a retirement that was cut is finished by recovery', async (t) => {
  const of: CompactionTable = { ...table, sources: { after: 'delete', graceMs: day } };
  const world = fakeWorld();
  const records = fill(world, [3]);
  await runs(world.ports(), of);
  world.advance(day);
  t.strictSame((await recovers(world.ports(), of)).partitions, [], 'not begun');
  const ports = world.ports();
  const remove: typeof ports.source.remove = async (object) => {
    if (object.key.endsWith('1.csv')) throw new Error('the line is cut');
    return ports.source.remove(object);
  };
  t.equal((await runs({ ...ports, source: { ...ports.source, remove } }, of)).partitions[0]?.state, 'failed');
  t.strictSame(
    (await recovers(world.ports(), of)).partitions.map((row) => row.state),
    ['compacted'],
  );
  t.strictSame(world.source.keys(), []);
  t.strictSame(publishedRecords(world), records);
  t.strictSame((await recovers(world.ports(), of)).partitions, []);
});

t.test('the lease of a process that is dead for certain is taken over at once', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [3]);
  const at = await callOf(isPointer);
  await runs(world.ports({ knife: knife(at, 'kill') }));
  t.equal((await runs(world.ports())).partitions[0]?.state, 'running');
  world.dies('process 1');
  t.equal((await runs(world.ports())).partitions[0]?.state, 'compacted');
  t.strictSame(publishedRecords(world), records);
});

const verdicts = async (world: World, of: CompactionTable = table) => {
  const ports = world.ports();
  const hours = await hoursWanted(ports, of, { withRetired: true });
  return Promise.all(hours.map((one) => verifyHour(ports, of, one)));
};

t.test('a committed hour holds, whole or added to, with its sources or without', async (t) => {
  const of: CompactionTable = { ...table, targetFileBytes: 60, sources: { after: 'delete', graceMs: day } };
  const world = fakeWorld();
  fill(world, [3]);
  t.strictSame(await verdicts(world, of), [undefined], 'nothing is committed');
  await runs(world.ports(), of);
  late(world);
  await runs(world.ports(), of);
  world.advance(day);
  await runs(world.ports(), of);
  t.strictSame(world.source.keys(), []);
  t.strictSame(await verdicts(world, of), [
    { partition: hour(3), generation: 2, files: 3, rows: 7, faults: [] },
  ]);
  const status = await plan(world.ports(), of, { withRetired: true });
  t.match(status.partitions, [{ partition: hour(3), state: 'compacted', sources: { objects: 0 } }]);
});

t.test('a file that is gone, changed or not as its evidence says is found', async (t) => {
  const faultsAfter = async (harm: (world: World, pointer: Pointer) => void): Promise<string> => {
    const world = fakeWorld();
    fill(world, [3]);
    await runs(world.ports());
    harm(world, pointerOf(world));
    return ((await verdicts(world))[0]?.faults ?? []).join('; ');
  };
  const fileOf = (pointer: Pointer): string => pointer.files[0]!.key;
  t.equal(await faultsAfter(() => undefined), '');
  t.match(await faultsAfter((world, pointer) => world.target.drop(fileOf(pointer))), /There is no object/);
  t.match(await faultsAfter((world, pointer) => world.target.put(fileOf(pointer), '{}')), /was changed/);
  t.match(
    await faultsAfter((world, pointer) => world.target.drop(pointer.evidence)),
    /evidence record .* is missing/,
  );
  t.match(
    await faultsAfter((world) => world.target.drop(world.target.keys().find(isPublished)!)),
    /trips\.parquet is missing/,
  );
  t.match(
    await faultsAfter((world, pointer) => {
      const evidence = JSON.parse(world.target.text(pointer.evidence)) as object;
      world.target.put(pointer.evidence, JSON.stringify({ ...evidence, rowsOut: 5, files: [] }));
    }),
    /the pointer names other files than the evidence; .*6 rows in, 5 out/,
  );
});

t.test('many hours are checked with progress, and an interrupt ends the check', async (t) => {
  const world = fakeWorld();
  fill(world, [3, 4, 5]);
  await runs(world.ports(), table);
  const ports = world.ports();
  const hours = await hoursWanted(ports, table, {});
  const seen: number[] = [];
  const checked = await verifyHours(ports, table, hours, { progress: (done) => seen.push(done), signal });
  t.strictSame(
    checked.map(({ partition, faults }) => [partition, faults.length]),
    [3, 4, 5].map((h) => [hour(h), 0]),
  );
  t.strictSame(seen, [1, 2, 3]);
  const ended = { progress: () => undefined, signal: AbortSignal.abort() };
  await t.rejects(verifyHours(ports, table, hours, ended), { code: 'INTERRUPTED' });
});
