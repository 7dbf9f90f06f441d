/** A flagged prefix gets its dollars: what its month costs, and what compacting it would save. */
import { compareUsd, subtractUsd, type Usd, zeroUsd } from '../kernel/usd.js';
import { barsOf } from '../prefixes/histogram.js';
import type { Finding, PrefixRow, Scan } from '../prefixes/scan.js';
import { type Flag, flagSmallObjects, kindOf, smallObjectDefaults } from '../prefixes/small-objects.js';
import type { Section } from '../pricing/bill.js';
import { monthlyBill } from '../pricing/monthly-bill.js';
import type { RateCard } from '../pricing/rate-card.js';
import { compact, compactDefaults } from './compact.js';
import { describe, type LayoutOptions } from './layout.js';
import { isReadable, type TableLayout, totalsOf } from './table-layout.js';

export interface PricedPrefix {
  readonly prefix: string;
  readonly depth: number;
  readonly objects: bigint;
  readonly bytes: bigint;
  readonly smallObjects: bigint;
  readonly medianObjectBytes: number;
  readonly histogram: PrefixRow['histogram'];
  /** As if this prefix were all the account held: tiers begin at the first. */
  readonly monthly: Usd;
  readonly bySection: Readonly<Partial<Record<Section, Usd>>>;
}

/** Every row of the scan with the dollars of its month. */
export function pricedPrefixes(scan: Scan, card: RateCard, options: LayoutOptions): PricedPrefix[] {
  return scan.prefixes.map((row) => {
    const { total, sections } = monthlyBill(describe(scan, row, options).usage, card);
    return {
      prefix: row.prefix,
      depth: row.depth,
      objects: row.tallies.reduce((sum, tally) => sum + tally.objects, 0n),
      bytes: row.tallies.reduce((sum, tally) => sum + tally.bytes, 0n),
      smallObjects: row.tallies.reduce((sum, tally) => sum + tally.smallObjects, 0n),
      medianObjectBytes: row.medianObjectBytes,
      histogram: row.histogram,
      monthly: total,
      bySection: sections,
    };
  });
}

export interface PricedBar {
  readonly upToBytes: number | null;
  readonly objects: bigint;
  readonly bytes: bigint;
  /** Storage, overhead and reads of the objects of this size. */
  readonly monthly: Usd;
}

/** The size histogram of the whole scan with dollars: each bar priced as if it were all there is. */
export function pricedBars(scan: Scan, card: RateCard, options: LayoutOptions): PricedBar[] {
  const root = scan.prefixes[0]!;
  return barsOf(root.histogram).map(({ upToBytes, objects, bytes }) => {
    const histogram = root.histogram.filter((bar) => bar.upToBytes === upToBytes);
    const tallies = root.tallies.flatMap((tally) => {
      const own = histogram.find((bar) => bar.class === tally.class);
      return own ? [{ ...tally, objects: own.objects, bytes: own.bytes }] : [];
    });
    const row: PrefixRow = { prefix: root.prefix, depth: 0, tallies, histogram, medianObjectBytes: 0 };
    const { usage } = describe({ ...scan, prefixes: [] }, row, options);
    return { upToBytes, objects, bytes, monthly: monthlyBill(usage, card).total };
  });
}

/** Findings with dollars, the largest saving first. */
export function findings(scan: Scan, card: RateCard, options: LayoutOptions): Finding[] {
  const rows = new Map(scan.prefixes.map((row) => [row.prefix, row]));
  const flags = flagSmallObjects(scan.prefixes, {
    ...smallObjectDefaults,
    smallBelowBytes: scan.smallBelowBytes,
  });
  return flags
    .map((flag) => ({ flag, ...dollars(scan, rows.get(flag.prefix)!, claimOf(flag, flags), card, options) }))
    .sort((a, b) => compareUsd(b.saving, a.saving))
    .map(({ flag, monthly, saving }) => ({
      ...flag,
      monthlyUsd: monthly.toString(),
      savingUsd: saving.toString(),
    }));
}

/** Which tables a finding speaks for, and which of their objects: no saving is counted in two findings. */
function claimOf(flag: Flag, flags: readonly Flag[]): (table: TableLayout) => TableLayout[] {
  const deeper = flags.filter(
    ({ kind, prefix }) => kind === flag.kind && prefix !== flag.prefix && prefix.startsWith(flag.prefix),
  );
  return (table) =>
    deeper.some(({ prefix }) => table.prefix.startsWith(prefix)) ? [] : [claimed(table, flag.kind)];
}

/** The objects of one kind, and their share of the reads. */
function claimed(table: TableLayout, kind: string): TableLayout {
  const histogram = table.histogram.filter((bar) => kindOf(bar.class) === kind);
  const readable = (bars: TableLayout['histogram']): bigint =>
    totalsOf(bars.filter((bar) => isReadable(bar.class))).objects;
  const all = readable(table.histogram);
  const reads =
    table.reads === undefined || all === 0n ? table.reads : (table.reads * readable(histogram)) / all;
  return { ...table, histogram, ...(reads !== undefined && { reads }) };
}

function dollars(
  scan: Scan,
  row: PrefixRow,
  claim: (table: TableLayout) => TableLayout[],
  card: RateCard,
  options: LayoutOptions,
) {
  const layout = describe(scan, row, options);
  const monthly = monthlyBill(layout.usage, card).total;
  const claimed = { ...layout, tables: layout.tables.flatMap(claim) };
  const change = compact(claimed, { ...compactDefaults, queriesPerMonth: options.queriesPerMonth });
  const saving = subtractUsd(monthly, monthlyBill(change.after, card).total);
  return { monthly, saving: compareUsd(saving, zeroUsd) > 0 ? saving : zeroUsd };
}
