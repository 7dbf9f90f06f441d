/** What a run does with every kind of hour, with other runs beside it, and with a world that changes under it. */
import fc from 'fast-check';
import t from 'tap';
import type { Claim, Evidence, Pointer, Refusal } from '../../src/compaction/journal.js';
import { claimKey, pointerKey } from '../../src/compaction/partition.js';
import type { CompactionReport, PartitionRow } from '../../src/compaction/plan.js';
import type { CompactionPorts } from '../../src/compaction/ports.js';
import { type CompactionRequest, plan, run } from '../../src/compaction/run.js';
import type { CompactionTable } from '../../src/compaction/table.js';
import {
  fakeWorld,
  fill,
  gate,
  hour,
  isPublished,
  knife,
  midnight,
  publishedRecords,
  sourceKey,
  table,
  type World,
} from './fake-world.js';

const runs = (
  ports: CompactionPorts,
  of: CompactionTable = table,
  request: CompactionRequest = {},
  signal = new AbortController().signal,
): Promise<CompactionReport> => run(ports, of, request, { progress: () => undefined, signal });

const states = (report: CompactionReport): Record<string, string> =>
  Object.fromEntries(report.partitions.map((row) => [row.partition.slice(-2), row.state]));

const rowOf = (report: CompactionReport, h: number): PartitionRow =>
  report.partitions.find(({ partition }) => partition === hour(h))!;

const recordAt = <T>(world: World, key: string): T => JSON.parse(world.target.text(key)) as T;

const pointersWritten = (world: World, h: number): number =>
  world.target.writes.filter(
    ({ key, outcome }) => key === pointerKey(table, hour(h)) && outcome === 'written',
  ).length;

t.test('an hour that may still grow is left alone, and is due once it has settled', async (t) => {
  const world = fakeWorld();
  fill(world, [10, 11]);
  const report = await runs(world.ports());
  t.strictSame(states(report), { 10: 'compacted', 11: 'open' });
  t.equal(rowOf(report, 11).reason, 'It is closed from 2026-11-22T12:10:00.000Z on.');
  world.advance(599_999);
  t.equal(states(await runs(world.ports()))[11], 'open');
  world.advance(1);
  t.equal(states(await runs(world.ports()))[11], 'compacted');
});

t.test('an hour in which only hidden objects lie is empty, and nothing is written for it', async (t) => {
  const world = fakeWorld();
  world.source.put(sourceKey(3, '_SUCCESS'), '');
  world.source.put(sourceKey(3, '.part.crc'), 'x');
  const report = await runs(world.ports());
  t.strictSame(states(report), { '03': 'empty' });
  t.equal(rowOf(report, 3).reason, 'Only hidden objects lie there.');
  t.strictSame(world.target.keys(), []);
});

t.test('marks of folders are no sources and make no hours', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [3]);
  for (const mark of [`${hour(3)}/`, `${hour(3)}_$folder$`, `${hour(3)}/x_$folder$`, `${hour(4)}_$folder$`])
    world.source.put(`${table.sourcePrefix}${mark}`, '');
  const report = await runs(world.ports());
  t.same(
    report.partitions.map(({ partition, state }) => `${partition} ${state}`),
    [`${hour(3)} compacted`],
  );
  t.same(publishedRecords(world), records);
});

t.test('an hour whose files hold no rows is committed with no rows', async (t) => {
  const world = fakeWorld();
  world.source.put(sourceKey(3, 'a.csv'), '');
  world.source.put(sourceKey(3, 'b.csv'), 'id,town\n');
  const report = await runs(world.ports());
  t.equal(rowOf(report, 3).state, 'compacted');
  t.equal(rowOf(report, 3).target.rows, 0);
});

