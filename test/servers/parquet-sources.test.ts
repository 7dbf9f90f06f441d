/** Small Parquet files become few: every value as it was, every type kept or refused by name, no file believed on its word. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { parquetMetadata } from 'hyparquet';
import t from 'tap';
import { openParquetSources } from '../../src/adapters/duckdb/parquet-sources.js';
import type { Answer } from '../../src/adapters/duckdb/process.js';
import { exactType } from '../../src/adapters/parquet-types.js';
import type { Engine } from '../../src/compaction/ports.js';
import { columnTypes, parquetTypes } from '../../src/compaction/schema.js';
import type { CompactionTable } from '../../src/compaction/table.js';
import { openLake } from '../adapters/duckdb/lake.js';
import { parquetOf } from '../adapters/files/parquet.js';
import {
  byteArray,
  int32,
  int64,
  int96,
  type PlainColumn,
  type PlainFile,
  plainParquet,
  timestamp,
} from '../adapters/files/plain-parquet.js';

const lake = await openLake();
const scratch = await mkdtemp(join(tmpdir(), 'bucketwise-parquet-'));
t.teardown(async () => {
  await lake.close();
  await rm(scratch, { recursive: true });
});

const parquet = { format: 'parquet' } as const;
let files = 0;
/** As another writer makes them, gzipped pages and all. */
async function made(query: string, options = 'compression gzip'): Promise<Uint8Array> {
  files += 1;
  const path = join(scratch, `${files}.parquet`);
  await parquetOf(path, query, options);
  return readFile(path);
}

const everyType: Readonly<Record<string, readonly [type: string, query: string]>> = {
  b: ['boolean', 'n = 1'],
  ti: ['tinyint', 'n::tinyint - 100'],
  si: ['smallint', 'n::smallint - 30000'],
  i: ['integer', '(n - 2147483648)::integer'],
  bi: ['bigint', '9223372036854775800 + n'],
  uti: ['utinyint', '(250 + n)::utinyint'],
  usi: ['usmallint', '(65530 + n)::usmallint'],
  ui: ['uinteger', '(4294967290 + n)::uinteger'],
  ubi: ['ubigint', '18446744073709551610 + n::ubigint'],
  f: ['float', "case n when 0 then 'nan'::float when 1 then '-0.0'::float else 0.1::float end"],
  d: ['double', "case n when 0 then 'infinity'::double when 1 then 5e-324 else 0.1 end"],
  d9: ['decimal(9,4)', '(n + 0.1234)::decimal(9,4)'],
  d18: ['decimal(18,18)', '(0.000000000000000001::decimal(18,18) * n)::decimal(18,18)'],
  d38: ['decimal(38,10)', '(n + 1234567890123456789.0123456789)::decimal(38,10)'],
  dt: ['date', "date '1969-12-31' + n::integer"],
  time: ['time', "time '01:02:03.123456'"],
  tms: ['timestamp_ms', "(timestamp '1969-12-31 23:59:59.999' + n * interval 1 day)::timestamp_ms"],
  tus: ['timestamp', "timestamp '2026-11-22 05:00:00.123456'"],
  tns: ['timestamp_ns', "timestamp_ns '2026-11-22 05:00:00.123456789'"],
  tz: ['timestamptz', "timestamptz '2026-11-22 05:00:00.123456+02'"],
  id: ['uuid', "'00000000-0000-4000-8000-00000000000a'::uuid"],
  s: ['string', "case n when 0 then '' when 1 then null else 'a,\"b\"\n漢' end"],
  bin: ['binary', "case n when 0 then ''::blob when 1 then null else '\\x00\\xFF'::blob end"],
};
const selected = Object.entries(everyType).map(([name, [, value]]) => `${value} as ${name}`);
const rowsQuery = (from: number, to: number): string =>
  `select ${selected.join(', ')} from range(${from}, ${to}) t(n)`;

const typesOf = (body: Uint8Array): string[] =>
  parquetMetadata(Uint8Array.from(body).buffer)
    .schema.slice(1)
    .map((element) => `${element.name} ${exactType(element)}`);

