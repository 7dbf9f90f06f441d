/** Records are counted from bytes, whatever pieces they come in; what an engine would misread is refused by line. */
import fc from 'fast-check';
import t from 'tap';
import { splitRecords } from '../../src/compaction/csv-fields.js';
import {
  type Counted,
  type CounterOptions,
  maxRecordBytes,
  recordCounter,
} from '../../src/compaction/csv-records.js';

const plain: CounterOptions = { header: true, delimiter: ',' };
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function count(bytes: Uint8Array, options = plain, pieces: readonly number[] = []): Counted {
  const counter = recordCounter(options);
  let at = 0;
  for (const length of pieces) {
    counter.take(bytes.subarray(at, at + length));
    at += length;
  }
  counter.take(bytes.subarray(at));
  return counter.end();
}

const rows = (text: string, options = plain): number | string => {
  const counted = count(bytesOf(text), options);
  return counted.ok ? counted.census.records : `line ${counted.line}: ${counted.why}`;
};

const counts: readonly (readonly [string, string, number])[] = [
  ['a file of nothing', '', 0],
  ['a header alone', 'a,b\n', 0],
  ['a header alone without its end', 'a,b', 0],
  ['two rows', 'a,b\n1,2\n3,4\n', 2],
  ['a last row without its end', 'a,b\n1,2\n3,4', 2],
  ['a last row that ends in an empty field', 'a,b\n1,2\n3,', 2],
  ['CRLF', 'a,b\r\n1,2\r\n3,4\r\n', 2],
  ['a newline, a comma and a quote in quotes', 'a,b\n"1\n,""",2\n', 1],
  ['blank lines, which are no rows of two columns', 'a,b\n1,2\n\n3,4\n\n', 2],
  ['blank lines, which are rows of one column', 'a\n1\n\n3\n', 3],
  ['a quote within a plain field', 'a,b\n1,2" pipe\n', 1],
];
for (const [what, text, expected] of counts)
  t.test(`${what}: ${expected} rows`, async (t) => t.equal(rows(text), expected));

const refusals: readonly (readonly [string, string, string])[] = [
  ['a field too many', 'a,b\n1,2\n1,2,3\n', 'line 3: 3 fields stand where 2 are expected'],
  ['a field too few', 'a,b\n1\n', 'line 2: 1 fields stand where 2 are expected'],
  [
    'the line of a record that spans lines',
    'a,b\n"1\n\n",2\n3\n',
    'line 5: 1 fields stand where 2 are expected',
  ],
  ['a quote that is never closed', 'a,b\n1,"2\n3,4\n', 'line 2: a quote is never closed'],
  ['text after a closing quote', 'a,b\n1,"2"x\n', 'line 2: text follows a closing quote'],
  ['spaces after a closing quote', 'a,b\n1,"2" \n', 'line 2: text follows a closing quote'],
  ['spaces before a quote', 'a,b\n1, "2"\n', 'line 2: a quote follows spaces, which would be lost'],
  ['a blank line before the header', '\na,b\n1,2\n', 'line 1: a blank line stands before the header'],
  ['two kinds of line ends', 'a,b\n1,2\r\n3,4\r\n', 'line 2: a line ends in CRLF, the lines before it in LF'],
];
for (const [what, text, expected] of refusals)
  t.test(`${what} is refused`, async (t) => t.equal(rows(text), expected));

t.test('a record longer than an engine reads is refused', async (t) => {
  t.equal(
    rows(`a,b\n1,2\n3,${'x'.repeat(maxRecordBytes)}\n`),
    `line 3: a record is longer than ${maxRecordBytes} bytes`,
  );
  t.equal(rows(`a,b\n3,${'x'.repeat(maxRecordBytes - 10)}\n`), 1);
});

t.test('what is no UTF-8 is refused by its line, a byte order mark is no text', async (t) => {
  const why = 'a byte is not UTF-8; write the file as UTF-8';
  t.match(count(new Uint8Array([0x61, 0xff, 0x0a, 0x31, 0x0a])), { ok: false, line: 1, why });
  const latin = Uint8Array.of(...bytesOf('a,b\n1,x\n2,caf'), 0xe9, 0x0a);
  for (const cut of [1, 13, 14, 15]) t.match(count(latin, plain, [cut]), { ok: false, line: 3, why });
  t.match(count(Uint8Array.of(...bytesOf('a,b\n1,"x\n'), 0xe2, 0x82)), { ok: false, line: 3, why });
  t.match(count(bytesOf('\uFEFFa,"b ""c"""\n1,2\n')), {
    ok: true,
    census: { records: 1, header: ['a', 'b "c"'], bytes: 19 },
  });
});

t.test('without a header every record is a row, and the number of columns is given', async (t) => {
  t.equal(rows('1,2\n3,4\n', { header: false, delimiter: ',', columns: 2 }), 2);
  t.equal(
    rows('1,2\n3,4\n', { header: false, delimiter: ',', columns: 3 }),
    'line 1: 2 fields stand where 3 are expected',
  );
  t.equal(rows('1\t2\n3\t4\n', { header: false, delimiter: '\t' }), 2);
});

t.test('reading stops at the first fault', async (t) => {
  const counter = recordCounter(plain);
  t.equal(counter.take(bytesOf('a,b\n1,2,3\n')), false);
});

const field = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'é', '🎁', '1', '.', '\\', ' ') }).map((text) => text.trim()),
  fc
    .string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', '🎁') })
    .map((text) => `"${text.replaceAll('"', '""')}"`),
);
const file = fc
  .record({
    columns: fc.integer({ min: 2, max: 4 }),
    rows: fc.integer({ min: 0, max: 12 }),
    end: fc.constantFrom('', '\n'),
  })
  .chain(({ columns, rows, end }) =>
    fc
      .array(fc.array(field, { minLength: columns, maxLength: columns }), {
        minLength: rows,
        maxLength: rows,
      })
      .map((records) => ({
        rows,
        text:
          [Array.from({ length: columns }, (_, n) => `c${n}`), ...records]
            .map((r) => r.join(','))
            .join('\n') + end,
      })),
  );

t.test('what was written is counted, and where the bytes are cut makes no difference', async (t) => {
  fc.assert(
    fc.property(
      file,
      fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 40 }),
      ({ rows, text }, pieces) => {
        const whole = count(bytesOf(text));
        const cut = count(bytesOf(text), plain, pieces);
        return (
          whole.ok &&
          whole.census.records === rows &&
          splitRecords(text, ',').length === rows + 1 &&
          JSON.stringify(whole) === JSON.stringify(cut)
        );
      },
    ),
    { numRuns: 500 },
  );
  t.pass('500 files');
});

t.test('any bytes at all are counted or refused, the same in one piece and in many', async (t) => {
  const bytes = fc.array(fc.constantFrom(0x22, 0x2c, 0x0a, 0x0d, 0x20, 0x61, 0x00, 0xff, 0xef, 0xbb, 0xbf), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(bytes, fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 40 }), (all, pieces) => {
      const whole = count(Uint8Array.from(all));
      const cut = count(Uint8Array.from(all), plain, pieces);
      return JSON.stringify(whole) === JSON.stringify(cut);
    }),
    { numRuns: 2000 },
  );
  t.pass('2,000 files');
});
