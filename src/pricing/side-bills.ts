/** What other services bill because of S3: keys, audit, delivery, functions, catalog; free tiers are not deducted, and it is said. */
import { gigabytes, KIB } from '../kernel/bytes.js';
import { count, ratio } from '../kernel/quantity.js';
import type { BillLine } from './bill.js';
import type { Ledger } from './line.js';
import { priceOf, withPrefix } from './rate-card.js';
import { grouped } from './sizes.js';
import type { FirehoseUsage, GlueUsage, KmsUsage, LambdaUsage, Usage } from './usage.js';

export function sideBillLines(ledger: Ledger, usage: Usage): BillLine[] {
  return [
    ...(usage.kms ? kmsLines(ledger, usage.kms) : []),
    ...cloudTrailLines(ledger, usage.cloudTrailDataEvents ?? 0n),
    ...(usage.firehose ? firehoseLines(ledger, usage.firehose) : []),
    ...(usage.lambda ? lambdaLines(ledger, usage.lambda) : []),
    ...(usage.glue ? glueLines(ledger, usage.glue) : []),
  ];
}

const section = 'side bills';

/** S3 User Guide, bucket keys: they cut requests to KMS "by up to 99 percent". */
const bucketKeyKeeps = { of: 100n, one: 1n };

function kmsLines(ledger: Ledger, { requests, bucketKey, keys }: KmsUsage): BillLine[] {
  const { card, assumptions } = ledger;
  if (requests > 0n) {
    assumptions.add('The free requests to KMS an account has each month are not deducted.');
    if (bucketKey === undefined)
      assumptions.add('The bucket is taken to have no bucket key: each request asks KMS (say otherwise with bucketKey).');
    if (bucketKey)
      assumptions.add('A bucket key saves 99 of 100 requests to KMS, the most AWS names; fewer are saved where many callers take turns.');
  }
  const asked = bucketKey
    ? (requests * bucketKeyKeeps.one + bucketKeyKeeps.of - 1n) / bucketKeyKeeps.of
    : requests;
  const note = bucketKey
    ? `${grouped(requests)} requests on encrypted objects, one in 100 of which asks KMS.`
    : `${grouped(requests)} requests on encrypted objects, each of which asks KMS; a bucket key saves up to 99 %.`;
  const usageType = (what: string): string => `${card.region}-KMS-${what}`;
  return [
    ...(asked > 0n
      ? [
          ledger.line(
            { section, name: 'KMS requests', usageType: usageType('Requests'), note },
            priceOf(card, 'services', 'kmsRequest'),
            count('request', asked),
          ),
        ]
      : []),
    ...(keys > 0n
      ? [
          ledger.line(
            { section, name: 'KMS keys', usageType: usageType('Keys') },
            priceOf(card, 'services', 'kmsKey'),
            count('key-month', keys),
          ),
        ]
      : []),
  ];
}

/** CloudTrail pricing page: data events, of which every object request can be one. */
function cloudTrailLines(ledger: Ledger, events: bigint): BillLine[] {
  if (events === 0n) return [];
  const words = {
    section,
    name: 'CloudTrail data events',
    usageType: prefixed(ledger, 'DataEventsRecorded'),
  } as const;
  return [ledger.line(words, priceOf(ledger.card, 'services', 'cloudTrailDataEvent'), count('event', events))];
}

/** Services younger than S3 put USE1 before their usage types also in us-east-1. */
const prefixed = (ledger: Ledger, suffix: string): string =>
  ledger.card.usageTypePrefix === '' ? `USE1-${suffix}` : withPrefix(ledger.card, suffix);

const recordBytes = BigInt(5 * KIB);