t.test('a report tells what a run made, what it cost, and how far it came', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [3, 4]);
  const seen: string[] = [];
  const report = await run(
    world.ports(),
    table,
    {},
    {
      progress: (done, of, partition) => seen.push(`${done}/${of} ${partition.slice(-2)}`),
      signal: new AbortController().signal,
    },
  );
  t.strictSame(
    seen.map((line) => line.slice(0, 3)),
    ['1/2', '2/2'],
  );
  t.equal(report.totals.target.rows, records.length);
  t.equal(report.totals.target.files, 2);
  t.equal(report.totals.due, 0);
  t.ok(report.ownCost.requests.put >= 14);
  t.equal(rowOf(report, 3).evidence, recordAt<Pointer>(world, pointerKey(table, hour(3))).evidence);
  t.strictSame(publishedRecords(world), records);
});

t.test('a file with another header refuses its hour by its name, and no other hour', async (t) => {
  const world = fakeWorld();
  fill(world, [3, 4]);
  world.source.put(sourceKey(3, 'other.csv'), 'id,city\n1,Ulm\n');
  const report = await runs(world.ports());
  t.strictSame(states(report), { '03': 'refused', '04': 'compacted' });
  t.equal(
    rowOf(report, 3).reason,
    `${sourceKey(3, 'other.csv')}: its column 2 is "city" where the table has "town"`,
  );
  t.notOk(world.target.keys().some((key) => isPublished(key) && key.includes(hour(3))));
  t.equal(pointersWritten(world, 3), 0);
});

t.test('a broken record refuses its hour with file and line', async (t) => {
  const world = fakeWorld();
  world.source.put(sourceKey(3, 'a.csv'), 'id,town\n1,Ulm\n2,Bern,more\n');
  const report = await runs(world.ports());
  t.equal(rowOf(report, 3).state, 'refused');
  t.equal(rowOf(report, 3).reason, `${sourceKey(3, 'a.csv')}, line 3: 3 fields stand where 2 are expected`);
});

t.test('a refused hour is not read again until its bytes or the rules change', async (t) => {
  const world = fakeWorld();
  world.source.put(sourceKey(3, 'a.csv'), 'id,city\n1,Ulm\n');
  const first = await runs(world.ports());
  const blade = knife();
  const second = await runs(world.ports({ knife: blade }));
  t.equal(rowOf(second, 3).state, 'refused');
  t.equal(rowOf(second, 3).reason, rowOf(first, 3).reason);
  t.notOk(blade.calls.some(({ action }) => action === 'stream' || action === 'write'));
  const renamed = {
    ...table,
    columns: [table.columns[0], { name: 'city', type: 'string' }],
  } as CompactionTable;
  t.equal((await plan(world.ports(), renamed, {})).partitions[0]?.state, 'due');
  world.source.put(sourceKey(3, 'a.csv'), 'id,town\n1,Ulm\n');
  t.equal(rowOf(await runs(world.ports()), 3).state, 'compacted');
});

t.test('an engine that loses a row is found out, and nothing is published', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  const ports = world.ports({
    engine: (inner) => ({
      ...inner,
      write: (job) => inner.write({ ...job, sources: job.sources.slice(1) }),
    }),
  });
  const report = await runs(ports);
  t.equal(rowOf(report, 3).state, 'refused');
  t.equal(rowOf(report, 3).reason, 'the sources hold 6 rows, the Parquet files 4');
  t.strictSame(publishedRecords(world), []);
});

t.test(
  'a source that changes between listing and reading fails its hour; the next run takes the new bytes',
  async (t) => {
    const world = fakeWorld();
    fill(world, [3, 4]);
    const change = () => world.source.put(sourceKey(3, '1.csv'), 'id,town\n777,Ulm\n');
    let changed = false;
    const ports = world.ports({
      reader: (inner) => ({
        ...inner,
        stream: (source, gzip) => {
          if (!changed) change();
          changed = true;
          return inner.stream(source, gzip);
        },
      }),
    });
    const report = await runs(ports);
    t.strictSame(states(report), { '03': 'failed', '04': 'compacted' });
    t.equal(
      rowOf(report, 3).reason,
      `"${sourceKey(3, '1.csv')}" was changed after it was listed. The hour is left as it was; the next run lists it anew.`,
    );
    t.equal(pointersWritten(world, 3), 0);
    t.notOk(world.target.keys().some((key) => isPublished(key) && key.includes(hour(3))));
    t.equal(recordAt<Claim>(world, claimKey(table, hour(3))).released, true);
    const next = await runs(world.ports());
    t.equal(rowOf(next, 3).state, 'compacted');
    t.ok(publishedRecords(world).includes('777,Ulm'));
  },
);

