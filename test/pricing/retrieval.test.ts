import t from 'tap';
import type { RestoreUsage } from '../../src/pricing/usage.js';
import { readClasses, restoredClasses, restoreSpeeds } from '../../src/pricing/usage.js';
import { assumed, GB, refusal, rows } from './month.js';

const small =
  'Retrieval is charged on the bytes read, also of objects below 128 KiB; AWS does not say so directly.';

for (const [name, usageType, usd, floored] of [
  ['STANDARD', '', '0', false],
  ['STANDARD_IA', 'Retrieval-SIA', '0.1', true],
  ['ONEZONE_IA', 'Retrieval-ZIA', '0.1', true],
  ['INTELLIGENT_TIERING', '', '0', false],
  ['GLACIER_IR', 'Retrieval-GIR', '0.3', true],
  ['EXPRESS_ONEZONE', 'Retrieval-XZ', '0.006', false],
  ['REDUCED_REDUNDANCY', '', '0', false],
] as const)
  t.test(`ten gigabytes read from ${name}`, async (t) => {
    const retrieval = [{ class: name, bytes: 10n * GB }];
    const note = usageType === '' ? `Reading from ${name} has no retrieval charge.` : '';
    t.same(rows({ retrieval }), [
      ['retrieval', `Retrieval, ${name}`, usageType, 'GetObject', name, '10 GB', usd, note],
    ]);
    t.same(assumed({ retrieval }), floored ? [small] : []);
  });

t.test('these classes are read, the others are restored', async (t) => {
  t.same(readClasses, [
    'STANDARD',
    'STANDARD_IA',
    'ONEZONE_IA',
    'INTELLIGENT_TIERING',
    'GLACIER_IR',
    'EXPRESS_ONEZONE',
    'REDUCED_REDUNDANCY',
  ]);
  t.same(restoredClasses, ['GLACIER', 'DEEP_ARCHIVE', 'INTELLIGENT_TIERING']);
  t.same(restoreSpeeds, ['STANDARD', 'BULK', 'EXPEDITED']);
});

t.test('nothing read is no line, and says nothing', async (t) => {
  const region = 'eu-central-1';
  t.same(rows({ region, retrieval: [{ class: 'EXPRESS_ONEZONE', bytes: 0n }] }), []);
  t.same(assumed({ retrieval: [{ class: 'GLACIER_IR', bytes: 0n }] }), []);
  t.equal(
    refusal(() => rows({ region, retrieval: [{ class: 'EXPRESS_ONEZONE', bytes: 1n }] })),
    'PRICE_MISSING: There is no price for EXPRESS_ONEZONE retrieval per GB (not sold as of 2025-10-22) in eu-central-1.',
  );
});

const restored = (more: Partial<RestoreUsage>): { restores: RestoreUsage[] } => ({
  restores: [{ class: 'GLACIER', speed: 'STANDARD', objects: 1000n, bytes: 10n * GB, copyDays: 0, ...more }],
});
const note = '1,000 objects, one request each.';

