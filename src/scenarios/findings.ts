/** Findings with dollars: what flagged objects cost a month by cause, what could be done about them, and what that saves and costs once. */
import { compareUsd, scaleUsd, subtractUsd, type Usd, zeroUsd } from '../kernel/usd.js';
import type { Finding, PrefixRow, Scan } from '../prefixes/scan.js';
import { type Flag, flagSmallObjects, kindOf, smallObjectDefaults } from '../prefixes/small-objects.js';
import type { Bill } from '../pricing/bill.js';
import { monthlyBill } from '../pricing/monthly-bill.js';
import type { RateCard } from '../pricing/rate-card.js';
import type { Usage } from '../pricing/usage.js';
import { compact, compactDefaults } from './compact.js';
import {
  type Candidate,
  type FindingAction,
  keptInStandard,
  largerBuffer,
  packed,
} from './finding-actions.js';
import { costsOf, type FindingPart, findingPart, requestSaving } from './finding-part.js';
import { certaintyOf } from './finding-words.js';
import { type FlagIndex, flagIndex } from './flag-index.js';
import { describe, type Layout, type LayoutOptions } from './layout.js';
import { isReadableTier, type TableLayout, totalsOf } from './table-layout.js';

/** Findings with dollars, the largest saving first. */
export function findings(scan: Scan, card: RateCard, options: LayoutOptions): Finding[] {
  const rows = new Map(scan.prefixes.map((row) => [row.prefix, row]));
  const flags = flagSmallObjects(scan.prefixes, {
    ...smallObjectDefaults,
    smallBelowBytes: scan.smallBelowBytes,
  });
  const index = flagIndex(flags);
  const known = new Map<string, Layout>();
  const layoutOf = (prefix: string): Layout => {
    const layout = known.get(prefix) ?? describe(scan, rows.get(prefix)!, options);
    known.set(prefix, layout);
    return layout;
  };
  return flags
    .map((flag) => {
      const part = findingPart(flag, index, rows, layoutOf);
      const bill = monthlyBill(part.usage, card);
      const choices = [
        ...compactions(layoutOf(flag.prefix), claimOf(flag, index), part, card, options),
        ...candidatesOf(part).map((candidate) => weighed(bill, candidate, card)),
      ];
      return findingOf({ part, bill, choice: best(choices) }, scan, card, options);
    })
    .sort((a, b) => compareUsd(b.saving, a.saving))
    .map(({ finding }) => finding);
}

/** A candidate with its dollars. */
interface Choice {
  readonly action: FindingAction;
  readonly recommendation: string;
  readonly saving: Usd;
  /** How much of the saving is requests. */
  readonly requests: Usd;
  /** What doing it takes: priced for the one that is chosen. */
  readonly oneOff: Usage;
}

function candidatesOf(part: FindingPart): Candidate[] {
  const { flag, row } = part;
  const buffer = largerBuffer(part);
  const isSmallFiles = flag.kind === 'small-files';
  const isTable = row.partitions !== undefined;
  // Pictures do not become one file; of small files that nothing is known of, the recommendation says "if".
  const isPackable = isSmallFiles
    ? !isTable
    : isTable || row.format !== undefined || row.writer !== undefined;
  return [
    ...(buffer ? [buffer] : []),
    ...(isSmallFiles ? [] : keptInStandard(part)),
    ...(isPackable ? [packed(part)] : []),
  ];
}

function weighed(before: Bill, { after, ...candidate }: Candidate, card: RateCard): Choice {
  const then = monthlyBill(after, card);
  return {
    ...candidate,
    saving: subtractUsd(before.total, then.total),
    requests: requestSaving(before, then),
  };
}

/** The compaction of the tables that the finding speaks for, as the scenario prices it; none where there is no table. */
function compactions(
  layout: Layout,
  claim: (table: TableLayout) => TableLayout[],
  { flag }: FindingPart,
  card: RateCard,
  options: LayoutOptions,
): Choice[] {
  const tables = layout.tables.flatMap(claim);
  if (tables.length === 0) return [];
  const change = compact(
    { ...layout, tables },
    { ...compactDefaults, queriesPerMonth: options.queriesPerMonth },
  );
  const [before, after] = [monthlyBill(layout.usage, card), monthlyBill(change.after, card)];
  return [
    {
      action: 'compact',
      recommendation:
        flag.kind === 'small-files'
          ? flag.recommendation
          : 'Compact each hour or day into files of up to 128 MiB in STANDARD.',
      saving: subtractUsd(before.total, after.total),
      requests: requestSaving(before, after),
      oneOff: change.oneOff,
    },
  ];
}

/** The largest saving; of equal ones the first. Undefined where nothing saves anything. */
function best(choices: readonly Choice[]): Choice | undefined {
  const [first] = choices.toSorted((a, b) => compareUsd(b.saving, a.saving));
  return first && compareUsd(first.saving, zeroUsd) > 0 ? first : undefined;
}

interface Weighed {
  readonly part: FindingPart;
  readonly bill: Bill;
  readonly choice: Choice | undefined;
}

function findingOf(
  { part, bill, choice }: Weighed,
  scan: Scan,
  card: RateCard,
  options: LayoutOptions,
): { readonly finding: Finding; readonly saving: Usd } {
  const { flag, row } = part;
  const saving = choice?.saving ?? zeroUsd;
  const leansOnReads = choice !== undefined && compareUsd(scaleUsd(choice.requests, 2n), saving) > 0;
  const { confidence, certainty } = certaintyOf(part, scan, options, leansOnReads);
  const costs = Object.entries(costsOf(bill)).map(([cause, amount]) => [cause, amount.toString()]);
  return {
    saving,
    finding: {
      ...flag,
      ...{ confidence, certainty },
      action: choice?.action ?? 'leave',
      recommendation: choice?.recommendation ?? leaveAlone,
      monthlyUsd: bill.total.toString(),
      savingUsd: saving.toString(),
      oneOffUsd: (choice ? monthlyBill(choice.oneOff, card).total : zeroUsd).toString(),
      costs: Object.fromEntries(costs),
      ...signsOf(row),
    },
  };
}

const leaveAlone = 'Leave them as they are: nothing that could be done to them saves anything at this use.';

const signsOf = ({ partitioning, writer }: PrefixRow): Pick<Finding, 'partitioning' | 'writer'> => ({
  ...(partitioning !== undefined && { partitioning }),
  ...(writer !== undefined && { writer }),
});

/** Which tables a finding speaks for, and which of their objects: no saving is counted in two findings. */
function claimOf(flag: Flag, flags: FlagIndex): (table: TableLayout) => TableLayout[] {
  const deeper = flags.below(flag.prefix).filter(({ kind }) => kind === flag.kind);
  return (table) =>
    deeper.some(({ prefix }) => table.prefix.startsWith(prefix)) ? [] : [claimed(table, flag.kind)];
}

/** The objects of one kind, and their share of the reads. */
function claimed(table: TableLayout, kind: string): TableLayout {
  const histogram = table.histogram.filter((bar) => kindOf(bar.class) === kind);
  const readable = (bars: TableLayout['histogram']): bigint => totalsOf(bars.filter(isReadableTier)).objects;
  const all = readable(table.histogram);
  const reads =
    table.reads === undefined || all === 0n ? table.reads : (table.reads * readable(histogram)) / all;
  return { ...table, histogram, ...(reads !== undefined && { reads }) };
}
