import fc from 'fast-check';
import t from 'tap';
import { parseMonth } from '../../src/kernel/day.js';
import type { BucketwiseError } from '../../src/kernel/errors.js';
import { addTo, createSum, readDecimal, sumText } from '../../src/kernel/exact-sum.js';
import type { Reconciliation } from '../../src/reconcile/reconciliation.js';
import { parts, reconciled } from './reconciled.js';
import { type BillRow, rowOf } from './synthetic-bill.js';

const sumOf = (texts: Iterable<string>): string => {
  const sum = createSum();
  for (const text of texts) addTo(sum, readDecimal(text)!);
  return sumText(sum);
};

const usageTypes = [
  'Requests-Tier1',
  'APN2-Requests-Tier1',
  'Requests-Tier3',
  'TimedStorage-ByteHrs',
  'EU-TimedStorage-SIA-ByteHrs',
  'DataTransfer-Out-Bytes',
  'USE1-EU-AWS-Out-Bytes',
  'StorageObjectCount',
  'Requests-Tier8',
  'Nobody-Knows',
  '',
];
/** Amounts to the smallest double, far beyond what a bill charges. */
const amount = fc
  .tuple(fc.integer({ min: 0, max: 10 ** 9 }), fc.constantFrom('', 'E-7', 'e-19', 'e-33', 'E+4'))
  .map(([digits, exponent]) => `${digits}${exponent}`);
const signed = fc.tuple(fc.boolean(), amount).map(([isMinus, text]) => (isMinus ? `-${text}` : text));
const anyRow: fc.Arbitrary<BillRow> = fc
  .record({
    usageType: fc.constantFrom(...usageTypes),
    operation: fc.constantFrom('PutObject', 'RestoreObject', '', 'X'),
    service: fc.constantFrom('AmazonS3', 'AmazonEC2', 'AmazonRDS', 'constructor'),
    lineType: fc.constantFrom('Usage', 'Usage', 'Usage', 'Tax', 'Credit', 'EdpDiscount', 'Odd'),
    month: fc.constantFrom('2026-10', '2026-11'),
    quantity: amount,
    listCost: fc.oneof(signed, fc.constant('')),
    billedCost: signed,
    skuId: fc.constantFrom('', 'ZWQ6Q48CRJXX4FXE'),
    unit: fc.constantFrom('', 'Requests', 'GB-Hours'),
    description: fc.constantFrom('', 'x under the monthly global free tier'),
  })
  .map(rowOf);

t.test('every row and every dollar is in exactly one place, whatever the bill holds', async () => {
  fc.assert(
    fc.property(
      fc.array(anyRow, { maxLength: 40 }),
      fc.constantFrom({}, { region: 'us-east-1' }, { month: parseMonth('2026-11') }),
      (rows, options) => {
        const result = reconciled(rows, options);
        const billed = sumOf(parts(result).map((part) => part.billed.toString()));
        return (
          billed === sumOf(rows.map((row) => row.billedCost)) &&
          billed === result.billed.toString() &&
          parts(result).reduce((sum, part) => sum + part.rows, 0) === rows.length &&
          sumOf(result.matched.groups.map((one) => one.billed.toString())) ===
            result.matched.billed.toString() &&
          sumOf(result.setApart.entries.map((one) => one.billed.toString())) ===
            result.setApart.billed.toString() &&
          sumOf(result.notUnderstood.entries.map((one) => one.billed.toString())) ===
            result.notUnderstood.billed.toString()
        );
      },
    ),
    { numRuns: 100 },
  );
});

/** Where the first row of a kind stands depends on the order, and nothing else may. */
const withoutPlaces = (result: Reconciliation): string =>
  JSON.stringify(result, (key, value: unknown) => (key === 'first' ? '' : value));

t.test('the order of the rows does not matter', async () => {
  fc.assert(
    fc.property(fc.array(anyRow, { maxLength: 30 }), fc.infiniteStream(fc.nat()), (rows, chance) => {
      const shuffled = rows
        .map((row) => [chance.next().value, row] as const)
        .sort(([a], [b]) => a - b)
        .map(([, row]) => row);
      return withoutPlaces(reconciled(rows)) === withoutPlaces(reconciled(shuffled));
    }),
    { numRuns: 60 },
  );
});

