/** What a finding speaks for: the objects of its kind at its prefix that no deeper finding of that kind speaks for. No object, and no dollar, is in two. */
import { subtractUsd, sumUsd, type Usd, zeroUsd } from '../kernel/usd.js';
import { findingCauses, type PrefixRow } from '../prefixes/scan.js';
import { type Flag, kindOf } from '../prefixes/small-objects.js';
import type { HistogramRow } from '../prefixes/tally.js';
import type { Bill, BillLine } from '../pricing/bill.js';
import type { RequestUsage, RetrievalUsage, Usage } from '../pricing/usage.js';
import { type FlagIndex, outermost } from './flag-index.js';
import type { Layout } from './layout.js';
import { storageOf, withoutBars } from './table-layout.js';

export interface FindingPart {
  readonly flag: Flag;
  readonly row: PrefixRow;
  readonly histogram: readonly HistogramRow[];
  /** A month of it alone: the bill of this is what the finding costs, line by line. */
  readonly usage: Usage;
}

/** `layoutOf`: of a row with all below it. */
export function findingPart(
  flag: Flag,
  flags: FlagIndex,
  rows: ReadonlyMap<string, PrefixRow>,
  layoutOf: (prefix: string) => Layout,
): FindingPart {
  const row = rows.get(flag.prefix)!;
  const below = flags.below(flag.prefix);
  const deeper = outermost(below.filter(({ kind }) => kind === flag.kind));
  const ofKind = (bar: HistogramRow): boolean => kindOf(bar.class) === flag.kind;
  const { usage } = layoutOf(flag.prefix);
  const usageOf = ({ prefix }: Flag): Usage => layoutOf(prefix).usage;
  const taken = deeper.map(usageOf);
  // LIST is of no kind, and of a prefix: its first finding has them, and whatever is found deeper has its own.
  const listed = flags.firstAt(flag.prefix) === flag ? outermost(below).map(usageOf) : undefined;
  const histogram = withoutBars(
    layoutOf(flag.prefix).histogram.filter(ofKind),
    deeper.flatMap(({ prefix }) => rows.get(prefix)!.histogram.filter(ofKind)),
  );
  return {
    flag,
    row,
    histogram,
    usage: {
      ...{ region: usage.region, month: usage.month, tierOffsetGB: usage.tierOffsetGB },
      storage: storageOf(histogram),
      requests: requestsWithout(usage, flag.kind, taken, listed),
      retrieval: retrievalWithout(usage, taken, flag.kind),
    },
  };
}

/** `listed`: what deeper findings have of the LISTs; undefined where another finding of this prefix has them. */
function requestsWithout(
  usage: Usage,
  kind: string,
  taken: readonly Usage[],
  listed: readonly Usage[] | undefined,
): RequestUsage[] {
  const left = (one: RequestUsage, from: readonly Usage[], of: (made: RequestUsage) => bigint): bigint =>
    from
      .flatMap(({ requests }) => requests.filter((made) => made.class === one.class))
      .reduce((rest, made) => (rest > of(made) ? rest - of(made) : 0n), of(one));
  return usage.requests
    .map((one) => {
      const isOurs = kindOf(one.class) === kind;
      const ours = (of: (made: RequestUsage) => bigint): bigint => (isOurs ? left(one, taken, of) : 0n);
      return {
        class: one.class,
        put: ours(({ put }) => put),
        get: ours(({ get }) => get),
        head: ours(({ head = 0n }) => head),
        list: one.list === 0n || listed === undefined ? 0n : listsLeft(one.list, listed),
        delete: 0n,
      };
    })
    .filter(({ put, get, head, list }) => put + get + head + list > 0n);
}

/** All LISTs stand in one row, of whatever class. */
function listsLeft(all: bigint, taken: readonly Usage[]): bigint {
  const below = taken.flatMap(({ requests }) => requests).reduce((sum, { list }) => sum + list, 0n);
  return all > below ? all - below : 0n;
}

function retrievalWithout(usage: Usage, taken: readonly Usage[], kind: string): RetrievalUsage[] {
  return (usage.retrieval ?? []).flatMap((one) => {
    const bytes = taken
      .flatMap(({ retrieval = [] }) => retrieval.filter((read) => read.class === one.class))
      .reduce((rest, read) => (rest > read.bytes ? rest - read.bytes : 0n), one.bytes);
    return kindOf(one.class) === kind && bytes > 0n ? [{ ...one, bytes }] : [];
  });
}

export type FindingCosts = Readonly<Record<(typeof findingCauses)[number], Usd>>;

/** The lines of a bill by what they are for; they add up to its total. */
export function costsOf({ lines }: Bill): FindingCosts {
  const sumOf = (cause: string): Usd =>
    sumUsd(lines.filter((line) => causeOf(line) === cause).map(({ amount }) => amount));
  return Object.fromEntries(findingCauses.map((cause) => [cause, sumOf(cause)])) as unknown as FindingCosts;
}

function causeOf({ section, name }: BillLine): string {
  if (section !== 'overhead') return section;
  if (name.startsWith('Padding')) return 'padding';
  return name.startsWith('Monitoring') ? 'monitoring' : 'archiveOverhead';
}

/** What requests are of a difference between two bills. */
export const requestSaving = (before: Bill, after: Bill): Usd =>
  (['put', 'get', 'list'] as const).reduce(
    (sum, name) =>
      sumUsd([sum, subtractUsd(before.sections[name] ?? zeroUsd, after.sections[name] ?? zeroUsd)]),
    zeroUsd,
  );
