import t from 'tap';
import { checked } from '../../src/documents.js';
import { type UsageDocument, usageFromDocument } from '../../src/pricing/usage-document.js';
import { usageSchema } from '../../src/pricing/usage-schema.js';

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

const refused: readonly (readonly [string, object, RegExp])[] = [
  [
    'sizes that hold other bytes',
    held({ sizes: [{ objectBytes: 11, objects: 2 }] }),
    /storage\.0\.sizes: holds 22 bytes, but bytes is 20/,
  ],
  [
    'sizes that hold other objects',
    held({ sizes: [{ objectBytes: 20, objects: 1 }] }),
    /holds 1 objects, but objects is 2/,
  ],
  ['bytes without objects', held({ objects: 0 }), /objects: is 0, but bytes is 20/],
  [
    'an access tier elsewhere',
    held({ accessTier: 'FREQUENT' }),
    /accessTier: belongs to INTELLIGENT_TIERING/,
  ],
  ['31 days of November', held({ days: 31 }), /days: is 31, but 2026-11 has 30/],
  ['a negative count', held({ objects: -1 }), /storage\.0\.objects/],
  ['a fraction', held({ bytes: 1.5 }), /storage\.0\.bytes/],
  ['a float as text', held({ bytes: '1e9' }), /storage\.0\.bytes/],
  ['an unknown class', held({ class: 'STANDRD' }), /storage\.0\.class: must be one of STANDARD/],
  ['an unknown key', held({ object: 1 }), /unknown key "object", did you mean "objects"\?/],
  ['no region', { month: '2026-11' }, /region is missing/],
];

for (const [what, document, message] of refused)
  t.test(`${what} is refused with the field`, async (t) => {
    t.throws(() => read(document), { code: 'DOCUMENT_INVALID', message });
  });

t.test('a month that is none is refused', async (t) => {
  t.throws(() => read({ ...base, month: '2026-13' }), { code: 'MONTH_INVALID' });
});
