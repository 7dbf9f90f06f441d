/** Rows and sizes of a scan with the dollars of their month. */
import type { Usd } from '../kernel/usd.js';
import { barsOf } from '../prefixes/histogram.js';
import type { PrefixRow, Scan } from '../prefixes/scan.js';
import { heldName } from '../prefixes/tally.js';
import type { Section } from '../pricing/bill.js';
import { monthlyBill } from '../pricing/monthly-bill.js';
import type { RateCard } from '../pricing/rate-card.js';
import type { RequestUsage } from '../pricing/usage.js';
import { describe, type LayoutOptions } from './layout.js';
import { requestsAt } from './request-usage.js';
import { totalsOf } from './table-layout.js';

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
      const own = histogram.find((bar) => heldName(bar) === heldName(tally));
      return own ? [{ ...tally, objects: own.objects, bytes: own.bytes }] : [];
    });
    const row: PrefixRow = { prefix: root.prefix, depth: 0, tallies, histogram, medianObjectBytes: 0 };
    const { requests: _, ...unasked } = scan;
    const { usage } = describe({ ...unasked, prefixes: [] }, row, options);
    const measured = requestsAt(scan, root, options.month);
    const requests = measured ? readShares(measured.requests, root.histogram, histogram) : usage.requests;
    return { upToBytes, objects, bytes, monthly: monthlyBill({ ...usage, requests }, card).total };
  });
}

/** Logs do not say how large the objects were: each of a class is taken to be read as often. */
function readShares(
  requests: readonly RequestUsage[],
  all: PrefixRow['histogram'],
  bars: PrefixRow['histogram'],
): RequestUsage[] {
  return requests.map((one) => {
    const held = (from: PrefixRow['histogram']): bigint =>
      totalsOf(from.filter((bar) => bar.class === one.class)).objects;
    const share = (amount: bigint): bigint => (held(all) === 0n ? 0n : (amount * held(bars)) / held(all));
    return {
      ...{ class: one.class, put: 0n, list: 0n, delete: 0n },
      get: share(one.get),
      head: share(one.head ?? 0n),
    };
  });
}
