import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { BucketwiseError } from '../../src/kernel/errors.js';
import { exactly } from '../../src/kernel/quantity.js';
import { parts } from '../reconcile/reconciled.js';
import { billCsvOf, rowOf, wholeBook } from '../reconcile/synthetic-bill.js';
import { app, exact, reconcile } from './reconciling.js';

const rows = wholeBook();

t.test('several files are one bill: tiers go on from one to the next', async (t) => {
  const dir = t.testdir();
  const half = Math.floor(rows.length / 2);
  const names = ['a.csv', 'b.csv'].map((name) => join(dir, name));
  writeFileSync(names[0]!, billCsvOf('CUR 2.0', rows.slice(0, half)));
  writeFileSync(names[1]!, billCsvOf('FOCUS 1.2', rows.slice(half)));
  const value = await reconcile(names);
  exact(t, value, rows.length, 'two files');
  t.match(value.files, [
    { file: names[0], form: 'CUR 2.0', rows: half },
    { file: names[1], form: 'FOCUS' },
  ]);
  await t.rejects(reconcile([names[0]!, names[0]!]), { code: 'ARGUMENT_INVALID' }, 'none is counted twice');
});

t.test('only one Region, only one month', async (t) => {
  const path = join(t.testdir({ 'bill.csv': billCsvOf('CUR 2.0', rows) }), 'bill.csv');
  const seoul = await reconcile([path], { region: 'ap-northeast-2' });
  t.same([...new Set(seoul.matched.groups.map(({ region }) => region))], ['ap-northeast-2']);
  t.equal(seoul.leftOut.rows, rows.length - seoul.matched.rows);
  t.equal((await reconcile([path], { month: '2025-12' })).leftOut.rows, rows.length);
  await t.rejects(reconcile([path], { region: 'ap-northest-2' }), { code: 'REGION_UNKNOWN' });
  await t.rejects(reconcile([path], { month: 'May' }), { code: 'MONTH_INVALID' });
  await t.rejects(reconcile([]), { code: 'ARGUMENT_MISSING' });
});

t.test('the threshold counts what is off and what is not understood', async (t) => {
  const path = join(t.testdir({ 'bill.csv': billCsvOf('CUR 2.0', rows.slice(0, 50)) }), 'bill.csv');
  const value = await reconcile([path]);
  await app.checkError(value, '0');
  const off = { ...value, unexplained: { amount: value.billed, percent: exactly('2.5') } };
  await app.checkError(off, '2.5');
  await app.checkError(off, undefined);
  await t.rejects(app.checkError(off, '2.49'), { code: 'BILL_UNEXPLAINED', message: /2\.5 %/ });
  await t.rejects(app.checkError({ ...off, unexplained: { ...off.unexplained, percent: null } }, '2'), {
    code: 'BILL_UNEXPLAINED',
  });
  await t.rejects(app.checkError(value, 'a lot'), { code: 'NUMBER_INVALID' });
});

const wrong: readonly (readonly [string, string, RegExp])[] = [
  [
    'a bill in another currency',
    billCsvOf('CUR 2.0', [rowOf(), rowOf({ currency: 'EUR' })]),
    /BILL_INVALID.*line 4.*currency_code.*EUR/,
  ],
  [
    'a quantity that is none',
    billCsvOf('CUR 2.0', [rowOf({ quantity: 'NaN' })]),
    /BILL_INVALID.*line 2.*usage_amount.*NaN/,
  ],
  [
    'a quantity below zero',
    billCsvOf('FOCUS 1.2', [rowOf({ quantity: '-1' })]),
    /BILL_INVALID.*line 2.*PricingQuantity/,
  ],
  ['a bill that is cut', billCsvOf('CUR 2.0', [rowOf(), rowOf()]).slice(0, -60), /BILL_INVALID.*line 4/],
  ['a table of something else', 'Date,Amount\n2026,1\n', /BILL_UNREADABLE.*Date, Amount/],
  ['a million columns', `${'x,'.repeat(1_000_000)}\n`, /BILL_INVALID.*line 1.*columns/],
  ['nothing', '', /BILL_UNREADABLE.*empty/],
];

for (const [what, text, message] of wrong)
  t.test(`${what} is refused by file, line and column`, async (t) => {
    const path = join(t.testdir({ 'bill.csv': text }), 'bill.csv');
    const error = await reconcile([path]).catch((cause: unknown) => cause as BucketwiseError);
    if (!(error instanceof BucketwiseError)) return t.fail('it was taken');
    t.match(`${error.code}: ${error.message}`, message);
    t.match(error.message, path);
    return undefined;
  });

const fixtures = join(import.meta.dirname, '..', 'fixtures', 'billing');

t.test('bills in the form of real ones: every row is explained or has its reason', async (t) => {
  const names = readdirSync(fixtures);
  t.ok(names.length >= 3);
  for (const name of names) {
    const value = await reconcile([join(fixtures, name)]);
    t.equal(
      parts(value).reduce((sum, part) => sum + part.rows, 0),
      value.rows,
      name,
    );
    t.ok(
      value.notUnderstood.entries.every(({ reason, first }) => reason !== '' && first.includes(name)),
      name,
    );
  }
  const cur = await reconcile([join(fixtures, 'cur-2.0.csv')]);
  t.equal(cur.matched.difference.toString(), '-0.0000000000326', 'cut to ten places on the bill');
  t.same(
    cur.setApart.entries.map(({ kind, billed }) => `${kind} ${billed}`),
    ['tax 12.34', 'credit -0.5', 'other service 0.096'],
  );
  const focus = await reconcile([join(fixtures, 'focus-1.0.csv')]);
  t.match(focus.matched.groups[0], { usageType: 'Requests-Tier2', price: 'STANDARD.get', rows: 2 });
  t.equal(focus.matched.difference.toString(), '0');
  t.match(focus.notUnderstood.entries[0]!.reason, /no usage type/);
});

const samples = process.env.BUCKETWISE_SAMPLES;

t.test(
  samples ? 'real samples: every row is explained or has its reason' : 'no samples are at hand',
  async (t) => {
    const folder = samples === undefined ? fixtures : join(samples, 'billing');
    t.ok(existsSync(folder));
    for (const name of readdirSync(folder)) {
      const value = await reconcile([join(folder, name)]);
      t.ok(value.rows > 0, name);
      t.equal(
        parts(value).reduce((sum, part) => sum + part.rows, 0),
        value.rows,
        name,
      );
      t.ok(
        value.notUnderstood.entries.every(({ reason }) => reason.length > 20),
        name,
      );
      t.equal(value.matched.difference.toString(), samples ? '0' : value.matched.difference.toString(), name);
    }
  },
);
