import t from 'tap';
import { checked } from '../../src/documents.js';
import { type UsageDocument, usageFromDocument } from '../../src/pricing/usage-document.js';
import { usageSchema } from '../../src/pricing/usage-schema.js';
import { refusal } from './month.js';

const read = (document: unknown) =>
  usageFromDocument(checked<UsageDocument>(usageSchema, document, 'u.yaml', 'DOCUMENT_INVALID'), 'u.yaml');
const base = { region: 'us-east-1', month: '2026-11' };
const held = (parts: object) => ({
  ...base,
  storage: [{ class: 'STANDARD', objects: 2, bytes: 20, ...parts }],
});

t.test('numbers and decimal strings are the same counts', async (t) => {
  const big = '9007199254740993123';
  t.same(read(held({ objects: '2', bytes: big })).storage, [
    { class: 'STANDARD', objects: 2n, bytes: BigInt(big) },
  ]);
});

t.test('sizes carry their bytes', async (t) => {
  const [first] = read(held({ sizes: [{ objectBytes: 10, objects: 2 }] })).storage;
  t.same(first?.sizes, [{ objectBytes: 10n, objects: 2n, bytes: 20n }]);
});

const sized = { objects: 2, bytes: 300_000 };
const rows = (...pairs: readonly (readonly [number, number])[]) =>
  pairs.map(([objectBytes, objects]) => ({ objectBytes, objects }));
const with1 = (part: string, item: object) => ({ ...base, [part]: [item] });
const gone = { class: 'GLACIER', ...sized, daysStored: 1 };
const restored = (more: object) => with1('restores', { class: 'GLACIER', objects: 1, bytes: 1, ...more });
const tiering = { class: 'INTELLIGENT_TIERING' };

t.test('at the limits all of it is taken', async (t) => {
  const taken: readonly object[] = [
    held({ days: 30 }),
    held({ days: 0 }),
    { ...held({ days: 31 }), month: '2026-12' },
    held({ objects: 0, bytes: 0 }),
    held({ objects: 0, bytes: 0, sizes: [] }),
    held({ ...sized, sizes: rows([100_000, 1], [200_000, 1]) }),
    held({ ...tiering, accessTier: 'FREQUENT' }),
    with1('multipartRemains', { class: 'STANDARD', bytes: 1, days: 30 }),
    with1('requests', { class: 'EXPRESS_ONEZONE', uploadBytes: 5 }),
    with1('requests', { class: 'STANDARD', multipart: { uploads: 2, parts: 2 } }),
    with1('transitions', { to: 'GLACIER', objects: 2, sizes: rows([1, 2]) }),
    with1('earlyDeletes', { ...gone, sizes: rows([100_000, 1], [200_000, 1]) }),
    restored({ copyDays: 30, speed: 'EXPEDITED' }),
    restored({ ...tiering, accessTier: 'ARCHIVE_ACCESS', speed: 'EXPEDITED' }),
    restored({ class: 'DEEP_ARCHIVE', speed: 'BULK' }),
    restored({ ...tiering, accessTier: 'DEEP_ARCHIVE_ACCESS', speed: 'STANDARD' }),
    { ...base, transfer: { natGateways: { hours: 720 }, interfaceEndpoints: { hours: 720 } } },
    { ...base, month: '2026-12', firehose: { bytes: 1, vpc: { hours: 744 } } },
  ];
  for (const document of taken) t.doesNotThrow(() => read(document), JSON.stringify(document));
});

t.test('a document of nothing is a usage of nothing', async (t) => {
  t.same(read(base), { ...base, tierOffsetGB: {}, storage: [], requests: [] });
});

