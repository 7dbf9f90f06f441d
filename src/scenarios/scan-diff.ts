/** Two scans of one place: what each prefix holds more or less, in dollars a month. The lines add up to the difference of the totals. */
import type { Month } from '../kernel/day.js';
import { raise } from '../kernel/errors.js';
import { compareKeys, isStorageClass, type Prefix, printable } from '../kernel/s3.js';
import { compareUsd, subtractUsd, sumUsd, type Usd, zeroUsd } from '../kernel/usd.js';
import type { Scan } from '../prefixes/scan.js';
import { monthlyBill } from '../pricing/monthly-bill.js';
import type { RateCard } from '../pricing/rate-card.js';
import {
  type Measure,
  minusMeasure,
  noMeasure,
  ownMeasures,
  sharedRows,
  type Untold,
} from './row-matching.js';
import { storageOf } from './table-layout.js';

export interface DiffSide {
  readonly objects: bigint;
  readonly bytes: bigint;
  readonly smallObjects: bigint;
  readonly paddingBytes: bigint;
  readonly monthlyUsd: Usd;
}

export interface DiffLine {
  /** What lies there and in no line below it. */
  readonly prefix: Prefix;
  readonly state: 'appeared' | 'vanished' | 'grew' | 'shrank' | 'changed';
  readonly before: DiffSide;
  readonly after: DiffSide;
  /** After less before. */
  readonly change: DiffSide;
}

/** One of the two scans, and the prices of its own time. */
export interface DiffOf {
  readonly source: string;
  readonly takenAt: string;
  readonly region: string;
  readonly rateCardDate: string;
}

export interface ScanDiff {
  readonly schemaVersion: 1;
  readonly older: DiffOf;
  readonly newer: DiffOf;
  /** Those that changed, the most dollars first. */
  readonly lines: readonly DiffLine[];
  readonly totals: { readonly before: DiffSide; readonly after: DiffSide; readonly change: DiffSide };
  /** Rows that one scan has and the other may have counted in a row above: they are counted there in both. */
  readonly untold: readonly Untold[];
  readonly notes: readonly string[];
}

export interface DiffPrices {
  readonly month: Month;
  /** Of the newer scan; both are priced by it. */
  readonly card: RateCard;
  /** Of the older scan, in its own time. */
  readonly olderCard: RateCard;
}

/** Errors: SCANS_APART when they are not of one place, PRICE_MISSING. */
export function scanDiff(older: Scan, newer: Scan, { month, card, olderCard }: DiffPrices): ScanDiff {
  if (older.source !== newer.source)
    raise('SCANS_APART', {
      why: `one is of ${printable(older.source)}, the other of ${printable(newer.source)}`,
      hint: 'Compare two scans of one address.',
    });
  const { shared, untold } = sharedRows(older, newer);
  const [was, is] = [older, newer].map((scan) => ownMeasures(scan, shared));
  const priced = (own: Measure = noMeasure): DiffSide => sideOf(own, newer.region, month, card);
  const all = [...shared].map((prefix): DiffLine => {
    const before = priced(was!.get(prefix));
    const after = priced(is!.get(prefix));
    const change = changeOf(before, after);
    return { prefix, state: stateOf(was!.has(prefix), is!.has(prefix), change), before, after, change };
  });
  return {
    schemaVersion: 1,
    older: headOf(older, olderCard),
    newer: headOf(newer, card),
    lines: all.filter(({ change }) => hasChanged(change)).sort(byDollars),
    totals: {
      before: sumOf(all.map(({ before }) => before)),
      after: sumOf(all.map(({ after }) => after)),
      change: sumOf(all.map(({ change }) => change)),
    },
    untold,
    notes: notesOf(older, newer, { card, olderCard }),
  };
}

const headOf = ({ source, takenAt, region }: Scan, { date }: RateCard): DiffOf => ({
  ...{ source, takenAt, region },
  rateCardDate: date,
});

