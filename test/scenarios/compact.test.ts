import fc from 'fast-check';
import t from 'tap';
import { addMonths } from '../../src/kernel/day.js';
import { approximateUsd, subtractUsd, sumUsd, usdFromText } from '../../src/kernel/usd.js';
import { addObjects, createPrefixTree, prefixTreeDefaults } from '../../src/prefixes/prefix-tree.js';
import { type Scan, scanOf } from '../../src/prefixes/scan.js';
import { compact, compactDefaults } from '../../src/scenarios/compact.js';
import { findings } from '../../src/scenarios/findings.js';
import { describe } from '../../src/scenarios/layout.js';
import { breakEven, monthPath } from '../../src/scenarios/payback.js';
import { pricedBars, pricedPrefixes } from '../../src/scenarios/priced-rows.js';
import { outcome } from '../../src/scenarios/scenario.js';
import { objectNamed } from '../inventory/memory-lister.js';
import { summaryOf } from '../prefixes/summary.js';
import { cardOf, november } from '../pricing/card.js';

const card = cardOf('us-east-1');
const hour = (n: number): string => `csv/t/year=2026/month=11/day=01/hour=${String(n).padStart(2, '0')}`;

function scanWith(objects: readonly (readonly [string, number])[]): Scan {
  const tree = createPrefixTree({ ...prefixTreeDefaults, prefix: 'csv/' });
  addObjects(
    tree,
    objects.map(([key, size]) => objectNamed(key, size)),
  );
  const head = {
    source: 's3://b/csv/',
    takenAt: '2026-11-24T00:00:00Z',
    region: 'us-east-1',
    requests: { put: 0, get: 0, list: 1 },
  };
  return scanOf(head, summaryOf(tree));
}

const hourly = (hours: number, files: number, size: number): Scan =>
  scanWith(Array.from({ length: hours * files }, (_, n) => [`${hour(n % hours)}/${n}.csv`, size] as const));

const options = (queriesPerMonth: bigint) => ({ region: 'us-east-1', month: november, queriesPerMonth });
const whatIf = (scan: Scan, queries: bigint) => {
  const layout = describe(scan, scan.prefixes[0]!, options(queries));
  return outcome(layout, compact(layout, { ...compactDefaults, queriesPerMonth: queries }), card, november);
};

t.test('24 hours of 100 files of 1 MiB, read a hundred times: every figure by hand', async (t) => {
  const { before, after, oneOff, layout } = whatIf(hourly(24, 100, 1024 ** 2), 100n);
  // Storage: 2,400 MiB = 2.34375 GB × 0.023.
  t.equal(before.sections.storage?.toString(), '0.05390625');
  // Writers: 100 files an hour × 720 hours = 72,000 PUT × 0.000005.
  t.equal(before.sections.put?.toString(), '0.36');
  // Reads: 2,400 × 100 GET × 0.0000004; LIST (3 pages + 24 hours) × 100 × 0.000005.
  t.equal(before.sections.get?.toString(), '0.096');
  t.equal(before.sections.list?.toString(), '0.0135');
  // 50 MiB of Parquet an hour is one file an hour.
  t.same(layout.after, { objects: 24n, bytes: 1_258_291_200n });
  // Sources of 14 days are kept, which is all of this one day: 2.34375 GB + 1.171875 GB.
  t.equal(after.sections.storage?.toString(), '0.080859375');
  // Once: 24 hours × (6 + 2) PUT, 2,400 + 24 × (6 + 3) GET, 24 LIST.
  t.equal(
    oneOff.total.toString(),
    sumUsd([usdFromText('0.00096'), usdFromText('0.0010464'), usdFromText('0.00012')]).toString(),
  );
});

t.test('a layout that is compacted already has nothing to gain', async (t) => {
  const { monthly, oneOff, breakEven: even } = whatIf(hourly(24, 1, 64 * 1024 ** 2), 100n);
  t.equal(monthly.saving.toString(), '0');
  t.equal(oneOff.total.toString(), '0');
  t.equal(even.month, 'never');
});

