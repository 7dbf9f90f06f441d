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

const sized = { objects: 2, bytes: 300_000 };
const rows = (...pairs: readonly (readonly [number, number])[]) =>
  pairs.map(([objectBytes, objects]) => ({ objectBytes, objects }));
const with1 = (part: string, item: object) => ({ ...base, [part]: [item] });
const gone = { class: 'GLACIER', ...sized, daysStored: 1 };
const restored = (more: object) => with1('restores', { class: 'GLACIER', objects: 1, bytes: 1, ...more });
const tiering = { class: 'INTELLIGENT_TIERING' };

/** Each with all that is said after "u.yaml: ". */
const refused: readonly (readonly [what: string, document: object, says: string])[] = [
  [
    'sizes that hold other bytes',
    held({ sizes: rows([11, 2]) }),
    'storage.0.sizes: holds 22 bytes, but bytes is 20',
  ],
  [
    'sizes that hold other objects',
    held({ sizes: rows([20, 1]) }),
    'storage.0.sizes: holds 1 objects, but objects is 2',
  ],
  ['no sizes at all', held({ sizes: [] }), 'storage.0.sizes: holds 0 objects, but objects is 2'],
  ['bytes without objects', held({ objects: 0 }), 'storage.0.objects: is 0, but bytes is 20'],
  [
    'an access tier elsewhere',
    held({ accessTier: 'FREQUENT' }),
    'storage.0.accessTier: belongs to INTELLIGENT_TIERING, not to STANDARD',
  ],
  ['31 days of November', held({ days: 31 }), 'storage.0.days: is 31, but 2026-11 has 30'],
  [
    'a second that is wrong',
    { ...base, storage: [...held({}).storage, ...held({ days: 31 }).storage] },
    'storage.1.days: is 31, but 2026-11 has 30',
  ],
  [
    'parts kept 31 days of November',
    with1('multipartRemains', { class: 'STANDARD', bytes: 1, days: 31 }),
    'multipartRemains.0.days: is 31, but 2026-11 has 30',
  ],
  [
    'copies kept 31 days of November',
    restored({ copyDays: 31 }),
    'restores.0.copyDays: is 31, but 2026-11 has 30',
  ],
  [
    'uploaded bytes elsewhere',
    with1('requests', { class: 'STANDARD', uploadBytes: 0 }),
    'requests.0.uploadBytes: belongs to EXPRESS_ONEZONE, not to STANDARD',
  ],
  [
    'fewer parts than uploads',
    with1('requests', { class: 'STANDARD', multipart: { uploads: 2, parts: 1 } }),
    'requests.0.multipart: has fewer parts than uploads, and each upload has one at least',
  ],
  [
    'sizes of a transition that hold other objects',
    with1('transitions', { to: 'GLACIER', objects: 3, sizes: rows([1, 2]) }),
    'transitions.0.sizes: holds 2 objects, but objects is 3',
  ],
  [
    'sizes of early deletes that hold other bytes',
    with1('earlyDeletes', { ...gone, sizes: rows([1, 2]) }),
    'earlyDeletes.0.sizes: holds 2 bytes, but bytes is 300000',
  ],
  [
    'early deletes of bytes without objects',
    with1('earlyDeletes', { ...gone, objects: 0 }),
    'earlyDeletes.0.objects: is 0, but bytes is 300000',
  ],
  [
    'a restore without its access tier',
    restored(tiering),
    'restores.0.accessTier: is missing: ARCHIVE_ACCESS or DEEP_ARCHIVE_ACCESS',
  ],
  [
    'an access tier of a restore elsewhere',
    restored({ accessTier: 'ARCHIVE_ACCESS' }),
    'restores.0.accessTier: belongs to INTELLIGENT_TIERING, not to GLACIER',
  ],
  [
    'an expedited restore from the deep archive',
    restored({ class: 'DEEP_ARCHIVE', speed: 'EXPEDITED' }),
    'restores.0.speed: EXPEDITED is not offered by a deep archive; use STANDARD or BULK',
  ],
  [
    'an expedited restore from the deep archive tier',
    restored({ ...tiering, accessTier: 'DEEP_ARCHIVE_ACCESS', speed: 'EXPEDITED' }),
    'restores.0.speed: EXPEDITED is not offered by a deep archive; use STANDARD or BULK',
  ],
  [
    'days of a copy where there is none',
    restored({ ...tiering, accessTier: 'ARCHIVE_ACCESS', copyDays: 0 }),
    'restores.0.copyDays: belongs to GLACIER and DEEP_ARCHIVE: INTELLIGENT_TIERING moves the object itself',
  ],
  [
    'gateways that run longer than the month',
    { ...base, transfer: { natGateways: { count: 2, hours: 721 } } },
    'transfer.natGateways.hours: is 721, but 2026-11 has 720',
  ],
  [
    'endpoints that run longer than the month',
    { ...base, transfer: { interfaceEndpoints: { zones: 2, hours: 721 } } },
    'transfer.interfaceEndpoints.hours: is 721, but 2026-11 has 720',
  ],
  [
    'delivery that runs longer than the month',
    { ...base, firehose: { bytes: 1, vpc: { hours: 721 } } },
    'firehose.vpc.hours: is 721, but 2026-11 has 720',
  ],
  ['a negative count', held({ objects: -1 }), 'storage.0.objects: must be >= 0'],
  ['a fraction', held({ bytes: 1.5 }), 'storage.0.bytes: must be integer'],
  ['a float as text', held({ bytes: '1e9' }), 'storage.0.bytes: must be integer'],
  [
    'an unknown class',
    held({ class: 'STANDRD' }),
    'storage.0.class: must be one of STANDARD, STANDARD_IA, ONEZONE_IA, INTELLIGENT_TIERING, GLACIER_IR, GLACIER, DEEP_ARCHIVE, EXPRESS_ONEZONE, REDUCED_REDUNDANCY',
  ],
  ['an unknown key', held({ object: 1 }), 'storage.0: unknown key "object", did you mean "objects"?'],
  ['no region', { month: '2026-11' }, 'the document: region is missing'],
  [
    'a query without its bytes',
    { ...base, queries: [{ engine: 'athena', count: 1 }] },
    'queries.0: bytesScannedEach is missing',
  ],
];

for (const [what, document, says] of refused)
  t.test(`${what}: refused with the field`, async (t) => {
    t.equal(
      refusal(() => read(document)),
      `DOCUMENT_INVALID: u.yaml: ${says}${says.endsWith('?') ? '' : '.'}`,
    );
  });

t.test('what is refused comes with what to do', async (t) => {
  t.throws(() => read(held({ days: 31 })), { code: 'DOCUMENT_INVALID', hint: 'Correct it and run again.' });
});
