/** The statements of both dialects side by side; names and texts from outside stay what they are inside them. */
import t from 'tap';
import { athena } from '../../../src/compaction/sql/athena.js';
import { type Dialect, rendered } from '../../../src/compaction/sql/dialect.js';
import {
  bucketsFor,
  maxQueryBytes,
  misfitIn,
  misfitMarks,
  partitionValues,
  pathGroups,
  type Rows,
  type Statement,
  temporaryTables,
} from '../../../src/compaction/sql/statement.js';
import { trino } from '../../../src/compaction/sql/trino.js';

const table = { database: 'web', table: 'src' };
const partition = [
  { name: 'year', value: '2026' },
  { name: 'hour', value: '05' },
];
const rows: Rows = {
  table,
  columns: [
    { name: 'id', type: 'bigint' },
    { name: 'town', type: 'string' },
  ],
  textRule: 'exact',
  emptyIs: 'null',
  partition,
  paths: ['s3://lake/csv/a.csv', "s3://lake/csv/it's.csv"],
};

const selected =
  `SELECT CASE WHEN "id" IS NULL THEN NULL WHEN coalesce(CAST(TRY_CAST("id" AS bigint) AS varchar) = "id", false) THEN TRY_CAST("id" AS bigint) ELSE CAST('VALUE-DOES-NOT-FIT:id:' || substr("id", 1, 100) || ':TIF-TON-SEOD-EULAV' AS bigint) END AS "id", "town" AS "town"` +
  ` FROM (SELECT nullif("id", '') AS "id", nullif("town", '') AS "town" FROM TABLE WHERE "year" = '2026' AND "hour" = '05' AND "$path" IN ('s3://lake/csv/a.csv', 's3://lake/csv/it''s.csv')) AS texts`;

const golden: readonly { what: string; statement: Statement; athena: string; trino: string }[] = [
  {
    what: 'a table of text over the sources',
    statement: {
      kind: 'create text table',
      table,
      columns: ['id', 'town'],
      keys: ['year', 'hour'],
      location: 's3://lake/csv/',
      csv: { header: true, delimiter: '\t', escape: '\u0001' },
    },
    athena:
      "CREATE EXTERNAL TABLE IF NOT EXISTS `web`.`src` (`id` string, `town` string) PARTITIONED BY (`year` string, `hour` string) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' WITH SERDEPROPERTIES ('separatorChar' = '\\u0009', 'quoteChar' = '\"', 'escapeChar' = '\\u0001') STORED AS TEXTFILE LOCATION 's3://lake/csv/' TBLPROPERTIES ('skip.header.line.count' = '1')",
    trino: `CREATE TABLE IF NOT EXISTS "hive"."web"."src" ("id" varchar, "town" varchar, "year" varchar, "hour" varchar) WITH (format = 'CSV', external_location = 's3://lake/csv/', partitioned_by = ARRAY['year', 'hour'], csv_separator = U&'\\0009', csv_quote = '"', csv_escape = U&'\\0001', skip_header_line_count = 1)`,
  },
  {
    what: 'the hour registered',
    statement: { kind: 'add partition', table, partition, location: "s3://lake/csv/it's/" },
    athena:
      "ALTER TABLE `web`.`src` ADD IF NOT EXISTS PARTITION (`year` = '2026', `hour` = '05') LOCATION 's3://lake/csv/it\\'s/'",
    trino: `CALL "hive".system.register_partition('web', 'src', ARRAY['year', 'hour'], ARRAY['2026', '05'], 's3://lake/csv/it''s/')`,
  },
  {
    what: 'the table written',
    statement: {
      kind: 'create table as',
      table: { database: 'web', table: 'out' },
      rows,
      location: 's3://lake/out/',
      compression: 'snappy',
      buckets: { column: 'id', count: 4 },
    },
    athena: `CREATE TABLE "web"."out" WITH (external_location = 's3://lake/out/', format = 'PARQUET', write_compression = 'SNAPPY', bucketed_by = ARRAY['id'], bucket_count = 4) AS ${selected.replace('TABLE', '"web"."src"')}`,
    trino: `CREATE TABLE "hive"."web"."out" WITH (external_location = 's3://lake/out/', format = 'PARQUET', bucketed_by = ARRAY['id'], bucket_count = 4) AS ${selected.replace('TABLE', '"hive"."web"."src"')}`,
  },
  {
    what: 'values that do not fit, counted',
    statement: { kind: 'count misfits', rows: { ...rows, columns: [{ name: 'id', type: 'boolean' }] } },
    athena: misfits('"web"."src"'),
    trino: misfits('"hive"."web"."src"'),
  },
  {
    what: 'a table dropped',
    statement: { kind: 'drop table', table },
    athena: 'DROP TABLE IF EXISTS `web`.`src`',
    trino: 'DROP TABLE IF EXISTS "hive"."web"."src"',
  },
  {
    what: 'the tables of an attempt',
    statement: { kind: 'list tables', database: 'web', stem: 'bucketwise_tmp_1' },
    athena: "SHOW TABLES IN `web` 'bucketwise_tmp_1*'",
    trino: `SHOW TABLES FROM "hive"."web" LIKE 'bucketwise\\_tmp\\_1%' ESCAPE '\\'`,
  },
  {
    what: 'a table shown',
    statement: { kind: 'show table', table },
    athena: 'SHOW CREATE TABLE `web`.`src`',
    trino: 'SHOW CREATE TABLE "hive"."web"."src"',
  },
];

