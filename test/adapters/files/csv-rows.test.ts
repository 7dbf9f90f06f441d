import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import t from 'tap';
import { csvRows, maxColumns, maxRecordBytes } from '../../../src/adapters/files/csv-rows.js';
import { csvOf } from '../../reconcile/synthetic-bill.js';

interface Read {
  readonly header: readonly string[];
  readonly rows: string[][];
  readonly lines: number[];
}

function read(bytes: Uint8Array, pieces: readonly number[] = [], columns?: readonly number[]): Read {
  const rows: string[][] = [];
  const lines: number[] = [];
  let header: readonly string[] = [];
  const reader = csvRows({
    choose: (names) => {
      header = names;
      return columns ?? names.map((_, at) => at);
    },
    take: (cells, line) => {
      rows.push([...cells]);
      lines.push(line);
    },
    refuse: (line, why) => {
      throw new Error(`line ${line}: ${why}`);
    },
  });
  let at = 0;
  for (const piece of pieces) {
    reader.push(bytes.subarray(at, at + piece));
    at = Math.min(bytes.length, at + piece);
  }
  if (at < bytes.length) reader.push(bytes.subarray(at));
  reader.end();
  return { header, rows, lines };
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const error = (text: string, pieces: readonly number[] = []): string => {
  try {
    read(utf8(text), pieces);
    return 'read';
  } catch (cause) {
    return (cause as Error).message;
  }
};

t.test('what another parser reads is read, wherever the bytes are cut', async () => {
  const cell = fc.oneof(
    fc.constantFrom(
      '',
      'a',
      'APN2-Requests-Tier1',
      'x,y',
      'say ""',
      '"',
      'two\nlines',
      'cr\r\nlf',
      'é',
      '東京',
      '0',
    ),
    fc.string({ maxLength: 8 }).filter((text) => !/^\uFEFF/.test(text)),
  );
  const table = fc
    .integer({ min: 2, max: 5 })
    .chain((width) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
    )
    .map(([header, ...rows]) => [header!.map((name, at) => `${at}${name}`), ...rows]);
  fc.assert(
    fc.property(
      table,
      fc.constantFrom('\n', '\r\n'),
      fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 }),
      fc.boolean(),
      (records, newline, pieces, hasMark) => {
        const text = csvOf(records, newline);
        const bytes = utf8(hasMark ? `\uFEFF${text}` : text);
        const { header, rows } = read(bytes, pieces);
        const other = parse(Buffer.from(bytes), {
          bom: true,
          skip_empty_lines: true,
          relax_quotes: true,
        }) as string[][];
        return JSON.stringify([header, ...rows]) === JSON.stringify(other);
      },
    ),
    { numRuns: 500 },
  );
});

t.test('only the columns asked for are handed over, in the order asked', async (t) => {
  t.same(read(utf8('a,b,c,d\n1,2,3,4\n5,6,7,8\n'), [], [2, 0]).rows, [
    ['3', '1'],
    ['7', '5'],
  ]);
});

t.test('lines are those an editor counts, also after quoted line ends and blank lines', async (t) => {
  const text = 'a,b\r\n"x\n\ny",1\r\n\r\n2,"z\r\n"\r\n3,4';
  for (const pieces of [[], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]])
    t.same(read(utf8(text), pieces).lines, [2, 6, 8]);
});

t.test('a header over two lines is counted', async (t) => {
  t.same(read(utf8('"a\nb",c\n1,2\n'), [2, 1, 1, 1, 1]).lines, [3]);
});

t.test('a last row without line end is a row', async (t) => {
  t.same(read(utf8('a,b\n1,2')).rows, [['1', '2']]);
  t.same(read(utf8('a,b\n1,')).rows, [['1', '']]);
  t.same(read(utf8('a,b\n1,"2"')).rows, [['1', '2']]);
});

t.test('text that is not UTF-8 does not stop the reading', async (t) => {
  const bytes = Uint8Array.from([...utf8('a,b\n'), 0xe9, 0x2c, 0x31, 0x0a, 0xe9, 0x2c, 0x31, 0x0a]);
  t.same(read(bytes).rows, [
    ['\uFFFD', '1'],
    ['\uFFFD', '1'],
  ]);
});

t.test('what is broken is refused by its line', async (t) => {
  t.match(error('a,b\n1,2\n3\n'), 'line 3: it has 1 fields, and the header has 2');
  t.match(error('a,b\n1,2,3\n'), 'line 2: it has 3 fields');
  t.match(error('a,b\n1,"2\n3,4\n'), 'line 2: a quote is never closed');
  t.match(error('a,b\n1,2\n"x"y,2\n'), 'line 3: text follows a closing quote');
  t.match(error(''), 'line 1: there is no header');
  t.match(error('\n\n'), 'there is no header');
});

t.test('a million columns are refused, in the header and in a row', async (t) => {
  const wide = 'x,'.repeat(1_000_000);
  const pieces = Array.from({ length: 8 }, () => 300_000);
  t.match(error(`${wide}\n`, pieces), `line 1: it has more than ${maxColumns} columns`);
  t.match(error(`a,b\n1,2\n${wide}\n`, pieces), `line 3: it has more than ${maxColumns} columns`);
});

t.test('a line of a hundred megabytes is refused long before its end', async (t) => {
  const piece = Buffer.alloc(256 * 1024, 'x');
  let given = 0;
  const reader = csvRows({
    choose: () => [0],
    take: () => t.fail('it was taken'),
    refuse: (line, why) => {
      throw new Error(`line ${line}: ${why}`);
    },
  });
  reader.push(utf8('a,b\n1'));
  t.throws(() => {
    for (; given < 100e6; given += piece.length) reader.push(piece);
  }, /line 2: a row is longer than/);
  t.ok(given < 2 * maxRecordBytes, 'soon');
});
