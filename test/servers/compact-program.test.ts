/** The built program and the real engine; every row is read back by a reader that is not the engine. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetMetadata } from 'hyparquet';
import t from 'tap';
import {
  dateFolder,
  hiveFolder,
  layouts,
  type SampleTable,
  writeOrdersTable,
  writeSampleTable,
} from '../../src/adapters/files/sample-lake.js';
import { digest } from '../../src/kernel/digest.js';
import { bucketwise } from '../e2e/bucketwise.js';
import { buffer, csvRows, filesOf, parquetRows } from '../e2e/rows.js';

const first = Date.UTC(2026, 9, 1);

function config(
  dir: string,
  name: string,
  partition: string,
  more: { columns?: string; fileSize?: string } = {},
): string {
  const path = join(dir, 'bucketwise.yaml');
  const { columns = 'infer', fileSize = '128MiB' } = more;
  writeFileSync(
    path,
    `region: us-east-1
tables:
  - name: ${name}
    source: { uri: "file://${dir}/csv/${name}", partition: "${partition}", columns: ${columns} }
    target: { uri: "file://${dir}/parquet/${name}", fileSize: ${fileSize} }
    lookback: 36500d
`,
  );
  return path;
}

const run = (path: string) => bucketwise(['compact', 'run', '--config', path, '--yes', '--json']);
t.test(
  'every row of every hour equals its source, the codec is Snappy, sources stay, a second run does nothing',
  async (t) => {
    const dir = t.testdir();
    writeOrdersTable(dir, first);
    const path = config(dir, 'orders', layouts.plain);
    const before = csvRows(join(dir, 'csv/orders/2026/10/01/00'));
    const ended = await run(path);
    t.equal(ended.code, 3, ended.err);
    for (const hour of ['00', '01', '02', '03', '05']) {
      const rows = await parquetRows(join(dir, `parquet/orders/2026/10/01/${hour}`));
      t.strictSame(rows, csvRows(join(dir, `csv/orders/2026/10/01/${hour}`)), hour);
      for (const file of filesOf(join(dir, `parquet/orders/2026/10/01/${hour}`)))
        for (const group of parquetMetadata(buffer(file)).row_groups)
          t.ok(group.columns.every((column) => column.meta_data?.codec === 'SNAPPY'));
    }
    t.strictSame(csvRows(join(dir, 'csv/orders/2026/10/01/00')), before);
    const refused = JSON.parse(ended.out).partitions.find(
      (row: { state: string }) => row.state === 'refused',
    );
    t.match(refused, {
      partition: '2026/10/01/04',
      reason: /column 4 is "postcode" where the table has "amount"/,
    });
    t.notOk(existsSync(join(dir, 'parquet/orders/2026/10/01/04')), 'nothing of a refused hour is published');
    const again = await run(path);
    t.match(again.err, 'Nothing to do');
    t.equal(filesOf(join(dir, 'parquet/orders/2026/10/01/00')).length, 1);
  },
);

t.test('pointer and evidence say what was read, what was written, and that nothing is missing', async (t) => {
  const dir = t.testdir();
  writeOrdersTable(dir, first);
  await run(config(dir, 'orders', layouts.plain));
  const control = join(dir, 'parquet/orders/_bucketwise/orders/2026/10/01/00');
  const pointer = JSON.parse(readFileSync(join(control, 'pointer.json'), 'utf8'));
  const evidence = JSON.parse(readFileSync(join(dir, 'parquet/orders', pointer.evidence), 'utf8'));
  t.match(evidence, {
    table: 'orders',
    generation: 1,
    engine: 'duckdb',
    rowsIn: 300,
    rowsOut: 300,
    quarantined: 0,
    codecs: ['SNAPPY'],
  });
  t.equal(evidence.sources.length, 12);
  t.equal(
    evidence.sources.reduce((sum: number, source: { rows: number }) => sum + source.rows, 0),
    300,
  );
  t.same(pointer.files, evidence.files);
  for (const file of pointer.files) t.equal(statSync(join(dir, 'parquet/orders', file.key)).size, file.size);
});

/** One hour of one table from literal files. */
function hourOf(dir: string, table: string, files: Readonly<Record<string, string | Buffer>>): string {
  const folder = join(dir, 'csv', table, hiveFolder({ year: '2026', month: '10', day: '01', hour: '05' }));
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}
const out = (dir: string, table = 't'): string =>
  join(dir, 'parquet', table, hiveFolder({ year: '2026', month: '10', day: '01', hour: '05' }));

