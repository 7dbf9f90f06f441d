/** A price list read into a Region's price file changes only the prices that differ, and only from its own day on. */
import type { Day } from '../kernel/day.js';
import { raise } from '../kernel/errors.js';
import { rate, type Unit } from '../kernel/quantity.js';
import type { PriceFile } from './price-file.js';
import type { OfferPrice } from './price-list.js';
import type { Matched } from './price-match.js';
import { meters, type PriceId } from './price-meters.js';
import { priceUnits } from './price-units.js';
import type { Absent, Price, RateCard } from './rate-card.js';

export interface PriceChange {
  readonly id: PriceId;
  readonly unit: Unit;
  readonly before: Price<Unit> | Absent;
  readonly after: Price<Unit>;
  readonly offerCode: string;
}

/**
 * - `new-card`: the list's day had none; `new-prices`: it had one, which changes in place
 * - `checked`: no price differs, one line says so in the card; `known`: that line stood there already
 */
export type MergeOutcome = 'new-card' | 'new-prices' | 'checked' | 'known';

export interface Merge {
  readonly region: string;
  readonly outcome: MergeOutcome;
  /** The day of the list, not always that of the card. */
  readonly date: Day;
  /** In force on that day until now; undefined when the file begins later. */
  readonly before: RateCard | undefined;
  readonly after: RateCard;
  readonly changes: readonly PriceChange[];
  readonly identical: number;
  /** In the card and not in the list: they stay as they were. */
  readonly kept: readonly PriceId[];
  readonly file: PriceFile;
}

/**
 * Dated by the latest effective date among the prices read: AWS bills by it, and a card must be in force on the first of
 * a month to price it; the publication comes days or weeks later. Errors: ARGUMENT_MISSING when a day is open.
 */
export function mergePrices(
  file: PriceFile,
  matched: ReadonlyMap<PriceId, Matched>,
  asked: Day | undefined,
): Merge {
  const rows = [...matched.values()];
  const date = asked ?? latestEffective(rows);
  const inForce = file.cards.findLast((card) => card.date <= date);
  const base = inForce ?? emptyCard(file.cards[0]!, date);
  const changes = rows.flatMap((row) => changeOf(row, base));
  const after =
    changes.length === 0 ? withChecks(base, rows) : withChecks(withPrices(base, date, changes), rows);
  return {
    region: file.region,
    outcome: outcomeOf(changes, base, after, inForce),
    date,
    before: inForce,
    after,
    changes,
    identical: rows.length - changes.length,
    kept: meters.map(({ id }) => id).filter((id) => !matched.has(id) && !('absent' in at(base, id))),
    file: { region: file.region, cards: placed(file.cards, after) },
  };
}

function outcomeOf(
  changes: readonly PriceChange[],
  base: RateCard,
  after: RateCard,
  inForce: RateCard | undefined,
): MergeOutcome {
  if (changes.length > 0) return inForce?.date === after.date ? 'new-prices' : 'new-card';
  return base.checks.length === after.checks.length &&
    base.checks.every((line, n) => line === after.checks[n])
    ? 'known'
    : 'checked';
}

function latestEffective(rows: readonly Matched[]): Day {
  const days = rows.map(
    ({ offer }) =>
      offer.effectiveDate ??
      raise('ARGUMENT_MISSING', {
        field: '--date',
        hint: `${offer.file}: the effective date of SKU ${offer.sku} can be read two ways; give the day with --date.`,
      }),
  );
  return days.toSorted().at(-1)!;
}

const at = (card: RateCard, id: PriceId): Price<Unit> | Absent => {
  const [group, name] = id.split('.') as [string, string];
  return (card.prices as Readonly<Record<string, Readonly<Record<string, Price<Unit> | Absent>>>>)[group]![
    name
  ]!;
};

function changeOf(row: Matched, base: RateCard): PriceChange[] {
  const before = at(base, row.meter.id);
  const after = priceFrom(row, before);
  const same =
    !('absent' in before) && tiersText(before) === tiersText(after) && before.confidence === after.confidence;
  return same ? [] : [{ id: row.meter.id, unit: row.unit, before, after, offerCode: row.offer.offerCode }];
}

const tiersText = ({ tiers }: Price<Unit>): string =>
  tiers.map(({ upTo, rate: { usdPerUnit } }) => `${upTo ?? 'Inf'} ${usdPerUnit}`).join(', ');

