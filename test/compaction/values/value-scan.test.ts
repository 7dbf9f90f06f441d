/** What a file holds does not depend on where its bytes are cut or how its values are spelt; what does not fit is named by line. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { recordCounter } from '../../../src/compaction/csv-records.js';
import type { Column } from '../../../src/compaction/schema.js';
import { digestText } from '../../../src/compaction/values/row-digest.js';
import { openScanKernel } from '../../../src/compaction/values/scan-kernel.js';
import {
  type ValueScanOptions,
  type ValueScanResult,
  valueScan,
} from '../../../src/compaction/values/value-scan.js';

const columns: readonly Column[] = [
  { name: 'id', type: 'bigint' },
  { name: 'price', type: 'decimal', precision: 10, scale: 2 },
  { name: 'x', type: 'double' },
  { name: 'at', type: 'timestamp' },
  { name: 'town', type: 'string' },
];
const inOrder: ValueScanOptions['arrange'] = (header) => ({ ok: true, slots: header.map((_, at) => at) });
const options: Omit<ValueScanOptions, 'aside'> = {
  columns,
  textRule: 'equivalent',
  fractionDigits: 6,
  digests: true,
  delimiter: ',',
  arrange: null,
};

type Given = Partial<Omit<ValueScanOptions, 'aside'>> & { readonly mostRejected?: number };

function scan(
  text: string | Uint8Array,
  { mostRejected = 0, ...given }: Given = {},
  pieces: readonly number[] = [],
): ValueScanResult {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const values = valueScan({ ...options, ...given, aside: { mostRecords: mostRejected, room: 1 << 20 } });
  let at = 0;
  for (const length of pieces) {
    values.take(bytes.subarray(at, at + length));
    at += length;
  }
  values.take(bytes.subarray(at));
  return values.end();
}

function digestOf(text: string, given: Given = {}, pieces: readonly number[] = []): string {
  const result = scan(text, given, pieces);
  return result.ok ? digestText(result.file.digest) : `line ${result.line}: ${result.why}`;
}

const row = '7,1.50,0.5,2026-11-22 05:00:00,Ulm\n';

t.test('a row has the same digest however its values are spelt', async (t) => {
  const expected = digestOf(row);
  t.match(expected, /^[0-9a-f]{16}$/);
  for (const other of [
    '7,1.50,0.5,2026-11-22 05:00:00,Ulm',
    '"7","1.50","0.5","2026-11-22 05:00:00","Ulm"\n',
    '+07,1.5,.50,2026-11-22T05:00:00.000Z,Ulm\r\n',
    '\n7,01.500,5e-1,2026-11-22 05:00:00,"Ulm"\n\n',
  ])
    t.equal(digestOf(other), expected, JSON.stringify(other));
  t.equal(digestOf(row.replaceAll(',', ';'), { delimiter: ';' }), expected, 'another delimiter');
});

t.test('quoted or not, a value has the same canonical text', async (t) => {
  const digits = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.tuple(fc.integer(), fc.nat({ max: 9 })).map(([n, scale]) => (n / 10 ** scale).toFixed(scale)),
    fc.constantFrom('1.5e10', '1.25e-7', '.5', '5.', '-0.0', '00.5', '1e5', '12345678901234567.5'),
  );
  const whole = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    fc.constantFrom('+7', '007', '-0'),
  );
  const instant = fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .chain((at) =>
      fc.constantFrom(
        at.toISOString(),
        at.toISOString().slice(0, 23).replace('T', ' '),
        `${at.toISOString().slice(0, 19)}.100`,
      ),
    );
  const cents = fc.integer({ min: -1e9, max: 1e9 }).map((n) => (n / 100).toFixed(2));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(whole, cents, digits, instant, fc.constantFrom('Ulm', 'é')), { minLength: 1 }),
      (records) => {
        const text = (quote: string): string =>
          records.map((record) => record.map((value) => quote + value + quote).join(',')).join('\n');
        return sameRows(scan(text('')), scan(text('"')));
      },
    ),
    { numRuns: 300 },
  );
  t.pass();
});

/** Equal totals, or refused alike. */
const sameRows = (a: ValueScanResult, b: ValueScanResult): boolean =>
  a.ok && b.ok
    ? isDeepStrictEqual(
        [a.file.digest, a.file.columns, a.file.rows],
        [b.file.digest, b.file.columns, b.file.rows],
      )
    : isDeepStrictEqual(a, b);

