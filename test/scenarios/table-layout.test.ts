import fc from 'fast-check';
import t from 'tap';
import { addObjects, createPrefixTree, prefixTreeDefaults } from '../../src/prefixes/prefix-tree.js';
import { type Scan, scanOf } from '../../src/prefixes/scan.js';
import { monthlyBill } from '../../src/pricing/monthly-bill.js';
import { type CompactOptions, compact, compactDefaults } from '../../src/scenarios/compact.js';
import { findings } from '../../src/scenarios/findings.js';
import { describe } from '../../src/scenarios/layout.js';
import { outcome } from '../../src/scenarios/scenario.js';
import { writtenPerMonth } from '../../src/scenarios/table-layout.js';
import { objectNamed } from '../inventory/memory-lister.js';
import { summaryOf } from '../prefixes/summary.js';
import { cardOf, november } from '../pricing/card.js';

type Given = readonly [key: string, size: number, storageClass?: string | undefined];

const card = cardOf('us-east-1');
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

function scanWith(objects: readonly Given[]): Scan {
  const tree = createPrefixTree({ ...prefixTreeDefaults, prefix: '' });
  addObjects(
    tree,
    objects.map(([key, size, storageClass]) => objectNamed(key, size, storageClass)),
  );
  const requests = { put: 0, get: 0, list: 1 };
  const head = { source: 's3://b/', takenAt: '2026-11-24T00:00:00Z', region: 'us-east-1', requests };
  return scanOf(head, summaryOf(tree));
}

/** One hour a day, from the first of January on, `files` objects each. */
function hours(prefix: string, days: number, files: number, size: number, storageClass?: string): Given[] {
  return Array.from({ length: days * files }, (_, n) => {
    const day = new Date(Date.UTC(2026, 0, 1 + (n % days))).toISOString().slice(0, 10);
    return [`${prefix}dt=${day}/hour=05/${n}.csv`, size, storageClass] as const;
  });
}

const options = (queriesPerMonth: bigint) => ({ region: 'us-east-1', month: november, queriesPerMonth });

function compacted(objects: readonly Given[], queries = 30n, given: Partial<CompactOptions> = {}) {
  const scan = scanWith(objects);
  const layout = describe(scan, scan.prefixes[0]!, options(queries));
  const change = compact(layout, { ...compactDefaults, queriesPerMonth: queries, ...given });
  return { scan, layout, change, outcome: outcome(layout, change, card, november) };
}

const bytesOf = (held: readonly { readonly bytes: bigint }[]) =>
  held.reduce((sum, { bytes }) => sum + bytes, 0n);

t.test('what lies beside a table is stored as before, however large it is', async (t) => {
  const { change, layout } = compacted([...hours('t/', 1000, 4, 1024), ['big/blob.bin', 500 * GIB]]);
  t.ok(bytesOf(change.after.storage) >= BigInt(500 * GIB));
  t.ok(bytesOf(change.after.storage) < bytesOf(layout.usage.storage));
});

t.test('a table within a table is compacted once', async (t) => {
  const { change, layout } = compacted([...hours('', 20, 30, 1000), ...hours('sub/', 10, 40, 1000)]);
  t.same(
    layout.tables.map(({ prefix, objects, partitions }) => ({ prefix, objects, partitions })),
    [
      { prefix: '', objects: 600n, partitions: 20n },
      { prefix: 'sub/', objects: 400n, partitions: 10n },
    ],
  );
  t.equal(change.objects, 30n);
  t.equal(change.bytes, 500_000n);
});

t.test('what lies below a table without belonging to an hour is left as it is', async (t) => {
  const { change } = compacted([
    ...hours('t/', 20, 30, 1000),
    ...Array.from({ length: 50 }, (_, n) => [`t/_checkpoints/${n}`, 7] as const),
  ]);
  t.equal(change.objects, 20n + 50n);
  t.equal(change.bytes, 300_000n + 350n);
});

t.test(
  'writers put into STANDARD, and what is compacted is read from there, whatever sorts first',
  async (t) => {
    const { layout, change } = compacted(
      [...hours('t/', 30, 10, 1000), ...hours('old/', 30, 10, 1000, 'GLACIER_IR')],
      100n,
    );
    const made = (usage: typeof layout.usage, name: 'put' | 'get') =>
      Object.fromEntries(
        usage.requests
          .map((one) => one.class)
          .map((storageClass) => [
            storageClass,
            usage.requests
              .filter((one) => one.class === storageClass)
              .reduce((sum, one) => sum + one[name], 0n),
          ]),
      );
    // One hour × 30 days × 10 files, for each of the two tables; the archive's table has nothing but its own class.
    t.same(made(layout.usage, 'put'), { STANDARD: 300n, GLACIER_IR: 300n });
    t.same(made(layout.usage, 'get'), { STANDARD: 30_000n, GLACIER_IR: 30_000n });
    // 60 files × 100; 60 new hours: their sources read once by class, 6 reads an hour and 3 a file.
    t.same(made(change.after, 'get'), { STANDARD: 6000n + 300n + 60n * 9n, GLACIER_IR: 300n });
    t.same(made(change.oneOff, 'get'), { STANDARD: 300n + 60n * 9n, GLACIER_IR: 300n });
  },
);

