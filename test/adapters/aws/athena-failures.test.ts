/** Every line of the failure catalogue that is about submitting and executing a query of Athena, told to the endpoint. */
import { StartQueryExecutionCommand } from '@aws-sdk/client-athena';
import t, { type Test } from 'tap';
import { createAthenaClient } from '../../../src/adapters/aws/athena-client.js';
import type { AthenaOptions } from '../../../src/adapters/aws/athena-engine.js';
import { manifestKeys } from '../../../src/adapters/aws/athena-manifest.js';
import type { Scan, Submission, WorkLog } from '../../../src/compaction/ports.js';
import { temporaryTables } from '../../../src/compaction/sql/statement.js';
import type { Told } from '../../athena/endpoint.js';
import { type AthenaWorld, athenaWorld } from '../../athena/world.js';
import { memoryStore } from '../../compaction/memory-store.js';
import { rowsOf, written } from '../../conformance/engine.js';

const write = /^CREATE TABLE/;
const attemptPath = 'lake/_bucketwise/t/data/hour=05/run-1/';
const files = { 'csv/a.csv': 'id,town\n1,Ulm\n', 'csv/b.csv': 'id,town\n2,Bern\n' };
const rows = [
  { id: 1n, town: 'Ulm' },
  { id: 2n, town: 'Bern' },
];

function scansTold() {
  const scans: Scan[] = [];
  return { scans, scanned: (scan: Scan) => void scans.push(scan) };
}

type Act = (t: Test, world: AthenaWorld) => Promise<void>;

/** Whatever happened, no temporary table is left. */
const test = (what: string, act: Act, options: Partial<AthenaOptions> = {}) =>
  t.test(what, async (t) => {
    const world = await athenaWorld(t, options);
    t.teardown(() => world.close());
    await act(t, world);
    t.same([...world.athena.runner.tables.keys()], [], 'no temporary table is left');
  });

const writes = (world: AthenaWorld): string[] =>
  world.athena.statements.filter((sql) => write.test(sql) || sql.startsWith('UNLOAD'));

async function same(t: Test, world: AthenaWorld, result: Awaited<ReturnType<typeof written>>): Promise<void> {
  const read = await rowsOf(world.target, result);
  t.same(
    read.toSorted((a, b) => Number(a.id) - Number(b.id)),
    rows,
  );
}

const failure = (
  type: number,
  words: string,
  retryable = false,
  state: 'FAILED' | 'CANCELLED' = 'FAILED',
): Told['how'] => ({ state, fault: { category: 1, type, retryable, words } });

/** The same sources once more: they are there already, byte for byte. */
const fresh = (world: AthenaWorld): AthenaWorld['source'] => ({
  ...world.source,
  write: async (key) => ({ outcome: 'written', etag: world.store.etags()[key]! }),
});

test('concurrent-query quota: it is waited for in minutes with jitter, and the hour is written once', async (t, world) => {
  for (let n = 0; n < 3; n += 1) world.athena.tell({ on: write, how: 'quota full' });
  await same(t, world, await written(world, files));
  t.same(
    world.waits.filter((wait) => wait >= 60_000),
    [90_000, 90_000, 90_000],
  );
  t.equal(writes(world).length, 1);
});

test('concurrent-query quota: one that stays full is a failure to run again, with Athena’s words', async (t, world) => {
  for (let n = 0; n < 31; n += 1) world.athena.tell({ on: write, how: 'quota full' });
  await t.rejects(written(world, files), {
    code: 'ENGINE_UNAVAILABLE',
    message: /quota of queries stayed full.*reduce the number/,
  });
  t.equal(writes(world).length, 0);
});

test('API rate: submitting and asking are repeated in seconds', async (t, world) => {
  world.athena.tell({ on: write, how: 'rate limit' });
  world.athena.tell({ on: /^GetQueryExecution$/, how: 'rate limit' });
  await same(t, world, await written(world, files));
  t.same(
    world.waits.filter((wait) => wait >= 1_000 && wait < 60_000),
    [1_500, 1_500],
  );
});

for (const how of ['answer lost', 'server error'] as const)
  test(`submit with an unknown result (${how}): sent again under the same token, it runs once`, async (t, world) => {
    world.athena.tell({ on: write, how });
    await same(t, world, await written(world, files));
    t.equal(writes(world).length, 1);
  });

test('token reused with changed SQL: refused, and nothing runs', async (t, world) => {
  await written(world, files);
  const before = world.athena.statements.length;
  await t.rejects(written(world, { 'csv/c.csv': 'id,town\n3,x\n' }), { code: 'CONDITION_FAILED' });
  t.notOk(world.athena.statements.slice(before).some((sql) => write.test(sql)));
});

