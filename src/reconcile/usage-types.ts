/** A usage type and its operation mean a price of a Region's card, or something free, or a reason why there is no price. */
import type { Month } from '../kernel/day.js';
import type { Unit } from '../kernel/quantity.js';
import { type Price, type RateCard, withoutPrefix } from '../pricing/rate-card.js';
import type { BillLine } from './bill-line.js';
import { type CardIndex, isSamePrice, type PriceIndex } from './price-index.js';
import {
  betweenRegions,
  edgeServices,
  operationAliases,
  s3Services,
  transferWords,
  type Word,
  wordPatterns,
  words,
} from './vocabulary.js';

export type Meaning =
  | PriceMeaning
  | { readonly is: 'free'; readonly region: string; readonly usageType: string; readonly why: string }
  | { readonly is: 'unpriced'; readonly region: string; readonly reason: string }
  | { readonly is: 'other service'; readonly region: string };

export interface PriceMeaning {
  readonly is: 'price';
  readonly region: string;
  /** As AWS writes it in that Region, so that two spellings of one meter share their tiers. */
  readonly usageType: string;
  /** Without prefix: the name tier offsets go by. */
  readonly suffix: string;
  readonly price: Price<Unit>;
  readonly card: RateCard;
  /** The card is later than the month. */
  readonly isLater: boolean;
}

export type UsageRow = Pick<BillLine, 'service' | 'usageType' | 'operation' | 'skuId' | 'region' | 'unit'> & {
  readonly month: Month;
};

/** What a row of usage means. It never guesses: what is not certain is a reason. */
export function meaningOf(prices: PriceIndex, row: UsageRow): Meaning {
  if (edgeServices.includes(row.service)) return { is: 'other service', region: regionOf(prices, row) };
  if (row.usageType === '') return bySku(prices, row);
  const between = betweenRegions.exec(row.usageType);
  const word = between === null ? undefined : transferWords.get(between[3]!);
  if (between !== null && word !== undefined) return betweenTwo(prices, row, between[1]!, between[2]!, word);
  return bySuffix(prices, row, placed(prices, row));
}

interface Placed {
  readonly region: string;
  readonly suffix: string;
}

/** Newer usage types of us-east-1 have a prefix, older ones have none; a global meter goes by the row's own Region. */
function placed({ prefixes, regions }: PriceIndex, { usageType, region }: UsageRow): Placed {
  const match = /^([A-Z]{2,4}\d?|[a-z]{2}(?:-[a-z]+)+-\d)-(.+)$/.exec(usageType);
  const named = match === null ? undefined : prefixes.get(match[1]!);
  if (match !== null && named !== undefined) return { region: named, suffix: match[2]! };
  const isGlobal = usageType.startsWith('Global-') && regions.has(region);
  return { region: isGlobal ? region : 'us-east-1', suffix: usageType };
}

/** The Region a row belongs to, for rows that are no usage: what the bill says, else what the usage type says. */
export function regionOf(prices: PriceIndex, row: UsageRow): string {
  if (prices.regions.has(row.region)) return row.region;
  return row.usageType === '' ? row.region : placed(prices, row).region;
}

function bySuffix(prices: PriceIndex, row: UsageRow, { region, suffix }: Placed): Meaning {
  const isS3 = s3Services.includes(row.service);
  const found = prices.at(region, row.month);
  if (found === undefined) return unpriced(region, `there is no rate card for ${region}`);
  const operations = isS3 ? found.index.bySuffix.get(suffix) : undefined;
  if (operations !== undefined) return byOperation(row, region, suffix, operations, found);
  const word = wordFor(suffix, row.service);
  if (word !== undefined) return byWord(row, region, suffix, word, found);
  return isS3 ? unpriced(region, unknown(prices, row, region, suffix)) : { is: 'other service', region };
}

interface Found {
  readonly index: CardIndex;
  readonly isLater: boolean;
}

function byOperation(
  row: UsageRow,
  region: string,
  suffix: string,
  operations: ReadonlyMap<string, Price<Unit>>,
  found: Found,
): Meaning {
  const alias = operationAliases[suffix]?.[row.operation];
  const price =
    operations.get(row.operation) ??
    (alias === undefined ? undefined : operations.get(alias)) ??
    operations.get('') ??
    onlyPrice([...operations.values()]);
  if (price !== undefined) return priced(row, region, suffix, price, found);
  const known = [...operations.keys()].sort().join(', ');
  const operation =
    row.operation === '' ? 'the row names no operation' : `"${row.operation}" is none of them`;
  return unpriced(region, `the price depends on the operation (${known}), and ${operation}`);
}

