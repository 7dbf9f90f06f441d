import t from 'tap';
import type { BucketwiseError } from '../../src/kernel/errors.js';
import { addTo, createSum, type PlainDecimal, sumText } from '../../src/kernel/exact-sum.js';
import type { BillLine, Place } from '../../src/reconcile/bill-line.js';
import { billReader, formOf } from '../../src/reconcile/bill-lines.js';
import { type BillRow, cellsOf, forms, headerOf, rowOf } from './synthetic-bill.js';

const place: Place = { file: 'bill.csv', word: 'line' };

function lineOf(form: string, row: BillRow, at = 7): BillLine {
  const reader = billReader(headerOf(form), place);
  const cells = cellsOf(form, row);
  return reader.lineOf(
    reader.columns.map((column) => cells[column]!),
    at,
  );
}

const text = (value: PlainDecimal | undefined): string => {
  const sum = createSum();
  addTo(sum, value!);
  return sumText(sum);
};

t.test('each form is known by its header', async (t) => {
  for (const form of Object.keys(forms))
    t.equal(formOf(headerOf(form)), form.replace(/,.*| 1\.\d$/, ''), form);
  t.equal(formOf(['Date', 'Amount']), undefined);
});

t.test('a row is the same line in every form', async (t) => {
  const row = rowOf({ usageType: 'APN2-Requests-Tier1', region: 'ap-northeast-2', quantity: '1.5E-7' });
  for (const form of Object.keys(forms)) {
    const line = lineOf(form, row);
    t.match(line, {
      at: 7,
      service: 'AmazonS3',
      usageType: 'APN2-Requests-Tier1',
      operation: 'PutObject',
      region: 'ap-northeast-2',
      month: '2026-11',
      kind: 'usage',
      unit: 'Requests',
    });
    t.equal(text(line.quantity), '0.00000015', form);
    t.equal(text(line.billedCost), '0.005', form);
    t.equal(text(line.listCost), '0.005', form);
  }
});

t.test('only the columns that are needed are read', async (t) => {
  const header = ['x', ...headerOf('CUR 2.0'), 'resource_tags'];
  const reader = billReader(header, place);
  t.notOk(reader.columns.includes(0));
  t.notOk(reader.columns.includes(header.indexOf('product')));
  t.ok(reader.columns.length < headerOf('CUR 2.0').length);
});

t.test('the order of the columns and the case of their names do not matter', async (t) => {
  const header = headerOf('legacy CUR, slashes').toReversed();
  const cells = cellsOf('legacy CUR, slashes', rowOf()).toReversed();
  const reader = billReader(
    header.map((name) => name.toUpperCase()),
    place,
  );
  const line = reader.lineOf(
    reader.columns.map((column) => cells[column]!),
    2,
  );
  t.match(line, { usageType: 'Requests-Tier1', month: '2026-11' });
});

const needed: Readonly<Record<string, readonly string[]>> = {
  'CUR 2.0': [
    'line_item_line_item_type',
    'line_item_usage_type',
    'line_item_operation',
    'line_item_product_code',
    'line_item_usage_amount',
    'line_item_unblended_cost',
    'line_item_currency_code',
  ],
  'FOCUS 1.2': ['ChargeCategory', 'BilledCost', 'BillingCurrency', 'PricingQuantity'],
};

t.test('a column that is missing is named with the file', async (t) => {
  for (const [form, names] of Object.entries(needed))
    for (const name of names) {
      const header = headerOf(form).filter((one) => one !== name);
      t.throws(() => billReader(header, place), { code: 'BILL_INVALID' }, name);
      try {
        billReader(header, place);
      } catch (error) {
        t.match((error as Error).message, 'bill.csv, line 1');
        t.match((error as Error).message, name);
      }
    }
});

t.test('a header of something else is no bill', async (t) => {
  t.throws(() => billReader(['Date', 'Amount'], place), { code: 'BILL_UNREADABLE', message: /Date, Amount/ });
});