t.test(
  'a source that changes after it was counted and before the engine reads it fails its hour',
  async (t) => {
    const world = fakeWorld();
    fill(world, [3]);
    const ports = world.ports({
      engine: (inner) => ({
        ...inner,
        write: (job) => {
          world.source.put(sourceKey(3, '1.csv'), 'id,town\n777,Ulm\n778,Bern\n');
          return inner.write(job);
        },
      }),
    });
    const report = await runs(ports);
    t.equal(rowOf(report, 3).state, 'failed');
    t.equal(pointersWritten(world, 3), 0);
    t.strictSame(publishedRecords(world), []);
  },
);

t.test('a run that was interrupted before it began writes nothing', async (t) => {
  const world = fakeWorld();
  fill(world, [3, 4]);
  const report = await runs(world.ports(), table, {}, AbortSignal.abort());
  t.strictSame(states(report), { '03': 'due', '04': 'due' });
  t.strictSame(world.target.keys(), []);
});

t.test(
  'an interrupt during the engine publishes nothing, ends the claim and leaves the hour due',
  async (t) => {
    const world = fakeWorld();
    const records = fill(world, [3]);
    const interrupt = new AbortController();
    const ports = world.ports({
      engine: (inner) => ({
        ...inner,
        write: (job) => {
          interrupt.abort();
          return inner.write(job);
        },
      }),
    });
    const report = await runs(ports, table, {}, interrupt.signal);
    t.equal(rowOf(report, 3).state, 'due');
    t.equal(rowOf(report, 3).reason, `Interrupted. ${hour(3)} is as it was.`);
    t.equal(pointersWritten(world, 3), 0);
    t.equal(rowOf(await runs(world.ports()), 3).state, 'compacted', 'without waiting for a lease');
    t.strictSame(publishedRecords(world), records);
  },
);

t.test('two runs of the same hours at once commit each hour once, however they interleave', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 60 }),
      fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 60 }),
      async (a, b) => {
        const world = fakeWorld();
        const records = fill(world, [3, 4]);
        const reports = await Promise.all([a, b].map((turns) => runs(world.ports({ pause: pauses(turns) }))));
        for (const h of [3, 4]) {
          if (pointersWritten(world, h) !== 1) return false;
          const ends = reports.map((report) => rowOf(report, h).state);
          if (!ends.every((end) => end === 'compacted' || end === 'running')) return false;
          if (!ends.includes('compacted')) return false;
        }
        return publishedRecords(world).join() === records.join();
      },
    ),
    { numRuns: 200 },
  );
  t.pass('one pointer an hour');
});

t.test('of 1,000 starts of one hour at once exactly one commits', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [3]);
  const reports = await Promise.all(Array.from({ length: 1000 }, () => runs(world.ports())));
  const ends = reports.map((report) => rowOf(report, 3).state);
  t.equal(ends.filter((end) => end === 'compacted').length, 1);
  t.equal(ends.filter((end) => end === 'running').length, 999);
  t.equal(pointersWritten(world, 3), 1);
  t.strictSame(publishedRecords(world), records);
});

/** Lets so many turns go by at each call, over and over. */
function pauses(turns: readonly number[]): () => Promise<void> {
  let at = 0;
  return async () => {
    const count = turns[at % turns.length]!;
    at += 1;
    for (let i = 0; i < count; i++) await Promise.resolve();
  };
}

