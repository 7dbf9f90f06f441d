/** Every row goes to exactly one place: a price, set apart, not understood, or left out by a filter; memory is bounded. */
import type { Month } from '../kernel/day.js';
import { raise } from '../kernel/errors.js';
import { isNegative, isNothing } from '../kernel/exact-sum.js';
import { type BillLine, type LineKind, type Place, placeText, refuseCell } from './bill-line.js';
import { type PriceBook, type PriceIndex, priceIndex } from './price-index.js';
import { createTally, type Tally, tallyLine } from './tally.js';
import { type Meaning, meaningOf, type PriceMeaning, regionOf } from './usage-types.js';

export interface MatchOptions {
  /** Only rows of this Region are compared; the others are counted and left out. */
  readonly region?: string;
  readonly month?: Month;
}

/** Usage that one price, or nothing, is charged for. */
export interface Group {
  readonly region: string;
  readonly month: Month;
  readonly usageType: string;
  /** Undefined: free. */
  readonly meaning: PriceMeaning | undefined;
  /** Why it is free; "" when it is not. */
  readonly free: string;
  readonly operations: Set<string>;
  readonly tally: Tally;
}

export interface ApartEntry {
  readonly kind: Exclude<LineKind, 'usage' | 'unknown'> | 'other service';
  readonly service: string;
  readonly tally: Tally;
}

export interface NotUnderstood {
  readonly service: string;
  readonly usageType: string;
  readonly operation: string;
  readonly region: string;
  readonly reason: string;
  /** Where the first of its rows stands. */
  readonly first: string;
  readonly tally: Tally;
}

export interface Matched {
  readonly groups: ReadonlyMap<string, Group>;
  readonly apart: ReadonlyMap<string, ApartEntry>;
  readonly notUnderstood: ReadonlyMap<string, NotUnderstood>;
  readonly leftOut: Tally;
  /** All rows, added up beside the rest, so that the rest can be checked. */
  readonly all: Tally;
}

export interface Matcher {
  /** Errors: BILL_INVALID for a quantity below zero, or a bill of more groups than any bill has. */
  take(line: BillLine, place: Place): void;
  readonly matched: Matched;
}

/** Rows of one kind, before anything is looked up: a bill has thousands of kinds, a hostile file as many as rows. */
const maxRemembered = 20_000;
/** 36 Regions × 150 usage types × 12 months are 64,800. */
const maxGroups = 100_000;
/** Beyond so many, entries share one that is called "(others)". */
const maxListed = 1_000;
const maxOperations = 50;
export const others = '(others)';

/** Where a row of a kind belongs. */
interface Destination {
  readonly tally: Tally;
  /** Of a price: its quantity may not be negative. */
  readonly group?: Group;
  /** Of a price: where the rows the provider gave away go. */
  readonly freeTier?: () => Group;
}

export function openMatcher(book: PriceBook, options: MatchOptions = {}): Matcher {
  const prices = priceIndex(book);
  const matched = {
    groups: new Map<string, Group>(),
    apart: new Map<string, ApartEntry>(),
    notUnderstood: new Map<string, NotUnderstood>(),
    leftOut: createTally(),
    all: createTally(),
  };
  const remembered = new Map<string, Destination>();
  const destination = (line: BillLine, place: Place): Destination => {
    const key = `${line.service}\n${line.usageType}\n${line.operation}\n${line.region}\n${line.month}\n${line.lineType}\n${line.kind}\n${line.unit}\n${line.usageType === '' ? line.skuId : ''}`;
    const known = remembered.get(key);
    if (known !== undefined) return known;
    if (remembered.size >= maxRemembered) remembered.clear();
    const found = destinationOf(prices, matched, options, line, place);
    remembered.set(key, found);
    return found;
  };
  return {
    matched,
    take: (line, place) => {
      const to = destination(line, place);
      if (to.group !== undefined && isNegative(line.quantity))
        refuseCell(place, line.at, place.quantityColumn ?? 'quantity', 'usage below zero cannot be priced');
      tallyLine(matched.all, line);
      tallyLine(to.freeTier !== undefined && isGivenAway(line) ? to.freeTier().tally : to.tally, line);
    },
  };
}

/**
 * "$0.000 per GB - data transfer out under the monthly global free tier". The same usage beyond it is described
 * as such, and is charged.
 */