const wrong: readonly (readonly [string, Partial<BillRow>, RegExp, RegExp])[] = [
  ['another currency', { currency: 'CNY' }, /CNY/, /currency_code|BillingCurrency/],
  ['no currency', { currency: '' }, /currency/, /currency_code|BillingCurrency/],
  ['a quantity that is no number', { quantity: 'NaN' }, /"NaN"/, /usage_amount|PricingQuantity/],
  ['a quantity in a word', { quantity: 'Infinity' }, /"Infinity"/, /usage_amount|PricingQuantity/],
  ['no quantity', { quantity: '' }, /empty/, /usage_amount|PricingQuantity/],
  ['a cost with a comma', { billedCost: '1,5' }, /"1,5"/, /unblended_cost|BilledCost/],
  ['no cost', { billedCost: '' }, /empty/, /unblended_cost|BilledCost/],
  ['a list cost of another kind', { listCost: '?' }, /"\?"/, /on_demand_cost|ListCost/],
  ['a month that is none', { month: '2026-13' }, /2026-13/, /billing_period|BillingPeriod/i],
  ['a very long number', { billedCost: '1'.repeat(5000) }, /111…/, /unblended_cost|BilledCost/],
];

for (const [what, given, why, column] of wrong)
  t.test(`${what} is refused by file, line and column`, async (t) => {
    for (const form of ['CUR 2.0', 'FOCUS 1.2'])
      try {
        lineOf(form, rowOf(given), 12_345);
        t.fail(form);
      } catch (error) {
        const { code, message } = error as BucketwiseError;
        t.equal(code, 'BILL_INVALID');
        t.match(message, 'bill.csv, line 12345, column ');
        t.match(message, column);
        t.match(message, why);
        t.ok(message.length < 300, 'short whatever the cell holds');
      }
  });

t.test('a date that is missing falls back to when the usage began, then is refused', async (t) => {
  const header = headerOf('CUR 2.0');
  const reader = billReader(header, place);
  const cells = (change: Readonly<Record<string, string>>): string[] => {
    const all = cellsOf('CUR 2.0', rowOf());
    return reader.columns.map((column) => change[header[column]!] ?? all[column]!);
  };
  t.equal(reader.lineOf(cells({ bill_billing_period_start_date: '' }), 2).month, '2026-11');
  const none = { bill_billing_period_start_date: '', line_item_usage_start_date: '' };
  t.throws(() => reader.lineOf(cells(none), 2), { code: 'BILL_INVALID', message: /month is missing/ });
});

t.test('in FOCUS the text NULL is nothing', async (t) => {
  const line = lineOf(
    'FOCUS 1.0',
    rowOf({ usageType: 'NULL', listCost: 'NULL', operation: 'NULL', billedCost: '1' }),
  );
  t.match(line, { usageType: '', operation: '', listCost: undefined });
});

t.test('what is no usage may have no quantity', async (t) => {
  t.equal(text(lineOf('CUR 2.0', rowOf({ lineType: 'Tax', quantity: '' })).quantity), '0');
  t.equal(text(lineOf('FOCUS 1.2', rowOf({ lineType: 'Tax', quantity: 'NULL' })).quantity), '0');
});

t.test('the type of a row decides what it is', async (t) => {
  const kinds = {
    Usage: 'usage',
    Tax: 'tax',
    Credit: 'credit',
    Refund: 'refund',
    Fee: 'fee',
    EdpDiscount: 'discount',
    RIFee: 'reservation',
    SavingsPlanNegation: 'savings plan',
    Nonsense: 'unknown',
    constructor: 'unknown',
  };
  for (const [lineType, kind] of Object.entries(kinds))
    t.equal(lineOf('CUR 2.0', rowOf({ lineType })).kind, kind, lineType);
  const focus = { Usage: 'usage', Purchase: 'fee', Tax: 'tax', Credit: 'credit', Adjustment: 'correction' };
  for (const [lineType, kind] of Object.entries(focus))
    t.equal(lineOf('FOCUS 1.2', rowOf({ lineType })).kind, kind, lineType);
});

t.test('a FOCUS row that corrects, or belongs to a commitment, is no usage at list price', async (t) => {
  const header = headerOf('FOCUS 1.2');
  const reader = billReader(header, place);
  const kind = (change: Readonly<Record<string, string>>): string => {
    const all = cellsOf('FOCUS 1.2', rowOf());
    return reader.lineOf(
      reader.columns.map((column) => change[header[column]!] ?? all[column]!),
      2,
    ).kind;
  };
  t.equal(kind({ ChargeClass: 'Correction' }), 'correction');
  t.equal(kind({ CommitmentDiscountCategory: 'Spend' }), 'savings plan');
  t.equal(kind({ CommitmentDiscountCategory: 'Usage' }), 'reservation');
});
