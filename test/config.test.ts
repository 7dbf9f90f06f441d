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
    engine: 'duckdb',
    settleMs: 600_000,
    lookbackMs: 7 * 86_400_000,
    schedule: '5 * * * *',
  });
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

const refused: readonly (readonly [string, string, RegExp])[] = [
  ['an unknown key', minimal('    retries: 3'), /tables\.0: unknown key "retries"/],
  ['a misspelt key', minimal('    setle: 5m'), /did you mean "settle"\?/],
  ['a name that is not an identifier', minimal().replace('clicks', '"a b; drop"'), /tables\.0\.name/],
  ['a table named twice', minimal() + minimal().replace('\ntables:', ''), /"clicks" is there twice/],
  ['a bad duration', minimal('    settle: soon'), /"soon" is not a duration/],
  ['an engine that is not built in', minimal('    engine: athena'), /athena.*not built in yet/],
  ['deleting sources', minimal('    sources: { after: delete }'), /only keep is built in/],
  ['a target under its source', minimal().replace('lake/parquet', 'lake/csv/parquet'), /may not lie under/],
  ['a source under its target', minimal().replace('lake/parquet/', 'lake/'), /may not lie under/],
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
