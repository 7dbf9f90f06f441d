/** Wherever the making of a day is cut, and whatever happens to its hours meanwhile, a reader of the days sees each hour as it was committed, once. */
import fc from 'fast-check';
import t from 'tap';
import type { Pointer } from '../../src/compaction/journal.js';
import { pointerKey } from '../../src/compaction/partition.js';
import { day, hours, planDays, recordsBelow, runDays, runHours } from '../compaction/days.js';
import {
  fakeWorld,
  fill,
  type Hooks,
  hour,
  knife,
  type Part,
  sourceKey,
  type Way,
  type World,
} from '../compaction/fake-world.js';

const toNextDay = 13 * 3_600_000;
const afterLease = 120_001;
const ways: readonly Way[] = ['before', 'after', 'kill'];
/** All of it takes long; see test/servers/all-cuts. */
const isLong = process.env.BUCKETWISE_ALL_CUTS === 'yes';

/** Two hours, and before a second generation of the day also its first. */
async function started(isSecond: boolean): Promise<World> {
  const world = fakeWorld();
  fill(world, [3, 4]);
  world.advance(toNextDay);
  await runHours(world);
  if (!isSecond) return world;
  await runDays(world);
  world.source.put(sourceKey(4, 'late.csv'), 'id,town\n499,Late\n');
  world.source.put(sourceKey(3, '0.csv'), 'id,town\n300,Other\n');
  await runHours(world);
  return world;
}

/** A run that is cut while it lists has no report. */
async function cut(act: () => Promise<unknown>): Promise<void> {
  await act().catch((error: Error) => {
    if (!error.message.includes('the line is cut')) throw error;
  });
}

for (const isSecond of isLong ? [false, true] : [true])
  t.test(`generation ${isSecond ? 2 : 1} of a day, cut at every effect in three ways`, async (t) => {
    const faults: string[] = [];
    let cuts = 0;
    for (const [nth, way] of ways.entries())
      for (let at = isLong ? 1 : 1 + 2 * nth; ; at += isLong ? 1 : 6) {
        const world = await started(isSecond);
        const before = recordsBelow(world, 'days/').join();
        const after = recordsBelow(world, 'lake/').join();
        const blade = knife(at, way);
        await cut(() => runDays(world, { knife: blade }));
        if (blade.calls.length < at) break;
        cuts += 1;
        const seen = recordsBelow(world, 'days/').join();
        if (seen !== before && seen !== after) faults.push(`${way} ${at}: a reader sees ${seen}`);
        world.advance(afterLease);
        await runDays(world);
        if (recordsBelow(world, 'days/').join() !== after) faults.push(`${way} ${at}: not made whole`);
        const [row] = (await planDays(world)).partitions;
        if (row?.state !== 'compacted' || row.generation !== (isSecond ? 2 : 1))
          faults.push(`${way} ${at}: then ${row?.state} ${row?.generation} ${row?.reason}`);
      }
    t.same(faults, []);
    t.ok(cuts > (isLong ? 90 : 15), `${cuts} cuts`);
  });

type Op =
  | { readonly kind: 'put'; readonly hour: number; readonly file: number }
  | { readonly kind: 'hours' | 'days'; readonly cutAt: number; readonly way: Way }
  | { readonly kind: 'together'; readonly seed: number };

const ops: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), hour: fc.integer({ min: 3, max: 5 }), file: fc.nat(1) }),
  fc.record({
    kind: fc.constantFrom('hours' as const, 'days' as const),
    cutAt: fc.oneof(fc.constant(1_000_000), fc.integer({ min: 1, max: 70 })),
    way: fc.constantFrom(...ways),
  }),
  fc.record({ kind: fc.constant('together' as const), seed: fc.nat() }),
);

/** Waits a number of turns that follows from the seed. */
function pauses(seed: number): Hooks {
  let state = seed + 1;
  return {
    pause: async () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      for (let turn = (state >>> 16) % 4; turn > 0; turn -= 1) await Promise.resolve();
    },
  };
}

let version = 0;
const steps: Readonly<Record<Op['kind'], (world: World, op: Op) => Promise<unknown>>> = {
  put: async (world, op) => {
    if (op.kind !== 'put') return;
    version += 1;
    const id = op.hour * 1_000_000 + version;
    world.source.put(sourceKey(op.hour, `${op.file}.csv`), `id,town\n${id},file ${op.file}\n`);
  },
  hours: (world, op) => cut(() => runHours(world, { knife: bladeOf(op) })),
  days: (world, op) => cut(() => runDays(world, { knife: bladeOf(op) })),
  together: (world, op) => {
    const seed = op.kind === 'together' ? op.seed : 0;
    return Promise.all([
      runDays(world, pauses(seed)),
      runHours(world, pauses(seed + 1)),
      runDays(world, pauses(seed + 2)),
    ]);
  },
};

const bladeOf = (op: Op) => (op.kind === 'hours' || op.kind === 'days' ? knife(op.cutAt, op.way) : knife());

const ofHour = (records: readonly string[], h: number): string =>
  records.filter((record) => Math.floor(Number.parseInt(record, 10) / 1_000_000) === h).join();

/** Adds what each hour is committed with now to what it was committed with before. */
function remember(world: World, versions: Map<number, string[]>): void {
  for (const [h, seen] of versions) {
    const key = pointerKey(hours, hour(h));
    if (!world.target.keys().includes(key)) continue;
    const { files } = JSON.parse(world.target.text(key)) as Pointer;
    const records = files.flatMap((file) => (JSON.parse(world.target.text(file.key)) as Part).records);
    if (seen.at(-1) !== records.sort().join()) seen.push(records.join());
  }
}

const whole = { cutAt: 1_000_000, way: 'kill' } as const;
/** A day that is made three times, whatever else is tried. */
const thrice: Op[] = [0, 1, 0].flatMap((file) => [
  { kind: 'put', hour: 3, file },
  { kind: 'hours', ...whole },
  { kind: 'days', ...whole },
]);

t.test('any order of late objects, runs, cuts and runs at once', async (t) => {
  let generations = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(ops, { minLength: 5, maxLength: 14 }), async (sequence) => {
      const world = fakeWorld();
      world.advance(toNextDay);
      const shown = new Map([3, 4, 5].map((h) => [h, 0]));
      const committed = new Map([3, 4, 5].map((h) => [h, ['']]));
      for (const op of [...sequence, { kind: 'hours', ...whole }, { kind: 'days', ...whole }] as Op[]) {
        await steps[op.kind](world, op);
        world.advance(afterLease);
        const records = recordsBelow(world, 'days/');
        remember(world, committed);
        for (const [h, versions] of committed) {
          const at = versions.lastIndexOf(ofHour(records, h));
          if (at < 0) throw new Error(`hour ${h} is shown as it never was: ${ofHour(records, h)}`);
          if (at < shown.get(h)!) throw new Error(`hour ${h} went back`);
          shown.set(h, at);
        }
      }
      if (recordsBelow(world, 'days/').join() !== recordsBelow(world, 'lake/').join())
        throw new Error('in the end the days are not the hours');
      generations = Math.max(generations, Number(await generationOf(world)));
    }),
    { numRuns: isLong ? 150 : 15, examples: [[thrice]] },
  );
  t.ok(generations > 2, `up to ${generations} generations of a day`);
});

const generationOf = async (world: World): Promise<number> =>
  (await planDays(world)).partitions.find(({ partition }) => partition === day)?.generation ?? 0;
