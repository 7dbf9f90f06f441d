/** Two dialects side by side: one query, two ways to make a table. */
import t from 'tap';
import type { FoundFile } from '../../../src/inventory/report-ports.js';
import { athenaInventory, trinoInventory } from '../../../src/inventory/sql/dialects.js';
import { inventoryQueries } from '../../../src/inventory/sql/inventory-queries.js';
import { layoutEnd, layoutFolders, sqlPattern } from '../../../src/inventory/sql/name-patterns.js';
import { knownLayouts, partitionPath } from '../../../src/prefixes/partition-keys.js';

const trino = trinoInventory('hive');
const file = (at: string): FoundFile => ({ key: at, at, root: 'reports', size: 1, etag: 'e', md5: 'm' });
const options = {
  database: 'web',
  stem: 's',
  depth: 4,
  versions: 'all',
  smallBelowBytes: 131_072,
} as const;

t.test('CSV goes by place, with a column more than the manifest names', (t) => {
  const { tables, drops } = inventoryQueries(
    { format: 'CSV', columns: ['Bucket', 'Key', 'New"Field'], files: [file('data/a.gz')] },
    options,
  );
  t.equal(
    athenaInventory(tables[0]!),
    `CREATE EXTERNAL TABLE IF NOT EXISTS \`web\`.\`s_0\` (\`field_0\` string, \`field_1\` string, \`field_2\` string, \`field_3\` string) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' WITH SERDEPROPERTIES ('separatorChar' = ',', 'quoteChar' = '"', 'escapeChar' = '\\u0001') STORED AS TEXTFILE LOCATION 's3://reports/data/'`,
  );
  t.equal(
    trino(tables[0]!),
    `CREATE TABLE IF NOT EXISTS "hive"."web"."s_0" ("field_0" varchar, "field_1" varchar, "field_2" varchar, "field_3" varchar) WITH (format = 'CSV', external_location = 's3://reports/data/', csv_separator = ',', csv_quote = '"', csv_escape = U&'\\0001')`,
  );
  t.equal(athenaInventory(drops[0]!), 'DROP TABLE IF EXISTS `web`.`s_0`');
  t.equal(trino(drops[0]!), 'DROP TABLE IF EXISTS "hive"."web"."s_0"');
  t.end();
});

t.test('columnar files keep their names and places; a name no engine takes gets another', (t) => {
  const columns = ['bucket', 'key', 'size', 'is_latest', 'Odd Name', 'key'];
  const { tables } = inventoryQueries({ format: 'ORC', columns, files: [file('data/a.orc')] }, options);
  t.match(
    trino(tables[0]!),
    '("bucket" varchar, "key" varchar, "size" bigint, "is_latest" boolean, "field_4" varchar, "field_5" varchar) WITH (format = \'ORC\'',
  );
  t.match(
    athenaInventory(tables[0]!),
    "`is_latest` boolean, `field_4` string, `field_5` string) STORED AS ORC LOCATION 's3://reports/data/'",
  );
  t.end();
});

t.test('the query is the same but for the name of the table, and quotes end nothing', (t) => {
  const { tallies } = inventoryQueries(
    { format: 'CSV', columns: ['Key'], files: [file("data/it's.gz")] },
    options,
  );
  const sql = athenaInventory(tallies[0]!);
  t.equal(trino(tallies[0]!).replaceAll('"hive"."web"', '"web"'), sql);
  t.match(sql, `WHERE "$path" IN ('s3://reports/data/it''s.gz')`);
  t.end();
});

t.test('each folder has its table, and no query names more files than Athena takes', (t) => {
  const many = Array.from({ length: 5000 }, (_, at) => file(`data/${String(at).padStart(90, '0')}.gz`));
  const { tables, tallies } = inventoryQueries(
    { format: 'CSV', columns: ['Key'], files: [...many, file('other/a.gz')] },
    options,
  );
  t.same(
    tables.map(({ location }) => location),
    ['s3://reports/data/', 's3://reports/other/'],
  );
  t.equal(
    tallies.reduce((sum, { paths }) => sum + paths.length, 0),
    5001,
  );
  for (const tally of tallies) t.ok(Buffer.byteLength(athenaInventory(tally)) < 262_144);
  t.end();
});

t.test('a pattern means the same in SQL, and every recognised layout ends as the query expects', (t) => {
  t.equal(sqlPattern(/^part-\d+(?:-|$)/), '\\Apart-[0-9]+(?:-|\\z)');
  t.equal(sqlPattern(/\.(csv|z\d)$/i), '\\.([cC][sS][vV]|[zZ][0-9])\\z');
  const end = new RegExp(layoutEnd.replace('\\A', '^'));
  for (const layout of knownLayouts) {
    const path = partitionPath(layout, Date.UTC(2026, 0, 2, 3));
    t.match(`${path.split('/').at(-1)}/`, end, layout.template);
    t.ok(path.split('/').length <= layoutFolders);
  }
  t.notMatch('a/0a1b/x-2/', end);
  t.end();
});