/** Through the whole program; every line of the catalogue of data stands in test/adapters/duckdb/bad-data. */
const kept: readonly (readonly [string, Readonly<Record<string, string | Buffer>>])[] = [
  ['quotes, commas and newlines in quotes', { 'a.csv': 'a,b\n1,"x, ""y""\nz"\n2,w\n' }],
  ['leading zeros, plus signs and exponents', { 'a.csv': 'a,b\n007,+5\n1e5,1.50\n' }],
  ['numbers beyond 2^63', { 'a.csv': 'a,b\n99999999999999999999,1\n1,2\n' }],
  ['times with an offset', { 'a.csv': 'a,b\n2025-11-22T05:00:00+02:00,1\n2025-11-22 05:00:00,2\n' }],
  ['backslashes, NULL as a word, emoji', { 'a.csv': 'a,b\nback\\slash,NULL\n"🎁",\\N\n' }],
  ['gzip under a name that does not say so', { 'a.csv': gzipSync('a,b\n1,x\n') }],
  [
    'names that an engine would expand',
    { '*.csv': 'a,b\n1,x\n', 'x[1].csv': 'a,b\n2,y\n', 'x1.csv': 'a,b\n3,z\n', "q'--.csv": 'a,b\n4,w\n' },
  ],
];

const refused: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
  [
    'a header in another order',
    { 'a.csv': 'a,b\n1,x\n', 'b.csv': 'b,a\nx,1\n' },
    /b\.csv: its column 1 is "b" where the table has "a"/,
  ],
  ['a ragged row', { 'a.csv': 'a,b\n1,x\n2\n' }, /a\.csv, line 3: 1 fields stand where 2 are expected/],
];

t.test('tables of one hour each, all in one run', async (t) => {
  const dir = t.testdir();
  const cases = [
    ...kept.map(([what, files]) => ({ what, files, why: undefined })),
    ...refused.map(([what, files, why]) => ({ what, files, why })),
  ];
  const folders = cases.map(({ files }, at) => hourOf(dir, `t${at}`, files));
  const path = join(dir, 'bucketwise.yaml');
  const tables = cases.map(
    (_, at) => `  - name: t${at}
    source: { uri: "file://${dir}/csv/t${at}", columns: infer }
    target: { uri: "file://${dir}/parquet/t${at}" }
    lookback: 36500d
`,
  );
  writeFileSync(path, `region: us-east-1\ntables:\n${tables.join('')}`);
  const ended = await bucketwise(['compact', 'run', '--config', path, '--yes', '-o', 'ndjson']);
  t.equal(ended.code, 3, ended.err);
  const reports = ended.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.equal(reports.length, cases.length);
  for (const [at, { what, why }] of cases.entries())
    t.test(
      why ? `${what} refuses the hour, and nothing is published` : `${what} come through as they are`,
      async (t) => {
        const [row] = reports[at].partitions;
        if (why) {
          t.match(row, { state: 'refused', reason: why });
          t.same(filesOf(out(dir, `t${at}`)), []);
        } else {
          t.equal(row.state, 'compacted', row.reason);
          t.strictSame((await parquetRows(out(dir, `t${at}`))).sort(), csvRows(folders[at]!).sort());
        }
      },
    );
});

t.test('a large hour becomes files near the target size, and no row is lost or doubled', async (t) => {
  const dir = t.testdir();
  const table: SampleTable = { name: 't', header: 'id,text', folder: dateFolder };
  const files = Array.from({ length: 40 }, (_, file) => ({
    hourStart: first,
    minute: file,
    rows: Array.from({ length: 2500 }, (_, row) => `${file * 2500 + row},${digest(`${file} ${row}`)}`),
  }));
  writeSampleTable(dir, table, files);
  const ended = await run(config(dir, 't', layouts.date, { fileSize: '1MiB' }));
  t.equal(ended.code, 0, ended.err);
  const published = filesOf(join(dir, 'parquet/t/dt=2026-10-01/hour=00'));
  const sizes = published.map((file) => statSync(file).size);
  // 100,000 rows of 64 random characters are some 7 MB of Parquet.
  t.ok(sizes.length >= 5 && sizes.length <= 9, `${sizes}`);
  t.ok(
    sizes.every((size) => size <= 1.5 * 1024 ** 2),
    `${sizes}`,
  );
  const rows = await parquetRows(join(dir, 'parquet/t/dt=2026-10-01/hour=00'));
  t.strictSame(rows.map(String).sort(), csvRows(join(dir, 'csv/t/dt=2026-10-01/hour=00')).map(String).sort());
});