t.test('tax, credits, discounts and other services are set apart with their dollars', async (t) => {
  const rows = [
    rowOf(),
    rowOf({ lineType: 'Tax', quantity: '', listCost: '', billedCost: '19.5' }),
    rowOf({ lineType: 'Credit', listCost: '', billedCost: '-3' }),
    rowOf({ lineType: 'EdpDiscount', listCost: '', billedCost: '-1' }),
    rowOf({ service: 'AmazonEC2', usageType: 'BoxUsage:m5.large', billedCost: '70' }),
    rowOf({ service: 'AmazonEC2', usageType: 'BoxUsage:m5.xlarge', billedCost: '7' }),
  ];
  const { setApart, matched } = reconciled(rows);
  t.same(
    setApart.entries.map((one) => [one.kind, one.service, one.rows, one.billed.toString()]),
    [
      ['other service', 'AmazonEC2', 2, '77'],
      ['tax', 'AmazonS3', 1, '19.5'],
      ['credit', 'AmazonS3', 1, '-3'],
      ['discount', 'AmazonS3', 1, '-1'],
    ],
  );
  t.equal(matched.rows, 1);
});

t.test('what is not understood says why, how much, and where it stands first', async (t) => {
  const rows = [
    rowOf(),
    rowOf({ usageType: 'Requests-Tier77', listCost: '2', billedCost: '1.5' }),
    rowOf({ usageType: 'Requests-Tier77', listCost: '2', billedCost: '1.5' }),
    rowOf({ lineType: 'Novelty', billedCost: '3', listCost: '' }),
  ];
  const { entries, billed } = reconciled(rows).notUnderstood;
  t.equal(billed.toString(), '6');
  t.match(entries, [
    {
      usageType: 'Requests-Tier77',
      rows: 2,
      reason: 'this usage type is not known',
      first: 'bill.csv, line 3',
    },
    { reason: /"Novelty" is no type of row/, rows: 1, first: 'bill.csv, line 5' },
  ]);
});

t.test('usage below zero is refused by file, line and quantity; a credit below zero is not', async (t) => {
  try {
    reconciled([rowOf(), rowOf({ quantity: '-5' })]);
    t.fail('it was taken');
  } catch (error) {
    t.match((error as BucketwiseError).code, 'BILL_INVALID');
    t.match((error as BucketwiseError).message, /bill\.csv, line 3, column line_item_usage_amount/);
  }
  t.equal(reconciled([rowOf({ quantity: '-5', lineType: 'Credit' })]).setApart.rows, 1);
});

t.test('a filter leaves rows out and counts them', async (t) => {
  const rows = [
    rowOf(),
    rowOf({ usageType: 'EU-Requests-Tier1', region: 'eu-west-1', billedCost: '2' }),
    rowOf({ month: '2026-10', billedCost: '3' }),
    rowOf({ lineType: 'Tax', region: 'eu-west-1', usageType: '', billedCost: '5' }),
  ];
  const one = reconciled(rows, { region: 'us-east-1', month: parseMonth('2026-11') });
  t.equal(one.matched.rows, 1);
  t.same([one.leftOut.rows, one.leftOut.billed.toString()], [3, '10']);
});

t.test(
  'a hostile bill cannot fill the memory: what is beyond the limit is folded, and says so',
  async (t) => {
    const rows = Array.from({ length: 25_000 }, (_, at) =>
      rowOf({ usageType: `Odd-${at}`, billedCost: '1' }),
    );
    const apart = Array.from({ length: 2_000 }, (_, at) =>
      rowOf({ service: `Service${at}`, usageType: 'x', billedCost: '1' }),
    );
    const { notUnderstood, setApart, billed } = reconciled([...rows, ...apart]);
    t.equal(notUnderstood.entries.length, 1001);
    const folded = notUnderstood.entries.find(({ usageType }) => usageType === '(others)');
    t.match(folded, { rows: 24_000, reason: /more than 1000 kinds/ });
    t.equal(setApart.entries.length, 1001);
    t.match(
      setApart.entries.find(({ service }) => service === '(others)'),
      { rows: 1000 },
    );
    t.equal(billed.toString(), '27000');
  },
);
