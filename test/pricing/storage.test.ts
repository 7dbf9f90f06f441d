import t from 'tap';
import { parseMonth } from '../../src/kernel/day.js';
import type { AccessTier, StorageClass } from '../../src/kernel/s3.js';
import { hasFloor, storedMonths } from '../../src/pricing/storage.js';
import type { StorageUsage } from '../../src/pricing/usage.js';
import { november } from './card.js';
import { assumed, GB, refusal, rows, size, usage } from './month.js';

/** A gigabyte in one object. */
const one = (name: StorageClass, more: Partial<StorageUsage> = {}): StorageUsage => ({
  class: name,
  objects: 1n,
  bytes: GB,
  sizes: [size(GB, 1n)],
  ...more,
});

for (const [name, usageType, amount] of [
  ['STANDARD', 'TimedStorage-ByteHrs', '0.023'],
  ['STANDARD_IA', 'TimedStorage-SIA-ByteHrs', '0.0125'],
  ['ONEZONE_IA', 'TimedStorage-ZIA-ByteHrs', '0.01'],
  ['GLACIER_IR', 'TimedStorage-GIR-ByteHrs', '0.004'],
  ['EXPRESS_ONEZONE', 'TimedStorage-XZ-ByteHrs', '0.11'],
  ['REDUCED_REDUNDANCY', 'TimedStorage-RRS-ByteHrs', '0.024'],
] as const)
  t.test(`a gigabyte in ${name} is one line`, async (t) => {
    t.same(rows({ storage: [one(name)] }), [
      ['storage', `Storage, ${name}`, usageType, 'StandardStorage', name, '1 GB-month', amount, ''],
    ]);
  });

const archived = { objects: 32_768n, bytes: GB, sizes: [size(32_768n, 32_768n)] };

t.test(
  'an archived object carries 32 KiB at the price of the archive and 8 KiB at that of STANDARD',
  async (t) => {
    t.same(rows({ storage: [one('GLACIER', archived)] }), [
      [
        'storage',
        'Storage, GLACIER',
        'TimedStorage-GlacierByteHrs',
        'GlacierStorage',
        'GLACIER',
        '1 GB-month',
        '0.0036',
        '',
      ],
      [
        'overhead',
        'Archive index, GLACIER',
        'TimedStorage-GlacierByteHrs',
        'GlacierObjectOverhead',
        'GLACIER',
        '1 GB-month',
        '0.0036',
        '32 KiB for each of 32,768 objects, at the price of the archive.',
      ],
      [
        'overhead',
        'Archive names, GLACIER',
        'TimedStorage-ByteHrs',
        'GlacierS3ObjectOverhead',
        'GLACIER',
        '0.25 GB-month',
        '0.00575',
        '8 KiB for each of 32,768 objects, at the price of STANDARD.',
      ],
    ]);
    t.same(rows({ storage: [one('DEEP_ARCHIVE', { ...archived, days: 15, noncurrent: true })] }), [
      [
        'storage',
        'Storage, DEEP_ARCHIVE, noncurrent versions',
        'TimedStorage-GDA-ByteHrs',
        'DeepArchiveStorage',
        'DEEP_ARCHIVE',
        '0.5 GB-month',
        '0.000495',
        'Held for 15 of the 30 days of 2026-11.',
      ],
      [
        'overhead',
        'Archive index, DEEP_ARCHIVE, noncurrent versions',
        'TimedStorage-GDA-ByteHrs',
        'DeepArchiveObjectOverhead',
        'DEEP_ARCHIVE',
        '0.5 GB-month',
        '0.000495',
        '32 KiB for each of 32,768 objects, at the price of the archive.',
      ],
      [
        'overhead',
        'Archive names, DEEP_ARCHIVE, noncurrent versions',
        'TimedStorage-ByteHrs',
        'DeepArchiveS3ObjectOverhead',
        'DEEP_ARCHIVE',
        '0.125 GB-month',
        '0.002875',
        '8 KiB for each of 32,768 objects, at the price of STANDARD.',
      ],
    ]);
  },
);

t.test('an archive without objects carries no overhead', async (t) => {
  const empty = { objects: 0n, bytes: 0n, sizes: [] };
  t.same(
    rows({ storage: [one('GLACIER', empty), one('DEEP_ARCHIVE', empty)] }).map(([, name, , , , , usd]) => [
      name,
      usd,
    ]),
    [
      ['Storage, GLACIER', '0'],
      ['Storage, DEEP_ARCHIVE', '0'],
    ],
  );
});

