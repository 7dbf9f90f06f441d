import t from 'tap';
import { addDistinct, createDistinctCount, distinctEstimate } from '../../src/prefixes/distinct-count.js';

t.test('different texts are counted within one percent, repeated ones once', async (t) => {
  t.equal(distinctEstimate(createDistinctCount()), 0);
  for (const texts of [1, 1000, 300_000]) {
    const count = createDistinctCount();
    for (let i = 0; i < texts * 2; i++) addDistinct(count, `users/${i % texts}/`);
    const error = Math.abs(distinctEstimate(count) - texts) / texts;
    t.ok(error < 0.01, `${texts} within ${error}`);
  }
});

t.test('more texts than it has bits give a number, not infinity', async (t) => {
  const full = { ...createDistinctCount(), free: 0 };
  t.ok(Number.isSafeInteger(distinctEstimate(full)));
});