function misfits(from: string): string {
  const is = `"id" IS NOT NULL AND NOT coalesce(CAST(TRY_CAST("id" AS boolean) AS varchar) = "id", false)`;
  return `SELECT count_if(${is}), min(CASE WHEN ${is} THEN "id" END) FROM (SELECT nullif("id", '') AS "id" FROM ${from} WHERE "year" = '2026' AND "hour" = '05' AND "$path" IN ('s3://lake/csv/a.csv', 's3://lake/csv/it''s.csv')) AS texts`;
}

for (const { what, statement, ...texts } of golden)
  t.test(`${what}, in both dialects`, async (t) => {
    t.equal(rendered(athena, statement).sql, texts.athena);
    t.equal(rendered(trino('hive'), statement).sql, texts.trino);
  });

t.test(
  'rows to be left out are told by the texts of a column, and by the fields beyond and before the last',
  async (t) => {
    const leftOut = { values: [{ column: 'id', texts: ["it's", 'two'] }], otherWidths: true };
    const query = (of: Partial<typeof rows>): string =>
      rendered(athena, { kind: 'count misfits', rows: { ...rows, ...of } }).sql;
    t.ok(
      query({ leftOut, beyond: 'beyond' }).endsWith(
        ` AND coalesce("id" NOT IN ('it''s', 'two'), true) AND "${rows.columns.at(-1)!.name}" IS NOT NULL AND "beyond" IS NULL) AS texts`,
      ),
    );
    const single = {
      leftOut: { values: [], otherWidths: true },
      beyond: 'beyond',
      columns: rows.columns.slice(0, 1),
    };
    t.notMatch(
      query(single),
      /IS NOT NULL\) AS texts|IS NOT NULL AND "beyond"/,
      'a row of one column is never short',
    );
    t.throws(() => query({ leftOut: { values: [{ column: 'x"y', texts: ['1'] }], otherWidths: false } }), {
      code: 'ARGUMENT_INVALID',
    });
  },
);

t.test('only Athena unloads and moves a partition; Trino says that it does not', async (t) => {
  const unload: Statement = { kind: 'unload', rows, location: 's3://lake/out/', compression: 'zstd' };
  t.equal(
    rendered(athena, unload).sql,
    `UNLOAD (${selected.replace('TABLE', '"web"."src"')}) TO 's3://lake/out/' WITH (format = 'PARQUET', compression = 'ZSTD')`,
  );
  const move: Statement = { kind: 'set location', table, partition, location: 's3://lake/p/' };
  t.equal(
    rendered(athena, move).sql,
    "ALTER TABLE `web`.`src` PARTITION (`year` = '2026', `hour` = '05') SET LOCATION 's3://lake/p/'",
  );
  const asked: Statement = { kind: 'describe partition', table, partition };
  t.equal(rendered(athena, asked).sql, "DESCRIBE `web`.`src` PARTITION (`year` = '2026', `hour` = '05')");
  const aligned = (type: string): Statement => ({
    ...{ kind: 'replace columns', table, partition },
    columns: [{ name: 'id', type }],
  });
  t.equal(
    rendered(athena, aligned('map<string,decimal(10,2)>')).sql,
    "ALTER TABLE `web`.`src` PARTITION (`year` = '2026', `hour` = '05') REPLACE COLUMNS (`id` map<string,decimal(10,2)>)",
  );
  t.throws(() => rendered(athena, aligned("int); DROP TABLE x; --'")), { code: 'ARGUMENT_INVALID' });
  for (const statement of [unload, move, asked, aligned('int')])
    t.throws(() => rendered(trino('hive'), statement), { code: 'ENGINE_UNAVAILABLE' });
});

t.test('Trino is told codec and precision for the one statement that writes', async (t) => {
  const write: Statement = { kind: 'create table as', table, rows, location: 's3://x/', compression: 'zstd' };
  t.same(rendered(trino('hive'), write).session, {
    'hive.compression_codec': 'ZSTD',
    'hive.timestamp_precision': 'MILLISECONDS',
  });
  t.same(rendered(trino('hive'), { kind: 'drop table', table }).session, {});
  t.same(rendered(athena, write).session, {});
});

const hostile = ['a"b', 'a`b', "a'b", 'a;b', 'a b', 'A', '1a', 'é', '', 'a'.repeat(129), 'a--', 'a\u0000'];

