/** Needs no server, only time: a runner started anew goes on with the query of one that was killed, through Athena and Trino. */
import t, { type Test } from 'tap';
import type { Evidence } from '../../src/compaction/journal.js';
import type { CompactionTable } from '../../src/compaction/table.js';
import type { UnderWay } from '../../src/compaction/under-way.js';
import { withCredentials } from '../adapters/aws/stub-server.js';
import { fakeWorld, fill, type World } from '../compaction/fake-world.js';
import {
  afterLease,
  athenaServer,
  hourFault,
  quickTrino,
  runOnce,
  type Server,
  table as thorough,
  trinoServer,
  underWay,
} from '../crash/remote.js';

const table: CompactionTable = { ...thorough, verify: 'counts' };
const hourOf = 3;
const day = 86_400_000;

interface Cut {
  readonly world: World;
  readonly server: Server;
  readonly records: string[];
  /** The hour's row of the next run. */
  next(of?: CompactionTable): Promise<{ state: string; reason: string }>;
}

/** A first run, killed at the `after`th call after its query was submitted, while the query goes on. */
async function cutRun(t: Test, start: typeof trinoServer, after: number): Promise<Cut> {
  withCredentials(t);
  const world = fakeWorld();
  const records = fill(world, [hourOf], 2);
  const server = await start(world);
  t.teardown(() => server.close());
  const probe = fakeWorld();
  fill(probe, [hourOf], 2);
  const other = await start(probe);
  const { calls } = await runOnce(probe, other, undefined, 'before', table);
  await other.close();
  const submitted = calls.findIndex(
    ({ store, key }) => store === 'engine' && key.startsWith('CREATE TABLE "'),
  );
  server.hold(/^CREATE TABLE "/);
  await runOnce(world, server, submitted + 1 + after, 'kill', table);
  server.hold(undefined);
  world.advance(afterLease);
  const next = async (of = table) => {
    const { report } = await runOnce(world, server, undefined, 'before', of);
    return report!.partitions[0]!;
  };
  return { world, server, records, next };
}

const recordOf = (world: World): UnderWay => JSON.parse(world.target.text(underWay(world)[0]!)) as UnderWay;

for (const start of [athenaServer, trinoServer])
  for (const after of [2, 3, 5])
    t.test(
      `killed ${after} calls after the submission (${start.name}), one query is all there is`,
      async (t) => {
        const { world, server, records, next } = await cutRun(t, start, after);
        t.equal(server.writes().length, 1);
        const { attemptPath, statements, startedAt } = recordOf(world);
        t.equal(statements.length, 1);
        world.advance(60_000);
        t.match(await next(), { state: 'compacted', reason: '' });
        t.equal(server.writes().length, 1, 'nothing was written a second time');
        t.equal(await hourFault(world.target, records, table), undefined);
        const evidence = world.target.keys().find((key) => key.includes('/evidence/'))!;
        const { files, startedAt: told } = JSON.parse(world.target.text(evidence)) as Evidence;
        t.ok(files.every(({ key }) => key.startsWith(attemptPath)));
        t.equal(told, startedAt, 'it counts as long as it took');
        t.same([...server.tables(), ...underWay(world)], []);
      },
    );

t.test(
  'a statement Trino has forgotten is begun anew under another path, and nothing is left of the first',
  async (t) => {
    const { world, server, records, next } = await cutRun(t, trinoServer, 2);
    const key = underWay(world)[0]!;
    const record = recordOf(world);
    const statements = [{ ...record.statements[0]!, next: '/v1/statement/executing/unknown/slug/7' }];
    world.target.put(key, JSON.stringify({ ...record, statements }));
    t.match(await next(), { state: 'compacted' });
    t.equal(server.writes().length, 2);
    t.equal(new Set(server.writes().map((sql) => /external_location = '([^']+)'/.exec(sql)?.[1])).size, 2);
    t.equal(await hourFault(world.target, records, table), undefined);
    t.same([...server.tables(), ...underWay(world)], []);
  },
);

t.test(
  'a statement of which Trino knows no more than its place in the queue is stopped, and begun anew',
  async (t) => {
    const { world, server, records, next } = await cutRun(t, quickTrino, 5);
    t.equal(recordOf(world).statements.length, 1);
    t.match(await next(), { state: 'compacted' });
    const [first, second, ...more] = server.writes();
    t.same(more, []);
    t.not(second, first, 'to another path');
    t.same(server.cancelled, [first]);
    t.ok(
      server.statements.some((sql) => sql.startsWith('SHOW TABLES')),
      'its tables are looked for once more',
    );
    t.equal(await hourFault(world.target, records, table), undefined);
    t.same([...server.tables(), ...underWay(world)], []);
  },
);

t.test(
  'a runner cut before the answer to its statement came leaves nothing to go on with at Trino',
  async (t) => {
    const { world, server, records, next } = await cutRun(t, trinoServer, 1);
    t.same(recordOf(world).statements, []);
    t.match(await next(), { state: 'compacted' });
    t.equal(server.writes().length, 2);
    t.equal(await hourFault(world.target, records, table), undefined);
  },
);

for (const [what, change] of [
  [
    'other columns',
    {
      columns: [
        { name: 'id', type: 'string' },
        { name: 'town', type: 'string' },
      ],
    },
  ],
  ['another compression', { compression: 'zstd' }],
  ['another size of file', { targetFileBytes: 1 << 20 }],
] as const)
  t.test(`under ${what} the earlier query is not gone on with`, async (t) => {
    const { world, server, next } = await cutRun(t, athenaServer, 3);
    t.match(await next({ ...table, ...change }), { state: 'compacted' });
    t.equal(server.writes().length, 2);
    t.same([...server.tables(), ...underWay(world)], []);
  });

t.test('a query that failed meanwhile is begun anew', async (t) => {
  const { world, server, records, next } = await cutRun(t, trinoServer, 2);
  server.judge(() => undefined);
  // As Trino ends what nobody asks for.
  await fetch(`${server.url}${recordOf(world).statements[0]!.next}`, { method: 'DELETE' });
  t.match(await next(), { state: 'compacted' });
  t.equal(server.writes().length, 2);
  t.equal(await hourFault(world.target, records, table), undefined);
});

t.test('while the lease of the cut runner holds nobody touches its tables', async (t) => {
  const { world, server, next } = await cutRun(t, athenaServer, 3);
  world.advance(-afterLease);
  const tables = server.tables();
  t.ok(tables.length > 0);
  t.match(await next(), { state: 'running' });
  t.same(server.tables(), tables);
  t.equal(underWay(world).length, 1);
});

t.test('what belongs to an hour that this run does not do is left for the one that does', async (t) => {
  const { world, server } = await cutRun(t, athenaServer, 3);
  const tables = server.tables();
  await runOnce(world, server, undefined, 'before', { ...table, settleMs: 30 * day });
  t.same(server.tables(), tables);
  t.equal(underWay(world).length, 1);
});

t.test('what is too old to be gone on with is swept', async (t) => {
  const { world, server } = await cutRun(t, athenaServer, 3);
  world.advance(4 * day);
  await runOnce(world, server, undefined, 'before', { ...table, settleMs: 30 * day });
  t.same([...server.tables(), ...underWay(world)], []);
});

t.test('tables that could not be dropped go at the end of the run, or of the next', async (t) => {
  withCredentials(t);
  for (const refusals of [2, 4]) {
    const world = fakeWorld();
    const records = fill(world, [hourOf], 2);
    const server = await athenaServer(world);
    t.teardown(() => server.close());
    server.refuse(/^DROP/, refusals);
    const first = await runOnce(world, server, undefined, 'before', table);
    t.equal(first.report?.partitions[0]?.state, 'compacted', 'the commit does not wait for it');
    t.equal(server.tables().length, refusals === 2 ? 0 : 2);
    t.equal(underWay(world).length, refusals === 2 ? 0 : 1);
    await runOnce(world, server, undefined, 'before', table);
    t.same([...server.tables(), ...underWay(world)], []);
    t.equal(await hourFault(world.target, records, table), undefined);
  }
});
