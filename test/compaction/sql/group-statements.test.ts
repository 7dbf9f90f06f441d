/** Which hours go into one statement, and what it says. */
import t from 'tap';
import type { WriteJob } from '../../../src/compaction/ports.js';
import { athena } from '../../../src/compaction/sql/athena.js';
import { rendered } from '../../../src/compaction/sql/dialect.js';
import { groupStatements, groupsOf } from '../../../src/compaction/sql/group-statements.js';
import type { Ground } from '../../../src/compaction/sql/hour-statements.js';
import { maxQueryBytes } from '../../../src/compaction/sql/statement.js';
import { trino } from '../../../src/compaction/sql/trino.js';

const ground: Ground = {
  dialect: athena,
  database: 'web',
  sourceBucket: 'raw',
  targetBucket: 'lake',
  traitsOf: ({ size }) => ({ lines: {}, controls: [], bytes: size }),
  isPartitioned: true,
  usesUnload: false,
};
const path = 'p/group/';
const partition = (h: number): string => `year=2026/month=11/day=22/hour=${String(h).padStart(2, '0')}`;
const job = (h: number, more: Partial<WriteJob> = {}): WriteJob => ({
  partition: partition(h),
  sources: [{ key: `csv/${partition(h)}/a.csv`, size: 1000, etag: 'e' }],
  columns: [
    { name: 'id', type: 'bigint' },
    { name: 'town', type: 'string' },
  ],
  textRule: 'exact',
  csv: { header: true, delimiter: ',' },
  compression: 'snappy',
  targetFileBytes: 1_000_000,
  expected: { rows: 1, bytes: 1000 },
  attemptPath: `p/${h}/`,
  signal: new AbortController().signal,
  ...more,
});
const jobs = (count: number, more: Partial<WriteJob> = {}): WriteJob[] =>
  Array.from({ length: count }, (_, h) => job(h, more));
const sizes = (groups: readonly (readonly WriteJob[])[]): number[] => groups.map(({ length }) => length);

t.test('a statement has one table of text an hour, and writes by the keys of its partition', async (t) => {
  const made = groupStatements(jobs(2), path, ground)!;
  const { sql } = rendered(athena, made.write);
  t.match(
    sql,
    /^CREATE TABLE "web"\."bucketwise_tmp_\w+_0" WITH \(external_location = 's3:\/\/lake\/p\/group\/', /,
  );
  t.match(sql, "partitioned_by = ARRAY['year', 'month', 'day', 'hour']");
  t.match(sql, "bucketed_by = ARRAY['id'], bucket_count = 1");
  t.match(
    sql,
    /CAST\('00' AS varchar\) AS "hour" FROM .* UNION ALL SELECT .*CAST\('01' AS varchar\) AS "hour" FROM/,
  );
  t.same(
    made.parts.map(({ inside }) => inside),
    [`${partition(0)}/`, `${partition(1)}/`],
  );
  t.equal(made.before.length, 2);
  t.equal(made.after.length, 3, 'both tables of text and the one that is written');
  t.notMatch(made.before.map((one) => rendered(athena, one).sql).join(), 'PARTITIONED BY');
  const unload = groupStatements(jobs(2), path, { ...ground, usesUnload: true })!;
  t.match(
    rendered(athena, unload.write).sql,
    /^UNLOAD \(SELECT .*\) TO 's3:\/\/lake\/p\/group\/' WITH \(format = 'PARQUET', compression = 'SNAPPY', partitioned_by = ARRAY\['year', 'month', 'day', 'hour'\]\)$/,
  );
  t.equal(unload.after.length, 2);
  const inTrino = groupStatements(jobs(2), path, { ...ground, dialect: trino('hive') })!;
  t.match(
    rendered(trino('hive'), inTrino.write).sql,
    "partitioned_by = ARRAY['year', 'month', 'day', 'hour']",
  );
});

t.test('a key that a column is named like is called otherwise', async (t) => {
  const columns = [{ name: 'hour', type: 'bigint' }] as const;
  const made = groupStatements(jobs(2, { columns }), path, ground)!;
  t.match(made.parts[0]?.inside, /\/partition_hour=00\/$/);
});

t.test('at most a hundred partitions, or partitions and buckets, go together', async (t) => {
  t.same(sizes(groupsOf(jobs(100), path, ground)), [100]);
  t.same(sizes(groupsOf(jobs(101), path, ground)), [100, 1]);
  const four = { expected: { rows: 1, bytes: 8_000_000 } };
  t.same(sizes(groupsOf(jobs(60, four), path, ground)), [25, 25, 10]);
});

t.test('no more bytes go together than one query may read', async (t) => {
  t.same(sizes(groupsOf(jobs(10), path, ground, 4_000)), [4, 4, 2]);
  t.same(sizes(groupsOf(jobs(2), path, ground, 10)), [1, 1], 'one that is larger by itself goes by itself');
});

t.test('a statement too long for Athena is cut in halves', async (t) => {
  const sources = (h: number) =>
    Array.from({ length: 500 }, (_, at) => ({
      key: `csv/${partition(h)}/${'x'.repeat(80)}${at}.csv`,
      size: 1,
      etag: 'e',
    }));
  const long = Array.from({ length: 8 }, (_, h) => job(h, { sources: sources(h) }));
  const groups = groupsOf(long, path, ground);
  t.equal(groups.flat().length, 8);
  t.ok(groups.length > 1);
  for (const group of groups)
    t.ok(
      Buffer.byteLength(rendered(athena, groupStatements(group, path, ground)!.write).sql) <= maxQueryBytes,
    );
});

t.test('hours with other columns, files or codecs do not go together', async (t) => {
  const other = [
    job(2, {
      columns: [
        { name: 'id', type: 'string' },
        { name: 'town', type: 'string' },
      ],
    }),
    job(3, { compression: 'zstd' }),
    job(4, { expected: { rows: 1, bytes: 8_000_000 } }),
    job(5, { textRule: 'equivalent' }),
  ];
  t.same(sizes(groupsOf([...jobs(2), ...other], path, ground)), [2, 1, 1, 1, 1]);
});

t.test('an hour that cannot be read, or lies in a folder of odd letters, stands alone', async (t) => {
  const traitsOf: Ground['traitsOf'] = ({ key, size }) => ({
    lines: key.includes('hour=01') ? { blankLine: 3 } : {},
    controls: [],
    bytes: size,
  });
  const groups = groupsOf(jobs(4), path, { ...ground, traitsOf });
  t.same(
    groups.map((group) => group.map(({ partition: of }) => of.slice(-2))),
    [['00'], ['01'], ['02', '03']],
  );
  t.equal(groupStatements([job(0), job(1, { partition: 'dt=a=b' })], path, ground), undefined);
});
