import fc from 'fast-check';
import t from 'tap';
import {
  disorderIn,
  firstRows,
  type KeyRange,
  rangePrefix,
  rowsUpTo,
  tile,
} from '../../src/inventory/key-ranges.js';
import { compareKeys } from '../../src/kernel/s3.js';
import { batchOf, inByteOrder, keysOf } from './memory-pager.js';

const key = fc.string({
  unit: fc.constantFrom('a', 'b', '/', '\u{1f600}', '\u{1f601}', '\uffff', '\u0000'),
  maxLength: 5,
});
const keys = fc.array(key, { maxLength: 12 });
const holds = ({ from, upTo }: KeyRange, name: string): boolean =>
  (from.key === undefined || compareKeys(name, from.key) > 0) &&
  (upTo === undefined || compareKeys(name, upTo) <= 0);

t.test('wherever the cuts lie, a key is in exactly one range', async (t) => {
  fc.assert(
    fc.property(keys, keys, (cuts, names) => {
      const ranges = tile(cuts);
      for (const name of names) t.equal(ranges.filter((range) => holds(range, name)).length, 1);
    }),
  );
});

t.test('the prefix of a range is shared by every key in it', async (t) => {
  fc.assert(
    fc.property(key, key, keys, (a, b, names) => {
      const [after, upTo] = [a, b].sort(compareKeys) as [string, string];
      const range = { from: { key: after }, upTo };
      const prefix = rangePrefix('', range);
      t.equal(Buffer.from(prefix).toString(), prefix, 'no half of a surrogate pair');
      for (const name of [...names, upTo].filter((name) => holds(range, name))) t.ok(name.startsWith(prefix));
    }),
  );
  t.equal(rangePrefix('t/', { from: { key: 't/day=10/' }, upTo: 't/day=11/' }), 't/day=1');
  t.equal(rangePrefix('t/', { from: { key: 't/a' } }), 't/');
  t.equal(rangePrefix('t/', { from: {}, upTo: 't/a' }), 't/');
});

t.test('a page is cut where its range ends', async (t) => {
  const page = batchOf(['a', 'b', 'c'], [1, 2, 3]);
  const upTo = (text: string): number => rowsUpTo(page, Buffer.from(text));
  t.same(['', 'a', 'a0', 'b', 'b0', 'c', 'd'].map(upTo), [0, 1, 1, 2, 2, 3, 3]);
  t.equal(rowsUpTo(page, undefined), 3);
  t.equal(rowsUpTo(batchOf([]), Buffer.from('b')), 0);
  const two = firstRows(page, 2);
  t.same([keysOf(two), [...(two.size ?? [])], two.storageClass?.codes.length], [['a', 'b'], [1, 2], 2]);
});

t.test('rows up to a key are those in byte order', async (t) => {
  fc.assert(
    fc.property(fc.uniqueArray(key, { maxLength: 12 }), key, (names, upTo) => {
      const sorted = inByteOrder(names);
      const wanted = sorted.filter((name) => compareKeys(name, upTo) <= 0).length;
      t.equal(rowsUpTo(batchOf(sorted), Buffer.from(upTo)), wanted);
      t.equal(disorderIn(batchOf(sorted), undefined, false), -1);
    }),
  );
});

t.test('the first row out of order is found; a key may repeat where versions are listed', async (t) => {
  const at = (names: readonly string[], after?: string, mayRepeat = false): number =>
    disorderIn(batchOf(names), after === undefined ? undefined : Buffer.from(after), mayRepeat);
  t.equal(at(['a', 'ab', 'b']), -1);
  t.equal(at(['a', 'ab', 'aa']), 2);
  t.equal(at(['ab', 'a']), 1);
  t.equal(at(['a', 'a']), 1);
  t.equal(at(['a', 'a'], undefined, true), -1);
  t.equal(at(['b'], 'b'), 0);
  t.equal(at(['b'], 'b', true), -1);
  t.equal(at(['b'], 'c', true), 0);
  t.equal(at(['b', 'c'], 'a'), -1);
});
