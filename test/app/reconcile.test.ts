import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import type { ReconcileRequest } from '../../src/app/reconcile.js';
import { createApp } from '../../src/app.js';
import { exactly, rate, type Unit } from '../../src/kernel/quantity.js';
import type { Price } from '../../src/pricing/rate-card.js';
import type { Reconciliation } from '../../src/reconcile/reconciliation.js';
import { createWorld } from '../../src/world.js';
import { parquetOf } from '../adapters/files/parquet.js';
import { book } from '../reconcile/price-book.js';
import { parts } from '../reconcile/reconciled.js';
import {
  type BillRow,
  billCsvOf,
  forms,
  quantitiesFor,
  rowsOf,
  wholeBook,
} from '../reconcile/synthetic-bill.js';

const app = createApp(createWorld({ environment: {} }));
const watch = { progress: () => undefined, note: () => undefined, signal: new AbortController().signal };

const reconcile = async (
  bills: readonly string[],
  more: Partial<ReconcileRequest> = {},
): Promise<Reconciliation> => (await app.reconcile({ bills, ...more }, watch)).value;

const rows = wholeBook();

function exact(t: Test, value: Reconciliation, rowCount: number, form: string): void {
  t.same(
    value.notUnderstood.entries.map(
      ({ usageType, operation, reason }) => `${usageType}:${operation} ${reason}`,
    ),
    [],
    form,
  );
  t.equal(value.matched.rows, rowCount, form);
  const off = value.matched.groups.filter(({ difference }) => difference.toString() !== '0');
  t.same(
    off.map(({ usageType, price, difference }) => `${usageType} ${price} ${difference}`),
    [],
    `${form}: no group differs`,
  );
  t.equal(value.unexplained.amount.toString(), '0', form);
}

for (const form of Object.keys(forms))
  t.test(`every usage type of all 36 Regions agrees to the last digit: ${form}`, async (t) => {
    const dir = t.testdir();
    const text = billCsvOf(form, rows);
    const [plain, packed, parquet] = ['csv', 'csv.gz', 'parquet'].map((ext) => join(dir, `bill.${ext}`));
    writeFileSync(plain!, text);
    writeFileSync(packed!, gzipSync(text));
    await parquetOf(
      parquet!,
      `select * from read_csv('${plain}', all_varchar = true, header = true, quote = '"', nullstr = '')`,
    );
    const values: Reconciliation[] = [];
    for (const path of [plain!, packed!, parquet!]) {
      const value = await reconcile([path]);
      exact(t, value, rows.length, `${form} ${path.slice(dir.length)}`);
      values.push(value);
    }
    t.equal(new Set(values[0]!.matched.groups.map(({ region }) => region)).size, 36);
    for (const other of values.slice(1))
      t.same(
        JSON.stringify(other.matched),
        JSON.stringify(values[0]!.matched),
        'the container does not matter',
      );
  });

t.test('typed Parquet agrees too: decimals, and doubles as they are', async (t) => {
  const dir = t.testdir();
  const csv = join(dir, 'bill.csv');
  const parquet = join(dir, 'bill.parquet');
  writeFileSync(csv, billCsvOf('CUR 2.0', rows));
  await parquetOf(
    parquet,
    `select * replace (line_item_usage_amount::double as line_item_usage_amount,
       line_item_unblended_cost::decimal(38,20) as line_item_unblended_cost,
       pricing_public_on_demand_cost::decimal(38,20) as pricing_public_on_demand_cost,
       bill_billing_period_start_date::timestamp as bill_billing_period_start_date,
       map {'product_name': product} as product)
     from read_csv('${csv}', all_varchar = true, header = true, quote = '"', nullstr = '')`,
  );
  exact(t, await reconcile([parquet]), rows.length, 'typed');
});

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
  t.doesNotThrow(() => app.checkError(value, '0'));
  const off = { ...value, unexplained: { amount: value.billed, percent: exactly('2.5') } };
  t.doesNotThrow(() => app.checkError(off, '2.5'));
  t.doesNotThrow(() => app.checkError(off, undefined));
  t.throws(() => app.checkError(off, '2.49'), { code: 'BILL_UNEXPLAINED', message: /2\.5 %/ });
  t.throws(() => app.checkError({ ...off, unexplained: { ...off.unexplained, percent: null } }, '2'), {
    code: 'BILL_UNEXPLAINED',
  });
  t.throws(() => app.checkError(value, 'a lot'), { code: 'NUMBER_INVALID' });
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

const facts = process.env.BUCKETWISE_PRICE_FACTS;

interface Fact {
  readonly unit: string;
  readonly rates: readonly (readonly [string, string, string])[];
}

t.test(
  facts
    ? 'every row of the price facts is a line that agrees'
    : 'no price facts are at hand: the cards alone were read',
  async (t) => {
    if (!facts) {
      t.notOk(facts);
      return;
    }
    const { regions } = JSON.parse(readFileSync(join(facts, 'usage-type-prices.json'), 'utf8')) as {
      regions: Record<string, Record<string, Fact>>;
    };
    const known: BillRow[] = [];
    const pending: BillRow[] = [];
    for (const [region, entries] of Object.entries(regions))
      for (const [key, fact] of Object.entries(entries)) {
        const [usageType = '', operation = ''] = key.split(':');
        const service = key.includes('-GDA-') ? 'AmazonS3GlacierDeepArchive' : 'AmazonS3';
        const given = { usageType, operation, region, service };
        const price = priceOf(fact);
        const made = rowsOf(price, quantitiesFor(price), given);
        // Listed, but not charged since September 2021.
        const isFree = usageType.endsWith('EarlyDelete-INT');
        const isHeld = !usageType.endsWith('Metadata-Objects') || holds(region, 'metadataObject');
        (isHeld ? known : pending).push(
          ...made.map((row) => (isFree ? { ...row, listCost: '0', billedCost: '0' } : row)),
        );
      }
    t.ok(known.length > 7_000, `${known.length} rows`);
    const path = join(
      t.testdir({
        'bill.csv': billCsvOf(
          'CUR 2.0',
          known.map((row) => ({ ...row, unit: '' })),
        ),
      }),
      'bill.csv',
    );
    exact(t, await reconcile([path]), known.length, 'facts');
    const rest = join(
      t.testdir({
        'rest.csv': billCsvOf(
          'CUR 2.0',
          pending.map((row) => ({ ...row, unit: '' })),
        ),
      }),
      'rest.csv',
    );
    for (const { reason } of (await reconcile([rest])).notUnderstood.entries)
      t.match(reason, 'holds no price fees.metadataObject');
  },
);

const holds = (region: string, name: string): boolean => name in book.get(region)!.cards.at(-1)!.prices.fees;

const priceOf = (fact: Fact): Price<Unit> => ({
  id: 'fact',
  unit: 'request',
  tiers: fact.rates.map(([, end, usd]) => ({
    upTo: end === 'Inf' ? undefined : BigInt(end),
    rate: rate('request', usd),
  })),
  usageType: '',
  operation: '',
  sku: '',
  source: [],
  confidence: 'verified',
  note: '',
});