t.test('without --yes and without a terminal nothing is written', async (t) => {
  const dir = t.testdir();
  writeOrdersTable(dir, first);
  const ended = await bucketwise(['compact', 'run', '--config', config(dir, 'orders', layouts.plain)]);
  t.equal(ended.code, 5);
  t.match(ended.err, 'UNCONFIRMED');
  t.notOk(existsSync(join(dir, 'parquet')));
});

t.test('a plan changes nothing and is the same twice', async (t) => {
  const dir = t.testdir();
  writeOrdersTable(dir, first);
  const path = config(dir, 'orders', layouts.plain);
  const plan = () => bucketwise(['compact', 'plan', '--config', path, '--json']);
  const [once, twice] = [await plan(), await plan()];
  t.equal(once.code, 0, once.err);
  t.equal(once.out, twice.out);
  t.match(JSON.parse(once.out), { table: 'orders', engine: 'duckdb', totals: { due: 6 } });
  t.notOk(existsSync(join(dir, 'parquet')));
});

t.test('Ctrl-C leaves sources and committed hours as they were, and a rerun completes', async (t) => {
  const dir = t.testdir();
  writeOrdersTable(dir, first);
  const path = config(dir, 'orders', layouts.plain);
  const sources = csvRows(join(dir, 'csv/orders/2026/10/01/00'));
  const cut = await bucketwise(['compact', 'run', '--config', path, '--yes', '--verbose'], {
    interruptOnce: () => existsSync(join(dir, 'parquet')),
  });
  t.equal(cut.code, 130, cut.err);
  t.strictSame(csvRows(join(dir, 'csv/orders/2026/10/01/00')), sources);
  const ended = await run(path);
  const states = JSON.parse(ended.out).partitions.map((row: { state: string }) => row.state);
  t.same(states, ['compacted', 'compacted', 'compacted', 'compacted', 'refused', 'compacted']);
});

t.test(
  'a format the result does not have, and an hour that cannot be, are refused before anything is written',
  async (t) => {
    const dir = t.testdir();
    hourOf(dir, 't', { 'a.csv': 'a,b\n1,x\n' });
    const path = config(dir, 't', layouts.hive);
    const compact = (...args: string[]) => bucketwise(['compact', 'run', '--config', path, '--yes', ...args]);
    const html = await compact('-o', 'html');
    t.match(html, { code: 2, err: /FORMAT_UNKNOWN/ });
    t.match(await compact('--partition', 'hour=5'), { code: 2, err: /PARTITION_INVALID/ });
    t.match(await compact('--from', '2026-02-30'), { code: 2, err: /--from: "2026-02-30" is not an hour/ });
    t.match(await compact('--from', '2026-10-02', '--to', '2026-10-01'), {
      code: 2,
      err: /--to: .*does not come after/,
    });
    t.notOk(existsSync(join(dir, 'parquet')), 'nothing was written');
    t.match((await compact('--from', '2026-10-02')).err, 'Nothing to do: no hour lies there.');
    t.equal((await compact('--partition', 'year=2026/month=10/day=01/hour=5')).code, 0);
    t.equal(filesOf(out(dir)).length, 1);
    t.match((await compact()).err, 'Nothing to do: every closed hour is compacted.');
  },
);

t.test('a TMPDIR that is not there is named', async (t) => {
  const dir = t.testdir();
  hourOf(dir, 't', { 'a.csv': 'a,b\n1,x\n' });
  const ended = await bucketwise(['compact', 'plan', '--config', config(dir, 't', layouts.hive)], {
    environment: { TMPDIR: join(dir, 'nowhere') },
  });
  t.match(ended, { code: 2, err: /FILE_MISSING: .*nowhere \(TMPDIR/ });
});