t.test('a stale claim is taken over after its lease, with a higher fence', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  const blade = knife();
  await runs(world.ports({ knife: blade }));
  const stopAt = blade.calls.findIndex(({ key }) => key.includes('/attempts/')) + 1;

  const killed = fakeWorld();
  const records = fill(killed, [3]);
  await runs(killed.ports({ knife: knife(stopAt, 'kill') }));
  t.match(recordAt<Claim>(killed, claimKey(table, hour(3))), { fence: 1, released: false });
  killed.advance(120_000);
  t.equal(rowOf(await runs(killed.ports()), 3).state, 'compacted');
  t.match(recordAt<Claim>(killed, claimKey(table, hour(3))), { fence: 2, released: true, ended: '' });
  t.equal(recordAt<Pointer>(killed, pointerKey(table, hour(3))).fence, 2);
  t.strictSame(publishedRecords(killed), records);
});

t.test('a run that slept past its lease finds the commit of the other and publishes that one', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [3]);
  const asleep = gate();
  const awake = gate();
  const sleeper = runs(
    world.ports({
      engine: (inner) => ({
        ...inner,
        write: async (job) => {
          const result = await inner.write(job);
          asleep.open();
          await awake.opened;
          return result;
        },
      }),
    }),
  );
  await asleep.opened;
  world.advance(120_001);
  t.equal(rowOf(await runs(world.ports()), 3).state, 'compacted');
  awake.open();
  t.equal(rowOf(await sleeper, 3).state, 'compacted');
  t.equal(pointersWritten(world, 3), 1);
  t.equal(recordAt<Pointer>(world, pointerKey(table, hour(3))).fence, 2);
  t.equal(recordAt<Claim>(world, claimKey(table, hour(3))).fence, 2);
  t.strictSame(publishedRecords(world), records);
});

t.test('a run that planned an hour before another claimed it leaves that hour to the other', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  const asleep = gate();
  const awake = gate();
  const first = runs(
    world.ports({
      engine: (inner) => ({
        ...inner,
        write: async (job) => {
          asleep.open();
          await awake.opened;
          return inner.write(job);
        },
      }),
    }),
  );
  const blade = knife();
  const second = world.ports({ knife: blade });
  const late = await runs({
    ...second,
    target: {
      ...second.target,
      write: async (key, body, condition) => {
        await asleep.opened;
        return second.target.write(key, body, condition);
      },
    },
  });
  t.equal(rowOf(late, 3).state, 'running');
  t.notOk(blade.calls.some(({ action }) => action === 'stream'));
  t.match(recordAt<Claim>(world, claimKey(table, hour(3))), { fence: 1, released: false });
  awake.open();
  t.equal(rowOf(await first, 3).state, 'compacted');
});

t.test('a record whose answer was lost is found written, and the run goes on', async (t) => {
  const whole = fakeWorld();
  fill(whole, [3]);
  const blade = knife();
  await runs(whole.ports({ knife: blade }));
  const records = blade.calls.flatMap(({ action, key }, at) =>
    action === 'write' && key.endsWith('.json') ? [at + 1] : [],
  );
  t.equal(records.length, 8, 'target, manifest, claim, intent, evidence, mark, pointer, release');
  for (const at of records) {
    const world = fakeWorld();
    fill(world, [3]);
    const report = await runs(world.ports({ knife: knife(at, 'after') }));
    t.equal(rowOf(report, 3).state, 'compacted', `call ${at}`);
    t.equal(pointersWritten(world, 3), 1);
  }
});

t.test(
  'an hour that was committed and not published is published without reading its sources again',
  async (t) => {
    const whole = fakeWorld();
    const records = fill(whole, [3]);
    const first = knife();
    await runs(whole.ports({ knife: first }));
    const copy = first.calls.findIndex(({ action }) => action === 'copy') + 1;

    const world = fakeWorld();
    fill(world, [3]);
    await runs(world.ports({ knife: knife(copy, 'kill') }));
    t.equal(pointersWritten(world, 3), 1);
    t.strictSame(publishedRecords(world), []);
    world.advance(120_000);
    t.equal(
      (await plan(world.ports(), table, {})).partitions[0]?.reason,
      'Committed, not yet under its final names.',
    );
    const second = knife();
    t.equal(rowOf(await runs(world.ports({ knife: second })), 3).state, 'compacted');
    t.notOk(second.calls.some(({ action }) => action === 'stream'));
    t.strictSame(publishedRecords(world), records);
  },
);

