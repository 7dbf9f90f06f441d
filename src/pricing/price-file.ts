/** pricing/<region>.json is taken only when it holds every price, and nothing that is not known, each with its own unit. */
import { dayFromText } from '../kernel/day.js';
import { BucketwiseError, raise } from '../kernel/errors.js';
import { rate, type Unit } from '../kernel/quantity.js';
import { mayBeFree, priceUnits } from './price-units.js';
import { type Absent, absences, confidences, type Price, type RateCard, type Tier } from './rate-card.js';

/** The rate cards of one Region, oldest first. */
export interface PriceFile {
  readonly region: string;
  readonly cards: readonly RateCard[];
}

type Json = Readonly<Record<string, unknown>>;
/** Raises with what is wrong. */
type Refuse = (why: string) => never;

/** `file` is its name, for messages. Errors: PRICE_CARD_INVALID, naming the first class, price or unit that is wrong. */
export function parsePriceFile(text: string, file: string): PriceFile {
  const refuse: Refuse = (why) => raise('PRICE_CARD_INVALID', { file, why });
  const value = parsed(text, refuse);
  const names = ['schemaVersion', 'region', 'location', 'usageTypePrefix', 'cards'];
  known(value, names, 'the file', refuse);
  if (value.schemaVersion !== 1) refuse('schemaVersion is not 1');
  const cards = value.cards;
  if (!Array.isArray(cards) || cards.length === 0) return refuse('it has no cards');
  const read = cards.map((card) => cardOf(value, asObject(card, 'a card', refuse), refuse));
  const sorted = read.toSorted((a, b) => (a.date < b.date ? -1 : 1));
  if (new Set(sorted.map(({ date }) => date)).size < sorted.length) refuse('two cards have the same date');
  return { region: sorted[0]!.region, cards: sorted };
}

function parsed(text: string, refuse: Refuse): Json {
  try {
    return asObject(JSON.parse(text), 'the file', refuse);
  } catch (cause) {
    if (cause instanceof BucketwiseError) throw cause;
    return refuse(`it is not JSON: ${(cause as Error).message}`);
  }
}

function cardOf(file: Json, card: Json, refuse: Refuse): RateCard {
  known(card, ['date', 'sources', 'checks', 'prices'], 'a card', refuse);
  const prices = asObject(card.prices, 'prices', refuse);
  known(prices, Object.keys(priceUnits), 'prices', refuse);
  const sources = asObject(card.sources, 'sources', refuse);
  for (const [name, what] of Object.entries(sources)) asText(what, `source ${name}`, refuse);
  const date = asText(card.date, 'date', refuse);
  const groups = Object.entries(priceUnits).map(([group, units]) => [
    group,
    groupOf(group, units, asObject(prices[group], group, refuse), refuse),
  ]);
  return {
    region: asText(file.region, 'region', refuse),
    location: asText(file.location, 'location', refuse),
    usageTypePrefix: asText(file.usageTypePrefix, 'usageTypePrefix', refuse),
    date: dayFromText(date) ?? refuse(`"${date}" is not a day`),
    sources: sources as Readonly<Record<string, string>>,
    checks: asTexts(card.checks, 'checks', refuse),
    prices: Object.fromEntries(groups) as RateCard['prices'],
  };
}

function groupOf(group: string, units: Readonly<Record<string, Unit>>, prices: Json, refuse: Refuse) {
  known(prices, Object.keys(units), group, refuse);
  const entries = Object.entries(units).map(([name, unit]) => {
    const id = `${group}.${name}`;
    const price = asObject(prices[name], id, refuse);
    if (price.unit !== unit) refuse(`${id} is per ${String(price.unit)}, not per ${unit}`);
    return [
      name,
      'absent' in price ? absentOf(price, id, refuse) : priceOf(price, group, name, unit, refuse),
    ];
  });
  return Object.fromEntries(entries);
}

function absentOf(price: Json, id: string, refuse: Refuse): Absent {
  known(price, ['unit', 'absent', 'why'], id, refuse);
  const absent = absences.find((one) => one === price.absent);
  if (!absent) return refuse(`${id} is absent for no known reason: ${String(price.absent)}`);
  return { absent, why: asText(price.why, `${id} why`, refuse) };
}

function priceOf(price: Json, group: string, name: string, unit: Unit, refuse: Refuse): Price<Unit> {
  const id = `${group}.${name}`;
  known(
    price,
    ['unit', 'tiers', 'usageType', 'operation', 'sku', 'source', 'confidence', 'note'],
    id,
    refuse,
  );
  const confidence = confidences.find((one) => one === price.confidence);
  if (!confidence) return refuse(`${id} has no known confidence: ${String(price.confidence)}`);
  return {
    id,
    unit,
    tiers: tiersOf(price.tiers, unit, id, mayBeFree(group, name), refuse),
    usageType: asText(price.usageType, `${id} usageType`, refuse),
    operation: asText(price.operation, `${id} operation`, refuse),
    sku: asText(price.sku, `${id} sku`, refuse),
    source: asTexts(price.source, `${id} source`, refuse),
    confidence,
    note: asText(price.note, `${id} note`, refuse),
  };
}

/** Ends rise, the last one is open; a price is a plain decimal above zero, or zero where AWS gives it away. */
function tiersOf(value: unknown, unit: Unit, id: string, isFree: boolean, refuse: Refuse): Tier<Unit>[] {
  if (!Array.isArray(value) || value.length === 0) return refuse(`${id} has no price`);
  const tiers = value.map((pair, at): Tier<Unit> => {
    const [end, usd]: readonly unknown[] = Array.isArray(pair) ? pair : [];
    const isLast = at === value.length - 1;
    if (typeof usd !== 'string' || !/^\d+(\.\d+)?$/.test(usd))
      return refuse(`${id} has a price that is no decimal`);
    if (!isFree && !/[1-9]/.test(usd)) refuse(`${id} is zero, which it is not`);
    if (isLast ? end !== 'Inf' : !/^[1-9]\d*$/.test(String(end)))
      refuse(`${id} has a tier that ends at ${String(end)}`);
    return { upTo: isLast ? undefined : BigInt(String(end)), rate: rate(unit, usd) };
  });
  tiers.slice(1, -1).forEach((tier, at) => {
    if (tier.upTo! <= tiers[at]!.upTo!) refuse(`${id} has tiers out of order`);
  });
  return tiers;
}

function known(value: Json, names: readonly string[], where: string, refuse: Refuse): void {
  const missing = names.find((name) => !(name in value));
  if (missing !== undefined) refuse(`${where} lacks ${missing}`);
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) refuse(`${where} holds ${unknown}, which is not known`);
}

function asObject(value: unknown, where: string, refuse: Refuse): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse(`${where} is missing`);
  return value as Json;
}

function asText(value: unknown, where: string, refuse: Refuse): string {
  return typeof value === 'string' ? value : refuse(`${where} is missing`);
}

function asTexts(value: unknown, where: string, refuse: Refuse): readonly string[] {
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string'))
    return refuse(`${where} is no list of texts`);
  return value;
}