test('token of a failed attempt: the old failure comes back, and another attempt has another token', async (t, world) => {
  world.athena.tell({ on: write, how: failure(1006, 'SYNTAX_ERROR: line 1:1') });
  const failed = { code: 'ENGINE_FAILED', message: /error 1006: SYNTAX_ERROR/ };
  await t.rejects(written(world, files), failed);
  await t.rejects(written({ ...world, engine: world.again(), source: fresh(world) }, files), failed);
  t.equal(writes(world).length, 1);
  const other = { attemptPath: 'lake/_bucketwise/t/data/hour=05/run-2/' };
  await same(t, world, await written({ ...world, source: fresh(world) }, files, other));
});

test('a process started anew finds the queries of the same attempt by their tokens and runs none again', async (t, world) => {
  const first = await written(world, files);
  const ran = world.athena.statements.length;
  const second = await written({ ...world, engine: world.again(), source: fresh(world) }, files);
  t.same(second, first);
  t.equal(world.athena.statements.length, ran);
});

test('CTAS external_location in an enforcing workgroup: Athena’s words, so the hour is unloaded', async (t, world) => {
  world.athena.set({ enforced: true, output: 's3://lake/enforced/' });
  const client = createAthenaClient({ region: 'us-east-1', endpointUrl: world.athena.url, attempts: 1 });
  t.teardown(() => client.destroy());
  const ctas = {
    QueryString: `CREATE TABLE "a"."b" WITH (external_location = 's3://lake/x/') AS SELECT 1`,
    WorkGroup: 'primary',
  };
  const told = client.send(new StartQueryExecutionCommand({ ...ctas, ClientRequestToken: 'x'.repeat(32) }));
  await t.rejects(told, {
    name: 'InvalidRequestException',
    message: /enforces a centralized output location/,
  });
  await same(t, world, await written(world, files));
  t.ok(writes(world).every((sql) => sql.startsWith('UNLOAD')));
});

test('managed query results: no OutputLocation is sent, and the listing answers for the manifest', async (t, world) => {
  world.athena.set({ managed: true });
  await same(t, world, await written(world, files));
});

test('output bucket missing: its words, and no second try', async (t, world) => {
  world.athena.tell({ on: write, how: failure(1306, 'Unable to verify/create output bucket lake') });
  await t.rejects(written(world, files), { code: 'ENGINE_FAILED', message: /error 1306: Unable to verify/ });
});

for (const [what, settings, why] of [
  ['is disabled', { disabled: true }, /it is disabled/],
  ['runs an older engine', { version: 'Athena engine version 2' }, /runs Athena engine version 2/],
] as const)
  test(`a workgroup that ${what} is named before anything is submitted`, async (t, world) => {
    world.athena.set(settings);
    await t.rejects(written(world, files), { code: 'ENGINE_UNAVAILABLE', message: why });
    t.same(world.athena.calls, ['GetWorkGroup']);
    world.athena.set({});
    const again = { ...world, source: fresh(world) };
    await same(t, world, await written(again, files));
  });

test(
  'no place for results: said before anything is submitted',
  async (t, world) => {
    await t.rejects(written(world, files), { code: 'ENGINE_UNAVAILABLE', hint: /engines\.athena\.output/ });
  },
  { output: undefined },
);

test('query text over 262,144 bytes: many keys become several statements, and no row is lost or doubled', async (t, world) => {
  const many = Object.fromEntries(
    Array.from({ length: 300 }, (_, n) => [
      `csv/${String(n).padStart(4, '0')}-${'k'.repeat(950)}.csv`,
      `id,town\n${n},x\n`,
    ]),
  );
  const result = await written(world, many);
  t.equal(writes(world).length, 2);
  t.ok(writes(world).every((sql) => Buffer.byteLength(sql) <= 262_144));
  const ids = (await rowsOf(world.target, result)).map(({ id }) => Number(id));
  t.same(
    ids.toSorted((a, b) => a - b),
    Array.from({ length: 300 }, (_, n) => n),
  );
});

test('query text over 262,144 bytes: too many columns are refused with the reason', async (t, world) => {
  const columns = Array.from({ length: 1200 }, (_, n) => ({ name: `c${n}`, type: 'bigint' }) as const);
  const text = `${columns.map(({ name }) => name)}\n${columns.map(() => 1)}\n`;
  const result = await written(world, { 'csv/a.csv': text }, { columns });
  t.match(result, { outcome: 'refused', why: /1200 columns make a query of more than 262144 bytes/ });
});

