/** How old the prices of a Region are, and which of them are missing or weak. */
import { type Day, dayFromText, daysBetween } from '../kernel/day.js';
import type { Unit } from '../kernel/quantity.js';
import type { PriceFile } from './price-file.js';
import { type Absent, type Confidence, confidences, type Price, type RateCard } from './rate-card.js';

export interface RegionCheck {
  readonly region: string;
  /** Days of all its cards, oldest first. */
  readonly cards: readonly Day[];
  /** The card in force today; the first one when all begin later. */
  readonly date: Day;
  readonly ageDays: number;
  /** The last day a price list is known to have agreed with it: of the card, or one named in its checks. */
  readonly lastRead: Day;
  readonly lastReadAgeDays: number;
  readonly prices: number;
  readonly confidence: Readonly<Record<Confidence, number>>;
  /** Absent because nobody knows the price; what is not sold is no gap. */
  readonly gaps: readonly string[];
  readonly inferred: readonly string[];
  readonly unconfirmed: readonly string[];
}

export function checkRegion(file: PriceFile, today: Day): RegionCheck {
  const card = file.cards.findLast(({ date }) => date <= today) ?? file.cards[0]!;
  const lastRead = lastReadOf(card, today);
  const entries = entriesOf(card);
  const named = (confidence: Confidence): string[] =>
    entries.filter(([, price]) => !('absent' in price) && price.confidence === confidence).map(([id]) => id);
  const counts = confidences.map((confidence) => [confidence, named(confidence).length] as const);
  return {
    region: file.region,
    cards: file.cards.map(({ date }) => date),
    date: card.date,
    ageDays: daysBetween(card.date, today),
    lastRead,
    lastReadAgeDays: daysBetween(lastRead, today),
    prices: counts.reduce((sum, [, count]) => sum + count, 0),
    confidence: Object.fromEntries(counts) as Record<Confidence, number>,
    gaps: entries.filter(([, price]) => 'absent' in price && price.absent === 'unknown').map(([id]) => id),
    inferred: named('inferred'),
    unconfirmed: named('unconfirmed'),
  };
}

/** "STANDARD.put" with its price, or why there is none, in the order of the file. */
export function entriesOf(card: RateCard): (readonly [string, Price<Unit> | Absent])[] {
  return Object.entries(card.prices).flatMap(([group, own]) =>
    Object.entries(own as Readonly<Record<string, Price<Unit> | Absent>>).map(
      ([name, price]) => [`${group}.${name}`, price] as const,
    ),
  );
}

/** A day after today is no reading: a check may name what it announces. */
function lastReadOf(card: RateCard, today: Day): Day {
  const days = card.checks
    .flatMap((line) => line.match(/\b\d{4}-\d{2}-\d{2}\b/g) ?? [])
    .flatMap((text) => dayFromText(text) ?? [])
    .filter((day) => day <= today);
  return [card.date, ...days].toSorted().at(-1)!;
}
