/** Values and rows that are not the same have not the same digest by the way digests are made. */
import t from 'tap';
import type { Column } from '../../../src/compaction/schema.js';
import type { ScannedFile } from '../../../src/compaction/values/value-scan.js';
import { valueScan } from '../../../src/compaction/values/value-scan.js';

function scanned(columns: readonly Column[], lines: readonly string[], newline = '\n'): ScannedFile {
  const scan = valueScan({
    columns,
    textRule: 'equivalent',
    fractionDigits: 6,
    digests: true,
    delimiter: ',',
    arrange: null,
    aside: { mostRecords: 0, room: 0 },
  });
  scan.take(new TextEncoder().encode(lines.map((line) => `${line}${newline}`).join('')));
  const result = scan.end();
  if (!result.ok) throw new Error(result.why);
  return result.file;
}

const wide: Column = { name: 'd', type: 'decimal', precision: 38, scale: 2 };
const id: Column = { name: 'id', type: 'bigint' };

t.test('in a wide decimal no two values have the same hash for the halves of their bits', async (t) => {
  const of = (value: string) => scanned([wide, id], [`${value},1`]);
  // Halves swapped: 2 * 2^64 + 1 and 2^64 + 2 units.
  const swapped = ['368934881474191032.33', '184467440737095516.18'];
  for (const [one, other] of [['0.00', '-0.01'], ['1.00', '-1.01'], swapped] as [string, string][]) {
    t.not(of(one).columns[0]!.digest, of(other).columns[0]!.digest, `${one} and ${other}`);
    t.not(of(one).digest, of(other).digest, `rows of ${one} and ${other}`);
  }
});

t.test('a wide decimal is the same value however it is spelt', async (t) => {
  const spellings = [
    ['0.00', '0', '-0', '+0.0', '0.000', '-0.00', '"0"'],
    ['-7.50', '-7.5', '-07.500', '"-7.5"'],
    ['12.00', '12', '+12', '012', '12.0', '12.000'],
    ['123456789012345678901234567890.10', '123456789012345678901234567890.1'],
  ];
  for (const newline of ['\n', '\r'])
    for (const [first, ...others] of spellings)
      for (const other of others)
        t.equal(
          scanned([wide, id], ['5.00,1', `${other},1`], newline).digest,
          scanned([wide, id], ['5.00,1', `${first},1`]).digest,
          `${JSON.stringify(newline)} ${other}`,
        );
});

t.test('a sign of zero that moves to another row, or away, is another set of rows', async (t) => {
  const columns: Column[] = [id, { name: 'x', type: 'double' }];
  const one = scanned(columns, ['1,-0.0', '2,0.0']);
  const other = scanned(columns, ['1,0.0', '2,-0.0']);
  t.not(one.digest, other.digest);
  t.equal(one.columns[1]!.digest, other.columns[1]!.digest, 'the column holds the same values');
  t.not(one.columns[1]!.digest, scanned(columns, ['1,0.0', '2,0.0']).columns[1]!.digest);
  t.equal(one.digest, scanned(columns, ['1,-0', '2,0e5'], '\r').digest, 'however it is spelt');
});
