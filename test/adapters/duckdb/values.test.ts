/** What stands in the published files is what stood in the sources: an engine that changes one value is found out. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { splitRecords } from '../../../src/compaction/csv-fields.js';
import type { Engine } from '../../../src/compaction/ports.js';
import type { Column } from '../../../src/compaction/schema.js';
import { openLake, type Row } from './lake.js';

const lake = await openLake();
t.teardown(() => lake.close());

const columns: readonly Column[] = [
  { name: 'id', type: 'bigint' },
  { name: 'x', type: 'double' },
  { name: 'd', type: 'decimal', precision: 10, scale: 2 },
  { name: 'at', type: 'timestamp' },
  { name: 'day', type: 'date' },
  { name: 'ok', type: 'boolean' },
  { name: 'n', type: 'integer' },
  { name: 'town', type: 'string' },
];
const header = columns.map(({ name }) => name).join(',');
const records = [
  '1,0.5,1.50,2026-11-22 05:00:00,2026-11-22,true,7,Ulm',
  '2,-0.25,2.50,2026-11-22 05:00:01.123456,2026-11-23,false,8,Bern',
  '3,1e10,,,,,,',
];

/** Writes the file `mutated` makes of the sources' first, as an engine at fault would. */
const wrong =
  (mutated: (lines: readonly string[]) => readonly string[]) =>
  (inner: Engine): Engine => ({
    ...inner,
    write: async (job) => {
      const source = job.sources[0]!;
      const text = await readFile(join(lake.root, 'source', source.key), 'utf8');
      const [first = '', ...lines] = text.trimEnd().split('\n');
      const path = join(lake.root, 'work', 'wrong.csv');
      await writeFile(path, `${[first, ...mutated(lines)].join('\n')}\n`);
      return inner.write({ ...job, cleaned: [{ source, path }] });
    },
  });

const replaced = (from: string, to: string) => (lines: readonly string[]) =>
  lines.map((line) => line.replace(from, to));
const mutations: Readonly<
  Record<string, readonly [(lines: readonly string[]) => readonly string[], RegExp]>
> = {
  'a row that is lost': [(lines) => lines.slice(1), /the sources hold 3 rows, the Parquet files 2/],
  'a row that is doubled': [(lines) => [...lines, lines[0]!], /the sources hold 3 rows, the Parquet files 4/],
  'a row that stands in another’s place': [
    (lines) => [lines[0]!, lines[0]!, lines[2]!],
    /^read back, column "id"/,
  ],
  'values recombined between rows': [
    ([a = '', b = '', c = '']) => [a.replace('Ulm', 'Bern'), b.replace('Bern', 'Ulm'), c],
    /^read back, the rows are not those of the sources: their digests differ$/,
  ],
  'an integer that is another': [replaced('7', '9'), /column "n" is not what/],
  'the last bit of a double': [replaced('0.5', '0.5000000000000001'), /column "x"/],
  'a decimal a cent away': [replaced('1.50', '1.51'), /column "d"/],
  'a microsecond': [replaced('01.123456', '01.123457'), /column "at"/],
  'another day': [replaced('2026-11-23', '2026-11-24'), /column "day"/],
  'another truth': [replaced('true', 'false'), /column "ok" is not what the sources hold/],
  'an empty text in place of none': [
    (lines) => lines.map((line) => line.replace(/,$/, ',""')),
    /column "town"/,
  ],
  'a text of the same length': [replaced('Ulm', 'Elm'), /column "town"/],
};
for (const [what, [mutated, why]] of Object.entries(mutations))
  t.test(`${what} refuses the hour, and nothing is published`, async (t) => {
    const files = { 'x.csv': `${header}\n${records.join('\n')}\n` };
    const { row, rows } = await lake.compact(files, { columns }, wrong(mutated));
    t.equal(row.state, 'refused');
    t.match(row.reason, why);
    t.strictSame(rows, []);
  });

const halves: readonly Column[] = [
  { name: 'id', type: 'integer' },
  { name: 'w', type: 'decimal', precision: 38, scale: 2 },
  { name: 'f', type: 'decimal', precision: 20, scale: 20 },
  { name: 'x', type: 'double' },
];
const wideRecords = ['1,0.00,0.05,-0.0', '2,184467440737095516.18,-0.05,0.0', '3,-7.5,0,1e5', '4,,,'];
const wideFile = { 'x.csv': `id,w,f,x\n${wideRecords.join('\n')}\n` };

t.test('wide decimals, fractions throughout and zeros with a sign are read back as they were', async (t) => {
  const { row, evidence } = await lake.compact(wideFile, { columns: halves });
  t.equal(row.state, 'compacted', row.reason);
  t.equal(evidence?.digests.rowsOut, evidence?.digests.rowsIn);
});

