/** Every way in which data is known to go wrong on its way into Parquet: the values arrive as they were, or the hour is refused by name. */
import { gzipSync } from 'node:zlib';
import t from 'tap';
import type { Column } from '../../../src/compaction/schema.js';
import type { CompactionTable } from '../../../src/compaction/table.js';
import { type Files, openLake, type Row } from './lake.js';

const lake = await openLake();
t.teardown(() => lake.close());

const of = (type: Column['type'], more: Partial<Column> = {}): readonly Column[] => [
  { name: 'a', type, ...more },
  { name: 'b', type: 'string' },
];
const money = of('decimal', { precision: 10, scale: 2 });
const csv = (...lines: readonly string[]): Files => ({ 'x.csv': `a,b\n${lines.join('\n')}\n` });
const headerless = { csv: { header: false, delimiter: ',', gzip: 'auto' } } as const;
const plainFile = { 'a.csv': 'a,b\n1,x\n' };

interface Case {
  readonly files: Files;
  readonly columns?: readonly Column[];
  readonly table?: Partial<CompactionTable>;
  /** Why it is refused, or what arrives. */
  readonly gives: RegExp | readonly Row[];
}

const cases: Readonly<Record<string, Case>> = {
  'a decimal in an integer column is neither cut nor rounded': {
    files: csv('12.7,x'),
    columns: of('integer'),
    gives: /x\.csv, line 2: column "a": "12\.7" would not be kept as integer$/,
  },
  'a word in an integer column is no NULL': {
    files: csv('abc,x'),
    columns: of('integer'),
    gives: /line 2: column "a": "abc"/,
  },
  'a number beyond an integer column is refused': {
    files: csv('2147483648,x'),
    columns: of('integer'),
    gives: /line 2: column "a": "2147483648"/,
  },
  'an empty number is NULL': {
    files: csv(',x', '1,y'),
    columns: of('integer'),
    gives: [
      { a: null, b: 'x' },
      { a: 1, b: 'y' },
    ],
  },
  'a decimal finer than its column is not rounded': {
    files: csv('1.239,x'),
    columns: money,
    gives: /"1\.239" would not be kept as decimal\(10,2\)/,
  },
  'a decimal keeps its value however it is written': {
    files: csv('+01.5,x', '-0.50,y', '7,z'),
    columns: money,
    gives: [
      { a: 1.5, b: 'x' },
      { a: -0.5, b: 'y' },
      { a: 7, b: 'z' },
    ],
  },
  'nine digits of a second are not cut to six': {
    files: csv('2025-11-22 05:00:00.123456789,x'),
    columns: of('timestamp'),
    gives: /would not be kept as timestamp/,
  },
  'an instant with an offset does not lose it': {
    files: csv('2025-11-22T05:00:00+02:00,x'),
    columns: of('timestamp'),
    gives: /"2025-11-22T05:00:00\+02:00" would not be kept/,
  },
  'an instant is the same with T, Z and idle zeros': {
    files: csv(
      '2025-11-22T05:00:00Z,x',
      '2025-11-22 05:00:00.120000000,y',
      '0001-01-01 00:00:00,z',
      '9999-12-31 23:59:59.999999,w',
    ),
    columns: of('timestamp'),
    gives: [
      { a: new Date('2025-11-22T05:00:00Z'), b: 'x' },
      { a: new Date('2025-11-22T05:00:00.120Z'), b: 'y' },
      { a: new Date('0001-01-01T00:00:00Z'), b: 'z' },
      { a: new Date('9999-12-31T23:59:59.999Z'), b: 'w' },
    ],
  },
  'a day that never was is refused': {
    files: csv('2026-02-30,x'),
    columns: of('date'),
    gives: /"2026-02-30"/,
  },
  'T, 1 and yes are not true': {
    files: csv('T,x'),
    columns: of('boolean'),
    gives: /"T" would not be kept as boolean/,
  },
  'true in any case is true': {
    files: csv('TRUE,x', 'false,y'),
    columns: of('boolean'),
    gives: [
      { a: true, b: 'x' },
      { a: false, b: 'y' },
    ],
  },
  'a number without end stays refused': {
    files: csv('1e400,x'),
    columns: of('double'),
    gives: /"1e400" would not be kept as double/,
  },
  'a whole number that no double holds stays refused': {
    files: csv('9007199254740993,x'),
    columns: of('double'),
    gives: /"9007199254740993"/,
  },
  'doubles arrive to the last bit': {
    files: csv(
      '0.1,x',
      '-0.0,x',
      '5e-324,x',
      '1.7976931348623157e308,x',
      '.5,x',
      '+3.,x',
      '2417851639229258349412352,x',
      '0.30000000000000004,x',
    ),
    columns: of('double'),
    gives: [0.1, -0, 5e-324, 1.7976931348623157e308, 0.5, 3, 2 ** 81, 0.1 + 0.2].map((a) => ({ a, b: 'x' })),
  },
  'columns whose order differs from the schema are not swapped': {
    files: { 'x.csv': 'b,a\nx,1\n' },
    columns: of('bigint'),
    gives: /x\.csv: its column 1 is "b" where the table has "a"/,
  },
  'a missing header does not cost a row': {
    files: { 'x.csv': '1,x\n2,y\n' },
    columns: of('bigint'),
    gives: /its column 1 is "1" where the table has "a"/,
  },
  'an extra column is not dropped': {
    files: { 'x.csv': 'a,b,c\n1,x,y\n' },
    columns: of('bigint'),
    gives: /its header has 3 columns, the table has 2/,
  },
  'a missing column is not filled with NULL': {
    files: { 'x.csv': 'a\n1\n' },
    columns: of('bigint'),
    gives: /its header has 1 columns, the table has 2/,
  },
  'empty and "" are two things': {
    files: csv('1,', '2,""'),
    columns: of('bigint'),
    gives: [
      { a: 1n, b: null },
      { a: 2n, b: '' },
    ],
  },
  'a blank line is no row': {
    files: csv('1,x', '', '2,y', ''),
    columns: of('bigint'),
    gives: [
      { a: 1n, b: 'x' },
      { a: 2n, b: 'y' },
    ],
  },
  'a newline in quotes stays in its value': {
    files: csv('1,"x\ny"', '2,"x\r\ny"'),
    columns: of('bigint'),
    gives: [
      { a: 1n, b: 'x\ny' },
      { a: 2n, b: 'x\r\ny' },
    ],
  },
  'a quoted comma shifts no column': {
    files: csv('1,"x,y"'),
    columns: of('bigint'),
    gives: [{ a: 1n, b: 'x,y' }],
  },
  'a short row is not filled up': {
    files: csv('1,x', '2'),
    columns: of('bigint'),
    gives: /line 3: 1 fields stand where 2 are expected/,
  },
  'a long row is not cut': {
    files: csv('1,x,y'),
    columns: of('bigint'),
    gives: /line 2: 3 fields stand where 2 are expected/,
  },
  'a lone backslash is kept': {
    files: csv('1,x\\y', '2,\\', '3,"\\"'),
    columns: of('bigint'),
    gives: [
      { a: 1n, b: 'x\\y' },
      { a: 2n, b: '\\' },
      { a: 3n, b: '\\' },
    ],
  },
  'an unterminated quote loses no field': {
    files: csv('1,"x'),
    columns: of('bigint'),
    gives: /line 2: a quote is never closed/,
  },
  'bytes that are no UTF-8 are refused': {
    files: { 'x.csv': Uint8Array.of(97, 44, 98, 10, 49, 44, 0xe9, 10) },
    columns: of('bigint'),
    gives: /line 2: a byte is not UTF-8/,
  },
  'mixed line ends are refused': {
    files: { 'x.csv': 'a,b\r\n1,x\r\n2,y\n' },
    columns: of('bigint'),
    gives: /line 3: a line ends in LF, the lines before it in CRLF/,
  },
  'a file of zero bytes is no loss': {
    files: { ...plainFile, 'b.csv': '' },
    columns: of('bigint'),
    gives: [{ a: 1n, b: 'x' }],
  },
  'a byte order mark and CRLF are no part of a value': {
    files: { 'x.csv': '\ufeffa,b\r\n1,x\r\n2,\r\n' },
    columns: of('bigint'),
    gives: [
      { a: 1n, b: 'x' },
      { a: 2n, b: null },
    ],
  },
  'a NUL byte is kept or refused': {
    files: csv('1,x\0y'),
    columns: of('bigint'),
    gives: [{ a: 1n, b: 'x\0y' }],
  },
  'a line longer than any engine reads is refused': {
    files: csv(`1,${'x'.repeat(1_999_997)}`),
    columns: of('bigint'),
    gives: /line 2: a record is longer than 1999998 bytes/,
  },
  'the longest line that is taken is one that the engine reads': {
    files: { 'x.csv': `a,b\r\n1,${'x'.repeat(1_999_996)}\r\n`, 'y.csv': `a,b\n1,${'x'.repeat(1_999_996)}` },
    columns: of('bigint'),
    gives: [1n, 1n].map((a) => ({ a, b: 'x'.repeat(1_999_996) })),
  },
  'a line break within the first quotes of a file is not taken for its line end': {
    files: {
      'a.csv': '"l\rm",y\nq,r\n',
      'b.csv': '\ufeff"l\nm",y\r\nq,r\r\n',
      'c.csv': '"l\r\nm",y\rq,r\r',
      'd.csv': '"l\rm",y',
    },
    columns: of('string'),
    table: headerless,
    gives: ['\r', '\n', '\r\n', '\r'].flatMap((end, at) => [
      { a: `l${end}m`, b: 'y' },
      ...(at < 3 ? [{ a: 'q', b: 'r' }] : []),
    ]),
  },
  'nor is one within the quotes of a header': {
    files: { 'x.csv': '"a\rb",c\n1,x\n2,"y\rz"\n' },
    columns: [
      { name: 'a_b', type: 'bigint' },
      { name: 'c', type: 'string' },
    ],
    gives: [
      { a_b: 1n, c: 'x' },
      { a_b: 2n, c: 'y\rz' },
    ],
  },
  'in a table of one column, where no blank line can tell, such a file is refused by line': {
    files: { 'x.csv': '"l\nm"\r\nq\r\n' },
    columns: [{ name: 'a', type: 'string' }],
    table: headerless,
    gives: /x\.csv, line 1: within its quotes stands LF, and the line ends in CRLF; .*(header|JSON lines)/,
  },
  'a broken gzip file holds its hour': {
    files: { ...plainFile, 'b.csv.gz': gzipSync('a,b\n2,y\n'.repeat(100)).subarray(0, 30) },
    columns: of('bigint'),
    gives: /b\.csv\.gz/,
  },
  'a gzip file of another name is read for what it is': {
    files: { 'x.csv': gzipSync('a,b\n1,x\n') },
    columns: of('bigint'),
    gives: [{ a: 1n, b: 'x' }],
  },
  'a key that Hive hides is no part of the table': {
    files: { ...plainFile, '_x.csv': 'a,b\n2,y\n', '.y.csv': 'no' },
    columns: of('bigint'),
    gives: [{ a: 1n, b: 'x' }],
  },
  'two columns of one name are refused': {
    files: { 'x.csv': 'A,a\n1,x\n' },
    gives: /two columns are named "a"/,
  },
  'upper-case columns and reserved words get names an engine takes': {
    files: { 'x.csv': 'Select,GROUP by\n1,x\n' },
    gives: [{ select: 1n, group_by: 'x' }],
  },
};

for (const [what, { files, columns, table, gives }] of Object.entries(cases))
  t.test(what, async (t) => {
    const { row, rows, evidence } = await lake.compact(files, { ...(columns ? { columns } : {}), ...table });
    if (gives instanceof RegExp) {
      t.match(row.state, /refused|failed/);
      t.match(row.reason, gives);
      return;
    }
    t.equal(row.reason, '');
    t.strictSame(rows, gives);
    t.match(evidence, { rowsIn: gives.length, rowsOut: gives.length, verifyLevel: 'values', quarantined: 0 });
    t.match(evidence?.digests.rowsIn, /^[0-9a-f]{16}$/);
    t.equal(evidence?.digests.rowsOut, evidence?.digests.rowsIn);
  });
