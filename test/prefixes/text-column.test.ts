import fc from 'fast-check';
import t from 'tap';
import { packTexts } from '../../src/prefixes/packed-texts.js';
import {
  compareBytes,
  emptyColumn,
  packedColumn,
  putText,
  putTexts,
  roomForTexts,
  textOfRow,
  textsOf,
} from '../../src/prefixes/text-column.js';
import { unpackTexts } from './unpack-texts.js';

const columnOf = (rows: number) => ({
  ...emptyColumn(),
  from: new Uint32Array(rows),
  to: new Uint32Array(rows),
});
const put = (column: ReturnType<typeof columnOf>, rows: number, row: number, text: string) => {
  const bytes = Buffer.from(`..${text}..`);
  putText(column, rows, row, bytes, 2, bytes.length - 2);
};

const text = fc.string({ unit: fc.constantFrom('a', 'b', '\u{1f600}', '\ufffd'), maxLength: 9 });

t.test('a row has the text that was put there last, whatever was put where in between', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 4 }), text, fc.nat(200))), (puts) => {
      const column = columnOf(5);
      const expected = ['', '', '', '', ''];
      for (const [row, text, room] of puts) {
        roomForTexts(column, 5, room);
        put(column, 5, row, text);
        expected[row] = text;
      }
      t.same(
        expected.map((_, row) => textOfRow(column, row)),
        expected,
      );
      t.same(
        expected.map((_, row) => textsOf(column)(row)),
        expected,
      );
      t.same(
        expected.map((_, row) => textsOf(column, 3)(row)),
        expected,
        'though they are too long for one',
      );
      t.same(unpackTexts(packedColumn(column, 5)), expected);
      t.same(unpackTexts(packedColumn(column, 3)), expected.slice(0, 3));
    }),
    { numRuns: 50 },
  );
});

t.test('texts that were replaced take no room for long', async (t) => {
  const column = columnOf(2);
  put(column, 2, 1, 'stays');
  for (let i = 0; i < 10_000; i++) put(column, 2, 0, `a text that is replaced ${i}`);
  t.ok(column.bytes.length < 1000, `${column.bytes.length} bytes`);
  t.same([textOfRow(column, 0), textOfRow(column, 1)], ['a text that is replaced 9999', 'stays']);
});

t.test('texts of new rows come in one go, and those of others stand before them in a part', async (t) => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), fc.nat(), text, (texts, any, own) => {
      const first = any % texts.length;
      const column = columnOf(texts.length);
      if (first > 0) put(column, first, 0, own);
      putTexts(column, texts.length, packTexts(texts), first);
      const expected = texts.map((one, row) => (row >= first ? one : row === 0 ? own : ''));
      t.same(
        expected.map((_, row) => textOfRow(column, row)),
        expected,
      );
      t.same(unpackTexts(packedColumn(column, texts.length, packTexts(['a', own]))), ['a', own, ...expected]);
    }),
    { numRuns: 50 },
  );
});

t.test('texts are ordered as their bytes are', async (t) => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      const [x, y] = [Buffer.from(`_${a}`), Buffer.from(`__${b}`)];
      const order = compareBytes(x, 1, x.length, y, 2, y.length);
      t.equal(Math.sign(order), Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
    { numRuns: 100 },
  );
});
