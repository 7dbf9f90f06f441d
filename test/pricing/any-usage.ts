/** Random usages over every part of a bill, for the laws that hold for all of them. */
import fc from 'fast-check';
import { parseMonth } from '../../src/kernel/day.js';
import { accessTiers, storageClasses } from '../../src/kernel/s3.js';
import {
  readClasses,
  type SizeRow,
  type StorageUsage,
  transitionTargets,
  type Usage,
} from '../../src/pricing/usage.js';
import { GB, size, usage } from './month.js';

const EB = 2n ** 60n;
const MIB = 2n ** 20n;
const few = { maxLength: 4 } as const;

export const months = ['2026-02', '2028-02', '2026-11', '2026-12'].map(parseMonth);

const count = (most = 10n ** 13n) => fc.bigInt(0n, most);
const bytes = (most = 5n * EB) =>
  fc.oneof(fc.bigInt(0n, most), fc.bigInt(0n, 200_000n), fc.constantFrom(0n, GB));
const whole = fc.bigInt(0n, 5n * 2n ** 40n).map((amount) => amount * MIB);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const days = optional(fc.integer({ min: 0, max: 28 }));

/** What is undefined is left out, as a document leaves it out. */
const bare = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as T;

const rows = fc
  .array(fc.tuple(fc.bigInt(1n, 300_000n), fc.bigInt(1n, 10n ** 9n)), { minLength: 1, maxLength: 4 })
  .map((pairs) => pairs.map(([each, objects]) => size(each, objects)));

const totals = (sizes: readonly SizeRow[]) => ({
  objects: sizes.reduce((sum, row) => sum + row.objects, 0n),
  bytes: sizes.reduce((sum, row) => sum + row.bytes, 0n),
});

/** With sizes that add up, or without any. */
const sized = (amount: fc.Arbitrary<bigint>) =>
  fc.oneof(
    fc.record({ objects: fc.bigInt(1n, 10n ** 13n), bytes: amount }),
    rows.map((sizes) => ({ ...totals(sizes), sizes })),
  );

const storage = fc
  .tuple(
    fc.constantFrom(...storageClasses),
    fc.constantFrom(...accessTiers),
    sized(bytes()),
    days,
    fc.boolean(),
  )
  .map(([name, accessTier, held, held4, noncurrent]) =>
    bare({
      class: name,
      ...(name === 'INTELLIGENT_TIERING' ? { accessTier } : {}),
      ...held,
      ...(held4 === undefined ? {} : { days: held4 }),
      noncurrent,
    }),
  );

const requests = fc
  .record({
    class: fc.constantFrom(...storageClasses),
    put: count(),
    list: count(),
    get: count(),
    delete: count(),
    head: count(),
    multipart: fc.record({ uploads: count(1000n), parts: fc.bigInt(1000n, 10n ** 6n) }),
    accessDenied: fc.record({ own: count(), outside: count(), unknown: count() }),
    uploadBytes: bytes(),
  })
  .map(({ uploadBytes, ...made }) => (made.class === 'EXPRESS_ONEZONE' ? { ...made, uploadBytes } : made));

const transitions = fc
  .tuple(fc.constantFrom(...transitionTargets), rows, fc.constantFrom('skip', 'move', undefined))
  .map(([to, sizes, smallObjects]) =>
    bare({ to, objects: totals(sizes).objects, sizes, ...(smallObjects ? { smallObjects } : {}) }),
  );

const restores = fc.record({
  class: fc.constantFrom('GLACIER', 'DEEP_ARCHIVE'),
  speed: fc.constantFrom('STANDARD', 'BULK'),
  objects: count(),
  bytes: bytes(),
  copyDays: fc.integer({ min: 0, max: 28 }),
});

const earlyDeletes = fc
  .tuple(fc.constantFrom(...storageClasses), sized(bytes()), fc.integer({ min: 0, max: 200 }))
  .map(([name, held, daysStored]) => ({ class: name, ...held, daysStored }));

const remains = fc
  .record({ class: fc.constantFrom(...storageClasses), bytes: bytes(), days })
  .map((held) => bare(held)) as fc.Arbitrary<NonNullable<Usage['multipartRemains']>[number]>;

