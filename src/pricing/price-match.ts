/** Which offer price belongs to which price of a rate card is decided by usage type, operation, offer and volume type alone. */
import type { Unit } from '../kernel/quantity.js';
import { type OfferPrice, refusing } from './price-list.js';
import { type Meter, meters, type PriceId } from './price-meters.js';
import { mayBeFree, priceUnits } from './price-units.js';

export interface Matched {
  readonly meter: Meter;
  readonly unit: Unit;
  readonly offer: OfferPrice;
}

/** A row under the usage type of a price that is not that price, and why. */
export interface LeftOut {
  readonly offer: OfferPrice;
  readonly why: string;
}

export interface Match {
  readonly prices: ReadonlyMap<PriceId, Matched>;
  readonly leftOut: readonly LeftOut[];
}

/** How AWS's lists name the unit of each of ours. No capture shows the unit of Metadata-Updates. */
const listUnits: Readonly<Partial<Record<Unit, readonly string[]>>> = {
  'GB-month': ['GB-Mo'],
  GB: ['GB'],
  request: ['Requests'],
  object: ['Objects'],
  'object-month': ['Objects'],
  'tag-month': ['Tag-Mo'],
  job: ['Jobs'],
  update: ['Updates', 'Objects', 'Requests', 'Count'],
};

/** af-south-1 stands as AFS1 in price files and as CPT in usage reports; us-east-1 has USE1 on its newer usage types. */
const prefixesOf = (usageTypePrefix: string): readonly string[] =>
  usageTypePrefix === 'AFS1' ? ['AFS1', 'CPT'] : [usageTypePrefix || 'USE1'];

/**
 * `offers` are those of one Region, `usageTypePrefix` is that Region's. What is under no usage type of a rate card is
 * passed over in silence. Errors: PRICE_LIST_INVALID when two rows of one meaning differ, or a unit is another's.
 */
export function matchOffers(offers: readonly OfferPrice[], usageTypePrefix: string): Match {
  const rows = rowsByUsageType(offers, prefixesOf(usageTypePrefix));
  const reasons = new Map<OfferPrice, string>();
  const exact = new Map<PriceId, Matched>();
  for (const meter of meters) {
    const own = (rows.get(meter.usageType) ?? []).filter((offer) => {
      const why = isAnothers(meter, offer);
      if (why !== undefined) reasons.set(offer, why);
      return why === undefined;
    });
    put(
      exact,
      meter,
      own.filter(({ operation }) => operation === meter.operation),
    );
  }
  const prices = new Map<PriceId, Matched>();
  for (const meter of meters) {
    const own = exact.get(meter.id);
    if (own) prices.set(meter.id, own);
    else if (isSold(meter, exact))
      put(prices, meter, rowsOfAnyOperation(meter, rows.get(meter.usageType) ?? []));
  }
  return { prices, leftOut: [...reasons].map(([offer, why]) => ({ offer, why })) };
}

function rowsByUsageType(
  offers: readonly OfferPrice[],
  prefixes: readonly string[],
): Map<string, OfferPrice[]> {
  const rows = new Map<string, OfferPrice[]>();
  for (const offer of offers) {
    const prefix = prefixes.find((one) => offer.usageType.startsWith(`${one}-`));
    const suffix = prefix === undefined ? offer.usageType : offer.usageType.slice(prefix.length + 1);
    const own = rows.get(suffix);
    if (own) own.push(offer);
    else rows.set(suffix, [offer]);
  }
  return rows;
}

function isAnothers(meter: Meter, offer: OfferPrice): string | undefined {
  if (offer.offerCode !== meter.offer) return `${meter.id} is priced by the offer ${meter.offer} alone`;
  return meter.volumeType === undefined || offer.volumeType === meter.volumeType
    ? undefined
    : `its volume type "${offer.volumeType}" is not "${meter.volumeType}"`;
}

/**
 * A row without operation prices every operation (older lists did not tell them apart); it gives way to rows that name
 * one, and to a price that has the usage type without operation for its own.
 */
function rowsOfAnyOperation(meter: Meter, rows: readonly OfferPrice[]): readonly OfferPrice[] {
  const own = rows.filter((offer) => isAnothers(meter, offer) === undefined);
  const isTakenWhole = meters.some((one) => one.usageType === meter.usageType && one.operation === '');
  return isTakenWhole || own.some(({ operation }) => operation !== '') ? [] : own;
}

/** A list that has no storage of a class says nothing of its requests: 2018 had no Glacier Instant Retrieval. */
function isSold(meter: Meter, exact: ReadonlyMap<PriceId, Matched>): boolean {
  const group = meter.id.split('.')[0]!;
  return (['storage', 'frequentStorage'] as const).some((name) => exact.has(`${group}.${name}` as PriceId));
}

function put(prices: Map<PriceId, Matched>, meter: Meter, offers: readonly OfferPrice[]): void {
  const [first, ...others] = offers;
  if (!first) return;
  for (const other of others) if (!isSame(first, other)) refuseBoth(meter, first, other);
  prices.set(meter.id, { meter, unit: checkedUnit(meter, first), offer: first });
}

const isSame = (a: OfferPrice, b: OfferPrice): boolean =>
  a.unit === b.unit && JSON.stringify(a.tiers) === JSON.stringify(b.tiers);

function refuseBoth(meter: Meter, a: OfferPrice, b: OfferPrice): never {
  const told = ({ sku, file, version, tiers }: OfferPrice): string =>
    `SKU ${sku} (${file}, version ${version}) has ${tiers.map(({ usd }) => usd).join(', ')}`;
  return refusing(b.file)(
    `SKU ${b.sku}`,
    `two prices for ${meter.id} (${b.usageType} ${b.operation || 'any operation'}) in ${b.region}: ${told(a)}, ${told(b)}`,
  );
}

function checkedUnit(meter: Meter, offer: OfferPrice): Unit {
  const refuse = refusing(offer.file);
  const [group, name] = meter.id.split('.') as [string, string];
  const unit = (priceUnits as Readonly<Record<string, Readonly<Record<string, Unit>>>>)[group]![name]!;
  const where = `SKU ${offer.sku}`;
  if (!listUnits[unit]?.includes(offer.unit))
    refuse(where, `its unit is ${offer.unit}, but ${meter.id} is per ${unit}`);
  if (!mayBeFree(group, name) && offer.tiers.some(({ usd }) => usd === '0'))
    refuse(where, `${meter.id} is zero, which it is not`);
  return unit;
}
