/** Names and texts from outside stay what they are inside the statement. */
import t from 'tap';
import { type CopyStatement, copyStatement, rowGroupRows } from '../../../src/compaction/sql/duckdb.js';
import { literal } from '../../../src/kernel/sql-text.js';

const job: CopyStatement = {
  files: ['/spool/a.csv', "/spool/it's.csv"],
  columns: [
    { name: 'id', type: 'bigint' },
    { name: 'say "hi"', type: 'string' },
  ],
  textRule: 'exact',
  csv: { header: true, delimiter: ',' },
  compression: 'snappy',
  targetFileBytes: 1 << 20,
  out: '/folder/out',
  isSingle: false,
  rowGroupRows: 2048,
};

t.test('every field is read as text, and a typed one is cast only where it renders back', async (t) => {
  const sql = copyStatement(job);
  t.match(
    sql,
    `read_csv(['/spool/a.csv', '/spool/it''s.csv'], columns = {'id': 'VARCHAR', 'say "hi"': 'VARCHAR'}`,
  );
  t.match(sql, 'WHEN CAST(TRY_CAST("id" AS BIGINT) AS VARCHAR) = "id" THEN TRY_CAST("id" AS BIGINT)');
  t.match(sql, '"say ""hi""" AS "say ""hi"""');
  t.match(
    sql,
    `(FORMAT PARQUET, COMPRESSION snappy, FILE_SIZE_BYTES 1048576, ROW_GROUP_SIZE 2048, RETURN_STATS)`,
  );
  t.notMatch(copyStatement({ ...job, isSingle: true }), 'FILE_SIZE_BYTES');
});

t.test('a quote cannot end a literal', async (t) => {
  t.equal(literal("'; DROP TABLE x; --"), "'''; DROP TABLE x; --'");
});

t.test('four row groups make a file, between one vector and the engine’s own', async (t) => {
  t.equal(rowGroupRows(128 << 20, { rows: 1000, bytes: 100_000 }), 122_880);
  t.equal(rowGroupRows(1 << 20, { rows: 1000, bytes: 100_000 }), 2048);
  t.equal(rowGroupRows(8 << 20, { rows: 1000, bytes: 100_000 }), 20_480);
  t.equal(rowGroupRows(1 << 20, { rows: 0, bytes: 0 }), 122_880);
});