type Restored = readonly [
  given: Partial<RestoreUsage>,
  name: string,
  request: readonly [usageType: string, operation: string, usd: string],
  bytes: readonly [usageType: string, operation: string, usd: string] | undefined,
];
const tiering = { class: 'INTELLIGENT_TIERING' } as const;
const cases: readonly Restored[] = [
  [
    { class: 'GLACIER', speed: 'STANDARD' },
    'GLACIER STANDARD',
    ['Requests-Tier3', 'RestoreObject', '0.05'],
    ['Standard-Retrieval-Bytes', 'RestoreObject', '0.1'],
  ],
  [
    { class: 'GLACIER', speed: 'BULK' },
    'GLACIER BULK',
    ['Requests-Tier5', '', '0'],
    ['Bulk-Retrieval-Bytes', 'RestoreObject', '0'],
  ],
  [
    { class: 'GLACIER', speed: 'EXPEDITED' },
    'GLACIER EXPEDITED',
    ['Requests-Tier6', '', '10'],
    ['Expedited-Retrieval-Bytes', '', '0.3'],
  ],
  [
    { class: 'DEEP_ARCHIVE', speed: 'STANDARD' },
    'DEEP_ARCHIVE STANDARD',
    ['Requests-GDA-Tier3', '', '0.1'],
    ['Standard-Retrieval-Bytes', 'DeepArchiveRestoreObject', '0.2'],
  ],
  [
    { class: 'DEEP_ARCHIVE', speed: 'BULK' },
    'DEEP_ARCHIVE BULK',
    ['Requests-GDA-Tier5', '', '0.025'],
    ['Bulk-Retrieval-Bytes', 'DeepArchiveRestoreObject', '0.025'],
  ],
  [
    { ...tiering, accessTier: 'ARCHIVE_ACCESS', speed: 'STANDARD' },
    'INTELLIGENT_TIERING ARCHIVE_ACCESS STANDARD',
    ['USE1-Requests-INT-AA-Tier3', '', '0'],
    ['USE1-Standard-Retrieval-Bytes', 'IntAARestoreObject', '0'],
  ],
  [
    { ...tiering, accessTier: 'ARCHIVE_ACCESS', speed: 'BULK' },
    'INTELLIGENT_TIERING ARCHIVE_ACCESS BULK',
    ['USE1-Requests-INT-AA-Tier5', '', '0'],
    ['USE1-Bulk-Retrieval-Bytes', 'IntAARestoreObject', '0'],
  ],
  [
    { ...tiering, accessTier: 'ARCHIVE_ACCESS', speed: 'EXPEDITED' },
    'INTELLIGENT_TIERING ARCHIVE_ACCESS EXPEDITED',
    ['Requests-INT-Tier6', 'RestoreObjectExpedited', '10'],
    ['USE1-Expedited-Retrieval-Bytes', 'IntAARestoreObject', '0.3'],
  ],
  [
    { ...tiering, accessTier: 'DEEP_ARCHIVE_ACCESS', speed: 'STANDARD' },
    'INTELLIGENT_TIERING DEEP_ARCHIVE_ACCESS STANDARD',
    ['USE1-Requests-INT-DAA-Tier3', 'RestoreObject', '0'],
    undefined,
  ],
  [
    { ...tiering, accessTier: 'DEEP_ARCHIVE_ACCESS', speed: 'BULK' },
    'INTELLIGENT_TIERING DEEP_ARCHIVE_ACCESS BULK',
    ['USE1-Requests-INT-DAA-Tier5', '', '0'],
    undefined,
  ],
];

for (const [given, name, request, bytes] of cases)
  t.test(`a restore from ${name} is a request for each object, and its bytes`, async (t) => {
    const from = given.class!;
    const requests = [
      'retrieval',
      `Restore requests, ${name}`,
      request[0],
      request[1],
      from,
      '1000 request',
      request[2],
      note,
    ];
    t.same(
      rows(restored(given)),
      bytes === undefined
        ? [requests]
        : [
            requests,
            ['retrieval', `Restored bytes, ${name}`, bytes[0], bytes[1], from, '10 GB', bytes[2], ''],
          ],
    );
  });

t.test('no objects and no bytes are no lines', async (t) => {
  t.same(rows(restored({ objects: 0n, bytes: 0n, copyDays: 5 })), []);
  t.equal(rows(restored({ objects: 5n, bytes: 0n, copyDays: 5 })).length, 1);
  t.same(assumed(restored({ objects: 5n, bytes: 0n })), []);
});

for (const [from, operation] of [
  ['GLACIER', 'RestoreObject'],
  ['DEEP_ARCHIVE', 'DeepArchiveRestoreObject'],
] as const)
  t.test(`the copy restored from ${from} is stored in STANDARD for its days`, async (t) => {
    t.same(rows(restored({ class: from, copyDays: 3 }))[2], [
      'retrieval',
      `Restored copies, ${from}`,
      'TimedStorage-ByteHrs',
      operation,
      from,
      '1 GB-month',
      '0.023',
      '10 GiB kept for 3 days in STANDARD, beside the archive.',
    ]);
    t.same(assumed(restored({ class: from, copyDays: 3 })), []);
    t.equal(rows(restored({ class: from, copyDays: 0 })).length, 2);
    t.same(assumed(restored({ class: from, copyDays: 0 })), []);
    const { copyDays: _, ...unsaid } = restored({ class: from }).restores[0]!;
    t.equal(rows({ restores: [unsaid] }).length, 2);
    t.same(assumed({ restores: [unsaid] }), [
      `The copies restored from ${from} are not billed here: it is not said for how many days they are kept (give copyDays).`,
    ]);
  });

t.test('INTELLIGENT_TIERING restores the object itself: there is no copy', async (t) => {
  const { copyDays: _, ...unsaid } = restored({ ...tiering, accessTier: 'ARCHIVE_ACCESS' }).restores[0]!;
  t.equal(rows({ restores: [unsaid] }).length, 2);
  t.same(assumed({ restores: [unsaid] }), []);
});
