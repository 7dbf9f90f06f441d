/** A value keeps its meaning and loses its spelling, or it is refused: nothing in between. */
import t from 'tap';
import type { Column, TextRule } from '../../../src/compaction/schema.js';
import { rowWriter } from '../../../src/compaction/values/row-writer.js';
import { openScanKernel } from '../../../src/compaction/values/scan-kernel.js';

/** The canonical text, undefined for no value, or "refused". */
function canonical(
  column: Column,
  value: string,
  textRule: TextRule,
  fractionDigits = 6,
): string | undefined {
  const kernel = openScanKernel();
  const writer = rowWriter({ columns: [column], textRule, fractionDigits }, kernel);
  const isQuoted = value.startsWith('"');
  const bytes = new TextEncoder().encode(isQuoted ? value.slice(1, -1) : value);
  if (bytes.length === 0 && !isQuoted) return undefined;
  return writer.canonical(0, bytes) ?? 'refused';
}

const bits = (number: number): string => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(number);
  return bytes.toString('hex').toUpperCase();
};

type Case = readonly [text: string, equivalent: string | undefined, exact: string | undefined];
const no = 'refused';
const tables: readonly (readonly [what: string, column: Omit<Column, 'name'>, cases: readonly Case[]])[] = [
  [
    'integer',
    { type: 'integer' },
    [
      ['', undefined, undefined],
      ['""', no, no],
      ['7', '7', '7'],
      ['"7"', '7', '7'],
      ['-7', '-7', '-7'],
      ['+7', '7', no],
      ['007', '7', no],
      ['-007', '-7', no],
      ['-0', '0', no],
      ['000', '0', no],
      ['2147483647', '2147483647', '2147483647'],
      ['-2147483648', '-2147483648', '-2147483648'],
      ['2147483648', no, no],
      ['-2147483649', no, no],
      ['12345678901', no, no],
      ['00002147483647', '2147483647', no],
      ['12.7', no, no],
      ['12.0', no, no],
      ['1e3', no, no],
      ['abc', no, no],
      ['0x10', no, no],
      ['1_000', no, no],
      [' 7', no, no],
      ['7 ', no, no],
      ['-', no, no],
      ['+', no, no],
      ['٣', no, no],
    ],
  ],
  [
    'bigint',
    { type: 'bigint' },
    [
      ['9223372036854775807', '9223372036854775807', '9223372036854775807'],
      ['-9223372036854775808', '-9223372036854775808', '-9223372036854775808'],
      ['9223372036854775808', no, no],
      ['-9223372036854775809', no, no],
      ['+0009223372036854775807', '9223372036854775807', no],
      ['99999999999999999999999', no, no],
    ],
  ],
  [
    'decimal(10,2)',
    { type: 'decimal', precision: 10, scale: 2 },
    [
      ['1.50', '1.50', '1.50'],
      ['1.5', '1.50', no],
      ['1.', '1.00', no],
      ['1', '1.00', no],
      ['1.500', '1.50', no],
      ['+01.5', '1.50', no],
      ['-01.5', '-1.50', no],
      ['-0.00', '0.00', no],
      ['-0', '0.00', no],
      ['12345678.90', '12345678.90', '12345678.90'],
      ['123456789.00', no, no],
      ['000012345678.9', '12345678.90', no],
      ['1.239', no, no],
      ['.5', no, no],
      ['1e2', no, no],
      ['1,5', no, no],
      ['', undefined, undefined],
    ],
  ],
  [
    'decimal(3,0)',
    { type: 'decimal', precision: 3, scale: 0 },
    [
      ['999.000', '999', no],
      ['7', '7', '7'],
      ['1000', no, no],
    ],
  ],
  [
    'decimal(2,2)',
    { type: 'decimal', precision: 2, scale: 2 },
    [
      ['0.05', '0.05', '0.05'],
      ['-0.5', '-0.50', no],
      ['1.00', no, no],
    ],
  ],
  [
    'boolean',
    { type: 'boolean' },
    [
      ['true', 'true', 'true'],
      ['FALSE', 'false', no],
      ['T', no, no],
      ['1', no, no],
      ['yes', no, no],
      ['truth', no, no],
    ],
  ],
  [
    'date',
    { type: 'date' },
    [
      ['2024-02-29', '2024-02-29', '2024-02-29'],
      ['2026-02-29', no, no],
      ['1900-02-29', no, no],
      ['2000-02-29', '2000-02-29', '2000-02-29'],
      ['2026-04-31', no, no],
      ['2026-13-01', no, no],
      ['2026-00-01', no, no],
      ['2026-01-00', no, no],
      ['0000-01-01', no, no],
      ['0001-01-01', '0001-01-01', '0001-01-01'],
      ['2026-1-1', no, no],
      ['22/11/2026', no, no],
      ['2026-11-22 00:00:00', no, no],
    ],
  ],
  [
    'timestamp',
    { type: 'timestamp' },
    [
      ['2026-11-22 05:00:00', '2026-11-22 05:00:00', '2026-11-22 05:00:00'],
      ['2026-11-22T05:00:00Z', '2026-11-22 05:00:00', no],
      ['2026-11-22 05:00:00.250', '2026-11-22 05:00:00.25', no],
      ['2026-11-22 05:00:00.000', '2026-11-22 05:00:00', no],
      ['2026-11-22 05:00:00.123456', '2026-11-22 05:00:00.123456', '2026-11-22 05:00:00.123456'],
      ['2026-11-22 05:00:00.123456000', '2026-11-22 05:00:00.123456', no],
      ['2026-11-22 05:00:00.123456789', no, no],
      ['2026-11-22 05:00:00.', no, no],
      ['2025-11-22T05:00:00+02:00', no, no],
      ['2026-11-22 24:00:00', no, no],
      ['2026-11-22 05:60:00', no, no],
      ['2026-11-22 05:00:60', no, no],
      ['2026-02-30 05:00:00', no, no],
      ['2026-11-22', no, no],
      ['1763787600', no, no],
    ],
  ],
  [
    'double',
    { type: 'double' },
    [
      ['1.5', bits(1.5), bits(1.5)],
      ['3.0', bits(3), bits(3)],
      ['3', bits(3), no],
      ['1.50', bits(1.5), no],
      ['+.5', bits(0.5), no],
      ['5.', bits(5), no],
      ['-0.0', bits(-0), bits(-0)],
      ['1e3', bits(1000), no],
      ['5e-05', bits(0.00005), bits(0.00005)],
      ['0.1', bits(0.1), bits(0.1)],
      ['0.30000000000000004', bits(0.1 + 0.2), bits(0.1 + 0.2)],
      ['0.10000000000000001', bits(0.1), no],
      ['0.100000000000000000000', bits(0.1), no],
      ['123456789012345.6', bits(123456789012345.6), bits(123456789012345.6)],
      ['5e-324', bits(5e-324), bits(5e-324)],
      ['9007199254740993', no, no],
      ['0.1234567890123456789', no, no],
      ['1e400', no, no],
      ['-1e400', no, no],
      ['1e-400', no, no],
      ['0e999', bits(0), no],
      ['5.1e-324', no, no],
      ['NaN', no, no],
      ['inf', no, no],
      ['.', no, no],
      ['1.2.3', no, no],
      ['1e', no, no],
      ['0x1p3', no, no],
    ],
  ],
];

for (const [what, column, cases] of tables)
  t.test(`${what}: what it keeps, and in which spelling`, async (t) => {
    for (const [text, equivalent, exact] of cases) {
      t.equal(canonical({ name: 'a', ...column }, text, 'equivalent'), equivalent, `${text}, equivalent`);
      t.equal(canonical({ name: 'a', ...column }, text, 'exact'), exact, `${text}, exact`);
    }
  });

t.test('an engine that keeps milliseconds is given no finer instants', async (t) => {
  const column = { name: 'a', type: 'timestamp' } as const;
  t.equal(canonical(column, '2026-11-22 05:00:00.120000', 'equivalent', 3), '2026-11-22 05:00:00.12');
  t.equal(canonical(column, '2026-11-22 05:00:00.1234', 'equivalent', 3), no);
});