t.test('a table that gets one hour a day is not taken to get twenty-four', async (t) => {
  const [table] = compacted(hours('t/', 100, 10, 1000)).layout.tables;
  t.equal(writtenPerMonth(table!, november), 300n);
  const [outlier] = compacted([...hours('t/', 100, 10, 1000), ['t/dt=1970-01-01/hour=00/x', 1]]).layout
    .tables;
  t.equal(writtenPerMonth(outlier!, november), 297n, 'whatever date one of them was given');
  const [begun] = compacted(hours('t/', 2, 10, 1000)).layout.tables;
  t.equal(writtenPerMonth(begun!, november), 7200n, 'a day or two say nothing yet');
  const daily = hours('t/', 50, 10, 1000).map(
    ([key, ...rest]) => [key.replace('hour=05/', ''), ...rest] as const,
  );
  t.equal(writtenPerMonth(compacted(daily).layout.tables[0]!, november), 300n);
});

t.test('archived objects are neither read nor compacted', async (t) => {
  const { layout, change, outcome } = compacted([
    ...hours('t/', 100, 10, 1000),
    ...hours('t/', 300, 10, 1000, 'DEEP_ARCHIVE').slice(1000),
  ]);
  t.equal(layout.objects, 3000n);
  t.equal(layout.usage.requests.find((one) => one.class === 'DEEP_ARCHIVE')?.get ?? 0n, 0n);
  t.equal(change.objects, 2000n + 100n);
  const archived = change.after.storage.find((held) => held.class === 'DEEP_ARCHIVE');
  t.equal(archived?.objects, 2000n);
  t.match(outcome.assumptions.join(), /2,000 archived objects/);
});

t.test(
  'sources that are there already are kept for their days too: that is part of the one-off cost',
  async (t) => {
    const { change, outcome } = compacted(hours('t/', 28, 64, 16 * MIB), 0n);
    // Of 28 days, one hour each, 14 are the last and are in the month after; the other 14 × 1 GiB are held for 14 days.
    t.equal(bytesOf(change.after.storage), BigInt(GIB) * (14n + 14n));
    t.same(
      change.oneOff.storage.map(({ class: name, objects, bytes, days }) => ({ name, objects, bytes, days })),
      [{ name: 'STANDARD', objects: 14n * 64n, bytes: 14n * BigInt(GIB), days: 14 }],
    );
    // 14 GB × 14 / 30 × 0.023
    t.equal(outcome.oneOff.sections.storage?.toString(), '0.1502666666666666666666666667');
  },
);

t.test('whatever is compacted, objects and bytes by size add up in every class', async (t) => {
  const size = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 300_000 }), fc.constant(3 * GIB));
  const storageClass = fc.constantFrom('STANDARD', 'STANDARD_IA', 'GLACIER', 'STRANGE');
  const prefix = fc.constantFrom('', 't/', 't/sub/', 'u/');
  const table = fc.tuple(
    prefix,
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 5 }),
    size,
    storageClass,
  );
  fc.assert(
    fc.property(fc.array(table, { maxLength: 6 }), fc.nat(40), (tables, sourcesKeptDays) => {
      const objects = tables.flatMap((given, n) =>
        hours(...given).map(([key, ...rest]) => [`${key}.${n}`, ...rest] as const),
      );
      const { layout, change } = compacted([['x/loose', 5], ...objects], 7n, { sourcesKeptDays });
      for (const held of [...change.after.storage, ...change.oneOff.storage]) {
        if (held.sizes === undefined) continue;
        t.equal(
          held.sizes.reduce((sum, row) => sum + row.objects, 0n),
          held.objects,
        );
        t.equal(bytesOf(held.sizes), held.bytes);
        t.ok(held.sizes.every((row) => row.objects > 0n && row.bytes >= 0n));
      }
      for (const made of [...change.after.requests, ...change.oneOff.requests])
        t.ok(made.put >= 0n && made.get >= 0n && made.list >= 0n);
      t.ok(change.objects >= 0n && change.objects <= layout.objects);
      t.ok(change.bytes >= 0n && change.bytes <= layout.bytes);
    }),
    { numRuns: 60 },
  );
});

t.test('no saving is counted in two findings', async (t) => {
  const scan = scanWith([
    ...hours('a/t/', 20, 30, 1000),
    ...hours('a/ia/', 20, 30, 1000, 'STANDARD_IA'),
    ...Array.from({ length: 200 }, (_, n) => [`a/loose${n}`, 1000] as const),
  ]);
  const found = findings(scan, card, options(300n));
  t.same(found.map(({ prefix, kind, savingUsd }) => [prefix, kind, Number(savingUsd) > 0]).sort(), [
    ['a/', 'small-files', true],
    ['a/ia/', 'padded-objects', true],
    ['a/t/', 'small-files', true],
  ]);
  const all = describe(scan, scan.prefixes[0]!, options(300n));
  const sum = (name: 'savingUsd' | 'monthlyUsd') =>
    found.reduce((total, one) => total + Number(one[name]), 0);
  const total = Number(monthlyBill(all.usage, card).total.toString());
  t.ok(sum('savingUsd') < total);
  // Tiers apart, the months of all findings are the month of the scan: every object is in one.
  t.ok(Math.abs(sum('monthlyUsd') - total) < total / 1000);
});
