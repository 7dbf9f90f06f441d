/** A report's data as the program makes it, from nothing but keys. */
import type { TreeSummary } from '../../src/prefixes/prefix-rows.js';
import { addObjects, createPrefixTree, prefixTreeDefaults } from '../../src/prefixes/prefix-tree.js';
import { scanOf } from '../../src/prefixes/scan.js';
import type { ReportView } from '../../src/report/view.js';
import { compact, compactDefaults } from '../../src/scenarios/compact.js';
import { findings } from '../../src/scenarios/findings.js';
import { describe } from '../../src/scenarios/layout.js';
import { pricedBars, pricedPrefixes } from '../../src/scenarios/priced-rows.js';
import { billOf, outcome } from '../../src/scenarios/scenario.js';
import { objectNamed } from '../inventory/memory-lister.js';
import { summaryOf } from '../prefixes/summary.js';
import { cardOf, november } from '../pricing/card.js';

export const card = cardOf('us-east-1');
export const options = { region: 'us-east-1', month: november, queriesPerMonth: 720n };

/** `times`: every count and byte as often again, for lakes no test can hold. */
export function viewOf(keys: readonly string[], size = 1000, times = 1n): ReportView {
  const tree = createPrefixTree({ ...prefixTreeDefaults, prefix: '' });
  addObjects(
    tree,
    keys.map((key) => objectNamed(key, size)),
  );
  const head = {
    source: 's3://lake/',
    takenAt: '2026-11-24T10:00:00.000Z',
    region: 'us-east-1',
    requests: { put: 0, get: 0, list: 2 },
  };
  const bare = {
    ...scanOf(head, scaled(summaryOf(tree), times)),
    ownCost: { requests: head.requests, usd: '0.00001' },
  };
  const scan = { ...bare, findings: findings(bare, card, options) };
  const layout = describe(scan, scan.prefixes[0]!, options);
  return {
    scan,
    bill: billOf(layout.usage, card, layout),
    priced: pricedPrefixes(scan, card, options),
    bars: pricedBars(scan, card, options),
    targetFileBytes: compactDefaults.targetFileBytes,
    outcome: outcome(layout, compact(layout, { ...compactDefaults, queriesPerMonth: 720n }), card, november),
  };
}

function scaled(summary: TreeSummary, times: bigint): TreeSummary {
  const larger = <T extends object>(row: T): T =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? value * times : value]),
    ) as T;
  const prefixes = summary.prefixes.map((row) => ({
    ...row,
    tallies: row.tallies.map(larger),
    histogram: row.histogram.map(larger),
  }));
  return { ...summary, prefixes, totals: summary.totals.map(larger) };
}

/** Names that break out of HTML, Markdown, CSV or a terminal where they are not held in. */
export const hostile = [
  '<script>alert(1)</script>/x',
  '"quote"/x',
  "it's/x",
  'a&b/x',
  'new\nline/x',
  '\u202Eevil/x',
  '=SUM(A1)/x',
  '| pipe |/x',
];
