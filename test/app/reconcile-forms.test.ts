import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { rate, type Unit } from '../../src/kernel/quantity.js';
import type { Price } from '../../src/pricing/rate-card.js';
import type { Reconciliation } from '../../src/reconcile/reconciliation.js';
import { parquetOf } from '../adapters/files/parquet.js';
import { book } from '../reconcile/price-book.js';
import {
  type BillRow,
  billCsvOf,
  forms,
  quantitiesFor,
  rowsOf,
  wholeBook,
} from '../reconcile/synthetic-bill.js';
import { exact, reconcile } from './reconciling.js';

// Every Region in every form and container takes half a minute: see test/servers/all-forms.
t.setTimeout(120_000);
const isLong = process.env.BUCKETWISE_LONG === 'yes';

const rows = wholeBook();

for (const form of Object.keys(forms))
  t.test(`every usage type of all 36 Regions agrees to the last digit: ${form}`, async (t) => {
    const dir = t.testdir();
    const text = billCsvOf(form, rows);
    const [plain = '', packed = '', parquet = ''] = ['csv', 'csv.gz', 'parquet'].map((ext) =>
      join(dir, `bill.${ext}`),
    );
    writeFileSync(plain, text);
    writeFileSync(packed, gzipSync(text));
    await parquetOf(
      parquet,
      `select * from read_csv('${plain}', all_varchar = true, header = true, quote = '"', nullstr = '')`,
    );
    const values: Reconciliation[] = [];
    for (const path of isLong || form === 'FOCUS 1.4' ? [plain, packed, parquet] : [plain]) {
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
