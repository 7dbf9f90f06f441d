/** JSON Schema of the usage document: what may be written, in which unit, and what is taken when it is left out. */
import { accessTiers, storageClasses } from '../kernel/s3.js';
import { closed, count, countOr0, listOf, oneOrMany } from './schema-words.js';
import { readClasses, restoredClasses, restoreSpeeds, transitionTargets } from './usage.js';

const storageClass = { enum: storageClasses } as const;
const days = (description: string) => ({ type: 'integer', minimum: 0, maximum: 31, description }) as const;

const sizes = {
  ...listOf(
    closed({ objectBytes: count('Size of each.'), objects: count('How many.') }, ['objectBytes', 'objects']),
  ),
  description: 'Exact sizes; objects and bytes must add up to the totals.',
} as const;

const sized = {
  class: storageClass,
  objects: count('Objects.'),
  bytes: count('Bytes of all together.'),
  sizes,
};

const storage = closed(
  {
    ...sized,
    accessTier: { enum: accessTiers, description: 'Only for INTELLIGENT_TIERING; default FREQUENT.' },
    days: days('Days held; default the whole month.'),
    noncurrent: { type: 'boolean', description: 'Noncurrent versions, named apart on the bill.' },
  },
  ['class', 'objects', 'bytes'],
);

const requests = closed(
  {
    class: storageClass,
    put: countOr0('PUT, COPY and POST.'),
    list: countOr0('LIST; billed at the price of STANDARD whatever the class.'),
    get: countOr0('GET and the rest.'),
    delete: countOr0('DELETE and CANCEL, free.'),
    head: count('HEAD, when it is counted apart from GET.'),
    multipart: closed(
      { uploads: count('Multipart uploads completed.'), parts: count('Parts of all of them.') },
      ['uploads', 'parts'],
    ),
    accessDenied: {
      ...closed({
        own: countOr0('Asked from the own account or organization: billed.'),
        outside: countOr0('Asked from elsewhere: free since May 2024.'),
        unknown: countOr0('Not known who asked: billed, and the bill says so.'),
      }),
      description: 'GET requests answered 403 that are not counted in get.',
    },
    uploadBytes: count('Only for EXPRESS_ONEZONE: bytes put.'),
  },
  ['class'],
);

const transition = closed(
  {
    to: { enum: transitionTargets },
    objects: count('Objects or versions the rule names.'),
    sizes,
    smallObjects: {
      enum: ['skip', 'move'],
      description:
        'What the rule does with objects below 128 KiB: rules made since September 2024 skip them unless they have a size filter.',
    },
  },
  ['to', 'objects'],
);

const restore = closed(
  {
    class: { enum: restoredClasses },
    accessTier: {
      enum: ['ARCHIVE_ACCESS', 'DEEP_ARCHIVE_ACCESS'],
      description: 'Needed for INTELLIGENT_TIERING.',
    },
    speed: { enum: restoreSpeeds, default: 'STANDARD' },
    objects: count('Objects restored.'),
    bytes: count('Bytes of all together.'),
    copyDays: days('Days of this month the copy is kept in STANDARD.'),
  },
  ['class', 'objects', 'bytes'],
);

const earlyDelete = closed(
  {
    ...sized,
    daysStored: {
      type: 'integer',
      minimum: 0,
      maximum: 10_000,
      description: 'Days stored when they were deleted, overwritten or moved.',
    },
  },
  ['class', 'objects', 'bytes', 'daysStored'],
);

const transfer = closed({
  natGateways: closed({
    count: countOr0('Gateways.'),
    hours: countOr0('Hours of each.'),
    bytes: countOr0('Bytes processed, both ways.'),
  }),
  interfaceEndpoints: closed({
    zones: countOr0('Availability Zones.'),
    hours: countOr0('Hours in each.'),
    bytes: countOr0('Bytes processed.'),
  }),
  gatewayEndpoint: closed({ bytes: countOr0('Bytes through it, free.') }),
  internetOutBytes: count('Bytes out to the internet.'),
  crossRegion: listOf(
    closed({ to: { type: 'string', description: 'AWS Region.' }, bytes: count('Bytes sent.') }, [
      'to',
      'bytes',
    ]),
  ),
});

const queries = closed(
  {
    engine: { enum: ['athena'] },
    count: count('Queries.'),
    bytesScannedEach: count('Bytes each query scans; 0 for DDL and failed queries, which are free.'),
  },
  ['engine', 'count', 'bytesScannedEach'],
);