t.test('a lease that is renewed is not taken over', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  const asleep = gate();
  const awake = gate();
  const slow = runs(
    world.ports({
      engine: (inner) => ({
        ...inner,
        write: async (job) => {
          asleep.open();
          await awake.opened;
          return inner.write(job);
        },
      }),
    }),
  );
  await asleep.opened;
  world.advance(110_000);
  world.tick();
  await new Promise(setImmediate);
  world.advance(110_000);
  t.equal(rowOf(await runs(world.ports()), 3).state, 'running');
  awake.open();
  t.equal(rowOf(await slow, 3).state, 'compacted');
  t.equal(world.timers(), 0);
});

t.test('the same input gives the same plan, another input another one', async (t) => {
  const world = fakeWorld();
  fill(world, [3, 4]);
  const [one, two] = await Promise.all([plan(world.ports(), table, {}), plan(world.ports(), table, {})]);
  t.strictSame(one, two);
  t.equal((await runs(world.ports())).planId, one.planId, 'a run names the plan it followed');
  const other = fakeWorld();
  fill(other, [3, 4], 4);
  t.not((await plan(other.ports(), table, {})).planId, one.planId);
});

t.test('who looks at the plan can end the run before anything is written', async (t) => {
  const world = fakeWorld();
  fill(world, [3, 4]);
  const signal = new AbortController().signal;
  const planned = ({ totals, ownCost }: CompactionReport): void => {
    throw new Error(`${totals.due} hours, ${ownCost.before.requests.put} PUTs`);
  };
  await t.rejects(run(world.ports(), table, {}, { planned, progress: () => undefined, signal }), {
    message: '2 hours, 18 PUTs',
  });
  t.strictSame(world.target.writes, []);
});

t.test('a plan writes nothing and reads no source', async (t) => {
  const world = fakeWorld();
  fill(world, [3, 4]);
  const blade = knife();
  const report = await plan(world.ports({ knife: blade }), table, {});
  t.equal(report.totals.due, 2);
  t.strictSame(new Set(blade.calls.map(({ action }) => action)), new Set(['list', 'read']));
});

t.test('only the hours that were asked for are taken', async (t) => {
  const world = fakeWorld();
  fill(world, [3, 4, 5, 6]);
  await runs(world.ports(), table, { partition: hour(4) });
  await runs(world.ports(), table, { from: midnight + 6 * 3_600_000, to: midnight + 7 * 3_600_000 });
  t.strictSame(states(await plan(world.ports(), table, {})), {
    '03': 'due',
    '04': 'compacted',
    '05': 'due',
    '06': 'compacted',
  });
});

t.test('an hour older than the lookback is taken only when it is asked for', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  world.advance(8 * 86_400_000);
  t.strictSame(states(await runs(world.ports())), {});
  t.strictSame(states(await runs(world.ports(), table, { partition: hour(3) })), { '03': 'compacted' });
});

t.test('two spellings of one hour are refused before anything is written', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  world.source.put('raw/year=2026/month=11/day=22/hour=3/x.csv', 'id,town\n1,Ulm\n');
  await t.rejects(runs(world.ports()), { code: 'PARTITION_INVALID' });
  t.strictSame(world.target.keys(), []);
});

t.test('a record that is not of bucketwise stops the run before anything is written', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  world.target.put(claimKey(table, hour(3)), 'not JSON');
  await t.rejects(runs(world.ports()), { code: 'JOURNAL_INVALID' });
  t.strictSame(world.target.keys(), [claimKey(table, hour(3))]);
});

t.test('a file of other content under a final name is never overwritten', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  await runs(world.ports());
  const name = world.target.keys().find(isPublished)!;
  const other = fakeWorld();
  fill(other, [3]);
  // The run id follows from the etags, which are the same in both worlds.
  other.target.put(name, 'somebody else');
  const report = await runs(other.ports());
  t.equal(rowOf(report, 3).state, 'failed');
  t.match(rowOf(report, 3).reason, name);
  t.equal(other.target.text(name), 'somebody else');
});

