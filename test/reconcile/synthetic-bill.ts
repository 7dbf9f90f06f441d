/** Bills made from the price book, in every form a bill comes in: what they charge is known exactly. */
import {
  addQuantities,
  count,
  exactly,
  type Quantity,
  quantity,
  type Unit,
} from '../../src/kernel/quantity.js';
import type { Price, RateCard } from '../../src/pricing/rate-card.js';
import { priced } from '../../src/pricing/tiers.js';
import { book } from './price-book.js';

export interface BillRow {
  readonly service: string;
  readonly usageType: string;
  readonly operation: string;
  readonly region: string;
  readonly month: string;
  readonly quantity: string;
  readonly listCost: string;
  readonly billedCost: string;
  readonly unit: string;
  readonly skuId: string;
  readonly lineType: string;
  readonly description: string;
  readonly currency: string;
}

export const rowOf = (given: Partial<BillRow> = {}): BillRow => ({
  service: 'AmazonS3',
  usageType: 'Requests-Tier1',
  operation: 'PutObject',
  region: 'us-east-1',
  month: '2026-11',
  quantity: '1000',
  listCost: '0.005',
  billedCost: given.listCost ?? '0.005',
  unit: 'Requests',
  skuId: '',
  lineType: 'Usage',
  description: 'a row, with "quotes"\nand a second line',
  currency: 'USD',
  ...given,
});

/** Quantities of one meter, one after the other, each charged above those before it. */
export function rowsOf(
  price: Price<Unit>,
  quantities: readonly string[],
  given: Partial<BillRow>,
): BillRow[] {
  let before: Quantity<Unit> = count(price.unit, 0);
  return quantities.map((text) => {
    const amount = quantity(price.unit, exactly(text));
    const listCost = priced(price, amount, before).amount.toString();
    before = addQuantities(before, amount);
    return rowOf({
      quantity: text,
      listCost,
      unit: price.unit,
      skuId: price.sku,
      ...given,
      billedCost: listCost,
    });
  });
}

/** Into every tier of the price. */
export function quantitiesFor({ tiers }: Price<Unit>): string[] {
  const bounds = tiers.flatMap(({ upTo }) => (upTo === undefined ? [] : [upTo]));
  return ['12.25', ...bounds.map((bound, at) => String(bound - (bounds[at - 1] ?? 0n))), '7'];
}

/** Every meter of a card once: the same one may stand under several names. */
export function meters(card: RateCard): readonly Price<Unit>[] {
  const found = new Map<string, Price<Unit>>();
  for (const group of Object.values(card.prices))
    for (const price of Object.values(group))
      if (!('absent' in price) && price.usageType !== '') {
        const key = `${price.usageType}:${price.operation}`;
        if (!found.has(key)) found.set(key, price as Price<Unit>);
      }
  return [...found.values()];
}

export const rowsOfCard = (card: RateCard): BillRow[] =>
  meters(card).flatMap((price) =>
    rowsOf(price, quantitiesFor(price), {
      usageType: price.usageType,
      operation: price.operation || 'AnyOperation',
      region: card.region,
      service: price.usageType.includes('-GDA-') ? 'AmazonS3GlacierDeepArchive' : 'AmazonS3',
    }),
  );

/** Every usage type of every card. */
export const wholeBook = (): BillRow[] =>
  [...book.values()].flatMap(({ cards }) => rowsOfCard(cards.at(-1)!));

type Columns = Readonly<Record<string, (row: BillRow) => string>>;

const curColumns: Columns = {
  identity_line_item_id: (row) => `id of ${row.usageType}`,
  line_item_line_item_type: (row) => row.lineType,
  line_item_usage_type: (row) => row.usageType,
  line_item_operation: (row) => row.operation,
  line_item_product_code: (row) => row.service,
  line_item_usage_amount: (row) => row.quantity,
  line_item_unblended_cost: (row) => row.billedCost,
  line_item_currency_code: (row) => row.currency,
  bill_billing_period_start_date: (row) => `${row.month}-01T00:00:00.000Z`,
  line_item_usage_start_date: (row) => `${row.month}-03T05:00:00.000Z`,
  line_item_line_item_description: (row) => row.description,
  pricing_public_on_demand_cost: (row) => row.listCost,
  pricing_unit: (row) => row.unit,
  product_region_code: (row) => row.region,
  product_sku: (row) => row.skuId,
};

