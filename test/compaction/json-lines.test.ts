import fc from 'fast-check';
import t from 'tap';
import { jsonLinesToCsv } from '../../src/compaction/json-lines.js';

/** In pieces of `size` bytes; the CSV, or why the line was refused. */
function csvOf(text: string | Uint8Array, columns: readonly string[], size = 7): string {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const reader = jsonLinesToCsv(columns);
  let out = '';
  for (let from = 0; from < bytes.length; from += size)
    out += Buffer.from(reader.take(bytes.subarray(from, from + size)) ?? []).toString();
  out += Buffer.from(reader.end() ?? []).toString();
  const fault = reader.fault();
  return fault ? `line ${fault.line}: ${fault.why}` : out;
}

t.test('a value keeps its text: digits beyond a double, idle zeros, exponents', async (t) => {
  t.equal(
    csvOf('{"a":9007199254740993,"b":1.500,"c":-1E+2}\n', ['a', 'b', 'c']),
    '9007199254740993,1.500,-1E+2\n',
  );
});

t.test('null and what is missing is nothing, "" is a text; columns go by name', async (t) => {
  t.equal(csvOf('{"b":"","a":null}\n{"a":true}\n{}', ['a', 'b']), ',""\ntrue,\n,\n');
});

t.test('quotes, line ends and escapes of a text are those of the text', async (t) => {
  t.equal(csvOf('{"a":"x \\"y\\", z\\n\\u00e9\\ud83d\\ude00\\\\"}\n', ['a']), '"x ""y"", z\né😀\\"\n');
});

t.test('an object or a list is its JSON text', async (t) => {
  t.equal(
    csvOf('{"a": {"x": [1, "}"], "y": null }, "b": [] }\n', ['a', 'b']),
    '"{""x"":[1,""}""],""y"":null}","[]"\n',
  );
});

t.test('blank lines are no records, a line may end in CRLF, and the last may lack its end', async (t) => {
  t.equal(csvOf('\n{"a":1}\r\n  \n{"a":2}', ['a']), '1\n2\n');
});

const refused: readonly (readonly [string, string, string])[] = [
  ['{"a":1}\n[1]\n', 'a list', 'line 2: it is not a JSON object'],
  ['{"a":1}\n\n{"a":1', 'half a record', 'line 3: it is not JSON'],
  ['{"a":01}\n', 'a number JSON has not', 'line 1: it is not JSON'],
  ['{"a":1} {"a":2}\n', 'two on a line', 'line 1: it is not JSON'],
  ['{"b":1}\n', 'a key no column has', 'line 1: the key "b" is no column'],
  ['{"a":1,"a":2}\n', 'a key twice', 'line 1: the key "a" is there twice'],
  ['{"a":1,"\\u0061":2}\n', 'a key twice in two spellings', 'line 1: the key "a" is there twice'],
  ['{"a":"\\ud800"}\n', 'half a pair', 'line 1: the value of "a" holds half a surrogate pair'],
  ['{}\n', 'a row CSV cannot hold', 'line 1: it has no value for the only column'],
  ['null\n', 'null', 'line 1: it is not a JSON object'],
];

t.test('what is no record of these columns is refused by line', async (t) => {
  for (const [text, what, why] of refused) t.equal(csvOf(text, ['a']), why, what);
  t.equal(csvOf(Buffer.from([0x7b, 0xff, 0x7d, 10]), ['a']), 'line 1: it is not valid UTF-8');
  t.equal(csvOf(Buffer.alloc(33 * 1024 * 1024, 32), ['a'], 1 << 20), 'line 1: it is longer than 32 MiB');
});

t.test('any record comes out as it went in, however the bytes are cut', async (t) => {
  const value = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
  );
  fc.assert(
    fc.property(
      fc.array(fc.record({ a: value, b: value }, { requiredKeys: [] }), { maxLength: 5 }),
      fc.integer({ min: 1, max: 20 }),
      (records, size) => {
        const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
        const field = (one: unknown): string =>
          one === null || one === undefined
            ? ''
            : typeof one === 'string'
              ? `"${one.replaceAll('"', '""')}"`
              : JSON.stringify(one);
        const wanted = records.map((record) => `${field(record.a)},${field(record.b)}\n`).join('');
        t.equal(csvOf(text, ['a', 'b'], size), wanted);
      },
    ),
    { numRuns: 200 },
  );
});
