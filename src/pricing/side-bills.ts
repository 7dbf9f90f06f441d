/** What other services bill because of S3: keys, audit, functions, catalog; a free tier is deducted only when it is given. */
import { count, ratio } from '../kernel/quantity.js';
import type { BillLine } from './bill.js';
import { firehoseLines } from './firehose.js';
import { type Ledger, lineIfAny, requests } from './line.js';
import { priceOf, withPrefix, withPrefixAlways } from './rate-card.js';
import { grouped } from './sizes.js';
import type { GlueUsage, KmsUsage, LambdaUsage, Usage } from './usage.js';

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

/** What remains after `free`; says so when nothing was given to deduct. */
function less(ledger: Ledger, amount: bigint, free: bigint | undefined, what: string): bigint {
  if (free !== undefined) return amount - free;
  if (amount > 0n) ledger.assumptions.add(`The free ${what} an account has each month are not deducted.`);
  return amount;
}

/** S3 User Guide, bucket keys: they cut requests to KMS "by up to 99 percent". */
const bucketKeyKeepsOneOf = 100n;

function kmsLines(ledger: Ledger, { requests: made, bucketKey, keys, freeRequests }: KmsUsage): BillLine[] {
  const { card, assumptions } = ledger;
  if (made > 0n && bucketKey === undefined)
    assumptions.add(
      'The bucket is taken to have no bucket key: each request asks KMS (say otherwise with bucketKey).',
    );
  if (made > 0n && bucketKey)
    assumptions.add(
      'A bucket key saves 99 of 100 requests to KMS, the most AWS names; fewer are saved where many callers take turns.',
    );
  const asked = bucketKey ? (made + bucketKeyKeepsOneOf - 1n) / bucketKeyKeepsOneOf : made;
  const note = bucketKey
    ? `${grouped(made)} requests on encrypted objects, one in 100 of which asks KMS.`
    : `${grouped(made)} requests on encrypted objects, each of which asks KMS; a bucket key saves up to 99 %.`;
  return [
    ...lineIfAny(
      ledger,
      { section, name: 'KMS requests', usageType: `${card.region}-KMS-Requests`, note },
      () => priceOf(card, 'services', 'kmsRequest'),
      less(ledger, asked, freeRequests, 'requests to KMS'),
      requests,
    ),
    ...lineIfAny(
      ledger,
      { section, name: 'KMS keys', usageType: `${card.region}-KMS-Keys` },
      () => priceOf(card, 'services', 'kmsKey'),
      keys,
      (amount) => count('key-month', amount),
    ),
  ];
}

/** CloudTrail pricing page: data events, of which every object request can be one. */
const cloudTrailLines = (ledger: Ledger, events: bigint): BillLine[] =>
  lineIfAny(
    ledger,
    {
      section,
      name: 'CloudTrail data events',
      usageType: withPrefixAlways(ledger.card, 'DataEventsRecorded'),
    },
    () => priceOf(ledger.card, 'services', 'cloudTrailDataEvent'),
    events,
    (amount) => count('event', amount),
  );

/** Milliseconds and MiB to GB-seconds. */
const mibMillisecondsPerGbSecond = 1024n * 1000n;

/** Lambda pricing page: requests, and GB-seconds of memory held while they run. */
function lambdaLines(ledger: Ledger, usage: LambdaUsage): BillLine[] {
  const { requests: made, memoryMiB, durationMs, architecture, freeRequests, freeGbSeconds } = usage;
  const { card } = ledger;
  const isArm = architecture === 'arm';
  const note = `${grouped(made)} × ${grouped(durationMs)} ms at ${grouped(memoryMiB)} MiB.`;
  const held = made * memoryMiB * durationMs;
  const free = freeGbSeconds === undefined ? undefined : freeGbSeconds * mibMillisecondsPerGbSecond;
  return [
    ...lineIfAny(
      ledger,
      { section, name: 'Lambda requests', usageType: withPrefix(card, 'Request') },
      () => priceOf(card, 'services', 'lambdaRequest'),
      less(ledger, made, freeRequests, 'requests of Lambda'),
      requests,
    ),
    ...lineIfAny(
      ledger,
      {
        section,
        name: `Lambda duration, ${architecture}`,
        usageType: withPrefix(card, isArm ? 'Lambda-GB-Second-ARM' : 'Lambda-GB-Second'),
        note,
      },
      () => priceOf(card, 'services', isArm ? 'lambdaArm' : 'lambdaX86'),
      less(ledger, held, free, 'GB-seconds of Lambda'),
      (amount) => ratio('GB-second', amount, mibMillisecondsPerGbSecond),
    ),
  ];
}

const secondsAnHour = 3600n;

/** Glue pricing page: catalog objects and requests, and DPU-hours of crawlers, jobs and the table optimizer. */
function glueLines(ledger: Ledger, usage: GlueUsage): BillLine[] {
  const { card } = ledger;
  const dpu = (
    name: string,
    suffix: string,
    price: 'glueCrawler' | 'glueEtl' | 'glueTableOptimizer',
    seconds: bigint,
  ): BillLine[] =>
    lineIfAny(
      ledger,
      { section, name, usageType: withPrefixAlways(card, suffix) },
      () => priceOf(card, 'services', price),
      seconds,
      (amount) => ratio('DPU-hour', amount, secondsAnHour),
    );
  return [
    ...lineIfAny(
      ledger,
      { section, name: 'Glue catalog requests', usageType: withPrefixAlways(card, 'Catalog-Request') },
      () => priceOf(card, 'services', 'glueCatalogRequest'),
      less(ledger, usage.requests, usage.freeRequests, 'requests of the Glue catalog'),
      requests,
    ),
    ...lineIfAny(
      ledger,
      { section, name: 'Glue catalog objects', usageType: withPrefixAlways(card, 'Catalog-Storage') },
      () => priceOf(card, 'services', 'glueCatalogObject'),
      less(ledger, usage.catalogObjects, usage.freeObjects, 'objects of the Glue catalog'),
      (amount) => count('object-month', amount),
    ),
    ...dpu('Glue crawlers', 'Crawler-DPU-Hour', 'glueCrawler', usage.crawlerDpuSeconds),
    ...dpu('Glue jobs', 'ETL-DPU-Hour', 'glueEtl', usage.etlDpuSeconds),
    ...dpu('Glue table optimizer', 'Optimization-DPU-Hour', 'glueTableOptimizer', usage.optimizerDpuSeconds),
  ];
}
