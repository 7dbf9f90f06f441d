/** An engine tallies a report as this program does: the same document, or a refusal that says why. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import type { ScanRequest } from '../../src/app/scan-request.js';
import { withCredentials } from '../adapters/aws/stub-server.js';
import { type AthenaEndpoint, startAthena } from '../athena/endpoint.js';
import { type MemoryStore, memoryStore } from '../compaction/memory-store.js';
import { found, place, type Scanning, scanned } from '../inventory/memory-report.js';
import { orcWriter } from '../inventory/orc/write-orc.js';
import {
  csvFile,
  type InventoryRow,
  keyOf,
  manifestKey,
  type ReportFile,
  type ReportForm,
  reportObjects,
} from '../inventory/report-files.js';
import { startTrinoEndpoint, type TrinoEndpoint } from '../trino/endpoint.js';

const firehose = 'orders-1-2026-11-22-05-00-00-0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f';
const rows: readonly InventoryRow[] = [
  { key: 'csv/dt=2026-11-22/hour=05/a b+c&=é😀.csv', size: 1000 },
  { key: 'csv/dt=2026-11-22/hour=06/%2F"quoted"\n.csv\n', size: 131_071 },
  { key: 'csv/dt=2026-11-22/hour=07/x.csv.gz', size: 131_072, isLatest: false },
  { key: `logs/year=2026/month=1/day=2/hour=3/${firehose}`, size: 4096 },
  { key: 'spark/part-00001-x.SNAPPY.Parquet', size: 4095 },
  { key: 'spark/part-00000', size: 0 },
  { key: 'long s/x.cſv', size: 1 },
  { key: 'deep/a/b/c/d/e/f/g/h/i/j/k.json', size: 1023 },
  { key: 'deep/a/b/c/d/e/f/g/h/i/1/2026/11/22/k', size: 1024 },
  { key: 'deep/a/b/c/d/e/f/g/2026-11-22/k.txt', size: 1024, isDeleteMarker: true },
  { key: '//a///b', size: 2 ** 32 },
  { key: 'top', size: 5 * 2 ** 40 },
  { key: 'unsized/x' },
  { key: 'unsized/y', isLatest: false },
  { key: 'cold/x', size: 5, storageClass: 'STANDARD_IA' },
  { key: 'tiered/z', size: 7, storageClass: 'INTELLIGENT_TIERING', accessTier: 'ARCHIVE' },
  { key: 'tiered/"z", or', size: 7, storageClass: 'NEW "ONE",', accessTier: 'É' },
];

let store: MemoryStore;
let athena: AthenaEndpoint;
let trino: TrinoEndpoint;
t.beforeEach(async () => {
  store = memoryStore();
  const stores = new Map([['reports', store]]);
  [athena, trino] = await Promise.all([startAthena(stores), startTrinoEndpoint(stores)]);
});
t.afterEach(() => Promise.all([athena.close(), trino.close()]));

const files = [csvFile('1.csv.gz', rows.slice(0, 9)), csvFile('2.csv.gz', rows.slice(9))];

async function scanning(of: readonly ReportFile[] = files, form?: ReportForm): Promise<Scanning> {
  await place(store, reportObjects(of, form));
  return { store, athena, trino };
}

const trinoYaml = (folder: string): Pick<ScanRequest, 'config' | 'engine'> => {
  const config = join(folder, 'b.yaml');
  writeFileSync(config, 'engines: { trino: { url: "http://127.0.0.1:1" } }\n');
  return { engine: 'trino', config };
};

const requests: readonly Partial<ScanRequest>[] = [
  { depth: 2 },
  { depth: 3, smallBelow: '1KiB', versions: 'current' },
];

t.test('the document of both engines is that of a local scan, byte for byte', async (t) => {
  withCredentials(t);
  const world = await scanning();
  for (const request of requests) {
    const local = found(await scanned(world, request));
    t.match(local, /"format": "csv"/);
    t.equal(found(await scanned(world, { ...request, engine: 'athena' })), local);
    t.equal(found(await scanned(world, { ...request, ...trinoYaml(t.testdir()) })), local);
  }
  t.same([...athena.runner.tables.keys(), ...trino.runner.tables.keys()], [], 'no table is left');
});

/** ORC, its columns in an order of their own, one of them unknown. */
function orcFile(name: string, of: readonly InventoryRow[]): ReportFile {
  const value: Readonly<Record<string, (row: InventoryRow) => string | number | boolean | null>> = {
    is_delete_marker: (row) => row.isDeleteMarker ?? false,
    key: (row) => row.key,
    new_field: () => 'x',
    size: (row) => row.size ?? null,
    is_latest: (row) => row.isLatest ?? true,
    storage_class: (row) => (row.isDeleteMarker ? null : (row.storageClass ?? 'STANDARD')),
    intelligent_tiering_access_tier: (row) => row.accessTier ?? null,
  };
  const kinds = { is_delete_marker: 'boolean', is_latest: 'boolean', size: 'bigint' } as const;
  const names = Object.keys(value);
  const writer = orcWriter(
    names.map((column) => ({ name: column, kind: kinds[column as keyof typeof kinds] ?? 'string' })),
  );
  const stripe = writer.stripe(names.map((column) => of.map((row) => value[column]!(row))));
  return { name, bytes: Buffer.concat([writer.head, stripe, writer.tail()]) };
}