test('target not empty: the path is not used, and what lies there is left alone', async (t, world) => {
  world.store.put(`${attemptPath}orphan`, 'x');
  await t.rejects(written(world, files), { code: 'CONDITION_FAILED' });
  t.equal(world.store.text(`${attemptPath}orphan`), 'x');
});

test('temp table exists: a failure, never somebody else’s table', async (t, world) => {
  const { output } = temporaryTables('web', `s3://lake/${attemptPath}`, 0);
  (world.athena.runner.tables as Map<string, unknown>).set(`web.${output.table}`, 'written');
  await t.rejects(written(world, files), { code: 'ENGINE_FAILED', message: /TABLE_ALREADY_EXISTS/ });
});

const once: readonly (readonly [string, Told['how'], RegExp])[] = [
  [
    'more than 100 partitions or buckets',
    failure(
      1005,
      'HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers for partitions/buckets.',
    ),
    /HIVE_TOO_MANY_OPEN_PARTITIONS/,
  ],
  [
    'exhausted resources, though called retryable',
    failure(5, 'Query exhausted resources at this scale factor', true),
    /error 5: Query exhausted/,
  ],
  [
    'an internal error that is not retryable',
    failure(100, 'GENERIC_INTERNAL_ERROR'),
    /GENERIC_INTERNAL_ERROR/,
  ],
  [
    'cancelled by an operator',
    failure(1011, 'Query cancelled by user', true, 'CANCELLED'),
    /the query was cancelled: Query cancelled by user/,
  ],
  [
    'cancelled by the cutoff of bytes',
    failure(1014, 'Query cancelled! : Bytes scanned limit was exceeded', false, 'CANCELLED'),
    /Bytes scanned limit/,
  ],
  [
    'a denial of Lake Formation',
    failure(234, 'Database cannot be a link for this operation'),
    /error 234: Database cannot be a link/,
  ],
  ['reserved capacity too small', failure(1602, 'The query requires more DPUs than reserved'), /error 1602/],
  ['zero-row success', 'zero rows', /its files hold 0 of 2 rows/],
];
for (const [what, how, message] of once)
  test(`${what}: told once, not tried again`, async (t, world) => {
    world.athena.tell({ on: write, how });
    await t.rejects(written(world, files), { code: 'ENGINE_FAILED', message });
    t.equal(writes(world).length, 1);
  });

test('a permission Athena lacks is a permission to grant', async (t, world) => {
  world.athena.tell({ on: write, how: failure(1500, 'Access denied when writing to location: s3://lake/') });
  await t.rejects(written(world, files), { code: 'PERMISSION_DENIED' });
});

