/** The two JSON forms of an AWS price list: a bulk offer, and the output of GetProducts whole or page by page. */
import {
  checkOfferCode,
  type OfferPrice,
  offerPrice,
  type Places,
  publicationDay,
  type RawDimension,
  type RefuseList,
  refusing,
  regionAt,
} from './price-list.js';

type Json = Readonly<Record<string, unknown>>;

/** What a whole offer, or one element of GetProducts, says of the list it is of. */
interface Head {
  readonly file: string;
  readonly offerCode: string;
  readonly version: string;
  readonly publicationDate: ReturnType<typeof publicationDay>;
}

/** Recognised by content. Errors: PRICE_LIST_INVALID, naming the element or SKU. */
export function jsonOffers(file: string, value: unknown, places: Places): OfferPrice[] {
  const refuse = refusing(file);
  if (Array.isArray(value)) return elementOffers(file, value, places, refuse);
  const top = asObject(value, 'the file', refuse);
  if (Array.isArray(top.PriceList)) return elementOffers(file, top.PriceList, places, refuse);
  if ('products' in top || 'terms' in top) return bulkOffers(file, top, places, refuse);
  return refuse('the file', 'it is neither a bulk offer (products, terms) nor an answer of GetProducts');
}

function bulkOffers(file: string, top: Json, places: Places, refuse: RefuseList): OfferPrice[] {
  const head = headOf(file, top, 'offerCode', 'the file', refuse);
  const products = asObject(top.products, 'products', refuse);
  const onDemand = asObject(asObject(top.terms, 'terms', refuse).OnDemand, 'terms.OnDemand', refuse);
  return Object.entries(products).flatMap(([sku, product]) =>
    Object.hasOwn(onDemand, sku)
      ? [offerOf(head, sku, asObject(product, `product ${sku}`, refuse), onDemand[sku], places, refuse)]
      : [],
  );
}

/** In the Query API every element is a JSON text of its own. */
function elementOffers(
  file: string,
  elements: readonly unknown[],
  places: Places,
  refuse: RefuseList,
): OfferPrice[] {
  return elements.flatMap((element, at) => {
    const where = `element ${at + 1}`;
    const inner = asObject(
      typeof element === 'string' ? parsed(element, where, refuse) : element,
      where,
      refuse,
    );
    const head = headOf(file, inner, 'serviceCode', where, refuse);
    const product = asObject(inner.product, `${where} product`, refuse);
    const terms = asObject(inner.terms, `${where} terms`, refuse).OnDemand;
    const sku = asText(product.sku, `${where} product.sku`, refuse);
    return terms === undefined ? [] : [offerOf(head, sku, product, terms, places, refuse)];
  });
}

function parsed(text: string, where: string, refuse: RefuseList): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    return refuse(where, `it is a text that is not JSON: ${(cause as Error).message}`);
  }
}

function headOf(file: string, of: Json, codeName: string, where: string, refuse: RefuseList): Head {
  const offerCode = asText(of[codeName], `${where} ${codeName}`, refuse);
  checkOfferCode(offerCode, where, refuse);
  const published = asText(of.publicationDate, `${where} publicationDate`, refuse);
  return {
    file,
    offerCode,
    version: asText(of.version, `${where} version`, refuse),
    publicationDate: publicationDay(published, where, refuse),
  };
}

function offerOf(
  head: Head,
  sku: string,
  product: Json,
  terms: unknown,
  places: Places,
  refuse: RefuseList,
): OfferPrice {
  const where = `SKU ${sku}`;
  const attributes = asObject(product.attributes, `${where} attributes`, refuse);
  const location = textOr(attributes.location, `${where} location`, refuse);
  const code = textOr(attributes.regionCode, `${where} regionCode`, refuse);
  const [term, other] = Object.values(asObject(terms, `${where} terms.OnDemand`, refuse));
  if (other !== undefined) refuse(where, 'it has two on-demand terms');
  const { priceDimensions, effectiveDate } = asObject(term, `${where} terms.OnDemand`, refuse);
  return offerPrice(
    {
      ...head,
      sku,
      usageType: textOr(attributes.usagetype, `${where} usagetype`, refuse),
      operation: textOr(attributes.operation, `${where} operation`, refuse),
      volumeType: textOr(attributes.volumeType, `${where} volumeType`, refuse),
      region: regionAt(places, code, location),
      location,
      effectiveDate: asText(effectiveDate, `${where} effectiveDate`, refuse),
      dimensions: Object.values(asObject(priceDimensions, `${where} priceDimensions`, refuse)).map((one) =>
        dimensionOf(asObject(one, `${where} priceDimensions`, refuse), where, refuse),
      ),
    },
    refuse,
  );
}

function dimensionOf(dimension: Json, where: string, refuse: RefuseList): RawDimension {
  const prices = asObject(dimension.pricePerUnit, `${where} pricePerUnit`, refuse);
  const currency = 'USD' in prices ? 'USD' : (Object.keys(prices)[0] ?? '');
  return {
    unit: asText(dimension.unit, `${where} unit`, refuse),
    beginRange: asText(dimension.beginRange, `${where} beginRange`, refuse),
    endRange: asText(dimension.endRange, `${where} endRange`, refuse),
    currency,
    price: asText(prices[currency] ?? '', `${where} pricePerUnit.${currency}`, refuse),
  };
}

function asObject(value: unknown, where: string, refuse: RefuseList): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse(where, value === undefined ? 'it is missing' : 'it is not an object');
  return value as Json;
}

function asText(value: unknown, where: string, refuse: RefuseList): string {
  if (typeof value !== 'string')
    return refuse(where, value === undefined ? 'it is missing' : 'it is not a text');
  return value;
}

const textOr = (value: unknown, where: string, refuse: RefuseList): string =>
  value === undefined ? '' : asText(value, where, refuse);