/** Data Firehose pricing page: "each record is rounded up to the nearest 5KB". Errors: PRICE_MISSING where no price is known. */
function firehoseLines(ledger: Ledger, { bytes, records, convertFormat, vpc }: FirehoseUsage): BillLine[] {
  const { card } = ledger;
  const billed = records === undefined ? bytes : roundedRecords(bytes, records);
  if (bytes > 0n)
    ledger.assumptions.add(
      records === undefined
        ? 'Firehose bills each record as whole 5 KiB: the bytes are taken as rounded already (give records).'
        : 'Records put into Firehose are taken to have one size, each billed as whole 5 KiB.',
    );
  const note =
    billed === bytes ? '' : `${grouped(records ?? 0n)} records are billed as whole 5 KiB each: ${grouped(billed)} bytes for ${grouped(bytes)}.`;
  const line = (name: string, usageType: string, price: 'firehoseIngest' | 'firehoseConversion' | 'firehoseVpcData', amount: bigint, says = ''): BillLine[] =>
    amount === 0n
      ? []
      : [
          ledger.line(
            { section, name, usageType: prefixed(ledger, usageType), note: says },
            priceOf(card, 'services', price),
            gigabytes(amount),
          ),
        ];
  const vpcHours = (vpc?.zones ?? 0n) * (vpc?.hours ?? 0n);
  return [
    ...line('Firehose, ingestion', 'BilledBytes', 'firehoseIngest', billed, note),
    ...line('Firehose, format conversion', 'FormatConversion-Bytes', 'firehoseConversion', convertFormat ? billed : 0n),
    ...line('Firehose, VPC delivery', 'VpcDelivery-Bytes', 'firehoseVpcData', vpc?.bytes ?? 0n),
    ...(vpcHours > 0n
      ? [
          ledger.line(
            { section, name: 'Firehose, VPC delivery hours', usageType: prefixed(ledger, 'VpcDelivery-Hours') },
            priceOf(card, 'services', 'firehoseVpcHour'),
            count('hour', vpcHours),
          ),
        ]
      : []),
  ];
}

function roundedRecords(bytes: bigint, records: bigint): bigint {
  if (records === 0n) return bytes;
  const each = (bytes + records - 1n) / records;
  return records * ((each + recordBytes - 1n) / recordBytes) * recordBytes;
}

const milliseconds = 1000n;
const mibInGib = 1024n;

/** Lambda pricing page: requests, and GB-seconds of memory held while they run. */
function lambdaLines(ledger: Ledger, { requests, memoryMiB, durationMs, architecture }: LambdaUsage): BillLine[] {
  if (requests === 0n) return [];
  ledger.assumptions.add('The free requests and GB-seconds of Lambda an account has each month are not deducted.');
  const { card } = ledger;
  const isArm = architecture === 'arm';
  const seconds = ratio('GB-second', requests * memoryMiB * durationMs, mibInGib * milliseconds);
  return [
    ledger.line(
      { section, name: 'Lambda requests', usageType: withPrefix(card, 'Request') },
      priceOf(card, 'services', 'lambdaRequest'),
      count('request', requests),
    ),
    ledger.line(
      {
        section,
        name: `Lambda duration, ${architecture}`,
        usageType: withPrefix(card, isArm ? 'Lambda-GB-Second-ARM' : 'Lambda-GB-Second'),
        note: `${grouped(requests)} × ${grouped(durationMs)} ms at ${grouped(memoryMiB)} MiB.`,
      },
      priceOf(card, 'services', isArm ? 'lambdaArm' : 'lambdaX86'),
      seconds,
    ),
  ];
}

const hourSeconds = 3600n;

/** Glue pricing page: catalog objects and requests, and DPU-hours of crawlers, jobs and the table optimizer. */
function glueLines(ledger: Ledger, usage: GlueUsage): BillLine[] {
  const { card, assumptions } = ledger;
  if (usage.requests + usage.catalogObjects > 0n)
    assumptions.add('The free objects and requests of the Glue catalog an account has each month are not deducted.');
  const dpu = (name: string, price: 'glueCrawler' | 'glueEtl' | 'glueTableOptimizer', seconds: bigint): BillLine[] =>
    seconds === 0n
      ? []
      : [
          ledger.line(
            { section, name, usageType: prefixed(ledger, dpuUsageTypes[price]) },
            priceOf(card, 'services', price),
            ratio('DPU-hour', seconds, hourSeconds),
          ),
        ];
  return [
    ...(usage.requests > 0n
      ? [
          ledger.line(
            { section, name: 'Glue catalog requests', usageType: prefixed(ledger, 'Catalog-Request') },
            priceOf(card, 'services', 'glueCatalogRequest'),
            count('request', usage.requests),
          ),
        ]
      : []),
    ...(usage.catalogObjects > 0n
      ? [
          ledger.line(
            { section, name: 'Glue catalog objects', usageType: prefixed(ledger, 'Catalog-Storage') },
            priceOf(card, 'services', 'glueCatalogObject'),
            count('object-month', usage.catalogObjects),
          ),
        ]
      : []),
    ...dpu('Glue crawlers', 'glueCrawler', usage.crawlerDpuSeconds),
    ...dpu('Glue jobs', 'glueEtl', usage.etlDpuSeconds),
    ...dpu('Glue table optimizer', 'glueTableOptimizer', usage.optimizerDpuSeconds),
  ];
}

const dpuUsageTypes = {
  glueCrawler: 'Crawler-DPU-Hour',
  glueEtl: 'ETL-DPU-Hour',
  glueTableOptimizer: 'Optimization-DPU-Hour',
} as const;
