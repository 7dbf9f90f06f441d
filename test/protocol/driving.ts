/** Sequences of all that can happen to an hour, driven through the real code: two runners interleaved at their effects, each of which may fail. */
import fc from 'fast-check';
import { clean, planClean } from '../../src/compaction/clean.js';
import { attemptsRoot } from '../../src/compaction/partition.js';
import { type CompactionPorts, run } from '../../src/compaction/run.js';
import type { CodeWeakening } from './code-weakenings.js';
import { graceMs, type HourUnderTest, hourUnderTest } from './hour-under-test.js';
import { makeRunner, type Runner } from './runner.js';
import { anySequence, type Event, kind, prelude, racingSequence, toTheEnd } from './sequences.js';

/** What the sequences came to, so that it can be seen that they came somewhere. */
export type Tally = Record<
  | 'seed'
  | 'sequences'
  | 'effects'
  | 'commits'
  | 'laterGenerations'
  | 'retirements'
  | 'deletions'
  | 'cleaned'
  | 'renames'
  | 'overtaken'
  | 'kills'
  | 'lost',
  number
>;

const { signal } = new AbortController();

const programs: Record<
  'run' | 'recover' | 'clean',
  (ports: CompactionPorts, hour: HourUnderTest) => Promise<unknown>
> = {
  run: (ports, { of }) => run(ports, of, {}, { progress: () => undefined, signal }),
  recover: (ports, { of }) =>
    run(ports, of, { leftBehind: true, withRetired: true }, { progress: () => undefined, signal }),
  clean: async (ports, { of, weak }) =>
    weak?.clean ? weak.clean(ports, of) : clean(ports, await planClean(ports, of), signal),
};

/** Rejects with the shortest sequence that breaks a promise, and its seed; with the first one where the code is weakened. */
export async function drive(
  sequences: number,
  seed = Date.now() & 0x7fff_ffff,
  weak?: CodeWeakening,
): Promise<Tally> {
  const tally: Tally = {
    seed,
    ...{ sequences: 0, effects: 0, commits: 0, laterGenerations: 0, retirements: 0 },
    ...{ deletions: 0, cleaned: 0, renames: 0, overtaken: 0, kills: 0, lost: 0 },
  };
  const events = weak ? racingSequence : anySequence;
  await fc.assert(
    fc.asyncProperty(kind, prelude, events, async (kind, from, events) => {
      tally.sequences += 1;
      const hour = hourUnderTest(kind, weak);
      hour.put('a');
      hour.put('b');
      await begun(hour, from);
      const fault = (await sequence(hour, events, tally)) ?? (await healed(hour));
      counted(hour, tally);
      if (fault !== undefined) throw new Error(fault);
    }),
    { numRuns: sequences, seed, endOnFailure: weak !== undefined },
  );
  return tally;
}

function counted(hour: HourUnderTest, tally: Tally): void {
  const { world, versions, pointer } = hour;
  const written = world.target.writes.filter(({ outcome }) => outcome === 'written');
  const evidence = written.filter(({ key }) => key.includes('/evidence/'));
  const generation = pointer()?.generation ?? 0;
  tally.commits += evidence.length;
  tally.laterGenerations += Math.max(0, generation - 1);
  tally.retirements += pointer()?.retiring ? 1 : 0;
  tally.cleaned += evidence.length > 0 ? removedFrom(hour) : 0;
  tally.deletions += versions.filter(({ end }) => end === 'removed').length;
}

/** Attempts that were written and are there no more. */
function removedFrom({ world, of }: HourUnderTest): number {
  const root = attemptsRoot(of);
  const there = new Set(world.target.keys());
  return world.target.writes.filter(
    ({ key, outcome }) => outcome === 'written' && key.startsWith(root) && !there.has(key),
  ).length;
}

/** The first thing that went wrong. */
async function sequence(
  hour: HourUnderTest,
  events: readonly Event[],
  tally: Tally,
): Promise<string | undefined> {
  const runners = [makeRunner(hour), makeRunner(hour)] as const;
  for (const event of events) {
    const fault = await happened(hour, event, runners, tally);
    if (fault !== undefined) return fault;
  }
  for (const runner of runners) await runner.kill();
  return hour.broken();
}

