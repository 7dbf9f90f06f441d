/** What was added up becomes a comparison: each group is priced once, over its whole quantity, tier by tier. */
import { exactOfSum, usdOfSum } from '../kernel/exact-sum.js';
import { addQuantities, exactly, type Quantity, quantity, type Unit } from '../kernel/quantity.js';
import {
  absoluteUsd,
  compareUsd,
  subtractUsd,
  sumUsd,
  type Usd,
  usdPercent,
  zeroUsd,
} from '../kernel/usd.js';
import { priced } from '../pricing/tiers.js';
import type { Group, Matched } from './match.js';
import type {
  BillFile,
  MatchedGroup,
  NotUnderstoodEntry,
  Reconciliation,
  SetApart,
} from './reconciliation.js';
import { mergedTally, type Tally } from './tally.js';
import type { PriceMeaning } from './usage-types.js';

/**
 * The account's other usage, which fills the tiers before this bill does. By usage type: without prefix it holds in
 * every Region, with prefix in its own.
 */
export type TierOffsets = Readonly<Record<string, string>>;

export function explain(
  files: readonly BillFile[],
  matched: Matched,
  offsets: TierOffsets = {},
): Reconciliation {
  const all = [...matched.groups.values()].filter(({ tally }) => tally.rows > 0);
  const groups = all.map((group) => explained(group, offsetOf(group, all, offsets))).sort(worstFirst);
  const entries = [...matched.notUnderstood.values()]
    .filter(({ tally }) => tally.rows > 0)
    .map(
      ({ tally, ...entry }): NotUnderstoodEntry => ({
        ...entry,
        ...amounts(tally),
        listed: usdOfSum(tally.listed),
      }),
    )
    .sort((a, b) => compareUsd(absoluteUsd(b.listed), absoluteUsd(a.listed)) || byText(keyOf(a), keyOf(b)));
  const apart = [...matched.apart.values()]
    .map(({ kind, service, tally }): SetApart => ({ kind, service, ...amounts(tally) }))
    .sort(
      (a, b) =>
        compareUsd(absoluteUsd(b.billed), absoluteUsd(a.billed)) ||
        byText(`${a.kind}\n${a.service}`, `${b.kind}\n${b.service}`),
    );
  const ours = sumUsd(groups.map((group) => group.ours));
  const together = mergedTally(all.map(({ tally }) => tally));
  const unknown = mergedTally([...matched.notUnderstood.values()].map(({ tally }) => tally));
  const listed = usdOfSum(together.listed);
  return {
    schemaVersion: 1,
    currency: 'USD',
    files,
    ...amounts(matched.all),
    matched: { ...amounts(together), ...compared(ours, listed), groups },
    setApart: {
      ...amounts(mergedTally([...matched.apart.values()].map(({ tally }) => tally))),
      entries: apart,
    },
    notUnderstood: { ...amounts(unknown), listed: usdOfSum(unknown.listed), entries },
    leftOut: amounts(matched.leftOut),
    unexplained: unexplained(groups, entries, together, unknown),
    assumptions: assumptions(all, together, offsets),
  };
}

const amounts = (tally: Tally) => ({ rows: tally.rows, billed: usdOfSum(tally.billed) });

function compared(ours: Usd, listed: Usd) {
  const difference = subtractUsd(ours, listed);
  return { listed, ours, difference, errorPercent: percentOf(difference, listed) };
}

const percentOf = (part: Usd, whole: Usd) =>
  compareUsd(part, zeroUsd) === 0 ? exactly('0') : (usdPercent(part, whole) ?? null);

