/** What a text holds is found by its bytes, wherever the pieces are cut. */
import t from 'tap';
import { traitScanner } from '../../src/compaction/csv-traits.js';

const traitsOf = (text: string, header = true, cut = 1_000_000) => {
  const scanner = traitScanner({ header, delimiter: ',' });
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += cut) scanner.take(bytes.subarray(at, at + cut));
  return scanner.end();
};

const cases: readonly (readonly [string, string, object, boolean?])[] = [
  ['plain text has none', 'id,town\n1,Ulm\n', {}],
  ['a line break in quotes', 'id,town\n1,Ulm\n2,"a\nb"\n', { quotedNewline: 3 }],
  ['a carriage return in quotes', 'id,town\r\n1,"a\rb"\r\n', { quotedNewline: 2 }],
  ['a break in the header', '"i\nd",town\n', { quotedNewline: 1 }],
  ['the empty string', 'id,town\n1,""\n', { quotedEmpty: 2 }],
  ['the empty string at the very end', 'id,town\n1,""', { quotedEmpty: 2 }],
  ['a field with nothing', 'id,town\n1,\n,x\n', { emptyField: 2 }],
  ['a field with nothing at the very end', 'id,town\n1,', { emptyField: 2 }],
  ['an empty field in the header is not data', 'id,\n1,x\n', {}],
  ['without a header the first line is data', '1,\n', { emptyField: 1 }, false],
  ['doubled quotes are neither empty nor bare', 'id,town\n1,"a ""b"" "\n2,""""\n', {}],
  ['a quote inside a plain field', 'id,town\n1,a"b\n', { bareQuote: 2 }],
  ['a blank line', 'id,town\n1,x\n\n', { blankLine: 3 }],
  ['CRLF makes no blank line', 'id,town\r\n1,x\r\n', {}],
  ['a blank line after CRLF', 'id,town\r\n\r\n', { blankLine: 2 }],
  [
    'blank lines before the first record are no record',
    '\r\n\r\nid,town\r\n1,\r\n',
    { blankLine: 1, emptyField: 4 },
  ],
  [
    'each thing is told by its first line',
    'id,town\n,""\n\n,""\n',
    { emptyField: 2, quotedEmpty: 2, blankLine: 3 },
  ],
  ['one column: a blank line is a field with nothing', 'id\n1\n\n', { emptyField: 3 }],
  ['a byte order mark', '\ufeffid,town\n1,x\n', { byteOrderMark: 1 }],
];

for (const [what, text, lines, header] of cases)
  t.test(what, async (t) => {
    for (const cut of [1_000_000, 1, 3])
      t.same(traitsOf(text, header, cut).lines, lines, `in pieces of ${cut}`);
  });

t.test('control characters are told, so that one that does not occur can be the escape', async (t) => {
  t.same(traitsOf('id\n\u0001\u0003\t\u0001\\\n').controls, [1, 3]);
});

t.test('bytes are counted as they come', async (t) => {
  t.equal(traitsOf('\ufeffid\n1\n').bytes, 8);
});