t.test('everything a run keeps lies below a hidden name', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  await runs(world.ports());
  const elsewhere = world.target.keys().filter((key) => !key.startsWith('lake/_bucketwise/'));
  t.ok(elsewhere.every(isPublished));
  t.equal(elsewhere.length, 1);
});

t.test('one hour is asked for by its name, and a name that is none is refused', async (t) => {
  const world = fakeWorld();
  fill(world, [3, 4, 5]);
  t.strictSame(states(await runs(world.ports(), table, { partition: hour(4) })), { '04': 'compacted' });
  const other = await plan(world.ports(), table, { partition: hour(3).replace('03', '3') });
  t.strictSame(states(other), { '03': 'due' });
  for (const partition of ['nonsense', '../../etc', `${hour(3)}/x`, hour(24)])
    await t.rejects(plan(world.ports(), table, { partition }), { code: 'PARTITION_INVALID' }, partition);
});

t.test('the journal of a long table is read a few hours at a time', async (t) => {
  const world = fakeWorld();
  for (let h = 0; h < 500; h++) {
    const at = new Date(midnight - h * 3_600_000).toISOString();
    const [year, month, day, of] = at.split(/[-T:]/);
    world.source.put(`raw/year=${year}/month=${month}/day=${day}/hour=${of}/a.csv`, 'id,town\n1,Ulm\n');
  }
  let reads = 0;
  let most = 0;
  const ports = world.ports();
  const target = {
    ...ports.target,
    read: async (key: string) => {
      reads += 1;
      most = Math.max(most, reads);
      await new Promise((resolve) => setImmediate(resolve));
      reads -= 1;
      return ports.target.read(key);
    },
  };
  const long = { ...table, lookbackMs: 365 * 86_400_000 };
  t.equal((await plan({ ...ports, target }, long, {})).partitions.length, 500);
  t.ok(most <= 200, `${most} reads at once`);
});

const values: CompactionTable = { ...table, verify: 'values' };
const keysWith = (world: World, part: string): string[] =>
  world.target.keys().filter((key) => key.includes(part));

t.test(
  'at level values the evidence holds one digest for the rows read and the rows read back',
  async (t) => {
    const world = fakeWorld();
    fill(world, [3]);
    const report = await runs(world.ports(), values);
    const evidence = recordAt<Evidence>(world, rowOf(report, 3).evidence!);
    t.match(evidence, { verifyLevel: 'values', rowsIn: 6, rowsOut: 6, quarantined: 0, quarantine: null });
    t.match(evidence.digests.rowsIn, /^[0-9a-f]{16}$/);
    t.equal(evidence.digests.rowsOut, evidence.digests.rowsIn);
    const { town } = evidence.digests.perColumn!;
    t.match(town, { nullsIn: 0, nullsOut: 0, digestIn: /^[0-9a-f]{16}$/ });
    t.equal(town!.digestOut, town!.digestIn);
    t.ok(evidence.sources.every(({ rows }) => rows === 2));
  },
);

t.test('values that are others when read back refuse the hour, and both digests are kept', async (t) => {
  const world = fakeWorld();
  fill(world, [3]);
  const ports = world.ports({
    readback: (inner) => ({
      read: async (job) => {
        const totals = await inner.read(job);
        return { ...totals, digest: totals.digest ^ 1n };
      },
    }),
  });
  const report = await runs(ports, values);
  t.equal(rowOf(report, 3).state, 'refused');
  t.match(rowOf(report, 3).reason, /digests differ/);
  t.strictSame(publishedRecords(world), []);
  const { digests } = recordAt<Refusal>(world, keysWith(world, '/refusals/')[0]!);
  t.not(digests?.rowsIn, digests?.rowsOut);
});

