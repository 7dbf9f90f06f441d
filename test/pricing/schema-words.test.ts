import t from 'tap';
import { closed, count, countOr0, listOf, oneOrMany } from '../../src/pricing/schema-words.js';

const counted = {
  anyOf: [
    { type: 'integer', minimum: 0, maximum: 9_007_199_254_740_991 },
    { type: 'string', pattern: '^\\d{1,20}$' },
  ],
  description: 'Things. A whole number; beyond 2^53 as a decimal string.',
};

t.test('a count is a whole number, or a decimal string of twenty digits at most', async (t) => {
  t.same(count('Things.'), counted);
  t.same(countOr0('Things.'), { ...counted, default: 0 });
});

t.test('a closed object knows its properties and no other', async (t) => {
  const properties = { a: { type: 'string' } };
  t.same(closed(properties), { type: 'object', additionalProperties: false, required: [], properties });
  t.same(closed(properties, ['a']).required, ['a']);
});

t.test('several, or one or several', async (t) => {
  t.same(listOf({ type: 'string' }), { type: 'array', items: { type: 'string' } });
  t.same(oneOrMany({ type: 'object' }), {
    anyOf: [{ type: 'object' }, { type: 'array', items: { type: 'object' } }],
  });
});