t.test('a name that is more than letters, digits and "_" never reaches a query', async (t) => {
  const statementsOf = (name: string): Statement[] => [
    { kind: 'drop table', table: { database: 'web', table: name } },
    { kind: 'drop table', table: { database: name, table: 'x' } },
    { kind: 'count misfits', rows: { ...rows, columns: [{ name, type: 'bigint' }] } },
    {
      kind: 'unload',
      rows: { ...rows, columns: [{ name, type: 'string' }] },
      location: '',
      compression: 'snappy',
    },
    { kind: 'add partition', table, partition: [{ name, value: '1' }], location: 's3://x/' },
    {
      kind: 'create table as',
      table,
      rows,
      location: '',
      compression: 'snappy',
      buckets: { column: name, count: 2 },
    },
  ];
  for (const name of hostile)
    for (const statement of statementsOf(name))
      for (const dialect of [athena, trino('hive')])
        if (
          !(statement.kind === 'unload' && dialect !== athena) &&
          !(statement.kind === 'add partition' && dialect !== athena)
        )
          t.throws(
            () => rendered(dialect, statement),
            { code: 'ARGUMENT_INVALID' },
            `${statement.kind} ${name}`,
          );
  t.throws(() => rendered(trino('a.b'), { kind: 'drop table', table }), { code: 'ARGUMENT_INVALID' });
});

/** What is left of a query when its literals are taken out as a server reads them. */
const withoutLiterals = (sql: string, isHive: boolean): string =>
  sql.replace(isHive ? /'(?:\\.|[^'\\])*'/gs : /'(?:''|[^'])*'/gs, "''");

t.test('no value and no path ends the literal it stands in', async (t) => {
  const values = [
    "'; DROP TABLE x; --",
    "\\'; DROP TABLE x; --",
    "''",
    '\\',
    "a\nb'",
    "\\\\'",
    '"; --',
    '*/',
  ];
  const statementsOf = (value: string): readonly (readonly [Dialect, Statement, boolean])[] => {
    const add: Statement = {
      kind: 'add partition',
      table,
      partition: [{ name: 'year', value }],
      location: `s3://b/${value}/`,
    };
    const read: Statement = {
      kind: 'count misfits',
      rows: { ...rows, partition: [{ name: 'year', value }], paths: [`s3://b/${value}`] },
    };
    return [
      [athena, add, true],
      [trino('hive'), add, false],
      [athena, read, false],
      [trino('hive'), read, false],
    ];
  };
  for (const value of values) {
    const plain = statementsOf('x');
    for (const [at, [dialect, statement, isHive]] of statementsOf(value).entries())
      t.equal(
        withoutLiterals(rendered(dialect, statement).sql, isHive),
        withoutLiterals(rendered(plain[at]![0], plain[at]![1]).sql, isHive),
        `${statement.kind}: ${value}`,
      );
  }
});

t.test('the keys of an hour are those of its folders, or of their places', async (t) => {
  t.same(partitionValues('year=2026/month=11/hour=05', []), [
    { name: 'year', value: '2026' },
    { name: 'month', value: '11' },
    { name: 'hour', value: '05' },
  ]);
  t.same(partitionValues('2026/11', ['month']), [
    { name: 'year', value: '2026' },
    { name: 'partition_month', value: '11' },
  ]);
});

t.test('temporary tables are named after the attempt alone', async (t) => {
  const one = temporaryTables('web', 'lake/a-1/', 0);
  t.same(one, temporaryTables('web', 'lake/a-1/', 0));
  t.not(one.output.table, temporaryTables('web', 'lake/a-2/', 0).output.table);
  t.not(one.output.table, temporaryTables('web', 'lake/a-1/', 1).output.table);
  t.match(one.source.table, /^[a-z_0-9]{1,60}$/);
});

t.test(
  'the files of a large hour come by buckets, at most a hundred, on a column that can carry them',
  async (t) => {
    const { columns } = rows;
    t.same(bucketsFor(columns, 100, 100), { column: 'id', count: 1 }, 'one bucket is one file');
    t.same(bucketsFor(columns, 100, 700), { column: 'id', count: 4 });
    t.same(bucketsFor(columns, 1, 1e9), { column: 'id', count: 100 });
    t.equal(bucketsFor([{ name: 'x', type: 'timestamp' }], 1, 1e9), undefined);
  },
);

t.test('many keys become several queries, each short enough and none without a key', async (t) => {
  const paths = Array.from({ length: 9000 }, (_, at) => `s3://lake/csv/${at}-${'x'.repeat(40)}.csv`);
  const bytesOf = (of: readonly string[]): number => 5000 + of.join("', '").length;
  const groups = pathGroups(paths, bytesOf)!;
  t.same(groups.flat(), paths);
  t.ok(groups.length > 1 && groups.every((group) => group.length > 0 && bytesOf(group) <= maxQueryBytes));
  t.same(
    pathGroups(['a'], () => maxQueryBytes),
    [['a']],
  );
  t.equal(
    pathGroups(['a', 'b'], () => maxQueryBytes + 1),
    undefined,
  );
});

t.test('a misfit is read out of whatever an engine says around it', async (t) => {
  const words = `Cannot cast '${misfitMarks.start}id:1:2${misfitMarks.end}' to BIGINT`;
  t.same(misfitIn(words), { column: 'id', text: '1:2' });
  t.equal(misfitIn("Cannot cast 'x' to BIGINT"), undefined);
});