function explained({ meaning, tally, free, ...group }: Group, offset: string): MatchedGroup {
  const head = {
    region: group.region,
    month: group.month,
    usageType: group.usageType,
    operations: [...group.operations].sort(),
    ...amounts(tally),
  };
  const amount = exactOfSum(tally.quantity);
  const listed = usdOfSum(tally.listed);
  if (meaning === undefined || free !== '')
    return {
      ...head,
      price: 'free',
      rateCardDate: null,
      quantity: amount,
      unit: meaning?.price.unit ?? '',
      tiers: [],
      ...compared(zeroUsd, listed),
      note: free,
    };
  const { price, card } = meaning;
  const of: Quantity<Unit> = quantity(price.unit, amount);
  const { parts, amount: ours } = priced(price, of, quantity(price.unit, exactly(offset)));
  return {
    ...head,
    price: price.id,
    rateCardDate: card.date,
    quantity: amount,
    unit: price.unit,
    tiers: parts,
    ...compared(ours, listed),
    note:
      price.confidence === 'unconfirmed' || price.confidence === 'inferred'
        ? `the price is ${price.confidence}`
        : '',
  };
}

/** AWS's own example puts what is free inside the first tier (S3 pricing page, data transfer). */
function offsetOf(
  { meaning, region, month, usageType, free }: Group,
  all: readonly Group[],
  offsets: TierOffsets,
): string {
  if (!isTiered(meaning) || free !== '') return '0';
  const given = offsets[usageType] ?? offsets[meaning.suffix] ?? '0';
  if (meaning.price.id !== 'network.internetOut') return given;
  const freeOnes = all.filter(
    (one) =>
      one.free !== '' &&
      one.region === region &&
      one.month === month &&
      one.meaning?.price.id === meaning.price.id,
  );
  const unit = meaning.price.unit;
  return freeOnes
    .reduce(
      (sum, { tally }) => addQuantities(sum, quantity(unit, exactOfSum(tally.quantity))),
      quantity(unit, exactly(given)),
    )
    .amount.toString();
}

function worstFirst(a: MatchedGroup, b: MatchedGroup): number {
  const keys = (one: MatchedGroup): string =>
    `${one.region}\n${one.month}\n${one.usageType}\n${one.price}\n${one.note}`;
  return (
    compareUsd(absoluteUsd(b.difference), absoluteUsd(a.difference)) ||
    compareUsd(b.listed, a.listed) ||
    byText(keys(a), keys(b))
  );
}

const isTiered = (meaning: PriceMeaning | undefined): meaning is PriceMeaning =>
  meaning !== undefined && meaning.price.tiers.length > 1;
const isNamed = ({ usageType, suffix }: PriceMeaning, name: string): boolean =>
  usageType === name || suffix === name;
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const keyOf = (entry: NotUnderstoodEntry): string =>
  `${entry.service}\n${entry.usageType}\n${entry.operation}\n${entry.region}\n${entry.reason}`;

function unexplained(
  groups: readonly MatchedGroup[],
  entries: readonly NotUnderstoodEntry[],
  together: Tally,
  unknown: Tally,
): Reconciliation['unexplained'] {
  const amount = sumUsd([
    ...groups.map(({ difference }) => absoluteUsd(difference)),
    ...entries.map(({ listed }) => absoluteUsd(listed)),
  ]);
  return { amount, percent: percentOf(amount, usdOfSum(mergedTally([together, unknown]).listed)) };
}

function assumptions(all: readonly Group[], together: Tally, offsets: TierOffsets): string[] {
  const said = new Set<string>([
    'Tiers are counted over all rows of the files together, for each Region, month and usage type.',
  ]);
  for (const [usageType, gigabytes] of Object.entries(offsets))
    said.add(
      all.some(({ meaning }) => isTiered(meaning) && isNamed(meaning, usageType))
        ? `${gigabytes} of ${usageType} were used elsewhere before these rows.`
        : `No row here is of a usage type ${usageType} that has tiers: its tier offset changed nothing.`,
    );
  for (const { meaning, month, region, free } of all) {
    if (meaning?.isLater)
      said.add(
        `The first rate card of ${region} is of ${meaning.card.date}: ${month} is compared with that one.`,
      );
    if (meaning !== undefined && free !== '')
      said.add('Rows that the bill describes as inside a free tier are taken to cost nothing.');
  }
  if (together.unlisted > 0)
    said.add(
      `${together.unlisted} matched rows have no cost at public prices: what was billed is compared instead.`,
    );
  return [...said].sort();
}