async function begun(hour: HourUnderTest, from: string): Promise<void> {
  if (from !== 'new') await runWhole(hour);
  hour.broken();
  if (from === 'superseded') {
    hour.put('a');
    await runWhole(hour);
    hour.broken();
  }
  if (from !== 'new' && from !== 'committed') hour.world.advance(graceMs + 1);
  if (from === 'retired') await runWhole(hour);
}

async function happened(
  hour: HourUnderTest,
  event: Event,
  runners: readonly [Runner, Runner],
  tally: Tally,
): Promise<string | undefined> {
  switch (event.what) {
    case 'put':
      hour.put(event.name);
      break;
    case 'take away':
      hour.takeAway(event.name);
      break;
    case 'rename':
      if (hour.rename(event.name)) tally.renames += 1;
      break;
    case 'expire':
      hour.world.advance(120_001);
      break;
    case 'ripen':
      // Where nothing is committed age alone says what is dead, and a run looks at the clock right before its commit: that
      // it sleeps for days between the two is left out.
      if (hour.pointer() || runners.every((runner) => runner.isIdle())) hour.world.advance(graceMs + 1);
      break;
    case 'renew':
      hour.world.tick();
      break;
    case 'start':
      if (runners[event.who].isIdle())
        runners[event.who].start((ports) => programs[event.program](ports, hour));
      return stepped(hour, runners[event.who], event.effects, tally);
    case 'kill':
      if (!runners[event.who].isIdle()) tally.kills += 1;
      await runners[event.who].kill();
      break;
    case 'lose':
    case 'fail':
      tally.lost += 1;
      runners[event.who].doom(event.what);
      break;
    case 'overtake':
      return overtaken(hour, event, runners, tally);
    case 'step':
      return stepped(hour, runners[event.who], event.effects, tally);
  }
  return hour.broken();
}

async function stepped(
  hour: HourUnderTest,
  runner: Runner,
  effects: number,
  tally: Tally,
): Promise<string | undefined> {
  for (let i = 0; i < effects && !runner.isIdle(); i++) {
    await runner.step();
    tally.effects += 1;
    const fault = hour.broken();
    if (fault !== undefined) return fault;
  }
  return undefined;
}

async function overtaken(
  hour: HourUnderTest,
  { who, effects, by, before, meanwhile }: Event & { readonly what: 'overtake' },
  runners: readonly [Runner, Runner],
  tally: Tally,
): Promise<string | undefined> {
  const put = (name: string): readonly Event[] => (name === '' ? [] : [{ what: 'put', name }]);
  const other = who === 0 ? 1 : 0;
  const events: readonly Event[] = [
    ...put(before),
    { what: 'start', program: 'run', who, effects },
    ...put(meanwhile),
    { what: 'expire' },
    ...(by === 'nobody' ? [] : [{ what: 'start', program: by, who: other, effects: toTheEnd } as const]),
    { what: 'step', who, effects: toTheEnd },
  ];
  tally.overtaken += 1;
  for (const event of events) {
    const fault = await happened(hour, event, runners, tally);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** When the dead lie still and the lease is over, one run makes the hour whole; a few later there is nothing to do. */
async function healed(hour: HourUnderTest): Promise<string | undefined> {
  hour.world.advance(120_001);
  const first = await runWhole(hour);
  // An hour that was committed, and whose owner then took all its sources before it had its name, no run sees any more.
  if (first === 'empty') await programs.recover(hour.world.ports(), hour);
  const fault = hour.broken() ?? hour.unfinished(first);
  if (fault !== undefined) return `after healing: ${fault}`;
  for (let i = 0; i < 2; i++) await runWhole(hour);
  const before = JSON.stringify([hour.world.source.etags(), hour.world.target.etags()]);
  const last = await runWhole(hour);
  if (JSON.stringify([hour.world.source.etags(), hour.world.target.etags()]) !== before)
    return 'a run with nothing to do changed something';
  return hour.broken() ?? hour.unfinished(last);
}

async function runWhole({ world, of }: HourUnderTest): Promise<string> {
  const { partitions } = await run(world.ports(), of, {}, { progress: () => undefined, signal });
  return partitions[0]?.state ?? 'empty';
}
