/** FOCUS 1.0 to 1.4: columns by name, nulls empty or as the text NULL; AWS's own columns begin with x_. */
import type { BillLine, FormLines, LineKind } from './bill-line.js';
import { monthReader } from './bill-month.js';
import { type Columns, decimalAt, textAt } from './columns.js';
import { inUsd } from './cur.js';

/** FOCUS 1.2, ChargeCategory. */
const categories: Readonly<Record<string, LineKind>> = {
  Usage: 'usage',
  Purchase: 'fee',
  Tax: 'tax',
  Credit: 'credit',
  Adjustment: 'correction',
};

/** ServiceName, where a bill has no x_ServiceCode: AWS's display names. */
const serviceCodes: Readonly<Record<string, string>> = {
  'Amazon Simple Storage Service': 'AmazonS3',
  'Amazon S3 Glacier Deep Archive': 'AmazonS3GlacierDeepArchive',
  'AWS Data Transfer': 'AWSDataTransfer',
  'Amazon Elastic Compute Cloud': 'AmazonEC2',
  'Amazon Virtual Private Cloud': 'AmazonVPC',
  'Amazon CloudFront': 'AmazonCloudFront',
  'Amazon Lightsail': 'AmazonLightsail',
  'Amazon Athena': 'AmazonAthena',
  'AWS Glue': 'AWSGlue',
  'AWS Lambda': 'AWSLambda',
  'AWS CloudTrail': 'AWSCloudTrail',
  'AWS Key Management Service': 'awskms',
};

export function focusLines(columns: Columns): FormLines {
  const { place } = columns;
  const category = columns.required('the category of the charge', 'ChargeCategory');
  const billed = columns.required('the cost', 'BilledCost');
  const currency = columns.required('the currency', 'BillingCurrency');
  const name = columns.required('the service', 'ServiceName', 'x_ServiceCode');
  const quantity = columns.required('the quantity', 'PricingQuantity', 'ConsumedQuantity');
  const period = columns.optional('BillingPeriodStart');
  const start = columns.optional('ChargePeriodStart') ?? columns.required('the month', 'BillingPeriodStart');
  const [list, unit] = [columns.optional('ListCost'), columns.optional('PricingUnit', 'ConsumedUnit')];
  const [code, operation] = [columns.optional('x_ServiceCode'), columns.optional('x_Operation')];
  const usageTypes = [columns.optional('x_UsageType'), columns.optional('SkuMeter')];
  const [sku, region] = [columns.optional('SkuId'), columns.optional('RegionId', 'Region')];
  const [chargeClass, commitment] = [
    columns.optional('ChargeClass'),
    columns.optional('CommitmentDiscountCategory', 'CommitmentDiscountType'),
  ];
  const description = columns.optional('ChargeDescription');
  const monthAt = monthReader(place, period ? [period, start] : [start]);
  const lineOf = (raw: readonly string[], at: number): BillLine => {
    const cells = raw.includes('NULL') ? raw.map((cell) => (cell === 'NULL' ? '' : cell)) : raw;
    const lineType = textAt(cells, category);
    const kind = kindOf(lineType, textAt(cells, chargeClass), textAt(cells, commitment));
    inUsd(place, at, currency.name, textAt(cells, currency));
    const service = textAt(cells, name);
    return {
      at,
      service:
        textAt(cells, code) || (Object.hasOwn(serviceCodes, service) ? serviceCodes[service]! : service),
      usageType: textAt(cells, usageTypes[0]) || textAt(cells, usageTypes[1]),
      operation: textAt(cells, operation),
      skuId: textAt(cells, sku),
      region: textAt(cells, region),
      month: monthAt(cells, at),
      kind,
      lineType,
      quantity: decimalAt(place, cells, at, quantity, kind !== 'usage'),
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

/** A row that belongs to a commitment, or corrects an earlier bill, is no usage at list price. */
function kindOf(category: string, chargeClass: string, commitment: string): LineKind {
  if (chargeClass === 'Correction') return 'correction';
  if (commitment !== '') return commitment === 'Usage' ? 'reservation' : 'savings plan';
  return Object.hasOwn(categories, category) ? categories[category]! : 'unknown';
}