t.test('nothing is gained where nothing is partitioned', async (t) => {
  const { monthly, assumptions } = whatIf(
    scanWith([
      ['csv/a', 5],
      ['csv/b', 5],
    ]),
    100n,
  );
  t.equal(monthly.saving.toString(), '0');
  t.match(assumptions.join(), /No partitioned prefix/);
});

t.test('more small files never cost less to read', async (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (few, more) => {
      const cost = (files: number) => approximateUsd(whatIf(hourly(2, files, 1000), 30n).before.total);
      t.ok(cost(few + more) >= cost(few));
    }),
    { numRuns: 20 },
  );
});

t.test('the totals of an outcome are those of its bills', async (t) => {
  const made = whatIf(hourly(5, 50, 5000), 300n);
  t.equal(made.monthly.before.toString(), made.before.total.toString());
  t.equal(made.monthly.saving.toString(), subtractUsd(made.before.total, made.after.total).toString());
  t.equal(made.months.length, 12);
  t.equal(made.months[0]?.oneOff.toString(), made.oneOff.total.toString());
});

t.test('break-even is the first month of the path that is not below zero', async (t) => {
  const usd = (cents: number) => usdFromText((cents / 100).toFixed(2));
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 900 }),
      fc.integer({ min: 0, max: 900 }),
      fc.integer({ min: 0, max: 5000 }),
      (before, after, oneOff) => {
        const monthly = { before: usd(before), after: usd(after), oneOff: usd(oneOff) };
        const { month } = breakEven(november, monthly);
        const path = monthPath(november, monthly).find((row) => approximateUsd(row.cumulative) >= 0)?.month;
        if (after >= before) t.equal(month, 'never');
        else if (path !== undefined) t.equal(month, path);
        else t.ok(month === 'never' || month > addMonths(november, 11));
      },
    ),
  );
});

t.test('an option out of its range is refused', async (t) => {
  const scan = hourly(2, 10, 1000);
  const layout = describe(scan, scan.prefixes[0]!, options(1n));
  for (const wrong of [
    { targetFileBytes: 5 },
    { sizePercent: 0 },
    { sizePercent: Number.NaN },
    { sourcesKeptDays: -1 },
  ])
    t.throws(() => compact(layout, { ...compactDefaults, queriesPerMonth: 1n, ...wrong }), {
      code: 'ARGUMENT_INVALID',
    });
});

t.test('a class without a price is named, and not priced as another', async (t) => {
  const tree = createPrefixTree({ ...prefixTreeDefaults, prefix: '' });
  addObjects(tree, [objectNamed('a', 10, 'FSX_OPENZFS'), objectNamed('b', 10)]);
  const scan = scanOf(
    {
      source: 's3://b/',
      takenAt: '2026-11-24T00:00:00Z',
      region: 'us-east-1',
      requests: { put: 0, get: 0, list: 1 },
    },
    summaryOf(tree),
  );
  const { notCounted, objects } = describe(scan, scan.prefixes[0]!, options(1n));
  t.match(notCounted.join(), /objects of class FSX_OPENZFS, which has no known price: 1/);
  t.equal(objects, 1n);
});

t.test('findings are ranked by the dollars they save, and rows and bars are priced', async (t) => {
  const scan = hourly(24, 100, 1000);
  const found = findings(scan, card, options(300n));
  t.equal(found.length, 1);
  t.ok(Number(found[0]?.savingUsd) > 0);
  const [root] = pricedPrefixes(scan, card, options(300n));
  t.equal(root?.monthly.toString(), whatIf(scan, 300n).before.total.toString());
  const bars = pricedBars(scan, card, options(300n));
  t.same(
    bars.map(({ upToBytes, objects }) => [upToBytes, objects]),
    [[1024, 2400n]],
  );
});
