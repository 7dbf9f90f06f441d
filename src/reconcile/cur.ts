/** Cost and Usage Reports: CUR 2.0, and the legacy report in its two spellings, are one table under three sets of names. */

import { type BillLine, type FormLines, type LineKind, type Place, refuseCell, shown } from './bill-line.js';
import { monthReader } from './bill-month.js';
import type { Columns } from './columns.js';
import { decimalAt, textAt } from './columns.js';

/** Each column as CUR 2.0 and Athena spell it, and as the legacy CSV does. */
const spelled = (snake: string, slash: string): readonly [string, string] => [snake, slash];

const names = {
  kind: spelled('line_item_line_item_type', 'lineItem/LineItemType'),
  usageType: spelled('line_item_usage_type', 'lineItem/UsageType'),
  operation: spelled('line_item_operation', 'lineItem/Operation'),
  service: spelled('line_item_product_code', 'lineItem/ProductCode'),
  quantity: spelled('line_item_usage_amount', 'lineItem/UsageAmount'),
  billed: spelled('line_item_unblended_cost', 'lineItem/UnblendedCost'),
  currency: spelled('line_item_currency_code', 'lineItem/CurrencyCode'),
  period: spelled('bill_billing_period_start_date', 'bill/BillingPeriodStartDate'),
  start: spelled('line_item_usage_start_date', 'lineItem/UsageStartDate'),
  description: spelled('line_item_line_item_description', 'lineItem/LineItemDescription'),
  list: spelled('pricing_public_on_demand_cost', 'pricing/publicOnDemandCost'),
  unit: spelled('pricing_unit', 'pricing/unit'),
} as const;
const regionNames = ['product_region_code', 'product_region', 'product/regionCode', 'product/region'];
const skuNames = ['product_sku', 'product/sku'];

/** CUR data dictionary, lineItem/LineItemType. */
const kinds: Readonly<Record<string, LineKind>> = {
  Usage: 'usage',
  Tax: 'tax',
  Credit: 'credit',
  Refund: 'refund',
  Fee: 'fee',
  RIFee: 'reservation',
  DiscountedUsage: 'reservation',
  Discount: 'discount',
  BundledDiscount: 'discount',
  EdpDiscount: 'discount',
  PrivateRateDiscount: 'discount',
  SppDiscount: 'discount',
  DistributorDiscount: 'discount',
  SavingsPlanCoveredUsage: 'savings plan',
  SavingsPlanNegation: 'savings plan',
  SavingsPlanRecurringFee: 'savings plan',
  SavingsPlanUpfrontFee: 'savings plan',
};

export function curLines(columns: Columns): FormLines {
  const { place } = columns;
  const kind = columns.required('the type of the row', ...names.kind);
  const usageType = columns.required('the usage type', ...names.usageType);
  const operation = columns.required('the operation, on which prices depend', ...names.operation);
  const service = columns.required('the product', ...names.service);
  const quantity = columns.required('the quantity', ...names.quantity);
  const billed = columns.required('the cost', ...names.billed);
  const currency = columns.required('the currency', ...names.currency);
  const period = columns.optional(...names.period);
  const start = columns.optional(...names.start) ?? columns.required('the month', ...names.period);
  const list = columns.optional(...names.list);
  const [description, unit] = [columns.optional(...names.description), columns.optional(...names.unit)];
  const [region, sku] = [columns.optional(...regionNames), columns.optional(...skuNames)];
  const monthAt = monthReader(place, period ? [period, start] : [start]);
  const lineOf = (cells: readonly string[], at: number): BillLine => {
    const lineType = textAt(cells, kind);
    const lineKind = Object.hasOwn(kinds, lineType) ? kinds[lineType]! : 'unknown';
    inUsd(place, at, currency.name, textAt(cells, currency));
    const isUsage = lineKind === 'usage';
    return {
      at,
      service: textAt(cells, service),
      usageType: textAt(cells, usageType),
      operation: textAt(cells, operation),
      skuId: textAt(cells, sku),
      region: textAt(cells, region),
      month: monthAt(cells, at),
      kind: lineKind,
      lineType,
      quantity: decimalAt(place, cells, at, quantity, !isUsage),
      listCost:
        list === undefined || textAt(cells, list) === ''
          ? undefined
          : decimalAt(place, cells, at, list, false),
      billedCost: decimalAt(place, cells, at, billed, false),
      unit: textAt(cells, unit),
      description: textAt(cells, description),
    };
  };
  return { lineOf, quantityColumn: quantity.name };
}

/** A price in dollars says nothing about a bill in another currency. */
export function inUsd(place: Place, at: number, column: string, currency: string): void {
  if (currency !== 'USD')
    refuseCell(place, at, column, `the currency is ${shown(currency)}, and the price book is in USD`);
}
