import t from 'tap';
import { parseMonth } from '../../src/kernel/day.js';
import { bill, sections } from '../../src/pricing/bill.js';
import { monthlyBill, pricedMonth } from '../../src/pricing/monthly-bill.js';
import { type UsageDocument, usageFromDocument } from '../../src/pricing/usage-document.js';
import { cardOf, november } from './card.js';
import { fullCard, fullDocument } from './full-document.js';
import { billOf, GB, type Parts, refusal, rows, usage } from './month.js';

const full = () => usageFromDocument(fullDocument() as unknown as UsageDocument, 'full');

t.test('a bill says for what Region, month and prices it is', async (t) => {
  const { lines, assumptions, ...head } = billOf({ month: parseMonth('2026-02') });
  t.same(JSON.parse(JSON.stringify(head)), {
    schemaVersion: 1,
    region: 'us-east-1',
    month: '2026-02',
    currency: 'USD',
    rateCardDate: '2025-10-22',
    sections: {},
    total: '0',
    notCounted: [
      'what was not given: lifecycle transitions, retrieval, restores, early deletes, unfinished multipart uploads, data transfer, queries, KMS, CloudTrail data events',
    ],
  });
  t.same([lines, assumptions], [[], []]);
});

t.test('what was given, were it nothing, is not named as left out', async (t) => {
  const given: Parts = {
    transitions: [],
    retrieval: [],
    restores: [],
    earlyDeletes: [],
    multipartRemains: [],
    transfer: {},
    queries: [],
    kms: { requests: 0n, keys: 0n },
    cloudTrailDataEvents: 0n,
  };
  t.same(billOf(given).notCounted, []);
  const names = {
    transitions: 'lifecycle transitions',
    retrieval: 'retrieval',
    restores: 'restores',
    earlyDeletes: 'early deletes',
    multipartRemains: 'unfinished multipart uploads',
    transfer: 'data transfer',
    queries: 'queries',
    kms: 'KMS',
    cloudTrailDataEvents: 'CloudTrail data events',
  };
  for (const [part, name] of Object.entries(names)) {
    const { [part as keyof Parts]: _, ...rest } = given;
    t.same(billOf(rest).notCounted, [`what was not given: ${name}`], part);
  }
});

t.test('every part of a bill stands in it, in one order', async (t) => {
  const made = monthlyBill(full(), fullCard(), { 'us-west-2': 'USW2' });
  t.same(Object.keys(made.sections), sections);
  const order = [...new Set(made.lines.map((line) => line.section))];
  t.same(order, [
    'storage',
    'overhead',
    'put',
    'get',
    'list',
    'transitions',
    'retrieval',
    'transfer',
    'queries',
    'management',
    'side bills',
    's3 tables',
  ]);
  t.same(made.notCounted, []);
  t.ok(
    made.lines.some((line) => line.usageType === 'USE1-USW2-AWS-Out-Bytes'),
    'Regions by their codes',
  );
  t.equal(made.total.toString(), bill(made, made.lines).total.toString());
});

t.test('parts come as they happen: held, asked, moved, read, sent, queried, watched', async (t) => {
  const first = (name: RegExp) => rows0.findIndex((found) => name.test(found));
  const rows0 = monthlyBill(full(), fullCard()).lines.map((line) => line.name);
  const order = [
    /^Storage/,
    /^Unfinished/,
    /^PUT/,
    /^LIST/,
    /^Transition/,
    /^Retrieval/,
    /^Restore/,
    /^Early/,
    /^NAT/,
    /^Athena/,
    /^Inventory/,
    /^KMS/,
    /^S3 Tables/,
  ].map(first);
  t.notOk(order.includes(-1));
  t.same(
    order,
    order.toSorted((a, b) => a - b),
  );
});

