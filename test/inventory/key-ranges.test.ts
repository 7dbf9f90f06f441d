import fc from 'fast-check';
import t from 'tap';
import { type KeyRange, rangePrefix, tile, withinRange } from '../../src/inventory/key-ranges.js';
import { compareKeys } from '../../src/kernel/s3.js';
import { objectNamed } from './memory-lister.js';

const key = fc.string({
  unit: fc.constantFrom('a', 'b', '/', '\u{1f600}', '\u{1f601}', '\uffff', '\u0000'),
  maxLength: 5,
});
const keys = fc.array(key, { maxLength: 12 });
const holds = ({ after, upTo }: KeyRange, name: string): boolean =>
  (after === undefined || compareKeys(name, after) > 0) &&
  (upTo === undefined || compareKeys(name, upTo) <= 0);

t.test('wherever the cuts lie, a key beyond the start is in exactly one range', async (t) => {
  fc.assert(
    fc.property(
      fc.option(key, { nil: undefined }),
      keys,
      fc.integer({ min: 1, max: 6 }),
      keys,
      (after, cuts, pieces, names) => {
        const ranges = tile(after, cuts, pieces);
        t.ok(ranges.length <= pieces);
        for (const name of names)
          t.equal(
            ranges.filter((range) => holds(range, name)).length,
            holds({ ...(after !== undefined && { after }) }, name) ? 1 : 0,
          );
      },
    ),
  );
});

t.test('cuts are chosen evenly when there are more than ranges wanted', async (t) => {
  const cuts = Array.from({ length: 100 }, (_, i) => String(i).padStart(2, '0'));
  t.same(tile(undefined, cuts, 4), [
    { upTo: '25' },
    { after: '25', upTo: '50' },
    { after: '50', upTo: '75' },
    { after: '75' },
  ]);
});

t.test('the prefix of a range is shared by every key in it', async (t) => {
  fc.assert(
    fc.property(key, key, keys, (a, b, names) => {
      const [after, upTo] = [a, b].sort(compareKeys) as [string, string];
      const prefix = rangePrefix('', { after, upTo });
      t.equal(Buffer.from(prefix).toString(), prefix, 'no half of a surrogate pair');
      for (const name of [...names, upTo].filter((name) => holds({ after, upTo }, name)))
        t.ok(name.startsWith(prefix));
    }),
  );
  t.equal(rangePrefix('t/', { after: 't/day=10/', upTo: 't/day=11/' }), 't/day=1');
  t.equal(rangePrefix('t/', { after: 't/a' }), 't/');
  t.equal(rangePrefix('t/', { upTo: 't/a' }), 't/');
});

t.test('a page is cut where its range ends', async (t) => {
  const page = ['a', 'b', 'c'].map((name) => objectNamed(name));
  t.same(withinRange(page, { upTo: 'b' }), { objects: page.slice(0, 2), ended: true });
  t.same(withinRange(page, { upTo: 'c' }), { objects: page, ended: true });
  t.same(withinRange(page, { upTo: 'd' }), { objects: page, ended: false });
  t.same(withinRange(page, {}), { objects: page, ended: false });
  t.same(withinRange([], { upTo: 'b' }), { objects: [], ended: false });
});