/** Storage, padding, overhead and monitoring of a month, as if these objects were all the account held: tiers begin at the first. */
function sideOf(own: Measure, region: string, month: Month, card: RateCard): DiffSide {
  const { objects, bytes, smallObjects, paddingBytes, histogram } = own;
  const storage = storageOf(histogram);
  const usage = { region, month, tierOffsetGB: {}, storage, requests: [] };
  const monthlyUsd = storage.length === 0 ? zeroUsd : monthlyBill(usage, card).total;
  return { objects, bytes, smallObjects, paddingBytes, monthlyUsd };
}

const changeOf = (before: DiffSide, after: DiffSide): DiffSide => ({
  ...minusMeasure(after, before),
  monthlyUsd: subtractUsd(after.monthlyUsd, before.monthlyUsd),
});

function sumOf(sides: readonly DiffSide[]): DiffSide {
  const sum = (name: 'objects' | 'bytes' | 'smallObjects' | 'paddingBytes'): bigint =>
    sides.reduce((all, side) => all + side[name], 0n);
  return {
    ...{ objects: sum('objects'), bytes: sum('bytes') },
    ...{ smallObjects: sum('smallObjects'), paddingBytes: sum('paddingBytes') },
    monthlyUsd: sumUsd(sides.map(({ monthlyUsd }) => monthlyUsd)),
  };
}

const hasChanged = ({ objects, bytes, smallObjects, paddingBytes, monthlyUsd }: DiffSide): boolean =>
  [objects, bytes, smallObjects, paddingBytes].some((amount) => amount !== 0n) ||
  compareUsd(monthlyUsd, zeroUsd) !== 0;

function stateOf(wasThere: boolean, isThere: boolean, { objects, bytes }: DiffSide): DiffLine['state'] {
  if (!wasThere) return 'appeared';
  if (!isThere) return 'vanished';
  const by = bytes === 0n ? objects : bytes;
  if (by === 0n) return 'changed';
  return by > 0n ? 'grew' : 'shrank';
}

const size = (usd: Usd): Usd => (compareUsd(usd, zeroUsd) < 0 ? subtractUsd(zeroUsd, usd) : usd);

const byDollars = (a: DiffLine, b: DiffLine): number =>
  compareUsd(size(b.change.monthlyUsd), size(a.change.monthlyUsd)) || compareKeys(a.prefix, b.prefix);

/** What the numbers are not, so that nobody takes them for more. */
function notesOf(older: Scan, newer: Scan, { card, olderCard }: Omit<DiffPrices, 'month'>): string[] {
  const notes = [
    'Dollars are of storage, padding, archive overhead and monitoring; each prefix is priced from the first tier on, and requests are not counted.',
  ];
  if (older.region !== newer.region || card.date !== olderCard.date)
    notes.push(
      `Both are priced by the rate card of ${newer.region} of ${card.date}; the older scan was taken when that of ${older.region} of ${olderCard.date} held.`,
    );
  if (older.smallBelowBytes !== newer.smallBelowBytes)
    notes.push(
      `Small objects are below ${older.smallBelowBytes} bytes in the older scan and below ${newer.smallBelowBytes} in the newer: their counts cannot be compared.`,
    );
  for (const [scan, other, name] of [
    [older, newer, 'older'],
    [newer, older, 'newer'],
  ] as const) {
    if (hasVersions(scan) && !hasVersions(other))
      notes.push(`Only the ${name} scan counts noncurrent versions: they may be what changed.`);
    if (scan.missing)
      notes.push(
        `The ${name} scan lacks ${scan.missing.length} files of its inventory: it counts too little.`,
      );
    const unknown = scan.totals.filter(({ class: held, objects }) => objects > 0n && !isStorageClass(held));
    for (const { class: held, objects } of unknown)
      notes.push(`${objects} objects of class "${held}" in the ${name} scan have no known price.`);
  }
  return notes;
}

const hasVersions = ({ totals }: Scan): boolean => totals.some((tally) => tally.noncurrentObjects > 0n);
