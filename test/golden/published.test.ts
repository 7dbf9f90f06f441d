/** Bills whose answers were published or worked out by hand; every digit must be the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { firstDay, gbMonths, parseMonth } from '../../src/kernel/day.js';
import { exactly, quantity } from '../../src/kernel/quantity.js';
import type { StorageClass } from '../../src/kernel/s3.js';
import { monthlyBill } from '../../src/pricing/monthly-bill.js';
import { cardFor } from '../../src/pricing/price-book.js';
import { parsePriceFile } from '../../src/pricing/price-file.js';
import { storagePrice } from '../../src/pricing/rate-card.js';
import { priced } from '../../src/pricing/tiers.js';
import type { Usage } from '../../src/pricing/usage.js';

const month = parseMonth('2026-11');
const text = readFileSync(join(import.meta.dirname, '../../pricing/us-east-1.json'), 'utf8');
const card = cardFor(parsePriceFile(text, 'us-east-1.json'), firstDay(month));
const usage = (parts: Partial<Usage>): Usage => ({
  region: 'us-east-1',
  month,
  tierOffsetGB: {},
  storage: [],
  requests: [],
  ...parts,
});

t.test("AWS's own example: 42,259,901,212,262,400 byte-hours of March are 52,900 GB-months", async (t) => {
  // Amazon S3 FAQ: 100 GB for 15 days and 100 TB for 16 days of a March of 31 days.
  const byteHours = 107_374_182_400n * 15n * 24n + 109_951_162_777_600n * 16n * 24n;
  t.equal(byteHours, 42_259_901_212_262_400n);
  const months = gbMonths(byteHours, parseMonth('2026-03'));
  t.equal(months.amount.toString(), '52900');
  const { parts, amount } = priced(
    storagePrice(card, 'STANDARD'),
    months,
    quantity('GB-month', exactly('0')),
  );
  // 51,200 × 0.023 + 1,700 × 0.022
  t.same(
    parts.map((part) => [part.upTo, part.quantity.toString(), part.price.toString(), part.amount.toString()]),
    [
      ['51200', '51200', '0.023', '1177.6'],
      ['512000', '1700', '0.022', '37.4'],
    ],
  );
  t.equal(amount.toString(), '1215');
});

t.test('the same example as a usage of storage held for days', async (t) => {
  const march = parseMonth('2026-03');
  const held = (bytes: bigint, days: number) => ({ class: 'STANDARD' as const, objects: 1n, bytes, days });
  const bill = monthlyBill(
    { ...usage({ storage: [held(107_374_182_400n, 15), held(109_951_162_777_600n, 16)] }), month: march },
    card,
  );
  // 100 GB × 15/31 and 102,400 GB × 16/31 do not end as decimals: the sum is 1215 to 28 places.
  t.match(bill.total.toString(), /^(1215(\.0{20}\d*)?|1214\.9{20}\d*)$/);
});

const objects = 10_000_000n;
const sizes = [{ objectBytes: 10_240n, objects, bytes: 10_240n * objects }];
/** Ten million objects of 10 KiB for a month, us-east-1. */
const tenMillion: readonly (readonly [StorageClass, string])[] = [
  ['STANDARD', '2.193450927734375'],
  ['STANDARD_IA', '15.2587890625'],
  ['ONEZONE_IA', '12.20703125'],
  ['GLACIER_IR', '4.8828125'],
  ['GLACIER', '3.19671630859375'],
  ['DEEP_ARCHIVE', '2.15129852294921875'],
];

for (const [storageClass, total] of tenMillion)
  t.test(`ten million objects of 10 KiB in ${storageClass} cost ${total} a month`, async (t) => {
    const storage = [{ class: storageClass, objects, bytes: 10_240n * objects, sizes }];
    t.equal(monthlyBill(usage({ storage }), card).total.toString(), total);
  });

t.test('LIST costs what it costs in STANDARD, also where objects are in STANDARD_IA', async (t) => {
  const requests = [{ class: 'STANDARD_IA' as const, put: 1000n, list: 1000n, get: 1000n, delete: 1000n }];
  const { sections, lines } = monthlyBill(usage({ requests }), card);
  t.equal(sections.put?.toString(), '0.01');
  t.equal(sections.get?.toString(), '0.001');
  t.equal(sections.list?.toString(), '0.005');
  t.match(lines.find((line) => line.section === 'list')?.note, 'STANDARD_IA');
});

t.test('a million GETs cost forty cents, and a million of GLACIER_IR ten dollars', async (t) => {
  const of = (name: StorageClass) =>
    monthlyBill(usage({ requests: [{ class: name, put: 0n, list: 0n, get: 1_000_000n, delete: 0n }] }), card)
      .total;
  t.equal(of('STANDARD').toString(), '0.4');
  t.equal(of('GLACIER_IR').toString(), '10');
});

t.test('INTELLIGENT_TIERING watches only objects of 128 KiB and more', async (t) => {
  const rows = [
    { objectBytes: 131_071n, objects: 5n, bytes: 655_355n },
    { objectBytes: 131_072n, objects: 1000n, bytes: 131_072_000n },
  ];
  const held = { class: 'INTELLIGENT_TIERING' as const, objects: 1005n, bytes: 131_727_355n, sizes: rows };
  // 1,000 × 0.0025 / 1,000
  t.equal(monthlyBill(usage({ storage: [held] }), card).sections.overhead?.toString(), '0.0025');
});

t.test('another usage of the account moves storage into the next tier', async (t) => {
  const storage = [{ class: 'STANDARD' as const, objects: 1n, bytes: 2n ** 30n }];
  const total = (offset: string) =>
    monthlyBill(usage({ storage, tierOffsetGB: { 'TimedStorage-ByteHrs': offset } }), card).total.toString();
  t.equal(total('0'), '0.023');
  t.equal(total('51199.5'), '0.0225');
  t.equal(total('51200'), '0.022');
  t.equal(total('512000'), '0.021');
});