t.test('any other value, and any other boundary between values, gives another digest', async (t) => {
  const two: Column[] = [
    { name: 'a', type: 'string' },
    { name: 'b', type: 'string' },
  ];
  const texts = [
    'a,b\n',
    'b,a\n',
    '"a,b",\n',
    ',"a,b"\n',
    '"a,",b\n',
    'a,",b"\n',
    ',\n',
    '"",\n',
    ',""\n',
    '"",""\n',
    '"a,1",b\n',
    'a,"b\n"\n',
    'a,b\na,b\n',
    'a,b\nb,a\n',
  ];
  const digests = texts.map((text) => digestOf(text, { columns: two }));
  t.equal(new Set(digests).size, texts.length, digests.join(' '));
});

t.test(
  'rows recombined between columns, doubled, lost or swapped are another set; another order is the same',
  async (t) => {
    const two: Column[] = [
      { name: 'a', type: 'bigint' },
      { name: 'b', type: 'string' },
    ];
    const of = (text: string): string => digestOf(text, { columns: two });
    const set = of('1,x\n2,y\n3,x\n');
    t.equal(of('3,x\n1,x\n2,y\n'), set);
    for (const other of [
      '1,y\n2,x\n3,x\n',
      '1,x\n2,y\n3,x\n3,x\n',
      '1,x\n2,y\n',
      '1,x\n2,y\n2,y\n',
      '1,x\n2,y\n3,X\n',
    ])
      t.not(of(other), set, JSON.stringify(other));
  },
);

const field = fc.oneof(
  fc.constantFrom(
    '',
    '""',
    '1',
    '-7',
    '+7',
    '007',
    '1.5',
    '12.50',
    '1.',
    '.5',
    '1e3',
    '9007199254740993',
    '0.30000000000000004',
  ),
  fc.constantFrom(
    '2026-11-22 05:00:00',
    '2026-11-22T05:00:00.120Z',
    '2026-02-30 00:00:00',
    'true',
    'a b',
    ' a',
    '"a ""b"" c"',
    '"x,y"',
    '"1"',
    '"l\nm"',
    'é',
    'a"b',
  ),
);
const hostile = fc
  .array(fc.array(field, { minLength: 4, maxLength: 6 }), { maxLength: 6 })
  .chain((records) =>
    fc
      .constantFrom('\n', '\r\n')
      .map((end) => records.map((record) => record.join(',')).join(end) + (records.length % 2 ? end : '')),
  );

t.test('the answer does not depend on where the bytes are cut', async (t) => {
  fc.assert(
    fc.property(
      hostile,
      fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 20 }),
      fc.boolean(),
      (text, pieces, isAside) => {
        const given = {
          columns: columns.map(({ name }): Column => ({ name, type: 'string' })),
          mostRejected: isAside ? 100 : 0,
        };
        return [given, { mostRejected: given.mostRejected }].every((one) =>
          isDeepStrictEqual(scan(text, one, pieces), scan(text, one)),
        );
      },
    ),
    { numRuns: 200 },
  );
  t.pass();
});

t.test('a scan that is ended twice answers the same, and gives its memory to one other', async (t) => {
  const values = valueScan({ ...options, aside: { mostRecords: 0, room: 0 } });
  values.take(new TextEncoder().encode(row));
  t.strictSame(values.end(), values.end());
  const two = [openScanKernel(), openScanKernel()] as const;
  t.not(two[0], two[1]);
  for (const kernel of [...two, ...two]) kernel.release();
  t.not(openScanKernel(), openScanKernel());
});