const isGivenAway = ({ listCost, billedCost, description }: BillLine): boolean =>
  isNothing(listCost ?? billedCost) && /free tier/i.test(description) && !/beyond/i.test(description);

type Tables = {
  readonly groups: Map<string, Group>;
  readonly apart: Map<string, ApartEntry>;
  readonly notUnderstood: Map<string, NotUnderstood>;
  readonly leftOut: Tally;
};

function destinationOf(
  prices: PriceIndex,
  tables: Tables,
  options: MatchOptions,
  line: BillLine,
  place: Place,
): Destination {
  if (options.month !== undefined && line.month !== options.month) return { tally: tables.leftOut };
  const isElsewhere = (region: string): boolean => options.region !== undefined && region !== options.region;
  if (line.kind !== 'usage') {
    if (isElsewhere(regionOf(prices, line))) return { tally: tables.leftOut };
    if (line.kind !== 'unknown') return { tally: apartOf(tables.apart, line.kind, line.service).tally };
    const reason = `"${line.lineType}" is no type of row that is known`;
    return { tally: notUnderstoodOf(tables, line, regionOf(prices, line), reason, place).tally };
  }
  const meaning = meaningOf(prices, line);
  if (isElsewhere(meaning.region)) return { tally: tables.leftOut };
  return usageDestination(tables, line, meaning, place);
}

function usageDestination(tables: Tables, line: BillLine, meaning: Meaning, place: Place): Destination {
  if (meaning.is === 'other service')
    return { tally: apartOf(tables.apart, 'other service', line.service).tally };
  if (meaning.is === 'unpriced')
    return { tally: notUnderstoodOf(tables, line, meaning.region, meaning.reason, place).tally };
  if (meaning.is === 'free') return { tally: groupOf(tables.groups, line, meaning, meaning.why).tally };
  const group = groupOf(tables.groups, line, meaning, '');
  return {
    tally: group.tally,
    group,
    freeTier: () => groupOf(tables.groups, line, meaning, 'inside the free tier'),
  };
}

function groupOf(
  groups: Map<string, Group>,
  line: BillLine,
  meaning: Extract<Meaning, { readonly usageType: string }>,
  free: string,
): Group {
  const price = meaning.is === 'price' ? meaning.price.id : '';
  const key = `${meaning.region}\n${line.month}\n${meaning.usageType}\n${price}\n${free}`;
  const known = groups.get(key);
  const group: Group = known ?? {
    region: meaning.region,
    month: line.month,
    usageType: meaning.usageType,
    meaning: meaning.is === 'price' ? meaning : undefined,
    free,
    operations: new Set(),
    tally: createTally(),
  };
  if (known === undefined) groups.set(key, group);
  if (groups.size > maxGroups)
    raise('BILL_INVALID', {
      place: 'The bill',
      why: `it has more than ${maxGroups} combinations of Region, month and usage type, which no bill has`,
    });
  if (line.operation !== '' && group.operations.size < maxOperations) group.operations.add(line.operation);
  return group;
}

function apartOf(apart: Map<string, ApartEntry>, kind: ApartEntry['kind'], service: string): ApartEntry {
  const name = apart.has(`${kind}\n${service}`) || apart.size < maxListed ? service : others;
  return entryOf(apart, `${kind}\n${name}`, () => ({ kind, service: name, tally: createTally() }));
}

function notUnderstoodOf(
  { notUnderstood }: Tables,
  line: BillLine,
  region: string,
  reason: string,
  place: Place,
): NotUnderstood {
  const { service, usageType, operation } = line;
  const key = `${service}\n${usageType}\n${operation}\n${region}\n${reason}`;
  const first = placeText(place, line.at);
  if (notUnderstood.has(key) || notUnderstood.size < maxListed)
    return entryOf(notUnderstood, key, () => ({
      service,
      usageType,
      operation,
      region,
      reason,
      first,
      tally: createTally(),
    }));
  return entryOf(notUnderstood, others, () => ({
    service: '',
    usageType: others,
    operation: '',
    region: '',
    reason: `the bill has more than ${maxListed} kinds of rows that are not understood; these are the rest`,
    first,
    tally: createTally(),
  }));
}

function entryOf<T>(entries: Map<string, T>, key: string, make: () => T): T {
  const known = entries.get(key);
  if (known !== undefined) return known;
  const made = make();
  entries.set(key, made);
  return made;
}