const onlyPrice = ([first, ...more]: readonly Price<Unit>[]): Price<Unit> | undefined =>
  first !== undefined && more.every((price) => isSamePrice(first, price)) ? first : undefined;

function wordFor(suffix: string, service: string): Word | undefined {
  const fits = ({ services }: Word): boolean => services === 'any' || services.includes(service);
  return (
    words.get(suffix)?.find(fits) ??
    wordPatterns.find(([pattern, word]) => pattern.test(suffix) && fits(word))?.[1]
  );
}

function byWord(row: UsageRow, region: string, suffix: string, word: Word, found: Found): Meaning {
  if ('free' in word) return { is: 'free', region, usageType: row.usageType, why: word.free };
  if ('unpriced' in word) return unpriced(region, word.unpriced);
  const price = found.index.byName.get(word.price);
  if (price === undefined) return unpriced(region, `the rate card holds no price ${word.price}`);
  if ('absent' in price)
    return unpriced(region, `the rate card of ${region} has no price ${word.price}: ${price.why}`);
  return priced(row, region, suffix, price, found);
}

function betweenTwo(prices: PriceIndex, row: UsageRow, from: string, to: string, word: Word): Meaning {
  const [region, target] = [prices.prefixes.get(from), prices.prefixes.get(to)];
  if (region === undefined || target === undefined)
    return unpriced(
      region ?? row.region,
      `"${region === undefined ? from : to}" is no Region of the price book`,
    );
  if (word.services !== 'any' && !word.services.includes(row.service)) return { is: 'other service', region };
  const found = prices.at(region, row.month);
  if (found === undefined) return unpriced(region, `there is no rate card for ${region}`);
  const isWithinUsEast = [region, target].sort().join() === 'us-east-1,us-east-2';
  const near: Word =
    'price' in word && word.price === 'network.crossRegionOut' && isWithinUsEast
      ? { ...word, price: 'network.crossRegionOutWithinUsEast' }
      : word;
  return byWord(row, region, row.usageType, near, found);
}

/** Bills without usage types (FOCUS 1.0) still name the SKU, which is one meter of one Region. */
function bySku(prices: PriceIndex, row: UsageRow): Meaning {
  const { region, skuId } = row;
  const isS3 = s3Services.includes(row.service);
  const found = prices.at(region, row.month);
  const price = skuId === '' ? undefined : found?.index.bySku.get(skuId);
  if (found !== undefined && price !== undefined) {
    const usageType = price.usageType === '' ? `SKU ${skuId}` : price.usageType;
    return priced({ ...row, usageType }, region, withoutPrefix(found.index.card, usageType), price, found);
  }
  if (!isS3) return { is: 'other service', region };
  if (skuId === '') return unpriced(region, 'the row has neither a usage type nor a SKU');
  if (found === undefined)
    return unpriced(region, `the row has no usage type, and "${region}" is no Region of the price book`);
  return unpriced(
    region,
    `the row has no usage type, and no price of the rate card of ${region} has its SKU ${skuId}`,
  );
}

function priced(row: UsageRow, region: string, suffix: string, price: Price<Unit>, found: Found): Meaning {
  if (price.unit.endsWith('-month') && /(?:hours?|hrs?)$/i.test(row.unit))
    return unpriced(region, `its quantity is in ${row.unit}, the price is per ${price.unit}`);
  const { card } = found.index;
  const usageType = price.usageType.endsWith(suffix) ? price.usageType : prefixed(card, suffix, row);
  return { is: 'price', region, usageType, suffix, price, card, isLater: found.isLater };
}

const prefixed = (card: RateCard, suffix: string, { usageType }: UsageRow): string =>
  usageType === suffix || card.usageTypePrefix === '' ? suffix : `${card.usageTypePrefix}-${suffix}`;

const unpriced = (region: string, reason: string): Meaning => ({ is: 'unpriced', region, reason });

/** The nearest thing to a cause: the Region, the card, or the name. */
function unknown(prices: PriceIndex, row: UsageRow, region: string, suffix: string): string {
  if (prices.suffixes.has(suffix))
    return `the rate card of ${region} holds no price of ${suffix}; other Regions have one`;
  const rest = row.usageType.slice(row.usageType.indexOf('-') + 1);
  if (rest !== row.usageType && (prices.suffixes.has(rest) || words.has(rest)))
    return `"${row.usageType.slice(0, row.usageType.indexOf('-'))}" is the prefix of no Region of the price book`;
  return 'this usage type is not known';
}