t.test('records are counted as the plain counter counts them', async (t) => {
  const piece = fc.constantFrom(
    'a',
    ',',
    ',',
    '"',
    '"',
    '""',
    '\n',
    '\n',
    '\r\n',
    '\r',
    ' ',
    'é',
    '"x"',
    '\ufeff',
  );
  let fine = 0;
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 24 }),
      fc.integer({ min: 1, max: 3 }),
      fc.boolean(),
      (pieces, width, hasHeader) => {
        const names = Array.from({ length: width }, (_, at) => `h${at}`);
        const text = (hasHeader ? `${names.join(',')}\n` : '') + pieces.join('');
        const counter = recordCounter({ header: hasHeader, delimiter: ',', columns: width });
        counter.take(new TextEncoder().encode(text));
        const counted = counter.end();
        const found = scan(text, {
          columns: names.map((name) => ({ name, type: 'string' })),
          arrange: hasHeader ? inOrder : null,
        });
        // The counter does not ask what the engine takes for the line end.
        if (!found.ok && found.why.startsWith('within its quotes stands')) return width === 1 && !hasHeader;
        const expected = counted.ok
          ? [counted.census.records, counted.census.bytes, counted.census.header]
          : 'refused';
        if (counted.ok) fine += 1;
        // The counter does not know what an engine takes for a line end where no blank line can tell.
        if (!found.ok && found.why.startsWith('within its quotes stands')) return width === 1;
        return isDeepStrictEqual(
          found.ok ? [found.file.rows, found.file.bytes, found.file.header] : 'refused',
          expected,
        );
      },
    ),
    { numRuns: 1000 },
  );
  t.ok(fine > 50, `${fine} of them are no refusals`);
});

t.test(
  'a value that does not fit is refused by the line its record begins on, by column and value',
  async (t) => {
    const text = `${row}${row.replace('Ulm', '"U\nlm"')}${row.replace('0.5', '1e400')}`;
    t.strictSame(scan(text), { ok: false, line: 4, why: 'column "x": "1e400" would not be kept as double' });
    t.strictSame(scan(row.replace('1.50', '1.239')), {
      ok: false,
      line: 1,
      why: 'column "price": "1.239" would not be kept as decimal(10,2)',
    });
  },
);

t.test('put aside, a record keeps its bytes, and the rows without it are the file', async (t) => {
  const bad = ['7,1.239,0.5,2026-11-22 05:00:00,"Ulm, West"\n', '7,1.50\n'];
  const result = scan(`\ufeff${row}${bad[0]}${row}${bad[1]}`, { mostRejected: 5 });
  if (!result.ok) throw new Error(result.why);
  const { file } = result;
  t.equal(file.rows, 2);
  t.equal(digestText(file.digest), digestOf(row + row));
  t.strictSame(
    file.rejected.map(({ line, column, raw, from, to }) => ({ line, column, raw, from, to })),
    [
      {
        line: 2,
        column: 'price',
        raw: bad[0]!.trimEnd(),
        from: 3 + row.length,
        to: 3 + row.length + bad[0]!.length,
      },
      {
        line: 4,
        column: null,
        raw: '7,1.50',
        from: 3 + 2 * row.length + bad[0]!.length,
        to: 3 + 2 * row.length + bad[0]!.length + bad[1]!.length,
      },
    ],
  );
  t.match(scan(bad[0]!.repeat(3), { mostRejected: 2 }), {
    ok: false,
    line: 3,
    why: /^more than 2 records do not fit/,
  });
});

t.test('the longest record is as long wherever the bytes are cut, a header too', async (t) => {
  const two: Column[] = [
    { name: 'a', type: 'string' },
    { name: 'b', type: 'string' },
  ];
  for (const end of ['\n', '\r\n', '\r'])
    for (const [more, isTaken] of [
      [0, true],
      [1, false],
    ] as const) {
      const record = `a,${'x'.repeat(1_999_996 + more)}`;
      const text = `p,q${end}${record}${end}r,s${end}`;
      for (const at of [0, 1, 2]) {
        const found = scan(text, { columns: two }, [3 + end.length + record.length + at]);
        const rows = found.ok ? found.file.rows : `${found.line} ${found.why}`;
        t.equal(rows, isTaken ? 3 : '2 a record is longer than 1999998 bytes', JSON.stringify({ end, at }));
      }
      const headed = scan(`${record}${end}r,s${end}`, { columns: two, arrange: inOrder });
      t.equal(headed.ok || headed.why, isTaken || 'its header is longer than 1999998 bytes');
    }
});