const again: readonly (readonly [string, Told['how']])[] = [
  ['timeout', failure(210, 'Query timeout', true)],
  ['internal error', failure(200, 'Internal error', true)],
  ['Glue error', failure(204, 'HIVE_METASTORE_ERROR', true)],
  [
    'S3 slow-down',
    failure(1403, 'HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split s3://lake/csv/a.csv: Slow down', true),
  ],
  ['metadata upload failed after data', failure(401, 'Failed to write the result metadata', true)],
  ['failed with files', 'partial'],
];
for (const [what, how] of again)
  test(`${what}: tried again under another path, table and token; only its files count`, async (t, world) => {
    world.athena.tell({ on: write, how });
    const result = await written(world, files);
    await same(t, world, result);
    t.equal(writes(world).length, 2);
    t.equal(new Set(writes(world).map((sql) => /external_location = '([^']*)'/.exec(sql)?.[1])).size, 2);
    if (result.outcome === 'written')
      for (const { key } of result.files) t.match(key, `${attemptPath}run-1-try-2/`);
    t.ok(world.waits.some((wait) => wait > 15_000));
  });

test('what is retryable is tried three times, then it is a failure', async (t, world) => {
  for (let n = 0; n < 3; n += 1) world.athena.tell({ on: write, how: failure(200, 'Internal error', true) });
  await t.rejects(written(world, files), { code: 'ENGINE_FAILED', message: /error 200: Internal error/ });
  t.equal(writes(world).length, 3);
});

test('requeue: RUNNING goes back to QUEUED, and what the first run left is not published', async (t, world) => {
  world.athena.tell({ on: write, how: 'requeued' });
  await same(t, world, await written(world, files));
  t.equal(world.store.keys().filter((key) => key.startsWith(attemptPath)).length, 2);
});

test('straggler writes after the end: the file is not published', async (t, world) => {
  world.athena.tell({ on: write, how: 'straggler' });
  await same(t, world, await written(world, files));
  t.equal(world.store.keys().filter((key) => key.startsWith(attemptPath)).length, 2);
});

test('straggler writes where no manifest can be read: too many rows are no success', async (t, world) => {
  world.athena.set({ managed: true });
  world.athena.tell({ on: /^UNLOAD/, how: 'straggler' });
  await t.rejects(written(world, files), { code: 'ENGINE_FAILED', message: /its files hold 4 of 2 rows/ });
});

test('an interrupt stops the query', async (t, world) => {
  world.athena.tell({ on: write, how: 'runs for ever' });
  const interrupt = new AbortController();
  const going = written(world, files, { signal: interrupt.signal });
  // Once the endpoint has it, however long that takes.
  const timer = setInterval(() => {
    if (writes(world).length > 0) interrupt.abort();
  }, 1);
  await t.rejects(going, { code: 'INTERRUPTED' });
  clearInterval(timer);
  t.equal(world.athena.stopped.length, 1);
});

t.test(
  'an interrupt between sending a statement again stops the query that its lost answer was of',
  async (t) => {
    const interrupt = new AbortController();
    const world = await athenaWorld(t, { pause: async () => interrupt.abort() });
    t.teardown(() => world.close());
    world.athena.tell({ on: write, how: 'answer lost' });
    world.athena.hold(write);
    await t.rejects(written(world, files, { signal: interrupt.signal }), { code: 'INTERRUPTED' });
    t.equal(writes(world).length, 1);
    t.equal(world.athena.stopped.length, 1);
  },
);

/** Also in what was sent as JSON. */
const isWrite = (sql: string): boolean => /^(?:\[")?CREATE TABLE/.test(sql);

/** What an engine says of what it leaves. */
function logOf(found?: WorkLog['found']) {
  const said: string[] = [];
  const notes: Submission[] = [];
  const log: WorkLog = {
    ...(found ? { found } : {}),
    note: async (one) => void notes.push(one),
    gone: () => void said.push('gone'),
    unsure: async () => void said.push('unsure'),
  };
  return { log, said, notes };
}

for (const [what, operation, way] of [
  ['asked after', 'GetQueryExecution', 'before'],
  ['heard of when it was submitted', 'StartQueryExecution', 'after'],
] as const)
  test(`a query that cannot be ${what} goes on, and the next runner takes what it wrote`, async (t, world) => {
    world.athena.judge((called, sql) => (isWrite(sql) && called === operation ? way : undefined));
    const first = logOf();
    await t.rejects(written(world, files, { log: first.log }), { code: 'ENGINE_UNAVAILABLE' });
    t.same(first.said, ['unsure']);
    t.same(world.athena.stopped, []);
    t.ok(world.athena.runner.tables.size > 0, 'its tables stay while it may read them');
    const still = logOf(first.notes);
    const again = { ...world, engine: world.again(), source: fresh(world) };
    await t.rejects(written(again, files, { log: still.log }), { code: 'ENGINE_UNAVAILABLE' });
    t.same(still.said, ['unsure'], 'as long as the line is down');
    world.athena.judge(undefined);
    const last = logOf(first.notes);
    await same(t, world, await written(again, files, { log: last.log }));
    t.same(last.said, ['gone']);
    t.equal(writes(world).length, 1, 'it was written once');
  });

test(
  'more bytes than allowed stop the query',
  async (t, world) => {
    world.athena.tell({ on: write, how: 'runs for ever' });
    await t.rejects(written(world, files), {
      code: 'ENGINE_FAILED',
      message: /more than the 5000000 allowed/,
    });
    t.equal(world.athena.stopped.length, 1);
  },
  { maxScannedBytes: 5_000_000 },
);

test('what Athena read is told of every query that reads, for it bills by that', async (t, world) => {
  const { scans, scanned } = scansTold();
  t.match(await written(world, files, { scanned }), { outcome: 'written', scannedBytes: 29 });
  t.same(scans, [{ bytes: 29, isFree: false }]);
});

test('what a refused hour read is told: the query that failed is free, the one that counts is not', async (t, world) => {
  const { scans, scanned } = scansTold();
  const result = await written(world, { 'csv/a.csv': 'id,town\ntwo,x\n' }, { scanned });
  t.equal(result.outcome, 'refused');
  t.same(scans, [
    { bytes: 14, isFree: true },
    { bytes: 14, isFree: false },
  ]);
});

test('what a cancelled query read is told: it is billed', async (t, world) => {
  const { scans, scanned } = scansTold();
  world.athena.tell({ on: write, how: 'runs for ever' });
  const going = written(world, files, { scanned });
  const timer = setInterval(() => world.athena.cancel(), 1);
  await t.rejects(going, { code: 'ENGINE_FAILED', message: /was cancelled/ });
  clearInterval(timer);
  t.match(scans, [{ isFree: false }]);
  t.ok(scans[0]!.bytes >= 1_000_000, `${scans[0]!.bytes}`);
});

test(
  'what a query had read that we stopped is told: it is billed',
  async (t, world) => {
    const { scans, scanned } = scansTold();
    world.athena.tell({ on: write, how: 'runs for ever' });
    await t.rejects(written(world, files, { scanned }), { code: 'ENGINE_FAILED' });
    t.match(scans, [{ isFree: false }]);
    t.ok(scans[0]!.bytes > 5_000_000, `${scans[0]!.bytes}`);
  },
  { maxScannedBytes: 5_000_000 },
);

test('what was read by tries that failed is told with the rest', async (t, world) => {
  const { scans, scanned } = scansTold();
  world.athena.tell({ on: write, how: failure(200, 'Internal error', true) });
  t.equal((await written(world, files, { scanned })).outcome, 'written');
  t.match(scans, [{ isFree: true }, { bytes: 29, isFree: false }]);
});

test('a file that the manifest names and our own listing does not show is a failure: it may lie in another bucket', async (t, world) => {
  // Of the third statement, as the endpoint numbers them; it does not replace what is there.
  world.store.put(
    'results/00000003-0000-4000-8000-000000000000-manifest.csv',
    `s3://lake/${attemptPath}elsewhere\n`,
  );
  const message = /its manifest names "lake\/.*elsewhere", which is not there/;
  await t.rejects(written(world, files), { code: 'ENGINE_FAILED', message });
});

test('no result is taken from an earlier query: the sources may be others', async (t, world) => {
  await written(world, { 'csv/a.csv': 'id,town\ntwo,x\n' });
  t.ok(world.athena.sent.some(({ QueryString: sql }) => sql.startsWith('SELECT count_if')));
  for (const sent of world.athena.sent) t.notOk('ResultReuseConfiguration' in sent);
});

test('a key that may not be used is a permission to grant', async (t, world) => {
  const words = 'Access Denied (Service: AWSKMS; not authorized to perform kms:GenerateDataKey)';
  world.athena.tell({ on: write, how: failure(1501, words) });
  await t.rejects(written(world, files), { code: 'PERMISSION_DENIED', message: /kms:GenerateDataKey/ });
});

test('values that do not fit are counted once one is met', async (t, world) => {
  const bad = { 'csv/a.csv': 'id,town\n1,x\ntwo,y\n3.5,z\n' };
  const why = /^column "id": "(two|3\.5)" would not be kept as bigint \(values that do not fit: 2 in "id"\)$/;
  t.match(await written(world, bad), { outcome: 'refused', why });
});

test('a source overwritten while the query ran voids the attempt', async (t, world) => {
  world.athena.tell({ on: write, how: 'requeued' });
  const going = written(world, files);
  const timer = setInterval(() => {
    if (writes(world).length > 0) world.store.put('csv/a.csv', 'id,town\n9,x\n');
  }, 1);
  await t.rejects(going, { code: 'OBJECT_CHANGED' });
  clearInterval(timer);
});

test('tables that could not be dropped go with a sweep', async (t, world) => {
  for (let n = 0; n < 2; n += 1)
    world.athena.tell({ on: /^DROP/, how: failure(204, 'HIVE_METASTORE_ERROR') });
  await same(t, world, await written(world, files));
  t.equal(world.athena.runner.tables.size, 2);
  await world.engine.sweep?.(attemptPath);
});

t.test('poisoned manifest: a name outside the attempt is believed by nobody', async (t) => {
  const store = memoryStore();
  const own = { bucket: 'lake', path: 'a/' };
  const keysOf = async (text: string) => {
    store.put('m.csv', text);
    return manifestKeys([{ store, bucket: 'lake' }], ['s3://lake/m.csv'], own);
  };
  t.same([...((await keysOf('s3://lake/a/1\n"s3://lake/a/2"\n')) ?? [])], ['a/1', 'a/2']);
  for (const line of ['s3://other/a/1', 's3://lake/b/1', 's3://lake/a/', '/a/1', 's3://lake/a'])
    await t.rejects(keysOf(line), { code: 'ENGINE_FAILED', message: /not below its own path/ }, line);
  t.equal(await manifestKeys([], ['s3://lake/m.csv'], own), undefined, 'a manifest nobody can read');
});