t.test('the offsets of a bill that comes after are those before and what was counted', async (t) => {
  const { bill: made, offsetsAfter } = pricedMonth(
    usage({
      tierOffsetGB: { 'TimedStorage-ByteHrs': '100', 'TimedStorage-RRS-ByteHrs': '7' },
      storage: [{ class: 'STANDARD', objects: 1n, bytes: 3n * GB }],
      transfer: { internetOutBytes: 150n * GB },
      storageLensObjects: 5n,
    }),
    cardOf('us-east-1'),
  );
  t.equal(made.lines.length, 4);
  t.same(offsetsAfter, {
    'TimedStorage-ByteHrs': '103',
    'TimedStorage-RRS-ByteHrs': '7',
    'DataTransfer-Out-Bytes': '150',
    'StorageLens-ObjCount': '5',
  });
});

t.test('an offset that is no usage type with tiers is refused before anything is priced', async (t) => {
  t.match(
    refusal(() => billOf({ tierOffsetGB: { 'TimedStorage-SIA-ByteHrs': '1' } })),
    /^ARGUMENT_INVALID: tierOffsetGB: "TimedStorage-SIA-ByteHrs" is no usage type with tiers, did you mean/,
  );
});

t.test('the archive overhead of 8 KiB counts in the tiers of STANDARD', async (t) => {
  const storage = [
    { class: 'STANDARD' as const, objects: 1n, bytes: 51_200n * GB },
    { class: 'GLACIER' as const, objects: 131_072n, bytes: 131_072n },
  ];
  const names = rows({ storage }).find(([, name]) => name === 'Archive names, GLACIER');
  // 131,072 × 8 KiB = 1 GB, all of it above the first 50 TB.
  t.same(names?.slice(2, 4), ['TimedStorage-ByteHrs', 'GlacierS3ObjectOverhead']);
  t.equal(names?.[6], '0.022');
});

t.test(
  'months of 28, 29, 30 and 31 days cost the same when all of it is held, and divide by their days',
  async (t) => {
    for (const [month, days] of [
      ['2026-02', 28],
      ['2028-02', 29],
      ['2026-11', 30],
      ['2026-12', 31],
    ] as const) {
      const held = (more: object) =>
        rows({
          month: parseMonth(month),
          storage: [{ class: 'STANDARD', objects: 1n, bytes: BigInt(days) * GB, ...more }],
        })[0];
      t.equal(held({})?.[5], `${days} GB-month`);
      t.equal(held({ days })?.[5], `${days} GB-month`);
      t.equal(held({ days: 1 })?.[5], '1 GB-month');
    }
  },
);

t.test('5 EB in ten million million objects keep every digit', async (t) => {
  const bytes = 5n * 2n ** 60n - 1n;
  const [storage, ...more] = rows({
    storage: [{ class: 'STANDARD', objects: 10n ** 13n, bytes }],
    requests: [{ class: 'STANDARD', put: 0n, list: 0n, get: 10n ** 13n - 1n, delete: 0n }],
  });
  // One byte is 2^-30 GB: 0.000000000931322574615478515625.
  t.equal(storage?.[5], '5368709119.999999999068677425384521484375 GB-month');
  // 51,200 × 0.023 + 460,800 × 0.022 + the rest × 0.021, to 28 decimals.
  t.equal(storage?.[6], '112743454.7199999999804422259330749512');
  t.same(
    more.map((line) => [line[5], line[6]]),
    [['9999999999999 request', '3999999.9999996']],
  );
});

t.test('a class that is not sold in a Region is an error that names both, never zero', async (t) => {
  t.equal(
    refusal(() =>
      billOf({ region: 'eu-central-1', storage: [{ class: 'EXPRESS_ONEZONE', objects: 1n, bytes: 1n }] }),
    ),
    'PRICE_MISSING: There is no price for EXPRESS_ONEZONE storage per GB-month (not sold as of 2025-10-22) in eu-central-1.',
  );
});

t.test('Seoul bills under its own prefix', async (t) => {
  const storage = [{ class: 'STANDARD' as const, objects: 1n, bytes: GB }];
  const [line] = rows({ region: 'ap-northeast-2', month: november, storage });
  t.same(line?.slice(2, 7), [
    'APN2-TimedStorage-ByteHrs',
    'StandardStorage',
    'STANDARD',
    '1 GB-month',
    '0.025',
  ]);
});