for (const [tier, usageType, amount, archive, overhead] of [
  [undefined, 'TimedStorage-INT-FA-ByteHrs', '0.023', undefined, ''],
  ['FREQUENT', 'TimedStorage-INT-FA-ByteHrs', '0.023', undefined, ''],
  ['INFREQUENT', 'TimedStorage-INT-IA-ByteHrs', '0.0125', undefined, ''],
  ['ARCHIVE_INSTANT', 'TimedStorage-INT-AIA-ByteHrs', '0.004', undefined, ''],
  ['ARCHIVE_ACCESS', 'TimedStorage-INT-AA-ByteHrs', '0.0036', 'Glacier', '0.0000017578125'],
  ['DEEP_ARCHIVE_ACCESS', 'TimedStorage-INT-DAA-ByteHrs', '0.00099', 'DeepArchive', '0.0000004833984375'],
] as readonly (readonly [AccessTier | undefined, string, string, string | undefined, string])[])
  t.test(`a gigabyte in the access tier ${tier ?? 'that is not named'}`, async (t) => {
    const name = `INTELLIGENT_TIERING ${tier ?? 'FREQUENT'}`;
    const INT = 'INTELLIGENT_TIERING';
    const sized = { sizes: [size(GB / 16n, 16n)], objects: 16n };
    const found = rows({ storage: [one(INT, tier === undefined ? sized : { ...sized, accessTier: tier })] });
    t.same(found[0], [
      'storage',
      `Storage, ${name}`,
      usageType,
      'StandardStorage',
      INT,
      '1 GB-month',
      amount,
      '',
    ]);
    t.same(found.at(-1), [
      'overhead',
      `Monitoring, ${name}`,
      'Monitoring-Automation-INT',
      '',
      INT,
      '16 object-month',
      '0.00004',
      '16 of 16 objects are 128 KiB or larger and are monitored.',
    ]);
    t.same(
      found.slice(1, -1).map(([section, words, type, operation]) => [section, words, type, operation]),
      archive === undefined
        ? []
        : [
            ['overhead', `Archive index, ${name}`, usageType, `${archive}ObjectOverhead`],
            ['overhead', `Archive names, ${name}`, 'TimedStorage-ByteHrs', `${archive}S3ObjectOverhead`],
          ],
    );
    // 16 × 32 KiB = 1/2,048 GB.
    if (archive !== undefined) t.equal(found[1]?.[6], overhead);
  });

t.test('monitoring is for objects of 128 KiB and more, for the days they are held', async (t) => {
  const sizes = [size(131_071n, 1000n), size(131_072n, 3000n)];
  const held = one('INTELLIGENT_TIERING', { objects: 4000n, bytes: 524_287_000n, sizes });
  const monitoring = (days?: number) =>
    rows({ storage: [days === undefined ? held : { ...held, days }] })
      .filter(([, name]) => name?.startsWith('Monitoring'))
      .map(([, , , , , quantity, usd, note]) => [quantity, usd, note]);
  const note = '3,000 of 4,000 objects are 128 KiB or larger and are monitored.';
  t.same(monitoring(), [['3000 object-month', '0.0075', note]]);
  t.same(monitoring(30), [['3000 object-month', '0.0075', note]]);
  t.same(monitoring(3), [['300 object-month', '0.00075', note]]);
  const small = one('INTELLIGENT_TIERING', { objects: 2n, bytes: 2n, sizes: [size(1n, 2n)] });
  t.same(
    rows({ storage: [small] }).map(([, name]) => name),
    ['Storage, INTELLIGENT_TIERING FREQUENT'],
  );
});

for (const [name, word, price] of [
  ['STANDARD_IA', 'SIA', '0.00625'],
  ['ONEZONE_IA', 'ZIA', '0.005'],
  ['GLACIER_IR', 'GIR', '0.002'],
] as const)
  t.test(`small objects of ${name} are padded to 128 KiB`, async (t) => {
    const sizes = [size(65_536n, 8192n), size(131_072n, 8192n)];
    const held = one(name, { objects: 16_384n, bytes: 3n * 2n ** 29n, sizes });
    t.same(rows({ storage: [held] })[1], [
      'overhead',
      `Padding to 128 KiB, ${name}`,
      `TimedStorage-${word}-SmObjects`,
      '',
      name,
      '0.5 GB-month',
      price,
      '8,192 objects below 128 KiB (512 MiB) are billed as 128 KiB each: 512 MiB more.',
    ]);
    t.equal(rows({ storage: [held] }).length, 2);
    const [, padded] = rows({ storage: [{ ...held, days: 15, noncurrent: true }] });
    t.equal(padded?.[5], '0.25 GB-month');
    t.equal(padded?.[1], `Padding to 128 KiB, ${name}, noncurrent versions`);
  });