t.test('what is put aside is written before the engine starts, and the rest is committed', async (t) => {
  const world = fakeWorld();
  const records = fill(world, [3]);
  world.source.put(sourceKey(3, '9.csv'), 'id,town\nx,Ulm\n900,Bern\n');
  const report = await runs(world.ports(), { ...values, onBadRow: 'quarantine' });
  t.equal(rowOf(report, 3).state, 'compacted', rowOf(report, 3).reason);
  t.strictSame(publishedRecords(world), [...records, '900,Bern'].sort());
  const [aside = ''] = keysWith(world, '/quarantine/');
  t.strictSame(JSON.parse(world.target.text(aside)), {
    file: sourceKey(3, '9.csv'),
    line: 2,
    column: 'id',
    reason: 'column "id": "x" would not be kept as bigint',
    raw: 'x,Ulm',
  });
  const written = world.target.writes.map(({ key }) => key);
  t.ok(written.indexOf(aside) < written.findIndex((key) => key.endsWith('.parquet')));
  t.match(recordAt<Evidence>(world, rowOf(report, 3).evidence!), {
    rowsIn: 8,
    rowsOut: 7,
    quarantined: 1,
    quarantine: aside,
    parseFailures: { id: 1 },
  });
});

t.test('an odd first hour does not decide the columns of all others', async (t) => {
  const world = fakeWorld();
  const inferred: CompactionTable = { ...values, columns: 'infer' };
  world.source.put(sourceKey(3, 'a.csv'), 'id,town\n1,Ulm\n');
  world.source.put(sourceKey(3, 'b.csv'), '<html>\nerror\n');
  world.source.put(sourceKey(4, 'a.csv'), '<!doctype html>\nerror\n');
  world.source.put(sourceKey(5, 'a.csv'), `id,town\n${'1,Ulm\n'.repeat(20_000)}1.5,Ulm\n`);
  world.source.put(sourceKey(6, 'a.csv'), 'id,hour\n1,5\n');
  const odd = await runs(world.ports(), inferred);
  t.strictSame(states(odd), { '03': 'refused', '04': 'refused', '05': 'refused', '06': 'refused' });
  t.match(rowOf(odd, 3).reason, /b\.csv: its header has 1 columns, the table has 2/);
  t.match(rowOf(odd, 4).reason, /"<!doctype html>" in the header is no name of a column/);
  t.match(rowOf(odd, 5).reason, /line 20002: column "id": "1\.5" would not be kept as bigint/);
  t.match(rowOf(odd, 6).reason, /the column "hour" has the name of a partition key/);
  t.strictSame(keysWith(world, 'schema.json'), []);
  world.source.put(sourceKey(7, 'a.csv'), 'id,town\n1,Ulm\n');
  t.equal(rowOf(await runs(world.ports(), inferred), 7).state, 'compacted');
  t.equal(keysWith(world, 'schema.json').length, 1);
});

t.test(
  'an inferred table that may grow takes a new column as text from the hour that shows it',
  async (t) => {
    const world = fakeWorld();
    const growing: CompactionTable = { ...values, columns: 'infer', columnChanges: 'widen' };
    world.source.put(sourceKey(3, 'a.csv'), 'id,town\n1,Ulm\n');
    await runs(world.ports(), growing);
    world.source.put(sourceKey(4, 'a.csv'), 'id,town\n2,Bern\n');
    world.source.put(sourceKey(4, 'b.csv'), 'Note,id,town\n007,3,Rom\n');
    world.source.put(sourceKey(4, 'c.csv'), 'id,Page\n4,/x\n');
    const report = await runs(world.ports(), growing);
    t.equal(rowOf(report, 4).state, 'compacted', rowOf(report, 4).reason);
    t.strictSame(publishedRecords(world), ['1,Ulm', '2,Bern,,', '3,Rom,007,', '4,,,/x']);
    t.strictSame(recordAt<Evidence>(world, rowOf(report, 4).evidence!).schema, [
      { name: 'id', type: 'bigint' },
      { name: 'town', type: 'string' },
      { name: 'note', type: 'string' },
      { name: 'page', type: 'string' },
    ]);
    world.source.put(sourceKey(5, 'a.csv'), 'id,town,hour\n5,Ulm,1\n');
    t.match(
      rowOf(await runs(world.ports(), growing), 5).reason,
      /the new column "hour" has the name of a partition key/,
    );
  },
);