/** The parts that are lists: two of them can be put together. */
const lists = {
  storage: fc.array(storage as fc.Arbitrary<StorageUsage>, few),
  requests: fc.array(requests, few),
  multipartRemains: fc.array(remains, few),
  transitions: fc.array(transitions, few),
  retrieval: fc.array(fc.record({ class: fc.constantFrom(...readClasses), bytes: bytes() }), few),
  restores: fc.array(restores, few),
  earlyDeletes: fc.array(earlyDeletes, few),
  queries: fc.array(
    fc.record({
      engine: fc.constant('athena' as const),
      count: count(10n ** 6n),
      bytesScannedEach: bytes(2n ** 50n),
    }),
    few,
  ),
};

const hours = fc.bigInt(0n, 672n);
const others = {
  transfer: fc.record({
    natGateways: fc.record({ count: count(100n), hours, bytes: bytes() }),
    interfaceEndpoints: fc.record({ zones: count(100n), hours, bytes: bytes() }),
    gatewayEndpoint: fc.record({ bytes: bytes() }),
    internetOutBytes: bytes(),
    crossRegion: fc.array(fc.record({ to: fc.constantFrom('us-west-2', 'us-east-2'), bytes: bytes() }), few),
  }),
  kms: fc.record({
    requests: count(),
    bucketKey: fc.boolean(),
    keys: count(100n),
    freeRequests: count(20_000n),
  }),
  cloudTrailDataEvents: count(),
  firehose: fc.record({
    bytes: bytes(),
    records: count(10n ** 9n),
    convertFormat: fc.boolean(),
    vpc: fc.record({ zones: count(6n), hours, bytes: bytes() }),
  }),
  lambda: fc.record({
    requests: count(10n ** 10n),
    memoryMiB: count(10_240n),
    durationMs: count(900_000n),
    architecture: fc.constantFrom('x86', 'arm'),
    freeGbSeconds: count(400_000n),
  }),
  glue: fc.record({
    requests: count(),
    catalogObjects: count(),
    crawlerDpuSeconds: count(),
    etlDpuSeconds: count(),
    optimizerDpuSeconds: count(),
    freeRequests: count(10n ** 6n),
  }),
  inventoryObjects: count(),
  classAnalysisObjects: count(),
  storageLensObjects: count(),
  tags: count(),
  batchOperations: fc.record({ jobs: count(1000n), objects: count(), manifestObjects: count() }),
  dsse: fc.record({ encryptBytes: bytes(), decryptBytes: bytes() }),
  metadata: fc.record({ updates: count(), objects: count() }),
  replicationTimeControlBytes: bytes(),
  buckets: count(10_000n),
  s3Tables: fc.record({
    bytes: bytes(),
    objects: count(),
    put: count(),
    get: count(),
    compactedObjects: count(),
    compactedBytes: bytes(),
    sort: fc.boolean(),
  }),
};

const whatever = (parts: object) =>
  fc
    .record({ ...parts, month: fc.constantFrom(...months) } as Record<string, fc.Arbitrary<unknown>>, {
      requiredKeys: ['month'],
    })
    .map((given) => usage({ ...(given as Partial<Usage>), tierOffsetGB: {} }));

/** Every part, given or not. */
export const anyUsage: fc.Arbitrary<Usage> = whatever({ ...lists, ...others });

export type Lists = Pick<Usage, keyof typeof lists>;
/** The lists alone, all of a month long. */
export const anyLists = fc.record(lists).map((given) => ({
  ...given,
  storage: given.storage.map(({ days: _, ...held }) => held),
  restores: given.restores.map((restored) => ({ ...restored, copyDays: 0 })),
  multipartRemains: given.multipartRemains.map(({ days: _, ...held }) => held),
}));

/** Amounts whose prices end within the decimals that are carried. */
export const wholeLists = fc.record({
  storage: fc.array(
    fc
      .tuple(fc.constantFrom(...storageClasses), whole, fc.bigInt(1n, 10n ** 9n))
      .map(([name, amount, objects]) => ({ class: name, objects, bytes: amount, sizes: [] })),
    few,
  ),
  requests: lists.requests.map((made) =>
    made.map(({ multipart: _, ...rest }) => bare({ ...rest, uploadBytes: undefined })),
  ),
  retrieval: fc.array(fc.record({ class: fc.constantFrom(...readClasses), bytes: whole }), few),
});
