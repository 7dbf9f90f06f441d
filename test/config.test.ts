import t from 'tap';
import { readConfig, tableNamed } from '../src/config.js';

const minimal = (extra = ''): string => `
tables:
  - name: clicks
    source: { uri: "s3://lake/csv/" }
    target: { uri: "s3://lake/parquet/" }
${extra}`;

t.test('a table needs only a name, a source and a target', async (t) => {
  const [table] = readConfig(minimal(), 'b.yaml').tables;
  t.match(table, {
    name: 'clicks',
    source: { location: { scheme: 's3', bucket: 'lake', prefix: 'csv/' }, header: true, columns: 'infer' },
    target: { location: { prefix: 'parquet/' }, compression: 'snappy', fileBytes: 128 * 1024 ** 2 },
    engine: { name: 'duckdb' },
    settleMs: 600_000,
    lookbackMs: 7 * 86_400_000,
    schedule: '5 * * * *',
  });
});

t.test('sources are kept unless the config says otherwise, and never touched before the grace', async (t) => {
  const sources = (text: string) => readConfig(minimal(text), 'b.yaml').tables[0]?.sources;
  t.strictSame(sources(''), { after: 'keep', graceMs: 14 * 86_400_000 });
  t.strictSame(sources('    sources: { after: delete, graceDays: 1 }'), {
    after: 'delete',
    graceMs: 86_400_000,
  });
  t.strictSame(sources('    sources: { after: tag }'), { after: 'tag', graceMs: 14 * 86_400_000 });
});

t.test('a source may say where its data lay before, and that equal bytes are other rows', async (t) => {
  const source = (text: string) =>
    readConfig(minimal().replace('csv/" }', `csv/"${text} }`), 'b.yaml').tables[0]?.source;
  t.match(source(''), { formerly: [], sameBytes: 'hold' });
  t.match(source(', formerly: ["s3://old/csv"], sameBytes: add'), {
    formerly: [{ bucket: 'old', prefix: 'csv/' }],
    sameBytes: 'add',
  });
  t.throws(() => source(', formerly: ["old"]'), {
    code: 'CONFIG_INVALID',
    message: /tables\.0\.source\.formerly\.0: "old" is not an address/,
  });
});

t.test('an engine brings its settings to the table', async (t) => {
  const engine = (text: string) => readConfig(minimal(text), 'b.yaml').tables[0]?.engine;
  t.strictSame(engine('    engine: athena'), {
    name: 'athena',
    workgroup: 'primary',
    maxConcurrent: 5,
    database: 'default',
  });
  t.strictSame(
    engine('    engine: athena\nengines: { athena: { output: "s3://lake/results", maxScan: 1GiB } }'),
    {
      name: 'athena',
      workgroup: 'primary',
      maxConcurrent: 5,
      database: 'default',
      output: 's3://lake/results/',
      maxScannedBytes: 2 ** 30,
    },
  );
  t.strictSame(
    engine('    engine: trino\nengines: { trino: { url: "http://127.0.0.1:8080", schema: web } }'),
    {
      name: 'trino',
      url: 'http://127.0.0.1:8080',
      catalog: 'hive',
      schema: 'web',
      user: 'bucketwise',
    },
  );
});

t.test('the config is frozen all the way down', async (t) => {
  const config = readConfig(minimal(), 'b.yaml');
  t.ok(Object.isFrozen(config.tables[0]?.source.location));
});

t.test('declared columns are kept in order, decimals with precision and scale', async (t) => {
  const text = minimal().replace(
    's3://lake/csv/" }',
    's3://lake/csv/", columns: [{ name: id, type: bigint }, { name: price, type: "decimal(10,2)" }] }',
  );
  t.same(readConfig(text, 'b.yaml').tables[0]?.source.columns, [
    { name: 'id', type: 'bigint' },
    { name: 'price', type: 'decimal', precision: 10, scale: 2 },
  ]);
});

t.test('columns may stand in a table of the catalog, of the source or of the target', async (t) => {
  const columns = (text: string) => readConfig(text, 'b.yaml').tables[0]?.source.columns;
  const named = (word: string): string =>
    minimal()
      .replace('lake/csv/"', `lake/csv/", columns: ${word}, database: raw, table: clicks_csv`)
      .replace('lake/parquet/"', 'lake/parquet/", database: web, table: clicks')
      .concat(word === 'glue' ? '\n    engine: athena\n' : '');
  t.same(columns(named('glue')), { database: 'raw', table: 'clicks_csv' });
  t.same(columns(named('target')), { database: 'web', table: 'clicks' });
});

