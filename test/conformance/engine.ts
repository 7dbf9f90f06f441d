/** What every engine must do with a write job: all rows, under the attempt path, or a refusal that names the value. */
import { Buffer } from 'node:buffer';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import type { Test } from 'tap';
import { splitRecords } from '../../src/compaction/csv-fields.js';
import type {
  Engine,
  ObjectStore,
  SourceReader,
  StoredObject,
  WriteJob,
  WriteResult,
} from '../../src/compaction/ports.js';

export interface EngineWorld {
  readonly source: ObjectStore;
  readonly target: ObjectStore;
  readonly reader: SourceReader;
  readonly engine: Engine;
  close(): Promise<void>;
}

/** What engines may differ in, each of them said here and nowhere hidden. */
export interface EngineTraits {
  /** Whether rows keep the order of the files and lines. */
  readonly keepsOrder: boolean;
  /** OpenCSVSerDe refuses what it would change: line breaks in quotes, and "" beside nothing in one hour. */
  readonly reader: 'RFC 4180' | 'OpenCSVSerDe';
  /** Doubles written with more digits than they need, which only an engine with exact printing can judge. */
  readonly refusesIdleDigits: boolean;
}

type Files = Readonly<Record<string, string>>;
type Row = Record<string, unknown>;

const encoder = new TextEncoder();

/** Sources as they are, of which nothing is kept. */
export const plainReader = (store: ObjectStore): SourceReader => ({
  stream: (source) => store.stream(source),
  rewritten: async () => {
    throw new Error('no file is rewritten here');
  },
  release: async () => undefined,
});

/** Puts the files, reads them once as the census does, and lets the engine write. */
export const written = async (
  world: EngineWorld,
  files: Files,
  job: Partial<WriteJob> = {},
): Promise<WriteResult> => world.engine.write(await jobFor(world, files, job));

export async function jobFor(
  { source, reader }: EngineWorld,
  files: Files,
  job: Partial<WriteJob> = {},
): Promise<WriteJob> {
  const sources: StoredObject[] = [];
  let bytes = 0;
  let rows = 0;
  const { header, delimiter } = job.csv ?? { header: true, delimiter: ',' };
  for (const [key, text] of Object.entries(files)) {
    const put = await source.write(key, encoder.encode(text), 'absent');
    if (put.outcome !== 'written') throw new Error(`${key} is there already`);
    const object = { key, size: Buffer.byteLength(text), etag: put.etag };
    for await (const chunk of reader.stream(object, 'auto')) bytes += chunk.length;
    const records = splitRecords(text, delimiter).filter((one) => one.length > 1 || one[0]?.text !== '');
    rows += Math.max(0, records.length - (header ? 1 : 0));
    sources.push(object);
  }
  return {
    partition: 'hour=05',
    sources,
    columns: [
      { name: 'id', type: 'bigint' },
      { name: 'town', type: 'string' },
    ],
    textRule: 'exact',
    csv: { header: true, delimiter: ',' },
    compression: 'snappy',
    targetFileBytes: 128 << 20,
    expected: { rows, bytes },
    attemptPath: 'lake/_bucketwise/t/data/hour=05/run-1/',
    signal: new AbortController().signal,
    ...job,
  };
}

export async function rowsOf(target: ObjectStore, result: WriteResult): Promise<Row[]> {
  if (result.outcome !== 'written') throw new Error(result.why);
  const all: Row[] = [];
  for (const { key, size, rows } of result.files) {
    const found = (await target.read(key))!;
    if (found.body.length !== size) throw new Error(`${key}: ${found.body.length} bytes, not ${size}`);
    const file = Uint8Array.from(found.body).buffer;
    const codecs = parquetMetadata(file).row_groups.flatMap((group) =>
      group.columns.map((column) => column.meta_data?.codec),
    );
    if (codecs.some((codec) => codec !== 'SNAPPY')) throw new Error(`${key}: ${codecs}`);
    const read = (await parquetReadObjects({ file })) as Row[];
    if (read.length !== rows) throw new Error(`${key}: ${read.length} rows, not ${rows}`);
    all.push(...read);
  }
  return all;
}