for (const [what, from, to, why] of [
  ['a wide decimal a unit below zero', ',0.00', ',-0.01', /column "w" is not what/],
  ['a wide decimal of swapped halves', '184467440737095516.18', '368934881474191032.33', /column "w"/],
  ['a fraction with another sign', '0.05,-0.0', '-0.05,-0.0', /column "f"/],
] as const)
  t.test(`${what} refuses the hour`, async (t) => {
    const { row } = await lake.compact(wideFile, { columns: halves }, wrong(replaced(from, to)));
    t.equal(row.state, 'refused');
    t.match(row.reason, why);
  });

t.test('zeros that swap their signs between rows refuse the hour', async (t) => {
  const swapped = ([a = '', b = '', ...rest]: readonly string[]) => [
    a.replace(/-0.0$/, '0.0'),
    b.replace(/0.0$/, '-0.0'),
    ...rest,
  ];
  const { row } = await lake.compact(wideFile, { columns: halves }, wrong(swapped));
  t.equal(row.state, 'refused');
  t.match(row.reason, /the rows are not those of the sources/);
});

t.test('the same rows in another order are the same rows', async (t) => {
  const files = { 'x.csv': `${header}\n${records.join('\n')}\n` };
  const { row } = await lake.compact(
    files,
    { columns },
    wrong((lines) => lines.toReversed()),
  );
  t.equal(row.state, 'compacted');
});

t.test('several target files are read back together', async (t) => {
  const lines = Array.from({ length: 30_000 }, (_, n) => `${n},town ${Math.imul(n, 2_654_435_761) >>> 0}`);
  const { row, evidence } = await lake.compact(
    { 'x.csv': `id,town\n${lines.join('\n')}\n` },
    { targetFileBytes: 100_000 },
  );
  t.equal(row.state, 'compacted', row.reason);
  t.ok(row.target.files > 1);
  t.equal(evidence?.digests.rowsOut, evidence?.digests.rowsIn);
});

t.test(
  'at level counts what the engine changes is not seen; what does not fit its column still is',
  async (t) => {
    const files = { 'x.csv': `${header}\n${records.join('\n')}\n` };
    const changed = await lake.compact(files, { columns, verify: 'counts' }, wrong(replaced('Ulm', 'Elm')));
    t.equal(changed.row.state, 'compacted');
    t.match(changed.evidence, {
      verifyLevel: 'counts',
      digests: { rowsIn: null, rowsOut: null, perColumn: null },
    });
    const misfit = await lake.compact(
      { 'x.csv': `${header}\n${records[0]!.replace('7', '12.7')}\n` },
      { columns, verify: 'counts' },
    );
    t.match(misfit.row, {
      state: 'refused',
      reason: /line 2: column "n": "12\.7" would not be kept as integer/,
    });
  },
);

t.test('bad records go into quarantine with file, line and reason, and the counts add up', async (t) => {
  const bad = [`4,0.5,1.239,,,,,"Ulm\nWest"`, '5,6'];
  const text = (lines: readonly string[]): string => `\ufeff${[header, ...lines].join('\r\n')}\r\n`;
  const { row, rows, evidence, aside } = await lake.compact(
    { 'a.csv': text([records[0]!, bad[0]!, records[1]!, bad[1]!]), 'b.csv': text([records[2]!]) },
    { columns, onBadRow: 'quarantine' },
  );
  t.equal(row.state, 'compacted', row.reason);
  t.strictSame(
    rows.map(({ id }) => id),
    [1n, 2n, 3n],
  );
  t.match(evidence, { rowsIn: 5, rowsOut: 3, quarantined: 2, parseFailures: { d: 1, x: 0 } });
  t.equal(evidence?.digests.rowsOut, evidence?.digests.rowsIn);
  t.strictSame(
    aside.map(({ file, ...rest }) => ({ ...rest, file: String(file).split('/').at(-1) })),
    [
      {
        line: 3,
        column: 'd',
        reason: 'column "d": "1.239" would not be kept as decimal(10,2)',
        raw: bad[0],
        file: 'a.csv',
      },
      { line: 6, column: null, reason: '2 fields stand where 8 are expected', raw: '5,6', file: 'a.csv' },
    ],
  );
});