t.test('no class but those three has a floor', async (t) => {
  const classes = ['STANDARD', 'INTELLIGENT_TIERING', 'GLACIER', 'DEEP_ARCHIVE', 'EXPRESS_ONEZONE'] as const;
  t.same(
    [...classes, 'REDUCED_REDUNDANCY' as const].map((name) => hasFloor(name)),
    [false, false, false, false, false, false],
  );
  t.same(
    (['STANDARD_IA', 'ONEZONE_IA', 'GLACIER_IR'] as const).map((name) => hasFloor(name)),
    [true, true, true],
  );
});

t.test('what the sizes decide is named when they are not given', async (t) => {
  const held = (name: StorageClass) => ({ class: name, objects: 10n, bytes: 10_240n });
  t.same(assumed({ storage: [held('STANDARD_IA')] }), [
    'No sizes were given for STANDARD_IA: all 10 objects are taken to have the average size of 1 KiB (128 KiB floor).',
  ]);
  t.same(assumed({ storage: [held('INTELLIGENT_TIERING')] }), [
    'No sizes were given for INTELLIGENT_TIERING: all 10 objects are taken to have the average size of 1 KiB (monitoring of objects from 128 KiB).',
  ]);
  t.same(assumed({ storage: [held('STANDARD'), held('GLACIER'), held('DEEP_ARCHIVE')] }), []);
});

t.test('held for some days of the month, or for all of them', async (t) => {
  const held = (days: number, month = november) =>
    rows({ month, storage: [one('STANDARD', { days })] }).map(([, , , , , quantity, usd, note]) => [
      quantity,
      usd,
      note,
    ])[0];
  t.same(held(30), ['1 GB-month', '0.023', '']);
  t.same(held(29), [
    '0.9666666666666666666666666666666666666667 GB-month',
    '0.0222333333333333333333333333',
    'Held for 29 of the 30 days of 2026-11.',
  ]);
  t.same(held(0), ['0 GB-month', '0', 'Held for 0 of the 30 days of 2026-11.']);
  const february = parseMonth('2028-02');
  t.same(held(29, february), ['1 GB-month', '0.023', '']);
  t.equal(held(28, february)?.[2], 'Held for 28 of the 29 days of 2028-02.');
});

t.test('bytes held for days are a part of the months they make', async (t) => {
  const months = (days: number | undefined, month: string) =>
    storedMonths(30n * GB, days, parseMonth(month)).amount.toString();
  t.equal(months(undefined, '2026-11'), '30');
  t.equal(months(15, '2026-11'), '15');
  t.equal(months(31, '2026-12'), '30');
  t.equal(months(90, '2026-11'), '90');
});

for (const [name, usageType, usd] of [
  ['STANDARD', 'TimedStorage-ByteHrs', '0.046'],
  ['STANDARD_IA', 'TimedStorage-SIA-ByteHrs', '0.025'],
  ['INTELLIGENT_TIERING', 'TimedStorage-INT-FA-ByteHrs', '0.046'],
  ['GLACIER', 'TimedStorage-GlacierStaging', '0.042'],
  ['DEEP_ARCHIVE', 'TimedStorage-GDA-Staging', '0.042'],
] as const)
  t.test(`parts of unfinished uploads into ${name}`, async (t) => {
    const note =
      '4 GiB of parts that no listing shows; abort them (lifecycle: AbortIncompleteMultipartUpload).';
    t.same(rows({ multipartRemains: [{ class: name, bytes: 4n * GB, days: 15 }] }), [
      [
        'overhead',
        `Unfinished multipart uploads, ${name}`,
        usageType,
        'StandardStorage',
        name,
        '2 GB-month',
        usd,
        note,
      ],
    ]);
    t.equal(rows({ multipartRemains: [{ class: name, bytes: 4n * GB }] })[0]?.[5], '4 GB-month');
  });

t.test('no parts are no line, even of a class that is not sold here', async (t) => {
  const region = 'eu-central-1';
  t.same(rows({ region, multipartRemains: [{ class: 'EXPRESS_ONEZONE', bytes: 0n }] }), []);
  t.equal(
    refusal(() => rows({ region, multipartRemains: [{ class: 'EXPRESS_ONEZONE', bytes: 1n }] })),
    'PRICE_MISSING: There is no price for EXPRESS_ONEZONE storage per GB-month (not sold as of 2025-10-22) in eu-central-1.',
  );
});

t.test('storage is billed in the order given, its overhead after it', async (t) => {
  t.same(usage({}).storage, []);
  t.same(
    rows({ storage: [one('GLACIER', archived), one('STANDARD')] }).map(([, name]) => name),
    ['Storage, GLACIER', 'Archive index, GLACIER', 'Archive names, GLACIER', 'Storage, STANDARD'],
  );
});