t.test('what is left out has its default, and nothing else appears', async (t) => {
  const document = {
    ...base,
    requests: [{ class: 'STANDARD', accessDenied: {} }],
    restores: [{ class: 'GLACIER', objects: 1, bytes: 2 }],
    transfer: { natGateways: {}, interfaceEndpoints: {}, gatewayEndpoint: {} },
    kms: {},
    firehose: { bytes: 3, vpc: {} },
    lambda: { requests: 4, memoryMiB: 5, durationMs: 6 },
    glue: {},
    batchOperations: {},
    dsse: {},
    metadata: {},
    s3Tables: {},
  };
  t.same(read(document), {
    ...base,
    tierOffsetGB: {},
    storage: [],
    requests: [
      {
        class: 'STANDARD',
        put: 0n,
        list: 0n,
        get: 0n,
        delete: 0n,
        accessDenied: { own: 0n, outside: 0n, unknown: 0n },
      },
    ],
    restores: [{ class: 'GLACIER', speed: 'STANDARD', objects: 1n, bytes: 2n }],
    transfer: {
      natGateways: { count: 0n, hours: 0n, bytes: 0n },
      interfaceEndpoints: { zones: 0n, hours: 0n, bytes: 0n },
      gatewayEndpoint: { bytes: 0n },
    },
    kms: { requests: 0n, keys: 0n },
    firehose: { bytes: 3n, convertFormat: false, vpc: { zones: 0n, hours: 0n, bytes: 0n } },
    lambda: { requests: 4n, memoryMiB: 5n, durationMs: 6n, architecture: 'x86' },
    glue: {
      requests: 0n,
      catalogObjects: 0n,
      crawlerDpuSeconds: 0n,
      etlDpuSeconds: 0n,
      optimizerDpuSeconds: 0n,
    },
    batchOperations: { jobs: 0n, objects: 0n, manifestObjects: 0n },
    dsse: { encryptBytes: 0n, decryptBytes: 0n },
    metadata: { updates: 0n, objects: 0n },
    s3Tables: {
      bytes: 0n,
      objects: 0n,
      put: 0n,
      get: 0n,
      compactedObjects: 0n,
      compactedBytes: 0n,
      sort: false,
    },
  });
});

t.test('a document that never met the schema has its defaults too', async (t) => {
  const document: UsageDocument = { ...base, kms: {}, requests: [{ class: 'STANDARD', get: '5' }] };
  const usage = usageFromDocument(document, 'x');
  t.same(usage.kms, { requests: 0n, keys: 0n });
  t.same(usage.requests, [{ class: 'STANDARD', put: 0n, list: 0n, get: 5n, delete: 0n }]);
});

t.test('what is undefined counts as left out, and what is no field is none', async (t) => {
  const document = {
    ...base,
    requests: [{ class: 'STANDARD', put: undefined, get: 3, patch: 4 }],
    tags: undefined,
  };
  const usage = usageFromDocument(document as unknown as UsageDocument, 'u');
  t.same(usage.requests, [{ class: 'STANDARD', put: 0n, list: 0n, get: 3n, delete: 0n }]);
  t.notOk('tags' in usage);
});

t.test('sizes of every part get the bytes of their objects together', async (t) => {
  const sizes = rows([100_000, 1], [200_000, 1]);
  const wanted = [
    { objectBytes: 100_000n, objects: 1n, bytes: 100_000n },
    { objectBytes: 200_000n, objects: 1n, bytes: 200_000n },
  ];
  t.same(read(held({ ...sized, sizes })).storage[0]?.sizes, wanted);
  t.same(read(with1('earlyDeletes', { ...gone, sizes })).earlyDeletes?.[0]?.sizes, wanted);
  t.same(read(with1('transitions', { to: 'GLACIER', objects: 2, sizes })).transitions?.[0]?.sizes, wanted);
});

t.test('one of what may be several becomes a list', async (t) => {
  const query = { engine: 'athena', count: 1, bytesScannedEach: 2 };
  const wanted = [{ engine: 'athena', count: 1n, bytesScannedEach: 2n }];
  t.same(read({ ...base, queries: query }).queries, wanted);
  t.same(read({ ...base, queries: [query] }).queries, wanted);
});

t.test('a month that is none is refused', async (t) => {
  t.equal(
    refusal(() => read({ ...base, month: '2026-13' })),
    'MONTH_INVALID: "2026-13" is not a month.',
  );
});
