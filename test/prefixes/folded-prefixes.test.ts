import fc from 'fast-check';
import t from 'tap';
import {
  addAllFolded,
  addFolded,
  areFew,
  countOfFolded,
  mayBeFolded,
  noPrefixes,
} from '../../src/prefixes/folded-prefixes.js';

const foldedOf = (prefixes: Iterable<string>) => {
  const folded = noPrefixes();
  for (const prefix of prefixes) addFolded(folded, prefix);
  return folded;
};

t.test('different prefixes are counted within one percent, repeated ones once', async (t) => {
  t.equal(countOfFolded(noPrefixes()), 0);
  for (const prefixes of [1, 1000, 300_000]) {
    const folded = noPrefixes();
    for (let i = 0; i < prefixes * 2; i++) addFolded(folded, `users/${i % prefixes}/`);
    const error = Math.abs(countOfFolded(folded) - prefixes) / prefixes;
    t.ok(error < 0.01, `${prefixes} within ${error}`);
  }
});

t.test('none is forgotten, and of others hardly one is taken for one of them', async (t) => {
  const folded = foldedOf(Array.from({ length: 300_000 }, (_, i) => `users/${i}/`));
  let mistaken = 0;
  for (let i = 0; i < 300_000; i++) {
    if (!mayBeFolded(folded, `users/${i}/`)) t.fail(`users/${i}/ is forgotten`);
    if (mayBeFolded(folded, `users/${i + 300_000}/`)) mistaken += 1;
  }
  t.ok(mistaken < 300, `${mistaken} of 300,000`);
  t.notOk(mayBeFolded(noPrefixes(), ''));
});

t.test('while they are few, of thousands of others hardly one is taken for one of them', async (t) => {
  const folded = noPrefixes();
  t.ok(areFew(folded));
  let count = 0;
  for (; areFew(folded); count++) addFolded(folded, `users/${count}/`);
  t.ok(count > 250_000, `${count} are few`);
  let mistaken = 0;
  for (let i = 0; i < 100_000; i++) if (mayBeFolded(folded, `others/${i}/`)) mistaken += 1;
  t.ok(mistaken < 60, `${mistaken} of 100,000`);
});

t.test('two of them taken together are as one that was told everything', async (t) => {
  const prefixes = fc.array(fc.string({ unit: 'binary', maxLength: 5 }), { maxLength: 30 });
  fc.assert(
    fc.property(prefixes, prefixes, (some, others) => {
      const both = foldedOf(some);
      addAllFolded(both, foldedOf(others).bits);
      const all = foldedOf([...some, ...others]);
      t.equal(both.set, all.set);
      t.equal(Buffer.compare(Buffer.from(both.bits.buffer), Buffer.from(all.bits.buffer)), 0);
    }),
    { numRuns: 20 },
  );
});

t.test('when it is full it gives a number, not infinity', async (t) => {
  t.ok(
    Number.isSafeInteger(countOfFolded({ bits: new Uint32Array(2 ** 18).fill(0xffffffff), set: 2 ** 23 })),
  );
});