export async function engineSuite(
  t: Test,
  name: string,
  open: () => Promise<EngineWorld>,
  traits: EngineTraits,
): Promise<void> {
  const isPlain = traits.reader === 'OpenCSVSerDe';
  const inOrder = (rows: Row[]): Row[] =>
    traits.keepsOrder ? rows : rows.toSorted((a, b) => (String(a.id) < String(b.id) ? -1 : 1));
  const test = (what: string, act: (t: Test, world: EngineWorld) => Promise<void>) =>
    t.test(`${name}: ${what}`, async (t) => {
      const world = await open();
      t.teardown(() => world.close());
      await act(t, world);
    });

  await test('all rows of all files, in the order given, as Snappy Parquet below the attempt path', async (t, world) => {
    const result = await written(world, {
      'csv/b.csv': `id,town\n3,Ulm\n4,"Bern${isPlain ? ' ' : '\n'}West"\n`,
      'csv/a.csv': 'id,town\n1,"a ""b"", c\\d\\"\n2,\n',
      'csv/c.csv': 'id,town\n',
    });
    const rows = [
      { id: 3n, town: 'Ulm' },
      { id: 4n, town: isPlain ? 'Bern West' : 'Bern\nWest' },
      { id: 1n, town: 'a "b", c\\d\\' },
      { id: 2n, town: null },
    ];
    t.same(inOrder(await rowsOf(world.target, result)), inOrder(rows));
    if (result.outcome === 'written')
      for (const { key } of result.files) t.match(key, /^lake\/_bucketwise\/t\/data\/hour=05\/run-1\/[^/]+$/);
  });

  await test('keys that a shell, SQL or a glob would take for something else', async (t, world) => {
    const result = await written(world, {
      'csv/*.csv': 'id,town\n1,star\n',
      'csv/x[1].csv': 'id,town\n2,bracket\n',
      'csv/x1.csv': 'id,town\n3,one\n',
      "csv/'; DROP TABLE t; --.csv": 'id,town\n4,quote\n',
    });
    const rows = await rowsOf(world.target, result);
    t.same(rows.map(({ id }) => id).sort(), [1n, 2n, 3n, 4n]);
  });

  await test('files without rows make a file without rows', async (t, world) => {
    t.same(await rowsOf(world.target, await written(world, { 'csv/a.csv': 'id,town\n' })), []);
  });

  if (isPlain) await plainReaderTests(test);
  else
    await test('nothing and the empty string stay two things', async (t, world) => {
      const result = await written(world, { 'csv/a.csv': 'id,town\n1,\n2,""\n,x\n' });
      t.same(await rowsOf(world.target, result), [
        { id: 1n, town: null },
        { id: 2n, town: '' },
        { id: null, town: 'x' },
      ]);
    });

  const lossy = ['1e400', '-1e400', '1e-400', '9007199254740993', '0.1234567890123456789', '5.1e-324'];
  const misfits: readonly (readonly [string, WriteJob['columns'][number], string, 'equivalent'?])[] = [
    ['12.7', { name: 'id', type: 'bigint' }, 'bigint'],
    ['007', { name: 'id', type: 'bigint' }, 'bigint'],
    [' 7', { name: 'id', type: 'bigint' }, 'bigint'],
    ['9223372036854775808', { name: 'id', type: 'bigint' }, 'bigint'],
    ['2147483648', { name: 'id', type: 'integer' }, 'integer'],
    ['0.1234', { name: 'id', type: 'decimal', precision: 10, scale: 2 }, 'decimal'],
    ['2026-02-30', { name: 'id', type: 'date' }, 'date'],
    ['2026-11-22 05:00:00+02:00', { name: 'id', type: 'timestamp' }, 'timestamp'],
    ['1', { name: 'id', type: 'boolean' }, 'boolean'],
    ['0.12345678901234567890', { name: 'id', type: 'double' }, 'double'],
    ['0.10000000000000001', { name: 'id', type: 'double' }, 'double'],
    ['0.000050', { name: 'id', type: 'double' }, 'double'],
    ...lossy.map((value) => [value, { name: 'id', type: 'double' }, 'double', 'equivalent'] as const),
  ];
  await test('a value that its type does not hold is refused by column and value', async (t, world) => {
    for (const [at, [value, column, type, textRule = 'exact']] of misfits.entries()) {
      const result = await written(
        world,
        { [`csv/${at}.csv`]: `id,town\n${value},x\n` },
        {
          columns: [column, { name: 'town', type: 'string' }],
          textRule,
          attemptPath: `lake/_bucketwise/t/data/h/run-${at}/`,
        },
      );
      t.match(
        result,
        { outcome: 'refused', why: `column "id": "${value}" would not be kept as ${type}` },
        `${value} as ${type}`,
      );
    }
  });

  const idle = ['0.10000000000000001', '5e-324'];
  const doubles: readonly (readonly [WriteJob['textRule'], readonly string[]])[] = [
    ['exact', ['0.00005', '-0.00009460483345269388', '0.000001', '123456789012.25', '1.5', '-0.0']],
    [
      'equivalent',
      ['1e3', '-0.0', '1.50', '0.30000000000000004', '0e999', ...(traits.refusesIdleDigits ? [] : idle)],
    ],
  ];
  await test('a double keeps every number whose digits it can give back', async (t, world) => {
    for (const [textRule, texts] of doubles) {
      const result = await written(
        world,
        { [`csv/${textRule}.csv`]: `x\n${texts.join('\n')}\n` },
        { columns: [{ name: 'x', type: 'double' }], textRule, attemptPath: `lake/_bucketwise/${textRule}/` },
      );
      const read = (await rowsOf(world.target, result)).map(({ x }) => x);
      t.same(
        traits.keepsOrder ? read : read.toSorted(),
        traits.keepsOrder ? texts.map(Number) : texts.map(Number).toSorted(),
      );
    }
  });

  await test('declared columns take what means the same', async (t, world) => {
    const result = await written(
      world,
      {
        'csv/a.csv':
          'd,ts,ok,x\n1.5,2026-11-22T05:00:00Z,TRUE,1e3\n-01.50,2026-11-22 05:00:00.250,false,.5\n',
      },
      {
        columns: [
          { name: 'd', type: 'decimal', precision: 10, scale: 2 },
          { name: 'ts', type: 'timestamp' },
          { name: 'ok', type: 'boolean' },
          { name: 'x', type: 'double' },
        ],
        textRule: 'equivalent',
      },
    );
    const read = await rowsOf(world.target, result);
    t.same(
      read.toSorted((a, b) => Number(b.d) - Number(a.d)),
      [
        { d: 1.5, ts: new Date('2026-11-22T05:00:00Z'), ok: true, x: 1000 },
        { d: -1.5, ts: new Date('2026-11-22T05:00:00.250Z'), ok: false, x: 0.5 },
      ],
    );
  });

  await test('a large job becomes several files near the target, and no row is lost or doubled', async (t, world) => {
    const rows = Array.from(
      { length: 24_000 },
      (_, n) => `${n},${Math.imul(n, 2_654_435_761) >>> 0}-${n * 7919}`,
    );
    const result = await written(
      world,
      { 'csv/a.csv': `id,town\n${rows.join('\n')}\n` },
      { targetFileBytes: 200_000, expected: { rows: 24_000, bytes: 560_000 } },
    );
    const read = await rowsOf(world.target, result);
    t.equal(new Set(read.map(({ id }) => id)).size, 24_000);
    t.same(read.map(({ id, town }) => `${id},${town}`).sort(), rows.toSorted());
    if (result.outcome === 'written') {
      t.ok(result.files.length >= 2, `${result.files.length} files`);
      t.ok(
        result.files.every(({ size }) => size < 400_000),
        result.files.map(({ size }) => size).join(),
      );
    }
  });

  await test('one failure does not spoil the next job', async (t, world) => {
    const refused = await written(world, { 'csv/a.csv': 'id,town\nx,y\n' });
    t.equal(refused.outcome, 'refused');
    const next = await written(
      world,
      { 'csv/b.csv': 'id,town\n1,y\n' },
      { attemptPath: 'lake/_bucketwise/t/data/h/2/' },
    );
    t.same(await rowsOf(world.target, next), [{ id: 1n, town: 'y' }]);
  });

  await test('an attempt path that was used before is not written to again', async (t, world) => {
    await written(world, { 'csv/a.csv': 'id,town\n1,y\n' });
    await t.rejects(written(world, { 'csv/b.csv': 'id,town\n2,z\n' }), { code: 'CONDITION_FAILED' });
  });

  await test('an interrupt ends the job, and the next one works', async (t, world) => {
    await t.rejects(written(world, { 'csv/a.csv': 'id,town\n1,y\n' }, { signal: AbortSignal.abort() }), {
      code: 'INTERRUPTED',
    });
    const next = await written(world, { 'csv/b.csv': 'id,town\n1,y\n' });
    t.same(await rowsOf(world.target, next), [{ id: 1n, town: 'y' }]);
  });
}