t.test('files of an hour share the room for what they put aside', async (t) => {
  const aside = { mostRecords: 100, room: 13_000 };
  const ofFile = (): string | number => {
    const values = valueScan({ ...options, aside });
    values.take(new TextEncoder().encode(`${row}${`x,${'y'.repeat(3000)}\n`.repeat(3)}`));
    const found = values.end();
    return found.ok ? found.file.rejected.length : `${found.line}: ${found.why}`;
  };
  t.equal(ofFile(), 3);
  t.match(ofFile(), /^2: the records of its hour that do not fit are more than the 64 MiB .*2 fields stand/);
});

t.test('NULLs are counted and values summed by column, of the rows that count', async (t) => {
  const totals = (text: string) => {
    const result = scan(text, { mostRejected: 5 });
    if (!result.ok) throw new Error(result.why);
    return result.file.columns;
  };
  const both = totals(`${row},,,,\n,,,,""\n1,x,,,\n`);
  t.strictSame(
    both.map(({ nulls }) => nulls),
    [2, 2, 2, 2, 1],
  );
  const zero = totals(row.replace('0.5', '0.0'));
  const negative = totals(row.replace('0.5', '-0.0'));
  t.not(negative[2]!.digest, zero[2]!.digest, 'a negative zero is not zero');
  t.not(both[4]!.digest, totals(`${row},,,,\n,,,,\n1,x,,,\n`)[4]!.digest, 'an empty text is not NULL');
});

const everyType: readonly Column[] = [
  { name: 'i', type: 'integer' },
  { name: 'l', type: 'bigint' },
  { name: 'x', type: 'double' },
  { name: 'p', type: 'decimal', precision: 9, scale: 2 },
  { name: 'q', type: 'decimal', precision: 18, scale: 4 },
  { name: 'r', type: 'decimal', precision: 38, scale: 10 },
  { name: 'z', type: 'decimal', precision: 2, scale: 2 },
  { name: 'b', type: 'boolean' },
  { name: 'd', type: 'date' },
  { name: 'at', type: 'timestamp' },
  { name: 's', type: 'string' },
];
const signs = fc.constantFrom('', '', '', '-', '+');
const zeros = fc.constantFrom('', '', '', '0', '00');
const digits = (most: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: most });
const number = fc
  .tuple(
    signs,
    zeros,
    digits(20),
    fc.constantFrom('', '', '.'),
    digits(12),
    fc.constantFrom('', '', '', 'e5', 'E-7'),
  )
  .map((parts) => parts.join(''));
const twoDigits = fc.nat({ max: 99 }).map((n) => String(n).padStart(2, '0'));
const dayText = fc
  .tuple(fc.constantFrom('0001', '0099', '1969', '1970', '2024', '2100', '9999'), twoDigits, twoDigits)
  .map((parts) => parts.join('-'));
const soundDay = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true })
  .map((at) => at.toISOString().slice(0, 10));
const anyDay = fc.oneof(soundDay, soundDay, dayText);
const anyInstant = fc
  .tuple(
    anyDay,
    fc.constantFrom(' ', 'T', ''),
    fc.constantFrom('00:00:00', '23:59:59', '12:34:56', '24:00:00', '1:02:03'),
    fc.tuple(fc.constantFrom('', '.'), digits(8)).map(([point, rest]) => (point === '' ? '' : point + rest)),
    fc.constantFrom('', '', 'Z', '+02:00'),
  )
  .map((parts) => parts.join(''));
