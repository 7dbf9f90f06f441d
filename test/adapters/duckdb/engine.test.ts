/** The embedded engine does what every engine must, and keeps to its own folder and process. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import t from 'tap';
import { openDuckdbEngine } from '../../../src/adapters/duckdb/engine.js';
import { engineProcess } from '../../../src/adapters/duckdb/process.js';
import { openFileStore } from '../../../src/adapters/files/object-store.js';
import { openSpool } from '../../../src/adapters/files/spool.js';
import { openFooterReader } from '../../../src/adapters/parquet-footer.js';
import { type EngineWorld, engineSuite } from '../../conformance/engine.js';

const limits = { memory: '512MiB', threads: 2 };

const failed = (outcome: string): never => {
  throw new Error(outcome);
};

/** A start of the process takes a second: one does for all, in folders of their own below the one it is locked to. */
const shared = await mkdtemp(join(tmpdir(), 'bucketwise-engine-'));
const worker = engineProcess({ folder: shared, ...limits });
let worlds = 0;
t.teardown(async () => {
  worker.close();
  await rm(shared, { recursive: true });
});

async function open(work = 'work'): Promise<EngineWorld & { readonly folder: string }> {
  worlds += 1;
  const root = join(shared, String(worlds));
  const folder = join(root, work);
  const source = openFileStore({ root: join(root, 'source'), create: true });
  const target = openFileStore({ root: join(root, 'target'), create: true });
  const reader = openSpool(source, folder);
  const engine = openDuckdbEngine({ target, folder, pathOf: reader.pathOf, worker });
  return {
    source,
    target,
    reader,
    engine,
    folder,
    close: () => rm(root, { recursive: true }),
  };
}

await engineSuite(t, 'DuckDB', () => open(), {
  keepsOrder: true,
  reader: 'RFC 4180',
  refusesIdleDigits: false,
});

t.test('a work folder that looks like a partition gives no column its value', async (t) => {
  const world = await open('id=7/work');
  t.teardown(() => world.close());
  const put = await world.source.write('a.csv', new TextEncoder().encode('id\n1\n2\n'), 'absent');
  if (put.outcome !== 'written') return failed(put.outcome);
  const source = { key: 'a.csv', size: 7, etag: put.etag };
  for await (const _ of world.reader.stream(source, 'none'));
  const result = await world.engine.write({
    partition: 'h',
    sources: [source],
    columns: [{ name: 'id', type: 'bigint' }],
    textRule: 'exact',
    csv: { header: true, delimiter: ',' },
    compression: 'snappy',
    targetFileBytes: 1 << 20,
    expected: { rows: 2, bytes: 7 },
    attemptPath: 'out/',
    signal: never,
  });
  if (result.outcome !== 'written') return failed(result.why);
  const { body } = (await world.target.read(result.files[0]!.key))!;
  t.same(await parquetReadObjects({ file: Uint8Array.from(body).buffer }), [{ id: 1n }, { id: 2n }]);
});

const process_ = (t: { teardown(act: () => void): void; testdir(): string }, memory = '256MiB') => {
  const worker = engineProcess({ folder: t.testdir(), memory, threads: 1 });
  t.teardown(worker.close);
  return worker;
};
const never = new AbortController().signal;

t.test('the engine cannot leave its folder, and its locks cannot be opened', async (t) => {
  const worker = process_(t);
  for (const sql of [
    "SELECT * FROM read_csv('/etc/passwd')",
    "COPY (SELECT 1) TO '/tmp/bucketwise-escaped.parquet' (FORMAT PARQUET)",
    "SELECT * FROM read_text('/etc/hostname')",
    'SET enable_external_access = true',
    "SET allowed_directories = ['/']",
    'INSTALL httpfs',
    "ATTACH '/tmp/bucketwise-escaped.db' AS other",
  ])
    t.equal((await worker.run(sql, never)).outcome, 'failed', sql);
});

