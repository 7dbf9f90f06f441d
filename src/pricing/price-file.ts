/** pricing/<region>.json is taken only when it holds every price, and nothing that is not known, each with its own unit. */
import { type Day, parseDay } from '../kernel/day.js';
import { BucketwiseError, raise } from '../kernel/errors.js';
import { rate, type Unit } from '../kernel/quantity.js';
import { type Group, mayBeFree, priceUnits } from './price-units.js';
import { type Absent, absences, type Confidence, confidences, type Price, type RateCard, type Tier } from './rate-card.js';

/** The rate cards of one Region, oldest first. */
export interface PriceFile {
  readonly region: string;
  readonly cards: readonly RateCard[];
}

type Json = Readonly<Record<string, unknown>>;
type Fields = Readonly<Record<string, string | undefined>>;

const classGroups = Object.keys(priceUnits).filter((name) => name === name.toUpperCase());
const otherGroups = Object.keys(priceUnits).filter((name) => name !== name.toUpperCase());

/** `file` is its name, for messages. Errors: PRICE_CARD_INVALID, naming the first class, price or unit that is wrong. */
export function parsePriceFile(text: string, file: string): PriceFile {
  try {
    return read(JSON.parse(text));
  } catch (cause) {
    const why = cause instanceof Problem ? cause.message : `it is not JSON: ${(cause as Error).message}`;
    return raise('PRICE_CARD_INVALID', { file, why }, cause);
  }
}
