/** What the Trino engine makes of the answers of Trino; the statements themselves run on a real one elsewhere. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { openFooterReader } from '../../../src/adapters/parquet-footer.js';
import { openTraitReader } from '../../../src/adapters/remote/trait-reader.js';
import { openTrinoEngine } from '../../../src/adapters/trino/engine.js';
import { memoryStore } from '../../compaction/memory-store.js';
import { plainReader, written } from '../../conformance/engine.js';

/** A Trino that answers each statement at once: `answer` may also do to the store what the statement would. */
async function engineThat(t: Test, answer: (sql: string, store: ReturnType<typeof memoryStore>) => object) {
  const store = memoryStore();
  const statements: string[] = [];
  const stopped: string[] = [];
  const server = createServer((request, response) => {
    if (request.method === 'DELETE') stopped.push(request.url!);
    let sql = '';
    request.on('data', (chunk) => {
      sql += chunk;
    });
    request.on('end', () => {
      statements.push(sql);
      response.end(JSON.stringify(answer(sql, store)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const reader = openTraitReader(plainReader(store), { header: true, delimiter: ',' });
  const place = { store, bucket: 'lake' };
  const engine = openTrinoEngine({
    server: {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      catalog: 'hive',
      schema: 'web',
      user: 'bucketwise',
      pause: async () => undefined,
    },
    source: place,
    target: place,
    footers: openFooterReader(store),
    traitsOf: reader.traitsOf,
  });
  const world = { source: store, target: store, reader, engine, close: async () => undefined };
  const sources = { 'csv/a.csv': 'id,town\n1,Ulm\n' };
  return { statements, stopped, engine, world, write: () => written(world, sources) };
}

const failing = (on: string, errorName: string, message: string) => (sql: string) =>
  sql.startsWith(on) ? { error: { errorName, message } } : {};

const answers: readonly (readonly [
  string,
  string,
  string,
  string,
  { code: string; message?: RegExp; hint?: RegExp },
])[] = [
  [
    'a path that was used',
    'CREATE TABLE "',
    'HIVE_PATH_ALREADY_EXISTS',
    'Target directory exists',
    { code: 'CONDITION_FAILED' },
  ],
  [
    'a schema that is missing',
    'CREATE TABLE IF',
    'SCHEMA_NOT_FOUND',
    "Schema 'web' does not exist",
    { code: 'ENGINE_UNAVAILABLE', hint: /catalog and schema/ },
  ],
  [
    'a permission that is missing',
    'CREATE TABLE "',
    'PERMISSION_DENIED',
    'Access Denied: no',
    { code: 'PERMISSION_DENIED' },
  ],
  [
    'anything else',
    'CREATE TABLE "',
    'EXCEEDED_TIME_LIMIT',
    'Query exceeded maximum time',
    { code: 'ENGINE_FAILED', message: /EXCEEDED_TIME_LIMIT: Query exceeded/ },
  ],
];
for (const [what, on, name, words, expected] of answers)
  t.test(`${what} is told as what it is, and both tables are dropped`, async (t) => {
    const { write, statements } = await engineThat(t, failing(on, name, words));
    await t.rejects(write(), expected);
    t.equal(statements.filter((sql) => sql.startsWith('DROP TABLE IF EXISTS')).length, 2);
  });

t.test('a success that wrote nothing, or more than was read, is none', async (t) => {
  const nothing = await engineThat(t, () => ({}));
  await t.rejects(nothing.write(), { code: 'ENGINE_FAILED', message: /wrote 0 of 1 rows; its files hold 0/ });
  const more = await engineThat(t, (sql) => (sql.startsWith('CREATE TABLE "') ? { updateCount: 2 } : {}));
  await t.rejects(more.write(), { code: 'ENGINE_FAILED', message: /wrote 2 of 1 rows/ });
});

t.test('a source that changed or went while Trino read it voids the attempt', async (t) => {
  const act =
    (what: (store: ReturnType<typeof memoryStore>) => void) =>
    (sql: string, store: ReturnType<typeof memoryStore>) => {
      if (sql.startsWith('CREATE TABLE "')) what(store);
      return { updateCount: 1 };
    };
  const changed = await engineThat(
    t,
    act((store) => store.put('csv/a.csv', 'id,town\n2,Bern\n')),
  );
  await t.rejects(changed.write(), { code: 'OBJECT_CHANGED' });
});

t.test('of an hour that an earlier runner had half submitted, what was submitted is stopped', async (t) => {
  const { statements, stopped, world } = await engineThat(t, () => ({}));
  // So many bytes of names are more than one query may have.
  const names = Array.from({ length: 600 }, (_, i) => `csv/${'a'.repeat(950)}-${i}.csv`);
  const sources = Object.fromEntries(names.map((name) => [name, 'id,town\n1,Ulm\n']));
  const found = [0, 1].map((number) => ({
    ...{ number, query: `20261127_000000_0000${number}_stub0` },
    next: `/v1/statement/executing/20261127_000000_0000${number}_stub0/slug/2`,
  }));
  let isGone = false;
  const gone = () => {
    isGone = true;
  };
  const log = { found, note: async () => undefined, gone, unsure: async () => undefined };
  await t.rejects(written(world, sources, { log }), {
    code: 'ENGINE_FAILED',
    message: /an earlier runner was cut before it was submitted/,
  });
  t.same(
    stopped,
    found.map(({ next }) => next),
  );
  t.notOk(isGone, 'the sweep at the end of the run looks for its tables');
  t.same(
    statements.filter((sql) => sql !== ''),
    [],
    'nothing is begun under the same path',
  );
});

t.test('a sweep drops what an attempt of that path has left, and nothing else', async (t) => {
  // A server may take the pattern for something else, and list what is others'.
  const { engine, statements } = await engineThat(t, (sql) => {
    const stem = /LIKE '([^%]+)%/.exec(sql)?.[1]?.replaceAll('\\', '') ?? '';
    const others = [['orders'], ['bucketwise_tmp_1_source'], [`a_${stem}`]];
    return sql.startsWith('SHOW') ? { data: [...others, [`${stem}_source`], [`${stem}_g1_0`]] } : {};
  });
  await engine.sweep?.('lake/a-1/');
  t.match(statements[0], /^SHOW TABLES FROM "hive"\."web" LIKE 'bucketwise\\_tmp\\_[0-9a-f]{20}%'/);
  t.equal(statements.length, 3);
  t.match(statements[1], /^DROP TABLE IF EXISTS "hive"\."web"\."bucketwise_tmp_[0-9a-f]{20}_source"$/);
  t.match(statements[2], /^DROP TABLE IF EXISTS "hive"\."web"\."bucketwise_tmp_[0-9a-f]{20}_g1_0"$/);
});
