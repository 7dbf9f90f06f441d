/** One doubt is enough: an hour passes only when every file says what was counted and asked for. */
import t from 'tap';
import type { Column } from '../../src/compaction/schema.js';
import { type Checked, verdict } from '../../src/compaction/verify.js';

const columns: readonly Column[] = [
  { name: 'id', type: 'bigint' },
  { name: 'sum', type: 'decimal', precision: 10, scale: 2 },
];
const good: Checked = {
  file: { key: 'out/0.parquet', size: 9, etag: 'x', rows: 4 },
  footer: {
    rows: 4,
    codecs: ['SNAPPY'],
    columns: [
      { name: 'id', type: 'bigint' },
      { name: 'sum', type: 'decimal(10,2)' },
    ],
    gets: 1,
  },
};
const with_ = (footer: Partial<Checked['footer']>): Checked => ({
  ...good,
  footer: { ...good.footer, ...footer },
});
const why = (rowsIn: number, checked: readonly Checked[]): string => {
  const found = verdict(rowsIn, columns, 'snappy', checked);
  return found.ok ? `passed with ${found.rows}` : found.why;
};

t.test('what is whole passes', async (t) => t.equal(why(8, [good, good]), 'passed with 8'));
t.test('a row too few or too many does not', async (t) => {
  t.equal(why(9, [good, good]), 'the sources hold 9 rows, the Parquet files 8');
  t.equal(why(7, [good, good]), 'the sources hold 7 rows, the Parquet files 8');
  t.equal(why(1, []), 'the sources hold 1 rows, the Parquet files 0');
});
t.test('an engine that says other than its file does not', async (t) => {
  t.equal(why(3, [with_({ rows: 3 })]), 'out/0.parquet: its footer says 3 rows, the engine wrote 4');
});
t.test('columns of another name, type or order do not', async (t) => {
  const [id, sum] = good.footer.columns;
  for (const found of [
    [sum!, id!],
    [id!],
    [id!, { name: 'sum', type: 'double' }],
    [id!, { name: 'total', type: 'decimal(10,2)' }],
  ])
    t.match(
      why(4, [with_({ columns: found })]),
      /its columns are .* instead of id bigint, sum decimal\(10,2\)/,
    );
});
t.test('another codec does not, unless the file has no rows and so no column chunks', async (t) => {
  t.equal(
    why(4, [with_({ codecs: ['SNAPPY', 'UNCOMPRESSED'] })]),
    'out/0.parquet: it is compressed with UNCOMPRESSED instead of snappy',
  );
  const empty = { ...with_({ rows: 0, codecs: [] }), file: { ...good.file, rows: 0 } };
  t.equal(why(0, [empty]), 'passed with 0');
});
