import t from 'tap';
import { exactly, quantity, rate } from '../../src/kernel/quantity.js';
import type { Price } from '../../src/pricing/rate-card.js';
import { priced } from '../../src/pricing/tiers.js';

/** Ten at 3 dollars, ten more at 2, the rest at 1. */
const price: Price<'GB'> = {
  id: 'STANDARD.storage',
  unit: 'GB',
  tiers: [
    { upTo: 10n, rate: rate('GB', '3') },
    { upTo: 20n, rate: rate('GB', '2') },
    { upTo: undefined, rate: rate('GB', '1') },
  ],
  usageType: 'X',
  operation: '',
  sku: '',
  source: [],
  confidence: 'verified',
  note: '',
};

type Part = readonly [upTo: string, price: string, quantity: string, amount: string];
const cases: readonly (readonly [
  what: string,
  amount: string,
  offset: string,
  parts: readonly Part[],
  price: string | null,
  usd: string,
])[] = [
  ['inside the first', '5', '0', [['10', '3', '5', '15']], '3', '15'],
  ['the first to its end', '10', '0', [['10', '3', '10', '30']], '3', '30'],
  [
    'one above the first',
    '11',
    '0',
    [
      ['10', '3', '10', '30'],
      ['20', '2', '1', '2'],
    ],
    null,
    '32',
  ],
  [
    'all three',
    '25',
    '0',
    [
      ['10', '3', '10', '30'],
      ['20', '2', '10', '20'],
      ['Inf', '1', '5', '5'],
    ],
    null,
    '55',
  ],
  ['from the end of the first', '5', '10', [['20', '2', '5', '10']], '2', '10'],
  ['from the end of the second', '5', '20', [['Inf', '1', '5', '5']], '1', '5'],
  ['far above', '5', '1000000', [['Inf', '1', '5', '5']], '1', '5'],
  [
    'across the first end',
    '5',
    '8',
    [
      ['10', '3', '2', '6'],
      ['20', '2', '3', '6'],
    ],
    null,
    '12',
  ],
  [
    'fractions',
    '0.5',
    '9.75',
    [
      ['10', '3', '0.25', '0.75'],
      ['20', '2', '0.25', '0.5'],
    ],
    null,
    '1.25',
  ],
  // 22 ÷ 28 to forty digits: added to another and taken away again it would lose the last.
  [
    'every digit',
    '0.7857142857142857142857142857142857142857',
    '2',
    [['10', '3', '0.7857142857142857142857142857142857142857', '2.3571428571428571428571428571']],
    '3',
    '2.3571428571428571428571428571',
  ],
  ['nothing', '0', '0', [], '3', '0'],
  ['nothing above the first', '0', '15', [], '3', '0'],
];

for (const [what, amount, offset, parts, single, usd] of cases)
  t.test(`tiers: ${what}`, async (t) => {
    const found = priced(price, quantity('GB', exactly(amount)), quantity('GB', exactly(offset)));
    t.same(
      found.parts.map((part) => [part.upTo, `${part.price}`, `${part.quantity}`, `${part.amount}`]),
      parts,
    );
    t.equal(found.price === null ? null : found.price.toString(), single);
    t.equal(found.amount.toString(), usd);
  });

t.test('a price without tiers is one part without an end', async (t) => {
  const flat = { ...price, tiers: [{ upTo: undefined, rate: rate('GB', '3') }] };
  const found = priced(flat, quantity('GB', exactly('7')), quantity('GB', exactly('0')));
  t.same(
    found.parts.map((part) => [part.upTo, `${part.price}`, `${part.quantity}`, `${part.amount}`]),
    [['Inf', '3', '7', '21']],
  );
  t.equal(found.price?.toString(), '3');
  t.equal(found.amount.toString(), '21');
  t.same(priced(flat, quantity('GB', exactly('0')), quantity('GB', exactly('0'))).parts, []);
});
