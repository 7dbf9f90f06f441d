/** Wherever a second generation, a retirement or a clean-up is cut, the next run makes the hour whole, and the one after it does nothing. */
import t, { type Test } from 'tap';
import { clean, planClean } from '../../src/compaction/clean.js';
import type { Pointer } from '../../src/compaction/journal.js';
import { attemptsRoot, pointerKey } from '../../src/compaction/partition.js';
import type { CompactionPorts } from '../../src/compaction/ports.js';
import { run } from '../../src/compaction/run.js';
import type { CompactionTable } from '../../src/compaction/table.js';
import {
  fakeWorld,
  fill,
  hour,
  knife,
  type Part,
  publishedRecords,
  sourceKey,
  table,
  type Way,
  type World,
} from '../compaction/fake-world.js';

const ways: readonly Way[] = ['before', 'after', 'kill'];
const day = 86_400_000;
const afterLease = 120_001;
const { signal } = new AbortController();
const runs = (ports: CompactionPorts, of: CompactionTable) =>
  run(ports, of, {}, { progress: () => undefined, signal });

interface Scenario {
  readonly name: string;
  readonly of: CompactionTable;
  /** Up to where the cut is to fall; gives the rows the hour must have in the end. */
  prepare(world: World, of: CompactionTable): Promise<string[]>;
  act(ports: CompactionPorts, of: CompactionTable): Promise<unknown>;
  /** What must be so when all is done, besides the rows. */
  wrong(world: World): string | undefined;
}

const pointerOf = (world: World): Pointer =>
  JSON.parse(world.target.text(pointerKey(table, hour(3)))) as Pointer;

async function committed(world: World, of: CompactionTable): Promise<string[]> {
  const records = fill(world, [3], 2);
  await runs(world.ports(), of);
  return records;
}

function late(world: World, records: readonly string[]): string[] {
  world.source.put(sourceKey(3, 'late.csv'), 'id,town\n999,Ulm\n');
  return [...records, '999,Ulm'].sort();
}

const isSecond = (world: World): string | undefined =>
  pointerOf(world).generation === 2 ? undefined : `it is generation ${pointerOf(world).generation}`;
const cleaned = async (ports: CompactionPorts, of: CompactionTable) =>
  clean(ports, await planClean(ports, of), signal);
const retired = (after: 'tag' | 'delete'): CompactionTable => ({
  ...table,
  sources: { after, graceMs: day },
});

const scenarios: readonly Scenario[] = [
  {
    name: 'a second generation in one file',
    of: table,
    prepare: async (world, of) => late(world, await committed(world, of)),
    act: runs,
    wrong: isSecond,
  },
  {
    name: 'a second generation of an hour of several files',
    of: { ...table, targetFileBytes: 40 },
    prepare: async (world, of) => late(world, await committed(world, of)),
    act: runs,
    wrong: isSecond,
  },
  {
    name: 'a retirement by deletion',
    of: retired('delete'),
    prepare: async (world, of) => {
      const records = await committed(world, of);
      world.advance(day);
      return records;
    },
    act: runs,
    wrong: ({ source }) => (source.keys().length === 0 ? undefined : `${source.keys()[0]} is left`),
  },
  {
    name: 'a retirement by tags',
    of: retired('tag'),
    prepare: async (world, of) => {
      const records = await committed(world, of);
      world.advance(day);
      return records;
    },
    act: runs,
    wrong: ({ source }) =>
      Object.values(source.tags()).length === 2 ? undefined : 'a source has no tag or is gone',
  },
  {
    name: 'a clean-up',
    of: table,
    prepare: async (world, of) => {
      const records = late(world, await committed(world, of));
      await runs(world.ports(), of);
      world.advance(8 * day);
      return records;
    },
    act: cleaned,
    wrong: (world) => {
      const left = world.target.keys().filter((key) => key.startsWith(attemptsRoot(table)));
      return left.join() ===
        pointerOf(world)
          .files.map(({ key }) => key)
          .join()
        ? undefined
        : `${left} is left`;
    },
  },
];

/** An act that is cut while it lists has no report. */
async function cut(world: World, { act, of }: Scenario, at: number, way: Way): Promise<void> {
  await act(world.ports({ knife: knife(at, way) }), of).catch((error: Error) => {
    if (!error.message.includes('the line is cut')) throw error;
  });
}

/** The first thing that is wrong of the rows, at any moment. */
function rowFault(world: World, records: readonly string[], isWhole: boolean): string | undefined {
  const pointed = pointerOf(world)
    .files.flatMap(({ key }) => (JSON.parse(world.target.text(key)) as Part).records)
    .sort()
    .join();
  const shown = publishedRecords(world).join();
  const before = records.filter((record) => record !== '999,Ulm').join();
  for (const seen of [pointed, shown])
    if (seen !== records.join() && (isWhole || seen !== before)) return `a reader sees ${seen}`;
  return undefined;
}

async function fault(scenario: Scenario, at: number, way: Way): Promise<string | undefined> {
  const world = fakeWorld();
  const records = await scenario.prepare(world, scenario.of);
  await cut(world, scenario, at, way);
  const early = rowFault(world, records, false);
  if (early) return `after the cut: ${early}`;
  world.advance(afterLease);
  await scenario.act(world.ports(), scenario.of);
  const wrong = rowFault(world, records, true) ?? scenario.wrong(world);
  if (wrong) return `after recovery: ${wrong}`;
  const state = (): string =>
    JSON.stringify([world.source.etags(), world.source.tags(), world.target.etags()]);
  const done = state();
  await scenario.act(world.ports(), scenario.of);
  return state() === done && world.timers() === 0 ? undefined : 'the third run changed something';
}

async function cutEverywhere(t: Test, scenario: Scenario): Promise<void> {
  const world = fakeWorld();
  await scenario.prepare(world, scenario.of);
  const whole = knife();
  await scenario.act(world.ports({ knife: whole }), scenario.of);
  let points = 0;
  for (let at = 1; at <= whole.calls.length; at++)
    for (const way of ways) {
      const wrong = await fault(scenario, at, way);
      const { store, action } = whole.calls[at - 1]!;
      if (wrong) t.fail(`call ${at} (${action} at the ${store}), ${way}: ${wrong}`);
      points += 1;
    }
  t.comment(`${points} cut points`);
  t.ok(points > 20);
}

for (const scenario of scenarios)
  t.test(`${scenario.name}, cut at any call in any of three ways, is finished by the next`, (t) =>
    cutEverywhere(t, scenario),
  );