type Tested = (what: string, act: (t: Test, world: EngineWorld) => Promise<void>) => Promise<unknown>;

/** What OpenCSVSerDe would change without a word is refused by file and line, before anything is written. */
async function plainReaderTests(test: Tested): Promise<void> {
  const refused: readonly (readonly [string, Files, RegExp])[] = [
    [
      'a line break in quotes',
      { 'csv/a.csv': 'id,town\n1,"a\nb"\n' },
      /^csv\/a\.csv, line 2: a quoted field holds a line break/,
    ],
    [
      '"" beside nothing',
      { 'csv/a.csv': 'id,town\n1,\n', 'csv/b.csv': 'id,town\n2,""\n' },
      /^csv\/b\.csv, line 2 holds "" and csv\/a\.csv, line 2 a field with nothing/,
    ],
    [
      'a quote inside an unquoted field',
      { 'csv/a.csv': 'id,town\n1,5" pipe\n' },
      /^csv\/a\.csv, line 2: a quote stands inside/,
    ],
    ['a blank line', { 'csv/a.csv': 'id,town\n1,x\n\n2,y\n' }, /^csv\/a\.csv, line 3: a blank line/],
    [
      'sources in two folders',
      { 'csv/a.csv': 'id,town\n1,x\n', 'csv/b/b.csv': 'id,town\n2,y\n' },
      /several folders/,
    ],
  ];
  for (const [what, files, why] of refused)
    await test(`${what} is refused by file and line`, async (t, world) => {
      const result = await written(world, files);
      t.match(result, { outcome: 'refused', why });
      for await (const { objects } of world.target.list({ prefix: 'lake/' })) t.same(objects, []);
    });
  await test('rows that are to be left out are left out, and no other', async (t, world) => {
    const text = 'id,town\n1,Ulm\ntwo,x\n2,two\n"12,7",y\n3\n4,too,many\n5,x,\n6,\nit\'s,z\n7,Bern\n';
    const result = await written(
      world,
      { 'csv/a.csv': text, 'csv/b.csv': 'id,town\n8,Rom\ntwo,y\n' },
      {
        leftOut: { values: [{ column: 'id', texts: ['12,7', "it's", 'two'] }], otherWidths: true },
        expected: { rows: 5, bytes: 200 },
      },
    );
    const rows = await rowsOf(world.target, result);
    t.same(rows.map(({ id, town }) => `${id} ${town}`).sort(), [
      '1 Ulm',
      '2 two',
      '6 null',
      '7 Bern',
      '8 Rom',
    ]);
  });
  await test('the empty string alone stays what it is', async (t, world) => {
    const result = await written(world, { 'csv/a.csv': 'id,town\n1,""\n' });
    t.same(await rowsOf(world.target, result), [{ id: 1n, town: '' }]);
  });
  await test('a timestamp finer than a millisecond is refused, never rounded', async (t, world) => {
    const job = { columns: [{ name: 'ts', type: 'timestamp' }], textRule: 'equivalent' } as const;
    const result = await written(world, { 'csv/a.csv': 'ts\n2026-11-22 05:00:00.123456\n' }, job);
    t.match(result, {
      outcome: 'refused',
      why: '"2026-11-22 05:00:00.123456" would not be kept as timestamp',
    });
  });
}