t.test('every type a column may have comes out as it went in, with every value', async (t) => {
  const [first, second] = [await made(rowsQuery(0, 2)), await made(rowsQuery(2, 4), 'row_group_size 1')];
  const { row, rows, evidence } = await lake.compact(
    { 'a.parquet': first, 'b.parquet': second },
    { ...parquet },
  );
  t.equal(row.state, 'compacted', row.reason);
  const { rows: whole, row: other } = await lake.compact(
    { 'x.parquet': await made(rowsQuery(0, 4)) },
    parquet,
  );
  t.equal(other.state, 'compacted', other.reason);
  t.same(rows, whole);
  t.equal(rows.length, 4);
  t.match(evidence, { rowsIn: 4, rowsOut: 4, verifyLevel: 'values', codecs: ['SNAPPY'] });
  t.equal(evidence?.digests.rowsIn, evidence?.digests.rowsOut);
  t.match(evidence?.digests.perColumn?.s, { nullsIn: 1, nullsOut: 1 });
  t.same(
    evidence?.schema.map(({ name, type }) => `${name} ${type}`),
    Object.entries(everyType).map(([name, [type]]) => `${name} ${type}`),
  );
  t.same(typesOf(first), typesOf(await readFile(join(lake.root, 'target', evidence!.files[0]!.key))));
  const words = new Set(Object.values(everyType).map(([type]) => type.replace(/\(.*/, '')));
  t.same([...words].sort(), [...columnTypes, ...parquetTypes].sort(), 'every type of the list is tried');
});

const instant = 1_764_000_000_123_456n;
const plain = (column: Partial<PlainColumn>, says?: PlainFile['says']): Uint8Array =>
  plainParquet({
    columns: [{ name: 'x', type: 2, values: [int64(instant)], ...column }],
    ...(says ? { says } : {}),
  });

const kept: Readonly<Record<string, readonly [Partial<PlainColumn>, string, string, PlainFile['says']?]>> = {
  'INT96, which has whole microseconds': [
    { type: 3, values: [int96(3_600_000_001_000n, 2_440_588 + 20_000)] },
    'timestamp',
    '2024-10-04T01:00:00.000Z',
  ],
  'milliseconds with a zone': [
    { logical: timestamp(true, 1), values: [int64(instant / 1000n)] },
    'timestamptz',
    '2025-11-24T16:00:00.123Z',
  ],
  'microseconds of an old writer': [{ converted: 10 }, 'timestamp', '2025-11-24T16:00:00.123Z'],
  'microseconds with the check sum of their page': [
    { logical: timestamp(false, 2) },
    'timestamp',
    '2025-11-24T16:00:00.123Z',
    { crc: crc32(int64(instant)) | 0 },
  ],
  'milliseconds of an old writer': [
    { converted: 9, values: [int64(instant / 1000n)] },
    'timestamp_ms',
    '2025-11-24T16:00:00.123Z',
  ],
};
for (const [what, [column, type, value, says]] of Object.entries(kept))
  t.test(`${what} are the same instants afterwards`, async (t) => {
    const { row, rows, evidence } = await lake.compact({ 'x.parquet': plain(column, says) }, parquet);
    t.equal(row.state, 'compacted', row.reason);
    t.same(rows, [{ x: new Date(value) }]);
    t.same(evidence?.schema, [{ name: 'x', type }]);
  });

const text = (value: string): Uint8Array => byteArray(new TextEncoder().encode(value));
const good = await made('select 1 as x');
const refusedFiles: Readonly<
  Record<string, readonly [file: Uint8Array | Promise<Uint8Array>, why: RegExp, beside?: Uint8Array]>
> = {
  'nanoseconds in INT96': [
    plain({ type: 3, values: [int96(789n, 2_440_588 + 20_000)] }),
    /x\.parquet" cannot be read: an instant of 1728000000000000789 nanoseconds since 1970 in "x" would not be kept/,
  ],
  'nanoseconds with a zone': [
    plain({ logical: timestamp(true, 3) }),
    /"x" has type INT64 TIMESTAMP_NANOS UTC/,
  ],
  'milliseconds too large for microseconds': [
    plain({ logical: timestamp(false, 1), values: [int64(2n ** 63n - 1n)] }),
    /an instant of 9223372036854775807 milliseconds since 1970 in "x" would not be kept/,
  ],
  'bytes of a fixed length': [
    plain({ type: 7, typeLength: 4, values: [Uint8Array.of(1, 2, 3, 4)] }),
    /"x" has type FIXED_LEN_BYTE_ARRAY, which would not be kept as it is; types that are: boolean, integer, /,
  ],
  'an ENUM': [plain({ type: 6, converted: 4, values: [text('a')] }), /"x" has type BYTE_ARRAY ENUM/],
  'a time of milliseconds': [
    plain({ type: 1, converted: 7, values: [int32(1)] }),
    /"x" has type INT32 TIME_MILLIS/,
  ],
  'half a float': [
    plain({ type: 7, typeLength: 2, logical: [15, []], values: [Uint8Array.of(0, 0x3c)] }),
    /"x" has type FIXED_LEN_BYTE_ARRAY FLOAT16/,
  ],
  'a repeated column': [plain({ repeated: true }), /"x" has type nested LIST/],
  'a list': [
    made('select [1, 2] as x'),
    /"x" has type nested LIST, and values inside of values are not compared/,
  ],
  'a struct': [made("select {'a': 1} as x"), /"x" has type nested STRUCT/],
  'a map': [made("select map {'a': 1} as x"), /"x" has type nested MAP/],
  'JSON text': [made("select '{}'::json as x"), /"x" has type BYTE_ARRAY JSON/],
  'text that is no UTF-8': [
    plain({ type: 6, converted: 0, values: [byteArray(Uint8Array.of(0xff))] }),
    /x\.parquet" cannot be read: .*not valid UTF8/,
    await made("select 'é' as x"),
  ],
  'two columns that differ in case alone': [
    plainParquet({
      columns: [
        { name: 'x', type: 1, values: [int32(1)] },
        { name: 'X', type: 1, values: [int32(2)] },
      ],
    }),
    /its column "x" is there twice/,
  ],
  'a column named as a partition key': [
    made('select 5 as hour'),
    /its column "hour" has the name of a partition key/,
  ],
  'a footer that tells of fewer rows than there are': [
    plain({ values: [int64(1n), int64(2n), int64(3n)] }, { rows: 2, groupRows: 2 }),
    /its footer says 2 rows in row group 1, the pages of "x" hold 3/,
  ],
  'a footer that tells of more rows than there are': [
    plain({ values: [int64(1n)] }, { rows: 2, groupRows: 2 }),
    /its footer says 2 rows in row group 1, the pages of "x" hold 1/,
  ],
  'a footer at odds with its row groups': [
    plain({}, { rows: 2 }),
    /its footer says 2 rows, its row groups 1/,
  ],
  'a page whose bytes were changed': [
    plain({}, { crc: crc32(int64(instant + 1n)) | 0 }),
    /x\.parquet" cannot be read: a page is damaged: its bytes do not have their check sum/,
  ],
  'a codec nobody reads': [
    plain({}, { codec: 3 }),
    /x\.parquet" cannot be read: .*LZO/,
    await made('select 1::bigint as x'),
  ],
  'no rows': [made('select 1 as x where false'), /x\.parquet: it has no rows$/],
  'an empty file': [new Uint8Array(0), /x\.parquet" cannot be read: it is empty/],
  'another format': [new TextEncoder().encode('id,town\n1,Ulm\n'), /it does not begin as Parquet does/],
  'an encrypted file': [new TextEncoder().encode('PARE and more of it'), /it is encrypted/],
};
for (const [what, [body, why, beside = good]] of Object.entries(refusedFiles))
  t.test(`${what}: refused by the name of the file`, async (t) => {
    const { row } = await lake.compact({ 'good.parquet': beside, 'x.parquet': await body }, parquet);
    t.equal(row.state, 'refused');
    t.match(row.reason, why);
    t.match(row.reason, /\/x\.parquet/);
  });

t.test('a file that is cut anywhere is refused, and so is one whose bytes were changed', async (t) => {
  const whole = await made('select n as id, n::varchar as town from range(3000) t(n)', 'compression snappy');
  for (const at of [
    1,
    3,
    4,
    8,
    100,
    whole.length / 2,
    whole.length - 9,
    whole.length - 8,
    whole.length - 1,
  ]) {
    const { row } = await lake.compact({ 'x.parquet': whole.subarray(0, at) }, parquet);
    t.match(row, { state: 'refused', reason: /x\.parquet" cannot be read: / }, `${at} bytes`);
  }
  for (let at = 200; at < whole.length; at += Math.ceil(whole.length / 5)) {
    const body = Uint8Array.from(whole);
    body[at] = body[at]! ^ 0xff;
    const { row } = await lake.compact({ 'x.parquet': body }, parquet);
    t.not(row.state, 'failed', row.reason);
  }
});

const changes = (columnChanges: CompactionTable['columnChanges']) => ({ ...parquet, columnChanges });
t.test('columns are the same by name and type in all files, or what the policy says', async (t) => {
  const [ab, ba, a, abc] = await Promise.all(
    ["1 as a, 'x' as b", "'y' as b, 2 as a", '3 as a', "4 as a, 'z' as b, 0.5::float as c"].map((columns) =>
      made(`select ${columns}`),
    ),
  );
  const swapped = await lake.compact({ '1.parquet': ab!, '2.parquet': ba! }, parquet);
  t.same(swapped.rows, [
    { a: 1, b: 'x' },
    { a: 2, b: 'y' },
  ]);
  const lacking = { '1.parquet': ab!, '2.parquet': a! };
  t.match(
    (await lake.compact(lacking, parquet)).row.reason,
    /2\.parquet: it lacks the column "b" of the table/,
  );
  t.same((await lake.compact(lacking, changes('add-null'))).rows, [
    { a: 1, b: 'x' },
    { a: 3, b: null },
  ]);
  const wider = { '1.parquet': ab!, '2.parquet': abc! };
  t.match(
    (await lake.compact(wider, changes('add-null'))).row.reason,
    /2\.parquet: its column "c" is not one of the table/,
  );
  t.same((await lake.compact(wider, changes('widen'))).rows, [
    { a: 1, b: 'x', c: null },
    { a: 4, b: 'z', c: 0.5 },
  ]);
  const other = { '1.parquet': ab!, '2.parquet': await made("select 1::bigint as a, 'x' as b") };
  t.match(
    (await lake.compact(other, changes('widen'))).row.reason,
    /2\.parquet: its column "a" is bigint where the table has "a" integer/,
  );
  const cased = { '1.parquet': ab!, '2.parquet': await made("select 1 as A, 'x' as b") };
  t.match(
    (await lake.compact(cased, changes('widen'))).row.reason,
    /2\.parquet: its column "A" is integer where the table has "a" integer/,
  );
});

t.test('what the engine loses, doubles or changes refuses the hour', async (t) => {
  const body = await made("select n as id, 'town ' || n as town, n::double as x from range(3) t(n)");
  const wrong =
    (query: string) =>
    (inner: Engine): Engine => ({
      ...inner,
      write: async (job) => {
        const path = join(lake.root, 'work', `wrong-${files}.parquet`);
        await parquetOf(path, query);
        return inner.write({ ...job, cleaned: job.sources.map((source) => ({ source, path })) });
      },
    });
  const ways: Readonly<Record<string, RegExp>> = {
    "select n as id, 'town ' || n as town, n::double as x from range(2) t(n)":
      /hold 3 rows, the Parquet files 2/,
    "select n as id, 'town ' || n as town, n::double as x from range(4) t(n)":
      /hold 3 rows, the Parquet files 4/,
    "select n as id, 'town ' || (2 - n) as town, n::double as x from range(3) t(n)": /their digests differ/,
    "select n as id, 'town ' || n as town, (n + 1)::double as x from range(3) t(n)":
      /column "x" is not what the sources hold/,
  };
  for (const [query, why] of Object.entries(ways)) {
    files += 1;
    const { row } = await lake.compact({ 'x.parquet': body }, parquet, wrong(query));
    t.match(row, { state: 'refused', reason: why });
  }
});

t.test('at level counts rows, columns and types are held together, and no value is read', async (t) => {
  const body = await made('select n as id from range(3) t(n)');
  const { row, evidence } = await lake.compact({ 'x.parquet': body }, { ...parquet, verify: 'counts' });
  t.equal(row.state, 'compacted', row.reason);
  t.match(evidence, { rowsIn: 3, rowsOut: 3, verifyLevel: 'counts', digests: { rowsIn: null } });
});

t.test(
  'what fails for want of memory or of a disk is tried again, and is no fault of the file',
  async (t) => {
    const path = join(scratch, 'sound.parquet');
    await writeFile(path, good);
    const failing = (why: string) =>
      openParquetSources({
        pathOf: () => path,
        folder: scratch,
        worker: { run: async (): Promise<Answer> => ({ outcome: 'failed', why }), close: () => undefined },
      }).totals({
        partition: 'hour=05',
        sources: [{ key: 'a.parquet', size: good.length, etag: 'x' }],
        columns: [{ name: 'x', type: 'integer' }],
        signal: new AbortController().signal,
      });
    for (const why of ['Out of Memory Error: could not allocate block', 'IO Error: No space left on device'])
      await t.rejects(failing(why), { code: 'ENGINE_FAILED' }, why);
    await t.rejects(failing('Invalid Input Error: not valid UTF8'), { code: 'SOURCE_CORRUPT' });
  },
);