const extremes = fc.constantFrom(
  ...['2147483647', '-2147483648', '2147483648', '9223372036854775807', '-9223372036854775808'],
  ...['9223372036854775808', '18446744073709551616', '-0', '0', '0.00', '-0.0', '999999999999999', '0.1'],
  ...['1234567890123456789012345678.0123456789', '-1.0000000001', '0.30000000000000004', '5e-324'],
);
const sound: Readonly<Record<string, fc.Arbitrary<string>>> = {
  integer: fc.integer().map(String),
  bigint: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  double: fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.integer().map((n) => (n / 1000).toFixed(3)),
  ),
  decimal: fc.integer({ min: -99, max: 99 }).map((n) => (n / 100).toFixed(2)),
  boolean: fc.constantFrom('true', 'false'),
  date: soundDay,
  timestamp: fc.tuple(soundDay, fc.nat({ max: 999 })).map(([day, n]) => `${day} 12:34:56.${n}`),
  string: fc.constantFrom(
    '',
    'Ulm',
    'é漢😀',
    'a b',
    'exactly8',
    'twelve bytes',
    'thirteen byte',
    'x'.repeat(200),
  ),
};
const hostileOf: Readonly<Record<string, fc.Arbitrary<string>>> = {
  integer: fc.oneof(number, extremes),
  bigint: fc.oneof(number, extremes),
  double: fc.oneof(number, extremes),
  decimal: fc.oneof(number, extremes),
  boolean: fc.constantFrom('TRUE', 'False', 't', '1'),
  date: anyDay,
  timestamp: anyInstant,
  string: fc.constantFrom(' a', 'tab\t', '\\'),
};
const valueFor = (type: Column['type'], soundness: number): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: soundness, arbitrary: sound[type]! },
    { weight: 1, arbitrary: hostileOf[type]! },
    { weight: 1, arbitrary: fc.constant('') },
  );
const spelt = (value: string, how: number): string =>
  how === 0 ? `"${value}"` : how === 1 ? `"${value}"x` : how === 2 ? ` ${value}` : value;
const typedRecord = fc
  .tuple(...everyType.map(({ type }) => valueFor(type, 20)))
  .chain((values) =>
    fc
      .array(fc.integer({ min: 0, max: 60 }), { minLength: values.length, maxLength: values.length })
      .map((hows) => values.map((value, at) => spelt(value, hows[at]!)).join(',')),
  );

t.test('the compiled reader and the reading of unusual records find the same in every record', async (t) => {
  const seen = { kept: 0, refused: 0 };
  fc.assert(
    fc.property(
      fc.array(typedRecord, { minLength: 1, maxLength: 5 }),
      fc.constantFrom('equivalent', 'exact'),
      fc.constantFrom(6, 3),
      fc.constantFrom(0, 100),
      (records, textRule, fractionDigits, mostRejected) => {
        const given = { columns: everyType, textRule, fractionDigits, mostRejected } as const;
        const text = `${records.join('\n')}\n`;
        // The compiled reader leaves every line that ends in CR alone.
        const [one, other] = [scan(text, given), scan(text.replaceAll('\n', '\r'), given)];
        seen[one.ok && one.file.rows > 0 ? 'kept' : 'refused'] += 1;
        return isDeepStrictEqual(one, other);
      },
    ),
    { numRuns: 1000 },
  );
  t.ok(seen.kept > 50 && seen.refused > 50, JSON.stringify(seen));
});

t.test('one value at a time, the compiled reader finds what the other reading finds', async (t) => {
  for (const column of everyType) {
    let kept = 0;
    const given = { columns: [column, { name: 'last', type: 'string' }] as const, mostRejected: 1 };
    fc.assert(
      fc.property(valueFor(column.type, 1), fc.constantFrom('equivalent', 'exact'), (value, textRule) => {
        const [one, other] = ['\n', '\r'].map((end) =>
          scan(`x,${end}${value},y${end}`.slice(2), { ...given, textRule }),
        );
        if (one!.ok && one!.file.rows > 0) kept += 1;
        return isDeepStrictEqual(one, other);
      }),
      { numRuns: 300 },
    );
    t.ok(kept > 50, `${column.name}: ${kept} kept`);
  }
});