t.test('more than its memory fails the statement, not the program; the next one is answered', async (t) => {
  const worker = process_(t, '64MiB');
  const greedy = await worker.run('SELECT list(range) FROM range(50000000)', never);
  t.not(greedy.outcome, 'rows');
  const next = await worker.run('SELECT 1 AS one', never);
  t.match(next, { outcome: 'rows', rows: [{ one: 1 }] });
});

t.test('an interrupt during a statement ends it at once, and a new process takes the next', async (t) => {
  const worker = process_(t);
  const interrupt = new AbortController();
  setTimeout(() => interrupt.abort(), 400);
  const startedAt = performance.now();
  const cut = await worker.run(
    'SELECT count(*) FROM range(100000) a, range(10000000) b WHERE a.range * b.range % 7 = 3',
    interrupt.signal,
  );
  t.match(cut, { outcome: 'ended', why: /SIGKILL/ });
  t.ok(performance.now() - startedAt < 10_000);
  t.equal((await worker.run('SELECT 1', never)).outcome, 'rows');
});

t.test('a footer tells rows, codec and columns as the config writes them', async (t) => {
  const world = await open();
  t.teardown(() => world.close());
  const put = await world.source.write(
    'a.csv',
    new TextEncoder().encode('1,2,3.10,2026-11-22,2026-11-22 05:00:00,true,0.5,x\n'),
    'absent',
  );
  if (put.outcome !== 'written') return failed(put.outcome);
  const source = { key: 'a.csv', size: 51, etag: put.etag };
  for await (const _ of world.reader.stream(source, 'none'));
  const columns = [
    { name: 'a', type: 'bigint' },
    { name: 'b', type: 'integer' },
    { name: 'c', type: 'decimal', precision: 10, scale: 2 },
    { name: 'd', type: 'date' },
    { name: 'e', type: 'timestamp' },
    { name: 'f', type: 'boolean' },
    { name: 'g', type: 'double' },
    { name: 'h', type: 'string' },
  ] as const;
  const result = await world.engine.write({
    partition: 'h',
    sources: [source],
    columns,
    textRule: 'equivalent',
    csv: { header: false, delimiter: ',' },
    compression: 'zstd',
    targetFileBytes: 1 << 20,
    expected: { rows: 1, bytes: 51 },
    attemptPath: 'out/',
    signal: never,
  });
  if (result.outcome !== 'written') return failed(result.why);
  const footers = openFooterReader(world.target);
  const footer = await footers.read(result.files[0]!);
  t.match(footer, { rows: 1, codecs: ['ZSTD'] });
  t.same(
    footer.columns.map(({ name, type }) => `${name} ${type}`),
    [
      'a bigint',
      'b integer',
      'c decimal(10,2)',
      'd date',
      'e timestamp',
      'f boolean',
      'g double',
      'h string',
    ],
  );
  const other = await world.target.write(
    'other.parquet',
    new TextEncoder().encode('no Parquet at all'),
    'absent',
  );
  if (other.outcome !== 'written') return failed(other.outcome);
  await t.rejects(footers.read({ key: 'other.parquet', size: 17, etag: other.etag }), {
    code: 'FOOTER_UNREADABLE',
  });
  await t.rejects(footers.read({ ...result.files[0]!, etag: '"another"' }), { code: 'OBJECT_CHANGED' });
});

t.test('a job leaves nothing in the work folder once its sources are released', async (t) => {
  const world = await open();
  t.teardown(() => world.close());
  const put = await world.source.write('a.csv', new TextEncoder().encode('x\n1\n'), 'absent');
  if (put.outcome !== 'written') return failed(put.outcome);
  const source = { key: 'a.csv', size: 4, etag: put.etag };
  for await (const _ of world.reader.stream(source, 'auto'));
  t.equal((await readdir(world.folder)).length, 1);
  await world.reader.release([source]);
  t.same(await readdir(world.folder), []);
});