/** A list proves a number; that a borrowed meter is billed here too rests on what it rested on before. */
function priceFrom({ meter, unit, offer }: Matched, before: Price<Unit> | Absent): Price<Unit> {
  const old = 'absent' in before ? undefined : before;
  return {
    id: meter.id,
    unit,
    tiers: offer.tiers.map(({ endRange, usd }) => ({
      upTo: endRange === 'Inf' ? undefined : BigInt(endRange),
      rate: rate(unit, usd),
    })),
    usageType: offer.usageType,
    operation: meter.operation,
    sku: offer.sku,
    source: [sourceName(offer)],
    confidence: meter.isBorrowed ? (old?.confidence ?? 'documented') : 'verified',
    note: meter.isBorrowed ? (old?.note ?? '') : '',
  };
}

const sourceName = ({ offerCode, version }: OfferPrice): string => `${offerCode}-${version}`;
const sourceText = ({ offerCode, version, publicationDate }: OfferPrice): string =>
  `AWS price list ${offerCode}, version ${version}, published ${publicationDate}`;

function withPrices(base: RateCard, date: Day, changes: readonly PriceChange[]): RateCard {
  const changed = new Map<string, Price<Unit>>(changes.map(({ id, after }) => [id, after]));
  const prices = Object.fromEntries(
    Object.entries(base.prices).map(([group, own]) => [
      group,
      Object.fromEntries(
        Object.entries(own).map(([name, price]) => [name, changed.get(`${group}.${name}`) ?? price]),
      ),
    ]),
  ) as RateCard['prices'];
  return { ...base, date, prices, checks: base.date === date ? stillTrue(base.checks, changes) : [] };
}

/** An earlier edition of a list no longer agrees with a card that a later one has changed. */
const stillTrue = (checks: readonly string[], changes: readonly PriceChange[]): readonly string[] =>
  checks.filter(
    (line) => !changes.some(({ offerCode }) => line.startsWith(`re-read AWS price list ${offerCode},`)),
  );

/** One line for each list: how many prices of the card it agrees with; the sources are those still in use. */
function withChecks(card: RateCard, rows: readonly Matched[]): RateCard {
  const texts = new Map<string, number>();
  for (const { offer } of rows) texts.set(sourceText(offer), (texts.get(sourceText(offer)) ?? 0) + 1);
  const checks = [...texts].reduce(
    (lines, [text, count]) => withLine(lines, `re-read ${text}: `, count),
    card.checks,
  );
  return { ...card, checks, sources: sourcesOf(card, rows) };
}

/** A part of a list read after the whole of it says nothing new. */
function withLine(lines: readonly string[], start: string, count: number): readonly string[] {
  const line = `${start}${count} price${count === 1 ? '' : 's'} identical`;
  const old = lines.findIndex((one) => one.startsWith(start));
  if (old < 0) return [...lines, line];
  return Number.parseInt(lines[old]!.slice(start.length), 10) >= count ? lines : lines.with(old, line);
}

function sourcesOf(card: RateCard, rows: readonly Matched[]): Readonly<Record<string, string>> {
  const texts = new Map(Object.entries(card.sources));
  for (const { offer } of rows) texts.set(sourceName(offer), sourceText(offer));
  const used = new Set(
    Object.values(card.prices).flatMap((group) =>
      Object.values(group as Readonly<Record<string, Price<Unit> | Absent>>).flatMap((price) =>
        'absent' in price ? [] : price.source,
      ),
    ),
  );
  return Object.fromEntries([...used].sort().map((name) => [name, texts.get(name) ?? name]));
}

const placed = (cards: readonly RateCard[], card: RateCard): readonly RateCard[] =>
  [...cards.filter(({ date }) => date !== card.date), card].toSorted((a, b) => (a.date < b.date ? -1 : 1));

/** A list older than every card is laid on nothing: a later price is never taken for an earlier one. */
function emptyCard(of: RateCard, date: Day): RateCard {
  const why = `not read from a price list of ${date}`;
  const prices = Object.fromEntries(
    Object.entries(priceUnits).map(([group, names]) => [
      group,
      Object.fromEntries(Object.keys(names).map((name) => [name, { absent: 'unknown', why } as const])),
    ]),
  ) as RateCard['prices'];
  return { ...of, date, prices, sources: {}, checks: [] };
}