t.test(
  'a table that nobody would be told of is refused, and one that gives the columns is not',
  async (t) => {
    const named = minimal().replace('lake/parquet/"', 'lake/parquet/", database: web, table: clicks');
    t.throws(() => readConfig(named, 'b.yaml'), {
      code: 'CONFIG_INVALID',
      message: /target\.table: duckdb tells no catalog of the hours; leave .* or use engine: athena/,
    });
    t.doesNotThrow(() => readConfig(named.replace('lake/csv/"', 'lake/csv/", columns: target'), 'b.yaml'));
  },
);

const source = (uri: string): string => minimal().replace('s3://lake/csv/', uri);
const target = (uri: string): string => minimal().replace('s3://lake/parquet/', uri);
const both = (from: string, to: string): string => target(to).replace('s3://lake/csv/', from);
const other = (from: string, to: string): string =>
  both(from, to).replace('\ntables:', '').replace('clicks', 'other');

t.test('a journal elsewhere has a folder for each table, named after its target', async (t) => {
  const states = (text: string, state: string) =>
    readConfig(`${text}state: "${state}"\n`, 'b.yaml').tables.map(({ statePrefix }) => statePrefix);
  const two = minimal() + other('s3://lake/more/', 's3://lake/out/');
  const [clicks = '', second = ''] = states(two, 's3://lake/_bucketwise/');
  t.match(clicks, /^_bucketwise\/clicks-[0-9a-f]{12}\/$/);
  t.match(second, /^_bucketwise\/other-[0-9a-f]{12}\/$/);
  t.not(states(target('s3://lake/else/'), 's3://lake/_bucketwise/')[0], clicks);
  t.match(states(minimal(), 's3://lake/parquet/_state'), [/^parquet\/_state\/clicks-/], 'hidden in a target');
  t.equal(readConfig(minimal(), 'b.yaml').tables[0]?.statePrefix, undefined);
});

t.test('a roll-up finds the journal of the table above it where that is kept', async (t) => {
  for (const state of ['s3://lake/_bucketwise/', 's3://lake/parquet/_state/']) {
    const text = `${rolledUp()}state: "${state}"\n`;
    const [hours, days] = readConfig(text, 'b.yaml').tables;
    t.ok(hours?.statePrefix);
    t.equal(days?.upstream?.statePrefix, hours?.statePrefix);
    t.not(days?.statePrefix, hours?.statePrefix);
  }
});

/** Hours, and days made of them; `days` replaces what stands between the braces of the second table. */
const rolledUp = (
  source = 'format: parquet',
  target = ', partition: year=YYYY/month=MM/day=DD',
  more = '',
): string => `${minimal()}  - name: click_days
    source: { uri: "s3://lake/parquet", ${source} }
    target: { uri: "s3://lake/days/"${target} }
${more}`;

t.test(
  'a table whose source is the target of another is made of it, day by day and in one file',
  async (t) => {
    const [hours, days] = readConfig(rolledUp(), 'b.yaml').tables;
    t.equal(days?.upstream?.name, 'clicks');
    t.equal(days?.source.layout.grain, 'hour');
    t.equal(days?.target.layout.grain, 'day');
    t.equal(days?.target.fileBytes, 4 * 2 ** 30);
    t.equal(hours?.upstream, undefined);
    t.equal(hours?.target.layout, hours?.source.layout);
  },
);

t.test('a grain says how long a partition is', async (t) => {
  const layout = (source: string) =>
    readConfig(minimal().replace('csv/" }', `csv/", ${source} }`), 'b.yaml').tables[0]?.source.layout;
  const minutes = 'year=YYYY/month=MM/day=DD/hour=HH/minute=mm';
  t.match(layout(`partition: ${minutes}, grain: 15m`), { grain: 'minutes', grainMs: 900_000 });
  t.match(layout('partition: YYYY/MM/DD/HH, grain: 6h'), { grain: 'hour', grainMs: 6 * 3_600_000 });
});

