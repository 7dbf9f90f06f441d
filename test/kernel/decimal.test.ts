import { Decimal as Library } from 'decimal.js';
import fc from 'fast-check';
import t from 'tap';
import {
  approximately,
  compared,
  Decimal,
  decimalOf,
  decimalText,
  divided,
  dividedTo40,
  fixedText,
  negative,
  plus,
  rounded,
  times,
} from '../../src/kernel/decimal.js';

/** More digits than any of these numbers has: what it says is exact. */
const Judge = Library.clone({
  precision: 200,
  rounding: Library.ROUND_HALF_EVEN,
  toExpNeg: -9e15,
  toExpPos: 9e15,
});
const judged = ({ units, scale }: Decimal): Library =>
  new Judge(units.toString()).div(new Judge(10).pow(scale));

const number = fc
  .tuple(fc.bigInt(-(10n ** 45n), 10n ** 45n), fc.integer({ min: 0, max: 45 }))
  .map(([units, scale]) => new Decimal(units, scale));
/** Halves are rare among random numbers. */
const half = fc
  .tuple(fc.bigInt(-1000n, 1000n), fc.integer({ min: 1, max: 6 }))
  .map(([units, scale]) => new Decimal(units * 10n + 5n, scale));

t.test('sums, products and comparisons are those of an arithmetic with digits to spare', async (t) => {
  fc.assert(
    fc.property(number, number, (a, b) => {
      t.equal(plus(a, b).toString(), judged(a).plus(judged(b)).toFixed());
      t.equal(plus(a, negative(b)).toString(), judged(a).minus(judged(b)).toFixed());
      t.equal(times(a, b).toString(), judged(a).times(judged(b)).toFixed());
      t.equal(compared(a, b), judged(a).comparedTo(judged(b)));
    }),
    { numRuns: 200 },
  );
  t.equal(compared(new Decimal(10n, 1), new Decimal(100n, 2)), 0, 'idle zeros do not count');
});

t.test('rounding goes half to even, on both sides of zero', async (t) => {
  fc.assert(
    fc.property(fc.oneof(number, half), fc.integer({ min: 0, max: 46 }), (value, places) => {
      const right = judged(value).toDecimalPlaces(places);
      t.equal(rounded(value, places).toString(), right.isZero() ? '0' : right.toFixed());
      t.equal(
        fixedText(value, places),
        right.isZero() ? new Judge(0).toFixed(places) : right.toFixed(places),
      );
    }),
    { numRuns: 300 },
  );
  t.same(
    [-15n, -5n, 5n, 15n, 25n, 26n, -26n].map((units) => divided(units, 10n)),
    [-2n, -0n, 0n, 2n, 2n, 3n, -3n],
  );
});

t.test('a ratio that does not end has forty digits', async (t) => {
  fc.assert(
    fc.property(fc.bigInt(1n, 10n ** 30n), fc.bigInt(1n, 10n ** 30n), (a, b) => {
      const right = new Judge(a.toString()).div(b.toString()).toSignificantDigits(40);
      t.equal(dividedTo40(a, b).toString(), right.toFixed());
    }),
    { numRuns: 100 },
  );
});

t.test('a number prints as it was written, without idle zeros and without exponents', async (t) => {
  for (const [written, printed] of [
    ['0.0230000000', '0.023'],
    ['-0.5', '-0.5'],
    ['100', '100'],
    ['-100.00', '-100'],
    ['0.00', '0'],
    ['000.10', '0.1'],
  ] as const) {
    t.equal(decimalOf(written).toString(), printed);
    t.equal(JSON.stringify([decimalOf(written)]), `["${printed}"]`);
  }
  t.equal(decimalText(-5n, 3), '-0.005');
  t.equal(approximately(decimalOf('-1234.5')), -1234.5);
});
