import t from 'tap';
import { rateCards, regions } from '../../../src/adapters/files/price-files.js';

t.test('all 36 Regions are shipped, each with its own file', async (t) => {
  const names = await regions();
  t.equal(names.length, 36);
  for (const name of names) t.match(await rateCards(name), `"${name}"`);
});

t.test('a name that is no Region brings nothing, wherever it points', async (t) => {
  for (const name of ['mars-1', '../package', '..%2fpackage', '', 'us-east-1\0', 'a'.repeat(100_000)])
    t.equal(await rateCards(name), undefined, name);
});
