import fc from 'fast-check';
import t from 'tap';
import { decimalText } from '../../src/kernel/decimal.js';
import {
  addSum,
  addTo,
  createSum,
  isNegative,
  isNothing,
  readDecimal,
  sumText,
} from '../../src/kernel/exact-sum.js';

const sumOf = (texts: readonly string[]): string => {
  const sum = createSum();
  for (const text of texts) addTo(sum, readDecimal(text)!);
  return sumText(sum);
};

t.test('a number is read exactly, with or without exponent', async (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ['0', '0'],
    ['0.0230000000', '0.023'],
    ['-12.50', '-12.5'],
    ['+3', '3'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1.1E-7', '0.00000011'],
    ['-2.5e3', '-2500'],
    ['5e-324', `0.${'0'.repeat(323)}5`],
    ['12345678901234567890.123456789', '12345678901234567890.123456789'],
    ['000.10', '0.1'],
    ['1234567890123456', '1234567890123456'],
  ];
  for (const [text, wanted] of cases) t.equal(sumOf([text]), wanted, text);
});

t.test('what is no number is none', async (t) => {
  const none = ['', '.', '-', 'NaN', 'Infinity', '1,000', '1e', '1e9999', '0x10', ' 1', '1 ', '1.2.3', '٣'];
  for (const text of none) t.equal(readDecimal(text), undefined, JSON.stringify(text));
  t.equal(readDecimal('9'.repeat(81)), undefined, 'a number of more digits than any bill writes');
});

t.test('a tenth ten times is one, and a great sum keeps its smallest digit', async (t) => {
  t.equal(sumOf(Array.from({ length: 10 }, () => '0.1')), '1');
  t.equal(sumOf(['9007199254740991', '9007199254740991', '1e-40']), `18014398509481982.${'0'.repeat(39)}1`);
  t.equal(sumOf(['1e-30', '-1e-30']), '0');
});

t.test('the sign and zero are seen', async (t) => {
  t.ok(isNegative(readDecimal('-0.1')!));
  t.notOk(isNegative(readDecimal('0.1')!));
  t.ok(isNothing(readDecimal('0.000')!));
  t.ok(isNothing(readDecimal('-0')!));
  t.notOk(isNothing(readDecimal('1e-300')!));
});

t.test('sums do not depend on order or on how they are split', async () => {
  const number = fc
    .tuple(fc.bigInt(-(10n ** 25n), 10n ** 25n), fc.integer({ min: 0, max: 30 }))
    .map(([units, scale]) => decimalText(units, scale));
  fc.assert(
    fc.property(fc.array(number, { maxLength: 30 }), fc.nat(), (texts, cut) => {
      const at = texts.length === 0 ? 0 : cut % texts.length;
      const left = createSum();
      const right = createSum();
      for (const text of texts.slice(at).reverse()) addTo(left, readDecimal(text)!);
      for (const text of texts.slice(0, at)) addTo(right, readDecimal(text)!);
      addSum(left, right);
      const scaled = texts.reduce((sum, text) => {
        const [whole = '', fraction = ''] = text.split('.');
        return sum + BigInt(`${whole}${fraction.padEnd(30, '0')}`);
      }, 0n);
      return sumText(left) === sumOf(texts) && sumText(left) === decimalText(scaled, 30);
    }),
  );
});
