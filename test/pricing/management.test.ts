import t from 'tap';
import { assumed, GB, type Parts, refusal, rows } from './month.js';

const batchNote = 'The requests, retrieval and transfer the jobs cause are billed besides.';

const cases: readonly (readonly [
  Parts,
  name: string,
  usageType: string,
  quantity: string,
  usd: string,
  note: string,
])[] = [
  [
    { inventoryObjects: 1_000_000n },
    'Inventory, objects listed',
    'Inventory-ObjectsListed',
    '1000000 object',
    '0.0025',
    '',
  ],
  [
    { classAnalysisObjects: 1_000_000n },
    'Storage class analysis',
    'StorageAnalytics-ObjCount',
    '1000000 object-month',
    '0.1',
    '',
  ],
  [
    { storageLensObjects: 1_000_000n },
    'Storage Lens, advanced metrics',
    'USE1-StorageLens-ObjCount',
    '1000000 object-month',
    '0.2',
    '',
  ],
  [{ tags: 10_000n }, 'Object tags', 'TagStorage-TagHrs', '10000 tag-month', '0.0065', ''],
  [
    { batchOperations: { jobs: 4n, objects: 0n, manifestObjects: 0n } },
    'Batch Operations, jobs',
    'BatchOperations-Jobs',
    '4 job',
    '1',
    '',
  ],
  [
    { batchOperations: { jobs: 0n, objects: 1_000_000n, manifestObjects: 0n } },
    'Batch Operations, objects',
    'BatchOperations-Objects',
    '1000000 object',
    '1',
    batchNote,
  ],
  [
    { batchOperations: { jobs: 0n, objects: 0n, manifestObjects: 1_000_000n } },
    'Batch Operations, manifests',
    'USE1-BatchOperations-Manifest',
    '1000000 object',
    '0.015',
    '',
  ],
  [
    { dsse: { encryptBytes: 10n * GB, decryptBytes: 0n } },
    'DSSE-KMS, bytes put',
    'S3DSSE-In-Bytes',
    '10 GB',
    '0.03',
    '',
  ],
  [
    { dsse: { encryptBytes: 0n, decryptBytes: 10n * GB } },
    'DSSE-KMS, bytes got',
    'S3DSSE-Out-Bytes',
    '10 GB',
    '0.03',
    '',
  ],
  [
    { metadata: { updates: 1_000_000n, objects: 0n } },
    'S3 Metadata, updates',
    'USE1-Metadata-Updates',
    '1000000 update',
    '0.3',
    '',
  ],
  [
    { metadata: { updates: 0n, objects: 1_000_000n } },
    'S3 Metadata, live inventory',
    'USE1-Metadata-Objects',
    '1000000 object-month',
    '0.1',
    '',
  ],
  [{ replicationTimeControlBytes: 10n * GB }, 'Replication Time Control', '', '10 GB', '0.15', ''],
  [
    { buckets: 3001n },
    'Buckets above 2,000',
    'Global-Bucket-Hrs',
    '1001 bucket-month',
    '20.02',
    '3,001 buckets; the first 2,000 of an account are free.',
  ],
];

for (const [parts, name, usageType, quantity, usd, note] of cases)
  t.test(`management: ${name}`, async (t) => {
    t.same(rows(parts), [['management', name, usageType, '', '', quantity, usd, note]]);
  });

t.test('management comes in one order', async (t) => {
  const all: Parts = {
    ...Object.assign({}, ...cases.map(([parts]) => parts)),
    batchOperations: { jobs: 1n, objects: 1n, manifestObjects: 1n },
    dsse: { encryptBytes: 1n, decryptBytes: 1n },
    metadata: { updates: 1n, objects: 1n },
  };
  t.same(
    rows(all).map(([, name]) => name),
    cases.map(([, name]) => name),
  );
});

t.test('the first 2,000 buckets are free', async (t) => {
  t.same(rows({ buckets: 0n }), []);
  t.same(rows({ buckets: 2000n }), []);
  t.equal(rows({ buckets: 2001n })[0]?.[6], '0.02');
});

t.test('what is zero or not given is no line, and needs no price', async (t) => {
  t.same(
    rows({
      region: 'ap-northeast-2',
      inventoryObjects: 0n,
      classAnalysisObjects: 0n,
      storageLensObjects: 0n,
      tags: 0n,
      batchOperations: { jobs: 0n, objects: 0n, manifestObjects: 0n },
      dsse: { encryptBytes: 0n, decryptBytes: 0n },
      metadata: { updates: 0n, objects: 0n },
      replicationTimeControlBytes: 0n,
    }),
    [],
  );
  t.equal(
    refusal(() => rows({ region: 'ap-northeast-2', metadata: { updates: 1n, objects: 0n } })),
    'PRICE_MISSING: There is no price for fees metadataUpdate per update (no public price was found) in ap-northeast-2.',
  );
});

t.test('a price that was inferred is named', async (t) => {
  t.same(assumed({ metadata: { updates: 0n, objects: 1n } }), [
    'The price fees.metadataObject is inferred: the unit was not transcribed: taken for an object and a month.',
  ]);
});

t.test('Storage Lens has tiers', async (t) => {
  // 25 billion at 0.20 a million, one million more at 0.16
  t.equal(rows({ storageLensObjects: 25_001_000_000n })[0]?.[6], '5000.16');
});