const firehose = closed(
  {
    bytes: count('Bytes put into the stream.'),
    records: count('Records they came in: each is billed as whole 5 KiB.'),
    convertFormat: { type: 'boolean', default: false },
    vpc: closed({
      zones: countOr0('Availability Zones.'),
      hours: countOr0('Hours in each.'),
      bytes: countOr0('Bytes delivered into the VPC.'),
    }),
  },
  ['bytes'],
);

const services = {
  queries: oneOrMany(queries),
  kms: closed({
    requests: countOr0('S3 requests on objects with SSE-KMS.'),
    bucketKey: { type: 'boolean', description: 'Whether the bucket has a bucket key.' },
    keys: countOr0('Customer managed keys kept for the month.'),
    freeRequests: count("What is left of the account's free requests; none is deducted by default."),
  }),
  cloudTrailDataEvents: count('Data events recorded.'),
  firehose,
  lambda: closed(
    {
      requests: count('Invocations.'),
      memoryMiB: count('Memory of the function, MiB.'),
      durationMs: count('Milliseconds of one invocation, on average.'),
      architecture: { enum: ['x86', 'arm'], default: 'x86' },
      freeRequests: count("What is left of the account's free requests."),
      freeGbSeconds: count("What is left of the account's free GB-seconds."),
    },
    ['requests', 'memoryMiB', 'durationMs'],
  ),
  glue: closed({
    requests: countOr0('Requests to the catalog.'),
    catalogObjects: countOr0('Tables, partitions and versions in the catalog.'),
    crawlerDpuSeconds: countOr0('DPU-seconds of crawlers.'),
    etlDpuSeconds: countOr0('DPU-seconds of jobs.'),
    optimizerDpuSeconds: countOr0('DPU-seconds of the table optimizer.'),
    freeRequests: count("What is left of the account's free requests."),
    freeObjects: count("What is left of the account's free objects."),
  }),
} as const;

const management = {
  inventoryObjects: count('Objects listed in inventory reports, every report counted.'),
  classAnalysisObjects: count('Objects watched by storage class analysis.'),
  storageLensObjects: count('Objects under advanced Storage Lens metrics.'),
  tags: count('Object tags held for the month.'),
  batchOperations: closed({
    jobs: countOr0('Jobs.'),
    objects: countOr0('Objects processed.'),
    manifestObjects: countOr0('Objects in manifests that S3 makes.'),
  }),
  dsse: closed({ encryptBytes: countOr0('Bytes put.'), decryptBytes: countOr0('Bytes got.') }),
  metadata: closed({
    updates: countOr0('Rows written.'),
    objects: countOr0('Objects in live inventory tables.'),
  }),
  replicationTimeControlBytes: count('Bytes replicated under Replication Time Control.'),
  buckets: count('General purpose buckets of the account; those above 2,000 cost.'),
  s3Tables: closed({
    bytes: countOr0('Bytes held for the month.'),
    objects: countOr0('Objects monitored.'),
    put: countOr0('PUT and LIST requests.'),
    get: countOr0('GET requests.'),
    compactedObjects: countOr0('Objects compacted.'),
    compactedBytes: countOr0('Bytes compacted.'),
    sort: { type: 'boolean', default: false, description: 'Sort or z-order compaction.' },
  }),
} as const;

/** JSON Schema of what is priced. Sizes in bytes. */
export const usageSchema = {
  $id: 'usage',
  ...closed(
    {
      region: { type: 'string', description: 'AWS Region, as us-east-1.' },
      month: {
        type: 'string',
        description: 'As 2026-11; decides the hours of a GB-month and the rate card.',
      },
      tierOffsetGB: {
        type: 'object',
        additionalProperties: { type: 'string', pattern: '^\\d{1,20}(\\.\\d{1,20})?$' },
        description:
          "The account's other usage in the unit of its line (GB for storage), by usage type without the Region's prefix.",
      },
      storage: listOf(storage),
      multipartRemains: oneOrMany(
        closed(
          {
            class: storageClass,
            bytes: count('Bytes of the parts.'),
            days: days('Days held; default the whole month.'),
          },
          ['class', 'bytes'],
        ),
      ),
      requests: listOf(requests),
      transitions: listOf(transition),
      retrieval: listOf(
        closed({ class: { enum: readClasses }, bytes: count('Bytes read.') }, ['class', 'bytes']),
      ),
      restores: listOf(restore),
      earlyDeletes: listOf(earlyDelete),
      transfer,
      ...services,
      ...management,
    },
    ['region', 'month'],
  ),
} as const;
