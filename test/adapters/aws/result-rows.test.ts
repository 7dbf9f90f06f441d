import fc from 'fast-check';
import t from 'tap';
import { resultReader } from '../../../src/adapters/aws/result-rows.js';

const line = (row: readonly string[]): string =>
  `${row.map((one) => `"${one.replaceAll('"', '""')}"`).join(',')}\n`;

t.test('whatever the fields hold and wherever the text is cut, the rows are those that were written', (t) => {
  const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', 'é', '😀') });
  const rows = fc.array(fc.tuple(field, field), { maxLength: 8 });
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 9 }), (some, step) => {
      const text = [['a', 'b'], ...some].map(line).join('');
      const read: (readonly string[])[] = [];
      const reader = resultReader((row) => read.push(row));
      for (let at = 0; at < text.length; at += step) reader.take(text.slice(at, at + step));
      return reader.end() && JSON.stringify(read) === JSON.stringify(some);
    }),
    { numRuns: 200 },
  );
  t.pass();
  t.end();
});

t.test('NULL is an empty text, and a text that is cut off is not at its end', (t) => {
  const read: (readonly string[])[] = [];
  const reader = resultReader((row) => read.push(row));
  reader.take('"a","b"\n,"x"\n"1",');
  t.same(read, [['', 'x']]);
  t.notOk(reader.end());
  reader.take('"2');
  t.notOk(reader.end());
  t.notOk(resultReader(() => undefined).end(), 'even the names are missing');
  t.end();
});