t.test('a columnar report is queried by its own columns, and its unknown ones are said', async (t) => {
  withCredentials(t);
  const world = await scanning([orcFile('1.orc', rows.slice(0, 5)), orcFile('2.orc', rows.slice(5))], {
    format: 'ORC',
  });
  for (const request of requests) {
    const local = found(await scanned(world, request));
    t.match(local, /"new_field"/);
    const queried = await scanned(world, { ...request, engine: 'athena' });
    t.equal(found(queried), local);
    t.match(queried.notes, 'athena read 17 rows');
  }
});

const word = fc.constantFrom(
  'a',
  'b+',
  'c d',
  '%',
  'é',
  '=',
  '&',
  '2026',
  '11',
  'hour=5',
  'dt=2026-11-22',
  '',
);
const name = fc.constantFrom('x', 'y.csv', 'z.PARQUET', 'part-00001', '', '00', firehose, 'q"', "it's.json");
const keys = fc
  .tuple(fc.array(word, { maxLength: 10 }), name)
  .map(([folders, last]) => [...folders, last].join('/'))
  .filter((key) => key !== '');
const anyRow: fc.Arbitrary<InventoryRow> = fc
  .record({
    key: keys,
    size: fc.oneof(
      fc.constantFrom(0, 1, 1023, 1024, 131_071, 131_072, 2 ** 32, Number.MAX_SAFE_INTEGER, undefined),
      fc.nat(200_000),
    ),
    storageClass: fc.constantFrom('STANDARD', 'GLACIER_IR', 'INTELLIGENT_TIERING', ''),
    accessTier: fc.constantFrom('', 'ARCHIVE_ACCESS', 'DEEP_ARCHIVE'),
    isLatest: fc.boolean(),
    isDeleteMarker: fc.boolean(),
  })
  .map(({ size, ...row }) => ({ ...row, ...(size !== undefined && { size }) }));

t.test('whatever the keys, sizes and versions are, the engine counts what is counted here', async (t) => {
  withCredentials(t);
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyRow, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom('all' as const, 'current' as const),
      async (some, depth, versions) => {
        for (const key of store.keys()) store.drop(key);
        const world = await scanning([csvFile('1.csv.gz', some)]);
        const local = found(await scanned(world, { depth, versions }));
        return found(await scanned(world, { depth, versions, engine: 'athena' })) === local;
      },
    ),
    { numRuns: Number(process.env.BUCKETWISE_RUNS ?? 5) },
  );
  t.pass();
});

const line = '"lake","a.csv","","true","false","1","","","STANDARD",""\n';
const faults: readonly (readonly [text: string, why: RegExp])[] = [
  [line.replace('a.csv', ''), /it has no Key/],
  [line.replace('a.csv', 'a%zz'), /the row of key "a%zz": its Key has a % without two hexadecimal digits/],
  [line.replace('"1"', '"-1"'), /its Size is no whole number of bytes/],
  [line.replace('"1"', '"9007199254740992"'), /its Size is no whole number of bytes/],
  [line.replace('"true"', '"yes"'), /its IsLatest is neither true nor false/],
  [line.replace(',""\n', '\n'), /it has fewer fields/],
  [line.replace('\n', ',"x"\n'), /it has more fields/],
];
for (const [text, why] of faults)
  t.test(`a row is refused with its file and key: ${why.source}`, async (t) => {
    withCredentials(t);
    const world = await scanning([{ name: '1.csv.gz', bytes: gzipSync(line + text) }]);
    await t.rejects(scanned(world), { code: 'INVENTORY_ROW_INVALID' });
    const queried = scanned(world, { engine: 'athena' });
    await t.rejects(queried, { code: 'INVENTORY_ROW_INVALID', message: /data\/1\.csv\.gz/ });
    await t.rejects(queried, { message: why });
    t.same([...athena.runner.tables.keys()], []);
  });