const refused: readonly (readonly [string, string, RegExp])[] = [
  [
    'a roll-up of text',
    rolledUp('format: csv'),
    /tables\.1\.source\.format: must be parquet: source\.uri is the target of table "clicks"/,
  ],
  ['a roll-up into the same hours', rolledUp(undefined, ''), /tables\.1\.target\.partition: is missing/],
  [
    'a roll-up that reads other folders than are written',
    rolledUp('format: parquet, partition: YYYY/MM/DD/HH'),
    /tables\.1\.source\.partition: must be year=YYYY\/month=MM\/day=DD\/hour=HH/,
  ],
  [
    'a roll-up that deletes the other table',
    rolledUp(undefined, undefined, '    sources: { after: delete }'),
    /tables\.1\.sources\.after: must be keep/,
  ],
  [
    'a roll-up below the other table',
    rolledUp().replace('lake/days/', 'lake/parquet/days/'),
    /tables\.1\.target\.uri/,
  ],
  [
    'a roll-up before its table',
    `tables:${rolledUp()
      .split('tables:')[1]!
      .split('  - name: ')
      .slice(1)
      .reverse()
      .map((one) => `\n  - name: ${one.trimEnd()}`)
      .join('')}\n`,
    /tables\.0\.source\.uri: is the target of a table that stands further down; put that table first/,
  ],
  [
    'a target finer than its source',
    minimal().replace('parquet/" }', 'parquet/", partition: YYYY-MM-DD-HH }'),
    /is not coarser than source\.partition/,
  ],
  [
    'days by an engine that reads one folder',
    minimal('    engine: athena').replace('parquet/" }', 'parquet/", partition: YYYY/MM/DD }'),
    /tables\.0\.target\.partition: athena reads the folder of one partition/,
  ],
  [
    'minutes without a grain',
    minimal().replace('csv/" }', 'csv/", partition: YYYY/MM/DD/HH/mm }'),
    /has minutes \(mm\) and needs a grain, such as 15m/,
  ],
  [
    'a grain that does not divide the hour',
    minimal().replace('csv/" }', 'csv/", partition: YYYY/MM/DD/HH/mm, grain: 7m }'),
    /no part of an hour/,
  ],
  [
    'a grain that is no duration',
    minimal().replace('csv/" }', 'csv/", grain: often }'),
    /tables\.0\.source\.grain: "often" is not a duration/,
  ],
  ['an unknown key', minimal('    retries: 3'), /tables\.0: unknown key "retries"/],
  ['a misspelt key', minimal('    setle: 5m'), /did you mean "settle"\?/],
  ['a name that is not an identifier', minimal().replace('clicks', '"a b; drop"'), /tables\.0\.name/],
  ['a table named twice', minimal() + minimal().replace('\ntables:', ''), /"clicks" is there twice/],
  ['a bad duration', minimal('    settle: soon'), /"soon" is not a duration/],
  [
    'Trino without its address',
    minimal('    engine: trino'),
    /tables\.0\.engine: engines\.trino\.url is missing/,
  ],
  [
    'Athena for a folder',
    both('file:///a', 'file:///b').replace(/\n$/, '\n    engine: athena\n'),
    /athena reads and writes s3:\/\/ addresses only/,
  ],
  [
    'columns beside Parquet',
    minimal().replace('csv/" }', 'csv/", format: parquet, columns: [{ name: id, type: bigint }] }'),
    /tables\.0\.source\.columns: are those of the files/,
  ],
  [
    'quarantine of Parquet',
    minimal('    onBadRow: quarantine').replace('csv/" }', 'csv/", format: parquet }'),
    /tables\.0\.onBadRow: a Parquet file is whole or refused/,
  ],
  [
    'Athena for Parquet sources',
    minimal('    engine: athena').replace('csv/" }', 'csv/", format: parquet }'),
    /tables\.0\.engine: athena reads CSV only; use duckdb for parquet/,
  ],
  [
    'a password over plain http',
    minimal('    engine: trino\nengines: { trino: { url: "http://t:8080", passwordEnv: P } }'),
    /needs an https/,
  ],
  [
    'an address of Trino with a name in it',
    minimal('engines: { trino: { url: "http://u:p@t:8080" } }'),
    /engines\.trino\.url/,
  ],
  [
    'a place for results that is no bucket',
    minimal('engines: { athena: { output: "/tmp" } }'),
    /must be s3:\/\/bucket\/prefix/,
  ],
  [
    'a limit of bytes that is none',
    minimal('    engine: athena\nengines: { athena: { maxScan: much } }'),
    /"much" is not a size/,
  ],
  [
    'a grace of less than a day',
    minimal('    sources: { after: delete, graceDays: 0 }'),
    /sources\.graceDays/,
  ],
  [
    'tagging in a folder',
    `${both('file:///data/csv/', 'file:///data/parquet/')}    sources: { after: tag }`,
    /sources\.after: a folder has no tags/,
  ],
  ['a target under its source', minimal().replace('lake/parquet', 'lake/csv/parquet'), /may not lie under/],
  ['a source under its target', minimal().replace('lake/parquet/', 'lake/'), /may not lie under/],
  [
    'a source that is no address',
    source('/data/csv'),
    /b\.yaml: tables\.0\.source\.uri: "\/data\/csv" is not an address/,
  ],
  ['a target that is no bucket', target('s3://BAD/'), /tables\.0\.target\.uri: "BAD" is not a bucket name/],
  ['an address with a NUL', target('file:///a%00b'), /tables\.0\.target\.uri: .*is not an address/],
  [
    'a layout without months',
    source('s3://lake/csv/", partition: "year=YYYY'),
    /tables\.0\.source\.partition: .*lacks the month/,
  ],
  [
    'a size that is none',
    target('s3://lake/p/", fileSize: "big'),
    /tables\.0\.target\.fileSize: "big" is not a size/,
  ],
  [
    'files of nothing',
    target('s3://lake/p/", fileSize: "0'),
    /tables\.0\.target\.fileSize: .*at least 64 KiB/,
  ],
  [
    'a quote as delimiter',
    source('s3://lake/csv/", delimiter: \'"\', table: "x'),
    /delimiter: must be one ASCII character/,
  ],
  [
    'a delimiter of two bytes',
    source('s3://lake/csv/", delimiter: "§'),
    /delimiter: must be one ASCII character/,
  ],
  [
    'a line end as delimiter',
    source('s3://lake/csv/", delimiter: "\\n'),
    /delimiter: must be one ASCII character/,
  ],
  [
    'columns that are a word',
    source('s3://lake/csv/", columns: "auto'),
    /source\.columns: must be infer, glue, target, or a list/,
  ],
  [
    'columns of a table that is not named',
    source('s3://lake/csv/", columns: glue, database: "web'),
    /tables\.0\.source\.columns: glue needs source\.database and source\.table/,
  ],
  [
    'columns of a target that is no table',
    source('s3://lake/csv/", columns: "target'),
    /tables\.0\.source\.columns: target needs target\.database and target\.table/,
  ],
  [
    'an unknown type',
    source('s3://lake/csv/", columns: [{ name: a, type: int }], table: "x'),
    /columns\.0\.type: must be one of boolean, .*decimal\(10,2\)/,
  ],
  ['a settling time beyond reason', minimal('    settle: 99999999999d'), /tables\.0\.settle: .*100 years/],
  [
    'a target that is the source by another way',
    both('file:///lake/csv', 'file:///lake/x/..//csv/out'),
    /may not lie under/,
  ],
  [
    'a target that another table reads',
    minimal() + other('s3://lake/parquet/b/', 's3://lake/c/'),
    /tables\.0\.target\.uri: table "other" reads/,
  ],
  [
    'one target for two tables',
    minimal() + other('s3://lake/b/', 's3://lake/parquet'),
    /tables\.1\.target\.uri: table "clicks" writes there too/,
  ],
  [
    'symlink lists in a folder',
    both('file:///a/', 'file:///b/", publish: "symlink'),
    /tables\.0\.target\.publish: symlink lists hold s3:\/\/ addresses/,
  ],
  ['a state that is no address', minimal('state: here'), /b\.yaml: state: "here" is not an address/],
  ['a state in a folder', minimal('state: "file:///state"'), /state: it is no s3:\/\/ address/],
  [
    'a state in another bucket',
    minimal('state: "s3://other/s/"'),
    /state: the target of table "clicks" is not in s3:\/\/other/,
  ],
  ['a state among sources', minimal('state: "s3://lake/csv/_state/"'), /state: table "clicks" reads there/],
  [
    'a state that readers see',
    minimal('state: "s3://lake/parquet/state/"'),
    /state: readers of table "clicks" look there/,
  ],
  ['no tables', 'tables: []', /tables/],
  ['nothing', '', /tables is missing/],
];

for (const [what, text, message] of refused)
  t.test(`${what} is refused with the field`, async (t) => {
    t.throws(() => readConfig(text, 'b.yaml'), { code: 'CONFIG_INVALID', message });
  });

t.test('day=1 is not under day=10: near prefixes do not overlap', async (t) => {
  const text = minimal().replace('lake/csv/', 'lake/day=1').replace('lake/parquet/', 'lake/day=10');
  t.equal(readConfig(text, 'b.yaml').tables.length, 1);
});

t.test('a table that is not there names its nearest', async (t) => {
  const config = readConfig(minimal(), 'b.yaml');
  t.equal(tableNamed(config, 'clicks').name, 'clicks');
  t.throws(() => tableNamed(config, 'click'), { code: 'TABLE_UNKNOWN', message: /Did you mean "clicks"\?/ });
});