const slashes: Readonly<Record<string, string>> = {
  identity_line_item_id: 'identity/LineItemId',
  line_item_line_item_type: 'lineItem/LineItemType',
  line_item_usage_type: 'lineItem/UsageType',
  line_item_operation: 'lineItem/Operation',
  line_item_product_code: 'lineItem/ProductCode',
  line_item_usage_amount: 'lineItem/UsageAmount',
  line_item_unblended_cost: 'lineItem/UnblendedCost',
  line_item_currency_code: 'lineItem/CurrencyCode',
  bill_billing_period_start_date: 'bill/BillingPeriodStartDate',
  line_item_usage_start_date: 'lineItem/UsageStartDate',
  line_item_line_item_description: 'lineItem/LineItemDescription',
  pricing_public_on_demand_cost: 'pricing/publicOnDemandCost',
  pricing_unit: 'pricing/unit',
  product_region_code: 'product/regionCode',
  product_sku: 'product/sku',
};

const focusService: Readonly<Record<string, string>> = {
  AmazonS3: 'Amazon Simple Storage Service',
  AmazonS3GlacierDeepArchive: 'Amazon S3 Glacier Deep Archive',
};

const focusColumns: Columns = {
  BilledCost: (row) => row.billedCost,
  BillingAccountId: () => '123456789012',
  BillingCurrency: (row) => row.currency,
  BillingPeriodStart: (row) => `${row.month}-01 00:00:00`,
  ChargeCategory: (row) => row.lineType,
  ChargeClass: () => 'NULL',
  ChargeDescription: (row) => row.description,
  ChargePeriodStart: (row) => `${row.month}-03 05:00:00`,
  CommitmentDiscountCategory: () => 'NULL',
  ListCost: (row) => row.listCost,
  PricingQuantity: (row) => row.quantity,
  PricingUnit: (row) => row.unit,
  RegionId: (row) => row.region,
  ServiceName: (row) => focusService[row.service] ?? row.service,
  SkuId: (row) => row.skuId,
  Tags: () => '{"application": "a, b"}',
};

/** Form → columns. */
export const forms: Readonly<Record<string, Columns>> = {
  'CUR 2.0': {
    ...curColumns,
    product: () => '{"product_name":"Amazon S3"}',
    bill_payer_account_name: () => 'x',
  },
  'legacy CUR, slashes': Object.fromEntries(
    Object.entries(curColumns).map(([name, value]) => [slashes[name]!, value]),
  ),
  'legacy CUR, Athena': curColumns,
  'FOCUS 1.0': {
    ...focusColumns,
    ProviderName: () => 'AWS',
    x_Operation: (row) => row.operation,
    x_ServiceCode: (row) => row.service,
    x_UsageType: (row) => row.usageType,
  },
  'FOCUS 1.2': {
    ...focusColumns,
    ProviderName: () => 'AWS',
    SkuMeter: (row) => row.usageType,
    x_Discounts: () => '{}',
    x_Operation: (row) => row.operation,
    x_ServiceCode: (row) => row.service,
  },
  'FOCUS 1.4': {
    ...focusColumns,
    ServiceProviderName: () => 'AWS',
    HostProviderName: () => 'AWS',
    SkuMeter: (row) => row.usageType,
    x_Operation: (row) => row.operation,
  },
};

export const headerOf = (form: string): string[] => Object.keys(forms[form]!);
export const cellsOf = (form: string, row: BillRow): string[] =>
  Object.values(forms[form]!).map((value) => value(row));

export const csvOf = (records: readonly (readonly string[])[], newline = '\n'): string =>
  records
    .map(
      (record) =>
        record.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',') +
        newline,
    )
    .join('');

export const billCsvOf = (form: string, rows: readonly BillRow[]): string =>
  csvOf([headerOf(form), ...rows.map((row) => cellsOf(form, row))]);