t.test('what is left of a file without a header begins as it stood there', async (t) => {
  const two: Column[] = [
    { name: 'a', type: 'string' },
    { name: 'b', type: 'string' },
  ];
  const { row, rows, evidence } = await lake.compact(
    { 'a.csv': 'one field\n\ufeff1,x\n', 'b.csv': '\ufeffone field\n"\r",y\nz,z\n' },
    {
      columns: two,
      csv: { header: false, delimiter: ',', gzip: 'auto' },
      onBadRow: 'quarantine',
    },
  );
  t.equal(row.state, 'compacted', row.reason);
  t.equal(evidence?.digests.rowsOut, evidence?.digests.rowsIn);
  t.strictSame(rows, [
    // The mark was kept, as the digests say: this reader drops it.
    { a: '1', b: 'x' },
    { a: '\r', b: 'y' },
    { a: 'z', b: 'z' },
  ]);
});

t.test('a fault of the whole file, and an hour of which no row fits, refuse in quarantine too', async (t) => {
  const quarantine = { columns, onBadRow: 'quarantine' } as const;
  const unclosed = await lake.compact({ 'x.csv': `${header}\n${records[0]!}"\n4,"\n` }, quarantine);
  t.match(unclosed.row, { state: 'refused', reason: /a quote is never closed/ });
  const other = await lake.compact({ 'x.csv': 'other\n1\n' }, quarantine);
  t.match(other.row, { state: 'refused', reason: /its header has 1 columns/ });
  const none = await lake.compact({ 'x.csv': `${header}\n1;2\n3;4\n` }, quarantine);
  t.match(none.row, {
    state: 'refused',
    reason: /^not one of 2 records fits; .*x\.csv, line 2: 1 fields stand/,
  });
});

const text = fc.oneof(
  fc.string({
    unit: fc.constantFrom(
      'a',
      'é',
      '\\',
      ' ',
      ',',
      '"',
      '\n',
      '\r\n',
      ';',
      "'",
      '%',
      '\t',
      '漢',
      '😀',
      '\u0000',
      'NULL',
    ),
  }),
  fc.constantFrom('', 'NULL', '\\N', 'nan', '1', ' ', '""', '#', '--', '{}'),
);
const quoted = text.map((value) => `"${value.replaceAll('"', '""')}"`);
const plain = text.filter((value) => !/[",\r\n]|^ /.test(value));
const number = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n }).map(String),
  fc.constantFrom('', '+1', '007', '-0', '1.0', '1e3', 'x', '"5"'),
);
const fraction = fc.oneof(
  fc.double().map(String),
  fc.constantFrom('', '.5', '1.', '1e400', '0.1', '-0.0', '12.50', 'Infinity', '9007199254740993'),
);
const line = fc.tuple(number, fraction, fc.oneof(quoted, plain)).map((fields) => fields.join(','));

t.test(
  'hostile texts: refused by file and line, or the same values, as another reader sees them',
  async (t) => {
    const three: readonly Column[] = [
      { name: 'a', type: 'bigint' },
      { name: 'x', type: 'double' },
      { name: 'b', type: 'string' },
    ];
    const seen = { compacted: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 0, max: 2 }),
        async (lines, asideIn) => {
          const body = `a,x,b\n${lines.join('\n')}\n`;
          const { row, rows, evidence } = await lake.compact(
            { 'x.csv': body },
            { columns: three, onBadRow: asideIn > 0 ? 'quarantine' : 'refuse' },
          );
          if (row.state === 'refused') {
            seen.refused += 1;
            return /x\.csv, line \d+: |^not one of/.test(row.reason);
          }
          if (row.state !== 'compacted') throw new Error(`${row.state}: ${row.reason}`);
          seen.compacted += 1;
          const expected: Row[] = splitRecords(body, ',')
            .slice(1)
            .flatMap(([a, x, b]) => valuesOf(a!, x!, b!));
          return (
            isDeepStrictEqual(rows, expected) &&
            evidence?.rowsIn === evidence!.rowsOut + evidence!.quarantined
          );
        },
      ),
      { numRuns: 15 },
    );
    t.ok(seen.compacted > 1 && seen.refused > 0, JSON.stringify(seen));
  },
);

type Field = ReturnType<typeof splitRecords>[number][number];

/** The row, or none when a value does not fit. */
function valuesOf(a: Field, x: Field, b: Field): Row[] {
  const isWhole =
    /^[+-]?\d+$/.test(a.text) &&
    BigInt.asIntN(64, BigInt(a.text.replace('+', ''))) === BigInt(a.text.replace('+', ''));
  const isLost = x.text === '1e400' || x.text === '9007199254740993' || /[a-df-z]/i.test(x.text);
  if ((a.text !== '' || a.quoted) && !isWhole) return [];
  if (x.text !== '' && isLost) return [];
  return [
    {
      a: a.text === '' ? null : BigInt(a.text.replace('+', '')),
      x: x.text === '' ? null : Number(x.text),
      b: b.text === '' && !b.quoted ? null : b.text,
    },
  ];
}