t.test('a report of no files is the same document of zeros, for which no engine is asked', async (t) => {
  withCredentials(t);
  const world = await scanning([]);
  athena.judge((operation) => {
    t.fail(operation);
    return undefined;
  });
  const { value, notes } = await scanned(world, { engine: 'athena' });
  t.match(notes, /lists no objects/);
  t.same(value.totals, []);
  t.equal(found({ value }), found(await scanned(world)));
});

t.test('a file that the engine passes over, or that is replaced under it, is told', async (t) => {
  withCredentials(t);
  const world = await scanning([...files, { name: '3.csv.gz', bytes: gzipSync('') }]);
  await t.rejects(scanned(world, { engine: 'athena' }), {
    code: 'INVENTORY_CORRUPT',
    message: /3\.csv\.gz" is refused: the engine read 0 rows of it; scan with --engine local/,
  });
  store.drop(keyOf({ name: '3.csv.gz' }));
  await t.rejects(scanned(world, { engine: 'athena' }), { code: 'INVENTORY_INCOMPLETE' });
  const [one = '', form] = [manifestKey, reportObjects(files)];
  store.drop(one);
  store.drop(one.replace('.json', '.checksum'));
  await place(store, new Map([...form].filter(([key]) => key.startsWith(one.slice(0, -5)))));
  athena.judge((operation, sql) => {
    const { name, bytes } = files[0]!;
    const etag = store.etags()[keyOf({ name })]!;
    if (operation === 'StartQueryExecution' && sql.startsWith('DROP'))
      void store.write(keyOf({ name }), bytes, { etag });
    return undefined;
  });
  await t.rejects(scanned(world, { engine: 'athena' }), {
    code: 'INVENTORY_CHANGED',
    message: /1\.csv\.gz" was replaced/,
  });
});

t.test('what an engine cannot read rightly is refused before it is asked', async (t) => {
  withCredentials(t);
  for (const [name, why] of [
    ['_1.csv.gz', /pass over files such as/],
    ['1.csv', /only by a name that ends in \.gz/],
  ] as const) {
    store = memoryStore();
    const world = await scanning([{ name, bytes: files[0]!.bytes }]);
    await t.rejects(scanned(world, { engine: 'athena' }), { code: 'INVENTORY_UNQUERYABLE', message: why });
  }
  await t.rejects(scanned({ store }, { engine: 'athena', uri: 'file:///x/manifest.json' }), {
    code: 'INVENTORY_UNQUERYABLE',
  });
  t.same(athena.statements, []);
});

t.test('a failure of the engine is told in its words, and its table is dropped', async (t) => {
  withCredentials(t);
  const world = await scanning();
  const fault = { category: 2, type: 1, retryable: false, words: 'Query exhausted resources' } as const;
  athena.tell({ on: /^SELECT/, how: { state: 'FAILED', fault } });
  await t.rejects(scanned(world, { engine: 'athena' }), {
    code: 'QUERY_FAILED',
    message: 'athena failed on the inventory: Query exhausted resources.',
  });
  trino.refuse(/^SELECT/, 1);
  await t.rejects(scanned(world, trinoYaml(t.testdir())), { code: 'QUERY_FAILED', message: /METASTORE/ });
  t.same([...athena.runner.tables.keys(), ...trino.runner.tables.keys()], []);
  athena.set({ managed: true });
  await t.rejects(scanned(world, { engine: 'athena' }), {
    code: 'ENGINE_UNAVAILABLE',
    message: /manages query results itself/,
  });
});

t.test('an interrupt stops the query and drops the table', async (t) => {
  withCredentials(t);
  const world = await scanning();
  const stop = new AbortController();
  athena.hold(/^SELECT/);
  athena.judge((operation, sql) => {
    if (operation === 'GetQueryExecution' && sql.includes('SELECT')) stop.abort();
    return undefined;
  });
  await t.rejects(scanned(world, { engine: 'athena' }, stop.signal), { code: 'INTERRUPTED' });
  t.equal(athena.stopped.length, 1);
  t.same([...athena.runner.tables.keys()], []);
});

t.test('what Athena will scan is priced before, limited, and counted after', async (t) => {
  withCredentials(t);
  const world = await scanning();
  const dear = { engine: 'athena', maxCost: '0.00001' } as const;
  await t.rejects(scanned(world, dear), { code: 'COST_ABOVE_LIMIT' });
  t.same(athena.statements, []);
  const { value, notes } = await scanned(world, { engine: 'athena', maxCost: '0.001' });
  // Ten megabytes are the least a query is billed, at 5 dollars a TB.
  t.ok(Number(value.ownCost.usd) > 0.0000476 && Number(value.ownCost.usd) < 0.00006, value.ownCost.usd);
  t.match(notes, /athena reads up to .* B: about \$0\.00005/);
  t.equal((await scanned(world, trinoYaml(t.testdir()))).value.ownCost.usd, '0.0000012');
});
